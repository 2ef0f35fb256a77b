/* SPDX-License-Identifier: MIT */
/* text.c - see text.h */
#include "base/text.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

/*
 * Is @p, a sequence of two or three bytes, a character that moves others instead of being one, or
 * one of which nothing is seen? Controls of direction (UAX #9: U+061C, U+200E, U+200F,
 * U+202A-U+202E, U+2066-U+2069) show what stands behind a quotation mark before it; U+2028 and
 * U+2029 end a line. Of the zero widths around them (U+200B-U+200D, U+2060-U+206F, U+FEFF) some
 * belong to words (Persian, emoji), but two texts that differ by one would look alike, and here
 * bytes are evidence.
 */
static bool obeyed_or_unseen(const uint8_t *p, size_t len)
{
	uint32_t c = len == 2   ? (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu)
	             : len == 3 ? (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu)
	                        : 0;

	return c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

/*
 * Length of the well-formed UTF-8 sequence at @p (Unicode 15, table 3-7), 0 when there is none.
 * C1 controls (U+0080-U+009F) count as ill-formed here, for terminals obey them; so do those of
 * obeyed_or_unseen().
 */
static size_t utf8_length(const uint8_t *p, size_t len)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t want;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		want = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		want = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		want = 4;
	else
		return 0;
	if (p[0] == 0xc2 || p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (want > len || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < want; i++) {
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	}
	return obeyed_or_unseen(p, want) ? 0 : want;
}

static const char escapes[][2] = {{'\n', 'n'},  {'\t', 't'}, {'\r', 'r'},
                                  {'\\', '\\'}, {'"', '"'},  {'\0', '0'}};

static bool escape_named(struct buf *out, uint8_t c, bool digit_follows)
{
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		/* "\0" before a digit would read as another number in C */
		if ((uint8_t)escapes[i][0] != c || (c == '\0' && digit_follows))
			continue;
		buf_printf(out, "\\%c", escapes[i][1]);
		return true;
	}
	return false;
}

void text_escape(struct buf *out, const void *p, size_t len, size_t max)
{
	const uint8_t *s = p;
	bool cut = max > 0 && len > max;
	size_t end = cut ? max : len;

	for (size_t i = 0; i < end;) {
		size_t n = utf8_length(s + i, end - i);
		bool digit = i + 1 < end && s[i + 1] >= '0' && s[i + 1] <= '9';

		if (n == 0 ||
		    (n == 1 && (s[i] < 0x20 || s[i] == 0x7f || s[i] == '\\' || s[i] == '"'))) {
			if (!escape_named(out, s[i], digit))
				buf_printf(out, "\\x%02x", s[i]);
			i++;
			continue;
		}
		buf_add(out, s + i, n);
		i += n;
	}
	if (cut)
		buf_str(out, "…");
	if (!out->p)
		buf_add(out, "", 0);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One escape behind a backslash at s[0]; returns the characters used, 0 when it is none. */
static size_t unescape_one(struct buf *out, const char *s, size_t len)
{
	if (len >= 3 && s[0] == 'x' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0) {
		char byte = (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));

		buf_add(out, &byte, 1);
		return 3;
	}
	for (size_t i = 0; len > 0 && i < sizeof escapes / sizeof *escapes; i++) {
		if (escapes[i][1] == s[0]) {
			buf_add(out, &escapes[i][0], 1);
			return 1;
		}
	}
	return 0;
}

void text_one_line(struct buf *out, const void *p, size_t len)
{
	const char *s = p;

	while (len > 0) {
		size_t plain = 0;

		while (plain < len && s[plain] != '"' && s[plain] != '\\')
			plain++;
		text_escape(out, s, plain, 0);
		if (plain < len)
			buf_add(out, s + plain++, 1);
		s += plain;
		len -= plain;
	}
}

int text_unescape(struct buf *out, const char *s, size_t len, size_t *at, struct err *err)
{
	for (size_t i = 0; i < len;) {
		size_t used;

		if (s[i] != '\\') {
			buf_add(out, s + i++, 1);
			continue;
		}
		used = unescape_one(out, s + i + 1, len - i - 1);
		if (used == 0) {
			*at = i;
			return err_set(
			    err, 0,
			    "unknown escape; there are \\n \\t \\r \\0 \\\\ \\\" and \\xNN");
		}
		i += 1 + used;
	}
	return 0;
}

