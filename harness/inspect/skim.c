/* SPDX-License-Identifier: MIT */
/* skim.c - see skim.h */
#include "inspect/skim.h"
#include "packet/packet.h"
#include "packet/reader.h"
#include "savefile/link.h"
#include <netinet/in.h>
#include <string.h>

/* Where we are in a datagram: what was captured of it, and what was on the link. */
struct span {
	const uint8_t *p;
	uint32_t len, wire;
};

static uint16_t be16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return __builtin_bswap16(v);
}

static uint32_t be32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return __builtin_bswap32(v);
}

static uint64_t host64(uint64_t v)
{
	return __builtin_bswap64(v);
}

/* Is the first end the higher one? By address as on the wire, then by port. */
static bool is_higher(const uint64_t src[2], const uint64_t dst[2], uint16_t sport, uint16_t dport)
{
	if (src[0] != dst[0])
		return host64(src[0]) > host64(dst[0]);
	if (src[1] != dst[1])
		return host64(src[1]) > host64(dst[1]);
	return sport > dport;
}

static void set_pair(struct segment *s, const uint64_t src[2], const uint64_t dst[2],
                     uint16_t sport, uint16_t dport)
{
	unsigned dir = is_higher(src, dst, sport, dport);

	s->dir = (uint8_t)dir;
	memcpy(s->pair.address[dir], src, 16);
	memcpy(s->pair.address[!dir], dst, 16);
	s->pair.port[dir] = sport;
	s->pair.port[!dir] = dport;
}

/* The header behind those of IP. */
static enum skimmed skim_upper(struct span in, uint8_t protocol, const uint64_t src[2],
                               const uint64_t dst[2], struct segment *s)
{
	uint32_t header = 8;

	s->pair.protocol = protocol;
	if (protocol == IPPROTO_TCP) {
		if (in.len < 20)
			return SKIM_SHORT;
		header = (uint32_t)(in.p[12] >> 4) * 4;
		if (header < 20)
			return SKIM_SHORT;
		s->seq = be32(in.p + 4);
		s->ack = be32(in.p + 8);
		s->flags = in.p[13];
	} else if (protocol == IPPROTO_UDP) {
		uint32_t length;

		if (in.len < 8)
			return SKIM_SHORT;
		s->seq = s->ack = 0;
		s->flags = 0;
		length = be16(in.p + 4);
		/* 0: longer than 65535 bytes (RFC 2675 4) */
		if (length > 0 && length < 8)
			return SKIM_SHORT;
		if (length > 0 && length < in.wire)
			in.wire = length;
	} else {
		return SKIM_OTHER;
	}
	if (in.len < header)
		return SKIM_SHORT;
	s->payload = in.wire > header ? in.wire - header : 0;
	set_pair(s, src, dst, be16(in.p), be16(in.p + 2));
	return SKIM_SEGMENT;
}

/* ICMP and ICMPv6 errors that end a conversation before it began: unreachable (RFC 792, RFC
 * 4443 3.1). Rare, so decoded in full. */
static enum skimmed skim_refusal(const struct span *ip, struct segment *s)
{
	struct packet p;
	uint64_t src[2] = {0}, dst[2] = {0};

	packet_decode(&p, ip->p, ip->len);
	if (!p.quote.present || !p.quote.has_ports || p.icmp_type != (p.version == 4 ? 3 : 1) ||
	    (p.quote.protocol != IPPROTO_TCP && p.quote.protocol != IPPROTO_UDP))
		return SKIM_OTHER;
	memcpy(src, p.quote.src.addr.bytes, sizeof src);
	memcpy(dst, p.quote.dst.addr.bytes, sizeof dst);
	s->pair.protocol = p.quote.protocol;
	set_pair(s, src, dst, p.quote.src.port, p.quote.dst.port);
	s->refusal = true;
	return SKIM_REFUSAL;
}

static enum skimmed skim_ipv4(struct span ip, struct segment *s, struct piece *piece)
{
	uint64_t src[2] = {0}, dst[2] = {0};
	uint32_t header, total, fragment;
	struct span in;

	if (ip.len < 20)
		return SKIM_SHORT;
	header = (uint32_t)(ip.p[0] & 15) * 4;
	total = be16(ip.p + 2);
	/* 0: the kernel had not cut it into segments yet (TSO). Longer than the frame: the frame
	 * is right. */
	if (total == 0 || total > ip.wire)
		total = ip.wire;
	if (header < 20 || header > ip.len || total < header)
		return SKIM_SHORT;
	memcpy(src, ip.p + 12, 4);
	memcpy(dst, ip.p + 16, 4);
	s->pair.version = 4;
	in.p = ip.p + header;
	in.wire = total - header;
	in.len = (ip.len < total ? ip.len : total) - header;
	fragment = be16(ip.p + 6) & 0x3fffu;
	if (__builtin_expect(fragment == 0, 1)) {
		if (__builtin_expect(ip.p[9] == IPPROTO_ICMP, 0))
			return skim_refusal(&ip, s);
		return skim_upper(in, ip.p[9], src, dst, s);
	}
	if (in.len < in.wire || in.wire == 0) { /* cut: it can never be put together */
		s->blurred = true;
		return fragment & 0x1fff ? SKIM_SHORT : skim_upper(in, ip.p[9], src, dst, s);
	}
	*piece = (struct piece){.ident = be16(ip.p + 4),
	                        .version = 4,
	                        .protocol = ip.p[9],
	                        .more = fragment & 0x2000,
	                        .offset = (fragment & 0x1fff) * 8,
	                        .len = in.wire,
	                        .data = in.p};
	memcpy(piece->address[0], src, 16);
	memcpy(piece->address[1], dst, 16);
	return SKIM_FRAGMENT;
}

