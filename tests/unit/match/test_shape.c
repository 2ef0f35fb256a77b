/* SPDX-License-Identifier: MIT */
/* test_shape.c - judge_shape(): what holds, what waits, and every way to part */
#include "judging.h"
#include <stdio.h>

#define PA (TCP_PSH | TCP_ACK)
#define FA (TCP_FIN | TCP_ACK)

#define HALF_CLOSE                                                                                 \
	"client > server  S\n"                                                                     \
	"server > client  S.\n"                                                                    \
	"client > server  data \"the last line\"\n"                                                \
	"client > server  F.\n"                                                                    \
	"server > client  data \"the last line\"\n"                                                \
	"server > client  F.\n"
#define HANDSHAKE "client > server S\nserver > client S.\n"

static void client(struct court *c, uint8_t flags, uint32_t seq, uint32_t ack, const char *data)
{
	SAY(&c->talk, .from = CLIENT, .flags = flags, .seq = seq, .ack = ack, .data = data);
}

static void server(struct court *c, uint8_t flags, uint32_t seq, uint32_t ack, const char *data)
{
	SAY(&c->talk, .from = SERVER, .flags = flags, .seq = seq, .ack = ack, .data = data);
}

static void a_half_close_as_linux_does_it(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "the last line");
	server(c, TCP_ACK, 1, 14, NULL);
	client(c, FA, 14, 1, NULL);
	server(c, PA, 1, 15, "the last line");
	client(c, TCP_ACK, 15, 14, NULL);
	server(c, FA, 14, 15, NULL);
	client(c, TCP_ACK, 15, 15, NULL);
	holds(c, judge_shape, HALF_CLOSE);
}

static void the_directions_are_ordered_each_on_its_own(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	server(c, PA, 1, 1,
	       "the last line"); /* before the client's: nobody asked for an order across */
	client(c, PA, 1, 14, "the last line");
	server(c, FA, 14, 1, NULL);
	client(c, FA, 14, 15, NULL);
	holds(c, judge_shape, HALF_CLOSE);
}

static void data_may_come_in_any_pieces_and_with_the_fin(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, TCP_ACK, 1, 1, "the la");
	client(c, TCP_ACK, 7, 1, "st");
	client(c, PA | TCP_FIN, 9, 1, " line");
	server(c, PA | TCP_FIN, 1, 15, "the last line");
	holds(c, judge_shape, HALF_CLOSE);
}

static void several_lines_of_data_may_share_a_segment(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, TCP_ACK, 1, 1, "one two th");
	client(c, FA, 11, 1, "ree");
	holds(c, judge_shape,
	      HANDSHAKE "client > server data \"one \"\nclient > server data 4 bytes\nclient > "
	                "server data \"three\"\n"
	                "client > server F. seq 14");
}

static void each_beginning_of_the_evidence_waits_or_holds(void **state)
{
	struct court *c = *state;

	assert_int_equal(judged(c, judge_shape, HALF_CLOSE), JUDGE_NOT_YET);
	talk_handshake(&c->talk);
	assert_int_equal(judged(c, judge_shape, HALF_CLOSE), JUDGE_NOT_YET);
	client(c, TCP_ACK, 1, 1, "the last ");
	assert_int_equal(judged(c, judge_shape, HALF_CLOSE), JUDGE_NOT_YET);
	client(c, FA, 10, 1, "line");
	assert_int_equal(judged(c, judge_shape, HALF_CLOSE), JUDGE_NOT_YET);
	server(c, FA, 1, 15, "the last line");
	holds(c, judge_shape, HALF_CLOSE);
	client(c, TCP_ACK, 15, 15, NULL); /* and a last ACK changes nothing */
	holds(c, judge_shape, HALF_CLOSE);
}

