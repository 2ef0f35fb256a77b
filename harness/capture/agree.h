/* SPDX-License-Identifier: MIT */
/*
 * agree.h - two witnesses: the wire's own log and libpcap's capture, packet by packet
 *
 * For each host, what libpcap saw leave must be what the wire took from it, and what libpcap saw
 * arrive must be what the wire delivered: the same packets, byte for byte (their order too, unless
 * witness_any_order()). Anything else is an `error` of the case.
 */
#ifndef SOCKPROOF_CAPTURE_AGREE_H
#define SOCKPROOF_CAPTURE_AGREE_H
#include "savefile/pcapng.h"
#include <stddef.h>
#include <stdint.h>

struct err;
struct witness; /* opaque: what one host's taps saw and what its wire end carried */

struct witness *witness_open(const char *host);
void witness_close(struct witness **w);
/*
 * The order of packets is not compared, only that both saw the same ones. For a host whose programs
 * send from several CPUs: libpcap's tap and the device's queue are passed one after the other
 * without a common lock (net/core/dev.c: dev_hard_start_xmit()), so two packets may change places
 * between them. It was seen on TUN with a forking server, about once in a hundred runs under load.
 */
void witness_any_order(struct witness *w);

/* libpcap saw these bytes leave (CAPTURE_OUTBOUND) or arrive (CAPTURE_INBOUND). Copies a digest and
 * the headers. at: ns since 1970. */
void witness_tap(struct witness *w, enum capture_direction d, int64_t at, const void *data,
                 size_t len);
/* The wire took these bytes from the host (OUTBOUND) or gave them to it (INBOUND). number: the
 * packet's on the timeline, rising for OUTBOUND. */
void witness_wire(struct witness *w, enum capture_direction d, int64_t number, const void *data,
                  size_t len);

/*
 * How many packets of each witness have no partner in the other yet.
 * Both 0 when everything agrees so far.
 */
void witness_open_ends(const struct witness *w, size_t *tap_ahead, size_t *wire_ahead);

/* The tap's time for outbound packet @number; 0 when the tap did not see it. */
int64_t witness_tap_time(const struct witness *w, int64_t number);

/* One packet as the tap saw it, with the wire's number for it. */
struct witness_sight {
	int64_t at; /* ns since 1970 */
	enum capture_direction direction;
	int64_t number;      /* the packet's on the timeline; 0: the wire carried none like it */
	size_t len;          /* bytes on the link */
	const uint8_t *head; /* the first of them, borrowed */
	size_t head_len;
};
typedef void witness_fn(void *arg, const struct witness_sight *s);
/* Hand over all that the tap saw: what left first, then what arrived, each in its order. */
void witness_each(const struct witness *w, witness_fn *fn, void *arg);

/* Compare everything. Returns 0, or -1 with @err set: which host, direction, packet, and how they
 * differ. */
int witness_agree(const struct witness *w, struct err *err);

#endif
