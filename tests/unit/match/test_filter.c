/* SPDX-License-Identifier: MIT */
/* test_filter.c - which packets fit a filter; never, count, first */
#include "judging.h"

#define PA (TCP_PSH | TCP_ACK)

static bool fits(struct talk *t, const char *text, int64_t number)
{
	struct pattern *f = filter_of(text);
	bool result = pattern_fits(f, t->tl, timeline_packet(t->tl, number));

	pattern_close(&f);
	return result;
}

/* 1-3 handshake, 4 P. "hello", 5 . ack 6, 6 FP. "bye", 7 R., 8 R */
static void tell_all(struct talk *t)
{
	talk_handshake(t);
	SAY(t, .from = CLIENT, .flags = PA, .seq = 1, .ack = 1, .data = "hello");
	SAY(t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 6, .win = -1);
	SAY(t, .from = CLIENT, .flags = TCP_FIN | PA, .seq = 6, .ack = 1, .data = "bye");
	SAY(t, .from = SERVER, .flags = TCP_RST | TCP_ACK, .seq = 1, .ack = 10);
	SAY(t, .from = SERVER, .flags = TCP_RST, .seq = 1);
}

static void letters_must_be_set(void **state)
{
	/* one column a packet */
	static const struct {
		const char *filter, *fits;
	} table[] = {
	    {"S", "*......."}, {"S.", ".*......"}, {".", "..*.*..."}, {"P.", "...*.*.."},
	    {"P", "...*.*.."}, {"F.", ".....*.."}, {"F", ".....*.."}, {"FP.", ".....*.."},
	    {"R", "......**"}, {"R.", "......*."}, {"U", "........"}, {"none", "........"},
	};
	struct court *c = *state;

	tell_all(&c->talk);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		for (int n = 1; n <= 8; n++)
			if (fits(&c->talk, table[i].filter, n) != (table[i].fits[n - 1] == '*'))
				fail_msg("\"%s\" and packet %d", table[i].filter, n);
}

static void hosts_may_be_written_or_left_out(void **state)
{
	struct court *c = *state;

	tell_all(&c->talk);
	assert_true(fits(&c->talk, "client > server .", 3));
	assert_false(fits(&c->talk, "server > client .", 3));
	assert_true(fits(&c->talk, "server > client", 2));
	assert_true(fits(&c->talk, "server > client", 7));
	assert_false(fits(&c->talk, "server > client", 1));
}

static void each_word_is_compared(void **state)
{
	static const struct {
		const char *filter;
		int number;
		bool fits;
	} table[] = {
	    {"seq 1", 4, true},         {"seq 2", 4, false},       {"seq 6", 4, false},
	    {"seq 1:6", 4, true},       {"seq 1:7", 4, false},     {"ack 6", 5, true},
	    {"ack 5", 5, false},        {"ack 0", 8, false},       {"len 5", 4, true},
	    {"len 0", 4, false},        {"len 0", 3, true},        {"win 0", 5, true},
	    {"win 0", 4, false},        {"win 128000", 4, true},   {"mss 1460", 1, true},
	    {"mss 1400", 1, false},     {"mss 1460", 3, false},    {"wscale 7", 1, true},
	    {"wscale 0", 3, false},     {"sackOK", 1, false},      {"ts", 1, false},
	    {"urg 0", 4, false},        {"\"hello\"", 4, true},    {"\"hell\"", 4, false},
	    {"\"\"", 3, true},          {"data \"ell\"", 4, true}, {"data \"elo\"", 4, false},
	    {"data", 4, true},          {"data", 3, false},        {"data 5 bytes", 4, true},
	    {"data 4 bytes", 4, false}, {". len 5", 4, true},      {". \"hello\"", 4, true},
	    {"udp", 4, false},          {"icmp", 4, false},        {"P. ack 1 len 5", 4, true},
	};
	struct court *c = *state;

	tell_all(&c->talk);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (fits(&c->talk, table[i].filter, table[i].number) != table[i].fits)
			fail_msg("\"%s\" and packet %d", table[i].filter, table[i].number);
}

