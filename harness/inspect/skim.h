/* SPDX-License-Identifier: MIT */
/*
 * skim.h - what a conversation needs to know of a frame, and no more
 *
 * packet/packet.h decodes all of a datagram and checks its sums; this reads addresses, ports and
 * TCP's fixed header in a few nanoseconds. What is shorter than it must be is left alone: Wireshark
 * gives such a frame to no conversation either.
 */
#ifndef SOCKPROOF_INSPECT_SKIM_H
#define SOCKPROOF_INSPECT_SKIM_H
#include "inspect/records.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * Both ends and the protocol, the lower end first, so that both directions have one key. Addresses
 * as on the wire; IPv4's in the first four bytes, the others 0.
 */
struct pair {
	uint64_t address[2][2];
	uint16_t port[2];
	uint8_t protocol; /* IPPROTO_TCP or IPPROTO_UDP */
	uint8_t version;  /* 4 or 6 */
	uint16_t zero;
};
_Static_assert(sizeof(struct pair) == 40, "compared and hashed as five words");

static inline bool pair_equal(const struct pair *a, const struct pair *b)
{
	uint64_t x[5], y[5];

	__builtin_memcpy(x, a, sizeof x);
	__builtin_memcpy(y, b, sizeof y);
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4])) == 0;
}

enum skimmed {
	SKIM_SEGMENT,  /* TCP or UDP: @segment is filled */
	SKIM_REFUSAL,  /* an ICMP error that quotes TCP or UDP: @segment has the quoted pair, and
	                  @dir who sent what is quoted */
	SKIM_FRAGMENT, /* a piece of a datagram: @piece is filled */
	SKIM_NO_IP,
	SKIM_OTHER, /* IP, but neither TCP nor UDP */
	SKIM_SHORT, /* too little of it was captured, or its headers contradict themselves */
};

struct segment {
	struct pair pair;
	uint64_t number;
	int64_t at;
	uint32_t frame;   /* bytes on the link */
	uint32_t payload; /* bytes */
	uint32_t seq, ack;
	uint8_t flags; /* TCP_* */
	uint8_t dir;   /* index of the sender in @pair */
	bool refusal;
	bool blurred;    /* a lone fragment: nobody knows how long it is */
	uint16_t pieces; /* frames before this one that held parts of the same datagram */
	uint32_t piece_bytes;
};

/* What a fragment adds to its datagram (RFC 791, RFC 8200 4.5). */
struct piece {
	uint64_t address[2][2]; /* source, destination */
	uint32_t ident;
	uint8_t version, protocol; /* IPv6: the header behind the fragment header */
	bool more;
	uint32_t offset, len;
	const uint8_t *data; /* @len bytes */
};

enum skimmed skim(const struct record *r, struct segment *segment, struct piece *piece);

/* The beginning of a whole datagram's payload, put together: @len bytes of @total. */
enum skimmed skim_whole(const struct piece *first, const uint8_t *data, uint32_t len,
                        uint32_t total, struct segment *segment);

#endif
