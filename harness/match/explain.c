/* SPDX-License-Identifier: MIT */
/*
 * explain.c - a walk in words: one line that points, and a table with the pattern on the left and
 * the packets on the right
 */
#include "base/text.h"
#include "match/bytes.h"
#include "match/walk.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH       110 /* columns of the table */
#define LEFT_WIDTH  46  /* of the pattern's column, at most */
#define ALL_ROWS    40  /* so many rows are shown all */
#define HEAD_ROWS   4   /* of more rows: the first, */
#define BEFORE_ROWS 20  /* those before the parting, */
#define BEHIND_ROWS 8   /* and those behind it */

/* One row of the table, in words. */
struct cells {
	const char *mark;
	size_t line; /* index or NO_LINE */
	char *left;
	int64_t packet; /* 0: none */
	char *right;
	char *tail; /* of the right side: never cut; or NULL */
};

struct table {
	struct cells *rows;
	size_t count;
	size_t parting; /* index of the row that is marked "≠" */
	int64_t *shown; /* for each line of the pattern: the packet that it was last shown with; 0:
	                   not yet */
};

static const struct pattern_line *line_at(const struct walk *w, size_t line)
{
	return &w->pattern->lines[line];
}

/* "client > server R. ack 1": timeline_packet_text() with single blanks */
static void put_packet(const struct walk *w, int64_t number, struct buf *out)
{
	struct buf text = {0};

	timeline_packet_text(w->tl, timeline_packet(w->tl, number), false, &text);
	char *gap = strstr(buf_text(&text), "  ");
	buf_add(out, text.p, gap ? (size_t)(gap - text.p) : text.len);
	if (gap)
		buf_str(out, gap + 1);
	buf_free(&text);
}

static const char *by_nature(const struct flow_note *n)
{
	return n->retransmission  ? " (retransmission)"
	       : n->window_probe  ? " (window probe)"
	       : n->keepalive     ? " (keepalive)"
	       : n->window_update ? " (window update)"
	       : n->duplicate_ack ? " (duplicate ACK)"
	                          : "";
}

static char *right_text(const struct walk *w, const struct row *row, bool again)
{
	struct buf out = {0};

	if (again)
		return mem_text("(the same packet)");
	timeline_packet_text(w->tl, timeline_packet(w->tl, row->packet), false, &out);
	return buf_take(&out);
}

/* What a reader must know of the packet besides: that it was sent before, that it never arrived. */
static char *tail_text(const struct walk *w, const struct row *row, bool again)
{
	const struct timeline_packet *p = timeline_packet(w->tl, row->packet);
	bool lost = p->fate != FATE_DELIVERED && p->fate != FATE_WAITING;

	if (again)
		return NULL;
	return mem_printf("%s%s%s%s", by_nature(&p->note), lost ? " [" : "",
	                  lost ? packet_fate_text(p->fate) : "", lost ? "]" : "");
}

static void add_cells(struct table *t, struct cells cells)
{
	MEM_ROOM(t->rows, t->count);
	t->rows[t->count++] = cells;
}

/* The left side of a row: the line's words, or that it goes on. */
static char *left_text(const struct walk *w, struct table *t, const struct row *row)
{
	if (row->line == NO_LINE)
		return mem_text(row->mark == ROW_PARTS ? "(nothing more)" : "");
	bool first = t->shown[row->line] == 0;
	t->shown[row->line] = row->packet;
	return mem_text(first ? line_at(w, row->line)->text : "  (goes on)");
}

/* Packets that waited beyond a hole were walked later: back into the order of their numbers. */
static struct row *sorted_rows(const struct walk *w)
{
	struct row *rows = mem_zero(w->row_count, sizeof *rows);

	if (w->row_count)
		memcpy(rows, w->rows, w->row_count * sizeof *rows);
	/* all but sorted: insertion, which keeps the rows of one packet in their order */
	for (size_t i = 1; i < w->row_count; i++) {
		struct row row = rows[i];
		size_t k = i;
		for (; k > 0 && rows[k - 1].packet > row.packet; k--)
			rows[k] = rows[k - 1];
		rows[k] = row;
	}
	return rows;
}

static void add_packets(const struct walk *w, struct table *t)
{
	static const char *const marks[] = {"=", "·", "≠", " "};
	struct row *rows = sorted_rows(w);

	for (size_t i = 0; i < w->row_count; i++) {
		const struct row *row = &rows[i];
		bool again = i > 0 && rows[i - 1].packet == row->packet;
		if (row->mark == ROW_PARTS)
			t->parting = t->count;
		add_cells(t, (struct cells){marks[row->mark], row->line, left_text(w, t, row),
		                            row->packet, right_text(w, row, again),
		                            tail_text(w, row, again)});
	}
	free(rows);
}

