/* SPDX-License-Identifier: MIT */
/*
 * fuzz_packet.c - hostile datagrams through decoder, flows, timeline and judge
 *
 * Input: see datagrams.h. Seeds: corpus/packet, made by make_packet_seeds.c.
 */
#include "base/err.h"
#include "base/mem.h"
#include "datagrams.h"
#include "match/judge.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const patterns[] = {
    "client > server S\nserver > client S.\nclient > server data \"hello\"\nclient > server "
    "F.\nserver > client F.",
    "client > server S × 3 within 1s\nserver > client R. optional\nserver > client icmp "
    "unreachable",
    "a: client > server P. seq 1:6 \"hello\" optional\nserver > client . ack 6 after a\nclient > "
    "server data 9 bytes",
    "client > server udp × 2\nserver > client udp \"pong\"",
};

/* What holds for every packet, however broken. */
static void check_packet(const struct timeline *tl, const struct timeline_packet *p)
{
	const struct packet *d = &p->packet;
	struct buf text = {0};
	uint8_t *copy = mem_copy(p->data, p->len);
	struct packet again;

	EXPECT(d->payload_off + d->payload_len <= p->len && d->header_off <= p->len);
	EXPECT(!d->has_ports || d->payload_off >= d->header_off + 8);
	EXPECT(p->note.seq_end - p->note.seq <= p->len);
	timeline_packet_text(tl, p, true, &text);
	EXPECT(text.len > 0 && !memchr(text.p, '\n', text.len) &&
	       !memchr(text.p, '\x1b', text.len));
	if (packet_mend_checksums(copy, p->len) == 0) {
		packet_decode(&again, copy, p->len);
		EXPECT(again.checksum_ok);
	}
	free(copy);
	buf_free(&text);
}

static void check_flow(const struct flow *f)
{
	for (int dir = 0; dir < 2; dir++) {
		const struct flow_side *s = &f->side[dir];
		volatile uint8_t last =
		    s->bytes ? s->stream[s->bytes - 1] : 0; /* it is there to be read */
		(void)last;
		EXPECT(s->payload_packets <= s->packets && s->retransmitted <= s->packets);
	}
	EXPECT(f->first_number <= f->last_number);
}

static void judge(const struct timeline *tl, const struct flow *f, const char *text)
{
	static const char *const hosts[] = {"client", "server"};
	struct finding shape = {0}, again = {0}, exactly = {0};
	struct err err;
	struct pattern *p = pattern_parse(text, strlen(text), hosts, 2, &err);

	EXPECT(p);
	enum judgement first = judge_shape(tl, f, p, &shape),
	               second = judge_shape(tl, f, p, &again);
	EXPECT(first == second && (first == JUDGE_HOLDS) == !shape.reason);
	EXPECT(!shape.reason || strcmp(shape.reason, again.reason) == 0);
	judge_exactly(tl, f, p, &exactly);
	finding_free(&shape);
	finding_free(&again);
	finding_free(&exactly);
	pattern_close(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct timeline *tl = two_hosts();

	if (size && data[0] & 1)
		timeline_share_addresses(tl);
	add_datagrams(tl, data, size);
	for (int64_t n = 1; n <= timeline_packets(tl); n++)
		check_packet(tl, timeline_packet(tl, n));
	const struct flow_table *flows = timeline_flows(tl);
	for (size_t i = 0; i < flow_count(flows) && i < 4; i++) {
		check_flow(flow_get(flows, i));
		for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++)
			judge(tl, flow_get(flows, i), patterns[k]);
	}
	timeline_close(&tl);
	return 0;
}