static void what_is_missing_is_named_with_the_last_that_came(void **state)
{
	struct court *c = *state;

	says(c, judge_shape, HANDSHAKE, JUDGE_NOT_YET,
	     "client > server S never came (line 1 of the pattern)");
	nearest(c, "No packet of that direction came.");
	talk_handshake(&c->talk);
	client(c, FA, 1, 1, "the last line");
	server(c, PA, 1, 15, "the last line");
	says(c, judge_shape, HALF_CLOSE, JUDGE_NOT_YET,
	     "server > client F. never came (line 6 of the pattern)");
	nearest(c, "The last packet of that direction was packet 5: server > client P. seq 1:14 "
	           "ack 15 len 13 \"the last line\"");
	assert_int_equal(c->finding.pattern_line, 6);
	assert_int_equal(c->finding.packet, 0);
}

static void half_of_the_data_is_said_to_be_half(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "the l");
	says(c, judge_shape, HALF_CLOSE, JUDGE_NOT_YET,
	     "client > server data \"the last line\" came only in part, 5 of 13 bytes (line 3 of "
	     "the pattern)");
	nearest(c, "The last packet of that direction was packet 4: client > server P. seq 1:6 ack "
	           "1 len 5 \"the l\"");
}

static void another_packet_than_expected_parts(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, FA, 1, 1, "the last line");
	server(c, PA, 1, 15, "the last line");
	server(c, TCP_RST | TCP_ACK, 14, 15, NULL);
	says(c, judge_shape, HALF_CLOSE, JUDGE_PARTS,
	     "packet 6: server > client R. where F. was expected (line 6 of the pattern)");
	assert_int_equal(c->finding.packet, 6);
	assert_int_equal(c->finding.pattern_line, 6);
}

static void a_byte_that_differs_is_pointed_at(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, TCP_ACK, 1, 1, "the la");
	client(c, PA, 7, 1, "te line");
	says(c, judge_shape, HALF_CLOSE, JUDGE_PARTS,
	     "packet 5: client > server 't' where 's', byte 7 of data \"the last line\", was "
	     "expected (line 3 of the "
	     "pattern)");
	assert_non_null(strstr(c->finding.explanation,
	                       "They part at byte 7 of line 3: byte 7 of what client sent, byte 1 "
	                       "of packet 5's payload\n"
	                       "  expected  \"the last line\"\n"
	                       "  actual    \"the late line\"\n"
	                       "                   ^"));
}

static void bytes_that_cannot_be_printed_are_numbers(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "a\x7f");
	says(c, judge_shape, HANDSHAKE "client > server data \"a\\x01\"", JUDGE_PARTS,
	     "packet 4: client > server 0x7f where 0x01, byte 2 of data \"a\\x01\", was expected "
	     "(line 3 "
	     "of the pattern)");
}

static void an_end_in_the_middle_of_the_data_parts(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, TCP_ACK, 1, 1, "the la");
	client(c, FA, 7, 1, NULL);
	says(c, judge_shape, HALF_CLOSE, JUDGE_PARTS,
	     "packet 5: client > server F. where data \"the last line\", of which 6 bytes had "
	     "come, was expected (line 3 of "
	     "the pattern)");
}

static void more_than_the_pattern_names_parts(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	says(c, judge_shape, HANDSHAKE, JUDGE_PARTS,
	     "packet 4: client > server P. seq 1:6 ack 1 len 5 \"hello\" where nothing more was "
	     "expected");
	assert_int_equal(c->finding.pattern_line, 0);
	says(c, judge_shape, HANDSHAKE "client > server data \"hell\"", JUDGE_PARTS,
	     "packet 4: client > server P. seq 1:6 ack 1 len 5 \"hello\" carries 1 byte more than "
	     "the pattern names");
}

