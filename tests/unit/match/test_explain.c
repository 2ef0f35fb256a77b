/* SPDX-License-Identifier: MIT */
/* test_explain.c - the table, word for word: what a person reads when pattern and packets part */
#include "base/mem.h"
#include "base/text.h"
#include "judging.h"
#include "match/bytes.h"
#include <stdio.h>
#include <stdlib.h>

#define PA (TCP_PSH | TCP_ACK)
#define FA (TCP_FIN | TCP_ACK)

static void explained(struct court *c, flow_judge *judge, const char *pattern, const char *expected)
{
	assert_int_not_equal(judged(c, judge, pattern), JUDGE_HOLDS);
	assert_string_equal(c->finding.explanation, expected);
}

/* The half-close, in which the server resets instead of closing. */
static void tell_half_close(struct talk *t)
{
	talk_handshake(t);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = "the la");
	SAY(t, .from = CLIENT, .flags = PA | TCP_FIN, .seq = 7, .ack = 1, .data = "st line");
	SAY(t, .from = CLIENT, .flags = PA | TCP_FIN, .seq = 7, .ack = 1, .data = "st line");
	SAY(t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 15);
	SAY(t, .from = SERVER, .flags = TCP_RST | TCP_ACK, .seq = 1, .ack = 15);
	timeline_packet(t->tl, 5)->fate = FATE_DROPPED;
}

static void the_parting_is_marked(void **state)
{
	struct court *c = *state;

	tell_half_close(&c->talk);
	explained(
	    c, judge_shape,
	    "client > server  S\n"
	    "server > client  S.\n"
	    "client > server  data \"the last line\"\n"
	    "client > server  F.\n"
	    "server > client  data \"the last line\"\n"
	    "server > client  F.\n",
	    "      expected                                   found\n"
	    "=   1 client > server S                        1 client > server  S\n"
	    "=   2 server > client S.                       2 server > client  S. ack 1\n"
	    "·                                              3 client > server  . ack 1\n"
	    "=   3 client > server data \"the last line\"     4 client > server  . seq 1:7 ack 1 "
	    "len 6 \"the la\"\n"
	    "=   3   (goes on)                              5 client > server  FP. seq 7:14 ack 1 "
	    "len 7 \"st line\" [dropped]\n"
	    "=   4 client > server F.                       5 (the same packet)\n"
	    "·                                              6 client > server  FP. seq 7:14 ack 1 "
	    "len 7 \"… (retransmission)\n"
	    "·                                              7 server > client  . ack 15\n"
	    "≠   5 server > client data \"the last line\"     8 server > client  R. seq 1 ack 15\n"
	    "    6 server > client F.                         (not compared)");
}

static void what_never_came_is_marked(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	SAY(&c->talk, .from = CLIENT, .flags = PA, .seq = 1, .ack = 1, .data = "hel");
	explained(
	    c, judge_shape,
	    "client > server S\nserver > client S.\nclient > server data \"hello\"\nclient > "
	    "server F.\n"
	    "server > client R optional\nserver > client F. × 2",
	    "      expected                           found\n"
	    "=   1 client > server S                1 client > server  S\n"
	    "=   2 server > client S.               2 server > client  S. ack 1\n"
	    "·                                      3 client > server  . ack 1\n"
	    "=   3 client > server data \"hello\"     4 client > server  P. seq 1:4 ack 1 "
	    "len 3 \"hel\"\n"
	    "≠   3   (goes on)                        (nothing more: 3 bytes came)\n"
	    "    4 client > server F.                 (nothing)\n"
	    "    6 server > client F. × 2             (nothing)\n\n"
	    "The last packet of that direction was packet 4: client > server P. seq 1:4 ack 1 "
	    "len 3 \"hel\"");
}

static void what_nobody_expected_is_marked(void **state)
{
	struct court *c = *state;

	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	talk_refuse(&c->talk);
	SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	explained(c, judge_exactly, "client > server S",
	          "      expected                found\n"
	          "=   1 client > server S     1 client > server  S\n"
	          "≠     (nothing more)        2 server > client  R. ack 1\n"
	          "                            3 client > server  S (retransmission)");
}

static void a_long_flow_is_shown_around_the_parting(void **state)
{
	struct court *c = *state;
	const char *line;

	talk_handshake(&c->talk);
	for (uint32_t i = 0; i < 300; i++)
		SAY(&c->talk, .from = CLIENT, .flags = PA, .seq = 1 + i, .ack = 1,
		    .data = i == 200 ? "Y" : "x");
	assert_int_equal(
	    judged(c, judge_shape,
	           "client > server S\nserver > client S.\nclient > server P. \"x\" × 300"),
	    JUDGE_PARTS);
	assert_int_equal(c->finding.packet, 204);
	line = strstr(c->finding.explanation, "⋮     (");
	assert_non_null(line);
	assert_non_null(strstr(c->finding.explanation, "≠   3   (goes on)"));
	assert_non_null(strstr(c->finding.explanation, " 212 "));
	assert_null(strstr(c->finding.explanation, " 214 "));
	assert_non_null(strstr(line, "(91 rows)"));
}

