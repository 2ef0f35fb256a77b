/* SPDX-License-Identifier: MIT */
/*
 * test_graph.c - the graph of a connection, read back by its own axes: bars and lines as times and
 * sequence numbers
 */
#include "../conversation.h"
#include "base/mem.h"
#include "evidence/load.h"
#include "report/drawing.h"
#include <stdlib.h>

#define LEFT  92.0 /* where the first packet's time is, and the last's */
#define RIGHT 936.0

struct graph {
	struct buf svg;
	double y0, per_number; /* px */
	double per_ms;
};

/* Draw the first connection of @t, whose packets take @ms. Closes @t. */
static void draw(struct graph *g, struct talk *t, double ms)
{
	struct case_evidence c = {
	    .timeline = t->tl, .facts = json_object(), .verdict = json_object()};
	struct drawing_setting set = {.bare = true};
	double y, number;

	*g = (struct graph){.per_ms = (RIGHT - LEFT) / ms};
	timeline_seal(t->tl);
	assert_int_equal(graph_svg(&c, 0, &set, &g->svg), 0);
	json_decref(c.facts);
	json_decref(c.verdict);
	talk_close(t);
	for (const char *s = buf_text(&g->svg); (s = strstr(s, "<line class=\"sp-grid\"")); s++) {
		if (sscanf(s,
		           "<line class=\"sp-grid\" x1=\"92\" x2=\"936\" y1=\"%lf\" y2=\"%*f\"/>"
		           "<text class=\"sp-dim sp-l\" x=\"86\" y=\"%*f\">%lf<",
		           &y, &number) != 2)
			continue;
		if (number == 0)
			g->y0 = y;
		else
			g->per_number = (g->y0 - y) / number;
	}
	assert_true(g->y0 > 0 && g->per_number > 0);
}

/* To a tenth, which is a pixel here. */
static void add_number(struct buf *out, double v)
{
	long tenths = (long)(v * 10 + 0.5);

	buf_printf(out, "%ld", tenths / 10);
	if (tenths % 10)
		buf_printf(out, ".%ld", tenths % 10);
}

/* A path in ms and numbers: "M1 1 H4 V27"; a stroke in its own units stays out. */
static void read_path(const struct graph *g, const char *d, struct buf *out)
{
	char *end;

	for (; strchr("MHV", *d); d = end) {
		char what = *d;
		double v = strtod(d + 1, &end);

		buf_printf(out, "%s%c", out->len ? " " : "", what);
		if (what != 'V')
			add_number(out, (v - LEFT) / g->per_ms);
		if (what == 'M')
			v = strtod(end, &end);
		buf_str(out, what == 'M' ? " " : "");
		if (what != 'H')
			add_number(out, (g->y0 - v) / g->per_number);
	}
}

/* All paths of @class of @width, one behind the other, are @expected. */
static void paths_are(const struct graph *g, const char *class, const char *width,
                      const char *expected)
{
	char *begin = mem_printf("<path class=\"%s\" stroke-width=\"%s\" d=\"", class, width);
	struct buf b = {0};

	for (const char *s = buf_text(&g->svg); (s = strstr(s, begin)); s++)
		read_path(g, s + strlen(begin), &b);
	assert_string_equal(buf_text(&b), expected);
	buf_free(&b);
	free(begin);
}

#define SENT(g, expected)   paths_are(g, "sp-f0", "2", expected)
#define AGAIN(g, expected)  paths_are(g, "sp-bad-s", "3", expected)
#define LOST(g, expected)   paths_are(g, "sp-odd-s", "2", expected)
#define ACKED(g, expected)  paths_are(g, "sp-ack-s", "1.3", expected)
#define WINDOW(g, expected) paths_are(g, "sp-win-s", "1.3", expected)

static void says(const struct graph *g, const char *words)
{
	assert_non_null(strstr(buf_text(&g->svg), words));
}

static void says_not(const struct graph *g, const char *words)
{
	assert_null(strstr(buf_text(&g->svg), words));
}

static void deliver(struct talk *t, int64_t n, int64_t after)
{
	struct timeline_packet *p = timeline_packet(t->tl, n);

	p->fate = FATE_DELIVERED;
	p->delivered_at = p->at + after;
}

static void deliver_all(struct talk *t)
{
	for (int64_t n = 1; n <= timeline_packets(t->tl); n++)
		deliver(t, n, 0);
}

static const char sentence[] = "hello, this is a sentence.";

/* A handshake at 0, 1 and 2 ms, and the sentence, 1:27, at 3. No window scaling. */
static void begin(struct talk *t, int win)
{
	talk_open(t);
	SAY(t, .from = CLIENT, .flags = TCP_SYN);
	SAY(t, .from = SERVER, .flags = TCP_SYN | TCP_ACK, .ack = 1, .win = win);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1);
	SAY(t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = sentence);
}