static void an_unnamed_fin_parts(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, FA, 1, 1, "hello");
	says(c, judge_shape, HANDSHAKE "client > server data \"hello\"", JUDGE_PARTS,
	     "packet 4: client > server F. seq 1:6 ack 1 len 5 \"hello\" carries a FIN that no "
	     "line names");
	says(c, judge_shape, HANDSHAKE "client > server F.", JUDGE_PARTS,
	     "packet 4: client > server F. with 5 bytes of payload where F. without payload was "
	     "expected (line 3 of the "
	     "pattern)");
	says(c, judge_shape, HANDSHAKE "client > server data \"hel\"\nclient > server F.",
	     JUDGE_PARTS,
	     "packet 4: client > server 2 more bytes \"lo\" where F. was expected (line 4 of the "
	     "pattern)");
	holds(c, judge_shape, HANDSHAKE "client > server F. \"hello\"");
	holds(c, judge_shape, HANDSHAKE "client > server F. len 5");
}

static void acks_updates_keepalives_and_retransmissions_need_no_name(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, TCP_SYN, 0, 0, NULL);
	server(c, TCP_SYN | TCP_ACK, 0, 1, NULL);
	client(c, PA, 1, 1, "hello");
	client(c, PA, 1, 1, "hello");
	SAY(&c->talk, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 6, .win = -1);
	client(c, TCP_ACK, 5, 1, NULL); /* window probe */
	SAY(&c->talk, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 6, .win = 9);
	client(c, TCP_ACK, 5, 1, NULL); /* keepalive */
	client(c, FA, 6, 1, NULL);
	client(c, FA, 6, 1, NULL);
	server(c, TCP_ACK, 1, 7, NULL);
	holds(c, judge_shape, HANDSHAKE "client > server data \"hello\"\nclient > server F.");
}

static void named_retransmissions_are_counted(void **state)
{
	struct court *c = *state;

	for (int i = 0; i < 3; i++)
		client(c, TCP_SYN, 0, 0, NULL);
	holds(c, judge_shape, "client > server S × 3");
	holds(c, judge_shape, "client > server S"); /* the other two need no name */
	holds(c, judge_shape, "client > server S\nclient > server S\nclient > server S");
	says(c, judge_shape, "client > server S × 4", JUDGE_NOT_YET,
	     "client > server S × 4 came 3 of 4 times (line 1 of the pattern)");
	nearest(c, "The last packet of that direction was packet 3: client > server S");
	server(c, TCP_SYN | TCP_ACK, 0, 1, NULL);
	client(c, TCP_ACK, 1, 1, NULL);
	client(c, PA, 1, 1, "x");
	says(c, judge_shape, "client > server S × 4\nserver > client S.", JUDGE_PARTS,
	     "packet 6: client > server P. where S was expected (line 1 of the pattern)");
	holds(c, judge_shape,
	      "client > server S × 3\nserver > client S.\nclient > server P. \"x\"");
}

static void greed_does_not_eat_the_packet_meant_by_the_next_line(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "ping");
	client(c, PA, 1, 1, "ping"); /* again */
	client(c, PA, 5, 1, "ping"); /* another */
	client(c, FA, 9, 1, NULL);
	holds(c, judge_shape,
	      HANDSHAKE
	      "client > server P. \"ping\"\nclient > server P. \"ping\"\nclient > server F.");
	holds(c, judge_shape,
	      HANDSHAKE
	      "client > server P. \"ping\" × 2\nclient > server P. \"ping\"\nclient > server F.");
}

static void a_named_ack_is_waited_for_past_others(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	server(c, PA, 1, 1, "hello");
	client(c, TCP_ACK, 1, 3, NULL);
	client(c, TCP_ACK, 1, 6, NULL);
	holds(c, judge_shape, HANDSHAKE "server > client data \"hello\"\nclient > server . ack 6");
	says(c, judge_shape, HANDSHAKE "server > client data \"hello\"\nclient > server . ack 5",
	     JUDGE_NOT_YET, "client > server . ack 5 never came (line 4 of the pattern)");
	nearest(c, "The last packet of that direction was packet 6: client > server . ack 6");
}

static void optional_lines_may_be_absent(void **state)
{
	struct court *c = *state;
	const char *pattern =
	    HANDSHAKE "client > server P. \"a\" optional\nclient > server P. \"b\"\n"
	              "server > client R optional";

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "b");
	holds(c, judge_shape, pattern);
	server(c, TCP_RST, 1, 0, NULL);
	holds(c, judge_shape, pattern);
}