static bool is_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS ||
	       next == IPPROTO_MH || next == IPPROTO_AH || next == 139 || next == 140;
}

/* Go over extension headers (RFC 8200 4). Returns false when they end too early. */
static bool pass_extensions(struct span *in, uint8_t *next)
{
	while (is_extension(*next)) {
		uint32_t size;

		if (in->len < 8)
			return false;
		size = *next == IPPROTO_AH ? ((uint32_t)in->p[1] + 2) * 4
		                           : ((uint32_t)in->p[1] + 1) * 8;
		if (size > in->len)
			return false;
		*next = in->p[0];
		in->p += size;
		in->len -= size;
		in->wire -= size;
	}
	return true;
}

static enum skimmed skim_behind(struct span in, uint8_t next, const uint64_t src[2],
                                const uint64_t dst[2], struct segment *s)
{
	if (!pass_extensions(&in, &next))
		return SKIM_SHORT;
	return skim_upper(in, next, src, dst, s);
}

/* @in: at the fragment header */
static enum skimmed skim_ipv6_fragment(struct span in, const uint64_t src[2], const uint64_t dst[2],
                                       struct segment *s, struct piece *piece)
{
	uint32_t field;
	uint8_t next;

	if (in.len < 8)
		return SKIM_SHORT;
	next = in.p[0];
	field = be16(in.p + 2);
	*piece = (struct piece){.ident = be32(in.p + 4),
	                        .version = 6,
	                        .protocol = next,
	                        .more = field & 1,
	                        .offset = field & 0xfff8u};
	in.p += 8;
	in.len -= 8;
	in.wire -= 8;
	if (piece->offset == 0 && !piece->more) /* whole in itself (RFC 6946) */
		return skim_behind(in, next, src, dst, s);
	if (in.len < in.wire || in.wire == 0) {
		s->blurred = true;
		return piece->offset ? SKIM_SHORT : skim_behind(in, next, src, dst, s);
	}
	piece->len = in.wire;
	piece->data = in.p;
	memcpy(piece->address[0], src, 16);
	memcpy(piece->address[1], dst, 16);
	return SKIM_FRAGMENT;
}

static enum skimmed skim_ipv6(struct span ip, struct segment *s, struct piece *piece)
{
	uint64_t src[2], dst[2];
	struct span in;
	uint8_t next;

	if (ip.len < 40 || ip.wire < ip.len)
		return SKIM_SHORT;
	memcpy(src, ip.p + 8, 16);
	memcpy(dst, ip.p + 24, 16);
	s->pair.version = 6;
	next = ip.p[6];
	in.p = ip.p + 40;
	in.wire = be16(ip.p + 4);
	/* 0: as with IPv4, or longer than 65535 bytes (RFC 2675) */
	if (in.wire == 0 || in.wire > ip.wire - 40)
		in.wire = ip.wire - 40;
	in.len = ip.len - 40 < in.wire ? ip.len - 40 : in.wire;
	if (!pass_extensions(&in, &next))
		return SKIM_SHORT;
	if (next == IPPROTO_FRAGMENT)
		return skim_ipv6_fragment(in, src, dst, s, piece);
	if (next == IPPROTO_ICMPV6)
		return skim_refusal(&ip, s);
	return skim_upper(in, next, src, dst, s);
}

/* The datagram in the frame; p NULL: none. */
static struct span find_ip(const struct record *r, uint32_t original)
{
	struct link_payload in;

	/* nearly all frames there are: Ethernet without tags */
	if (r->linktype == LINK_ETHERNET && r->len > 14) {
		uint8_t version = r->data[14] >> 4;
		uint16_t type = be16(r->data + 12);

		if ((type == 0x0800 && version == 4) || (type == 0x86dd && version == 6))
			return (struct span){
			    .p = r->data + 14, .len = r->len - 14, .wire = original - 14};
	}
	in = link_strip(r->linktype, r->data, r->len);
	if (!in.ip)
		return (struct span){0};
	return (struct span){
	    .p = in.ip, .len = (uint32_t)in.len, .wire = original - (uint32_t)(in.ip - r->data)};
}

enum skimmed skim(const struct record *r, struct segment *s, struct piece *piece)
{
	struct span ip = find_ip(r, r->original > r->len ? r->original : r->len);

	s->number = r->number;
	s->at = r->at;
	s->frame = r->original;
	s->refusal = s->blurred = false;
	s->pieces = 0;
	s->pair.zero = 0;
	if (!ip.p)
		return SKIM_NO_IP;
	return ip.p[0] >> 4 == 4 ? skim_ipv4(ip, s, piece) : skim_ipv6(ip, s, piece);
}

enum skimmed skim_whole(const struct piece *first, const uint8_t *data, uint32_t len,
                        uint32_t total, struct segment *s)
{
	struct span in = {.p = data, .len = len, .wire = total};

	s->pair.version = first->version;
	if (first->version == 4)
		return skim_upper(in, first->protocol, first->address[0], first->address[1], s);
	return skim_behind(in, first->protocol, first->address[0], first->address[1], s);
}
