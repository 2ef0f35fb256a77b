/* SPDX-License-Identifier: MIT */
/* test_timeline.c - events and packets in order, hosts by address and by flow, the seal */
#include "../conversation.h"
#include <stdint.h>

static int open_talk(void **state)
{
	static struct talk t;

	talk_open(&t);
	*state = &t;
	return 0;
}

static int close_talk(void **state)
{
	struct talk *t = *state;

	talk_close(t);
	assert_null(t->tl);
	return 0;
}

static void events_are_kept_in_order_and_never_move(void **state)
{
	struct talk *t = *state;
	const struct event *first = timeline_add(t->tl, EVENT_STEP, "c", 12, "connect = %d", 0);
	const char *text = first->text;

	for (int i = 0; i < 1000; i++)
		timeline_add(t->tl, EVENT_NOTE, "", 0, "note %d", i);
	assert_int_equal(timeline_count(t->tl), 1001);
	assert_ptr_equal(timeline_get(t->tl, 0), first);
	assert_ptr_equal(first->text, text);
	assert_string_equal(first->text, "connect = 0");
	assert_string_equal(first->who, "c");
	assert_int_equal(first->line, 12);
	assert_int_equal(first->kind, EVENT_STEP);
	assert_false(first->varies);
	assert_string_equal(timeline_get(t->tl, 1000)->text, "note 999");
	assert_int_equal(timeline_get(t->tl, 1000)->index, 1000);
	assert_null(timeline_get(t->tl, 1001));
	assert_true(first->at >= timeline_began(t->tl));
}

static void text_from_outside_becomes_one_harmless_line(void **state)
{
	struct talk *t = *state;
	const struct event *e = timeline_add(t->tl, EVENT_OUTPUT, "p", 0, "%s",
	                                     "a \"quoted\" \\path\n\x1b[31mred\xff caf\xc3\xa9");

	assert_string_equal(e->text, "a \"quoted\" \\path\\n\\x1b[31mred\\xff caf\xc3\xa9");
}

static void nobody_and_nothing_are_empty_not_null(void **state)
{
	struct talk *t = *state;
	const char *nothing = "";
	const struct event *e = timeline_add(t->tl, EVENT_NOTE, NULL, 0, "%s", nothing);

	assert_string_equal(e->who, "");
	assert_string_equal(e->text, "");
	e = timeline_add_bytes(t->tl, EVENT_OUTPUT, "p", 1, NULL, 0);
	assert_string_equal(e->text, "");
	assert_int_equal(e->len, 0);
}

static void bytes_are_copied_and_shown(void **state)
{
	struct talk *t = *state;
	char bytes[] = "one\0two\n";
	const struct event *e = timeline_add_bytes(t->tl, EVENT_OUTPUT, "fork", 2, bytes, 8);

	memset(bytes, 'x', sizeof bytes);
	assert_memory_equal(e->data, "one\0two\n", 8);
	assert_int_equal(e->len, 8);
	assert_int_equal(e->stream, 2);
	assert_string_equal(e->text, "one\\0two\\n");
}

static void packets_are_numbered_from_one_and_have_their_event(void **state)
{
	struct talk *t = *state;

	timeline_add(t->tl, EVENT_NOTE, "", 0, "before");
	talk_handshake(t);
	assert_int_equal(timeline_packets(t->tl), 3);
	assert_null(timeline_packet(t->tl, 0));
	assert_null(timeline_packet(t->tl, 4));
	assert_null(timeline_packet(t->tl, -1));
	const struct timeline_packet *p = timeline_packet(t->tl, 2);
	assert_int_equal(p->number, 2);
	assert_int_equal(p->from, SERVER);
	assert_int_equal(p->to, CLIENT);
	assert_int_equal(p->fate, FATE_WAITING);
	assert_int_equal(p->delivered_at, 0);
	assert_null(p->cause);
	assert_int_equal(p->at, NS_PER_S + 2 * NS_PER_MS);
	const struct event *e = timeline_get(t->tl, p->event);
	assert_int_equal(p->event, 2);
	assert_int_equal(e->kind, EVENT_PACKET);
	assert_int_equal(e->packet, 2);
	assert_int_equal(e->at, p->at);
	assert_true(e->varies);
	assert_string_equal(e->who, "server");
	assert_string_equal(e->text, "server > client  S. ack 1");
}