static void optional_lines_may_be_present(void **state)
{
	struct court *c = *state;
	const char *pattern =
	    HANDSHAKE "client > server P. \"a\" × 2 optional\nclient > server P. \"b\"\n";

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "a");
	assert_int_equal(judged(c, judge_shape, pattern), JUDGE_NOT_YET);
	client(c, PA, 2, 1, "b");
	holds(c, judge_shape, pattern);
	client(c, PA, 3, 1, "c");
	says(c, judge_shape, pattern, JUDGE_PARTS,
	     "packet 6: client > server P. seq 3:4 ack 1 len 1 \"c\" where nothing more was "
	     "expected");
}

static void what_fits_neither_the_optional_nor_the_next_is_held_against_the_next(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, TCP_RST, 1, 0, NULL);
	says(c, judge_shape, HANDSHAKE "client > server P. optional\nclient > server F.",
	     JUDGE_PARTS,
	     "packet 4: client > server R where F. was expected (line 4 of the pattern)");
}

static void each_word_can_be_what_differs(void **state)
{
	static const struct {
		const char *line, *reason;
	} table[] = {
	    {"seq 2:7", "P. with seq 1 where seq 2"},
	    {"seq 1:9", "P. with seq 6 where seq 9"},
	    {"ack 2", "P. with ack 1 where ack 2"},
	    {"len 4", "P. with len 5 where len 4"},
	    {"win 0", "P. with win 128000 where win 0"},
	    {"mss 5", "P. without mss where mss 5"},
	    {"wscale 5", "P. without wscale where wscale 5"},
	    {"sackOK", "P. without sackOK where sackOK"},
	    {"ts", "P. without ts where ts"},
	    {"urg 0", "P. without urg where urg 0"},
	    {"\"help\"", "P. \"hello\" where \"help\""},
	};
	struct court *c = *state;
	char pattern[128], reason[128];

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		snprintf(pattern, sizeof pattern, HANDSHAKE "client > server P. %s", table[i].line);
		snprintf(reason, sizeof reason,
		         "packet 4: client > server %s was expected (line 3 of the pattern)",
		         table[i].reason);
		says(c, judge_shape, pattern, JUDGE_PARTS, reason);
	}
	holds(c, judge_shape,
	      HANDSHAKE "client > server P. seq 1:6 ack 1 len 5 win 128000 \"hello\"");
}

static void flags_are_compared_exactly_but_for_push(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	holds(c, judge_shape, HANDSHAKE "client > server . len 5");
	client(c, TCP_ACK, 6, 1, "there");
	says(c, judge_shape,
	     HANDSHAKE "client > server data \"hello\"\nclient > server P. \"there\"", JUDGE_PARTS,
	     "packet 5: client > server . where P. was expected (line 4 of the pattern)");
	says(c, judge_shape, "client > server SEW", JUDGE_PARTS,
	     "packet 1: client > server S where SEW was expected (line 1 of the pattern)");
}

static void time_since_the_line_before_is_judged(void **state)
{
	struct court *c = *state;

	client(c, TCP_SYN, 0, 0, NULL);
	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN, .wait = NS_PER_S);
	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN, .wait = 2 * NS_PER_S);
	holds(c, judge_shape,
	      "client > server S\nclient > server S after 1s within 1s\nclient > server S after "
	      "1.5s");
	holds(c, judge_shape, "client > server S × 3 after 1s within 2s");
	holds(c, judge_shape,
	      "client > server S after 9s"); /* nothing came before: nothing to compare */
	says(c, judge_shape,
	     "client > server S\nclient > server S after 1.5s\nclient > server S after 2s",
	     JUDGE_NOT_YET, "client > server S after 2s never came (line 3 of the pattern)");
	nearest(c, "The last packet of that direction was packet 3: client > server S");
	says(c, judge_shape, "client > server S\nclient > server S after 3.5s", JUDGE_NOT_YET,
	     "client > server S after 3.5s never came (line 2 of the pattern)");
	nearest(c,
	        "Line 2: packet 3 came 3.000 s after packet 1, but at least 3.500 s should pass.");
	says(c, judge_shape, "client > server S × 3 within 1s", JUDGE_NOT_YET,
	     "client > server S × 3 within 1s came 2 of 3 times (line 1 of the pattern)");
	nearest(c, "Line 1: packet 3 came 2.000 s after packet 2, but at most 1.000 s may pass.");
}

