/* SPDX-License-Identifier: MIT */
/*
 * conversation.h - a TCP conversation told to a timeline, sentence by sentence, for unit tests
 *
 * Hosts "client" (192.0.2.1, port 40000) and "server" (192.0.2.2, port 6000). Numbers are relative,
 * as in a pattern; the server's initial sequence number is just below 2^32, so that whoever forgets
 * the wrap-around fails.
 */
#ifndef SOCKPROOF_TESTS_UNIT_CONVERSATION_H
#define SOCKPROOF_TESTS_UNIT_CONVERSATION_H
#include "base/clock.h"
#include "evidence/timeline.h"
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h> /* behind what it needs */

#define CLIENT 0
#define SERVER 1

struct talk {
	struct timeline *tl;
	struct packet_end end[2];
	uint32_t isn[2];
	int64_t at;
};

/* One segment. */
struct saying {
	int from;
	uint8_t flags;
	uint32_t seq, ack; /* relative */
	const char *data;
	int win;      /* 0: 1000; -1: closed */
	uint16_t mss; /* 0: none */
	int wscale;   /* 0: none */
	int64_t wait; /* ns since the one before; 0: 1 ms */
};
#define SAY(t, ...) talk_say((t), (struct saying){__VA_ARGS__})

static inline struct packet_addr addr(const char *text)
{
	struct packet_addr a;

	assert_true(packet_addr_parse(text, &a));
	return a;
}

static inline void talk_open(struct talk *t)
{
	*t = (struct talk){.tl = timeline_open(), .isn = {1000, 0xfffffff8}, .at = NS_PER_S};
	t->end[0] = (struct packet_end){addr("192.0.2.1"), 40000};
	t->end[1] = (struct packet_end){addr("192.0.2.2"), 6000};
	timeline_add_address(t->tl, timeline_add_host(t->tl, "client"), &t->end[0].addr);
	timeline_add_address(t->tl, timeline_add_host(t->tl, "server"), &t->end[1].addr);
}

static inline void talk_close(struct talk *t)
{
	timeline_close(&t->tl);
}

/* Returns the packet's number. */
static inline int64_t talk_spec(struct talk *t, int from, const struct packet_spec *spec,
                                int64_t wait)
{
	uint8_t out[2048];
	size_t len = packet_build(spec, out, sizeof out);

	assert_true(len > 0);
	t->at += wait ? wait : NS_PER_MS;
	return timeline_add_packet(t->tl, t->at, from, out, len)->number;
}

static inline int64_t talk_say(struct talk *t, struct saying s)
{
	struct packet_spec spec = {
	    .src = t->end[s.from],
	    .dst = t->end[1 - s.from],
	    .protocol = IPPROTO_TCP,
	    .tcp =
	        {
	            .seq = t->isn[s.from] + s.seq,
	            .ack = s.flags & TCP_ACK ? t->isn[1 - s.from] + s.ack : 0,
	            .flags = s.flags,
	            .window = (uint16_t)(s.win < 0 ? 0
	                                 : s.win   ? s.win
	                                           : 1000),
	            .has_mss = s.mss > 0,
	            .mss = s.mss,
	            .has_wscale = s.wscale > 0,
	            .wscale = (uint8_t)s.wscale,
	        },
	    .payload = s.data,
	    .payload_len = s.data ? strlen(s.data) : 0,
	};

	return talk_spec(t, s.from, &spec, s.wait);
}

/* An RST that answers a segment without ACK carries sequence number 0 itself (RFC 9293 3.10.7.1).
 */
static inline int64_t talk_refuse(struct talk *t)
{
	struct packet_spec spec = {
	    .src = t->end[1],
	    .dst = t->end[0],
	    .protocol = IPPROTO_TCP,
	    .tcp = {.ack = t->isn[0] + 1, .flags = TCP_RST | TCP_ACK},
	};

	return talk_spec(t, SERVER, &spec, 0);
}

/* ICMP port unreachable from the server, quoting @len bytes of packet @number. */
static inline int64_t talk_unreachable(struct talk *t, int64_t number, size_t len)
{
	uint8_t body[4 + 128] = {0};
	struct packet_spec spec = {
	    .src = {t->end[1].addr, 0},
	    .dst = {t->end[0].addr, 0},
	    .protocol = IPPROTO_ICMP,
	    .icmp_type = 3,
	    .icmp_code = 3,
	    .payload = body,
	    .payload_len = 4 + len,
	};

	memcpy(body + 4, timeline_packet(t->tl, number)->data, len);
	return talk_spec(t, SERVER, &spec, 0);
}

static inline int64_t talk_udp(struct talk *t, int from, const char *data)
{
	struct packet_spec spec = {
	    .src = t->end[from],
	    .dst = t->end[1 - from],
	    .protocol = IPPROTO_UDP,
	    .payload = data,
	    .payload_len = strlen(data),
	};

	return talk_spec(t, from, &spec, 0);
}

/* Packets 1 to 3. */
static inline void talk_handshake(struct talk *t)
{
	SAY(t, .from = CLIENT, .flags = TCP_SYN, .mss = 1460, .wscale = 7);
	SAY(t, .from = SERVER, .flags = TCP_SYN | TCP_ACK, .ack = 1, .mss = 1460, .wscale = 7);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1);
}

static inline const struct flow_note *talk_note(const struct talk *t, int64_t number)
{
	return &timeline_packet(t->tl, number)->note;
}

static inline struct flow *talk_flow(const struct talk *t)
{
	return flow_get(timeline_flows(t->tl), 0);
}

#endif
