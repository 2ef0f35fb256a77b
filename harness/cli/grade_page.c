/* SPDX-License-Identifier: MIT */
/*
 * grade_page.c - the class in a browser: marks, which tests fail for how many, what was slow; and
 * behind them every case that did not pass, as the page of a run shows it
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "capture/live.h"
#include "cli/grade.h"
#include "report/html.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/* A table under way: cells are texts of its own. */
struct sheet {
	char **cells;
	size_t count, columns;
};

static void cell(struct sheet *s, char *text)
{
	MEM_ROOM(s->cells, s->count);
	s->cells[s->count++] = text;
}

static char *points_text(int64_t thousandths)
{
	char text[24];

	mark_points_text(thousandths, text);
	return mem_text(text);
}

static void show(struct html *h, struct sheet *s, const char *id, const char *title)
{
	const struct html_table t = {.id = id,
	                             .title = title,
	                             .cells = (const char *const *)s->cells,
	                             .columns = s->columns,
	                             .rows = s->count / s->columns};

	html_table(h, &t);
	for (size_t i = 0; i < s->count; i++)
		free(s->cells[i]);
	free(s->cells);
}

/* The test of that name; NULL: it was not marked. */
static const struct mark_test *test_of(const struct mark *m, const char *name)
{
	for (size_t i = 0; i < m->test_count; i++) {
		if (strcmp(m->tests[i].name, name) == 0)
			return &m->tests[i];
	}
	return NULL;
}

static char *mark_text(const struct mark_test *t)
{
	char earned[24];

	if (!t)
		return mem_text("");
	mark_points_text(t->earned, earned);
	switch (t->status) {
	case MARK_PASSED:
		return mem_printf("✓ %s", earned);
	case MARK_FAILED:
		return mem_printf("✗ %s", earned);
	case MARK_NOT_RUN:
		return mem_text("– not run");
	case MARK_NOT_ASSESSED:
		return mem_text("not assessed");
	default:
		return mem_text("! error");
	}
}

static void show_marks(const struct grading *g, struct html *h, const struct mark_class *all)
{
	const struct assignment *a = g->assignment;
	struct sheet s = {0};

	cell(&s, mem_text("Submission"));
	cell(&s, mem_text("Points"));
	for (size_t k = 0; k < a->test_count; k++) {
		if (g->levels[k] > 0)
			cell(&s, mem_text(a->tests[k].number)); /* the next table names it */
	}
	s.columns = s.count;
	for (size_t i = 0; i < all->count; i++) {
		const struct mark *m = &all->marks[i];
		char *earned = points_text(m->earned), *points = points_text(m->points);

		cell(&s, mem_text(m->name));
		cell(&s, mem_printf("%s of %s", earned, points));
		for (size_t k = 0; k < a->test_count; k++) {
			if (g->levels[k] > 0)
				cell(&s, mark_text(test_of(m, a->tests[k].name)));
		}
		free(earned);
		free(points);
	}
	show(h, &s, "marks", "Marks");
}

/* How the class fared in each test. */
static void show_tests(const struct grading *g, struct html *h, const struct mark_class *all)
{
	static const char *const heads[] = {"Test",    "Points",       "Passed", "Failed",
	                                    "Not run", "Not assessed", "Slowest"};
	const struct assignment *a = g->assignment;
	struct sheet s = {.columns = sizeof heads / sizeof *heads};

	for (size_t i = 0; i < s.columns; i++)
		cell(&s, mem_text(heads[i]));
	for (size_t k = 0; k < a->test_count; k++) {
		size_t count[MARK_ERROR + 1] = {0};
		const char *who = NULL;
		int64_t most = 0;

		if (g->levels[k] == 0)
			continue;
		for (size_t i = 0; i < all->count; i++) {
			const struct mark_test *t = test_of(&all->marks[i], a->tests[k].name);

			if (!t)
				continue;
			count[t->status]++;
			if (t->duration > most) {
				most = t->duration;
				who = all->marks[i].name;
			}
		}
		cell(&s, mem_printf("%s. %s", a->tests[k].number, a->tests[k].name));
		cell(&s, points_text(a->tests[k].points));
		cell(&s, mem_printf("%zu", count[MARK_PASSED]));
		cell(&s, mem_printf("%zu", count[MARK_FAILED]));
		cell(&s, mem_printf("%zu", count[MARK_NOT_RUN]));
		cell(&s, mem_printf("%zu", count[MARK_NOT_ASSESSED] + count[MARK_ERROR]));
		cell(&s, who ? mem_printf("%.1f s, %s", (double)most / (double)NS_PER_S, who)
		             : mem_text(""));
	}
	show(h, &s, "tests", "How the class fared");
}

