/* SPDX-License-Identifier: MIT */
/* test_flow.c - which conversation a datagram belongs to, and what it is in it */
#include "../bytes.h"
#include "packet/flow.h"

#define A  0 /* 192.0.2.1:40000, the opener in most tests */
#define B  1 /* 192.0.2.2:6000 */
#define SA (TCP_SYN | TCP_ACK)
#define PA (TCP_PSH | TCP_ACK)
#define FA (TCP_FIN | TCP_ACK)

/* A table, and packets said to it. B's numbers wrap around after 8 bytes. */
struct wire {
	struct flow_table *t;
	struct packet_end end[2];
	uint32_t isn[2];
	int64_t number;
	struct flow_note note; /* of the last packet */
	uint8_t out[2048];
	size_t len;
};

static int wire_open(void **state)
{
	static struct wire w;

	w = (struct wire){.t = flow_table_open(true), .isn = {1000, 0xfffffff8}};
	w.end[A] = end_of("192.0.2.1", 40000);
	w.end[B] = end_of("192.0.2.2", 6000);
	*state = &w;
	return 0;
}

static int wire_close(void **state)
{
	struct wire *w = *state;

	flow_table_close(&w->t);
	assert_null(w->t);
	return 0;
}

static const struct flow_note *put(struct wire *w, const struct packet_spec *s)
{
	struct packet p;

	w->len = packet_build(s, w->out, sizeof w->out);
	packet_decode(&p, w->out, w->len);
	w->number++;
	flow_add(w->t, w->number, w->number * 1000, &p, &w->note);
	return &w->note;
}

/* One segment; numbers relative. */
static const struct flow_note *say_win(struct wire *w, int from, uint8_t flags, uint32_t seq,
                                       uint32_t ack, const char *data, uint16_t window)
{
	struct packet_spec s = {
	    .src = w->end[from],
	    .dst = w->end[1 - from],
	    .protocol = IPPROTO_TCP,
	    .tcp = {.seq = w->isn[from] + seq,
	            .ack = flags & TCP_ACK ? w->isn[1 - from] + ack : 0,
	            .flags = flags,
	            .window = window},
	    .payload = data,
	    .payload_len = strlen(data),
	};
	return put(w, &s);
}

static const struct flow_note *say(struct wire *w, int from, uint8_t flags, uint32_t seq,
                                   uint32_t ack, const char *data)
{
	return say_win(w, from, flags, seq, ack, data, 1000);
}

static void shake_hands(struct wire *w)
{
	say(w, A, TCP_SYN, 0, 0, "");
	say(w, B, SA, 0, 1, "");
	say(w, A, TCP_ACK, 1, 1, "");
}

static void a_whole_connection(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	assert_true(w->note.pure_ack);
	assert_false(w->note.duplicate_ack || w->note.window_update || w->note.retransmission);
	say(w, A, PA, 1, 1, "hello");
	assert_int_equal(w->note.seq, 1);
	assert_int_equal(w->note.seq_end, 6);
	assert_int_equal(w->note.dir, 0);
	assert_false(w->note.retransmission || w->note.out_of_order || w->note.pure_ack);
	say(w, B, TCP_ACK, 1, 6, "");
	assert_int_equal(w->note.ack, 6);
	assert_int_equal(w->note.dir, 1);
	say(w, A, FA, 6, 1, "");
	say(w, B, FA, 1, 7, "");
	say(w, A, TCP_ACK, 7, 2, "");
	assert_int_equal(flow_count(w->t), 1);
	const struct flow *f = flow_get(w->t, 0);
	assert_int_equal(f->ended, FLOW_CLOSED);
	assert_int_equal(f->ended_at, 7000);
	assert_int_equal(f->opened_at, 1000);
	assert_int_equal(f->closed_first, 0);
	assert_int_equal(f->first_number, 1);
	assert_int_equal(f->last_number, 8);
	assert_int_equal(f->side[0].bytes, 5);
	assert_memory_equal(f->side[0].stream, "hello", 5);
	assert_int_equal(f->side[1].bytes, 0);
	assert_int_equal(f->side[0].fin_number, 6);
	assert_int_equal(f->side[1].fin_number, 7);
	assert_int_equal(f->side[0].next, 7);
	assert_int_equal(f->side[1].acked, 7);
	assert_int_equal(f->side[0].packets, 5);
	assert_int_equal(f->side[0].payload_packets, 1);
}

