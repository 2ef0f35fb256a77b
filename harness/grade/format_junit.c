/* SPDX-License-Identifier: MIT */
/*
 * format_junit.c - JUnit's XML of a class by report/junit.c: a suite a submission, a case a test
 *
 * XML 1.0 (section 2.2) forbids most control characters: formats_line() and formats_text() leave
 * none of them. Points that a student did not lose are `skipped`, what the harness lost `error`.
 */
#include "base/err.h"
#include "base/mem.h"
#include "grade/formats_own.h"
#include "report/report.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *safe_line(const char *s)
{
	struct buf b = {0};

	formats_line(&b, s);
	return buf_take(&b);
}

struct suites {
	struct report *report;
	struct report_totals totals;
};

static void add(struct suites *all, const char *name, const char *title, const char *reason,
                const char *explanation, enum verdict verdict, int64_t duration)
{
	char *scenario = safe_line(name), *safe_title = safe_line(title), *why = safe_line(reason);
	struct result r = {
	    .scenario = scenario,
	    .title = safe_title,
	    .verdict = verdict,
	    .reason = why,
	    .explanation = explanation,
	    .duration = duration,
	};

	report_result(all->report, &r);
	all->totals.count[verdict]++;
	all->totals.duration += duration;
	free(scenario);
	free(safe_title);
	free(why);
}

static void add_test(struct suites *all, const char *name, const struct mark_test *t)
{
	static const enum verdict verdicts[] = {
	    [MARK_PASSED] = VERDICT_PASS,  [MARK_FAILED] = VERDICT_FAIL,
	    [MARK_NOT_RUN] = VERDICT_SKIP, [MARK_NOT_ASSESSED] = VERDICT_SKIP,
	    [MARK_ERROR] = VERDICT_ERROR,
	};
	struct buf label = {0}, feedback = {0}, reason = {0};
	char earned[24], points[24];

	mark_points_text(t->earned, earned);
	mark_points_text(t->points, points);
	if (t->status == MARK_ERROR || t->status == MARK_NOT_ASSESSED)
		buf_printf(&reason, "%s, %s points do not count", mark_status_text(t->status),
		           points);
	else
		buf_printf(&reason, "%s, %s of %s points", mark_status_text(t->status), earned,
		           points);
	if (*t->summary)
		buf_str(&reason, ": ");
	formats_line(&reason, t->summary);
	formats_label(&label, t);
	formats_feedback(&feedback, t);
	add(all, name, buf_text(&label), buf_text(&reason), buf_text(&feedback),
	    verdicts[t->status], t->duration);
	buf_free(&label);
	buf_free(&feedback);
	buf_free(&reason);
}

static void add_mark(struct suites *all, const struct mark *m, const struct format_setting *s)
{
	struct formats_sum shown = formats_sum(m, s, false);

	for (size_t i = 0; i < m->test_count; i++) {
		if (formats_shown(&m->tests[i], s))
			add_test(all, m->name, &m->tests[i]);
	}
	/* a suite needs a case to be seen */
	if (m->test_count == 0) {
		struct buf about = {0};

		buf_str(&about, "no test was run");
		if (m->output && *m->output)
			buf_printf(&about, ": %s", m->output);
		add(all, m->name, "submission", buf_text(&about), NULL, VERDICT_SKIP, m->duration);
		buf_free(&about);
	} else if (shown.count == 0) {
		add(all, m->name, "submission", "its tests are not visible", NULL, VERDICT_SKIP, 0);
	}
	formats_note_hidden(s, m, "junit.xml");
	formats_note_lost(s, m);
}

int format_junit(const struct mark_class *c, const struct format_setting *s, struct buf *out,
                 struct err *err)
{
	struct suites all = {0};
	char *version = safe_line(s->version), *kernel = safe_line(s->kernel);
	struct report_setting set = {.version = version, .kernel = kernel};
	char *text = NULL;
	size_t len = 0;
	int rc = -1;

	set.out = open_memstream(&text, &len);
	if (!set.out)
		err_sys(err, errno, "memory for JUnit's XML");
	else
		all.report = report_open(REPORT_JUNIT, &set, err);
	if (all.report) {
		for (size_t i = 0; i < c->count; i++)
			add_mark(&all, &c->marks[i], s);
		rc = report_finish(all.report, &all.totals, err);
		report_close(&all.report);
	}
	if (set.out && fclose(set.out) != 0 && rc == 0)
		rc = err_sys(err, errno, "memory for JUnit's XML");
	if (rc == 0)
		buf_add(out, text, len);
	free(text);
	free(version);
	free(kernel);
	return rc;
}