/* What is acknowledged in the end is what was sent, SYN and FIN with it. */
static void a_conversation(void **state)
{
	struct talk t;
	struct graph g;

	(void)state;
	begin(&t, 30);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = 10);
	SAY(&t, .from = CLIENT, .flags = TCP_FIN | TCP_ACK, .seq = 27, .ack = 1);
	SAY(&t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 28, .win = 9);
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 28, .ack = 2);
	deliver_all(&t);
	draw(&g, &t, 7);
	SENT(&g, "M0 0 V1 M3 1 V27 M5 27 V28");
	AGAIN(&g, "");
	LOST(&g, "");
	ACKED(&g, "M1 1 H4 V27 H6 V28 H7");
	WINDOW(&g, "M1 31 H4 V37 H6 V37 H7");
	says_not(&g, " above: ");
	buf_free(&g.svg);
}

/* The answering side's numbers: its SYN and its FIN stand in its own panel. */
static void the_other_side(void **state)
{
	struct talk t;
	struct graph g;

	(void)state;
	talk_open(&t);
	SAY(&t, .from = CLIENT, .flags = TCP_SYN);
	SAY(&t, .from = SERVER, .flags = TCP_SYN | TCP_ACK, .ack = 1);
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .win = 30);
	SAY(&t, .from = SERVER, .flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 1, .data = sentence);
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 28, .win = 4);
	deliver_all(&t);
	draw(&g, &t, 4);
	says(&g, "what the answering side sent: 26 bytes");
	SENT(&g, "M1 0 V1 M3 1 V28");
	ACKED(&g, "M2 1 H4 V28 H4");
	WINDOW(&g, "M2 31 H4 V32 H4");
	buf_free(&g.svg);
}

/* A window far above what was sent is not drawn where it is not, but told. */
static void window_above(void **state)
{
	struct talk t;
	struct graph g;

	(void)state;
	begin(&t, 65253);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = 65253);
	deliver_all(&t);
	draw(&g, &t, 4);
	ACKED(&g, "M1 1 H4 V27 H4");
	WINDOW(&g, "");
	says(&g, ">window's edge above: 65,254 to 65,280<");
	buf_free(&g.svg);

	begin(&t, 65279);
	deliver_all(&t);
	draw(&g, &t, 3);
	WINDOW(&g, "");
	says(&g, ">window's edge above: 65,280<");
	buf_free(&g.svg);
}

/* It goes through the top (27 and a fifth, and a twentieth, and 1: 34) and comes back. */
static void window_leaves(void **state)
{
	struct talk t;
	struct graph g;

	(void)state;
	begin(&t, 30);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 10, .win = 990);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 20, .win = 500);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = 5);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = 3);
	deliver_all(&t);
	draw(&g, &t, 7);
	ACKED(&g, "M1 1 H4 V10 H5 V20 H6 V27 H7 V27 H7");
	WINDOW(&g, "M1 31 H4 V34 M6 34 V32 H7 V30 H7");
	says(&g, ">window's edge above: 520 to 1,000<");
	buf_free(&g.svg);
}

/* Nothing may be sent: the edge is what was acknowledged. */
static void zero_window(void **state)
{
	struct talk t;
	struct graph g;

	(void)state;
	begin(&t, 30);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = -1);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = 8);
	deliver_all(&t);
	draw(&g, &t, 5);
	ACKED(&g, "M1 1 H4 V27 H5 V27 H5");
	WINDOW(&g, "M1 31 H4 V27 H5 V35 H5");
	buf_free(&g.svg);
}

/* Lost, with a cross, and sent again; an ACK that is lost raises no line. */
static void lost_and_again(void **state)
{
	struct talk t;
	struct graph g;

	(void)state;
	begin(&t, 30);
	SAY(&t, .from = CLIENT, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = sentence);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = 4);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = 4);
	deliver_all(&t);
	timeline_packet(t.tl, 4)->fate = timeline_packet(t.tl, 6)->fate = FATE_DROPPED;
	draw(&g, &t, 6);
	SENT(&g, "M0 0 V1");
	LOST(&g, "M3 1 V27");
	AGAIN(&g, "M4 1 V27");
	ACKED(&g, "M1 1 H6 V27 H6");
	WINDOW(&g, "M1 31 H6 V31 H6");
	says(&g, "l6 6m0 -6l-6 6\"/><title>packet 4: ");
	buf_free(&g.svg);
}

/* A line steps when the ACK arrives, though that be last of all; one that was overtaken pulls no
 * line back. */
static void held(void **state)
{
	struct talk t;
	struct graph g;

	(void)state;
	begin(&t, 30);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 10, .win = 21); /* 5: held */
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 20, .win = 12);
	SAY(&t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 27, .win = 6); /* 7: late */
	deliver_all(&t);
	deliver(&t, 5, 5 * NS_PER_MS / 2);
	deliver(&t, 7, 2 * NS_PER_MS);
	draw(&g, &t, 8);
	ACKED(&g, "M1 1 H5 V20 H8 V27 H8");
	WINDOW(&g, "M1 31 H5 V32 H8 V33 H8");
	buf_free(&g.svg);
}

int main(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(a_conversation), cmocka_unit_test(the_other_side),
	    cmocka_unit_test(window_above),   cmocka_unit_test(window_leaves),
	    cmocka_unit_test(zero_window),    cmocka_unit_test(lost_and_again),
	    cmocka_unit_test(held),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}
