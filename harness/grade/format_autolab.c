/* SPDX-License-Identifier: MIT */
/*
 * format_autolab.c - what an Autolab autograder prints: feedback, then a line of scores
 *
 * https://docs.autolabproject.com/lab/ (autolab/Autolab, docs/lab.md): all of stdout is shown to
 * the student; "the last text line on stdout must be a JSON string", {"scores": {"Problem": n}}.
 * Problems are called exactly as on the site; not all need be scored: one that was not assessed is
 * not. Autolab strips blank lines at the end and takes the last one
 * (app/helpers/assessment_autograde_core.rb, saveAutograde). Feedback is indented, so that none of
 * its lines looks like it.
 */
#include "base/mem.h"
#include "grade/formats_own.h"
#include <string.h>

static void indented(struct buf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len > 0) {
			buf_str(out, "    ");
			buf_add(out, text, len);
		}
		buf_str(out, "\n");
		text += len + (text[len] == '\n');
	}
}

static void show(struct buf *out, const struct mark_test *t)
{
	bool counts = t->status != MARK_NOT_ASSESSED && t->status != MARK_ERROR;
	struct buf feedback = {0};
	char earned[24], points[24];

	mark_points_text(t->earned, earned);
	mark_points_text(t->points, points);
	buf_printf(out, "%s: ", mark_status_text(t->status));
	formats_label(out, t);
	if (counts)
		buf_printf(out, " (%s of %s points)\n", earned, points);
	else
		buf_printf(out, " (%s points do not count)\n", points);
	formats_feedback(&feedback, t);
	indented(out, buf_text(&feedback));
	buf_free(&feedback);
}

/* Problems of one name are one problem: JSON has each key once. In thousandths until the end. */
static void add_score(struct formats_json *j, json_t *sums, const struct mark_test *t)
{
	struct buf name = {0};
	json_int_t before;

	formats_line(&name, t->name);
	before = json_integer_value(json_object_get(sums, buf_text(&name)));
	formats_set(j, sums, buf_text(&name), json_integer(before + t->earned));
	buf_free(&name);
}

int format_autolab(const struct mark *m, const struct format_setting *s, struct buf *out,
                   struct err *err)
{
	struct formats_json j = {0};
	json_t *root = json_object(), *sums = json_object(), *scores = json_object(), *value;
	struct buf text = {0}, about = {0};
	const char *name;
	int rc;

	formats_about(&about, m, s);
	indented(&text, buf_text(&about));
	buf_free(&about);
	for (size_t i = 0; i < m->test_count; i++) {
		const struct mark_test *t = &m->tests[i];

		if (!formats_shown(t, s))
			continue;
		show(&text, t);
		if (t->status != MARK_NOT_ASSESSED && t->status != MARK_ERROR)
			add_score(&j, sums, t);
	}
	json_object_foreach(sums, name, value)
	{
		formats_set(&j, scores, name, formats_number(json_integer_value(value)));
	}
	json_decref(sums);
	formats_set(&j, root, "scores", scores);
	rc = formats_dump(&j, root, JSON_COMPACT, &text, err);
	if (rc == 0) {
		buf_add(out, buf_text(&text), text.len);
		formats_note_hidden(s, m, "Autolab's scores");
		formats_note_lost(s, m);
	}
	buf_free(&text);
	return rc;
}