static void packets_have_the_step_begun_last(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	assert_null(timeline_packet(t->tl, 3)->step);
	timeline_begin_step(t->tl, "c", 7, "send(\"a\nb\")");
	/* its event comes when it has ended; other events change nothing */
	timeline_add(t->tl, EVENT_STEP, "expect", 8, "x is 1");
	SAY(t, .from = CLIENT, .flags = TCP_PSH | TCP_ACK, .seq = 1, .ack = 1, .data = "a");
	const struct timeline_step *step = timeline_packet(t->tl, 4)->step;
	for (int i = 0; i < 500; i++)
		timeline_begin_step(t->tl, "s", 9, "close()");
	SAY(t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 2);
	assert_ptr_equal(timeline_packet(t->tl, 4)->step, step);
	assert_string_equal(step->who, "c");
	assert_string_equal(step->words, "send(\"a\\nb\")");
	assert_int_equal(step->line, 7);
	assert_string_equal(timeline_packet(t->tl, 5)->step->words, "close()");
}

static void packets_never_move_and_own_their_bytes(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	const struct timeline_packet *p = timeline_packet(t->tl, 1);
	for (int i = 0; i < 500; i++)
		SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1);
	assert_ptr_equal(timeline_packet(t->tl, 1), p);
	assert_ptr_equal(p->packet.data, p->data);
	assert_int_equal(p->packet.tcp.flags, TCP_SYN);
}

static void what_cannot_be_read_is_kept_all_the_same(void **state)
{
	struct talk *t = *state;
	struct timeline_packet *p = timeline_add_packet(t->tl, 5, FROM_HARNESS, "garbage", 7);

	assert_int_equal(p->number, 1);
	assert_int_equal(p->len, 7);
	assert_int_equal(p->to, -1);
	assert_null(p->note.flow);
	assert_non_null(p->packet.problem);
	p = timeline_add_packet(t->tl, 5, FROM_HARNESS, NULL, 0);
	assert_int_equal(p->len, 0);
}

static void hosts_are_known_by_all_their_addresses(void **state)
{
	struct talk *t = *state;
	struct packet_addr six = addr("2001:db8::2"), none = addr("198.51.100.1");

	timeline_add_address(t->tl, SERVER, &six);
	assert_int_equal(timeline_host_of(t->tl, &six), SERVER);
	assert_int_equal(timeline_host_of(t->tl, &t->end[0].addr), CLIENT);
	assert_int_equal(timeline_host_of(t->tl, &none), -1);
	assert_int_equal(timeline_host_count(t->tl), 2);
	assert_string_equal(timeline_host(t->tl, SERVER), "server");
	assert_string_equal(timeline_host(t->tl, FROM_HARNESS), "wire");
	assert_string_equal(timeline_host(t->tl, 7), "?");
}

static void strangers_are_question_marks(void **state)
{
	struct talk *t = *state;

	t->end[1].addr = addr("198.51.100.1");
	const struct timeline_packet *p =
	    timeline_packet(t->tl, SAY(t, .from = CLIENT, .flags = TCP_SYN));
	assert_string_equal(timeline_src(t->tl, p), "client");
	assert_string_equal(timeline_dst(t->tl, p), "?");
	assert_int_equal(p->to, -1);
}

