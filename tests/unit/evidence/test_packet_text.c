/* SPDX-License-Identifier: MIT */
/* test_packet_text.c - each kind of packet in the words of a pattern line */
#include "../conversation.h"
#include "base/mem.h"
#include <stdlib.h>

static int open_talk(void **state)
{
	static struct talk t;

	talk_open(&t);
	*state = &t;
	return 0;
}

static int close_talk(void **state)
{
	talk_close(*state);
	return 0;
}

static void text_is(struct talk *t, int64_t number, bool detail, const char *expected)
{
	struct buf out = {0};

	timeline_packet_text(t->tl, timeline_packet(t->tl, number), detail, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void a_connection_reads_as_a_pattern(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	SAY(t, .from = CLIENT, .flags = TCP_PSH | TCP_ACK, .seq = 1, .ack = 1,
	    .data = "the last line");
	SAY(t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 14);
	SAY(t, .from = CLIENT, .flags = TCP_FIN | TCP_ACK, .seq = 14, .ack = 1);
	SAY(t, .from = SERVER, .flags = TCP_RST | TCP_ACK, .seq = 1, .ack = 15);
	text_is(t, 1, false, "client > server  S");
	text_is(t, 2, false, "server > client  S. ack 1");
	text_is(t, 3, false, "client > server  . ack 1");
	text_is(t, 4, false, "client > server  P. seq 1:14 ack 1 len 13 \"the last line\"");
	text_is(t, 5, false, "server > client  . ack 14");
	text_is(t, 6, false, "client > server  F. seq 14 ack 1");
	text_is(t, 7, false, "server > client  R. seq 1 ack 15");
}

static void a_refusal_has_no_number_of_its_own(void **state)
{
	struct talk *t = *state;

	SAY(t, .from = CLIENT, .flags = TCP_SYN);
	talk_refuse(t);
	text_is(t, 2, false, "server > client  R. ack 1");
}

static void a_closed_window_is_always_said(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	SAY(t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 1, .win = -1);
	text_is(t, 4, false, "server > client  . ack 1 win 0");
}

static void keepalives_show_where_they_look(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 0, .ack = 1);
	text_is(t, 4, false, "client > server  . seq 0 ack 1");
}

static void details_are_window_options_nature_fate_and_cause(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	SAY(t, .from = CLIENT, .flags = TCP_SYN, .mss = 1460, .wscale = 7);
	timeline_packet(t->tl, 1)->fate = FATE_DELIVERED;
	struct timeline_packet *p = timeline_packet(t->tl, 4);
	p->fate = FATE_DROPPED;
	timeline_set_cause(p, "dropped by drop#1 (line 3)");
	text_is(t, 1, true, "client > server  S win 1000 mss 1460 wscale 7");
	text_is(t, 4, true,
	        "client > server  S win 1000 mss 1460 wscale 7 (retransmission) [dropped] -- "
	        "dropped by drop#1 (line 3)");
	timeline_packet(t->tl, 3)->fate = FATE_DELIVERED;
	text_is(t, 3, true, "client > server  . ack 1 win 128000");
}

static void long_and_binary_payload_is_cut_and_escaped(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1,
	    .data = "\x1b[2Jaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbb");
	text_is(t, 4, false,
	        "client > server  . seq 1:51 ack 1 len 50 "
	        "\"\\x1b[2Jaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\"");
}

static void udp_and_icmp_have_their_words(void **state)
{
	struct talk *t = *state;

	talk_udp(t, CLIENT, "hello");
	talk_unreachable(t, 1, 28);
	text_is(t, 1, false, "client > server  udp len 5 \"hello\"");
	text_is(t, 2, false, "server > client  icmp unreachable port");
}

static void bad_checksums_are_details(void **state)
{
	struct talk *t = *state;
	uint8_t copy[64];

	talk_udp(t, CLIENT, "hello");
	const struct timeline_packet *p = timeline_packet(t->tl, 1);
	memcpy(copy, p->data, p->len);
	copy[p->len - 1] ^= 1;
	timeline_add_packet(t->tl, t->at, FROM_HARNESS, copy, p->len)->fate = FATE_DELIVERED;
	text_is(t, 2, true, "client > server  udp len 5 \"helln\" (bad checksum)");
	text_is(t, 2, false, "client > server  udp len 5 \"helln\"");
}

static void what_has_no_pattern_is_said_too(void **state)
{
	struct talk *t = *state;
	uint8_t fragment[64];
	struct packet_spec s = {
	    .src = t->end[0], .dst = t->end[1], .protocol = 132, .payload = "xx", .payload_len = 2};

	talk_spec(t, CLIENT, &s, 0);
	text_is(t, 1, false, "client > server  protocol 132 len 2");
	timeline_add_packet(t->tl, 1, CLIENT, "\x45", 1);
	text_is(t, 2, false, "? > ?  unreadable: ends inside the IPv4 header");
	s.payload = "12345678";
	s.payload_len = 8;
	size_t len = packet_build(&s, fragment, sizeof fragment);
	fragment[7] = 3;
	packet_mend_checksums(fragment, len);
	timeline_add_packet(t->tl, 1, CLIENT, fragment, len);
	text_is(t, 3, false, "client > server  fragment at 24 len 8");
}

static void a_broken_packet_says_what_can_be_read_and_what_is_broken(void **state)
{
	struct talk *t = *state;
	uint8_t copy[128];

	SAY(t, .from = CLIENT, .flags = TCP_SYN, .mss = 1460);
	const struct timeline_packet *p = timeline_packet(t->tl, 1);
	memcpy(copy, p->data, p->len);
	copy[41] = 3; /* the length of the MSS option */
	packet_mend_checksums(copy, p->len);
	timeline_add_packet(t->tl, t->at, CLIENT, copy, p->len)->fate = FATE_DELIVERED;
	text_is(t, 2, false, "client > server  S");
	text_is(t, 2, true,
	        "client > server  S win 1000 (retransmission) (a TCP option has a length that it "
	        "cannot have)");
	timeline_add_packet(t->tl, t->at, CLIENT, "\x45", 1)->fate = FATE_DELIVERED;
	text_is(t, 3, true, "? > ?  unreadable: ends inside the IPv4 header");
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_talk, close_talk)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_connection_reads_as_a_pattern),
	    T(a_refusal_has_no_number_of_its_own),
	    T(a_closed_window_is_always_said),
	    T(keepalives_show_where_they_look),
	    T(details_are_window_options_nature_fate_and_cause),
	    T(long_and_binary_payload_is_cut_and_escaped),
	    T(udp_and_icmp_have_their_words),
	    T(bad_checksums_are_details),
	    T(what_has_no_pattern_is_said_too),
	    T(a_broken_packet_says_what_can_be_read_and_what_is_broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
