/* SPDX-License-Identifier: MIT */
/* test_diff.c - each kind of difference, made on purpose, is told as what it is; the others are not
 */
#include "../conversation.h"
#include "base/err.h"
#include "base/mem.h"
#include "diff/diff.h"
#include "savefile/link.h"
#include "savefile/pcapng.h"
#include <stdio.h>
#include <stdlib.h>

/* Everything that one talk may have otherwise than another. */
struct otherwise {
	const char *last;  /* the client's second sentence */
	bool two_segments; /* of the first */
	bool repeated;     /* the first, once more */
	bool fewer_acks;   /* of the server */
	bool push;         /* on the first */
	bool urgent;       /* on the first */
	bool server_first; /* its FIN before the client's */
	bool reset;        /* instead of the client's FIN */
	bool no_fin;       /* of the server */
	bool lost;         /* the first is dropped, then sent again */
	bool unreachable;  /* an ICMP error */
	bool second_flow;  /* another connection behind it */
	uint16_t mss, port, second_port;
	int wscale, win;
	int64_t wait;  /* before the last sentence */
	int64_t later; /* all of it */
	const char *datagrams[4];
	const char *step, *state, *output, *ended, *verdict;
	const char *facts;
};

struct made {
	struct talk talk;
	struct diff_source source;
};

static void say_all(struct talk *t, const struct otherwise *o)
{
	uint8_t first = (uint8_t)(TCP_ACK | (o->push ? TCP_PSH : 0) | (o->urgent ? TCP_URG : 0));
	const char *last = o->last ? o->last : "second";
	uint32_t end;

	SAY(t, .from = CLIENT, .flags = TCP_SYN, .mss = o->mss ? o->mss : 1460,
	    .wscale = o->wscale);
	SAY(t, .from = SERVER, .flags = TCP_SYN | TCP_ACK, .ack = 1, .mss = 1460,
	    .wscale = o->wscale);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1);
	if (o->two_segments) {
		SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = "fir");
		SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 4, .ack = 1, .data = "st");
	} else {
		int64_t n = SAY(t, .from = CLIENT, .flags = first, .seq = 1, .ack = 1,
		                .data = "first", .win = o->win);

		if (o->lost)
			timeline_packet(t->tl, n)->fate = FATE_DROPPED;
		if (o->repeated || o->lost)
			SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1,
			    .data = "first");
	}
	if (!o->fewer_acks)
		SAY(t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 6);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 6, .ack = 1, .data = last, .wait = o->wait);
	end = 6 + (uint32_t)strlen(last);
	if (o->server_first)
		SAY(t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = end);
	if (o->reset)
		SAY(t, .from = CLIENT, .flags = TCP_RST | TCP_ACK, .seq = end, .ack = 1);
	else
		SAY(t, .from = CLIENT, .flags = TCP_FIN | TCP_ACK, .seq = end, .ack = 1);
	if (!o->server_first && !o->reset && !o->no_fin)
		SAY(t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = end);
}

static void deliver(struct timeline *tl)
{
	for (int64_t n = 1; n <= timeline_packets(tl); n++) {
		struct timeline_packet *p = timeline_packet(tl, n);

		if (p->fate == FATE_WAITING)
			p->fate = FATE_DELIVERED;
	}
}

static void make(struct made *m, const char *name, const struct otherwise *o)
{
	struct case_evidence c = {.verdict = json_object()};
	struct talk *t = &m->talk;

	talk_open(t);
	if (o->port)
		t->end[0].port = o->port;
	t->at += o->later;
	t->isn[0] += o->port; /* nobody compares initial sequence numbers */
	timeline_add(t->tl, EVENT_STEP, "c", 3, "connect(server) = 0");
	say_all(t, o);
	timeline_add(t->tl, EVENT_STEP, "c", 4, "%s", o->step ? o->step : "shutdown() = 0");
	timeline_add(t->tl, EVENT_STATE, "c", 5, "%s", o->state ? o->state : "TIME_WAIT");
	for (size_t i = 0; i < 4 && o->datagrams[i]; i++)
		talk_udp(t, CLIENT, o->datagrams[i]);
	if (o->unreachable) {
		struct talk udp = *t;

		talk_unreachable(&udp, 1, 28);
		t->at = udp.at;
	}
	if (o->second_flow) {
		uint16_t port = t->end[0].port;

		t->end[0].port = o->second_port ? o->second_port : (uint16_t)(port + 1);
		talk_handshake(t);
		t->end[0].port = port;
	}
	if (o->output)
		timeline_add_bytes(t->tl, EVENT_OUTPUT, "server", 1, o->output, strlen(o->output));
	timeline_add(t->tl, EVENT_PROGRAM, "server", 1, "%s",
	             o->ended ? o->ended : "exited with 0");
	deliver(t->tl);
	timeline_seal(t->tl);
	c.timeline = t->tl;
	c.facts = o->facts ? json_loads(o->facts, 0, NULL) : json_object();
	assert_non_null(c.facts);
	json_object_set_new(c.verdict, "verdict", json_string(o->verdict ? o->verdict : "pass"));
	diff_source_of_case(&m->source, name, &c);
}

