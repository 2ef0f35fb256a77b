/* SPDX-License-Identifier: MIT */
/*
 * fragments.h - datagrams that came in pieces: when is one whole, and how did it begin?
 *
 * Only the first bytes are kept, and which bytes were there. As in Wireshark a datagram belongs to
 * the frame that made it whole. Memory is bounded: a datagram that is not whole when 1024 more have
 * begun is given up. Who draws a conversation wants the pieces themselves: then their frames are
 * kept until it is known whose they are.
 */
#ifndef SOCKPROOF_INSPECT_FRAGMENTS_H
#define SOCKPROOF_INSPECT_FRAGMENTS_H
#include "inspect/skim.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct fragments; /* opaque */

struct fragments *fragments_open(bool keep); /* @keep: the frames of pieces */
void fragments_close(struct fragments **f);

/*
 * Add a piece that came in frame @r. Returns true when its datagram is whole now: then @segment's
 * pair, flags, payload and pieces are set as far as *@what tells.
 */
bool fragments_add(struct fragments *f, const struct piece *p, const struct record *r,
                   struct segment *segment, enum skimmed *what);

/*
 * The other frames of the datagram that fragments_add() has just made whole, in their order, when
 * they are kept. Returns how many; borrowed until the next fragments_add().
 */
size_t fragments_kept(const struct fragments *f, const struct record **out);

/* Returns -1 with @err set when more bytes wait for the rest of their datagrams than are kept. */
int fragments_have_room(const struct fragments *f, struct err *err);

/* Frames whose datagrams never became whole, so far. */
uint64_t fragments_lost(const struct fragments *f);

#endif
