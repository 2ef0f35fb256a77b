/* SPDX-License-Identifier: MIT */
/*
 * tcp.c - the TCP header and its options (RFC 9293 3.1, 3.2; 2018; 7323; 7413)
 */
#include "packet/decode.h"

enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_WSCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_SACK = 5,
	OPTION_TIMESTAMPS = 8,
	OPTION_FASTOPEN = 34,
	OPTION_EXPERIMENT =
	    254, /* RFC 6994; with FASTOPEN_MAGIC: RFC 7413 before it had a number */
};
#define FASTOPEN_MAGIC 0xf989

static void decode_sack(struct packet_tcp *tcp, struct reader *body)
{
	while (tcp->sack_count < 4 && reader_left(body) >= 8) {
		tcp->sack[tcp->sack_count].left = reader_u32(body);
		tcp->sack[tcp->sack_count].right = reader_u32(body);
		tcp->sack_count++;
	}
}

/* One option of @kind with its @body. Returns false when its length is not one that the option can
 * have. */
static bool decode_option(struct packet_tcp *tcp, uint8_t kind, struct reader *body)
{
	size_t len = reader_left(body);

	switch (kind) {
	case OPTION_MSS:
		if (len != 2)
			return false;
		tcp->has_mss = true;
		tcp->mss = reader_u16(body);
		return true;
	case OPTION_WSCALE:
		if (len != 1)
			return false;
		tcp->has_wscale = true;
		tcp->wscale = reader_u8(body);
		return true;
	case OPTION_SACK_PERMITTED:
		tcp->sack_permitted = len == 0;
		return len == 0;
	case OPTION_SACK:
		if (len == 0 || len % 8)
			return false;
		decode_sack(tcp, body);
		return true;
	case OPTION_TIMESTAMPS:
		if (len != 8)
			return false;
		tcp->has_timestamps = true;
		tcp->tsval = reader_u32(body);
		tcp->tsecr = reader_u32(body);
		return true;
	case OPTION_FASTOPEN: /* empty: a request; otherwise a cookie of 4 to 16 bytes, RFC
	                         7413 4.1.1 */
		if (len != 0 && (len < 4 || len > 16 || len % 2))
			return false;
		tcp->has_fastopen = true;
		return true;
	case OPTION_EXPERIMENT:
		if (len >= 2 && reader_u16(body) == FASTOPEN_MAGIC)
			tcp->has_fastopen = true;
		return true;
	default:
		return true;
	}
}

static void decode_options(struct packet *p, struct reader *r)
{
	while (reader_left(r) > 0) {
		uint8_t kind = reader_u8(r);
		if (kind == OPTION_END)
			return;
		if (kind == OPTION_NOP)
			continue;
		uint8_t len = reader_u8(r);
		if (r->ended || len < 2) {
			packet_problem(p, "a TCP option has no length, or one below 2");
			return;
		}
		struct reader body = reader_part(r, len - 2u);
		if (body.ended) {
			packet_problem(p, "a TCP option runs past the TCP header");
			return;
		}
		if (!decode_option(&p->tcp, kind, &body))
			packet_problem(p, "a TCP option has a length that it cannot have");
	}
}

void packet_decode_tcp(struct packet *p, struct reader *r)
{
	struct packet_tcp *tcp = &p->tcp;
	uint16_t src = reader_u16(r), dst = reader_u16(r);

	tcp->seq = reader_u32(r);
	tcp->ack = reader_u32(r);
	size_t header = (reader_u8(r) >> 4) * (size_t)4;
	tcp->flags = reader_u8(r);
	tcp->window = reader_u16(r);
	reader_skip(r, 2); /* checksum */
	tcp->urgent = reader_u16(r);
	if (r->ended) {
		*tcp = (struct packet_tcp){0};
		packet_problem(p, "ends inside the TCP header");
		return;
	}
	p->src.port = src;
	p->dst.port = dst;
	p->has_ports = true;
	p->payload_off = p->header_off + 20;
	if (header < 20) {
		packet_problem(p, "TCP data offset is less than 5");
		return;
	}
	struct reader options = reader_part(r, header - 20);
	if (options.ended) {
		packet_problem(p, "TCP data offset runs past the end of the datagram");
		p->payload_off = p->header_off + r->len;
		return;
	}
	tcp->options_len = (uint8_t)(header - 20);
	decode_options(p, &options);
	p->payload_off = p->header_off + header;
	p->payload_len = reader_left(r);
}