static void sequence_numbers_wrap_around(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	for (uint32_t i = 0; i < 10; i++) {
		say(w, B, PA, 1 + 5 * i, 1, "12345");
		assert_int_equal(w->note.seq, 1 + 5 * i);
		assert_int_equal(w->note.seq_end, 6 + 5 * i);
		assert_false(w->note.retransmission || w->note.out_of_order);
		say(w, A, TCP_ACK, 1, 6 + 5 * i, "");
		assert_int_equal(w->note.ack, 6 + 5 * i);
	}
	assert_int_equal(flow_get(w->t, 0)->side[1].bytes, 50);
	say(w, B, PA, 6, 1, "12345");
	assert_true(w->note.retransmission);
	assert_int_equal(w->note.seq, 6);
}

static void relative_numbers_go_beyond_32_bits(void **state)
{
	enum { BLOCK = 65000 };
	struct wire *w = *state;
	uint8_t *datagram = calloc(1, 65535);
	uint64_t sent = 1;
	struct packet p;

	flow_table_close(&w->t);
	w->t = flow_table_open(false); /* 4 GiB need not be kept to be counted */
	shake_hands(w);
	say(w, A, PA, 1, 1, "");
	packet_decode(&p, w->out, w->len);
	p.data = datagram; /* one decoded segment, lengthened: building 70,000 of them would take
	                      longer than the test */
	p.payload_len = BLOCK;
	while (sent < UINT64_C(5) << 30) {
		p.tcp.seq = w->isn[A] + (uint32_t)sent;
		flow_add(w->t, ++w->number, 0, &p, &w->note);
		assert_int_equal(w->note.seq, sent);
		sent += BLOCK;
		assert_int_equal(flow_get(w->t, 0)->side[0].bytes, sent - 1);
	}
	assert_null(flow_get(w->t, 0)->side[0].stream);
	free(datagram);
}

static void retransmissions_are_told(void **state)
{
	struct wire *w = *state;

	say(w, A, TCP_SYN, 0, 0, "");
	assert_false(w->note.retransmission);
	assert_true(say(w, A, TCP_SYN, 0, 0, "")->retransmission);
	say(w, B, SA, 0, 1, "");
	assert_true(say(w, B, SA, 0, 1, "")->retransmission);
	say(w, A, TCP_ACK, 1, 1, "");
	say(w, A, PA, 1, 1, "hello");
	assert_true(say(w, A, PA, 1, 1, "hello")->retransmission);
	assert_true(say(w, A, PA, 2, 1, "ell")->retransmission);
	say(w, A, FA, 6, 1, "");
	assert_true(say(w, A, FA, 6, 1, "")->retransmission);
	assert_true(say(w, A, FA, 1, 1, "hello")->retransmission); /* the FIN joined to old data */
	const struct flow_side *side = &flow_get(w->t, 0)->side[0];
	assert_int_equal(side->retransmitted, 5);
	assert_int_equal(side->bytes, 5);
	assert_int_equal(side->fin_number, 9);
}

static void an_overlap_counts_new_bytes_only(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, PA, 1, 1, "hello");
	say(w, A, PA, 3, 1, "XXX, you");
	assert_false(w->note.retransmission);
	assert_true(w->note.partly_old);
	const struct flow_side *side = &flow_get(w->t, 0)->side[0];
	assert_int_equal(side->bytes, 10);
	assert_memory_equal(side->stream, "hello, you", 10);
}

static void a_new_fin_behind_old_payload_is_no_retransmission(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, PA, 1, 1, "hello");
	say(w, A, FA, 1, 1, "hello");
	assert_false(w->note.retransmission);
	assert_true(w->note.partly_old);
}

static void what_comes_out_of_order_is_put_in_order(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, PA, 6, 1, "world");
	assert_true(w->note.out_of_order);
	const struct flow_side *side = &flow_get(w->t, 0)->side[0];
	assert_int_equal(side->bytes, 0);
	assert_int_equal(side->bytes_ahead, 5);
	say(w, A, PA, 1, 1, "hello");
	assert_false(w->note.retransmission || w->note.out_of_order);
	assert_int_equal(side->bytes, 10);
	assert_int_equal(side->bytes_ahead, 0);
	assert_memory_equal(side->stream, "helloworld", 10);
	assert_int_equal(side->out_of_order, 1);
}