/* Lines that no packet satisfied, at the end. */
static void add_missing(const struct walk *w, struct table *t)
{
	bool pointed = w->parts_packet != 0;

	for (size_t i = 0; i < w->pattern->count; i++) {
		const struct progress *pr = &w->progress[i];
		if (pr->done || line_at(w, i)->optional || i == w->parts_line)
			continue;
		bool compared = !walk_lane_of(w, i)->parted;
		struct buf right = {0};
		if (!compared)
			buf_str(&right, "(not compared)");
		else if (pr->bytes)
			buf_printf(&right, "(nothing more: %" PRIu64 " bytes came)", pr->bytes);
		else if (pr->taken)
			buf_printf(&right, "(nothing more: %d of %d came)", pr->taken,
			           line_at(w, i)->times);
		else
			buf_str(&right, "(nothing)");
		bool points = compared && !pointed;
		if (points)
			t->parting = t->count;
		pointed = pointed || points;
		const char *left = t->shown[i] ? "  (goes on)" : line_at(w, i)->text;
		add_cells(t, (struct cells){points ? "≠" : " ", i, mem_text(left), 0,
		                            buf_take(&right), NULL});
	}
}

static bool is_shown(const struct table *t, size_t row)
{
	if (t->count <= ALL_ROWS || row < HEAD_ROWS)
		return true;
	return row + BEFORE_ROWS >= t->parting && row <= t->parting + BEHIND_ROWS;
}

static void put_row(const struct walk *w, const struct cells *c, size_t left, struct buf *out)
{
	buf_printf(out, "%s ", c->mark);
	if (c->line == NO_LINE)
		buf_str(out, "   ");
	else
		buf_printf(out, "%3d", line_at(w, c->line)->number);
	buf_str(out, " ");
	bytes_column(out, c->left, left, true);
	if (c->packet)
		buf_printf(out, "  %4" PRId64 " ", c->packet);
	else
		buf_str(out, "       ");
	const char *tail = c->tail ? c->tail : "";
	bytes_column(out, c->right, WIDTH - left - 13 - text_width(tail), false);
	buf_str(out, tail);
}

static void put_table(const struct walk *w, const struct table *t, struct buf *out)
{
	size_t left = 8, hidden = 0;

	for (size_t i = 0; i < t->count; i++)
		if (is_shown(t, i) && text_width(t->rows[i].left) > left)
			left = text_width(t->rows[i].left);
	if (left > LEFT_WIDTH)
		left = LEFT_WIDTH;
	buf_printf(out, "      %-*s       found", (int)left, "expected");
	for (size_t i = 0; i < t->count; i++) {
		hidden += !is_shown(t, i);
		if (!is_shown(t, i) && i + 1 < t->count)
			continue;
		if (hidden)
			buf_printf(out, "\n⋮     (%zu rows)", hidden);
		hidden = 0;
		if (!is_shown(t, i))
			continue;
		buf_str(out, "\n");
		put_row(w, &t->rows[i], left, out);
	}
}

/* Expected and actual bytes around the first that differs. */
static void put_bytes(const struct walk *w, struct buf *out)
{
	const struct misfit *m = &w->misfit;
	const struct pattern_line *l = line_at(w, w->parts_line);
	const struct timeline_packet *p = timeline_packet(w->tl, w->parts_packet);
	const uint8_t *payload = p->packet.data + p->packet.payload_off;
	struct buf actual = {0};
	size_t at = m->at; /* in the packet's payload */

	if (l->kind == LINE_DATA) {
		/* what came before is what was expected; then the rest, from its first byte that
		 * differs */
		size_t had = (size_t)w->progress[w->parts_line].bytes;
		buf_add(&actual, l->payload.p, had);
		buf_add(&actual, w->rest, w->rest_len);
		at = (size_t)(w->rest - payload) + (m->at - had);
	} else {
		buf_add(&actual, payload, p->packet.payload_len);
	}
	buf_printf(out, "\n\nThey part at byte %zu of line %d: ", m->at + 1, l->number);
	if (p->packet.protocol == IPPROTO_TCP)
		buf_printf(out, "byte %" PRIu64 " of what %s sent, ",
		           p->note.seq + !!(p->packet.tcp.flags & TCP_SYN) + at,
		           timeline_src(w->tl, p));
	buf_printf(out, "byte %zu of packet %" PRId64 "'s payload\n", at + 1, p->number);
	bytes_beside(out, l->payload.p, l->payload.len, actual.p, actual.len, m->at);
	buf_free(&actual);
}

/* Of a line that nothing satisfied: what came nearest. Not in the reason: how many ACKs there were
 * before, and so its number, is the kernel's luck. */
