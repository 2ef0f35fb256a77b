/* SPDX-License-Identifier: MIT */
/* test_exactly.c - judge_exactly(): every packet, in this order, both directions together */
#include "judging.h"

#define PA        (TCP_PSH | TCP_ACK)
#define FA        (TCP_FIN | TCP_ACK)
#define HANDSHAKE "client > server S\nserver > client S.\nclient > server . ack 1\n"

static void a_refused_connect_is_two_packets(void **state)
{
	struct court *c = *state;
	const char *pattern = "client > server  S\nserver > client  R.   ack 1\n";

	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	says(c, judge_exactly, pattern, JUDGE_NOT_YET,
	     "server > client R. ack 1 never came (line 2 of the pattern)");
	nearest(c, "The last packet was packet 1: client > server S");
	talk_refuse(&c->talk);
	holds(c, judge_exactly, pattern);
	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	says(c, judge_exactly, pattern, JUDGE_PARTS,
	     "packet 3: client > server S where nothing more was expected");
}

static void nothing_at_all_is_not_yet(void **state)
{
	struct court *c = *state;

	says(c, judge_exactly, HANDSHAKE, JUDGE_NOT_YET,
	     "client > server S never came (line 1 of the pattern)");
	nearest(c, "No packet came.");
}

static void an_unnamed_ack_parts(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	SAY(&c->talk, .from = CLIENT, .flags = PA, .seq = 1, .ack = 1, .data = "x");
	SAY(&c->talk, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 2);
	SAY(&c->talk, .from = CLIENT, .flags = FA, .seq = 2, .ack = 1);
	says(c, judge_exactly, HANDSHAKE "client > server P. \"x\"\nclient > server F.",
	     JUDGE_PARTS,
	     "packet 5: server > client . where client > server F. was expected (line 5 of the "
	     "pattern)");
	holds(c, judge_exactly,
	      HANDSHAKE "client > server P. \"x\"\nserver > client . optional\nclient > server F.");
	holds(c, judge_exactly,
	      HANDSHAKE "client > server P. \"x\"\nserver > client . ack 2\nclient > server F.");
}

static void the_order_across_directions_counts(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	SAY(&c->talk, .from = SERVER, .flags = FA, .seq = 1, .ack = 1);
	SAY(&c->talk, .from = CLIENT, .flags = FA, .seq = 1, .ack = 2);
	holds(c, judge_exactly, HANDSHAKE "server > client F.\nclient > server F.");
	says(c, judge_exactly, HANDSHAKE "client > server F.\nserver > client F.", JUDGE_PARTS,
	     "packet 4: server > client F. where client > server F. was expected (line 4 of the "
	     "pattern)");
}

static void every_retransmission_must_be_named(void **state)
{
	struct court *c = *state;

	for (int i = 0; i < 3; i++)
		SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	holds(c, judge_exactly, "client > server S × 3");
	holds(c, judge_exactly, "client > server S\nclient > server S × 2");
	holds(c, judge_exactly, "client > server S × 9 optional");
	says(c, judge_exactly, "client > server S × 2", JUDGE_PARTS,
	     "packet 3: client > server S where nothing more was expected");
	assert_int_equal(judged(c, judge_exactly, "client > server S × 4"), JUDGE_NOT_YET);
}

static void data_may_span_packets_of_one_direction(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	SAY(&c->talk, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = "one ");
	SAY(&c->talk, .from = CLIENT, .flags = PA | TCP_FIN, .seq = 5, .ack = 1, .data = "two");
	holds(c, judge_exactly, HANDSHAKE "client > server data \"one two\"\nclient > server F.");
	says(c, judge_exactly, HANDSHAKE "client > server data \"one too\"\nclient > server F.",
	     JUDGE_PARTS,
	     "packet 5: client > server 'w' where 'o', byte 6 of data \"one too\", was expected "
	     "(line 4 of the pattern)");
	says(c, judge_exactly, HANDSHAKE "client > server data \"one two\"", JUDGE_PARTS,
	     "packet 5: client > server FP. seq 5:8 ack 1 len 3 \"two\" carries a FIN that no line "
	     "names");
}

static void data_sent_again_is_data_again(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	SAY(&c->talk, .from = CLIENT, .flags = PA, .seq = 1, .ack = 1, .data = "x");
	SAY(&c->talk, .from = CLIENT, .flags = PA, .seq = 1, .ack = 1, .data = "x");
	holds(c, judge_exactly, HANDSHAKE "client > server P. \"x\" × 2");
	holds(c, judge_exactly, HANDSHAKE "client > server data \"xx\"");
	says(c, judge_exactly, HANDSHAKE "client > server data \"x\"", JUDGE_PARTS,
	     "packet 5: client > server P. seq 1:2 ack 1 len 1 \"x\" where nothing more was "
	     "expected");
}

static void time_is_since_the_packet_of_the_line_before(void **state)
{
	struct court *c = *state;

	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	SAY(&c->talk, .from = SERVER, .flags = TCP_SYN | TCP_ACK, .ack = 1, .wait = 50 * NS_PER_MS);
	holds(c, judge_exactly, "client > server S\nserver > client S. after 50ms within 50ms");
	says(c, judge_exactly, "client > server S\nserver > client S. within 10ms", JUDGE_PARTS,
	     "packet 2: server > client S. came 50.0 ms after packet 1, but at most 10.0 ms may "
	     "pass (line 2 of the "
	     "pattern)");
}

static void the_seal_ends_the_evidence(void **state)
{
	struct court *c = *state;

	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	timeline_seal(c->talk.tl);
	talk_refuse(&c->talk);
	holds(c, judge_exactly, "client > server S");
	holds(c, judge_shape, "client > server S");
}

static void other_flows_are_not_asked(void **state)
{
	struct court *c = *state;

	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	talk_udp(&c->talk, CLIENT, "in between");
	talk_refuse(&c->talk);
	holds(c, judge_exactly, "client > server S\nserver > client R.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    COURT_TEST(a_refused_connect_is_two_packets),
	    COURT_TEST(nothing_at_all_is_not_yet),
	    COURT_TEST(an_unnamed_ack_parts),
	    COURT_TEST(the_order_across_directions_counts),
	    COURT_TEST(every_retransmission_must_be_named),
	    COURT_TEST(data_may_span_packets_of_one_direction),
	    COURT_TEST(data_sent_again_is_data_again),
	    COURT_TEST(time_is_since_the_packet_of_the_line_before),
	    COURT_TEST(the_seal_ends_the_evidence),
	    COURT_TEST(other_flows_are_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
