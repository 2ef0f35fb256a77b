/* SPDX-License-Identifier: MIT */
/* test_pattern.c - the parser: what it takes, and the place and the mend of what it does not */
#include "judging.h"
#include "match/line.h"

static void no_pattern(const char *text, const char *error)
{
	struct err err = {0};
	struct pattern *p = pattern_parse(text, strlen(text), both_hosts, 2, &err);

	assert_null(p);
	assert_string_equal(err.text, error);
}

static void no_filter(const char *text, const char *error)
{
	struct err err = {0};
	struct pattern *p = pattern_parse_filter(text, strlen(text), both_hosts, 2, &err);

	assert_null(p);
	assert_string_equal(err.text, error);
}

static void every_word_of_a_line_is_read(void **state)
{
	struct pattern *p = pattern_of(
	    "a: client > server  SP.EW seq 1:4 ack 5 len 3 win 6 mss 7 wscale 8 sackOK ts urg 9 "
	    "\"x\\n\\\"\" after 40ms within 1.5s × 3 optional  -- the lot\n"
	    "server > client . after a");
	const struct pattern_line *l = &p->lines[0];
	(void)state;

	assert_int_equal(pattern_lines(p), 2);
	assert_string_equal(l->label, "a");
	assert_string_equal(l->from, "client");
	assert_string_equal(l->to, "server");
	assert_int_equal(l->kind, LINE_FLAGS);
	assert_int_equal(l->flags, TCP_SYN | TCP_PSH | TCP_ACK | TCP_ECE | TCP_CWR);
	assert_int_equal(l->value[KEY_SEQ], 1);
	assert_int_equal(l->value[KEY_SEQ_END], 4);
	assert_int_equal(l->value[KEY_ACK], 5);
	assert_int_equal(l->value[KEY_LEN], 3);
	assert_int_equal(l->value[KEY_WIN], 6);
	assert_int_equal(l->value[KEY_MSS], 7);
	assert_int_equal(l->value[KEY_WSCALE], 8);
	assert_int_equal(l->value[KEY_URG], 9);
	for (int k = 0; k < KEY_COUNT; k++)
		assert_true(l->given[k]);
	assert_int_equal(l->payload.len, 3);
	assert_memory_equal(l->payload.p, "x\n\"", 3);
	assert_int_equal(l->after, 40 * NS_PER_MS);
	assert_int_equal(l->within, 1500 * NS_PER_MS);
	assert_int_equal(l->times, 3);
	assert_true(l->optional);
	assert_string_equal(p->lines[1].after_label, "a");
	assert_int_equal(p->lines[1].after_line, 0);
	assert_int_equal(p->lines[1].number, 2);
	assert_false(p->lines[1].optional);
	pattern_close(&p);
	assert_null(p);
}

static void blanks_remarks_and_tight_arrows_do_not_matter(void **state)
{
	struct pattern *p =
	    pattern_of("\n-- the handshake\n  # also a remark\n\r\n\tclient>server\tS\r\n"
	               "server > client  S.   -- answered\n");
	(void)state;

	assert_int_equal(pattern_lines(p), 2);
	assert_int_equal(p->lines[0].number, 5);
	assert_string_equal(p->lines[0].text, "client > server S");
	assert_string_equal(p->lines[1].text, "server > client S.");
	pattern_close(&p);
}

static void times_can_be_written_in_four_ways(void **state)
{
	static const char *const ways[] = {"client > server S × 3", "client > server S ×3",
	                                   "client > server S x 3", "client > server S x3"};
	(void)state;

	for (int i = 0; i < 4; i++) {
		struct pattern *p = pattern_of(ways[i]);
		assert_int_equal(p->lines[0].times, 3);
		pattern_close(&p);
	}
}

