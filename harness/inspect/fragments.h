/* SPDX-License-Identifier: MIT */
/*
 * fragments.h - datagrams that came in pieces: when is one whole, and how did it begin?
 *
 * Only the first bytes are kept, and which bytes were there. As in Wireshark a datagram belongs to
 * the frame that made it whole. Memory is bounded: a datagram that is not whole when 1024 more have
 * begun is given up.
 */
#ifndef SOCKPROOF_INSPECT_FRAGMENTS_H
#define SOCKPROOF_INSPECT_FRAGMENTS_H
#include "inspect/skim.h"
#include <stdint.h>

struct fragments; /* opaque */

struct fragments *fragments_open(void);
void fragments_close(struct fragments **f);

/*
 * Add a piece that came in a frame of @frame bytes. Returns true when its datagram is whole now:
 * then @segment's pair, flags, payload and pieces are set as far as *@what tells.
 */
bool fragments_add(struct fragments *f, const struct piece *p, uint32_t frame,
                   struct segment *segment, enum skimmed *what);

/* Frames whose datagrams never became whole, so far. */
uint64_t fragments_lost(const struct fragments *f);

#endif
