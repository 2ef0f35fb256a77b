/* SPDX-License-Identifier: MIT */
/*
 * reader.h - a cursor over bytes from outside that cannot leave them
 *
 * Every byte of a datagram is read through it. Reading past the end gives 0 and sets @ended, once
 * and for all: a decoder reads a whole header first and asks afterwards whether it was there.
 */
#ifndef SOCKPROOF_PACKET_READER_H
#define SOCKPROOF_PACKET_READER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct reader {
	const uint8_t *p; /* borrowed */
	size_t len;       /* bytes */
	size_t at;        /* never beyond @len */
	bool ended;       /* something was asked for that is not there */
};

static inline struct reader reader_of(const void *p, size_t len)
{
	return (struct reader){.p = p, .len = len};
}

static inline size_t reader_left(const struct reader *r)
{
	return r->len - r->at;
}

/* Is there room for @n more bytes? If not, the reader has ended. */
static inline bool reader_need(struct reader *r, size_t n)
{
	if (!r->ended && n <= reader_left(r))
		return true;
	r->ended = true;
	r->at = r->len;
	return false;
}

static inline uint8_t reader_u8(struct reader *r)
{
	return reader_need(r, 1) ? r->p[r->at++] : 0;
}

/* Network byte order. */
static inline uint16_t reader_u16(struct reader *r)
{
	if (!reader_need(r, 2))
		return 0;
	r->at += 2;
	return (uint16_t)(r->p[r->at - 2] << 8 | r->p[r->at - 1]);
}

static inline uint32_t reader_u32(struct reader *r)
{
	if (!reader_need(r, 4))
		return 0;
	uint32_t high = reader_u16(r);
	return high << 16 | reader_u16(r);
}

/* Copy @n bytes; leaves @out alone when they are not there. */
static inline void reader_bytes(struct reader *r, void *out, size_t n)
{
	if (!reader_need(r, n))
		return;
	memcpy(out, r->p + r->at, n);
	r->at += n;
}

static inline void reader_skip(struct reader *r, size_t n)
{
	if (reader_need(r, n))
		r->at += n;
}

/* A reader over the next @n bytes, or over none when they are not all there. */
static inline struct reader reader_part(struct reader *r, size_t n)
{
	if (!reader_need(r, n))
		return (struct reader){.p = r->p + r->len, .ended = true};
	r->at += n;
	return reader_of(r->p + r->at - n, n);
}

#endif
