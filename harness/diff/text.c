/* SPDX-License-Identifier: MIT */
/* text.c - a comparison for people: where they part first, side by side, and what differs behind */
#include "base/text.h"
#include "diff/diff_own.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Rows shown before and behind the first that parts. */
#define ROWS_BEFORE 8
#define ROWS_BEHIND 8
#define ITEMS_SHOWN 20

/* @s in exactly @columns. */
static void fit(struct buf *out, const char *s, size_t columns)
{
	text_cut(out, s, columns);
	for (size_t width = text_width(s); width < columns; width++)
		buf_str(out, " ");
}

static void trim(struct buf *out)
{
	while (out->len > 0 && out->p[out->len - 1] == ' ')
		out->p[--out->len] = '\0';
}

static void put_source(const struct diff *d, int side, struct buf *out)
{
	const struct diff_source *s = d->source[side];
	char *verdict = diff_verdict(s);

	buf_printf(out, "%s  %s", side == 0 ? "A" : "B", s->name);
	if (s->kind == SOURCE_CASE) {
		buf_str(out, "  ");
		case_evidence_name(&s->evidence, out);
	} else {
		buf_printf(out, "  (%s", s->kind == SOURCE_REFERENCE ? "reference" : "capture");
		if (diff_source_is_cut(s))
			buf_printf(out,
			           ", the first %" PRId64 " of %" PRId64
			           " packets: none are compared",
			           timeline_packets(s->evidence.timeline), s->packets);
		if (s->left_out > 0)
			buf_printf(out, ", %" PRId64 " frame%s without IP left out", s->left_out,
			           s->left_out == 1 ? "" : "s");
		buf_str(out, ")");
	}
	if (*verdict) {
		buf_str(out, ": ");
		text_one_line(out, verdict, strlen(verdict));
	}
	buf_str(out, "\n");
	free(verdict);
}

static void put_facts(const struct diff *d, struct buf *out)
{
	for (size_t i = 0; i < d->fact_count; i++) {
		const struct diff_fact *f = &d->facts[i];

		buf_printf(out, "   %s: %s ≠ %s\n", f->name, f->value[0] ? f->value[0] : "-",
		           f->value[1] ? f->value[1] : "-");
	}
}

/* "packet 4 in A, packet 5 in B, behind line 12: c: send("x") = 1" */
static void put_place(const struct diff_item *item, struct buf *out)
{
	const struct diff_place *step = item->side[0].step ? &item->side[0] : &item->side[1];
	const char *gap = "";

	for (int side = 0; side < 2; side++) {
		if (item->side[side].packet == 0)
			continue;
		buf_printf(out, "%spacket %" PRId64 " in %s", gap, item->side[side].packet,
		           side == 0 ? "A" : "B");
		gap = ", ";
	}
	if (step->step)
		buf_printf(out, "%s%sline %d: %s", gap, item->side[0].packet ? "behind " : "",
		           step->line, step->step);
	else if (!*gap)
		buf_str(out, "no packet of its own");
}

static void put_halves(const char *a, const char *b, const char *between, size_t columns,
                       struct buf *out)
{
	size_t half = (columns - 6) / 2;

	buf_str(out, " ");
	fit(out, a ? a : "", half);
	buf_printf(out, " %s ", between);
	fit(out, b ? b : "", half);
	trim(out);
	buf_str(out, "\n");
}

static char *half_of(const struct diff *d, int side, int64_t number)
{
	char *words, *line;

	if (number == 0)
		return mem_text("");
	words = diff_packet_words(d->source[side], number, false);
	line = mem_printf("%3" PRId64 " %s", number, words);
	free(words);
	return line;
}

static void put_row(const struct diff *d, const struct diff_row *row, bool first, size_t columns,
                    struct buf *out)
{
	char *a = half_of(d, 0, row->packet[0]), *b = half_of(d, 1, row->packet[1]);

	put_halves(a, b, first ? "≠" : row->parts ? "x" : row->kinds ? "~" : "│", columns, out);
	free(a);
	free(b);
}

/* The first row that parts, of those that hold one of @item's packets if it has any. */
static size_t row_of(const struct diff_conversation *v, const struct diff_item *item)
{
	for (size_t i = 0; i < v->row_count; i++) {
		for (int side = 0; side < 2; side++) {
			if (item->side[side].packet > 0 &&
			    v->rows[i].packet[side] == item->side[side].packet)
				return i;
		}
	}
	return 0;
}

