/* SPDX-License-Identifier: MIT */
/*
 * spans.c - which bytes of a stream were seen: one edge, and a sorted list of what lies beyond it
 *
 * A capture without loss never has more than a few spans: what follows a hole in order makes its
 * span longer. So a plain array, searched from its end, is enough.
 */
#include "packet/spans.h"
#include <stdlib.h>
#include <string.h>

void spans_init(struct spans *s, bool keep)
{
	*s = (struct spans){.keep = keep, .edge = 1};
}

void spans_free(struct spans *s)
{
	for (size_t i = 0; i < s->count; i++)
		buf_free(&s->list[i].data);
	free(s->list);
	buf_free(&s->stream);
}

/* The first span joins the stream: the hole before it is filled. */
static void absorb_first(struct spans *s)
{
	struct span *first = &s->list[0];
	uint64_t len = first->end - first->start;

	if (s->keep)
		buf_add(&s->stream, first->data.p, len);
	s->edge = first->end;
	s->ahead -= len;
	buf_free(&first->data);
	s->count--;
	memmove(s->list, s->list + 1, s->count * sizeof *s->list);
}

/* [start, end) begins at or before the edge: move the edge, span by span. */
static uint64_t extend_edge(struct spans *s, uint64_t start, const uint8_t *data, uint64_t end)
{
	uint64_t fresh = 0;

	for (;;) {
		if (s->count && s->list[0].start == s->edge) {
			absorb_first(s);
			continue;
		}
		if (s->edge >= end)
			return fresh;
		uint64_t stop = s->count && s->list[0].start < end ? s->list[0].start : end;
		if (s->keep)
			buf_add(&s->stream, data + (s->edge - start), stop - s->edge);
		fresh += stop - s->edge;
		s->edge = stop;
	}
}

/* Put [start, end), which no span holds, before the span at @index; or lengthen the one before. */
static void insert(struct spans *s, size_t index, uint64_t start, const uint8_t *data, uint64_t end)
{
	struct span *before = index ? &s->list[index - 1] : NULL;

	s->ahead += end - start;
	if (!before || before->end != start) {
		if (s->count == s->room) {
			s->room = s->room ? 2 * s->room : 4;
			s->list = mem_grow(s->list, s->room, sizeof *s->list);
		}
		before = &s->list[index];
		memmove(before + 1, before, (s->count - index) * sizeof *before);
		*before = (struct span){.start = start};
		s->count++;
	}
	before->end = end;
	if (s->keep)
		buf_add(&before->data, data, end - start);
}

static uint64_t add_ahead(struct spans *s, uint64_t start, const uint8_t *data, uint64_t end)
{
	uint64_t at = start, fresh = 0;
	size_t i = s->count;

	while (i > 0 && s->list[i - 1].end > start)
		i--;
	while (at < end) {
		bool held = i < s->count && s->list[i].start <= at;
		if (held) {
			at = s->list[i].end;
			i++;
			continue;
		}
		uint64_t stop = i < s->count && s->list[i].start < end ? s->list[i].start : end;
		size_t count = s->count;
		insert(s, i, at, data + (at - start), stop);
		i += s->count - count;
		fresh += stop - at;
		at = stop;
	}
	return fresh;
}

uint64_t spans_add(struct spans *s, uint64_t start, const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	if (start <= s->edge)
		return extend_edge(s, start, data, start + len);
	return add_ahead(s, start, data, start + len);
}

int spans_byte(const struct spans *s, uint64_t at)
{
	if (!s->keep || at < 1)
		return -1;
	if (at < s->edge)
		return (uint8_t)s->stream.p[at - 1];
	for (size_t i = 0; i < s->count; i++)
		if (at >= s->list[i].start && at < s->list[i].end)
			return (uint8_t)s->list[i].data.p[at - s->list[i].start];
	return -1;
}