static void one_forged_segment_far_away_bends_nothing(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, PA, 1, 1, "hello");
	say(w, A, PA, 0x60000000, 1, "forged");
	assert_true(w->note.out_of_order);
	say(w, A, PA, 6, 1, " you");
	assert_false(w->note.retransmission);
	assert_int_equal(w->note.seq, 6);
	assert_int_equal(flow_get(w->t, 0)->side[0].bytes, 9);
	/* and one "before the beginning" is old, not far ahead */
	say(w, A, PA, (uint32_t)-1000, 1, "forged");
	assert_true(w->note.retransmission);
	assert_int_equal(w->note.seq, 0);
	assert_int_equal(w->note.seq_end, 6);
}

static void keepalives_look_back_by_one(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	assert_true(
	    say(w, A, TCP_ACK, 0, 1, "")->keepalive); /* on a connection that never carried data */
	assert_false(w->note.pure_ack);
	say(w, A, PA, 1, 1, "hello");
	assert_false(say(w, A, TCP_ACK, 5, 1, "")->keepalive); /* "hello" is not acknowledged yet */
	say(w, B, TCP_ACK, 1, 6, "");
	assert_false(say(w, A, TCP_ACK | TCP_URG, 5, 1, "")->keepalive);
	assert_true(say(w, A, TCP_ACK, 5, 1, "")->keepalive);
	assert_int_equal(w->note.seq, 5);
	assert_true(
	    say(w, A, TCP_ACK, 5, 1, "\x01")->keepalive); /* a garbage byte, RFC 1122 4.2.3.6 */
	assert_int_equal(flow_get(w->t, 0)->side[0].bytes, 5);
	assert_false(say(w, A, TCP_ACK, 5, 1, "o")->keepalive); /* the byte that was sent there */
	assert_true(w->note.retransmission);
	assert_true(say(w, B, TCP_ACK, 1, 6, "")->pure_ack);
	assert_false(w->note.keepalive);
}

static void probes_of_a_closed_window_are_told(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, PA, 1, 1, "hello");
	say_win(w, B, TCP_ACK, 1, 6, "", 0);
	assert_true(say(w, A, TCP_ACK, 5, 1, "")->window_probe);
	assert_false(w->note.keepalive || w->note.pure_ack);
	assert_true(say(w, A, TCP_ACK, 6, 1, "!")->window_probe);
	assert_int_equal(flow_get(w->t, 0)->side[0].bytes, 6);
	assert_true(say_win(w, B, TCP_ACK, 1, 6, "", 500)->window_update);
	assert_false(w->note.duplicate_ack);
	assert_false(say(w, A, PA, 7, 1, "!")->window_probe);
}

static void duplicate_acks_need_something_under_way(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	assert_false(say(w, B, TCP_ACK, 1, 1, "")->duplicate_ack); /* nothing is */
	say(w, A, PA, 1, 1, "hello");
	assert_true(say(w, B, TCP_ACK, 1, 1, "")->duplicate_ack);
	assert_false(say_win(w, B, TCP_ACK, 1, 1, "", 900)->duplicate_ack);
	assert_true(w->note.window_update);
	assert_false(say_win(w, B, TCP_ACK, 1, 6, "", 900)->duplicate_ack);
}

static void windows_are_scaled_when_both_offered(void **state)
{
	struct wire *w = *state;

	for (int both = 0; both < 2; both++) {
		struct packet_spec s = {
		    .src = w->end[A],
		    .dst = w->end[B],
		    .protocol = IPPROTO_TCP,
		    .tcp = {.seq = 5,
		            .flags = TCP_SYN,
		            .window = 100,
		            .has_wscale = true,
		            .wscale = 15},
		};
		s.src.port = (uint16_t)(50000 + both);
		assert_int_equal(put(w, &s)->window, 100);
		s.tcp = (struct packet_tcp){
		    .seq = 9, .ack = 6, .flags = SA, .window = 7, .has_wscale = both, .wscale = 2};
		s.dst = s.src;
		s.src = w->end[B];
		assert_int_equal(put(w, &s)->window, 7);
		s.tcp.flags = TCP_ACK;
		s.tcp.seq = 10;
		assert_int_equal(put(w, &s)->window, both ? 28 : 7);
		s.src = s.dst;
		s.dst = w->end[B];
		s.tcp = (struct packet_tcp){.seq = 6, .ack = 10, .flags = TCP_ACK, .window = 3};
		assert_int_equal(put(w, &s)->window,
		                 both ? 3 << 14 : 3); /* 14 at most, RFC 7323 2.3 */
	}
}