static void too_early_and_too_late_are_told_of_what_must_be_named(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	SAY(&c->talk, .from = CLIENT, .flags = FA, .seq = 6, .ack = 1, .wait = 30 * NS_PER_MS);
	says(c, judge_shape,
	     HANDSHAKE "client > server data \"hello\"\nclient > server F. after 40ms", JUDGE_PARTS,
	     "packet 5: client > server F. came 30.0 ms after packet 4, but at least 40.0 ms "
	     "should pass (line 4 of the "
	     "pattern)");
	says(c, judge_shape,
	     HANDSHAKE "client > server data \"hello\"\nclient > server F. within 20ms",
	     JUDGE_PARTS,
	     "packet 5: client > server F. came 30.0 ms after packet 4, but at most 20.0 ms may "
	     "pass (line 4 of the "
	     "pattern)");
	says(c, judge_shape,
	     HANDSHAKE "client > server data \"hello\"\nclient > server R. within 20ms",
	     JUDGE_PARTS,
	     "packet 5: client > server F. where R. was expected (line 4 of the pattern)");
	holds(
	    c, judge_shape,
	    HANDSHAKE
	    "client > server data \"hello\" within 5ms\nclient > server F. after 30ms within 30ms");
}

static void the_kernels_clock_is_preferred_when_both_have_it(void **state)
{
	struct court *c = *state;

	client(c, TCP_SYN, 0, 0, NULL);
	client(c, TCP_SYN, 0, 0, NULL);
	timeline_packet(c->talk.tl, 2)->kernel_at = 77; /* alone it says nothing */
	holds(c, judge_shape, "client > server S\nclient > server S within 1ms");
	timeline_packet(c->talk.tl, 1)->kernel_at = 70;
	holds(c, judge_shape, "client > server S\nclient > server S after 7ns within 7ns");
}

static void late_bytes_of_a_run_are_late(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "he");
	SAY(&c->talk, .from = CLIENT, .flags = PA, .seq = 3, .ack = 1, .data = "llo",
	    .wait = NS_PER_S);
	says(c, judge_shape, HANDSHAKE "client > server data \"hello\" within 50ms", JUDGE_PARTS,
	     "packet 5: client > server P. came 1.003 s after packet 1, but at most 50.0 ms may "
	     "pass (line 3 of the "
	     "pattern)");
	holds(c, judge_shape, HANDSHAKE "client > server data \"hello\" after 3ms");
}

static void a_label_orders_across_directions(void **state)
{
	struct court *c = *state;
	const char *pattern = HANDSHAKE "bye: client > server F.\nserver > client F. after bye";

	talk_handshake(&c->talk);
	server(c, FA, 1, 1, NULL);
	client(c, FA, 1, 2, NULL);
	says(c, judge_shape, pattern, JUDGE_PARTS,
	     "packet 4: server > client F. came before line 3 (bye) had its packet (line 4 of the "
	     "pattern)");
	holds(c, judge_shape, HANDSHAKE "client > server F. after bye\nbye: server > client F.");
}

static void an_ack_that_must_come_after_a_label_is_waited_for(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	server(c, TCP_ACK, 1, 1, NULL);
	client(c, PA, 1, 1, "x");
	server(c, TCP_ACK, 1, 2, NULL);
	holds(c, judge_shape, HANDSHAKE "x: client > server data \"x\"\nserver > client . after x");
	says(c, judge_shape,
	     HANDSHAKE "x: client > server data \"x\"\nserver > client . ack 1 after x",
	     JUDGE_NOT_YET, "server > client . ack 1 after x never came (line 4 of the pattern)");
	nearest(c, "Line 4: packet 4 came before line 3 (x) had its packet.");
}

