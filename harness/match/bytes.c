/* SPDX-License-Identifier: MIT */
/*
 * bytes.c - expected and actual bytes one above the other
 */
#include "match/bytes.h"
#include "base/text.h"
#include <stdint.h>
#include <string.h>

#define AROUND 24 /* bytes shown on either side */

size_t bytes_part(const void *a, size_t a_len, const void *b, size_t b_len)
{
	const uint8_t *x = a, *y = b;
	size_t i = 0;

	while (i < a_len && i < b_len && x[i] == y[i])
		i++;
	return i;
}

bool bytes_are_text(const void *p, size_t len)
{
	struct buf escaped = {0};
	const char *s = p;
	bool text = true;

	if (len && memchr(p, '\0', len))
		return false;
	/* what text_escape() has no short name for is no text */
	for (size_t i = 0, from = 0; i <= len && text; i++) {
		if (i < len && s[i] != '\\')
			continue;
		escaped.len = 0;
		text_escape(&escaped, s + from, i - from, 0);
		text = !strstr(buf_text(&escaped), "\\x");
		from = i + 1;
	}
	buf_free(&escaped);
	return text;
}

/* One line; returns the columns up to byte @at. */
static size_t beside_line(struct buf *out, const char *name, const uint8_t *p, size_t len,
                          size_t at)
{
	size_t from = at > AROUND ? at - AROUND : 0; /* at most @len, for @at is */
	size_t end = len > at + AROUND ? at + AROUND : len;
	struct buf line = {0};

	buf_printf(&line, "  %-8s  %s\"", name, from ? "…" : "");
	text_escape(&line, p + from, (at < end ? at : end) - from, 0);
	size_t columns = text_width(buf_text(&line));
	if (at < end)
		text_escape(&line, p + at, end - at, 0);
	buf_printf(&line, "\"%s", end < len ? "…" : "");
	buf_add(out, line.p, line.len);
	buf_free(&line);
	return columns;
}

void bytes_beside(struct buf *out, const void *expected, size_t expected_len, const void *actual,
                  size_t actual_len, size_t at)
{
	beside_line(out, "expected", expected, expected_len, at);
	buf_str(out, "\n");
	size_t columns = beside_line(out, "actual", actual, actual_len, at);
	buf_printf(out, "\n%*s^", (int)columns, "");
}

static void dump_line(struct buf *out, const char *name, const uint8_t *p, size_t len, size_t from,
                      size_t at)
{
	buf_printf(out, "  %-8s  %08zx ", name, from);
	for (size_t i = from; i < from + 16; i++) {
		if (i < len)
			buf_printf(out, "%s%02x", i == at ? ">" : " ", p[i]);
		else
			buf_str(out, i == at ? ">--" : "   ");
	}
	buf_str(out, "  ");
	for (size_t i = from; i < from + 16 && i < len; i++)
		buf_printf(out, "%c", p[i] >= 0x20 && p[i] < 0x7f ? p[i] : '.');
}

void bytes_dump_beside(struct buf *out, const void *expected, size_t expected_len,
                       const void *actual, size_t actual_len, size_t at)
{
	size_t middle = at / 16 * 16, first = middle >= 16 ? middle - 16 : 0;

	for (size_t from = first; from <= middle + 16; from += 16) {
		if (from > middle && from >= expected_len && from >= actual_len)
			break;
		if (from > first)
			buf_str(out, "\n");
		dump_line(out, "expected", expected, expected_len, from, at);
		buf_str(out, "\n");
		dump_line(out, "actual", actual, actual_len, from, at);
	}
}

void bytes_dump(struct buf *out, const void *p, size_t len, size_t at, bool mark)
{
	size_t middle = at / 16 * 16, first = middle >= 64 ? middle - 64 : 0;

	for (size_t from = first; from <= middle + 64 && from < len; from += 16) {
		if (from > first)
			buf_str(out, "\n");
		dump_line(out, "", p, len, from, mark ? at : SIZE_MAX);
	}
}

void bytes_column(struct buf *out, const char *s, size_t width, bool pad)
{
	size_t columns = text_width(s), room = columns > width ? width - 1 : columns;
	const char *end = s;

	for (size_t n = 0; *end; end++) {
		bool begins = ((uint8_t)*end & 0xc0) != 0x80;
		if (begins && n++ == room)
			break;
	}
	buf_add(out, s, (size_t)(end - s));
	if (columns > width)
		buf_str(out, "…");
	else if (pad)
		buf_printf(out, "%*s", (int)(width - columns), "");
}
