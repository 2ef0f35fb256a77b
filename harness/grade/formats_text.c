/* SPDX-License-Identifier: MIT */
/* formats_text.c - text and numbers that every platform takes; see formats_own.h */
#include "base/err.h"
#include "base/mem.h"
#include "grade/formats_own.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Bytes that the sequence beginning with @first has (RFC 3629, section 3); 0: none begins so. */
static size_t sequence(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t formats_utf8(const char *p, uint32_t *c)
{
	static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *s = (const unsigned char *)p;
	size_t n = sequence(s[0]);

	*c = s[0] & mask[n];
	/* a text's NUL is no continuation: nothing behind it is read */
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	if (n == 0 || *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

/* Noncharacters (Unicode 15, section 23.7): XML 1.0 has not all of them, no text needs them. */
static bool is_nonchar(uint32_t c)
{
	return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

/* They make a text look other than it is (Unicode TR 36, section 3.2). */
static bool turns(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
	       c == 0x200f || c == 0x061c;
}

/* Characters in front that are what they are: printable ASCII. */
static size_t plain(const char *s)
{
	size_t n = 0;

	while (s[n] >= 0x20 && s[n] < 0x7f)
		n++;
	return n;
}

/* One character that is not plain; returns its bytes. */
static size_t add_special(struct buf *out, const char *s, bool line)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t c;
	size_t n = formats_utf8(s, &c);

	if (n == 0 || is_nonchar(c))
		buf_str(out, REPLACEMENT);
	else if (!line && c == '\r' && s[1] == '\n')
		; /* the newline follows */
	else if (!line && (c == '\n' || c == '\t'))
		buf_add(out, s, 1);
	else if (c == '\n' || c == '\t')
		buf_str(out, c == '\n' ? "\\n" : "\\t");
	else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		buf_add(out, (char[]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4);
	else if (turns(c))
		buf_printf(out, "\\u%04x", c);
	else
		buf_add(out, s, n);
	return n ? n : 1;
}

static void add_safe(struct buf *out, const char *s, bool line)
{
	buf_add(out, "", 0);
	while (s && *s) {
		size_t n = plain(s);

		buf_add(out, s, n);
		s += n;
		if (*s)
			s += add_special(out, s, line);
	}
}

void formats_text(struct buf *out, const char *s)
{
	add_safe(out, s, false);
}

void formats_line(struct buf *out, const char *s)
{
	add_safe(out, s, true);
}

bool formats_cut(struct buf *b, size_t most)
{
	size_t len = b->len, end = most;

	if (len <= most)
		return false;
	while (end > 0 && ((unsigned char)b->p[end] & 0xc0) == 0x80)
		end--;
	b->len = end;
	b->p[end] = '\0';
	buf_printf(b, "\n[cut here: %zu of %zu bytes are shown]", end, len);
	return true;
}

void formats_set(struct formats_json *j, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		j->broken = true;
}

void formats_append(struct formats_json *j, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		j->broken = true;
}

static json_t *json_safe(const char *s, bool line)
{
	struct buf b = {0};
	json_t *value;

	add_safe(&b, s, line);
	value = json_stringn(buf_text(&b), b.len);
	buf_free(&b);
	return value;
}

json_t *formats_json_text(const char *s)
{
	return json_safe(s, false);
}

json_t *formats_json_line(const char *s)
{
	return json_safe(s, true);
}

json_t *formats_number(int64_t thousandths)
{
	if (thousandths % 1000 == 0)
		return json_integer(thousandths / 1000);
	return json_real((double)thousandths / 1000.0);
}

int formats_dump(struct formats_json *j, json_t *root, size_t flags, struct buf *out,
                 struct err *err)
{
	/* 15 digits: as many as a double keeps of any decimal number (DBL_DIG) */
	char *text = j->broken || !root
	                 ? NULL
	                 : json_dumps(root, flags | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
	int rc = 0;

	if (text)
		buf_printf(out, "%s\n", text);
	else
		rc = err_set(err, ENOMEM, "no memory for the JSON of the marks");
	free(text);
	json_decref(root);
	return rc;
}