struct compared {
	struct made a, b;
	struct diff d;
};

static void compare_timed(struct compared *c, const struct otherwise *b,
                          const struct diff_setting *set)
{
	static const struct otherwise plain;

	make(&c->a, "a", &plain);
	make(&c->b, "b", b);
	diff_make(&c->d, &c->a.source, &c->b.source, set);
}

static void compare(struct compared *c, const struct otherwise *b)
{
	static const struct diff_setting set;

	compare_timed(c, b, &set);
}

static void forget(struct compared *c)
{
	diff_free(&c->d);
	diff_source_free(&c->a.source);
	diff_source_free(&c->b.source);
}

/* Only these kinds part, and only these differ in manner: bits. */
static void is(const struct compared *c, unsigned parts, unsigned manner)
{
	for (int k = 0; k < DIFF_KINDS; k++) {
		if ((c->d.count[k][1] > 0) != !!(parts & 1u << k))
			fail_msg("%s: %zu part", diff_kind_text((enum diff_kind)k),
			         c->d.count[k][1]);
		if ((c->d.count[k][0] > 0) != !!(manner & 1u << k))
			fail_msg("%s: %zu in manner", diff_kind_text((enum diff_kind)k),
			         c->d.count[k][0]);
	}
	assert_int_equal(c->d.parts, parts != 0);
	assert_int_equal(c->d.first >= 0, parts != 0);
}

#define BIT(kind) (1u << (kind))
#define DIFFERS(parts, manner, ...)                                                                \
	do {                                                                                       \
		struct compared c;                                                                 \
		compare(&c, &(struct otherwise){__VA_ARGS__});                                     \
		is(&c, (parts), (manner));                                                         \
		forget(&c);                                                                        \
	} while (0)

static void test_same(void **state)
{
	(void)state;
	DIFFERS(0, 0, .port = 0);
	DIFFERS(0, 0, .port = 41234);
}

static void test_manner(void **state)
{
	(void)state;
	DIFFERS(0, BIT(DIFF_SEGMENTATION), .two_segments = true);
	DIFFERS(0, BIT(DIFF_RETRANSMISSION), .repeated = true);
	DIFFERS(0, BIT(DIFF_ACKS), .fewer_acks = true);
	DIFFERS(0, BIT(DIFF_FLAGS), .push = true);
	DIFFERS(0, BIT(DIFF_WINDOW), .win = 2000);
	DIFFERS(0, BIT(DIFF_ORDER), .server_first = true);
	DIFFERS(0, BIT(DIFF_FATE) | BIT(DIFF_RETRANSMISSION), .lost = true);
}

static void test_parts(void **state)
{
	(void)state;
	DIFFERS(BIT(DIFF_BYTES), 0, .last = "sEcond");
	DIFFERS(BIT(DIFF_BYTES), BIT(DIFF_SEGMENTATION) | BIT(DIFF_ACKS), .last = "second!");
	DIFFERS(BIT(DIFF_OPTIONS), 0, .mss = 1400);
	DIFFERS(BIT(DIFF_OPTIONS), BIT(DIFF_WINDOW), .wscale = 3);
	DIFFERS(BIT(DIFF_FLAGS), 0, .urgent = true);
	DIFFERS(BIT(DIFF_FLAGS), BIT(DIFF_SEGMENTATION), .no_fin = true);
	DIFFERS(BIT(DIFF_ICMP), 0, .unreachable = true);
	DIFFERS(BIT(DIFF_CONVERSATION), 0, .second_flow = true);
	DIFFERS(BIT(DIFF_CONVERSATION), 0, .datagrams = {"x"});
}