static void data_udp_and_icmp_are_kinds(void **state)
{
	struct pattern *p = pattern_of(
	    "client > server data \"a\\x00b\"\nclient > server data 500 bytes within 1s\n"
	    "client > server udp \"q\" len 1\nserver > client icmp unreachable port\n"
	    "server > client icmp too-big after 1ms\nserver > client icmp type 5 code 1 optional\n"
	    "server > client icmp unreachable × 2\nserver > client none");
	(void)state;

	assert_int_equal(p->lines[0].kind, LINE_DATA);
	assert_memory_equal(p->lines[0].payload.p, "a\0b", 3);
	assert_true(p->lines[1].any_bytes);
	assert_int_equal(p->lines[1].value[KEY_LEN], 500);
	assert_int_equal(p->lines[2].kind, LINE_UDP);
	assert_string_equal(p->lines[3].icmp, "unreachable port");
	assert_string_equal(p->lines[4].icmp, "too-big");
	assert_true(p->lines[4].has_after);
	assert_string_equal(p->lines[5].icmp, "type 5 code 1");
	assert_true(p->lines[5].optional);
	assert_string_equal(p->lines[6].icmp, "unreachable");
	assert_int_equal(p->lines[6].times, 2);
	assert_int_equal(p->lines[7].flags, 0);
	pattern_close(&p);
}

static void a_label_may_stand_further_down(void **state)
{
	struct pattern *p =
	    pattern_of("client > server F. after reply\nreply: server > client data \"x\"");
	(void)state;

	assert_int_equal(p->lines[0].after_line, 1);
	pattern_close(&p);
}

static void without_a_list_any_host_may_stand_in_it(void **state)
{
	struct err err;
	struct pattern *p = pattern_parse("left > right S", 14, NULL, 0, &err);
	(void)state;

	assert_non_null(p);
	assert_string_equal(p->lines[0].to, "right");
	pattern_close(&p);
}

static void wrong_hosts_are_told_with_the_right_ones(void **state)
{
	(void)state;
	no_pattern("client > server S\nclient > sever S.",
	           "line 2, column 10: no host is called \"sever\"; the hosts are client, server");
	no_pattern("S.", "line 1, column 1: \"S.\" stands where the hosts should; write who > who "
	                 "in front, such as "
	                 "client > server  S");
	no_pattern(
	    "client > ",
	    "line 1, column 10: the name of a host is missing; write who sends > who receives");
	no_pattern(
	    "> server S",
	    "line 1, column 1: the name of a host is missing; write who sends > who receives");
	no_pattern("client server S", "line 1, column 1: \"client\" stands where the hosts should; "
	                              "write who > who in front, such as "
	                              "client > server  S");
}

static void wrong_kinds_are_told(void **state)
{
	(void)state;
	no_pattern("client > server",
	           "line 1, column 16: what they send is missing; write flags, data, udp or icmp");
	no_pattern(
	    "client > server  SA",
	    "line 1, column 18: \"SA\" is no flags, nor data, udp or icmp; flags are letters "
	    "of S F R P U E W and '.', or none");
	no_pattern(
	    "client > server  SS",
	    "line 1, column 18: \"SS\" is no flags, nor data, udp or icmp; flags are letters "
	    "of S F R P U E W and '.', or none");
	no_pattern("client > server  \"x\"",
	           "line 1, column 18: \"\\\"x\\\"\" is no flags, nor data, udp or icmp; flags "
	           "are letters of S F R P U E W and '.', or none");
	no_pattern("client > server  icmp teapot",
	           "line 1, column 23: \"teapot\" is no ICMP message; there are unreachable "
	           "port|host|net|admin|protocol, echo, reply, time-exceeded, too-big, "
	           "type N code N");
	no_pattern("client > server  icmp",
	           "line 1, column 22: the ICMP message is missing; there are unreachable "
	           "port|host|net|admin|protocol, echo, reply, time-exceeded, too-big, type N "
	           "code N");
}

