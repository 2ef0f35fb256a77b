/* SPDX-License-Identifier: MIT */
/*
 * talks.h - the conversations of a capture while it is read: a TCP connection or a UDP pair each
 *
 * Theory. A conversation is 256 bytes that never move, in blocks of two megabytes: a line of the
 * processor's cache for who and when, one for each direction, one for what is rarely touched. An
 * open-addressing table of 8-byte slots finds the newest conversation of a pair of ends. Segments
 * wait in a ring: a new one asks for its slot's memory, one in the middle for its conversation's,
 * and the oldest is done, so that waiting for memory overlaps. Nothing is allocated for a packet.
 *
 * Which packets are one conversation is Wireshark's rule (packet-tcp.c of 4.0), so that numbers can
 * be compared with tshark's: a SYN whose sequence number is not the one that its sender began with
 * opens a new conversation, whether or not the old one ended. A SYN-ACK opens none: its number is
 * then the one that its sender began with.
 */
#ifndef SOCKPROOF_INSPECT_TALKS_H
#define SOCKPROOF_INSPECT_TALKS_H
#include "inspect/skim.h"
#include "packet/flow.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of each direction; with the ends, so that a segment need not touch the other direction's line. */
enum {
	SIDE_BASE = 1,  /* @base is known */
	SIDE_NEXT = 2,  /* @next is known */
	SIDE_ACKED = 4, /* @acked is known */
	SIDE_FIN = 8,   /* sent a FIN */
	SIDE_RST = 16,
	SIDE_SPOKE = 32, /* sent anything */
};

/* One direction: what its sender did. */
struct talk_side {
	uint64_t packets, bytes, payload; /* bytes: of frames on the link */
	uint32_t base, next, acked; /* sequence numbers: first, after the highest; highest ACK */
	uint32_t retransmissions, out_of_order;
	uint16_t resets; /* stays at its highest value */
	uint16_t holes;
	struct {
		uint32_t begin, end;
	} hole[2]; /* not seen, though later bytes were; the latest two */
};

struct talk {
	_Alignas(64) struct pair pair;
	int64_t first_at, last_at; /* the earliest and the latest */
	uint8_t opener;            /* index in @pair */
	bool opener_known;         /* a SYN, a SYN-ACK or UDP's first packet told */
	bool syn, synack, established;
	uint8_t ended;             /* enum flow_end */
	uint8_t flags[2];          /* SIDE_* of each direction */
	struct talk_side side[2];  /* as in @pair */
	uint64_t first_number;     /* frame */
	int64_t syn_at, handshake; /* ns: first SYN; from it to the opener's ACK, -1: not seen */
	uint32_t stream;           /* among TCP or among UDP, from 0: tcp.stream, udp.stream */
	uint32_t piece_packets[2]; /* frames that held parts of datagrams which came whole later */
	uint64_t piece_bytes[2];
};
_Static_assert(sizeof(struct talk_side) == 64 && sizeof(struct talk) == 256, "lines of the cache");

struct talks; /* opaque */

struct talks *talks_open(void);
void talks_close(struct talks **t);

/* Where the next segment is to be written; then talks_push() queues it. */
struct segment *talks_next(struct talks *t);
void talks_push(struct talks *t);
/* Do what is queued. Returns the conversation that the last segment belongs to; NULL: to none
 * (nothing was queued, or it is a refusal of an unknown one). */
const struct talk *talks_flush(struct talks *t);

size_t talks_count(const struct talks *t);
/* In order of their first packets; NULL: no such. Valid until talks_close(). */
const struct talk *talks_get(const struct talks *t, size_t index);

#endif