static void a_closed_port_refuses(void **state)
{
	struct wire *w = *state;
	struct packet_spec s = {
	    .src = w->end[B],
	    .dst = w->end[A],
	    .protocol = IPPROTO_TCP,
	    .tcp = {.seq = 0, .ack = w->isn[A] + 1, .flags = TCP_RST | TCP_ACK},
	};

	say(w, A, TCP_SYN, 0, 0, "");
	put(w, &s);
	assert_int_equal(w->note.seq, 0);
	assert_int_equal(w->note.ack, 1);
	assert_int_equal(w->note.dir, 1);
	const struct flow *f = flow_get(w->t, 0);
	assert_int_equal(f->ended, FLOW_REFUSED);
	assert_int_equal(f->ended_at, 2000);
	assert_int_equal(f->closed_first, 1);
	assert_int_equal(f->side[1].rst_number, 2);
}

static void a_reset_after_the_handshake_is_no_refusal(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, TCP_RST | TCP_ACK, 1, 1, "");
	assert_int_equal(flow_get(w->t, 0)->ended, FLOW_RESET);
	assert_int_equal(flow_get(w->t, 0)->closed_first, 0);
	say(w, B, FA, 1, 1, "");
	assert_int_equal(flow_get(w->t, 0)->ended, FLOW_RESET);
}

static void an_rst_to_the_last_ack_of_the_handshake_is_a_reset(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, B, TCP_RST, 1, 0, ""); /* tcp_abort_on_overflow */
	assert_int_equal(w->note.seq, 1);
	assert_int_equal(flow_get(w->t, 0)->ended, FLOW_RESET);
}

static void what_an_rst_carries_is_no_data(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, B, TCP_RST, 1, 0, "go away");
	assert_int_equal(flow_get(w->t, 0)->side[1].bytes, 0);
	assert_false(w->note.retransmission || w->note.out_of_order);
}

static void simultaneous_open_is_one_flow(void **state)
{
	struct wire *w = *state;

	say(w, A, TCP_SYN, 0, 0, "");
	say(w, B, TCP_SYN, 0, 0, "");
	assert_int_equal(w->note.dir, 1);
	assert_false(w->note.retransmission);
	assert_false(say(w, A, SA, 0, 1, "")->retransmission);
	assert_false(say(w, B, SA, 0, 1, "")->retransmission);
	assert_true(say(w, B, SA, 0, 1, "")->retransmission);
	assert_int_equal(flow_count(w->t), 1);
	say(w, A, PA, 1, 1, "x");
	assert_int_equal(w->note.seq, 1);
	assert_int_equal(w->note.ack, 1);
}

static void a_socket_connected_to_itself_is_survived(void **state)
{
	struct wire *w = *state;

	w->end[B] = w->end[A];
	w->isn[B] = w->isn[A];
	say(w, A, TCP_SYN, 0, 0, "");
	say(w, A, SA, 0, 1, "");
	say(w, A, PA, 1, 1, "me");
	say(w, A, FA, 3, 3, "");
	assert_int_equal(flow_count(w->t), 1);
	assert_int_equal(flow_get(w->t, 0)->side[0].bytes, 2);
}

static void data_in_the_syn_is_data(void **state)
{
	struct wire *w = *state;

	say(w, A, TCP_SYN, 0, 0, "early");
	say(w, B, SA, 0, 6, "");
	say(w, A, PA, 6, 1, " bird");
	assert_false(w->note.retransmission || w->note.out_of_order);
	const struct flow_side *side = &flow_get(w->t, 0)->side[0];
	assert_int_equal(side->bytes, 10);
	assert_memory_equal(side->stream, "early bird", 10);
	assert_int_equal(side->next, 11);
}

