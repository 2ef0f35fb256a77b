/* SPDX-License-Identifier: MIT */
/*
 * ladder.c - see ladder.h
 *
 * Two lifelines, the opener's on the left; a row is a packet or a run of bytes:
 *
 *   client                          server:7
 *     │ data "hello" ─────────────────▶ │
 *     │ ◀───────────────── data "hello" │
 */
#include "evidence/ladder.h"
#include "base/text.h"
#include "evidence/trace.h"
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define BETWEEN 56 /* columns from one lifeline to the other */
#define WORDS   (BETWEEN - 8)
#define LITERAL 32 /* bytes that are shown as they are */

struct ladder {
	const struct trace *trace;
	struct buf *out;
	size_t rows;
};

static void repeat(struct buf *out, const char *s, size_t times)
{
	while (times-- > 0)
		buf_str(out, s);
}

static void row(struct ladder *l, bool right, const char *words)
{
	struct buf text = {0};
	size_t dashes;

	if (++l->rows > LADDER_ROWS)
		return;
	text_cut(&text, words, WORDS);
	dashes = BETWEEN - 4 - text_width(buf_text(&text));
	if (right) {
		buf_printf(l->out, "  │ %s ", buf_text(&text));
		repeat(l->out, "─", dashes);
		buf_str(l->out, "▶ │\n");
	} else {
		buf_str(l->out, "  │ ◀");
		repeat(l->out, "─", dashes);
		buf_printf(l->out, " %s │\n", buf_text(&text));
	}
	buf_free(&text);
}

/* "client > server S ack 1": who speaks, and what. */
static void script_row(struct ladder *l, const char *left, const char *text)
{
	const char *arrow = strstr(text, " > "), *words;

	if (!arrow)
		return;
	words = strchr(arrow + 3, ' ');
	row(l, (size_t)(arrow - text) == strlen(left) && strncmp(text, left, strlen(left)) == 0,
	    words ? words + 1 : "");
}

static bool plain(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isprint((unsigned char)p[i]) || p[i] == '"' || p[i] == '\\')
			return false;
	}
	return len > 0 && len <= LITERAL;
}

static void bytes_row(struct ladder *l, bool right, const char *what, const void *p, size_t len)
{
	struct buf b = {0};

	if (plain(p, len))
		buf_printf(&b, "%s \"%.*s\"", what, (int)len, (const char *)p);
	else
		buf_printf(&b, "%s, %zu byte%s", what, len, len == 1 ? "" : "s");
	row(l, right, buf_text(&b));
	buf_free(&b);
}

static void data_row(struct ladder *l, const struct trace_flow *f, int dir)
{
	const struct buf *bytes = &f->side[dir].data.stream;

	if (bytes->len == 0)
		return;
	/* how much of it a reset let arrive is luck */
	if (trace_broken(f))
		row(l, dir == 0, "data");
	else
		bytes_row(l, dir == 0, "data", bytes->p, bytes->len);
}

/* "    client > server  icmp unreachable port" a line */
static void icmp_rows(struct ladder *l, const struct trace_flow *f, int dir)
{
	char *copy = mem_text(buf_text(&f->side[dir].icmp)), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		char *words = strstr(line, "icmp");

		if (words)
			row(l, dir == 0, words);
	}
	free(copy);
}

static void tcp_rows(struct ladder *l, const struct trace_flow *f)
{
	for (int dir = 0; dir < 2; dir++) {
		if (f->side[dir].syn)
			row(l, dir == 0, dir == 0 ? "S" : "S.");
	}
	for (int dir = 0; dir < 2; dir++)
		data_row(l, f, dir);
	for (int dir = 0; dir < 2 && !trace_broken(f); dir++) {
		if (f->side[dir].fin)
			row(l, dir == 0, "F.");
	}
	for (int dir = 0; dir < 2 && !trace_broken(f); dir++) {
		if (f->side[dir].rst)
			row(l, dir == 0, f->side[1].syn ? "R" : "R.");
	}
	if (trace_broken(f) && ++l->rows <= LADDER_ROWS)
		buf_printf(l->out, "  │ %*s │\n", BETWEEN - 2, "reset");
}

static void udp_rows(struct ladder *l, const struct trace_flow *f)
{
	const struct timeline *tl = l->trace->tl;

	for (int dir = 0; dir < 2; dir++) {
		for (int64_t n = 1; n <= timeline_sealed_packets(tl); n++) {
			const struct timeline_packet *p = timeline_packet(tl, n);

			if (p->note.flow == f->flow && p->note.dir == dir &&
			    p->packet.protocol == IPPROTO_UDP)
				bytes_row(l, dir == 0, "udp", p->data + p->packet.payload_off,
				          p->packet.payload_len);
		}
	}
}

static void head(struct ladder *l, size_t index, const char *left, const char *right)
{
	struct buf name = {0}, port = {0};

	if (l->rows >= LADDER_ROWS)
		return;
	trace_port(l->trace, index, 1, &port);
	buf_str(&name, right);
	if (isdigit((unsigned char)buf_text(&port)[0]))
		buf_printf(&name, ":%s", buf_text(&port));
	/* the lifelines stand below the third letter and the last but two */
	buf_printf(l->out, "%s%s%*s\n", l->rows > 0 ? "\n" : "", left,
	           (int)(BETWEEN + 6 - strlen(left)), buf_text(&name));
	buf_free(&name);
	buf_free(&port);
}

static const struct ladder_flow *described(const struct ladder_flow *flows, size_t count, int flow)
{
	for (size_t i = 0; i < count; i++) {
		if (flows[i].flow == flow)
			return &flows[i];
	}
	return NULL;
}

static void draw(struct ladder *l, size_t index, const struct ladder_flow *words)
{
	const struct trace_flow *f = &l->trace->flows[index];
	bool forward = f->first->note.dir == 0;
	const char *src = timeline_src(l->trace->tl, f->first);
	const char *dst = timeline_dst(l->trace->tl, f->first);
	const char *left = forward ? src : dst;

	head(l, index, left, forward ? dst : src);
	for (size_t i = 0; words && i < words->count; i++)
		script_row(l, left, words->rows[i]);
	if (words)
		return;
	if (f->flow->protocol == IPPROTO_TCP)
		tcp_rows(l, f);
	else
		udp_rows(l, f);
	icmp_rows(l, f, 0);
	icmp_rows(l, f, 1);
}

void timeline_ladder(const struct timeline *tl, const struct ladder_flow *flows, size_t count,
                     struct buf *out)
{
	struct trace t = {.tl = tl};
	struct ladder l = {.trace = &t, .out = out};

	trace_flows_collect(&t);
	for (size_t i = 0; i < t.count; i++) {
		const struct ladder_flow *words =
		    described(flows, count, (int)t.flows[i].flow->index);

		if (words || count == 0)
			draw(&l, i, words);
	}
	if (l.rows > LADDER_ROWS)
		buf_printf(out, "  … and %zu more\n", l.rows - LADDER_ROWS);
	trace_flows_free(&t);
}