static void test_reset(void **state)
{
	struct compared c;

	(void)state;
	compare(&c, &(struct otherwise){.reset = true});
	assert_true(c.d.count[DIFF_FLAGS][1] > 0);
	assert_int_equal(c.d.items[c.d.first].kind, DIFF_FLAGS);
	assert_int_equal(c.d.items[c.d.first].side[1].packet, 7);
	forget(&c);
}

static void test_case(void **state)
{
	(void)state;
	DIFFERS(BIT(DIFF_STEP), 0, .step = "shutdown() = -1 ENOTCONN");
	DIFFERS(BIT(DIFF_STATE), 0, .state = "CLOSE_WAIT");
	DIFFERS(BIT(DIFF_OUTPUT), 0, .output = "hello\n");
	DIFFERS(BIT(DIFF_PROGRAM), 0, .ended = "killed by SIGPIPE");
	DIFFERS(BIT(DIFF_VERDICT), 0, .verdict = "fail");
}

/* Where it is: packet numbers, the step, what stands there. */
static void test_place(void **state)
{
	struct compared c;
	const struct diff_item *first;
	struct buf text = {0};
	json_t *j;

	(void)state;
	compare(&c, &(struct otherwise){.two_segments = true, .last = "sEcond", .verdict = "fail"});
	first = &c.d.items[c.d.first];
	assert_int_equal(first->kind, DIFF_BYTES);
	assert_int_equal(first->side[0].packet, 6);
	assert_int_equal(first->side[1].packet, 7);
	assert_string_equal(first->side[0].words, "> . seq 6:12 ack 1 len 6 \"second\"");
	assert_string_equal(first->words, "the opener's bytes part at byte 7: \"econd\" and "
	                                  "\"Econd\"");

	diff_text(&c.d, &(struct diff_look){.columns = 80}, &text);
	assert_non_null(strstr(buf_text(&text), "they part first in bytes: packet 6 in A, packet 7 "
	                                        "in B"));
	assert_non_null(strstr(buf_text(&text), " ≠   7 > . seq 6:12"));
	assert_non_null(strstr(buf_text(&text), "verdict        pass and fail"));
	assert_non_null(strstr(buf_text(&text), "in manner only: segmentation 2"));
	buf_free(&text);

	j = diff_json(&c.d);
	assert_false(json_is_true(json_object_get(j, "same")));
	assert_int_equal(json_integer_value(json_object_get(
	                     json_object_get(json_object_get(j, "first"), "b"), "packet")),
	                 7);
	json_decref(j);
	forget(&c);
}

/* Of several differences the first is the one that happened first. */
static void test_first(void **state)
{
	static const struct {
		struct otherwise b;
		enum diff_kind kind;
	} tries[] = {
	    {{.mss = 1400, .last = "sEcond"}, DIFF_OPTIONS},
	    {{.last = "sEcond", .step = "shutdown() = -1 ENOTCONN"}, DIFF_BYTES},
	    {{.step = "shutdown() = -1 ENOTCONN", .output = "x\n"}, DIFF_STEP},
	    {{.last = "sEcond", .second_flow = true}, DIFF_BYTES},
	    {{.unreachable = true, .mss = 1400}, DIFF_OPTIONS},
	    {{.no_fin = true, .step = "x"}, DIFF_FLAGS},
	    {{.second_flow = true, .verdict = "fail"}, DIFF_CONVERSATION},
	};

	(void)state;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct compared c;

		compare(&c, &tries[i].b);
		assert_int_equal(c.d.items[c.d.first].kind, tries[i].kind);
		forget(&c);
	}
}

/* More bytes before it, and still the FIN is the FIN. */
static void test_rows(void **state)
{
	struct compared c;
	const struct diff_conversation *v;

	(void)state;
	compare(&c, &(struct otherwise){.last = "second!", .repeated = true});
	v = &c.d.conversations[0];
	for (size_t i = 0; i < v->row_count; i++) {
		if (v->rows[i].packet[0] == 7)
			assert_int_equal(v->rows[i].packet[1], 8);
		if (v->rows[i].packet[1] == 5)
			assert_int_equal(v->rows[i].packet[0], 0);
	}
	assert_int_equal(v->row_count, 9);
	forget(&c);
}