static void a_new_syn_after_the_end_is_a_new_flow(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, FA, 1, 1, "");
	say(w, B, FA, 1, 2, "");
	assert_int_equal(flow_count(w->t), 1);
	say(w, A, TCP_ACK, 2, 2, "");
	say(w, A, TCP_SYN, 0, 0, ""); /* the same number: an old duplicate */
	assert_int_equal(flow_count(w->t), 1);
	w->isn[A] += 100000;
	say(w, A, TCP_SYN, 0, 0, "");
	assert_int_equal(flow_count(w->t), 2);
	assert_int_equal(w->note.flow->index, 1);
	assert_int_equal(w->note.seq, 0);
	assert_ptr_equal(flow_find(w->t, IPPROTO_TCP, &w->end[A], &w->end[B]), flow_get(w->t, 1));
	assert_ptr_equal(flow_find(w->t, IPPROTO_TCP, &w->end[B], &w->end[A]), flow_get(w->t, 1));
	assert_null(flow_find(w->t, IPPROTO_UDP, &w->end[A], &w->end[B]));
}

static void a_new_syn_in_a_living_flow_belongs_to_it(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	w->isn[A] += 100000;
	say(w, A, TCP_SYN, 0, 0, ""); /* RFC 9293 3.5.1: a half-open connection is discovered */
	assert_int_equal(flow_count(w->t), 1);
	assert_false(w->note.retransmission);
}

static void a_new_syn_where_nobody_answered_is_a_new_flow(void **state)
{
	struct wire *w = *state;

	say(w, A, TCP_SYN, 0, 0, "");
	say(w, A, TCP_SYN, 0, 0, "");
	w->isn[A] += 5;
	say(w, A, TCP_SYN, 0, 0, "");
	assert_int_equal(flow_count(w->t), 2);
}

static void the_server_may_open_the_next_one(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, TCP_RST, 1, 0, "");
	w->isn[B] += 100;
	say(w, B, TCP_SYN, 0, 0, "");
	assert_int_equal(flow_count(w->t), 2);
	assert_int_equal(w->note.dir, 0);
	assert_true(packet_end_equal(&w->note.flow->side[0].end, &w->end[B]));
}

static void a_capture_that_begins_late(void **state)
{
	struct wire *w = *state;

	/* A's acknowledgement tells where B is; B's first segment, older, knows better */
	say(w, A, PA, 501, 301, "hello");
	assert_false(w->note.out_of_order || w->note.partly_old || w->note.retransmission);
	assert_int_equal(w->note.dir, 0);
	assert_int_equal(w->note.seq, 1);
	assert_int_equal(w->note.ack, 1);
	say(w, B, PA, 311, 506, "world");
	assert_int_equal(w->note.seq, 1);
	assert_int_equal(w->note.ack, 6);
	assert_false(w->note.out_of_order || w->note.retransmission);
	say(w, A, TCP_ACK, 506, 316, "");
	assert_int_equal(w->note.ack, 6);
	say(w, B, PA, 316, 506, "wide");
	assert_int_equal(w->note.seq, 6);
	const struct flow *f = flow_get(w->t, 0);
	assert_memory_equal(f->side[1].stream, "worldwide", 9);
	assert_int_equal(f->side[0].acked, 6);
}

static void a_capture_that_begins_with_the_syn_ack(void **state)
{
	struct wire *w = *state;

	say(w, B, SA, 0, 1, "");
	assert_int_equal(w->note.dir, 1);
	say(w, A, PA, 1, 1, "hi");
	assert_int_equal(w->note.dir, 0);
	assert_int_equal(w->note.seq, 1);
	assert_int_equal(w->note.ack, 1);
}

static void udp_flows_are_by_5_tuple(void **state)
{
	struct wire *w = *state;
	struct packet_spec s = {.src = w->end[A],
	                        .dst = w->end[B],
	                        .protocol = IPPROTO_UDP,
	                        .payload = "ping",
	                        .payload_len = 4};

	put(w, &s);
	s.payload = "ping";
	put(w, &s);
	assert_false(w->note.retransmission); /* UDP knows none */
	s.src = w->end[B];
	s.dst = w->end[A];
	put(w, &s);
	assert_int_equal(w->note.dir, 1);
	assert_int_equal(flow_count(w->t), 1);
	assert_int_equal(flow_get(w->t, 0)->side[0].bytes, 8);
	assert_memory_equal(flow_get(w->t, 0)->side[0].stream, "pingping", 8);
	assert_int_equal(flow_get(w->t, 0)->ended, FLOW_OPEN);
	say(w, A, TCP_SYN, 0, 0, ""); /* the same ports over TCP are another conversation */
	assert_int_equal(flow_count(w->t), 2);
}

