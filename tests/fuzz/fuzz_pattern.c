/* SPDX-License-Identifier: MIT */
/*
 * fuzz_pattern.c - hostile patterns through parser and judge, over a conversation that has
 * everything
 *
 * Input: the pattern's text. Seeds: corpus/pattern.
 */
#include "base/err.h"
#include "base/mem.h"
#include "datagrams.h"
#include "match/judge.h"
#include "match/line.h"
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const hosts[] = {"client", "server"};

static void say(struct timeline *tl, int from, uint8_t flags, uint32_t seq, uint32_t ack,
                const char *payload)
{
	struct packet_spec s = {
	    .protocol = IPPROTO_TCP,
	    .tcp = {.seq = 7 + seq,
	            .ack = 7 + ack,
	            .flags = flags,
	            .window = 500,
	            .has_mss = flags & TCP_SYN,
	            .mss = 1460},
	    .payload = payload,
	    .payload_len = strlen(payload),
	};
	uint8_t out[256];

	EXPECT(packet_addr_parse(from ? "192.0.2.2" : "192.0.2.1", &s.src.addr));
	EXPECT(packet_addr_parse(from ? "192.0.2.1" : "192.0.2.2", &s.dst.addr));
	s.src.port = from ? 6000 : 40000;
	s.dst.port = from ? 40000 : 6000;
	size_t len = packet_build(&s, out, sizeof out);
	timeline_add_packet(tl, 1000000 * (timeline_packets(tl) + 1), from, out, len);
}

static struct timeline *conversation(void)
{
	struct timeline *tl = two_hosts();

	say(tl, 0, TCP_SYN, 0, 0, "");
	say(tl, 0, TCP_SYN, 0, 0, "");
	say(tl, 1, TCP_SYN | TCP_ACK, 0, 1, "");
	say(tl, 0, TCP_ACK, 1, 1, "");
	say(tl, 0, TCP_PSH | TCP_ACK, 1, 1, "hello");
	say(tl, 1, TCP_ACK, 1, 6, "");
	say(tl, 0, TCP_ACK, 9, 1, "out of order");
	say(tl, 0, TCP_ACK, 6, 1, "abc");
	say(tl, 1, TCP_PSH | TCP_ACK, 1, 21, "there");
	say(tl, 0, TCP_FIN | TCP_ACK, 21, 6, "");
	say(tl, 1, TCP_FIN | TCP_PSH | TCP_ACK, 6, 22, "bye");
	say(tl, 0, TCP_RST, 22, 0, "");
	return tl;
}

/* What a message shows of a line is the line: read again it says the same. */
static void check_shown(const struct pattern_line *l)
{
	struct err err;

	if (l->after_label)
		return; /* its label stands elsewhere */
	struct pattern *again = pattern_parse(l->text, strlen(l->text), hosts, 2, &err);
	EXPECT(again && strcmp(again->lines[0].text, l->text) == 0);
	pattern_close(&again);
}

static void check_finding(enum judgement j, struct finding *f)
{
	EXPECT((j == JUDGE_HOLDS) == !f->reason && !f->reason == !f->explanation);
	for (const char *s = f->reason; s && *s; s++)
		EXPECT((uint8_t)*s >= 0x20);
	finding_free(f);
}

static void judge(const struct pattern *p, const struct pattern *filter)
{
	struct timeline *tl = conversation();
	const struct flow *flow = flow_get(timeline_flows(tl), 0);
	struct finding f = {0};

	if (p) {
		check_finding(judge_shape(tl, flow, p, &f), &f);
		check_finding(judge_exactly(tl, flow, p, &f), &f);
		check_finding(judge_shape(tl, NULL, p, &f), &f);
	}
	if (filter) {
		enum judgement never = judge_never(tl, flow, filter, &f);
		EXPECT((never == JUDGE_HOLDS) == (judge_first(tl, flow, filter, 1) == 0));
		check_finding(never, &f);
		check_finding(judge_count(tl, NULL, filter, &(struct judge_range){2, 3, true}, &f),
		              &f);
	}
	timeline_close(&tl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	struct pattern *p = pattern_parse((const char *)data, size, hosts, 2, &err);
	unsigned line, column;

	EXPECT(p || sscanf(err.text, "line %u, column %u: ", &line, &column) == 2);
	struct pattern *filter = pattern_parse_filter((const char *)data, size, hosts, 2, &err);
	for (size_t i = 0; p && i < pattern_lines(p); i++)
		check_shown(&p->lines[i]);
	if (p || filter)
		judge(p, filter);
	pattern_close(&p);
	pattern_close(&filter);
	return 0;
}
