/* SPDX-License-Identifier: MIT */
/* test_scene.c - rows, fates and states of a case's picture */
#include "../conversation.h"
#include "base/mem.h"
#include "evidence/load.h"
#include "report/drawing.h"
#include "report/scene.h"
#include <stdlib.h>

static void deliver(struct talk *t, int64_t n, int64_t after)
{
	struct timeline_packet *p = timeline_packet(t->tl, n);

	p->fate = FATE_DELIVERED;
	p->delivered_at = p->at + after;
}

static void make(struct scene *s, const struct talk *t, const char *verdict,
                 const struct scene_setting *set)
{
	struct case_evidence c = {
	    .timeline = t->tl, .facts = json_object(), .verdict = json_loads(verdict, 0, NULL)};

	assert_non_null(c.verdict);
	timeline_seal(t->tl);
	scene_make(s, &c, set);
	json_decref(c.facts);
	json_decref(c.verdict);
}

/* "0+SYN_SENT" for side 0, "1=CLOSED" for one that was asked for. */
static void states_are(const struct scene *s, const char *expected)
{
	struct buf b = {0};

	for (size_t i = 0; i < s->change_count; i++) {
		const struct scene_change *c = &s->changes[i];

		buf_printf(&b, "%s%d%s%s", i ? " " : "", c->end >= 0 ? s->ends[c->end].side : -1,
		           c->asked ? "=" : "+", c->state);
	}
	assert_string_equal(buf_text(&b), expected);
	buf_free(&b);
}

static const struct scene_setting plain;

static void life_of_a_connection(void **state)
{
	struct talk t;
	struct scene s;
	struct event *e;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	SAY(&t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 1);
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 2);
	e = timeline_add(t.tl, EVENT_STATE, "c", 9, "CLOSE_WAIT");
	e->at = t.at + 1000;
	e->flow = 0;
	SAY(&t, .from = CLIENT, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 2);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 2, .ack = 2);
	for (int64_t n = 1; n <= 7; n++)
		deliver(&t, n, 10);
	make(&s, &t, "{\"verdict\": \"pass\"}", &plain);
	states_are(&s, "0+SYN_SENT 1+SYN_RECV 0+ESTABLISHED 1+ESTABLISHED 1+FIN_WAIT1 "
	               "0+CLOSE_WAIT 1+FIN_WAIT2 0=CLOSE_WAIT 0+LAST_ACK 1+TIME_WAIT 0+CLOSED");
	assert_int_equal(s.row_count, 8);
	for (size_t i = 0; i < s.row_count; i++)
		assert_int_equal(s.rows[i].arrow,
		                 s.rows[i].kind == SCENE_STATE ? ARROW_NONE : ARROW_WHOLE);
	assert_string_equal(s.flows[0].name, "tcp client:40000 > server:6000");
	scene_free(&s);
	talk_close(&t);
}

/* What was not delivered moves nobody; what came out of order waits. */
static void only_what_arrives(void **state)
{
	struct talk t;
	struct scene s;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = "abc"); /* 4: lost */
	SAY(&t, .from = CLIENT, .flags = TCP_FIN | TCP_ACK, .seq = 4, .ack = 1);      /* 5 */
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 1);                /* 6 */
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = "abc"); /* 7 */
	for (int64_t n = 1; n <= 7; n++)
		deliver(&t, n, 10);
	timeline_packet(t.tl, 4)->fate = FATE_DROPPED;
	make(&s, &t, "{\"verdict\": \"pass\"}", &plain);
	states_are(&s, "0+SYN_SENT 1+SYN_RECV 0+ESTABLISHED 1+ESTABLISHED 0+FIN_WAIT1 "
	               "1+CLOSE_WAIT");
	assert_int_equal(s.changes[5].row, 6);
	assert_int_equal(s.rows[3].arrow, ARROW_LOST);
	assert_string_equal(s.rows[6].mark, "retransmission");
	scene_free(&s);
	talk_close(&t);
}