bool text_u64(const char *s, size_t len, uint64_t *value)
{
	uint64_t v = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint64_t digit = (uint64_t)(s[i] - '0');

		if (s[i] < '0' || s[i] > '9' || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*value = v;
	return true;
}

static bool duration_unit(const char *s, size_t len, int64_t *unit)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {{"ns", 1}, {"us", NS_PER_US}, {"ms", NS_PER_MS}, {"s", NS_PER_S}};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (len == strlen(units[i].name) && memcmp(s, units[i].name, len) == 0) {
			*unit = units[i].ns;
			return true;
		}
	}
	return false;
}

bool text_duration(const char *s, size_t len, int64_t *ns)
{
	size_t digits = strspn(s, "0123456789"), fraction = 0, end;
	int64_t unit, scale, part = 0;
	uint64_t whole;

	if (digits > len)
		digits = len;
	end = digits;
	if (end < len && s[end] == '.') {
		while (end + 1 + fraction < len && s[end + 1 + fraction] >= '0' &&
		       s[end + 1 + fraction] <= '9')
			fraction++;
		if (fraction == 0)
			return false;
		end += 1 + fraction;
	}
	if (!text_u64(s, digits, &whole) || !duration_unit(s + end, len - end, &unit) ||
	    whole > (uint64_t)(INT64_MAX / 2 / unit))
		return false;
	scale = unit;
	for (size_t i = 0; i < fraction; i++) {
		scale /= 10;
		part += (s[digits + 1 + i] - '0') * scale;
	}
	*ns = (int64_t)whole * unit + part;
	return true;
}

void text_ns(struct buf *out, int64_t ns)
{
	int64_t size = ns < 0 ? -ns : ns;

	if (size >= NS_PER_S)
		buf_printf(out, "%.3f s", (double)ns / (double)NS_PER_S);
	else if (size >= NS_PER_MS)
		buf_printf(out, "%.1f ms", (double)ns / (double)NS_PER_MS);
	else if (size >= NS_PER_US)
		buf_printf(out, "%lld us", (long long)(ns / NS_PER_US));
	else
		buf_printf(out, "%lld ns", (long long)ns);
}

size_t text_distance(const char *a, const char *b)
{
	size_t width = strlen(b), *row = mem_zero(width + 1, sizeof *row), distance;

	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < width; j++) {
			size_t change = corner + (a[i] != b[j]);
			size_t other = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;

			corner = row[j + 1];
			row[j + 1] = change < other ? change : other;
		}
	}
	distance = row[width];
	free(row);
	return distance;
}

bool text_alike(const char *word, const char *known, size_t *least)
{
	size_t distance = text_distance(word, known), len = strlen(known);
	size_t most = len > 8 ? len / 3 : len > 3 ? 2 : 1;

	if (distance > most || distance >= *least)
		return false;
	*least = distance;
	return true;
}

size_t text_width(const char *s)
{
	size_t width = 0;

	for (; *s; s++)
		width += ((uint8_t)*s & 0xc0) != 0x80;
	return width;
}

void text_cut(struct buf *out, const char *s, size_t columns)
{
	size_t len = 0, seen = 0;

	if (text_width(s) <= columns) {
		buf_str(out, s);
		return;
	}
	for (; s[len]; len++) {
		/* 10xxxxxx goes on with what was begun (RFC 3629, 3) */
		if (((unsigned char)s[len] & 0xc0) != 0x80 && ++seen == columns)
			break;
	}
	buf_add(out, s, len);
	buf_str(out, "…");
}

void text_html(struct buf *out, const char *s)
{
	for (;; s++) {
		size_t plain = strcspn(s, "&<>\"'");

		buf_add(out, s, plain);
		s += plain;
		if (*s == '\0')
			return;
		buf_str(out, *s == '&'   ? "&amp;"
		             : *s == '<' ? "&lt;"
		             : *s == '>' ? "&gt;"
		             : *s == '"' ? "&quot;"
		                         : "&#39;");
	}
}
