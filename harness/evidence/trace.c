/* SPDX-License-Identifier: MIT */
/*
 * trace.c - the normalised trace: the same bytes from every run of a case
 *
 * Theory. Each actor's own doings are in order: the script is one, each side of a flow is one, each
 * stream of a program is one. A program may be several processes or threads that write to one
 * stream: what order their lines come in is the scheduler's luck, so a stream's lines are sorted
 * here (an order that matters is an expectation's to claim). Between actors there is no order but
 * luck, so each has a section of its own, and sections are sorted by what does not depend on time.
 * See trace_flow.c for flows and trace_port.c for ports.
 */
#include "evidence/trace.h"
#include "base/text.h"
#include "evidence/casedir.h"
#include <stdlib.h>
#include <string.h>

/* A flood is told by its digest; nobody reads a trace of megabytes. */
#define OUTPUT_SHOWN 65536u

struct program {
	const char *name;  /* the timeline's */
	struct buf events; /* a line each */
	struct buf output[2];
};

struct programs {
	struct program *list;
	size_t count;
};

static bool is_step(const struct event *e)
{
	switch (e->kind) {
	case EVENT_STEP:
	case EVENT_NOTE:
	case EVENT_VERDICT:
	case EVENT_STATE: /* written when the script asks */
	case EVENT_INPUT:
		return true;
	default:
		return false;
	}
}

static void note_step(struct trace_steps *steps, const struct event *e, const struct buf *out)
{
	for (; steps->at < out->len; steps->at++)
		steps->lines += out->p[steps->at] == '\n';
	MEM_ROOM(steps->list, steps->count);
	steps->list[steps->count++] = (struct trace_step){.line = steps->lines, .event = e->index};
}

static void write_step(const struct trace *t, const struct event *e, struct buf *out)
{
	struct buf line = {0};

	if (e->kind != EVENT_STEP)
		buf_printf(&line, "%s ", event_kind_text(e->kind));
	text_one_line(&line, e->who, strlen(e->who));
	buf_printf(&line, ": %s", e->text);
	if (t->steps)
		note_step(t->steps, e, out);
	buf_str(out, "  ");
	trace_normalise(t, line.p, line.len, out);
	buf_str(out, "\n");
	buf_free(&line);
}

static void write_steps(const struct trace *t, struct buf *out)
{
	int branches = 0;

	for (int b = 0; b <= branches; b++) {
		buf_str(out, "steps");
		buf_printf(out, b > 0 ? " of branch %d\n" : "\n", b);
		for (size_t i = 0; i < timeline_sealed_count(t->tl); i++) {
			const struct event *e = timeline_get(t->tl, i);

			if (e->branch > branches)
				branches = e->branch;
			if (!e->varies && e->branch == b && is_step(e))
				write_step(t, e, out);
		}
	}
}

static struct program *program_of(struct programs *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++) {
		if (strcmp(all->list[i].name, name) == 0)
			return &all->list[i];
	}
	MEM_ROOM(all->list, all->count);
	all->list[all->count] = (struct program){.name = name};
	return &all->list[all->count++];
}

static void collect_programs(const struct trace *t, struct programs *all)
{
	for (size_t i = 0; i < timeline_sealed_count(t->tl); i++) {
		const struct event *e = timeline_get(t->tl, i);

		if (e->varies)
			continue;
		if (e->kind == EVENT_PROGRAM)
			buf_printf(&program_of(all, e->who)->events, "%s\n", e->text);
		else if (e->kind == EVENT_OUTPUT)
			buf_add(&program_of(all, e->who)->output[e->stream == 2], e->data, e->len);
	}
}

static int by_name(const void *left, const void *right)
{
	const struct program *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static size_t line_length(const char *p, size_t len)
{
	const char *newline = memchr(p, '\n', len);

	return newline ? (size_t)(newline - p) + 1 : len;
}

struct line {
	const char *p;
	size_t len;
};

static int by_bytes(const void *left, const void *right)
{
	const struct line *a = left, *b = right;
	int order = memcmp(a->p, b->p, a->len < b->len ? a->len : b->len);

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static void sort_lines(struct buf *text)
{
	struct line *lines = NULL;
	struct buf sorted = {0};
	size_t count = 0;

	for (size_t at = 0; at < text->len;) {
		size_t len = line_length(text->p + at, text->len - at);

		MEM_ROOM(lines, count);
		lines[count++] = (struct line){.p = text->p + at, .len = len};
		at += len;
	}
	if (count > 1)
		qsort(lines, count, sizeof *lines, by_bytes);
	for (size_t i = 0; i < count; i++)
		buf_add(&sorted, lines[i].p, lines[i].len);
	free(lines);
	buf_free(text);
	*text = sorted;
}

/* A line of output a line of the trace, its newline written out: a missing one shows. */
static void write_output(const struct trace *t, const char *what, const struct buf *raw,
                         struct buf *out)
{
	struct buf text = {0};

	if (raw->len == 0)
		return;
	trace_normalise(t, raw->p, raw->len, &text);
	sort_lines(&text);
	buf_printf(out, "  %s ", what);
	trace_bytes(text.p, text.len, out);
	buf_str(out, "\n");
	for (size_t at = 0; at < text.len && text.len <= OUTPUT_SHOWN;) {
		size_t len = line_length(text.p + at, text.len - at);

		buf_str(out, "    | ");
		text_escape(out, text.p + at, len, 0);
		buf_str(out, "\n");
		at += len;
	}
	buf_free(&text);
}

static void write_events(const struct trace *t, const struct buf *events, struct buf *out)
{
	for (size_t at = 0; at < events->len;) {
		size_t len = line_length(events->p + at, events->len - at);

		buf_str(out, "  ");
		trace_normalise(t, events->p + at, len, out);
		at += len;
	}
}

static void write_programs(const struct trace *t, struct buf *out)
{
	struct programs all = {0};

	collect_programs(t, &all);
	if (all.count > 0)
		qsort(all.list, all.count, sizeof *all.list, by_name);
	for (size_t i = 0; i < all.count; i++) {
		struct program *p = &all.list[i];

		buf_str(out, "program ");
		text_one_line(out, p->name, strlen(p->name));
		buf_str(out, "\n");
		write_events(t, &p->events, out);
		write_output(t, "stdout", &p->output[0], out);
		write_output(t, "stderr", &p->output[1], out);
		buf_free(&p->events);
		buf_free(&p->output[0]);
		buf_free(&p->output[1]);
	}
	free(all.list);
}

void timeline_trace_steps(const struct timeline *tl, struct buf *out, struct trace_steps *steps)
{
	struct trace t = {.tl = tl, .steps = steps};

	trace_flows_collect(&t);
	write_steps(&t, out);
	trace_flows_write(&t, out);
	write_programs(&t, out);
	trace_flows_free(&t);
}

void timeline_trace(const struct timeline *tl, struct buf *out)
{
	timeline_trace_steps(tl, out, NULL);
}