static void overlapping_segments_bring_their_new_bytes(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	client(c, FA, 3, 1, "llo, you");
	holds(c, judge_shape, HANDSHAKE "client > server data \"hello, you\"\nclient > server F.");
}

static void a_fin_joined_to_old_payload_is_still_named(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	client(c, FA, 1, 1, "hello");
	holds(c, judge_shape, HANDSHAKE "client > server data \"hello\"\nclient > server F.");
	assert_int_equal(judged(c, judge_shape, HANDSHAKE "client > server data \"hello\""),
	                 JUDGE_PARTS);
}

static void segments_out_of_order_wait_for_the_hole(void **state)
{
	struct court *c = *state;
	const char *pattern = HANDSHAKE "client > server data \"hello, you\"\nclient > server F.";

	talk_handshake(&c->talk);
	client(c, FA, 8, 1, "you");
	client(c, TCP_ACK, 6, 1, ", ");
	assert_int_equal(judged(c, judge_shape, pattern), JUDGE_NOT_YET);
	client(c, TCP_ACK, 1, 1, "hello");
	holds(c, judge_shape, pattern);
}

static void a_hole_that_stays_parts_when_all_else_is_there(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	client(c, PA, 9, 1, "far");
	says(c, judge_shape, HANDSHAKE "client > server data \"hello\"", JUDGE_PARTS,
	     "packet 5: client > server data from byte 9 where byte 6 was expected");
	holds(c, judge_shape,
	      HANDSHAKE "client > server data \"hello\"\nclient > server P. seq 9:12 \"far\"");
}

static void data_in_the_syn_is_named_behind_it(void **state)
{
	struct court *c = *state;

	client(c, TCP_SYN, 0, 0, "early");
	holds(c, judge_shape, "client > server S\nclient > server data \"early\"");
	holds(c, judge_shape, "client > server S \"early\"");
	says(c, judge_shape, "client > server S", JUDGE_PARTS,
	     "packet 1: client > server S seq 0:5 len 5 \"early\" carries 5 bytes more than the "
	     "pattern names");
}

static void a_byte_sent_into_a_closed_window_is_data(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	SAY(&c->talk, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 1, .win = -1);
	client(c, TCP_ACK, 1, 1, "x");
	holds(c, judge_shape, HANDSHAKE "server > client . win 0\nclient > server data \"x\"");
	assert_int_equal(judged(c, judge_shape, HANDSHAKE), JUDGE_PARTS);
}

static void errors_from_the_way_must_be_named(void **state)
{
	struct court *c = *state;

	client(c, TCP_SYN, 0, 0, NULL);
	talk_unreachable(&c->talk, 1, 28);
	holds(c, judge_shape, "client > server S\nserver > client icmp unreachable port");
	holds(c, judge_shape, "client > server S\nserver > client icmp unreachable");
	says(c, judge_shape, "client > server S\nserver > client icmp unreachable host",
	     JUDGE_PARTS,
	     "packet 2: server > client icmp unreachable port where icmp unreachable host was "
	     "expected (line 2 of the "
	     "pattern)");
	says(c, judge_shape, "client > server S", JUDGE_PARTS,
	     "packet 2: server > client icmp unreachable port where nothing more was expected");
}

static void datagrams_have_a_shape_too(void **state)
{
	struct court *c = *state;

	talk_udp(&c->talk, CLIENT, "ping");
	talk_udp(&c->talk, SERVER, "pong");
	talk_udp(&c->talk, CLIENT, "ping");
	holds(c, judge_shape, "client > server udp \"ping\" × 2\nserver > client udp len 4");
	holds(c, judge_shape, "client > server data \"pingping\"\nserver > client udp");
	says(c, judge_shape, "client > server udp \"ping\"\nserver > client udp \"pong\"",
	     JUDGE_PARTS,
	     "packet 3: client > server udp len 4 \"ping\" where nothing more was expected");
	says(c, judge_shape, "client > server S", JUDGE_PARTS,
	     "packet 1: client > server udp where S was expected (line 1 of the pattern)");
	says(c, judge_shape, "client > server udp \"pang\"", JUDGE_PARTS,
	     "packet 1: client > server udp \"ping\" where \"pang\" was expected (line 1 of the "
	     "pattern)");
}