static void wrong_data_is_told(void **state)
{
	(void)state;
	no_pattern(
	    "client > server data",
	    "line 1, column 21: which data is missing; write data \"bytes\" or data 5 bytes");
	no_pattern(
	    "client > server data 0 bytes",
	    "line 1, column 22: which data is missing; write data \"bytes\" or data 5 bytes");
	no_pattern("client > server data 5",
	           "line 1, column 23: \"bytes\" is missing behind the number; write data 5 bytes");
	no_pattern("client > server data \"\"", "line 1, column 22: data \"\" is no data; write at "
	                                        "least one byte, or leave the line out");
	no_pattern("client > server data \"abc",
	           "line 1, column 22: the literal is not closed; end it with \"");
	no_pattern("client > server data \"abc\\\"",
	           "line 1, column 22: the literal is not closed; end it with \"");
	no_pattern(
	    "client > server data \"ab\\qc\"",
	    "line 1, column 25: unknown escape; there are \\n \\t \\r \\0 \\\\ \\\" and \\xNN");
	no_pattern(
	    "client > server data \"a\" × 2",
	    "line 1, column 17: × does not go with data, which may span packets; leave it out");
	no_pattern("client > server data \"a\" optional",
	           "line 1, column 17: optional does not go with data, which may span packets; "
	           "leave it out");
	no_pattern(
	    "client > server data \"a\" ack 1",
	    "line 1, column 17: ack does not go with data, which may span packets; leave it out");
}

static void wrong_numbers_are_told_at_their_place(void **state)
{
	(void)state;
	no_pattern("client > server S ack",
	           "line 1, column 22: a number is missing here; write ack 1, for example");
	no_pattern("client > server S. ack -1",
	           "line 1, column 24: a number is missing here; write ack 1, for example");
	no_pattern("client > server S. ack 99999999999999999999",
	           "line 1, column 24: a number is missing here; write ack 1, for example");
	no_pattern(
	    "client > server S seq x",
	    "line 1, column 23: a sequence number is missing here; write seq 1, or seq 1:14");
	no_pattern(
	    "client > server S seq 1:",
	    "line 1, column 23: a sequence number is missing here; write seq 1, or seq 1:14");
	no_pattern(
	    "client > server P. seq 5:1",
	    "line 1, column 24: the end of the sequence is before its beginning; write seq 1:14");
	no_pattern("client > server S win 1 win 2",
	           "line 1, column 25: win is given twice; leave one out");
	no_pattern("client > server S ts ts",
	           "line 1, column 22: ts is given twice; leave one out");
	no_pattern("client > server P. \"a\" \"b\"",
	           "line 1, column 24: the payload is given twice; leave one out");
	no_pattern("client > server S × 0",
	           "line 1, column 19: so many times cannot be; write × 1 to × 1000000");
	no_pattern("client > server S ×",
	           "line 1, column 20: a number is missing here; write × 1, for example");
	no_pattern("client > server S ×3 ×2", "line 1, column 22: × is given twice; leave one out");
	no_pattern(
	    "client > server P. len 3 \"four\"",
	    "line 1, column 17: len, seq and payload say different lengths; leave out all but one");
	no_pattern(
	    "client > server P. seq 1:3 len 3",
	    "line 1, column 17: len, seq and payload say different lengths; leave out all but one");
	no_pattern("client > server F ack 3", "line 1, column 17: without the ACK flag there is no "
	                                      "ack; write '.' behind the letters");
	no_pattern("client > server udp ack 3",
	           "line 1, column 17: ack does not go with udp; leave it out");
	no_pattern("client > server icmp echo \"x\"",
	           "line 1, column 17: a payload does not go with icmp; leave it out");
}

static void columns_count_characters(void **state)
{
	(void)state;
	no_pattern("client > server P. \"caf\xc3\xa9\" bogus",
	           "line 1, column 27: \"bogus\" is not known here; there are seq, ack, len, win, "
	           "mss, wscale, sackOK, ts, "
	           "urg, \"payload\", after, within, ×, optional");
}

static void wrong_times_and_labels_are_told(void **state)
{
	(void)state;
	no_pattern("client > server S after",
	           "line 1, column 24: after what is missing; write a duration such as 40ms, or a "
	           "line's label");
	no_pattern("client > server S within soon",
	           "line 1, column 26: a duration is missing here; write within 40ms, or 1.5s");
	no_pattern(
	    "client > server S after 2s within 1s",
	    "line 1, column 17: within is shorter than after, so nothing fits; make within longer");
	no_pattern("client > server S\nclient > server . after rply",
	           "line 2, column 25: no line has the label \"rply\"; write \"rply:\" in front of "
	           "one, or a duration such "
	           "as 40ms");
	no_pattern("a: client > server S after a",
	           "line 1, column 28: the line waits for itself; name another line's label");
	no_pattern(
	    "a: client > server S\n\na: client > server .",
	    "line 3, column 1: the label \"a:\" stands before line 1 already; choose another");
	no_pattern("1s: client > server S",
	           "line 1, column 1: \"1s:\" is no label; begin it with a letter");
	no_pattern("client > server S after 1s after 2s",
	           "line 1, column 34: after DURATION is given twice; leave one out");
	no_pattern("client > server S optional optional",
	           "line 1, column 28: optional is given twice; leave one out");
}