static void a_shared_address_is_told_by_the_flow(void **state)
{
	struct talk *t = *state;
	struct packet_addr lo = addr("127.0.0.1");

	timeline_close(&t->tl);
	t->tl = timeline_open();
	timeline_add_address(t->tl, timeline_add_host(t->tl, "client"), &lo);
	timeline_add_host(t->tl, "server");
	timeline_share_addresses(t->tl);
	t->end[0].addr = t->end[1].addr = lo;
	talk_handshake(t);
	const struct timeline_packet *p = timeline_packet(t->tl, 2);
	assert_string_equal(timeline_src(t->tl, p), "server");
	assert_string_equal(timeline_dst(t->tl, p), "client");
	assert_int_equal(p->from, SERVER);
	assert_int_equal(p->to, CLIENT);
	p = timeline_packet(t->tl, 2);
	/* a capture on lo cannot know who sent it; what the harness injected stays the harness's */
	struct timeline_packet *injected =
	    timeline_add_packet(t->tl, t->at, FROM_HARNESS, p->data, p->len);
	assert_int_equal(injected->from, FROM_HARNESS);
	assert_string_equal(timeline_src(t->tl, injected), "server");
	assert_int_equal(timeline_add_packet(t->tl, t->at, CLIENT, p->data, p->len)->from, SERVER);
	p = timeline_packet(t->tl, talk_unreachable(t, 1, 28));
	assert_string_equal(timeline_src(t->tl, p), "server");
	assert_string_equal(timeline_dst(t->tl, p), "client");
}

static void the_last_cause_stays(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	struct timeline_packet *p = timeline_packet(t->tl, 1);
	timeline_set_cause(p, "held by hold#1 (line %d)", 4);
	timeline_set_cause(p, "dropped by drop#2 (line %d)", 14);
	assert_string_equal(p->cause, "dropped by drop#2 (line 14)");
}

static void behind_the_seal_nothing_counts(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	assert_int_equal(timeline_sealed_packets(t->tl), 3);
	assert_int_equal(timeline_sealed_count(t->tl), 3);
	timeline_seal(t->tl);
	SAY(t, .from = CLIENT, .flags = TCP_RST, .seq = 1);
	timeline_seal(t->tl); /* again: the first one holds */
	assert_int_equal(timeline_sealed_packets(t->tl), 3);
	assert_int_equal(timeline_sealed_count(t->tl), 3);
	assert_int_equal(timeline_packets(t->tl), 4);
	assert_int_equal(timeline_count(t->tl), 4);
}

static void the_wall_clock_runs_beside(void **state)
{
	struct talk *t = *state;
	int64_t began = timeline_began(t->tl);

	assert_int_equal(timeline_wall(t->tl, began + NS_PER_S) - timeline_wall(t->tl, began),
	                 NS_PER_S);
	assert_true(timeline_wall(t->tl, began) > INT64_C(1600000000) * NS_PER_S);
}

static void flows_keep_their_streams(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	SAY(t, .from = CLIENT, .flags = TCP_PSH | TCP_ACK, .seq = 1, .ack = 1, .data = "hello");
	assert_int_equal(flow_count(timeline_flows(t->tl)), 1);
	assert_memory_equal(talk_flow(t)->side[0].stream, "hello", 5);
}

static void kinds_and_fates_have_words(void **state)
{
	(void)state;
	assert_string_equal(event_kind_text(EVENT_STEP), "step");
	assert_string_equal(event_kind_text(EVENT_VERDICT), "verdict");
	assert_string_equal(packet_fate_text(FATE_WAITING), "waiting");
	assert_string_equal(packet_fate_text(FATE_UNROUTED), "unrouted");
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_talk, close_talk)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(events_are_kept_in_order_and_never_move),
	    T(text_from_outside_becomes_one_harmless_line),
	    T(nobody_and_nothing_are_empty_not_null),
	    T(bytes_are_copied_and_shown),
	    T(packets_have_the_step_begun_last),
	    T(packets_are_numbered_from_one_and_have_their_event),
	    T(packets_never_move_and_own_their_bytes),
	    T(what_cannot_be_read_is_kept_all_the_same),
	    T(hosts_are_known_by_all_their_addresses),
	    T(strangers_are_question_marks),
	    T(a_shared_address_is_told_by_the_flow),
	    T(the_last_cause_stays),
	    T(behind_the_seal_nothing_counts),
	    T(the_wall_clock_runs_beside),
	    T(flows_keep_their_streams),
	    T(kinds_and_fates_have_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
