/* SPDX-License-Identifier: MIT */
/*
 * ladder_svg.c - a scene as a picture: a lifeline for each host, the wire between them
 *
 * From left to right: time and packet's number; what the first host's programs and sockets do; a
 * lane for each of its connections' states; its lifeline; the wire; the same mirrored for the last
 * host. Hosts between have their lanes left of their lifeline and their steps right of it.
 */
#include "base/mem.h"
#include "base/text.h"
#include "report/drawing_own.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW         24 /* px, a row by event */
#define LINE        14 /* a further line of a run */
#define GUTTER      128
#define STEPS       300 /* what a host's programs do */
#define LANE        13
#define WIRE        430 /* between two lifelines of two hosts */
#define WIRE_3      330 /* of more */
#define MARGIN      14
#define GAP_MOST    132 /* px on the time axis before it is broken */
#define FLOWS       24  /* told by name at the top */
#define FLOW_COLUMN 480
#define COLORS      8
#define SAID        400 /* letters of a row's description: a program may have written much at once */

struct sheet {
	const struct scene *s;
	const struct drawing_setting *set;
	struct buf *out;
	const char *prefix;
	int *y;       /* of each row's middle */
	bool *broken; /* the axis is broken before this row */
	int *life;    /* x of each host's lifeline */
	int width, height, top, bottom;
	double px_per_ns;
};

static unsigned color(int flow)
{
	return flow < 0 ? 0 : (unsigned)flow % COLORS;
}

static bool is_last(const struct sheet *t, int host)
{
	return host > 0 && (size_t)host + 1 == t->s->host_count;
}

/* Where things stand ------------------------------------------------------------------------------
 */

static int lanes_width(const struct scene *s, size_t host)
{
	return s->lanes[host] > 0 ? (int)s->lanes[host] * LANE + 6 : 0;
}

static void place_hosts(struct sheet *t)
{
	const struct scene *s = t->s;
	size_t hosts = s->host_count ? s->host_count : 1;
	int x = GUTTER + STEPS;

	t->life = mem_zero(hosts, sizeof *t->life);
	for (size_t i = 0; i < hosts; i++) {
		bool last = is_last(t, (int)i);

		if (i > 0)
			x += hosts > 2 ? WIRE_3 : WIRE;
		if (s->host_count > 0 && !last)
			x += lanes_width(s, i);
		t->life[i] = x;
		if (last)
			x += lanes_width(s, i);
	}
	t->width = x + (hosts > 1 ? STEPS : WIRE) + MARGIN;
}

