/* SPDX-License-Identifier: MIT */
/*
 * ladder_mermaid.c - a scene as a Mermaid sequenceDiagram
 *
 * Participants are h0, h1, …, and w, the wire, where it made packets itself. What a text may not
 * hold there is written as an entity: "#35;" (mermaid.js.org/syntax/sequenceDiagram.html).
 */
#include "base/mem.h"
#include "base/text.h"
#include "report/drawing_own.h"
#include <inttypes.h>
#include <string.h>

static void put(struct buf *out, const char *s)
{
	for (; *s; s++) {
		/* ";" ends a statement, "%%" begins a comment, "<" may become a tag */
		if (strchr("#;<>&%{}\"`\\[]()", *s))
			buf_printf(out, "#%d;", *s);
		else
			buf_add(out, s, 1);
	}
}

static void put_cut(struct buf *out, const char *s)
{
	struct buf b = {0};

	text_cut(&b, s, 90);
	put(out, buf_text(&b));
	buf_free(&b);
}

static void put_host(struct buf *out, int host)
{
	if (host < 0)
		buf_str(out, "w");
	else
		buf_printf(out, "h%d", host);
}

static void packet(const struct scene *s, const struct scene_row *r, struct buf *out)
{
	bool lost = r->arrow == ARROW_LOST || r->arrow == ARROW_LOST_LATER;
	bool waits = r->arrow == ARROW_LEAVES || r->arrow == ARROW_KEPT;
	struct buf words = {0};

	buf_str(out, "    ");
	put_host(out, r->from);
	buf_str(out, lost ? "--x" : waits ? "--)" : r->arrow == ARROW_ARRIVES ? "-->>" : "->>");
	put_host(out, r->to);
	buf_printf(&words, "#%" PRId64 " ", r->first);
	drawing_flow(s, r, &words);
	buf_printf(&words, "%s%s", r->kind == SCENE_ARRIVAL ? lost ? "is lost: " : "arrives: " : "",
	           r->words);
	if (*r->mark && r->kind == SCENE_PACKET)
		buf_printf(&words, " -- %s", r->mark);
	buf_str(out, ": ");
	put_cut(out, buf_text(&words));
	buf_str(out, "\n");
	if (r->divergence)
		buf_str(out, "    Note over h0: here evidence and expectation part\n");
	buf_free(&words);
}

static void note(const struct scene *s, const struct scene_row *r, struct buf *out)
{
	struct buf words = {0};
	char numbers[48];

	if (r->kind == SCENE_RUN && r->packets > 0)
		buf_printf(&words, "%zu packet%s #%s: ", r->packets, r->packets == 1 ? "" : "s",
		           drawing_numbers(r, numbers));
	if (*r->who && r->kind != SCENE_NOTE)
		buf_printf(&words, "%s: ", r->who);
	buf_str(&words, r->words);
	buf_str(out, "    Note over ");
	if (r->host < 0 && s->host_count > 1)
		buf_printf(out, "h0,h%zu", s->host_count - 1);
	else
		put_host(out, r->host < 0 ? 0 : r->host);
	buf_printf(out, ": %s", r->failed ? "✗ " : "");
	put_cut(out, buf_text(&words));
	buf_str(out, "\n");
	buf_free(&words);
}

static void change(const struct scene *s, const struct scene_change *c, struct buf *out)
{
	const struct scene_end *e = c->end >= 0 ? &s->ends[c->end] : NULL;

	if (!e || c->asked || e->host < 0)
		return;
	buf_printf(out, "    Note %s of h%d: ", e->host == 0 ? "left" : "right", e->host);
	if (s->flow_count > 1)
		buf_printf(out, "%d ", e->flow + 1);
	put(out, c->state);
	buf_str(out, " (derived)\n");
}

void ladder_mermaid(const struct scene *s, struct buf *out)
{
	bool wire = s->host_count == 0;
	size_t next = 0;

	for (size_t i = 0; i < s->row_count; i++)
		wire = wire || (s->rows[i].first > 0 && s->rows[i].kind != SCENE_RUN &&
		                (s->rows[i].from < 0 || s->rows[i].to < 0));
	buf_str(out, "sequenceDiagram\n");
	for (size_t i = 0; i < s->host_count; i++) {
		buf_printf(out, "    participant h%zu as ", i);
		put(out, s->hosts[i]);
		buf_str(out, "\n");
		if (i == 0 && wire)
			buf_str(out, "    participant w as the wire\n");
	}
	for (size_t i = 0; i < s->row_count; i++) {
		const struct scene_row *r = &s->rows[i];

		if (r->kind == SCENE_PACKET || r->kind == SCENE_ARRIVAL)
			packet(s, r, out);
		else if (s->host_count > 0)
			note(s, r, out);
		for (; next < s->change_count && s->changes[next].row == i; next++)
			change(s, &s->changes[next], out);
	}
}