/* An RST that is not exactly at what comes next resets nothing (RFC 5961 3.2). */
static void resets(void **state)
{
	struct talk t;
	struct scene s;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	SAY(&t, .from = CLIENT, .flags = TCP_RST, .seq = 50);
	timeline_packet(t.tl, 4)->from = FROM_HARNESS;
	SAY(&t, .from = CLIENT, .flags = TCP_RST, .seq = 1);
	for (int64_t n = 1; n <= 5; n++)
		deliver(&t, n, 10);
	make(&s, &t, "{\"verdict\": \"pass\"}", &plain);
	states_are(&s, "0+SYN_SENT 1+SYN_RECV 0+ESTABLISHED 1+ESTABLISHED 0+CLOSED 1+CLOSED");
	assert_int_equal(s.changes[4].row, 4);
	scene_free(&s);
	talk_close(&t);
}

/* A packet has two times, and each row says its own: when it came onto the link, and when the
 * sender's kernel saw it. */
static void two_times(void **state)
{
	struct talk t;
	struct scene s;
	struct buf text = {0};

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	for (int64_t n = 1; n <= 3; n++)
		deliver(&t, n, 10);
	timeline_packet(t.tl, 2)->kernel_at = timeline_packet(t.tl, 2)->at - 14000;
	make(&s, &t, "{\"verdict\": \"pass\"}", &plain);
	assert_int_equal(s.rows[0].kernel_at, 0); /* not known */
	assert_int_equal(s.rows[1].at - s.rows[1].kernel_at, 14000);
	assert_int_equal(s.rows[1].at, timeline_packet(t.tl, 2)->at - timeline_began(t.tl));
	ladder_text(&s, &text);
	assert_non_null(strstr(buf_text(&text), "A packet's time is when it came onto the link;"));
	buf_free(&text);
	s.kernel_times = false;
	ladder_text(&s, &text);
	assert_null(strstr(buf_text(&text), "onto the link"));
	buf_free(&text);
	scene_free(&s);
	talk_close(&t);
}

/* Held: one row where it left, another where it arrives, behind what overtook it. */
static void held(void **state)
{
	struct talk t;
	struct scene s;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = "a"); /* 4: held */
	timeline_add(t.tl, EVENT_WIRE, "hold#1", 3, "hold: data")->packet = 4;
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 2, .ack = 1, .data = "b"); /* 5 */
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 1);              /* 6 */
	/* the wire's own event tells the time of writing; here it is the packet's */
	((struct event *)timeline_get(t.tl, 4))->at = timeline_packet(t.tl, 4)->at + 1;
	for (int64_t n = 1; n <= 6; n++)
		deliver(&t, n, n == 4 ? NS_PER_S : 10);
	timeline_set_cause(timeline_packet(t.tl, 4), "held by hold#1 (line 3)");
	make(&s, &t, "{\"verdict\": \"pass\"}", &plain);
	assert_int_equal(s.row_count, 7);
	assert_int_equal(s.rows[3].arrow, ARROW_LEAVES);
	assert_int_equal(s.rows[3].other, 6);
	assert_string_equal(s.rows[3].mark, "held by hold#1 (line 3)");
	assert_int_equal(s.rows[6].kind, SCENE_ARRIVAL);
	assert_int_equal(s.rows[6].arrow, ARROW_ARRIVES);
	assert_int_equal(s.rows[6].other, 3);
	assert_int_equal(s.rows[6].first, 4);
	scene_free(&s);
	talk_close(&t);
}

