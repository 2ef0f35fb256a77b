/* SPDX-License-Identifier: MIT */
/* talks_own.h - what a segment does to its conversation (talk.c), for the table (talks.c) */
#ifndef SOCKPROOF_INSPECT_TALKS_OWN_H
#define SOCKPROOF_INSPECT_TALKS_OWN_H
#include "inspect/talks.h"

/* Does @s begin another conversation between the same ends? */
bool talk_reopens(const struct talk *t, const struct segment *s);
void talk_add(struct talk *t, const struct segment *s);
/* An ICMP error came about what @s quotes. */
void talk_refused(struct talk *t, const struct segment *s);

#endif