static const struct flow_note *quote_last(struct wire *w, uint8_t type, uint8_t code)
{
	uint8_t body[4 + 28] = {0};

	memcpy(body + 4, w->out, 28);
	struct packet_spec s = {
	    .src = {w->end[B].addr, 0},
	    .dst = {w->end[A].addr, 0},
	    .protocol = IPPROTO_ICMP,
	    .icmp_type = type,
	    .icmp_code = code,
	    .payload = body,
	    .payload_len = sizeof body,
	};
	return put(w, &s);
}

static void icmp_errors_belong_to_what_they_quote(void **state)
{
	struct wire *w = *state;

	say(w, A, TCP_SYN, 0, 0, "");
	quote_last(w, 3, 4); /* fragmentation needed: nobody is refused */
	assert_ptr_equal(w->note.flow, flow_get(w->t, 0));
	assert_int_equal(w->note.dir, 1);
	assert_int_equal(flow_get(w->t, 0)->ended, FLOW_OPEN);
	say(w, A, TCP_SYN, 0, 0, "");
	quote_last(w, 3, 1);
	assert_int_equal(flow_get(w->t, 0)->ended, FLOW_REFUSED);
	assert_int_equal(flow_get(w->t, 0)->last_number, 4);
	assert_int_equal(flow_get(w->t, 0)->side[1].packets, 0);
	w->end[A].port = 1; /* an error about a flow that nobody saw */
	struct packet_spec s = {.src = w->end[A], .dst = w->end[B], .protocol = IPPROTO_UDP};
	w->len = packet_build(&s, w->out, sizeof w->out);
	quote_last(w, 3, 3);
	assert_null(w->note.flow);
}

static void an_icmp_error_ends_no_connection_that_stands(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, PA, 1, 1, "hello");
	quote_last(w, 3, 1);
	assert_int_equal(flow_get(w->t, 0)->ended, FLOW_OPEN);
}

static void what_has_no_ports_belongs_to_nobody(void **state)
{
	struct wire *w = *state;
	struct packet_spec s = {.src = w->end[A],
	                        .dst = w->end[B],
	                        .protocol = IPPROTO_ICMP,
	                        .icmp_type = 8,
	                        .payload = "\0\1\0\1",
	                        .payload_len = 4};

	assert_null(put(w, &s)->flow);
	s.protocol = 132;
	assert_null(put(w, &s)->flow);
	assert_int_equal(flow_count(w->t), 0);
}

static void a_thousand_flows_find_themselves(void **state)
{
	struct wire *w = *state;
	struct flow *first = NULL;

	for (uint16_t port = 1; port <= 1000; port++) {
		w->end[A].port = port;
		say(w, A, TCP_SYN, 0, 0, "");
		first = first ? first : w->note.flow;
	}
	assert_int_equal(flow_count(w->t), 1000);
	assert_ptr_equal(first, flow_get(w->t, 0)); /* it has not moved */
	for (uint16_t port = 1; port <= 1000; port++) {
		w->end[A].port = port;
		say(w, B, SA, 0, 1, "");
		assert_int_equal(w->note.flow->index, port - 1);
		assert_int_equal(w->note.dir, 1);
	}
}

static void ends_have_words(void **state)
{
	(void)state;
	assert_string_equal(flow_end_text(FLOW_OPEN), "open");
	assert_string_equal(flow_end_text(FLOW_REFUSED), "refused");
	assert_string_equal(flow_end_text(FLOW_CLOSED), "closed");
	assert_string_equal(flow_end_text(FLOW_RESET), "reset");
}

static void a_fin_sent_again_is_no_keepalive(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, FA, 1, 1, "");
	say(w, B, TCP_ACK, 1, 2, "");
	say(w, A, FA, 1, 1, "");
	assert_true(w->note.retransmission);
	assert_false(w->note.keepalive);
	assert_true(
	    say(w, A, TCP_ACK, 1, 1, "")->keepalive); /* but this is: one before the FIN's end */
}