static void test_time(void **state)
{
	const struct otherwise late = {.wait = 20 * NS_PER_MS};
	struct compared c;

	(void)state;
	compare(&c, &late);
	is(&c, 0, 0);
	forget(&c);
	compare_timed(&c, &late, &(struct diff_setting){.time = true, .tolerance = 30 * NS_PER_MS});
	is(&c, 0, 0);
	forget(&c);
	/* when it began is no difference */
	compare_timed(&c, &(struct otherwise){.later = 3600 * NS_PER_S},
	              &(struct diff_setting){.time = true, .tolerance = NS_PER_MS});
	is(&c, 0, 0);
	forget(&c);
	compare_timed(&c, &late, &(struct diff_setting){.time = true, .tolerance = NS_PER_MS});
	is(&c, BIT(DIFF_TIME), 0);
	assert_int_equal(c.d.items[c.d.first].side[1].packet, 6);
	assert_string_equal(c.d.items[c.d.first].words, "19.0 ms later in B");
	forget(&c);
}

/* A connection that stood and is reset: how much arrived before it is luck, how it began is not. */
static void test_broken(void **state)
{
	static const struct diff_setting set;
	char many[2][101] = {{0}};
	struct made a, b;
	struct diff d;

	(void)state;
	memset(many[0], 'x', 100);
	memset(many[1], 'x', 80);
	make(&a, "a", &(struct otherwise){.reset = true, .last = many[0]});
	make(&b, "b", &(struct otherwise){.reset = true, .last = many[1]});
	diff_make(&d, &a.source, &b.source, &set);
	assert_false(d.parts);
	assert_int_equal(d.count[DIFF_BYTES][0], 1);
	assert_int_equal(d.count[DIFF_FLAGS][0], 0); /* the RSTs are each other's */
	diff_free(&d);
	diff_source_free(&a.source);
	diff_source_free(&b.source);
}

