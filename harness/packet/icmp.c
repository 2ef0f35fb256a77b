/* SPDX-License-Identifier: MIT */
/*
 * icmp.c - ICMP and ICMPv6: the header, the datagram an error quotes, and the words for both
 */
#include "packet/decode.h"
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>

#define ANY_CODE (-1)

/* One table for reading and for writing patterns. The first row that fits names a message, and the
 * first of that name is the one that is made. */
static const struct {
	uint8_t version, type;
	int code;
	const char *words;
} names[] = {
    {4, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, "unreachable net"},
    {4, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, "unreachable host"},
    {4, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, "unreachable protocol"},
    {4, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, "unreachable port"},
    {4, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, "too-big"},
    {4, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, "unreachable admin"},
    {4, ICMP_DEST_UNREACH, ICMP_NET_ANO, "unreachable admin"},
    {4, ICMP_DEST_UNREACH, ICMP_HOST_ANO, "unreachable admin"},
    {4, ICMP_ECHO, ANY_CODE, "echo"},
    {4, ICMP_ECHOREPLY, ANY_CODE, "reply"},
    {4, ICMP_TIME_EXCEEDED, ANY_CODE, "time-exceeded"},
    {6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, "unreachable net"},
    {6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN, "unreachable admin"},
    {6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, "unreachable host"},
    {6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT, "unreachable port"},
    /* RFC 4443 3.4: what ICMP calls protocol unreachable */
    {6, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_NEXTHEADER, "unreachable protocol"},
    {6, ICMP6_PACKET_TOO_BIG, ANY_CODE, "too-big"},
    {6, ICMP6_ECHO_REQUEST, ANY_CODE, "echo"},
    {6, ICMP6_ECHO_REPLY, ANY_CODE, "reply"},
    {6, ICMP6_TIME_EXCEEDED, ANY_CODE, "time-exceeded"},
};

const char *packet_icmp_text(const struct packet *p, char text[static 32])
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].version == p->version && names[i].type == p->icmp_type &&
		    (names[i].code == ANY_CODE || names[i].code == p->icmp_code))
			return names[i].words;
	snprintf(text, 32, "type %u code %u", p->icmp_type, p->icmp_code);
	return text;
}

bool packet_icmp_number(uint8_t version, const char *words, uint8_t *type, uint8_t *code)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].version != version || strcmp(names[i].words, words) != 0)
			continue;
		*type = names[i].type;
		*code = names[i].code == ANY_CODE ? 0 : (uint8_t)names[i].code;
		return true;
	}
	return false;
}

static bool quotes(const struct packet *p)
{
	if (p->version == 6)
		return p->icmp_type < 128; /* errors, RFC 4443 2.1 */
	return p->icmp_type == ICMP_DEST_UNREACH || p->icmp_type == ICMP_SOURCE_QUENCH ||
	       p->icmp_type == ICMP_REDIRECT || p->icmp_type == ICMP_TIME_EXCEEDED ||
	       p->icmp_type == ICMP_PARAMETERPROB;
}

/* The first bytes behind the quoted IP header: ports, then TCP's sequence number. */
static void quote_upper(struct packet_quote *q, struct reader *r)
{
	if (q->protocol != IPPROTO_TCP && q->protocol != IPPROTO_UDP)
		return;
	uint16_t src = reader_u16(r), dst = reader_u16(r);
	if (r->ended)
		return;
	q->src.port = src;
	q->dst.port = dst;
	q->has_ports = true;
	if (q->protocol != IPPROTO_TCP)
		return;
	q->seq = reader_u32(r);
	q->has_seq = !r->ended;
	if (!q->has_seq)
		q->seq = 0;
}

static void quote_ipv4(struct packet_quote *q, struct reader *r)
{
	uint8_t first = reader_u8(r);
	size_t header = (size_t)(first & 15) * 4;

	reader_skip(r, 5);
	bool later = reader_u16(r) & 0x1fff;
	reader_skip(r, 1);
	q->protocol = reader_u8(r);
	reader_skip(r, 2);
	q->src.addr.version = q->dst.addr.version = 4;
	reader_bytes(r, q->src.addr.bytes, 4);
	reader_bytes(r, q->dst.addr.bytes, 4);
	if (r->ended || first >> 4 != 4 || header < 20)
		return;
	q->present = true;
	reader_skip(r, header - 20);
	if (!later)
		quote_upper(q, r);
}

static void quote_ipv6(struct packet_quote *q, struct reader *r)
{
	struct ipv6_chain chain = {0};
	uint8_t first = reader_u8(r);

	reader_skip(r, 5);
	uint8_t next = reader_u8(r);
	reader_skip(r, 1);
	q->src.addr.version = q->dst.addr.version = 6;
	reader_bytes(r, q->src.addr.bytes, 16);
	reader_bytes(r, q->dst.addr.bytes, 16);
	if (r->ended || first >> 4 != 6)
		return;
	q->present = true;
	packet_ipv6_chain(r, next, &chain);
	q->protocol = chain.protocol;
	if (!r->ended && !chain.fragment_offset)
		quote_upper(q, r);
}

void packet_decode_icmp(struct packet *p, struct reader *r)
{
	uint8_t type = reader_u8(r), code = reader_u8(r);

	reader_skip(r, 2); /* checksum */
	if (r->ended) {
		packet_problem(p, "ends inside the ICMP header");
		return;
	}
	p->icmp_type = type;
	p->icmp_code = code;
	p->payload_off = p->header_off + 4;
	p->payload_len = reader_left(r);
	if (!quotes(p))
		return;
	struct packet_quote q = {0};
	reader_skip(r, 4);
	if (p->version == 4)
		quote_ipv4(&q, r);
	else
		quote_ipv6(&q, r);
	if (q.present)
		p->quote = q;
	else
		packet_problem(p, "an ICMP error that quotes no IP header");
}
