/* SPDX-License-Identifier: MIT */
/*
 * ladder_text.c - a scene on a terminal: 80 columns, the first host on the left, the last on the
 * right
 *
 *     1.2 ms    #1 │ S ──────────────────────────────────────────────▶ │
 *                  │ [SYN_SENT]                                        │
 *
 * With more than two hosts there are no lifelines: a row says who speaks to whom.
 */
#include "base/mem.h"
#include "base/text.h"
#include "report/drawing_own.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INNER 58 /* columns between the lifelines, a space at each side not counted */

struct sheet {
	const struct scene *s;
	struct buf *out;
	bool lifelines;
};

static void repeat(struct buf *out, const char *s, size_t times)
{
	while (times-- > 0)
		buf_str(out, s);
}

static void add_end(struct buf *out)
{
	while (out->len > 0 && out->p[out->len - 1] == ' ')
		out->p[--out->len] = '\0';
	buf_str(out, "\n");
}

/* The columns before the left lifeline: the time and the packet's number, or nothing. */
static void margin(struct sheet *t, const struct scene_row *r)
{
	struct buf time = {0}, number = {0};

	if (r)
		drawing_at(&time, r->at);
	if (r && r->first > 0 && r->kind != SCENE_RUN)
		buf_printf(&number, "#%" PRId64, r->first);
	buf_printf(t->out, "%10s %6s ", buf_text(&time), buf_text(&number));
	buf_free(&time);
	buf_free(&number);
}

/* One line: @left, @fill repeated, @right; as a whole INNER columns where there are lifelines. */
static void line(struct sheet *t, const struct scene_row *r, const char *left, const char *fill,
                 const char *right)
{
	size_t width = text_width(left) + text_width(right);

	margin(t, r);
	buf_str(t->out, t->lifelines ? "│ " : "");
	buf_str(t->out, left);
	if (width < INNER && (t->lifelines || *right))
		repeat(t->out, fill, INNER - width);
	buf_str(t->out, right);
	buf_str(t->out, t->lifelines ? " │" : "");
	add_end(t->out);
}

/* @words on as many lines as they need, each behind @indent. */
static void paragraph(struct sheet *t, const struct scene_row *r, const char *first,
                      const char *indent, const char *words)
{
	size_t room = INNER - text_width(indent);
	struct buf b = {0};

	buf_str(&b, first);
	while (*words) {
		size_t len = 0, columns = 0, space = 0;

		for (; words[len] && columns <= room; len++) {
			if (words[len] == ' ')
				space = len;
			columns += ((unsigned char)words[len] & 0xc0) != 0x80;
		}
		if (columns > room) {
			/* the last letter is one too many */
			while (((unsigned char)words[--len] & 0xc0) == 0x80)
				;
			len = space > 0 && space <= len ? space : len;
		}
		buf_add(&b, words, len);
		line(t, r, buf_text(&b), " ", "");
		buf_free(&b);
		buf_str(&b, indent);
		r = NULL;
		words += len + (words[len] == ' ');
	}
	buf_free(&b);
}

static bool goes_right(const struct scene_row *r)
{
	/* what the wire made comes from the other side than it goes to */
	return r->from >= 0 ? r->from == 0 : r->to != 0;
}

/* An arrow of the width that @words leave, towards the right. */
static void arrow_right(struct sheet *t, const struct scene_row *r, const char *words)
{
	static const char *const tips[] = {
	    [ARROW_NONE] = "",     [ARROW_WHOLE] = "▶",  [ARROW_LEAVES] = "┄┄┤",
	    [ARROW_ARRIVES] = "▶", [ARROW_LOST] = "─ ✕", [ARROW_LOST_LATER] = "┄ ✕",
	    [ARROW_KEPT] = "┄┄┤",
	};
	bool late = r->arrow == ARROW_ARRIVES || r->arrow == ARROW_LOST_LATER;
	bool short_of = r->arrow != ARROW_WHOLE && r->arrow != ARROW_ARRIVES;
	struct buf left = {0};
	size_t width, room = INNER - 1;

	if (late || r->from < 0)
		buf_str(&left, r->from < 0 && !late ? "           ○─ " : "          ┄┄ ");
	buf_printf(&left, "%s ", words);
	width = text_width(buf_text(&left));
	if (short_of)
		room = width + 3 < INNER * 2 / 3 ? INNER * 2 / 3 : INNER - 3;
	repeat(&left, late ? "┄" : "─", room > width ? room - width : 0);
	buf_str(&left, tips[r->arrow]);
	line(t, r, buf_text(&left), " ", "");
	buf_free(&left);
}