static void put_nearest(const struct walk *w, size_t line, struct buf *out)
{
	const struct progress *pr = &w->progress[line];
	const struct lane *lane = walk_lane_of(w, line);
	const char *whose = w->rule == WALK_EXACTLY ? "packet" : "packet of that direction";

	if (pr->passed) {
		buf_printf(out, "Line %d: %s.", line_at(w, line)->number, pr->passed);
	} else if (lane->last) {
		buf_printf(out, "The last %s was packet %" PRId64 ": ", whose, lane->last);
		put_packet(w, lane->last, out);
	} else {
		buf_printf(out, "No %s came.", whose);
	}
}

static char *explanation(const struct walk *w)
{
	struct table t = {.shown = mem_zero(w->pattern->count, sizeof *t.shown)};
	struct buf out = {0};

	add_packets(w, &t);
	add_missing(w, &t);
	put_table(w, &t, &out);
	if (w->misfit.bytes)
		put_bytes(w, &out);
	if (!w->parts_packet) {
		buf_str(&out, "\n\n");
		put_nearest(w, walk_missing(w), &out);
	}
	for (size_t i = 0; i < t.count; i++) {
		free(t.rows[i].left);
		free(t.rows[i].right);
		free(t.rows[i].tail);
	}
	free(t.rows);
	free(t.shown);
	return buf_take(&out);
}

static void put_line_of_pattern(const struct walk *w, size_t line, struct buf *out)
{
	buf_printf(out, " (line %d of the pattern)", line_at(w, line)->number);
}

static void put_parting(const struct walk *w, struct buf *out)
{
	const struct timeline_packet *p = timeline_packet(w->tl, w->parts_packet);
	const struct misfit *m = &w->misfit;
	char kind[48];

	buf_printf(out, "packet %" PRId64 ": ", p->number);
	if (w->parts_line == NO_LINE && m->found.len == 0) {
		put_packet(w, p->number, out);
		if (!w->left_over)
			buf_str(out, " where nothing more was expected");
		else if (w->rest_len)
			buf_printf(out, " carries %zu byte%s more than the pattern names",
			           w->rest_len, w->rest_len == 1 ? "" : "s");
		else
			buf_printf(out, " carries a %s that no line names",
			           p->packet.tcp.flags & TCP_RST ? "RST" : "FIN");
		return;
	}
	buf_printf(out, "%s > %s ", timeline_src(w->tl, p), timeline_dst(w->tl, p));
	if (m->wanted.len == 0)
		buf_printf(out, "%s ", packet_kind_text(&p->packet, kind));
	buf_str(out, buf_text(&m->found));
	if (m->wanted.len)
		buf_printf(out, " where %s was expected", buf_text(&m->wanted));
	if (w->parts_line != NO_LINE)
		put_line_of_pattern(w, w->parts_line, out);
	/* nobody's, by its address: the wire knows whose it is */
	if (p->cause && strcmp(timeline_src(w->tl, p), "?") == 0)
		buf_printf(out, "; %s", p->cause);
}

static void put_missing(const struct walk *w, size_t line, struct buf *out)
{
	const struct pattern_line *l = line_at(w, line);
	const struct progress *pr = &w->progress[line];

	bytes_column(out, l->text, 60, false);
	if (pr->bytes)
		buf_printf(out, " came only in part, %" PRIu64 " of %" PRIu64 " bytes", pr->bytes,
		           l->any_bytes ? l->value[KEY_LEN] : (uint64_t)l->payload.len);
	else if (pr->taken)
		buf_printf(out, " came %d of %d times", pr->taken, l->times);
	else
		buf_str(out, " never came");
	put_line_of_pattern(w, line, out);
}

static void put_stranger(const struct walk *w, struct buf *out)
{
	const struct pattern_line *l = line_at(w, w->stranger);

	bytes_column(out, l->text, 60, false);
	buf_printf(out, " speaks of other hosts than this flow, which is between %s and %s",
	           w->side[0], w->side[1]);
	put_line_of_pattern(w, w->stranger, out);
}

void walk_explain(const struct walk *w, struct finding *f)
{
	struct buf reason = {0};
	size_t line = w->parts_line;

	if (w->stranger != NO_LINE) {
		line = w->stranger;
		put_stranger(w, &reason);
		f->explanation = mem_text(buf_text(&reason));
	} else if (w->parts_packet) {
		put_parting(w, &reason);
	} else {
		line = walk_missing(w);
		put_missing(w, line, &reason);
	}
	f->reason = buf_take(&reason);
	if (!f->explanation)
		f->explanation = explanation(w);
	f->packet = w->parts_packet;
	f->pattern_line = line == NO_LINE ? 0 : line_at(w, line)->number;
}
