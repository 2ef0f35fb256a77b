/* SPDX-License-Identifier: MIT */
/* records_own.h - what records.c and records_ng.c share */
#ifndef SOCKPROOF_INSPECT_RECORDS_OWN_H
#define SOCKPROOF_INSPECT_RECORDS_OWN_H
#include "inspect/records.h"
#include "inspect/source.h"
#include <string.h>

struct interface {
	uint32_t linktype, snaplen;
	uint64_t units;    /* ticks in a second */
	uint64_t tick;     /* ns of a tick; 0: no whole number of them */
	int64_t offset_ns; /* if_tsoffset */
};

struct records {
	struct source *s;
	bool swapped; /* the byte order of file or section is not ours */
	bool ng;
	uint64_t number;
	/* pcap */
	uint32_t linktype, frame_max;
	uint32_t head;     /* bytes before each frame */
	uint32_t fraction; /* ns of a unit of the second field */
	/* pcapng */
	uint32_t section;             /* from 1 */
	struct interface *interfaces; /* of this section */
	size_t count;
};

static inline uint32_t field32(const struct records *r, const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return r->swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t field16(const struct records *r, const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return r->swapped ? __builtin_bswap16(v) : v;
}

static inline uint64_t field64(const struct records *r, const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return r->swapped ? __builtin_bswap64(v) : v;
}

/* As records_next(), for pcapng. */
int records_ng_next(struct records *r, struct record *out, struct err *err);

#endif
