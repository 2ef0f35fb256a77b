/* SPDX-License-Identifier: MIT */
/*
 * pretty.c - the report for people: a line a scenario, and a word on each case that did not pass
 *
 * The cases of one scenario come one after the other. Their lines are held until the next scenario
 * begins, then the scenario's own line goes in front. At the end: the first failure in full, the
 * slowest cases, the sum. On a terminal a progress line stands below all that; it is redrawn in
 * place and wiped before anything else is written.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "report/format.h"
#include "report/pretty_text.h"
#include <stdlib.h>
#include <string.h>

#define SLOWEST  3
#define SLOW_RUN NS_PER_S /* a run shorter than that has no slow cases worth a line */

#define WIPE "\r\033[2K" /* to the line's start; ECMA-48 EL: erase it */

/* The cases of the current scenario. */
struct group {
	char *scenario; /* NULL before the first */
	size_t count[VERDICT_COUNT];
	int64_t duration;
	struct buf lines;
	char *skip_reason; /* that all skipped cases so far share; NULL when they do not */
};

struct slow {
	char *name;
	int64_t duration;
};

struct pretty {
	struct report base;
	struct group group;
	struct buf first[VERDICT_COUNT]; /* of the failures, and of the errors, in full */
	struct slow slowest[SLOWEST];    /* longest first */
	bool drawn;                      /* a progress line stands on the terminal */
};

/* Write what was made, in place of the progress line. */
static void put(struct pretty *p, const struct buf *text)
{
	if (p->drawn)
		fputs(WIPE, p->base.set.out);
	p->drawn = false;
	fputs(buf_text(text), p->base.set.out);
	fflush(p->base.set.out);
}

/* End the current scenario: its line, then its cases' lines or why all were skipped. */
static void flush_group(struct pretty *p)
{
	struct group *g = &p->group;
	struct buf out = {0};

	if (!g->scenario)
		return;
	pretty_group(&out, p->base.set.color, g->scenario, g->count, g->duration);
	if (g->skip_reason && !p->base.set.verbose &&
	    g->count[VERDICT_SKIP] == pretty_count(g->count)) {
		buf_str(&out, ": ");
		report_line(&out, g->skip_reason);
		buf_str(&out, "\n");
	} else {
		buf_printf(&out, "\n%s", buf_text(&g->lines));
	}
	put(p, &out);
	buf_free(&out);
	buf_free(&g->lines);
	free(g->scenario);
	free(g->skip_reason);
	*g = (struct group){0};
}

static void keep_slow(struct pretty *p, const struct result *result)
{
	struct buf name = {0};
	size_t at = SLOWEST;

	while (at > 0 &&
	       (!p->slowest[at - 1].name || p->slowest[at - 1].duration < result->duration))
		at--;
	if (at == SLOWEST)
		return;
	free(p->slowest[SLOWEST - 1].name);
	memmove(p->slowest + at + 1, p->slowest + at, (SLOWEST - 1 - at) * sizeof *p->slowest);
	report_name(&name, result);
	p->slowest[at] = (struct slow){.name = buf_take(&name), .duration = result->duration};
}

static void note_skip(struct group *g, const struct result *result)
{
	const char *reason = result->reason ? result->reason : "";

	if (g->count[VERDICT_SKIP] == 1) {
		g->skip_reason = mem_text(reason);
	} else if (g->skip_reason && strcmp(g->skip_reason, reason) != 0) {
		free(g->skip_reason);
		g->skip_reason = NULL;
	}
}

static void pretty_result(struct report *r, const struct result *result)
{
	struct pretty *p = (struct pretty *)r;
	struct group *g = &p->group;
	enum verdict v = result->verdict;

	if (g->scenario && strcmp(g->scenario, result->scenario) != 0)
		flush_group(p);
	if (!g->scenario)
		g->scenario = mem_text(result->scenario);
	g->count[v]++;
	g->duration += result->duration;
	if (v == VERDICT_SKIP)
		note_skip(g, result);
	if (v != VERDICT_PASS || r->set.verbose)
		pretty_case(&g->lines, r->set.color, result);
	if ((v == VERDICT_FAIL || v == VERDICT_ERROR) && p->first[v].len == 0)
		pretty_in_full(&p->first[v], r->set.color, result);
	keep_slow(p, result);
}

static void pretty_progress(struct report *r, size_t done, size_t running, const char *name)
{
	struct pretty *p = (struct pretty *)r;
	struct buf line = {0}, out = {0};

	if (!r->set.terminal)
		return;
	buf_printf(&line, "%zu/%zu", done, r->set.cases);
	if (name && *name) {
		buf_str(&line, " · ");
		report_line(&line, name);
	}
	buf_printf(&line, " · %zu running", running);
	/* In the last column a terminal may wrap, and the erasing would miss what wrapped. */
	pretty_cut(&out, buf_text(&line), r->set.columns > 1 ? r->set.columns - 1 : 79);
	fprintf(r->set.out, WIPE "%s", buf_text(&out));
	fflush(r->set.out);
	p->drawn = true;
	buf_free(&line);
	buf_free(&out);
}

static int pretty_finish(struct report *r, const struct report_totals *totals, struct err *err)
{
	struct pretty *p = (struct pretty *)r;
	struct buf out = {0};

	(void)err;
	flush_group(p);
	buf_str(&out,
	        buf_text(&p->first[p->first[VERDICT_FAIL].len ? VERDICT_FAIL : VERDICT_ERROR]));
	if (totals->duration > SLOW_RUN && p->slowest[0].name)
		buf_str(&out, "\nThe slowest:\n");
	for (size_t i = 0; totals->duration > SLOW_RUN && i < SLOWEST && p->slowest[i].name; i++)
		buf_printf(&out, "  %8.2f s  %s\n",
		           (double)p->slowest[i].duration / (double)NS_PER_S, p->slowest[i].name);
	pretty_sum(&out, r->set.color, r->set.repeat, totals);
	put(p, &out);
	buf_free(&out);
	return 0;
}

static void pretty_close(struct report *r)
{
	struct pretty *p = (struct pretty *)r;

	if (p->drawn) {
		fputs(WIPE, r->set.out);
		fflush(r->set.out);
	}
	buf_free(&p->group.lines);
	free(p->group.scenario);
	free(p->group.skip_reason);
	for (int v = 0; v < VERDICT_COUNT; v++)
		buf_free(&p->first[v]);
	for (size_t i = 0; i < SLOWEST; i++)
		free(p->slowest[i].name);
}

static const struct report_ops pretty_ops = {
    .progress = pretty_progress,
    .result = pretty_result,
    .finish = pretty_finish,
    .close = pretty_close,
};

struct report *pretty_open(const struct report_setting *set)
{
	struct pretty *p = mem_zero(1, sizeof *p);
	struct buf head = {0};

	p->base.ops = &pretty_ops;
	p->base.set = *set;
	pretty_head(&head, set);
	put(p, &head);
	buf_free(&head);
	return &p->base;
}
