/* SPDX-License-Identifier: MIT */
/*
 * fuzz_load.c - a case directory of any bytes: case.json, verdict.json and timeline.jsonl in one
 * input, separated by lines "=", then the capture; and what is drawn of what was taken
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "evidence/casedir.h"
#include "evidence/load.h"
#include "report/drawing.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* The bytes up to the next separator, which is skipped; all when there is none. */
static const char *part(const uint8_t **data, size_t *size, size_t *len)
{
	const char *begin = (const char *)*data;
	const uint8_t *end = memmem(*data, *size, "\n=\n", 3);

	*len = end ? (size_t)(end - *data) + 1 : *size;
	*size -= end ? *len + 2 : *len;
	*data += end ? *len + 2 : *len;
	return begin;
}

/* Lines of at most 80 columns without control characters. */
static void check_text(const struct buf *b)
{
	size_t columns = 0;

	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->p[i];

		must(c >= 0x20 || c == '\n');
		must(c != 0x7f);
		columns = c == '\n' ? 0 : columns + ((c & 0xc0) != 0x80);
		must(columns <= 80);
	}
}

static void draw(const struct case_evidence *c)
{
	struct drawing_setting set = {.axis = AXIS_TIME, .prefix = "p"};
	struct scene s;
	struct buf text = {0}, other = {0};

	for (int every = 0; every < 2; every++) {
		scene_make(&s, c, &(struct scene_setting){.every_row = every});
		ladder_text(&s, &text);
		ladder_svg(&s, &set, &other);
		ladder_mermaid(&s, &other);
		scene_json(&s, &other);
		scene_free(&s);
		set.axis = AXIS_EVENT;
	}
	check_text(&text);
	for (unsigned i = 0; i < 3; i++)
		graph_svg(c, i, &set, &other);
	buf_free(&text);
	buf_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct case_files f = {0};
	struct case_evidence c;
	struct err err = {0};
	struct buf again = {0};

	f.case_json = part(&data, &size, &f.case_len);
	f.verdict_json = part(&data, &size, &f.verdict_len);
	f.timeline_jsonl = part(&data, &size, &f.timeline_len);
	f.capture = data;
	f.capture_len = size;
	if (case_evidence_parse(&c, &f, &err) < 0) {
		must(err.text[0] != '\0' && !c.timeline && !c.facts);
		return 0;
	}
	timeline_jsonl(c.timeline, &again);
	timeline_trace(c.timeline, &again);
	buf_free(&again);
	draw(&c);
	case_evidence_free(&c);
	return 0;
}
