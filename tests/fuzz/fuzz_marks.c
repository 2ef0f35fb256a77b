/* SPDX-License-Identifier: MIT */
/*
 * fuzz_marks.c - a marks.json of any bytes: what is taken means the same when it is written again,
 * and no format makes anything but valid UTF-8 of it; and a platform's CSV of any bytes
 *
 * Input: marks.json; or, behind a line "=", an exported gradebook or worksheet.
 */
#include "base/err.h"
#include "base/mem.h"
#include "grade/formats.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* jansson takes well-formed UTF-8 alone. */
static void check_text(const struct buf *b)
{
	json_t *text = json_stringn(buf_text(b), b->len);

	must(text && !memchr(buf_text(b), '\0', b->len));
	json_decref(text);
}

static void write_again(const struct mark_class *c, const struct format_setting *s)
{
	struct buf first = {0}, second = {0};
	struct mark_class again;
	struct err err;

	must(format_json(c, s, &first, &err) == 0);
	must(marks_json_read(first.p, first.len, &again, &err) == 0);
	must(format_json(&again, s, &second, &err) == 0);
	must(strcmp(first.p, second.p) == 0);
	marks_json_free(&again);
	buf_free(&first);
	buf_free(&second);
}

static void write_all(const struct mark_class *c, const struct format_setting *s)
{
	struct buf out = {0};
	struct err err;

	for (size_t i = 0; i < format_count; i++) {
		size_t count = formats[i].one ? c->count : 1;

		for (size_t k = 0; k < count && k < 4; k++) {
			int rc = formats[i].one ? formats[i].one(&c->marks[k], s, &out, &err)
			                        : formats[i].all(c, s, &out, &err);

			must(rc == 0 || out.len == 0);
			check_text(&out);
			buf_consume(&out, out.len);
		}
	}
	check_text(s->notes);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memmem(data, size, "\n=\n", 3);
	size_t len = end ? (size_t)(end - data) + 1 : size;
	struct buf notes = {0};
	struct format_setting set = {
	    .version = "0.1.0",
	    .assignment = "a",
	    .classroom = "c",
	    .submission = "submit/1",
	    .commit = "c",
	    .release = "r",
	    .roster = end ? (const char *)end + 3 : NULL,
	    .roster_len = end ? size - len - 2 : 0,
	    .notes = &notes,
	};
	struct mark_class c;
	struct err err;

	if (marks_json_read((const char *)data, len, &c, &err) < 0)
		return 0;
	write_again(&c, &set);
	write_all(&c, &set);
	marks_json_free(&c);
	buf_free(&notes);
	return 0;
}