static void arrow_left(struct sheet *t, const struct scene_row *r, const char *words)
{
	bool late = r->arrow == ARROW_ARRIVES || r->arrow == ARROW_LOST_LATER;
	bool whole = r->arrow == ARROW_WHOLE || r->arrow == ARROW_ARRIVES;
	const char *tip = whole                                                    ? "◀"
	                  : r->arrow == ARROW_LOST || r->arrow == ARROW_LOST_LATER ? "✕ ─"
	                                                                           : "├┄┄";
	struct buf right = {0};
	size_t width, room = INNER - text_width(tip);

	buf_printf(&right, " %s", words);
	if (late || r->from < 0)
		buf_str(&right, r->from < 0 && !late ? " ─○           " : " ┄┄          ");
	width = text_width(buf_text(&right));
	if (!whole)
		room = width + 3 < INNER * 2 / 3 ? INNER * 2 / 3 : room;
	struct buf all = {0};
	buf_str(&all, tip);
	repeat(&all, late ? "┄" : "─", room > width ? room - width : 0);
	buf_str(&all, buf_text(&right));
	line(t, r, "", " ", buf_text(&all));
	buf_free(&all);
	buf_free(&right);
}

/* Who to whom in words, for more hosts than a picture of two has. */
static void arrow_words(struct sheet *t, const struct scene_row *r, const char *words)
{
	struct buf b = {0}, cut = {0};
	const char *from = r->from >= 0 ? t->s->hosts[r->from] : "(wire)";
	const char *to = r->to >= 0 ? t->s->hosts[r->to] : "(nobody)";
	const char *arrow = r->arrow == ARROW_WHOLE                                  ? "─▶"
	                    : r->arrow == ARROW_ARRIVES                              ? "┄▶"
	                    : r->arrow == ARROW_LOST || r->arrow == ARROW_LOST_LATER ? "─✕"
	                                                                             : "─┤";

	buf_printf(&b, "%s %s %s  %s", from, arrow, to, words);
	text_cut(&cut, buf_text(&b), INNER);
	line(t, r, buf_text(&cut), " ", "");
	buf_free(&b);
	buf_free(&cut);
}

static void packet(struct sheet *t, const struct scene_row *r)
{
	bool wire = r->from < 0 || r->kind == SCENE_ARRIVAL;
	struct buf words = {0}, cut = {0};

	drawing_flow(t->s, r, &words);
	buf_str(&words, r->words);
	text_cut(&cut, buf_text(&words), INNER - (wire ? 18 : 5));
	if (!t->lifelines)
		arrow_words(t, r, buf_text(&cut));
	else if (goes_right(r))
		arrow_right(t, r, buf_text(&cut));
	else
		arrow_left(t, r, buf_text(&cut));
	buf_free(&words);
	buf_free(&cut);
	if (r->divergence)
		paragraph(t, NULL, "✗ ", "  ", "here evidence and expectation part");
	if (*r->mark && r->kind == SCENE_PACKET)
		paragraph(t, NULL, goes_right(r) || !t->lifelines ? "  └ " : "      └ ", "    ",
		          r->mark);
}

