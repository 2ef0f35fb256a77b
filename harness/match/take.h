/* SPDX-License-Identifier: MIT */
/*
 * take.h - what walk.c asks of take.c; nobody else includes it
 */
#ifndef SOCKPROOF_MATCH_TAKE_H
#define SOCKPROOF_MATCH_TAKE_H
#include "match/walk.h"

/* What of a packet no line has taken so far. */
struct piece {
	const struct timeline_packet *p;
	bool syn, end;        /* SYN; FIN or RST */
	const uint8_t *bytes; /* not yet named */
	size_t len;
	bool touched; /* some line took some of it */
};

/*
 * Has the line a use for the piece, now? Then it takes what it wants of it, and the lane goes on
 * when the line has all. Returns false with @m filled and nothing changed when not.
 */
bool walk_take(struct walk *w, struct lane *lane, size_t line, struct piece *pc, struct misfit *m);

/* The line has what it wants, or is left: the lane goes on. */
void walk_advance(struct walk *w, struct lane *lane);

void walk_add_row(struct walk *w, int64_t packet, size_t line, enum row_mark mark);

#endif