static void judged(void **state)
{
	struct talk t;
	struct scene s;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	for (int64_t n = 1; n <= 3; n++)
		deliver(&t, n, 10);
	make(&s, &t,
	     "{\"verdict\": \"fail\", \"reason\": \"no \\u001b[31m\", \"packet\": 2, \"line\": 8}",
	     &plain);
	assert_string_equal(s.sentence, "failed: no \\x1b[31m");
	assert_true(s.rows[1].divergence);
	assert_int_equal(s.rows[3].kind, SCENE_VERDICT);
	assert_false(s.rows[3].divergence);
	assert_int_equal(s.rows[3].line, 8);
	scene_free(&s);
	/* without a packet: the step that did not hold, or the verdict itself */
	make(&s, &t, "{\"verdict\": \"fail\", \"reason\": \"no\", \"line\": 8}", &plain);
	assert_true(s.rows[3].divergence);
	assert_int_equal(s.rows[3].at, s.rows[2].at);
	scene_free(&s);
	/* it stands where it fell: behind a wait, or never before what was seen */
	make(&s, &t, "{\"verdict\": \"fail\", \"reason\": \"no\", \"at_ns\": 5000000000}", &plain);
	assert_int_equal(s.rows[3].at, 5000000000);
	scene_free(&s);
	make(&s, &t, "{\"verdict\": \"fail\", \"reason\": \"no\", \"at_ns\": -1}", &plain);
	assert_int_equal(s.rows[3].at, s.rows[2].at);
	scene_free(&s);
	talk_close(&t);
}

/* Many alike become a run; each packet stands in exactly one row. */
static void runs(void **state)
{
	struct talk t;
	struct scene s;
	int64_t next = 1;
	size_t run_count = 0;

	(void)state;
	talk_open(&t);
	talk_handshake(&t);
	for (uint32_t i = 0; i < 100; i++) {
		SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 1 + i, .ack = 1, .data = "x");
		SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 2 + i);
	}
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 100, .ack = 1, .data = "x");
	for (int64_t n = 1; n <= 204; n++)
		deliver(&t, n, 10);
	make(&s, &t, "{\"verdict\": \"pass\"}", &plain);
	for (size_t i = 0; i < s.row_count; i++) {
		assert_int_equal(s.rows[i].first, next);
		next = s.rows[i].last + 1;
		run_count += s.rows[i].kind == SCENE_RUN;
	}
	assert_int_equal(next, 205);
	assert_int_equal(run_count, 1);
	/* the last one was sent before: it is not alike */
	assert_int_equal(s.rows[s.row_count - 1].kind, SCENE_PACKET);
	assert_non_null(strstr(s.rows[s.row_count - 2].words, "99 with data, 99 bytes, seq 2:101"));
	scene_free(&s);
	make(&s, &t, "{\"verdict\": \"pass\"}", &(struct scene_setting){.every_row = true});
	assert_int_equal(s.row_count, 204);
	scene_free(&s);
	talk_close(&t);
}

/* What a program asks again and again is one row; what it asks once is its own. */
static void repeated_calls(void **state)
{
	struct talk t;
	struct scene s;

	(void)state;
	talk_open(&t);
	timeline_add(t.tl, EVENT_CALL, "q", 0, "socket(inet, stream) = 3");
	timeline_add(t.tl, EVENT_CALL, "p", 0, "socket(inet, stream) = 3");
	for (int i = 0; i < 100; i++)
		timeline_add(t.tl, EVENT_CALL, "p", 0, "getsockname(3) = 0");
	timeline_add(t.tl, EVENT_CALL, "p", 0, "getsockopt(3) = 0");
	for (int i = 0; i < 100; i++)
		timeline_add(t.tl, EVENT_CALL, i % 2 ? "p" : "q", 0, "getsockname(3) = 0");
	make(&s, &t, "{\"verdict\": \"pass\"}", &plain);
	/* two sockets, two of the hundred, the run, the other call, what two do in turn */
	assert_int_equal(s.row_count, 2 + 2 + 1 + 1 + 100);
	assert_int_equal(s.rows[4].kind, SCENE_RUN);
	assert_int_equal(s.rows[4].steps, 98);
	assert_string_equal(s.rows[4].words, "p getsockname ×98");
	assert_int_equal(s.rows[5].kind, SCENE_CALL);
	scene_free(&s);
	talk_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(life_of_a_connection),
	    cmocka_unit_test(only_what_arrives),
	    cmocka_unit_test(resets),
	    cmocka_unit_test(held),
	    cmocka_unit_test(two_times),
	    cmocka_unit_test(judged),
	    cmocka_unit_test(runs),
	    cmocka_unit_test(repeated_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