static void an_empty_pattern_is_none(void **state)
{
	(void)state;
	no_pattern(
	    "-S",
	    "line 1, column 1: \"-S\" stands where the hosts should; write who > who in front, "
	    "such as client > server  S");
	no_pattern("",
	           "line 1, column 1: nothing is written; write a line such as client > server  S");
	no_pattern("\n -- nothing\n",
	           "line 1, column 1: nothing is written; write a line such as client > server  S");
}

static void what_a_filter_cannot_say_is_told(void **state)
{
	(void)state;
	no_filter("",
	          "line 1, column 1: nothing is written; write a line such as client > server  S");
	no_filter("S\nF",
	          "line 2, column 1: a filter is one line; write a second filter for this one");
	no_filter("a: S", "line 1, column 1: a filter has no label; leave out \"a:\"");
	no_filter(
	    "S within 1s",
	    "line 1, column 3: \"within\" says nothing about one packet; leave it out of a filter");
	no_filter(
	    "S × 2",
	    "line 1, column 3: \"×\" says nothing about one packet; leave it out of a filter");
	no_filter("S optional", "line 1, column 3: \"optional\" says nothing about one packet; "
	                        "leave it out of a filter");
	no_filter("tcp[13] & 4 != 0", "line 1, column 1: \"tcp[13]\" is no word of a filter; flags "
	                              "are letters of S F R P U E W and '.', or "
	                              "none, or write data, udp, icmp, seq, ack, len, win");
	no_filter("client > sever R",
	          "line 1, column 10: no host is called \"sever\"; the hosts are client, server");
}

static void hostile_bytes_are_shown_harmlessly(void **state)
{
	struct err err = {0};
	(void)state;

	assert_null(pattern_parse("client > server \x1b[31m\xff", 23, both_hosts, 2, &err));
	assert_null(strchr(err.text, '\x1b'));
	assert_non_null(strstr(err.text, "\\x1b[31m\\xff"));
	assert_null(pattern_parse("client > server S \0\0", 20, both_hosts, 2, &err));
	assert_non_null(strstr(err.text, "\"\\0\" is not known here"));
}

static void a_pattern_ends_where_its_length_says(void **state)
{
	struct err err = {0};
	struct pattern *p = pattern_parse("client > server Sgarbage", 17, both_hosts, 2, &err);
	(void)state;

	assert_non_null(p);
	pattern_close(&p);
	p = pattern_parse("client > server P. within 40ms", 28, both_hosts, 2, &err);
	assert_null(p); /* "40" has no unit */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_word_of_a_line_is_read),
	    cmocka_unit_test(blanks_remarks_and_tight_arrows_do_not_matter),
	    cmocka_unit_test(times_can_be_written_in_four_ways),
	    cmocka_unit_test(data_udp_and_icmp_are_kinds),
	    cmocka_unit_test(a_label_may_stand_further_down),
	    cmocka_unit_test(without_a_list_any_host_may_stand_in_it),
	    cmocka_unit_test(wrong_hosts_are_told_with_the_right_ones),
	    cmocka_unit_test(wrong_kinds_are_told),
	    cmocka_unit_test(wrong_data_is_told),
	    cmocka_unit_test(wrong_numbers_are_told_at_their_place),
	    cmocka_unit_test(columns_count_characters),
	    cmocka_unit_test(wrong_times_and_labels_are_told),
	    cmocka_unit_test(an_empty_pattern_is_none),
	    cmocka_unit_test(what_a_filter_cannot_say_is_told),
	    cmocka_unit_test(hostile_bytes_are_shown_harmlessly),
	    cmocka_unit_test(a_pattern_ends_where_its_length_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