static int by_length(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* A scale at which most of what is apart can be seen apart: three of four gaps fit unbroken. */
static void choose_scale(struct sheet *t)
{
	const struct scene *s = t->s;
	int64_t *gaps = mem_zero(s->row_count + 1, sizeof *gaps);
	size_t count = 0;

	for (size_t i = 1; i < s->row_count; i++) {
		if (s->rows[i].at > s->rows[i - 1].at)
			gaps[count++] = s->rows[i].at - s->rows[i - 1].at;
	}
	qsort(gaps, count, sizeof *gaps, by_length);
	size_t three_quarters = count * 3 / 4;
	t->px_per_ns = count > 0 ? 3 * ROW / (double)gaps[three_quarters] : 0;
	free(gaps);
}

/* Lines of a run: how much it stands for, then each "; " part of its words. */
static size_t run_lines(const struct scene_row *r)
{
	size_t lines = 2;

	for (const char *at = r->words; r->kind == SCENE_RUN && (at = strstr(at, "; ")); at += 2)
		lines++;
	return r->kind == SCENE_RUN ? lines : 1;
}

static void place_rows(struct sheet *t)
{
	const struct scene *s = t->s;
	int y = t->top + ROW;

	t->y = mem_zero(s->row_count + 1, sizeof *t->y);
	t->broken = mem_zero(s->row_count + 1, sizeof *t->broken);
	if (t->set->axis == AXIS_TIME)
		choose_scale(t);
	for (size_t i = 0; i < s->row_count; i++) {
		int least = ROW, gap;

		if (i > 0)
			least += (int)(run_lines(&s->rows[i - 1]) - 1) * LINE;
		gap = least;
		if (i > 0 && t->set->axis == AXIS_TIME) {
			double wide = (double)(s->rows[i].at - s->rows[i - 1].at) * t->px_per_ns;

			t->broken[i] = wide > GAP_MOST;
			gap = wide > GAP_MOST ? GAP_MOST / 2 : (int)wide;
			gap = gap < least ? least : gap;
		}
		y += i > 0 ? gap : 0;
		t->y[i] = y;
	}
	t->bottom = y + ROW;
	if (s->row_count > 0)
		t->bottom += (int)(run_lines(&s->rows[s->row_count - 1]) - 1) * LINE;
	t->height = t->bottom + (s->kernel_times ? 4 : 3) * 16;
}

/* The head ----------------------------------------------------------------------------------------
 */

static size_t flows_told(const struct scene *s)
{
	return s->flow_count < FLOWS ? s->flow_count : FLOWS;
}

static void flow_line(struct sheet *t, size_t i, int x, int y, int room)
{
	const struct scene_flow *f = &t->s->flows[i];
	struct buf b = {0};

	buf_printf(&b, "%s  %s%s%" PRIu64 " packet%s, %" PRIu64 " byte%s out, %" PRIu64 " back",
	           f->name, f->ended, *f->ended ? ", " : "", f->packets, f->packets == 1 ? "" : "s",
	           f->bytes[0], f->bytes[0] == 1 ? "" : "s", f->bytes[1]);
	if (f->retransmitted > 0)
		buf_printf(&b, ", %" PRIu64 " sent again", f->retransmitted);
	buf_printf(t->out,
	           "<text class=\"sp-b sp-f%u sp-l\" x=\"%d\" y=\"%d\">%zu</text>"
	           "<text class=\"sp-t\" x=\"%d\" y=\"%d\">",
	           color((int)i), x + 16, y, i + 1, x + 26, y);
	svg_cut(t->out, buf_text(&b), (size_t)((room - 34) / SVG_LETTER));
	buf_str(t->out, "</text>\n");
	buf_free(&b);
}

/* One below the other; many in columns, down each. Returns where they end. */
static int flow_lines(struct sheet *t, int y)
{
	size_t count = flows_told(t->s), most = (size_t)((t->width - 2 * MARGIN) / FLOW_COLUMN);
	size_t columns = count > 4 && most > 1 ? most : 1;
	size_t down = (count + columns - 1) / columns;
	int room = (t->width - 2 * MARGIN) / (int)columns;

	for (size_t i = 0; i < count; i++) {
		size_t column = i / down;

		flow_line(t, i, MARGIN + room * (int)column, y + 15 * (int)(i % down), room);
	}
	return y + 15 * (int)down;
}

/* Within a page the page says it. */
static void name(struct sheet *t)
{
	const struct scene *s = t->s;
	bool good = strcmp(s->verdict, "pass") == 0;

	buf_printf(t->out, "<text class=\"sp-t sp-b sp-big\" x=\"%d\" y=\"24\">", MARGIN);
	svg_cut(t->out, s->title, (size_t)(t->width / 9));
	buf_printf(t->out, "</text>\n<text class=\"%s\" x=\"%d\" y=\"42\">",
	           good                              ? "sp-good"
	           : strcmp(s->verdict, "skip") == 0 ? "sp-dim"
	                                             : "sp-bad",
	           MARGIN);
	svg_cut(t->out, s->sentence, (size_t)((t->width - 2 * MARGIN) / SVG_LETTER));
	buf_str(t->out, "</text>\n");
}

static void head(struct sheet *t)
{
	const struct scene *s = t->s;
	int y = t->set->bare ? 20 : 62;

	if (!t->set->bare)
		name(t);
	y = flow_lines(t, y);
	if (s->flow_count > FLOWS) {
		buf_printf(t->out, "<text class=\"sp-dim\" x=\"%d\" y=\"%d\">and %zu more</text>\n",
		           MARGIN + 26, y, s->flow_count - FLOWS);
		y += 15;
	}
	t->top = y + 18;
}

static void legend(struct sheet *t)
{
	int y = t->bottom + 18;
	struct buf scale = {0};
	bool derived = false;

	for (size_t i = 0; i < t->s->change_count; i++)
		derived = derived || !t->s->changes[i].asked;
	if (derived)
		buf_printf(
		    t->out,
		    "<text class=\"sp-dim\" x=\"%d\" y=\"%d\">States: <tspan "
		    "class=\"sp-t sp-b\">bold</tspan>, full bar: asked of the kernel; <tspan "
		    "class=\"sp-t sp-i\">slanted</tspan>, pale bar: derived from the packets "
		    "as in RFC 9293.</text>\n",
		    MARGIN, y);
	if (t->set->axis == AXIS_TIME && t->px_per_ns > 0) {
		text_ns(&scale, (int64_t)(ROW / t->px_per_ns));
		buf_printf(t->out,
		           "<text class=\"sp-dim\" x=\"%d\" y=\"%d\">Time to scale from %s a row "
		           "on; what is closer is drawn a row apart; ≈ where the axis is "
		           "broken.</text>\n",
		           MARGIN, y + 16, buf_text(&scale));
	} else if (t->s->calls_left_out > 0) {
		buf_printf(t->out,
		           "<text class=\"sp-dim\" x=\"%d\" y=\"%d\">%zu calls before a "
		           "program's first socket are left out.</text>\n",
		           MARGIN, y + 16, t->s->calls_left_out);
	}
	if (t->s->kernel_times)
		buf_printf(
		    t->out,
		    "<text class=\"sp-dim\" x=\"%d\" y=\"%d\">A packet's time is when it came "
		    "onto the link; capture.pcapng has when the sender's kernel saw it."
		    "</text>\n",
		    MARGIN, y + 32);
	buf_free(&scale);
}

/* Lifelines and lanes -----------------------------------------------------------------------------
 */

static void lifelines(struct sheet *t)
{
	const struct scene *s = t->s;

	for (size_t i = 0; i < s->host_count; i++) {
		buf_printf(t->out,
		           "<line class=\"sp-life\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
		           "y2=\"%d\"/><text class=\"sp-t sp-b %s\" x=\"%d\" y=\"%d\">",
		           t->life[i], t->top, t->life[i], t->bottom,
		           is_last(t, (int)i) ? ""
		           : i == 0           ? "sp-l"
		                              : "sp-m",
		           t->life[i], t->top - 6);
		svg_cut(t->out, s->hosts[i], 24);
		buf_str(t->out, "</text>\n");
	}
}

/* What is to catch the eye, behind everything. */
static void bands(struct sheet *t)
{
	for (size_t i = 0; i < t->s->row_count; i++) {
		const struct scene_row *r = &t->s->rows[i];

		if (r->divergence || r->kind == SCENE_WIRE)
			buf_printf(t->out,
			           "<rect class=\"%s\" x=\"0\" y=\"%d\" width=\"%d\" "
			           "height=\"%d\"/>\n",
			           r->divergence ? "sp-badback" : "sp-wireback", t->y[i] - ROW / 2,
			           t->width, ROW);
	}
}

static const char *state_class(const char *state)
{
	if (strncmp(state, "SYN", 3) == 0 || strcmp(state, "LISTEN") == 0)
		return "sp-open";
	if (strcmp(state, "ESTABLISHED") == 0)
		return "sp-est";
	return strcmp(state, "TIME_WAIT") == 0 ? "sp-tw" : "sp-clos";
}

static int lane_x(const struct sheet *t, const struct scene_end *e)
{
	int x = t->life[e->host];

	return is_last(t, e->host) ? x + 4 + (int)e->lane * LANE
	                           : x - 4 - ((int)e->lane + 1) * LANE + 2;
}

/* The bar from a change to the next one of the same end. */
static void bar(struct sheet *t, size_t i)
{
	const struct scene *s = t->s;
	const struct scene_change *c = &s->changes[i];
	const struct scene_end *e = &s->ends[c->end];
	int until = t->bottom - ROW / 2;

	if (e->host < 0 || strcmp(c->state, "CLOSED") == 0 || strcmp(c->state, "CLOSE") == 0)
		return;
	for (size_t k = i + 1; k < s->change_count; k++) {
		if (s->changes[k].end == c->end) {
			until = t->y[s->changes[k].row];
			break;
		}
	}
	buf_printf(t->out,
	           "<rect class=\"%s%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	           "rx=\"2\"><title>%s%s: ",
	           state_class(c->state), c->asked ? "" : " sp-der", lane_x(t, e), t->y[c->row],
	           LANE - 3, until > t->y[c->row] ? until - t->y[c->row] : 1,
	           c->asked ? "" : "derived, ", s->hosts[e->host]);
	svg_text(t->out, c->state);
	buf_printf(t->out, ", connection %d</title></rect>\n", e->flow + 1);
}

static void lanes(struct sheet *t)
{
	const struct scene *s = t->s;

	for (size_t i = 0; i < s->change_count; i++) {
		if (s->changes[i].end >= 0)
			bar(t, i);
	}
	for (size_t i = 0; s->flow_count > 1 && i < s->end_count; i++) {
		const struct scene_end *e = &s->ends[i];

		if (e->host < 0 || e->first == SIZE_MAX)
			continue;
		/* a number over each lane where a connection begins */
		buf_printf(t->out,
		           "<text class=\"sp-m sp-b sp-f%u sp-num\" x=\"%d\" y=\"%d\">%d"
		           "</text>\n",
		           color(e->flow), lane_x(t, e) + (LANE - 3) / 2, t->y[e->first] - 3,
		           e->flow + 1);
	}
}

/* Beside its bar: the state's name. */
static void change_label(struct sheet *t, const struct scene_change *c, unsigned *used)
{
	const struct scene_end *e = &t->s->ends[c->end];
	bool last = is_last(t, e->host);
	int x;
	struct buf b = {0};

	if (c->asked || e->host < 0)
		return; /* its own row says it */
	x = t->life[e->host];
	x +=
	    last ? lanes_width(t->s, (size_t)e->host) + 4 : -lanes_width(t->s, (size_t)e->host) - 4;
	if (t->s->flow_count > 1)
		buf_printf(&b, "%d ", e->flow + 1);
	buf_str(&b, c->state);
	/* several in one row stand one behind the other */
	x += (last ? 1 : -1) * (int)(used[e->host] * SVG_LETTER);
	used[e->host] += (unsigned)text_width(buf_text(&b)) + 1;
	buf_printf(t->out, "<text class=\"sp-dim sp-i%s\" x=\"%d\" y=\"%d\">", last ? "" : " sp-l",
	           x, t->y[c->row] + 4);
	svg_text(t->out, buf_text(&b));
	buf_str(t->out, "</text>");
	buf_free(&b);
}

/* Packets -----------------------------------------------------------------------------------------
 */

static void tip(struct sheet *t, const char *class, int x, int y, bool right)
{
	int tail = x + (right ? -8 : 8);

	buf_printf(t->out, "<polygon class=\"sp-head %s\" points=\"%d,%d %d,%d.5 %d,%d.5\"/>",
	           class, x, y, tail, y - 4, tail, y + 3);
}

static void cross(struct sheet *t, int x, int y)
{
	buf_printf(t->out,
	           "<path class=\"sp-bad-s\" stroke-width=\"2\" d=\"M%d %dl10 10m0 -10l-10 "
	           "10\"/>",
	           x - 5, y - 5);
}

/* The two hosts' lifelines of a packet: what the wire made comes from the other side. */
static void ends_of(const struct sheet *t, const struct scene_row *r, int *from, int *to)
{
	int count = t->s->host_count > 0 ? (int)t->s->host_count : 1;
	int b = r->to >= 0 ? r->to : r->from == 0 ? count - 1 : 0;
	int a = r->from >= 0 ? r->from : b == 0 ? count - 1 : 0;

	*from = t->life[a];
	*to = t->life[b];
	if (a == b) /* to itself, or one host only */
		*to += a == 0 ? WIRE / 2 : -WIRE / 2;
}

/* Where on the wire a packet waits or is lost: near the other side, so that its words have room;
 * those that wait at the same time do not lie on one another. */
static int stop_at(int from, int to, const struct scene_row *r)
{
	bool lost = r->arrow == ARROW_LOST;
	int sign = to > from ? 1 : -1;

	return to - sign * (30 + (lost ? 0 : (int)(r->first % 5) * 11));
}

static void label(struct sheet *t, const struct scene_row *r, int from, int to, int y)
{
	size_t room = (size_t)((to > from ? to - from : from - to) / SVG_LETTER) - 3, used;
	const char *payload = strstr(r->words, " \"");
	struct buf b = {0};

	drawing_flow(t->s, r, &b);
	/* what is odd about it is worth more room than what it carries */
	buf_add(&b, r->words,
	        *r->mark && payload ? (size_t)(payload - r->words) : strlen(r->words));
	used = text_width(buf_text(&b));
	buf_printf(t->out, "<text class=\"sp-t sp-m sp-halo\" x=\"%d\" y=\"%d\">", (from + to) / 2,
	           y - 4);
	svg_cut(t->out, buf_text(&b), *r->mark && used > room * 2 / 3 ? room * 2 / 3 : room);
	if (*r->mark && r->kind == SCENE_PACKET) {
		size_t rest = used > room * 2 / 3 ? room / 3 : room - used;

		buf_str(t->out, "<tspan class=\"sp-odd\" dx=\"10\">");
		svg_cut(t->out, r->mark, rest > 8 ? rest - 2 : 6);
		buf_str(t->out, "</tspan>");
	}
	buf_str(t->out, "</text>");
	buf_free(&b);
}

static void stroke(struct sheet *t, const char *class, int x1, int x2, int y, bool dashed)
{
	buf_printf(t->out, "<path class=\"%s\" stroke-width=\"1.3\" %sd=\"M%d %dH%d\"/>", class,
	           dashed ? "stroke-dasharray=\"4 3\" " : "", x1, y, x2);
}

static void packet(struct sheet *t, size_t i)
{
	const struct scene_row *r = &t->s->rows[i];
	bool late = r->arrow == ARROW_ARRIVES || r->arrow == ARROW_LOST_LATER, right;
	int from, to, y = t->y[i] + 5, x;
	char line[16], head[16];

	ends_of(t, r, &from, &to);
	right = to > from;
	snprintf(line, sizeof line, *r->mark ? "sp-odd-s" : "sp-f%u", color(r->flow));
	snprintf(head, sizeof head, *r->mark ? "sp-odd" : "sp-f%u", color(r->flow));
	x = stop_at(from, to, r);
	if (r->from < 0 && !late) { /* begins on the wire */
		from += right ? 34 : -34;
		buf_printf(t->out,
		           "<circle class=\"sp-odd-s\" fill=\"none\" stroke-width=\"1.5\" "
		           "cx=\"%d\" cy=\"%d\" r=\"4\"/>",
		           from, y);
		from += right ? 4 : -4;
	}
	switch (r->arrow) {
	case ARROW_WHOLE:
		stroke(t, line, from, to, y, false);
		tip(t, head, to, y, right);
		x = to;
		break;
	case ARROW_LEAVES:
	case ARROW_KEPT:
		stroke(t, line, from, x, y, true);
		buf_printf(t->out, "<circle class=\"sp-odd\" cx=\"%d\" cy=\"%d\" r=\"3.5\"/>", x,
		           y);
		if (r->arrow == ARROW_LEAVES)
			buf_printf(t->out,
			           "<path class=\"sp-odd-s\" stroke-dasharray=\"2 3\" "
			           "stroke-opacity=\".8\" d=\"M%d %dV%d\"/>",
			           x, y, t->y[r->other] + 5);
		break;
	case ARROW_ARRIVES:
		stroke(t, line, x, to, y, true);
		tip(t, "sp-odd", to, y, right);
		break;
	case ARROW_LOST:
		stroke(t, line, from, x, y, true);
		cross(t, x, y);
		break;
	case ARROW_LOST_LATER:
		cross(t, x, y);
		break;
	case ARROW_NONE:
		return;
	}
	label(t, r, from, x, y);
}

/* Rows --------------------------------------------------------------------------------------------
 */

static void add_words(const struct scene_row *r, struct buf *b)
{
	if (*r->who && r->kind != SCENE_NOTE)
		buf_printf(b, "%s ", r->who);
	if (r->kind == SCENE_OUTPUT || r->kind == SCENE_INPUT)
		buf_printf(b, "%s \"%s\"",
		           r->kind == SCENE_INPUT ? "reads"
		           : *r->mark             ? r->mark
		                                  : "prints",
		           r->words);
	else
		buf_str(b, r->words);
}

static void words_row(struct sheet *t, size_t i)
{
	const struct scene_row *r = &t->s->rows[i];
	bool last = is_last(t, r->host);
	int x, room = STEPS - 8;
	const char *side = "";
	struct buf b = {0};

	add_words(r, &b);
	if (r->host < 0) {
		/* the script's own, and the wire's: on the wire, between the first two hosts */
		int end = t->s->host_count > 1 ? t->life[1] : t->life[0] + WIRE;

		x = (t->life[0] + end) / 2;
		room = end - t->life[0] - 12;
		side = " sp-m";
	} else if (r->host == 0) {
		x = t->life[0] - lanes_width(t->s, 0) - 6;
		side = " sp-l";
	} else {
		x = t->life[r->host] + (last ? lanes_width(t->s, (size_t)r->host) : 0) + 6;
		room = last ? room : WIRE_3 - 12;
	}
	buf_printf(t->out, "<text class=\"%s%s%s\" x=\"%d\" y=\"%d\">",
	           r->failed                                           ? "sp-bad"
	           : r->kind == SCENE_OUTPUT || r->kind == SCENE_INPUT ? "sp-win"
	           : r->kind == SCENE_WIRE                             ? "sp-odd"
	           : r->host < 0                                       ? "sp-dim"
	                                                               : "sp-t",
	           side, r->kind == SCENE_STATE ? " sp-b" : "", x, t->y[i] + 4);
	if (t->s->flow_count > 1 && r->flow >= 0) { /* of several connections: which */
		buf_printf(t->out, "<tspan class=\"sp-b sp-f%u sp-no\">%d</tspan> ", color(r->flow),
		           r->flow + 1);
		room -= (int)(3 * SVG_LETTER);
	}
	svg_cut(t->out, buf_text(&b), (size_t)(room / SVG_LETTER));
	buf_str(t->out, "</text>");
	buf_free(&b);
}

static void run_row(struct sheet *t, size_t i)
{
	const struct scene_row *r = &t->s->rows[i];
	size_t last = t->s->host_count > 1 ? t->s->host_count - 1 : 0, line = 1;
	int from = t->life[0], to = last ? t->life[last] : from + WIRE;
	size_t room = (size_t)((to - from) / SVG_LETTER) - 2;
	char *words = mem_text(r->words), *rest = words, numbers[48];
	struct buf b = {0};

	if (r->packets > 0)
		buf_printf(&b, "⋮ %zu packet%s #%s", r->packets, r->packets == 1 ? "" : "s",
		           drawing_numbers(r, numbers));
	if (r->steps > 0)
		buf_printf(&b, "%s%zu step%s", r->packets ? ", " : "⋮ ", r->steps,
		           r->steps == 1 ? "" : "s");
	buf_str(&b, " in ");
	text_ns(&b, r->took);
	buf_printf(t->out,
	           "<rect class=\"sp-runback\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	           "rx=\"3\"/><text class=\"sp-t sp-m\" x=\"%d\" y=\"%d\">",
	           from + 2, t->y[i] - 10, to - from - 4, ROW + (int)(run_lines(r) - 1) * LINE - 4,
	           (from + to) / 2, t->y[i] + 4);
	svg_cut(t->out, buf_text(&b), room);
	buf_str(t->out, "</text>");
	while (rest) {
		char *end = strstr(rest, "; "), *part = rest;

		rest = end ? end + 2 : NULL;
		if (end)
			*end = '\0';
		buf_printf(t->out, "<text class=\"sp-dim sp-m\" x=\"%d\" y=\"%d\">",
		           (from + to) / 2, t->y[i] + 4 + (int)line++ * LINE);
		svg_cut(t->out, part, room);
		buf_str(t->out, "</text>");
	}
	free(words);
	buf_free(&b);
}

static void row_open(struct sheet *t, size_t i)
{
	const struct scene_row *r = &t->s->rows[i];
	struct buf says = {0};

	buf_printf(t->out, "<g class=\"row\" role=\"listitem\" tabindex=\"-1\" id=\"%sr%zu\"",
	           t->prefix, i);
	if (r->event != SIZE_MAX && r->kind != SCENE_ARRIVAL)
		buf_printf(t->out, " data-event=\"%zu\"", r->event);
	if (r->kind == SCENE_ARRIVAL)
		buf_printf(t->out, " data-arrives=\"%" PRId64 "\"", r->first);
	else if (r->first > 0 && r->first == r->last)
		buf_printf(t->out, " data-packet=\"%" PRId64 "\"", r->first);
	else if (r->first > 0)
		buf_printf(t->out, " data-packet=\"%" PRId64 "-%" PRId64 "\"", r->first, r->last);
	if (r->divergence)
		buf_str(t->out, " data-divergence=\"yes\"");
	buf_str(t->out, "><title>");
	drawing_row(t->s, r, &says);
	svg_cut(t->out, buf_text(&says), SAID);
	buf_printf(t->out,
	           "</title><rect class=\"sp-hit\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
	           t->y[i] - ROW / 2, t->width, ROW + (int)(run_lines(r) - 1) * LINE);
	buf_free(&says);
}

static void gutter(struct sheet *t, size_t i)
{
	const struct scene_row *r = &t->s->rows[i];
	struct buf b = {0};
	char numbers[48];

	drawing_at(&b, r->at);
	buf_printf(t->out, "<text class=\"sp-dim sp-l\" x=\"76\" y=\"%d\">%s</text>", t->y[i] + 4,
	           buf_text(&b));
	if (r->first > 0)
		buf_printf(t->out, "<text class=\"%s sp-l\" x=\"%d\" y=\"%d\">%s%s</text>",
		           r->divergence ? "sp-bad sp-b" : "sp-dim", GUTTER - 8, t->y[i] + 4,
		           r->kind == SCENE_RUN ? "" : "#",
		           r->kind == SCENE_RUN ? "⋮" : drawing_numbers(r, numbers));
	if (t->broken[i])
		buf_printf(t->out, "<text class=\"sp-dim sp-l sp-b\" x=\"76\" y=\"%d\">≈</text>",
		           (t->y[i] + t->y[i - 1]) / 2 + 4);
	if (r->divergence)
		buf_printf(t->out, "<text class=\"sp-bad sp-b\" x=\"2\" y=\"%d\">✗</text>",
		           t->y[i] + 4);
	buf_free(&b);
}

static void rows(struct sheet *t)
{
	const struct scene *s = t->s;
	unsigned *used = mem_zero(s->host_count + 1, sizeof *used);
	size_t change = 0;

	for (size_t i = 0; i < s->row_count; i++) {
		const struct scene_row *r = &s->rows[i];

		row_open(t, i);
		gutter(t, i);
		if (r->kind == SCENE_PACKET || r->kind == SCENE_ARRIVAL)
			packet(t, i);
		else if (r->kind == SCENE_RUN)
			run_row(t, i);
		else
			words_row(t, i);
		memset(used, 0, (s->host_count + 1) * sizeof *used);
		for (; change < s->change_count && s->changes[change].row == i; change++) {
			if (s->changes[change].end >= 0)
				change_label(t, &s->changes[change], used);
		}
		buf_str(t->out, "</g>\n");
	}
	free(used);
}

void ladder_svg(const struct scene *s, const struct drawing_setting *set, struct buf *out)
{
	struct buf head_part = {0};
	struct sheet t = {
	    .s = s, .set = set, .out = &head_part, .prefix = set->prefix ? set->prefix : ""};

	place_hosts(&t);
	head(&t);
	place_rows(&t);
	svg_open(out, set, "ladder", t.width, t.height, s->title, s->sentence);
	t.out = out;
	buf_add(out, buf_text(&head_part), head_part.len);
	bands(&t);
	lifelines(&t);
	lanes(&t);
	buf_str(out, "<g role=\"list\">\n");
	rows(&t);
	buf_str(out, "</g>\n");
	legend(&t);
	svg_close(out);
	buf_free(&head_part);
	free(t.y);
	free(t.broken);
	free(t.life);
}