static void put_rows(const struct diff *d, const struct diff_item *item,
                     const struct diff_look *look, struct buf *out)
{
	const struct diff_conversation *v = &d->conversations[item->conversation];
	size_t at = row_of(v, item);
	size_t begin = look->all || at < ROWS_BEFORE ? 0 : at - ROWS_BEFORE;
	size_t end =
	    look->all || v->row_count - at <= ROWS_BEHIND ? v->row_count : at + ROWS_BEHIND;

	buf_printf(out, "\n%s%s\n", v->name,
	           v->flow[0] || v->flow[1] ? "   (> from the opener)" : "");
	put_halves("  A", "  B", "│", look->columns, out);
	if (begin > 0)
		buf_printf(out, "   … %zu before\n", begin);
	for (size_t i = begin; i < end; i++)
		put_row(d, &v->rows[i], i == at, look->columns, out);
	if (end < v->row_count)
		buf_printf(out, "   … %zu behind\n", v->row_count - end);
}

static void put_item(const struct diff *d, const struct diff_item *item, struct buf *out)
{
	buf_printf(out, "  %-14s ", diff_kind_text(item->kind));
	for (int side = 0; side < 2; side++) {
		if (item->side[side].packet > 0)
			buf_printf(out, "%s%" PRId64 " ", side == 0 ? "A " : "B ",
			           item->side[side].packet);
	}
	if (item->conversation >= 0 && d->conversation_count > 1)
		buf_printf(out, "%s: ", d->conversations[item->conversation].name);
	buf_printf(out, "%s\n", item->words);
	if (item->conversation >= 0)
		return;
	for (int side = 0; side < 2; side++) {
		if (item->side[side].words)
			buf_printf(out, "                   %s %s\n", side == 0 ? "A" : "B",
			           item->side[side].words);
	}
}

/* All that part, or all in manner; @but: not that one. */
static void put_items(const struct diff *d, bool parts, int but, bool all, struct buf *out)
{
	size_t shown = 0, told = 0, count = 0;

	for (size_t i = 0; i < DIFF_KINDS; i++)
		count += d->count[i][parts];
	for (size_t i = 0; i < d->item_count; i++) {
		if (d->items[i].parts != parts)
			continue;
		told++;
		if ((int)i == but || (!all && shown >= ITEMS_SHOWN))
			continue;
		put_item(d, &d->items[i], out);
		shown++;
	}
	count -= but >= 0 && told > 0;
	if (count > shown)
		buf_printf(out, "  … and %zu more%s\n", count - shown,
		           all ? "" : "; --all lists them");
}

static void put_counts(const struct diff *d, struct buf *out)
{
	const char *gap = "\nin manner only: ";

	for (size_t i = 0; i < DIFF_KINDS; i++) {
		if (d->count[i][0] == 0)
			continue;
		buf_printf(out, "%s%s %zu", gap, diff_kind_text((enum diff_kind)i), d->count[i][0]);
		gap = ", ";
	}
	if (*gap == ',')
		buf_str(out, "\n");
}

static size_t those_behind(const struct diff *d)
{
	size_t count = 0;

	for (size_t i = 0; i < DIFF_KINDS; i++)
		count += d->count[i][1];
	return count > 0 ? count - 1 : 0;
}

static void put_first(const struct diff *d, const struct diff_look *look, struct buf *out)
{
	const struct diff_item *item = &d->items[d->first];

	buf_printf(out, "\nthey part first in %s: ", diff_kind_text(item->kind));
	put_place(item, out);
	buf_printf(out, "\n  %s\n", item->words);
	if (item->conversation >= 0) {
		put_rows(d, item, look, out);
	} else if (item->side[0].words || item->side[1].words) {
		buf_printf(out, "  A: %s\n  B: %s\n",
		           item->side[0].words ? item->side[0].words : "-",
		           item->side[1].words ? item->side[1].words : "-");
	}
	if (those_behind(d) == 0)
		return;
	buf_printf(out, "\nbehind it:\n");
	put_items(d, true, d->first, look->all, out);
}

void diff_text(const struct diff *d, const struct diff_look *look, struct buf *out)
{
	put_source(d, 0, out);
	put_source(d, 1, out);
	put_facts(d, out);
	if (d->first >= 0)
		put_first(d, look, out);
	else
		buf_printf(out,
		           "\nthey mean the same: %zu conversation%s, %" PRId64
		           " packet%s in A, %" PRId64 " in B\n",
		           d->conversation_count, d->conversation_count == 1 ? "" : "s",
		           timeline_sealed_packets(d->source[0]->evidence.timeline),
		           timeline_sealed_packets(d->source[0]->evidence.timeline) == 1 ? "" : "s",
		           timeline_sealed_packets(d->source[1]->evidence.timeline));
	put_counts(d, out);
	if (look->all)
		put_items(d, false, -1, true, out);
}
