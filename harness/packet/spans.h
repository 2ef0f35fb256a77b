/* SPDX-License-Identifier: MIT */
/*
 * spans.h - which bytes of a stream were seen, each once, whatever order they came in
 *
 * Positions are relative sequence numbers; the first payload byte is 1. What was seen first of a
 * byte stays.
 */
#ifndef SOCKPROOF_PACKET_SPANS_H
#define SOCKPROOF_PACKET_SPANS_H
#include "base/mem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes seen beyond a hole. */
struct span {
	uint64_t start, end; /* [start, end) */
	struct buf data;     /* empty when no bytes are kept */
};

struct spans {
	bool keep;         /* the bytes too */
	uint64_t edge;     /* all before it was seen */
	struct buf stream; /* the bytes 1 to @edge when kept */
	struct span *list; /* beyond @edge, rising, disjoint */
	size_t count, room;
	uint64_t ahead; /* bytes in @list */
};

void spans_init(struct spans *s, bool keep);
void spans_free(struct spans *s);

/* Note the bytes [start, start + len), @data among them when kept. Returns how many were new. */
uint64_t spans_add(struct spans *s, uint64_t start, const uint8_t *data, size_t len);

/* The kept byte at @at, or -1 when it was not seen or is not kept. */
int spans_byte(const struct spans *s, uint64_t at);

#endif
