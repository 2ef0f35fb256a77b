/* SPDX-License-Identifier: MIT */
/*
 * build.c - datagrams made from a description: what the harness injects, and what tests begin with
 */
#include "packet/packet.h"
#include <netinet/in.h>
#include <string.h>

/* The counterpart of struct reader: writes past the room are counted, not done. */
struct writer {
	uint8_t *p;
	size_t room, at;
};

static void put(struct writer *w, const void *p, size_t len)
{
	if (len && w->at <= w->room && len <= w->room - w->at)
		memcpy(w->p + w->at, p, len);
	w->at += len;
}

static void put8(struct writer *w, unsigned v)
{
	put(w, &(uint8_t){(uint8_t)v}, 1);
}

static void put16(struct writer *w, unsigned v)
{
	put8(w, v >> 8);
	put8(w, v);
}

static void put32(struct writer *w, uint32_t v)
{
	put16(w, v >> 16);
	put16(w, v & 0xffff);
}

/* In the order and padding that Linux uses, so that each group fills whole words. */
static void put_tcp_options(struct writer *w, const struct packet_tcp *tcp)
{
	if (tcp->has_mss) {
		put16(w, 0x0204);
		put16(w, tcp->mss);
	}
	if (tcp->sack_permitted || tcp->has_timestamps) {
		if (!tcp->has_timestamps || !tcp->sack_permitted)
			put16(w, 0x0101);
		if (tcp->sack_permitted)
			put16(w, 0x0402);
	}
	if (tcp->has_timestamps) {
		put16(w, 0x080a);
		put32(w, tcp->tsval);
		put32(w, tcp->tsecr);
	}
	if (tcp->has_wscale) {
		put16(w, 0x0103);
		put8(w, 3);
		put8(w, tcp->wscale);
	}
}

static void put_tcp(struct writer *w, const struct packet_spec *s)
{
	struct writer measure = {.room = 0};

	put_tcp_options(&measure, &s->tcp);
	put16(w, s->src.port);
	put16(w, s->dst.port);
	put32(w, s->tcp.seq);
	put32(w, s->tcp.ack);
	put8(w, (unsigned)(20 + measure.at) / 4 << 4);
	put8(w, s->tcp.flags);
	put16(w, s->tcp.window);
	put16(w, 0);
	put16(w, s->tcp.urgent);
	put_tcp_options(w, &s->tcp);
}

static void put_upper(struct writer *w, const struct packet_spec *s)
{
	switch (s->protocol) {
	case IPPROTO_TCP:
		put_tcp(w, s);
		break;
	case IPPROTO_UDP:
		put16(w, s->src.port);
		put16(w, s->dst.port);
		put16(w, (unsigned)(8 + s->payload_len));
		put16(w, 0);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		put8(w, s->icmp_type);
		put8(w, s->icmp_code);
		put16(w, 0);
		break;
	}
	put(w, s->payload, s->payload_len);
}

size_t packet_build(const struct packet_spec *s, uint8_t *out, size_t room)
{
	struct writer w = {.p = out, .room = room}, measure = {.room = 0};
	uint8_t version = s->src.addr.version;
	uint8_t ttl = s->ttl ? s->ttl : 64;

	put_upper(&measure, s);
	if ((version != 4 && version != 6) || version != s->dst.addr.version)
		return 0;
	if (s->payload_len > 65535 || measure.at > 65535u - (version == 4 ? 20 : 0))
		return 0;
	if (version == 4) {
		put16(&w, 0x4500);
		put16(&w, (unsigned)(20 + measure.at));
		put16(&w, 0);
		put16(
		    &w,
		    0x4000); /* do not fragment: then the identification may be 0 (RFC 6864 4.1) */
		put8(&w, ttl);
		put8(&w, s->protocol);
		put16(&w, 0);
		put(&w, s->src.addr.bytes, 4);
		put(&w, s->dst.addr.bytes, 4);
	} else {
		put32(&w, UINT32_C(6) << 28);
		put16(&w, (unsigned)measure.at);
		put8(&w, s->protocol);
		put8(&w, ttl);
		put(&w, s->src.addr.bytes, 16);
		put(&w, s->dst.addr.bytes, 16);
	}
	put_upper(&w, s);
	if (w.at > room)
		return 0;
	packet_mend_checksums(out, w.at);
	return w.at;
}
