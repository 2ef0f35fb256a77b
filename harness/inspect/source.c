/* SPDX-License-Identifier: MIT */
/* source.c - see source.h */
#include "inspect/source.h"
#include "base/err.h"
#include "base/mem.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A quarter of a level 2 cache of today: what read(2) has copied is still there when it is looked
 * at. */
#define ROOM ((size_t)256 << 10)

struct source source_of_fd(int fd)
{
	return (struct source){.fd = fd, .buffer = mem_zero(1, ROOM), .room = ROOM};
}

struct source source_of_memory(const void *p, size_t len)
{
	return (struct source){.fd = -1, .p = p, .left = len, .ended = true};
}

void source_close(struct source *s)
{
	free(s->buffer);
	*s = (struct source){.fd = -1, .ended = true};
}

/* What is left goes to the front; a full buffer doubles. */
static void make_room(struct source *s)
{
	if (s->left > 0 && s->p != s->buffer)
		memmove(s->buffer, s->p, s->left);
	if (s->left == s->room) {
		s->buffer = mem_grow(s->buffer, s->room, 2);
		s->room *= 2;
	}
	s->p = s->buffer;
}

int source_fill(struct source *s, size_t n, struct err *err)
{
	while (s->left < n) {
		ssize_t got;

		if (s->ended)
			return 0;
		make_room(s);
		do
			got = read(s->fd, s->buffer + s->left, s->room - s->left);
		while (got < 0 && errno == EINTR);
		if (got < 0) {
			err_sys(err, errno, "at byte %" PRIu64 ": reading", s->at + s->left);
			return -1;
		}
		s->ended = got == 0;
		s->left += (size_t)got;
	}
	return 1;
}

int source_skip(struct source *s, uint64_t n, struct err *err)
{
	while (n > 0) {
		size_t part = n < ROOM / 2 ? (size_t)n : ROOM / 2;
		int rc = source_need(s, part, err);

		if (rc <= 0)
			return rc;
		source_take(s, part);
		n -= part;
	}
	return 1;
}
