/* SPDX-License-Identifier: MIT */
/*
 * checksum.c - Internet checksums: checked, and mended (RFC 1071; RFC 8200 8.1)
 */
#include "packet/decode.h"
#include <netinet/in.h>

/* Add @len bytes from @r as 16-bit words; an odd last byte is padded with 0. */
static uint64_t add(uint64_t sum, struct reader *r)
{
	while (reader_left(r) >= 2)
		sum += reader_u16(r);
	if (reader_left(r))
		sum += (uint32_t)reader_u8(r) << 8;
	return sum;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint16_t packet_sum(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(data, len);

	return fold(add(0, &r));
}

static bool is_icmp(const struct packet *p)
{
	return p->protocol == (p->version == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

bool packet_sum_known(const struct packet *p, const struct decode_how *how)
{
	if (p->fragment || how->cut || how->routed)
		return false;
	return p->has_ports || (is_icmp(p) && p->payload_off > 0);
}

/* Where in its header the checksum lies. */
static size_t sum_at(const struct packet *p)
{
	return p->header_off + (p->protocol == IPPROTO_TCP   ? 16
	                        : p->protocol == IPPROTO_UDP ? 6
	                                                     : 2);
}

/* Of header and payload, with the pseudo-header where there is one; 0 when the checksum inside is
 * right. */
static uint16_t upper_sum(const struct packet *p)
{
	size_t len = p->payload_off + p->payload_len - p->header_off;
	size_t addr_len = p->version == 4 ? 4 : 16;
	uint64_t sum = 0;

	if (p->protocol != IPPROTO_ICMP) { /* ICMP has no pseudo-header, ICMPv6 has */
		struct reader src = reader_of(p->src.addr.bytes, addr_len);
		struct reader dst = reader_of(p->dst.addr.bytes, addr_len);
		sum = add(add(len + p->protocol, &src), &dst);
	}
	struct reader r = reader_of(p->data + p->header_off, len);
	return fold(add(sum, &r));
}

bool packet_sum_ok(const struct packet *p)
{
	struct reader r = reader_of(p->data, p->len);

	reader_skip(&r, sum_at(p));
	/* UDP over IPv4 may go without (RFC 768); over IPv6 it may not (RFC 8200 8.1). */
	if (p->protocol == IPPROTO_UDP && reader_u16(&r) == 0)
		return p->version == 4;
	return upper_sum(p) == 0;
}

static void store(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

int packet_mend_checksums(uint8_t *data, size_t len)
{
	struct packet p;
	struct decode_how how;

	packet_decode_how(&p, data, len, &how);
	if (p.header_off == 0 || how.cut)
		return -1;
	if (p.version == 4) {
		size_t header = p.header_off;
		store(data + 10, 0);
		store(data + 10, packet_sum(data, header));
	}
	if (!packet_sum_known(&p, &how))
		return 0;
	store(data + sum_at(&p), 0);
	uint16_t sum = upper_sum(&p);
	store(data + sum_at(&p), sum == 0 && p.protocol == IPPROTO_UDP ? 0xffff : sum);
	return 0;
}