static void words_row(struct sheet *t, const struct scene_row *r)
{
	struct buf b = {0}, cut = {0};
	bool right = t->lifelines && r->host == 1;
	const char *sign = r->failed || r->divergence ? "✗ " : r->host == SCENE_NOBODY ? "· " : "";

	buf_str(&b, sign);
	if (!t->lifelines && r->host >= 0 && strcmp(t->s->hosts[r->host], r->who) != 0)
		buf_printf(&b, "%s ", t->s->hosts[r->host]);
	if (*r->who && r->kind != SCENE_NOTE)
		buf_printf(&b, "%s ", r->who);
	if (r->kind == SCENE_OUTPUT || r->kind == SCENE_INPUT)
		buf_printf(&b, "%s \"",
		           r->kind == SCENE_INPUT ? "reads"
		           : *r->mark             ? r->mark
		                                  : "prints");
	buf_str(&b, r->words);
	if (r->kind == SCENE_OUTPUT || r->kind == SCENE_INPUT)
		buf_str(&b, "\"");
	if (r->kind == SCENE_VERDICT) {
		paragraph(t, r, "✗ ", "  ", r->words);
	} else if (right) {
		text_cut(&cut, buf_text(&b), INNER);
		line(t, r, "", " ", buf_text(&cut));
	} else {
		text_cut(&cut, buf_text(&b), INNER);
		line(t, r, buf_text(&cut), " ", "");
	}
	buf_free(&b);
	buf_free(&cut);
}

static void run(struct sheet *t, const struct scene_row *r)
{
	struct buf b = {0};
	char numbers[48];

	buf_printf(&b, "⋮ ");
	if (r->packets > 0)
		buf_printf(&b, "%zu packet%s #%s", r->packets, r->packets == 1 ? "" : "s",
		           drawing_numbers(r, numbers));
	if (r->steps > 0)
		buf_printf(&b, "%s%zu step%s", r->packets ? " and " : "", r->steps,
		           r->steps == 1 ? "" : "s");
	buf_str(&b, " in ");
	text_ns(&b, r->took);
	line(t, r, buf_text(&b), " ", "");
	buf_free(&b);
	paragraph(t, NULL, "  ", "  ", r->words);
}

/* What becomes of the states in this row: the left host's on the left. Derived ones in brackets. */
static void changes(struct sheet *t, size_t row, size_t *next)
{
	const struct scene *s = t->s;
	struct buf side[2] = {{0}};

	for (; *next < s->change_count && s->changes[*next].row == row; ++*next) {
		const struct scene_change *c = &s->changes[*next];
		const struct scene_end *e = c->end >= 0 ? &s->ends[c->end] : NULL;
		struct buf *b = &side[e && t->lifelines && e->host == 1];

		if (c->asked)
			continue;
		buf_printf(b, "%s", b->len ? " " : "");
		if (!t->lifelines && e && e->host >= 0)
			buf_printf(b, "%s ", s->hosts[e->host]);
		if (s->flow_count > 1 && e)
			buf_printf(b, "%d ", e->flow + 1);
		buf_printf(b, "[%s]", c->state);
	}
	if (side[0].len + side[1].len > 0)
		line(t, NULL, buf_text(&side[0]), " ", buf_text(&side[1]));
	buf_free(&side[0]);
	buf_free(&side[1]);
}

/* The table of flows: numbers in columns, so that none is ever cut. */
enum { FLOW, PACKETS, DATA_OUT, DATA_BACK, AGAIN, ENDED, CELLS };
#define CELL 24

/* The row of flow @number from 1; 0: the head. */
static void fill(const struct scene *s, size_t number, char cell[CELLS][CELL])
{
	static const char *const titles[CELLS] = {"FLOW",  "PACKETS", "DATA>",
	                                          "<DATA", "RETR",    "ENDED"};
	const struct scene_flow *f = number > 0 ? &s->flows[number - 1] : NULL;

	for (int c = 0; !f && c < CELLS; c++)
		snprintf(cell[c], CELL, "%s", titles[c]);
	if (!f)
		return;
	snprintf(cell[FLOW], CELL, "%zu", number);
	snprintf(cell[PACKETS], CELL, "%" PRIu64, f->packets);
	snprintf(cell[DATA_OUT], CELL, "%" PRIu64, f->bytes[0]);
	snprintf(cell[DATA_BACK], CELL, "%" PRIu64, f->bytes[1]);
	snprintf(cell[AGAIN], CELL, "%" PRIu64, f->retransmitted);
	snprintf(cell[ENDED], CELL, "%s", *f->ended ? f->ended : "-");
}

