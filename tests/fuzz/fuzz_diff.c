/* SPDX-License-Identifier: MIT */
/*
 * fuzz_diff.c - two recordings of any bytes compared: what is told is safe to print, a recording
 * means the same as itself, and who is A does not matter
 *
 * Input: two bytes; the lower 15 bits are how long A is, the rest is B. Highest bit set: both are
 * capture files; otherwise datagrams (datagrams.h), with a script and a program made of the same
 * bytes.
 */
#include "base/err.h"
#include "base/mem.h"
#include "datagrams.h"
#include "diff/diff.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Steps, states and output, so that two traces have something to part in. */
static void add_script(struct timeline *tl, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size && i < 64; i += 4) {
		timeline_add(tl, EVENT_STEP, "c", (int)i + 1, "step %u", data[i] & 3u);
		if (data[i] & 4)
			timeline_add(tl, EVENT_STATE, "c", (int)i + 1, "state %u", data[i] & 8u);
		if (data[i] & 16)
			timeline_add_bytes(tl, EVENT_OUTPUT, "p", 1 + (data[i] >> 7), data + i,
			                   size - i < 4 ? size - i : 4);
	}
}

static bool make(struct diff_source *s, const uint8_t *data, size_t size, bool capture)
{
	struct case_evidence c = {0};
	struct err err;

	if (capture)
		return diff_source_of_capture(s, "a file", data, size, NULL, &err) == 0;
	c.timeline = two_hosts();
	add_datagrams(c.timeline, data, size);
	for (int64_t n = 1; n <= timeline_packets(c.timeline); n++)
		timeline_packet(c.timeline, n)->fate = FATE_DELIVERED;
	add_script(c.timeline, data, size);
	timeline_seal(c.timeline);
	c.facts = json_object();
	c.verdict = json_object();
	diff_source_of_case(s, "a case", &c);
	return true;
}

static void check_text(const struct buf *b)
{
	/* what turns a text round, ends its lines or is not seen; C1 */
	static const char *const none[] = {"\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f",
	                                   "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xae",
	                                   "\xe2\x81\xa6", "\xe2\x81\xa9", "\xe2\x80\x8b",
	                                   "\xef\xbb\xbf", "\xc2\x9b"};

	for (size_t i = 0; i < b->len; i++)
		EXPECT(b->p[i] == '\n' || ((unsigned char)b->p[i] >= 0x20 && b->p[i] != 0x7f));
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		EXPECT(!b->p || !memmem(b->p, b->len, none[i], strlen(none[i])));
}

static void show(const struct diff *d)
{
	struct buf text = {0};
	json_t *j = diff_json(d);
	char *dump = json_dumps(j, JSON_COMPACT);

	EXPECT(dump);
	free(dump);
	json_decref(j);
	diff_text(d, &(struct diff_look){.columns = 60}, &text);
	diff_text(d, &(struct diff_look){.columns = 120, .all = true}, &text);
	diff_html(d, &(struct diff_look){.all = true}, &text);
	check_text(&text);
	buf_free(&text);
}

/* shown: most of the time goes there */
static bool compare(const struct diff_source *a, const struct diff_source *b, bool time, bool shown)
{
	struct diff_setting set = {.time = time};
	struct diff d;
	bool parts;

	diff_make(&d, a, b, &set);
	if (shown)
		show(&d);
	parts = d.parts;
	EXPECT(parts == (d.first >= 0));
	diff_free(&d);
	return parts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size);
	uint16_t head = reader_u16(&r);
	size_t len = head & 0x7fff, rest;
	struct diff_source s[3];
	bool capture = head & 0x8000;

	if (r.ended)
		return 0;
	len = len < reader_left(&r) ? len : reader_left(&r);
	rest = reader_left(&r) - len;
	if (!make(&s[0], data + 2, len, capture))
		return 0;
	EXPECT(make(&s[1], data + 2, len, capture));
	EXPECT(!compare(&s[0], &s[1], true, false));
	if (make(&s[2], data + 2 + len, rest, capture)) {
		EXPECT(compare(&s[0], &s[2], false, true) == compare(&s[2], &s[0], false, false));
		diff_source_free(&s[2]);
	}
	diff_source_free(&s[0]);
	diff_source_free(&s[1]);
	return 0;
}
