/* SPDX-License-Identifier: MIT */
/*
 * meddle.h - a call of a stopped thread, changed: not made, or about fewer bytes; private to
 * program/
 *
 * @tid is at the stop at which @c begins (meddle_lengthen(): ends). A length is in a register, or
 * in the first piece of a list of pieces in the program's memory. What cannot be changed, because
 * the thread was killed meanwhile, is left.
 */
#ifndef SOCKPROOF_PROGRAM_MEDDLE_H
#define SOCKPROOF_PROGRAM_MEDDLE_H
#include "program/call.h"

/* Eight bytes of a program's memory that are not its own for the length of a call. */
struct patch {
	uint64_t at, was; /* at 0: none */
};

struct shortened {
	uint64_t bytes; /* to so many; 0: not shortened */
	struct patch patch[2];
};

bool meddle_possible(void); /* on this machine */
/* Do not make the call; it has this result (-errno). */
bool meddle_skip(pid_t tid, int64_t result);
/* How many bytes the call is about; 0 when it cannot be shortened. */
uint64_t meddle_length(pid_t tid, const struct call *c);
void meddle_shorten(pid_t tid, const struct call *c, struct shortened *s, uint64_t bytes);
/* A call changes no register but its result's, and no length that it was given. */
void meddle_lengthen(pid_t tid, const struct call *c, struct shortened *s);

#endif