/* Who speaks to whom: behind the numbers, or below them where there is no room. */
static void ends(struct sheet *t, const char *name, size_t used)
{
	const char *to = strstr(name, " > ");

	if (used + text_width(name) > 80) {
		add_end(t->out);
		buf_str(t->out, "      ");
		used = 6;
	}
	if (used + text_width(name) > 80 && to) {
		buf_add(t->out, name, (size_t)(to - name));
		buf_str(t->out, "\n     ");
		used = 5;
		name = to;
	}
	text_cut(t->out, name, 80 - used);
	buf_str(t->out, "\n");
}

static void flows(struct sheet *t)
{
	const struct scene *s = t->s;
	char cell[CELLS][CELL];
	int width[CELLS] = {0};

	if (s->flow_count == 0)
		return;
	for (size_t i = 0; i <= s->flow_count; i++) {
		fill(s, i, cell);
		for (int c = 0; c < CELLS; c++) {
			int w = (int)strlen(cell[c]);

			width[c] = w > width[c] ? w : width[c];
		}
	}
	for (size_t i = 0; i <= s->flow_count; i++) {
		size_t used = 0;

		fill(s, i, cell);
		for (int c = 0; c < CELLS; c++) {
			buf_printf(t->out, c == ENDED ? "%-*s  " : "%*s  ", width[c], cell[c]);
			used += (size_t)width[c] + 2;
		}
		ends(t, i > 0 ? s->flows[i - 1].name : "WHO", used);
	}
	buf_str(t->out, "\n");
}

static void head(struct sheet *t)
{
	const struct scene *s = t->s;
	struct buf left = {0}, right = {0};

	text_cut(t->out, s->title, 80);
	buf_str(t->out, "\n");
	text_cut(t->out, s->sentence, 80);
	buf_str(t->out, "\n\n");
	flows(t);
	if (!t->lifelines)
		return;
	text_cut(&left, s->host_count > 0 ? s->hosts[0] : "", 25);
	text_cut(&right, s->host_count > 1 ? s->hosts[1] : "", 25);
	buf_printf(t->out, "%18s%s", "", buf_text(&left));
	repeat(t->out, " ", INNER + 4 - text_width(buf_text(&left)) - text_width(buf_text(&right)));
	buf_str(t->out, buf_text(&right));
	add_end(t->out);
	buf_free(&left);
	buf_free(&right);
}

void ladder_text(const struct scene *s, struct buf *out)
{
	struct sheet t = {.s = s, .out = out, .lifelines = s->host_count <= 2};
	size_t change = 0;
	bool derived = false;

	head(&t);
	for (size_t i = 0; i < s->row_count; i++) {
		const struct scene_row *r = &s->rows[i];

		if (r->kind == SCENE_PACKET || r->kind == SCENE_ARRIVAL)
			packet(&t, r);
		else if (r->kind == SCENE_RUN)
			run(&t, r);
		else
			words_row(&t, r);
		changes(&t, i, &change);
	}
	for (size_t i = 0; i < s->change_count; i++)
		derived = derived || !s->changes[i].asked;
	if (derived)
		buf_str(out,
		        "\n[STATE] is derived from the packets as in RFC 9293; a state without "
		        "brackets was\nasked of the kernel.\n");
	if (s->kernel_times)
		buf_printf(
		    out,
		    "%sA packet's time is when it came onto the link; capture.pcapng has when "
		    "the\nsender's kernel saw it.\n",
		    derived ? "" : "\n");
	if (s->calls_left_out > 0)
		buf_printf(out, "%zu calls before a program's first socket are left out.\n",
		           s->calls_left_out);
}