static void the_first_packet_that_parts_is_the_one_named(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	server(c, TCP_RST, 1, 0, NULL);
	client(c, FA, 1, 1, NULL);
	says(c, judge_shape, HANDSHAKE "client > server data \"x\"\nserver > client F.",
	     JUDGE_PARTS,
	     "packet 4: server > client R where F. was expected (line 4 of the pattern)");
}

static void hosts_that_are_not_in_the_flow_are_told(void **state)
{
	struct court *c = *state;
	struct err err;
	const char *text = "client > server S\nrouter > server R";
	struct pattern *p = pattern_parse(text, strlen(text), NULL, 0, &err);

	talk_handshake(&c->talk);
	assert_int_equal(judge_shape(c->talk.tl, talk_flow(&c->talk), p, &c->finding), JUDGE_PARTS);
	assert_string_equal(
	    c->finding.reason,
	    "router > server R speaks of other hosts than this flow, which is between "
	    "client and server (line 2 of the pattern)");
	pattern_close(&p);
}

static void no_words_are_made_when_nobody_wants_them(void **state)
{
	struct court *c = *state;
	struct pattern *p = pattern_of("client > server R");

	talk_handshake(&c->talk);
	assert_int_equal(judge_shape(c->talk.tl, talk_flow(&c->talk), p, NULL), JUDGE_PARTS);
	assert_int_equal(judge_exactly(c->talk.tl, talk_flow(&c->talk), p, NULL), JUDGE_PARTS);
	pattern_close(&p);
}

/* 1-3 handshake, both FINs and their ACKs, one FIN again, its ACK again, R */
static void tell_stray_rst(struct talk *t)
{
	talk_handshake(t);
	SAY(t, .from = CLIENT, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 1);
	SAY(t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 2);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 2, .ack = 2);
	SAY(t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 2);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 2, .ack = 2);
	SAY(t, .from = SERVER, .flags = TCP_RST, .seq = 2);
}

static void a_stray_rst_needs_no_name(void **state)
{
	static const char pattern[] = "client > server S\nserver > client S.\nclient > server F.\n"
	                              "server > client F.\n";
	struct court *c = *state;

	tell_stray_rst(&c->talk);
	holds(c, judge_shape, pattern);
	/* and may have one */
	holds(c, judge_shape,
	      "client > server S\nserver > client S.\nclient > server F.\nserver > client F. x 2\n"
	      "server > client R\n");
}

/* What is sent again is ignored because it is known; other bytes at the same place are not. */
static void a_repetition_with_other_bytes_parts(void **state)
{
	static const char pattern[] = HANDSHAKE "client > server data \"hello\"";
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	client(c, PA, 1, 1, "hello"); /* the same again */
	client(c, PA, 3, 1, "llo");   /* and a part of it */
	holds(c, judge_shape, pattern);
	client(c, PA, 1, 1, "jello");
	says(c, judge_shape, pattern, JUDGE_PARTS,
	     "packet 7: client > server P. seq 1:6 ack 1 len 5 \"jello\" where nothing more was "
	     "expected");
}

static void a_part_repeated_with_other_bytes_parts(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	server(c, PA, 1, 1, "hello");
	server(c, PA, 5, 1, "O");
	assert_int_equal(judged(c, judge_shape,
	                        HANDSHAKE
	                        "server > client data \"hello\"\nclient > server F. optional"),
	                 JUDGE_PARTS);
}