static const enum verdict verdicts[] = {
    [MARK_PASSED] = VERDICT_PASS,       [MARK_FAILED] = VERDICT_FAIL, [MARK_NOT_RUN] = VERDICT_SKIP,
    [MARK_NOT_ASSESSED] = VERDICT_SKIP, [MARK_ERROR] = VERDICT_ERROR,
};

static void add_case(struct html *h, const struct subject *s, const struct grade_case *which,
                     const struct mark_case *m)
{
	const struct plan_case *c = which->c;
	char *out = grade_evidence(s, which), *directory = case_directory(c, out, NULL);
	struct result_parameter *parameters = case_parameters(c, 0);
	struct stat st;
	const struct result r = {.scenario = c->scenario->name,
	                         .title = c->scenario->title,
	                         .parameters = parameters,
	                         .parameter_count = c->parameter_count,
	                         .implementation = s->name,
	                         .verdict = verdicts[m->status],
	                         .reason = m->reason,
	                         .file = c->scenario->path,
	                         .duration = m->duration,
	                         .directory = stat(directory, &st) == 0 ? directory : "",
	                         .command = m->command ? m->command : "",
	                         .why = c->scenario->why,
	                         .source = c->scenario->source};

	html_result(h, &r);
	free(parameters);
	free(directory);
	free(out);
}

/* Cases of a test are marked in the order in which they are planned. */
static void add_cases(const struct grading *g, struct html *h, const struct subject *s,
                      const struct mark *m, struct report_totals *sums)
{
	size_t *seen = mem_zero(g->assignment->test_count + 1, sizeof *seen);

	for (size_t i = 0; i < g->case_count; i++) {
		size_t test = g->cases[i].test, at = seen[test]++;
		const struct mark_test *t = test_of(m, g->assignment->tests[test].name);

		if (!t || at >= t->case_count)
			continue;
		sums->count[verdicts[t->cases[at].status]]++;
		if (t->cases[at].status != MARK_PASSED)
			add_case(h, s, &g->cases[i], &t->cases[at]);
	}
	free(seen);
}

int grade_page(const struct grading *g, const struct mark_class *all, int64_t began)
{
	struct utsname u = {0};
	char *title = mem_printf("Marks: %s", g->assignment->title), *path;
	struct html_setting setting = {.out = g->options.out,
	                               .version = SOCKPROOF_VERSION,
	                               .kernel = u.release,
	                               .libpcap = live_library(),
	                               .clock = "real",
	                               .command = g->command,
	                               .title = title,
	                               .repeat = 1,
	                               .threads = cli_cores()};
	struct report_totals sums = {0};
	struct html *h;
	struct err err;

	uname(&u);
	h = html_open(&setting);
	show_marks(g, h, all);
	show_tests(g, h, all);
	for (size_t i = 0; i < g->subject_count; i++)
		add_cases(g, h, &g->subjects[i], &all->marks[i], &sums);
	sums.duration = clock_now() - began;
	path = html_finish(h, &sums, &err);
	html_close(&h);
	free(title);
	if (!path)
		return cli_complain(EXIT_ERRED, "the page could not be written: %s", err.text);
	printf("\nto look at: %s\n", path);
	free(path);
	return -1;
}
