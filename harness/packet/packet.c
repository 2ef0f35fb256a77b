/* SPDX-License-Identifier: MIT */
/*
 * packet.c - IPv4 and IPv6 headers, extension headers, UDP; what lies deeper is in tcp.c and icmp.c
 */
#include "packet/packet.h"
#include "packet/decode.h"
#include <netinet/in.h>

/* IPv6 extension headers that netinet/in.h has no name for (IANA, Protocol Numbers). */
#define NEXT_HIP   139
#define NEXT_SHIM6 140

void packet_ipv6_chain(struct reader *r, uint8_t next, struct ipv6_chain *chain)
{
	/* Each round reads at least 8 bytes, so a chain ends with the datagram at the latest. */
	for (;;) {
		chain->protocol = next;
		if (next == IPPROTO_FRAGMENT) {
			next = reader_u8(r);
			reader_skip(r, 1);
			uint16_t field = reader_u16(r);
			chain->ident = reader_u32(r);
			if (r->ended)
				return;
			chain->fragment_offset = field & 0xfff8u;
			chain->more_fragments = field & 1;
			chain->fragment = chain->fragment_offset || chain->more_fragments;
			chain->protocol = next;
			/* Behind a later fragment's header there is data, not a header (RFC
			 * 8200 4.5). */
			if (chain->fragment_offset)
				return;
		} else if (next == IPPROTO_AH) {
			next = reader_u8(r);
			reader_skip(r, ((size_t)reader_u8(r) + 2) * 4 - 2); /* RFC 4302 2.2 */
		} else if (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING ||
		           next == IPPROTO_DSTOPTS || next == IPPROTO_MH || next == NEXT_HIP ||
		           next == NEXT_SHIM6) {
			bool routing = next == IPPROTO_ROUTING;
			next = reader_u8(r);
			size_t more = (size_t)reader_u8(r) * 8;
			reader_skip(r, 1);
			if (reader_u8(r) > 0 && routing) /* segments left */
				chain->routed = true;
			reader_skip(r, 4 + more);
		} else {
			return;
		}
		if (r->ended)
			return;
	}
}

static void decode_udp(struct packet *p, struct reader *r)
{
	uint16_t src = reader_u16(r), dst = reader_u16(r), length = reader_u16(r);
	reader_skip(r, 2); /* checksum */
	if (r->ended) {
		packet_problem(p, "ends inside the UDP header");
		return;
	}
	p->src.port = src;
	p->dst.port = dst;
	p->has_ports = true;
	p->payload_off = p->header_off + 8;
	p->payload_len = reader_left(r);
	if (length < 8)
		packet_problem(p, "UDP length is less than 8");
	else if (length - 8u <= p->payload_len)
		p->payload_len = length - 8u;
	else if (!p->fragment) /* the first fragment holds less than the whole, rightly */
		packet_problem(p, "UDP length runs past the end of the datagram");
}

/* @r: the bytes behind the IP headers, link padding excluded. */
static void decode_upper(struct packet *p, struct reader *r)
{
	if (p->fragment_offset) {
		p->payload_off = p->header_off;
		p->payload_len = reader_left(r);
		return;
	}
	switch (p->protocol) {
	case IPPROTO_TCP:
		packet_decode_tcp(p, r);
		return;
	case IPPROTO_UDP:
		decode_udp(p, r);
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if ((p->protocol == IPPROTO_ICMP) == (p->version == 4)) {
			packet_decode_icmp(p, r);
			return;
		}
		break;
	}
	p->payload_off = p->header_off;
	p->payload_len = reader_left(r);
}

static void decode_ipv4(struct packet *p, struct decode_how *how)
{
	struct reader r = reader_of(p->data, p->len);
	size_t header = (size_t)(reader_u8(&r) & 15) * 4;

	p->ecn = reader_u8(&r) & 3;
	size_t total = reader_u16(&r);
	p->ident = reader_u16(&r);
	uint16_t fragment = reader_u16(&r);
	p->ttl = reader_u8(&r);
	p->protocol = reader_u8(&r);
	reader_skip(&r, 2); /* checksum */
	p->src.addr.version = p->dst.addr.version = 4;
	reader_bytes(&r, p->src.addr.bytes, 4);
	reader_bytes(&r, p->dst.addr.bytes, 4);
	if (r.ended || header > p->len) {
		packet_problem(p, "ends inside the IPv4 header");
		return;
	}
	if (header < 20) {
		packet_problem(p, "IPv4 header length is less than 20");
		return;
	}
	if (total < header) {
		packet_problem(p, "IPv4 total length is less than its header");
		return;
	}
	p->more_fragments = fragment & 0x2000;
	p->fragment_offset = (uint16_t)((fragment & 0x1fff) << 3);
	p->fragment = p->more_fragments || p->fragment_offset;
	if (total > p->len) {
		packet_problem(p, "shorter than its IPv4 total length");
		how->cut = true;
		total = p->len;
	}
	if (packet_sum(p->data, header) != 0)
		packet_problem(p, "IPv4 header checksum is wrong");
	p->header_off = header;
	struct reader upper = reader_of(p->data + header, total - header);
	decode_upper(p, &upper);
}

static void decode_ipv6(struct packet *p, struct decode_how *how)
{
	struct reader r = reader_of(p->data, p->len);
	struct ipv6_chain chain = {0};

	p->ecn = (reader_u32(&r) >> 20) & 3;
	size_t payload = reader_u16(&r);
	uint8_t next = reader_u8(&r);
	p->ttl = reader_u8(&r);
	p->src.addr.version = p->dst.addr.version = 6;
	reader_bytes(&r, p->src.addr.bytes, 16);
	reader_bytes(&r, p->dst.addr.bytes, 16);
	p->protocol = next;
	if (r.ended) {
		packet_problem(p, "ends inside the IPv6 header");
		return;
	}
	if (payload > reader_left(&r)) {
		packet_problem(p, "shorter than its IPv6 payload length");
		how->cut = true;
		payload = reader_left(&r);
	}
	struct reader rest = reader_part(&r, payload);
	packet_ipv6_chain(&rest, next, &chain);
	p->protocol = chain.protocol;
	p->fragment = chain.fragment;
	p->more_fragments = chain.more_fragments;
	p->fragment_offset = chain.fragment_offset;
	p->ident = chain.ident;
	how->routed = chain.routed;
	if (rest.ended) {
		packet_problem(p, "ends inside an IPv6 extension header");
		return;
	}
	p->header_off = 40 + rest.at;
	struct reader upper = reader_of(rest.p + rest.at, reader_left(&rest));
	decode_upper(p, &upper);
}

int packet_decode_how(struct packet *p, const uint8_t *data, size_t len, struct decode_how *how)
{
	*p = (struct packet){.data = data, .len = len, .checksum_ok = true};
	*how = (struct decode_how){0};
	struct reader r = reader_of(data, len);
	uint8_t version = reader_u8(&r) >> 4;

	if (version == 4 || version == 6)
		p->version = version;
	if (r.ended)
		packet_problem(p, "empty");
	else if (version == 4)
		decode_ipv4(p, how);
	else if (version == 6)
		decode_ipv6(p, how);
	else
		packet_problem(p, "neither IPv4 nor IPv6");
	if (packet_sum_known(p, how))
		p->checksum_ok = packet_sum_ok(p);
	return p->problem ? -1 : 0;
}

int packet_decode(struct packet *p, const uint8_t *data, size_t len)
{
	struct decode_how how;

	return packet_decode_how(p, data, len, &how);
}