static void udp_and_icmp_have_filters_too(void **state)
{
	struct court *c = *state;

	talk_udp(&c->talk, CLIENT, "hello");
	talk_unreachable(&c->talk, 1, 28);
	assert_true(fits(&c->talk, "udp", 1));
	assert_true(fits(&c->talk, "udp len 5", 1));
	assert_true(fits(&c->talk, "udp \"hello\"", 1));
	assert_false(fits(&c->talk, "udp \"help\"", 1));
	assert_true(fits(&c->talk, "data \"ell\"", 1));
	assert_false(fits(&c->talk, "udp", 2));
	assert_true(fits(&c->talk, "icmp", 2));
	assert_true(fits(&c->talk, "icmp unreachable", 2));
	assert_true(fits(&c->talk, "server > client icmp unreachable port", 2));
	assert_true(fits(&c->talk, "icmp type 3", 2));
	assert_true(fits(&c->talk, "icmp type 3 code 3", 2));
	assert_false(fits(&c->talk, "icmp unreachable host", 2));
	assert_false(fits(&c->talk, "icmp type 3 code 1", 2));
	assert_false(fits(&c->talk, "icmp type 30", 2));
	assert_false(fits(&c->talk, "S", 1));
	assert_false(fits(&c->talk, "win 0", 1));
}

static enum judgement never(struct court *c, const struct flow *flow, const char *text)
{
	struct pattern *f = filter_of(text);

	finding_free(&c->finding);
	enum judgement result = judge_never(c->talk.tl, flow, f, &c->finding);
	pattern_close(&f);
	return result;
}

static void never_points_at_the_first_that_came(void **state)
{
	struct court *c = *state;

	tell_all(&c->talk);
	assert_int_equal(never(c, NULL, "U"), JUDGE_HOLDS);
	assert_null(c->finding.reason);
	assert_int_equal(never(c, talk_flow(&c->talk), "R"), JUDGE_PARTS);
	assert_string_equal(
	    c->finding.reason,
	    "packet 7: server > client  R. seq 1 ack 10 came, but \"R\" must never come");
	assert_int_equal(c->finding.packet, 7);
	assert_non_null(strstr(c->finding.explanation, "≠    7 server > client  R."));
	assert_non_null(strstr(c->finding.explanation, "≠    8 server > client  R seq 1"));
}

static void only_the_flow_in_question_counts(void **state)
{
	struct court *c = *state;
	struct talk *t = &c->talk;

	talk_handshake(t);
	t->end[0].port++;
	SAY(t, .from = CLIENT, .flags = TCP_SYN);
	talk_refuse(t);
	assert_int_equal(never(c, talk_flow(t), "R"), JUDGE_HOLDS);
	assert_int_equal(never(c, flow_get(timeline_flows(t->tl), 1), "R"), JUDGE_PARTS);
	assert_int_equal(never(c, NULL, "R"), JUDGE_PARTS);
}

static void behind_the_seal_nothing_is_judged(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	timeline_seal(c->talk.tl);
	SAY(&c->talk, .from = SERVER, .flags = TCP_RST, .seq = 1);
	assert_int_equal(never(c, NULL, "R"), JUDGE_HOLDS);
	assert_int_equal(never(c, talk_flow(&c->talk), "R"), JUDGE_HOLDS);
	holds(c, judge_exactly, "client > server S\nserver > client S.\nclient > server .");
}

static enum judgement count_all(struct court *c, const char *text, int64_t min, int64_t max,
                                bool repeats)
{
	struct pattern *f = filter_of(text);

	finding_free(&c->finding);
	const struct judge_range range = {.min = min, .max = max, .repeats = repeats};
	enum judgement result = judge_count(c->talk.tl, NULL, f, &range, &c->finding);
	assert_int_equal(judge_count(c->talk.tl, NULL, f, &range, NULL), result);
	pattern_close(&f);
	return result;
}

static enum judgement count(struct court *c, const char *text, int64_t min, int64_t max)
{
	return count_all(c, text, min, max, false);
}

static void too_few_may_still_come_and_too_many_may_not(void **state)
{
	struct court *c = *state;

	tell_all(&c->talk);
	assert_int_equal(count_all(c, "R", 2, 2, true), JUDGE_HOLDS);
	assert_int_equal(count_all(c, "R", 0, 5, true), JUDGE_HOLDS);
	assert_int_equal(count(c, "U", 0, 0), JUDGE_HOLDS);
	assert_int_equal(count_all(c, "R", 3, 4, true), JUDGE_NOT_YET);
	assert_string_equal(c->finding.reason, "2 packets fit \"R\", expected at least 3");
	assert_int_equal(count(c, "U", 1, 1), JUDGE_NOT_YET);
	assert_string_equal(c->finding.reason, "0 packets fit \"U\", expected exactly 1");
	assert_string_equal(c->finding.explanation, "no packet fits \"U\"");
	assert_int_equal(count_all(c, "R", 0, 1, true), JUDGE_PARTS);
	assert_string_equal(
	    c->finding.reason,
	    "packet 8: server > client  R seq 1 is one too many: 2 packets fit \"R\", "
	    "expected at most 1");
	assert_int_equal(c->finding.packet, 8);
}

