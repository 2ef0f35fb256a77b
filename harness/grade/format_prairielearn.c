/* SPDX-License-Identifier: MIT */
/*
 * format_prairielearn.c - PrairieLearn's results.json
 *
 * https://prairielearn.readthedocs.io/en/latest/externalGrading/#grading-results
 * (PrairieLearn/PrairieLearn, docs/externalGrading.md): score from 0 to 1; "gradable": false costs
 * no attempt and gives and takes no points, and format_errors says why: so is a submission of which
 * the grader could not judge a thing, or in which it failed; the file is limited to 1 MB.
 * Its element pl-external-grader-results shows no points at all when one test lacks points or
 * max_points, and a test of 0/0 as neither right nor wrong: so is one that was not assessed.
 */
#include "base/mem.h"
#include "grade/formats_own.h"
#include <string.h>

#define MOST  1000000 /* bytes of the file */
#define WHOLE SIZE_MAX

static json_t *short_text(struct buf *b, size_t most)
{
	json_t *value;

	formats_cut(b, most);
	value = json_string(buf_text(b));
	buf_free(b);
	return value;
}

static json_t *short_line(const char *s, size_t most)
{
	struct buf b = {0};

	formats_line(&b, s);
	return short_text(&b, most);
}

static json_t *test(struct formats_json *j, const struct mark_test *t, size_t most)
{
	bool counts = t->status != MARK_NOT_ASSESSED && t->status != MARK_ERROR;
	json_t *o = json_object();
	struct buf label = {0}, feedback = {0};

	formats_label(&label, t);
	if (!counts)
		buf_printf(&label, " (%s)", mark_status_text(t->status));
	formats_set(j, o, "name", short_text(&label, most));
	formats_set(j, o, "points", formats_number(counts ? t->earned : 0));
	formats_set(j, o, "max_points", formats_number(counts ? t->points : 0));
	formats_set(j, o, "message", short_line(t->summary, most));
	formats_feedback(&feedback, t);
	formats_set(j, o, "output", short_text(&feedback, most));
	return o;
}

/* @earned of @points in six digits; 0 and 1 are only what they say. */
static json_t *score(int64_t earned, int64_t points)
{
	int64_t millionths;

	if (points <= 0 || earned <= 0)
		return json_integer(0);
	if (earned >= points)
		return json_integer(1);
	millionths = (int64_t)((double)earned / (double)points * 1e6 + 0.5);
	if (millionths < 1)
		millionths = 1;
	if (millionths > 999999)
		millionths = 999999;
	return json_real((double)millionths / 1e6);
}

static json_t *message(const struct formats_sum *sum)
{
	char earned[24], points[24];
	struct buf b = {0};
	json_t *value;

	mark_points_text(sum->earned, earned);
	mark_points_text(sum->points, points);
	buf_printf(&b, "%s of %s points.", earned, points);
	if (sum->lost > 0) {
		mark_points_text(sum->lost, points);
		buf_printf(&b, " %s more points do not count: see below.", points);
	}
	value = json_string(buf_text(&b));
	buf_free(&b);
	return value;
}

/* @most: bytes of any one text; 0: no tests at all. */
static int make(const struct mark *m, const struct format_setting *s, size_t most, struct buf *out,
                struct err *err)
{
	struct formats_json j = {0};
	struct formats_sum sum = formats_sum(m, s, false);
	/* a submission without any tests was refused, or did not build */
	bool judged = m->test_count == 0 || (sum.count > 0 && (sum.points > 0 || sum.lost == 0));
	bool gradable = judged && !sum.erred;
	json_t *root = json_object(), *tests = json_array();
	struct buf about = {0};

	formats_set(&j, root, "gradable", json_boolean(gradable));
	if (gradable)
		formats_set(&j, root, "score", score(sum.earned, sum.points));
	else
		formats_set(
		    &j, root, "format_errors",
		    json_string(sum.erred
		                    ? "The grader itself failed: that is not this "
		                      "submission's fault. It costs no attempt; ask the "
		                      "course's staff."
		                    : "None of the tests could be checked and shown: no points "
		                      "are given or taken. Ask the course's staff."));
	formats_set(&j, root, "message", message(&sum));
	if (most == 0)
		buf_str(&about, "[there is no room for the tests in PrairieLearn's 1 MB]\n");
	formats_about(&about, m, s);
	formats_set(&j, root, "output", short_text(&about, most ? most : 4096));
	for (size_t i = 0; i < m->test_count && most > 0; i++) {
		if (formats_shown(&m->tests[i], s))
			formats_append(&j, tests, test(&j, &m->tests[i], most));
	}
	formats_set(&j, root, "tests", tests);
	return formats_dump(&j, root, JSON_INDENT(1), out, err);
}

int format_prairielearn(const struct mark *m, const struct format_setting *s, struct buf *out,
                        struct err *err)
{
	size_t begin = out->len, most = WHOLE;

	for (;;) {
		if (make(m, s, most, out, err) < 0)
			return -1;
		if (out->len - begin <= MOST || most == 0)
			break;
		out->len = begin;
		out->p[begin] = '\0';
		most = most == WHOLE ? MOST / 2 : most > 128 ? most / 2 : 0;
	}
	if (most != WHOLE)
		formats_note(s, "%s: feedback is cut: PrairieLearn takes 1 MB", m->name);
	formats_note_hidden(s, m, "results.json");
	formats_note_lost(s, m);
	return 0;
}
