/* SPDX-License-Identifier: MIT */
/*
 * ladder.h - a case's conversations as a ladder of text, the same from every run
 */
#ifndef SOCKPROOF_EVIDENCE_LADDER_H
#define SOCKPROOF_EVIDENCE_LADDER_H
#include <stddef.h>

struct buf;
struct timeline;

/* A flow in the script's words: "client > server data "hello"" a row. Borrowed. */
struct ladder_flow {
	int flow; /* index */
	const char *const *rows;
	size_t count;
};

/* Rows of one ladder at the most; how many more there are is told. */
#define LADDER_ROWS 20

/*
 * Draw those of @flows. Without any: every flow, with no more than the normalised trace tells of
 * it: SYN, data, FIN, RST and ICMP of each side, no pure ACKs, no retransmissions, no segmentation.
 * What one side did is in its order; between the two sides the order is the script's, or one that
 * reads well, and claims nothing. Without flows nothing is added.
 */
void timeline_ladder(const struct timeline *tl, const struct ladder_flow *flows, size_t count,
                     struct buf *out);

#endif
