/* SPDX-License-Identifier: MIT */
/*
 * decode.h - what the decoders of packet/ share; nobody else includes it
 */
#ifndef SOCKPROOF_PACKET_DECODE_H
#define SOCKPROOF_PACKET_DECODE_H
#include "packet/packet.h"
#include "packet/reader.h"

/* Why an upper checksum cannot be checked, or mended. */
struct decode_how {
	bool cut;    /* the datagram says it is longer than what is there */
	bool routed; /* IPv6 routing header under way: the final destination is hidden (RFC
	                8200 8.1) */
};

/* The end of a chain of IPv6 extension headers (RFC 8200 4). */
struct ipv6_chain {
	uint8_t protocol; /* of what follows the chain */
	bool fragment, more_fragments, routed;
	uint16_t fragment_offset; /* bytes */
	uint32_t ident;
};

/* Remember the first thing that is wrong. */
static inline void packet_problem(struct packet *p, const char *words)
{
	if (!p->problem)
		p->problem = words;
}

/* packet_decode(), which also tells how far checksums can be trusted. */
int packet_decode_how(struct packet *p, const uint8_t *data, size_t len, struct decode_how *how);

/* Walk the chain that begins with a header of type @next; @r ends behind it, or has ended. */
void packet_ipv6_chain(struct reader *r, uint8_t next, struct ipv6_chain *chain);

/* Decode the upper header in @r, which begins at p->header_off. */
void packet_decode_tcp(struct packet *p, struct reader *r);
void packet_decode_icmp(struct packet *p, struct reader *r);

/* May the upper checksum be computed: is all of the segment there, and is it of a kind that has
 * one? */
bool packet_sum_known(const struct packet *p, const struct decode_how *how);
/* Is the upper checksum what it must be? Only when packet_sum_known(). */
bool packet_sum_ok(const struct packet *p);
/* The Internet checksum of @len bytes, folded and complemented (RFC 1071). */
uint16_t packet_sum(const uint8_t *data, size_t len);

#endif