static void only_unreachable_refuses_over_ipv6(void **state)
{
	static const struct {
		uint8_t type, code;
		bool refuses;
	} cases[] = {{2, 0, false}, {3, 0, false}, {4, 0, false}, {4, 1, true}, {1, 4, true}};
	struct wire *w = *state;
	uint8_t body[4 + 60] = {0};

	w->end[A] = end_of("2001:db8::1", 40000);
	w->end[B] = end_of("2001:db8::2", 6000);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		w->end[A].port++;
		say(w, A, TCP_SYN, 0, 0, "");
		memcpy(body + 4, w->out, 60);
		struct packet_spec s = {
		    .src = {w->end[B].addr, 0},
		    .dst = {w->end[A].addr, 0},
		    .protocol = IPPROTO_ICMPV6,
		    .icmp_type = cases[i].type,
		    .icmp_code = cases[i].code,
		    .payload = body,
		    .payload_len = sizeof body,
		};
		put(w, &s);
		assert_ptr_equal(w->note.flow, flow_get(w->t, i));
		assert_int_equal(w->note.flow->ended, cases[i].refuses ? FLOW_REFUSED : FLOW_OPEN);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, wire_open, wire_close)

static void an_rst_before_the_last_ack_is_none_astray(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, FA, 1, 1, "");
	say(w, B, FA, 1, 2, "");
	assert_false(say(w, B, TCP_RST, 2, 0, "")->stray_rst); /* A has not acknowledged its FIN */
	assert_int_equal(flow_get(w->t, 0)->ended, FLOW_CLOSED);
	assert_true(flow_get(w->t, 0)->side[B].rst);
}

/* A FIN sent again, its ACK, and the RST of a kernel that forgot the connection. */
static void an_rst_after_both_fins_is_stray(void **state)
{
	struct wire *w = *state;

	shake_hands(w);
	say(w, A, FA, 1, 1, "");
	say(w, B, FA, 1, 2, "");
	say(w, A, TCP_ACK, 2, 2, "");
	assert_true(say(w, B, FA, 1, 2, "")->retransmission);
	say(w, A, TCP_ACK, 2, 2, "");
	assert_true(say(w, B, TCP_RST, 2, 0, "")->stray_rst);
	assert_false(flow_get(w->t, 0)->side[B].rst);
	assert_int_equal(flow_get(w->t, 0)->side[B].rst_number, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_whole_connection),
	    T(sequence_numbers_wrap_around),
	    T(relative_numbers_go_beyond_32_bits),
	    T(retransmissions_are_told),
	    T(an_overlap_counts_new_bytes_only),
	    T(a_new_fin_behind_old_payload_is_no_retransmission),
	    T(what_comes_out_of_order_is_put_in_order),
	    T(one_forged_segment_far_away_bends_nothing),
	    T(keepalives_look_back_by_one),
	    T(probes_of_a_closed_window_are_told),
	    T(duplicate_acks_need_something_under_way),
	    T(windows_are_scaled_when_both_offered),
	    T(a_closed_port_refuses),
	    T(a_reset_after_the_handshake_is_no_refusal),
	    T(an_rst_to_the_last_ack_of_the_handshake_is_a_reset),
	    T(what_an_rst_carries_is_no_data),
	    T(simultaneous_open_is_one_flow),
	    T(a_socket_connected_to_itself_is_survived),
	    T(data_in_the_syn_is_data),
	    T(a_new_syn_after_the_end_is_a_new_flow),
	    T(a_new_syn_in_a_living_flow_belongs_to_it),
	    T(a_new_syn_where_nobody_answered_is_a_new_flow),
	    T(the_server_may_open_the_next_one),
	    T(a_capture_that_begins_late),
	    T(a_capture_that_begins_with_the_syn_ack),
	    T(udp_flows_are_by_5_tuple),
	    T(icmp_errors_belong_to_what_they_quote),
	    T(an_icmp_error_ends_no_connection_that_stands),
	    T(what_has_no_ports_belongs_to_nobody),
	    T(a_thousand_flows_find_themselves),
	    T(ends_have_words),
	    T(a_fin_sent_again_is_no_keepalive),
	    T(only_unreachable_refuses_over_ipv6),
	    T(an_rst_before_the_last_ack_is_none_astray),
	    T(an_rst_after_both_fins_is_stray),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
