/* SPDX-License-Identifier: MIT */
/* test_ladder.c - a ladder shows what every run must show, or the script's own words */
#include "../conversation.h"
#include "base/mem.h"
#include "base/text.h"
#include "evidence/ladder.h"
#include <stdlib.h>

#define SYN_ROW    "  │ S ───────────────────────────────────────────────────▶ │\n"
#define SYNACK_ROW "  │ ◀────────────────────────────────────────────────── S. │\n"
#define HEAD       "client                                             server:6000\n"

/* Everything that was sent arrived. */
static char *drawn(struct talk *t, const struct ladder_flow *flows, size_t count)
{
	struct buf out = {0};

	for (int64_t n = 1; n <= timeline_packets(t->tl); n++)
		timeline_packet(t->tl, n)->fate = FATE_DELIVERED;
	timeline_seal(t->tl);
	timeline_ladder(t->tl, flows, count, &out);
	talk_close(t);
	return out.p ? buf_take(&out) : mem_text("");
}

static void says(char *actual, const char *expected)
{
	assert_string_equal(actual, expected);
	free(actual);
}

static void without_acks_and_cuts(void **state)
{
	struct talk t;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	SAY(&t, .from = CLIENT, .flags = TCP_PSH | TCP_ACK, .seq = 1, .ack = 1, .data = "hel");
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 4);
	SAY(&t, .from = CLIENT, .flags = TCP_PSH | TCP_ACK, .seq = 4, .ack = 1, .data = "lo");
	SAY(&t, .from = CLIENT, .flags = TCP_PSH | TCP_ACK, .seq = 4, .ack = 1, .data = "lo");
	SAY(&t, .from = SERVER, .flags = TCP_PSH | TCP_ACK, .seq = 1, .ack = 6, .data = "a\nb");
	SAY(&t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 4, .ack = 6);
	SAY(&t, .from = CLIENT, .flags = TCP_FIN | TCP_ACK, .seq = 6, .ack = 5);
	says(drawn(&t, NULL, 0), HEAD SYN_ROW SYNACK_ROW
	     "  │ data \"hello\" ────────────────────────────────────────▶ │\n"
	     "  │ ◀─────────────────────────────────────── data, 3 bytes │\n"
	     "  │ F. ──────────────────────────────────────────────────▶ │\n"
	     "  │ ◀────────────────────────────────────────────────── F. │\n");
}

static void what_a_reset_cuts_is_luck(void **state)
{
	struct talk t;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	SAY(&t, .from = CLIENT, .flags = TCP_PSH | TCP_ACK, .seq = 1, .ack = 1, .data = "hello");
	SAY(&t, .from = SERVER, .flags = TCP_RST, .seq = 1);
	says(drawn(&t, NULL, 0), HEAD SYN_ROW SYNACK_ROW
	     "  │ data ────────────────────────────────────────────────▶ │\n"
	     "  │                                                  reset │\n");
}

static void refusals(void **state)
{
	struct talk t;
	int64_t n;

	(void)state;
	talk_open(&t);
	SAY(&t, .from = CLIENT, .flags = TCP_SYN);
	talk_refuse(&t);
	says(drawn(&t, NULL, 0),
	     HEAD SYN_ROW "  │ ◀────────────────────────────────────────────────── R. │\n");
	talk_open(&t);
	n = talk_udp(&t, CLIENT, "anybody?");
	talk_unreachable(&t, n, 28);
	says(drawn(&t, NULL, 0),
	     HEAD "  │ udp \"anybody?\" ──────────────────────────────────────▶ │\n"
	          "  │ ◀─────────────────────────────── icmp unreachable port │\n");
}

static void words_of_the_script(void **state)
{
	static const char *const rows[] = {"client > server S x 2",
	                                   "server > client S. within 40ms"};
	const struct ladder_flow flow = {.flow = 0, .rows = rows, .count = 2};
	struct talk t;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	says(drawn(&t, &flow, 1),
	     HEAD "  │ S x 2 ───────────────────────────────────────────────▶ │\n"
	          "  │ ◀────────────────────────────────────── S. within 40ms │\n");
}

static void long_words_are_cut(void **state)
{
	static const char *const rows[] = {
	    "client > server data \"ééééééééééééééééééééééééééééééééééééééééééééééééééééé\""};
	const struct ladder_flow flow = {.flow = 0, .rows = rows, .count = 1};
	struct talk t;
	char *text, *row;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	text = drawn(&t, &flow, 1);
	row = strchr(text, '\n') + 1;
	*strchr(row, '\n') = '\0';
	assert_non_null(strstr(row, "é… ────▶ │"));
	assert_int_equal(text_width(row), 60);
	free(text);
}

static void twenty_rows(void **state)
{
	const char *rows[25];
	const struct ladder_flow flow = {.flow = 0, .rows = rows, .count = 25};
	struct talk t;
	char *text;

	(void)state;
	for (size_t i = 0; i < 25; i++)
		rows[i] = "client > server .";
	talk_open(&t);
	talk_handshake(&t);
	text = drawn(&t, &flow, 1);
	assert_non_null(strstr(text, "│\n  … and 5 more\n"));
	free(text);
}

static void no_flow_no_ladder(void **state)
{
	struct talk t;

	(void)state;
	talk_open(&t);
	says(drawn(&t, NULL, 0), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_acks_and_cuts),
	    cmocka_unit_test(what_a_reset_cuts_is_luck),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(words_of_the_script),
	    cmocka_unit_test(long_words_are_cut),
	    cmocka_unit_test(twenty_rows),
	    cmocka_unit_test(no_flow_no_ladder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