static void no_line_is_wider_than_the_page(void **state)
{
	struct court *c = *state;
	char pattern[600];

	tell_half_close(&c->talk);
	snprintf(pattern, sizeof pattern,
	         "client > server S\nserver > client S. within 5s\nclient > server data \"%0200d\"",
	         7);
	assert_int_equal(judged(c, judge_shape, pattern), JUDGE_PARTS);
	char *copy = mem_text(c->finding.explanation);
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(text_width(line) <= 110);
	free(copy);
}

static void hostile_payload_cannot_move_the_cursor(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	SAY(&c->talk, .from = CLIENT, .flags = PA, .seq = 1, .ack = 1, .data = "\x1b[2J\r\n\"\x9b");
	assert_int_equal(
	    judged(c, judge_shape,
	           "client > server S\nserver > client S.\nclient > server data \"\\x1b[3J\""),
	    JUDGE_PARTS);
	for (const char *s = c->finding.explanation; *s; s++)
		assert_true((uint8_t)*s >= 0x20 || *s == '\n');
	assert_non_null(strstr(c->finding.explanation, "  expected  \"\\x1b[3J\"\n"
	                                               "  actual    \"\\x1b[2J\\r\\n\\\"\\x9b\"\n"
	                                               "                  ^"));
}

static void the_window_on_the_bytes_follows_the_difference(void **state)
{
	struct buf out = {0};
	char a[200], b[200];
	(void)state;

	memset(a, 'a', sizeof a);
	memset(b, 'a', sizeof b);
	b[100] = 'b';
	bytes_beside(&out, a, sizeof a, b, sizeof b, bytes_part(a, sizeof a, b, sizeof b));
	assert_string_equal(out.p,
	                    "  expected  …\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"…\n"
	                    "  actual    …\"aaaaaaaaaaaaaaaaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaa\"…\n"
	                    "                                      ^");
	out.len = 0;
	bytes_beside(&out, "abc", 3, "abcd", 4, 3);
	assert_string_equal(out.p, "  expected  \"abc\"\n"
	                           "  actual    \"abcd\"\n"
	                           "                ^");
	out.len = 0;
	bytes_beside(&out, "", 0, "", 0, 0);
	assert_string_equal(out.p, "  expected  \"\"\n"
	                           "  actual    \"\"\n"
	                           "             ^");
	buf_free(&out);
}

static void columns_are_cut_between_characters(void **state)
{
	struct buf out = {0};
	(void)state;

	bytes_column(&out, "caf\xc3\xa9s", 5, true);
	assert_string_equal(out.p, "caf\xc3\xa9s");
	out.len = 0;
	bytes_column(&out, "caf\xc3\xa9s!", 5, true);
	assert_string_equal(out.p, "caf\xc3\xa9…");
	out.len = 0;
	bytes_column(&out, "\xc3\xa9", 3, true);
	assert_string_equal(out.p, "\xc3\xa9  ");
	buf_free(&out);
}

static void a_payload_that_differs_is_shown_at_its_byte(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	SAY(&c->talk, .from = CLIENT, .flags = PA, .seq = 1, .ack = 1, .data = "hello");
	assert_int_equal(judged(c, judge_shape,
	                        "client > server S\nserver > client S.\n"
	                        "client > server P. \"help\""),
	                 JUDGE_PARTS);
	assert_non_null(strstr(c->finding.explanation,
	                       "They part at byte 4 of line 3: byte 4 of what client sent, "
	                       "byte 4 of packet 4's payload\n"
	                       "  expected  \"help\"\n"
	                       "  actual    \"hello\"\n"
	                       "                ^"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    COURT_TEST(the_parting_is_marked),
	    COURT_TEST(what_never_came_is_marked),
	    COURT_TEST(what_nobody_expected_is_marked),
	    COURT_TEST(a_long_flow_is_shown_around_the_parting),
	    COURT_TEST(no_line_is_wider_than_the_page),
	    COURT_TEST(hostile_payload_cannot_move_the_cursor),
	    cmocka_unit_test(the_window_on_the_bytes_follows_the_difference),
	    cmocka_unit_test(columns_are_cut_between_characters),
	    COURT_TEST(a_payload_that_differs_is_shown_at_its_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