static void test_datagrams(void **state)
{
	static const struct diff_setting set;
	static const struct {
		const char *b[4];
		unsigned parts;
	} tries[] = {
	    {{"one", "two", "three"}, 0},
	    {{"two", "one", "three"}, BIT(DIFF_ORDER)},
	    {{"one", "zwei", "three"}, BIT(DIFF_BYTES)},
	    {{"one", "three"}, BIT(DIFF_DATAGRAM)},
	    {{"one", "two", "three", "four"}, BIT(DIFF_DATAGRAM)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct compared c;
		struct otherwise o = {0};

		memcpy(o.datagrams, tries[i].b, sizeof o.datagrams);
		make(&c.a, "a", &(struct otherwise){.datagrams = {"one", "two", "three"}});
		make(&c.b, "b", &o);
		diff_make(&c.d, &c.a.source, &c.b.source, &set);
		is(&c, tries[i].parts, 0);
		forget(&c);
	}
}

/* Ports that a kernel chose, the other way round: who is who is told by the order of opening. */
static void test_ports(void **state)
{
	static const struct diff_setting set;
	struct compared c;

	(void)state;
	make(&c.a, "a", &(struct otherwise){.second_flow = true});
	make(&c.b, "b",
	     &(struct otherwise){.second_flow = true, .port = 40001, .second_port = 40000});
	diff_make(&c.d, &c.a.source, &c.b.source, &set);
	is(&c, 0, 0);
	assert_int_equal(c.d.conversation_count, 2);
	forget(&c);
}

static void test_facts(void **state)
{
	struct compared c;

	(void)state;
	compare(&c, &(struct otherwise){
	                .facts = "{\"kernel\": \"6.12\", \"parameters\": {\"family\": \"ipv6\"}}"});
	is(&c, 0, 0);
	assert_int_equal(c.d.fact_count, 2);
	assert_string_equal(c.d.facts[0].name, "kernel");
	assert_null(c.d.facts[0].value[0]);
	assert_string_equal(c.d.facts[0].value[1], "6.12");
	assert_string_equal(c.d.facts[1].name, "parameter family");
	forget(&c);
}

/* What programs print harms neither terminal nor page. */
static void test_hostile(void **state)
{
	struct compared c;
	struct buf text = {0}, page = {0};

	(void)state;
	compare(&c, &(struct otherwise){.last = "<script>alert(1)</script>\x1b[31m\xff",
	                                .output = "<b onload='x'>&\x1b]0;owned\a\n",
	                                .step = "send(\"\x1b[2J<i>\") = 1"});
	diff_text(&c.d, &(struct diff_look){.columns = 80, .all = true}, &text);
	diff_html_head("a <title> & more", &page);
	diff_html(&c.d, &(struct diff_look){.all = true}, &page);
	diff_html_foot(&page);
	assert_null(memchr(text.p, '\x1b', text.len));
	assert_null(memchr(page.p, '\x1b', page.len));
	assert_null(strstr(page.p, "<script"));
	assert_null(strstr(page.p, "<b "));
	assert_null(strstr(page.p, "<i>"));
	assert_non_null(strstr(page.p, "a &lt;title&gt; &amp; more"));
	assert_non_null(strstr(page.p, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	buf_free(&text);
	buf_free(&page);
	forget(&c);
}

/* The same talk as a capture file: nothing of a case, and the other side's names. */
static void test_capture(void **state)
{
	static const struct diff_setting set;
	struct pcapng_writer w = {0};
	struct diff_source capture;
	struct made m;
	struct diff d;
	struct err err;

	(void)state;
	make(&m, "a case", &(struct otherwise){0});
	assert_int_equal(
	    pcapng_write_section(&w, &(struct pcapng_section){.comment = "verdict=pass"}, &err), 0);
	assert_int_equal(
	    pcapng_write_interface(&w, &(struct pcapng_interface){.linktype = LINK_RAW}, &err), 0);
	for (int64_t n = 1; n <= timeline_packets(m.talk.tl); n++) {
		const struct timeline_packet *p = timeline_packet(m.talk.tl, n);

		assert_int_equal(
		    pcapng_write_packet(
		        &w,
		        &(struct pcapng_packet){
		            .at = p->at, .data = p->data, .len = p->len, .original_len = p->len},
		        &err),
		    0);
	}
	assert_int_equal(
	    diff_source_of_capture(&capture, "a file", w.out.p, w.out.len, &m.source, &err), 0);
	diff_make(&d, &m.source, &capture, &set);
	assert_false(d.parts);
	assert_string_equal(timeline_host(capture.evidence.timeline, 0), "client");
	diff_free(&d);
	diff_source_free(&capture);
	/* cut short: an error that says where */
	assert_int_equal(
	    diff_source_of_capture(&capture, "a file", w.out.p, w.out.len - 3, NULL, &err), -1);
	assert_non_null(strstr(err.text, "at byte "));
	diff_source_free(&m.source);
	buf_free(&w.out);
}

static void test_trace_part(void **state)
{
	struct trace_part part;

	(void)state;
	assert_false(trace_part("a\nb\n", "a\nb\n", &part));
	assert_true(trace_part("a\nb\nc\n", "a\nx\nc\n", &part));
	assert_int_equal(part.line, 2);
	assert_memory_equal(part.text[1], "x", 1);
	assert_true(trace_part("a\n", "a", &part));
	assert_true(trace_part("a\nb", "a\n", &part));
	assert_int_equal(part.line, 2);
	assert_int_equal(part.len[1], 0);
	/* which program it was is no difference in what happened */
	assert_false(trace_part("p\n  started: a 7\n  x\n", "p\n  started: b 7\n  x\n", &part));
	assert_true(trace_part("p\n  started: a 7\n  x\n", "p\n  started: b 7\n  y\n", &part));
	assert_int_equal(part.line, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same),      cmocka_unit_test(test_manner),
	    cmocka_unit_test(test_parts),     cmocka_unit_test(test_reset),
	    cmocka_unit_test(test_case),      cmocka_unit_test(test_place),
	    cmocka_unit_test(test_time),      cmocka_unit_test(test_broken),
	    cmocka_unit_test(test_datagrams), cmocka_unit_test(test_ports),
	    cmocka_unit_test(test_first),     cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_facts),     cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_capture),   cmocka_unit_test(test_trace_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
