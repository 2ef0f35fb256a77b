/* SPDX-License-Identifier: MIT */
/*
 * source.h - a file, a pipe or memory as bytes that are read once, in order
 *
 * read(2) into one buffer that stays in the processor's cache, not mmap(2): a pipe is read the same
 * way, the process does not grow with the file, and a file that somebody cuts while it is read ends
 * early instead of killing us by SIGBUS. decisions.md has the figures.
 */
#ifndef SOCKPROOF_INSPECT_SOURCE_H
#define SOCKPROOF_INSPECT_SOURCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct source {
	const uint8_t *p; /* the next byte; moves with every source_need() */
	size_t left;      /* bytes there */
	uint64_t at;      /* offset of @p in the file */
	uint8_t *buffer;  /* NULL: memory of somebody else's */
	size_t room;
	int fd; /* borrowed; -1: memory */
	bool ended;
};

/* Both borrow what they are given until source_close(). */
struct source source_of_fd(int fd);
struct source source_of_memory(const void *p, size_t len);
void source_close(struct source *s);

/* As source_need(), when they are not there yet. */
int source_fill(struct source *s, size_t n, struct err *err);

/* Have @n bytes in one piece at s->p. Returns 1; 0 when the file ends before (s->left says how many
 * there are); -1 with @err set. Memory grows only as bytes really come. */
static inline int source_need(struct source *s, size_t n, struct err *err)
{
	return n <= s->left ? 1 : source_fill(s, n, err);
}

/* Go on by @n bytes that are there. */
static inline void source_take(struct source *s, size_t n)
{
	s->p += n;
	s->left -= n;
	s->at += n;
}

/* Go on by @n bytes, of which no more than a buffer is ever in memory. As source_need(). */
int source_skip(struct source *s, uint64_t n, struct err *err);

#endif