static void a_long_list_is_cut(void **state)
{
	struct court *c = *state;

	for (int i = 0; i < 20; i++)
		SAY(&c->talk, .from = CLIENT, .flags = TCP_SYN);
	assert_int_equal(count_all(c, "S", 0, 1, true), JUDGE_PARTS);
	assert_non_null(strstr(c->finding.explanation, "⋮ (12 more)"));
}

static void what_is_said_again_counts_only_when_asked(void **state)
{
	struct court *c = *state;

	talk_handshake(&c->talk);
	for (int i = 0; i < 3; i++)
		SAY(&c->talk, .from = CLIENT, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 1);
	for (int i = 0; i < 2; i++)
		SAY(&c->talk, .from = SERVER, .flags = TCP_RST, .seq = 1);
	assert_int_equal(count(c, "F", 1, 1), JUDGE_HOLDS);
	assert_int_equal(count_all(c, "F", 3, 3, true), JUDGE_HOLDS);
	assert_int_equal(count(c, "R", 1, 1), JUDGE_HOLDS);
	assert_int_equal(count_all(c, "R", 2, 2, true), JUDGE_HOLDS);
}

static void first_finds_the_nth(void **state)
{
	struct court *c = *state;
	struct pattern *f = filter_of("R");

	tell_all(&c->talk);
	assert_int_equal(judge_first(c->talk.tl, NULL, f, 1), 7);
	assert_int_equal(judge_first(c->talk.tl, talk_flow(&c->talk), f, 2), 8);
	assert_int_equal(judge_first(c->talk.tl, NULL, f, 3), 0);
	assert_int_equal(judge_first(c->talk.tl, NULL, f, 0), 0);
	pattern_close(&f);
}

static void order_is_that_of_the_timeline(void **state)
{
	static const char *const names[] = {"first F.", "read = 0", "second F."};
	struct court *c = *state;
	size_t events[3];

	for (size_t i = 0; i < 3; i++)
		events[i] = timeline_add(c->talk.tl, EVENT_STEP, "c", 0, "step %zu", i)->index;
	assert_int_equal(judge_order(c->talk.tl, events, names, 3, &c->finding), JUDGE_HOLDS);
	assert_int_equal(judge_order(c->talk.tl, events, names, 0, &c->finding), JUDGE_HOLDS);
	size_t wrong[] = {events[1], events[0], events[2]};
	assert_int_equal(judge_order(c->talk.tl, wrong, names, 3, &c->finding), JUDGE_PARTS);
	assert_string_equal(c->finding.reason, "read = 0 (event 0) came before first F. (event 1)");
	assert_string_equal(c->finding.explanation, "=    1 first F.: step c  step 1\n"
	                                            "≠    0 read = 0: step c  step 0\n"
	                                            "     2 second F.: step c  step 2");
	finding_free(&c->finding);
	size_t same[] = {events[1], events[1]};
	assert_int_equal(judge_order(c->talk.tl, same, names, 2, &c->finding), JUDGE_PARTS);
	assert_string_equal(c->finding.reason,
	                    "first F. and read = 0 are one and the same (event 1)");
	finding_free(&c->finding);
	size_t open[] = {events[1], SIZE_MAX, events[0]};
	assert_int_equal(judge_order(c->talk.tl, open, names, 3, &c->finding), JUDGE_NOT_YET);
	assert_string_equal(c->finding.reason, "read = 0 has not happened");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    COURT_TEST(letters_must_be_set),
	    COURT_TEST(hosts_may_be_written_or_left_out),
	    COURT_TEST(each_word_is_compared),
	    COURT_TEST(udp_and_icmp_have_filters_too),
	    COURT_TEST(never_points_at_the_first_that_came),
	    COURT_TEST(only_the_flow_in_question_counts),
	    COURT_TEST(behind_the_seal_nothing_is_judged),
	    COURT_TEST(too_few_may_still_come_and_too_many_may_not),
	    COURT_TEST(a_long_list_is_cut),
	    COURT_TEST(what_is_said_again_counts_only_when_asked),
	    COURT_TEST(first_finds_the_nth),
	    COURT_TEST(order_is_that_of_the_timeline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