/* Urgency is news even where the segment has no byte of its own, or none that is new. */
static void urgency_must_be_named(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, TCP_URG | TCP_ACK, 1, 1, NULL);
	says(c, judge_shape, HANDSHAKE, JUDGE_PARTS,
	     "packet 4: client > server .U ack 1 urg 0 where nothing more was expected");
	holds(c, judge_shape, HANDSHAKE "client > server U.");
}

static void urgency_of_old_bytes_must_be_named(void **state)
{
	static const char pattern[] = HANDSHAKE "client > server data \"hello\"";
	struct court *c = *state;

	talk_handshake(&c->talk);
	client(c, PA, 1, 1, "hello");
	client(c, PA | TCP_URG, 1, 1, "hello");
	assert_int_equal(judged(c, judge_shape, pattern), JUDGE_PARTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    COURT_TEST(a_half_close_as_linux_does_it),
	    COURT_TEST(the_directions_are_ordered_each_on_its_own),
	    COURT_TEST(data_may_come_in_any_pieces_and_with_the_fin),
	    COURT_TEST(several_lines_of_data_may_share_a_segment),
	    COURT_TEST(each_beginning_of_the_evidence_waits_or_holds),
	    COURT_TEST(what_is_missing_is_named_with_the_last_that_came),
	    COURT_TEST(half_of_the_data_is_said_to_be_half),
	    COURT_TEST(another_packet_than_expected_parts),
	    COURT_TEST(a_byte_that_differs_is_pointed_at),
	    COURT_TEST(an_end_in_the_middle_of_the_data_parts),
	    COURT_TEST(more_than_the_pattern_names_parts),
	    COURT_TEST(an_unnamed_fin_parts),
	    COURT_TEST(acks_updates_keepalives_and_retransmissions_need_no_name),
	    COURT_TEST(named_retransmissions_are_counted),
	    COURT_TEST(greed_does_not_eat_the_packet_meant_by_the_next_line),
	    COURT_TEST(a_named_ack_is_waited_for_past_others),
	    COURT_TEST(optional_lines_may_be_absent),
	    COURT_TEST(optional_lines_may_be_present),
	    COURT_TEST(what_fits_neither_the_optional_nor_the_next_is_held_against_the_next),
	    COURT_TEST(each_word_can_be_what_differs),
	    COURT_TEST(flags_are_compared_exactly_but_for_push),
	    COURT_TEST(time_since_the_line_before_is_judged),
	    COURT_TEST(too_early_and_too_late_are_told_of_what_must_be_named),
	    COURT_TEST(the_kernels_clock_is_preferred_when_both_have_it),
	    COURT_TEST(late_bytes_of_a_run_are_late),
	    COURT_TEST(a_label_orders_across_directions),
	    COURT_TEST(an_ack_that_must_come_after_a_label_is_waited_for),
	    COURT_TEST(overlapping_segments_bring_their_new_bytes),
	    COURT_TEST(a_fin_joined_to_old_payload_is_still_named),
	    COURT_TEST(segments_out_of_order_wait_for_the_hole),
	    COURT_TEST(a_hole_that_stays_parts_when_all_else_is_there),
	    COURT_TEST(data_in_the_syn_is_named_behind_it),
	    COURT_TEST(a_byte_sent_into_a_closed_window_is_data),
	    COURT_TEST(errors_from_the_way_must_be_named),
	    COURT_TEST(datagrams_have_a_shape_too),
	    COURT_TEST(the_first_packet_that_parts_is_the_one_named),
	    COURT_TEST(hosts_that_are_not_in_the_flow_are_told),
	    COURT_TEST(no_words_are_made_when_nobody_wants_them),
	    COURT_TEST(bytes_that_cannot_be_printed_are_numbers),
	    COURT_TEST(a_stray_rst_needs_no_name),
	    COURT_TEST(a_repetition_with_other_bytes_parts),
	    COURT_TEST(a_part_repeated_with_other_bytes_parts),
	    COURT_TEST(urgency_must_be_named),
	    COURT_TEST(urgency_of_old_bytes_must_be_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
