/* SPDX-License-Identifier: MIT */
/*
 * format_classroom50.c - Classroom 50's result.json
 *
 * https://github.com/foundation50/classroom50/wiki/Advanced-Autograding, and its collector, that
 * looks at each file (cli/gh-teacher/skeleton/dotgithub/scripts/collect_scores.py): schema
 * "classroom50/result/v1"; classroom, assignment, commit, release, review and datetime are strings
 * that are not empty, submission begins with "submit/"; score and max-score, of the whole and of
 * each test, are whole numbers, none above its maximum; passed is true or false. The file is
 * published in the student's repository: all of it is shown. An assignment without tests is 0 of 0
 * there, and passed: so is here a test that does not count, with words in its name.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "grade/formats_own.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#define SUBMISSION "submit/"

static int check(const struct format_setting *s, struct err *err)
{
	const struct {
		const char *name, *value;
	} fields[] = {
	    {"classroom", s->classroom},   {"assignment", s->assignment},
	    {"submission", s->submission}, {"commit", s->commit},
	    {"release", s->release},
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (!fields[i].value || !*fields[i].value)
			return err_set(err, EINVAL,
			               "Classroom 50's result.json wants a %s, and none is given",
			               fields[i].name);
	}
	if (strncmp(s->submission, SUBMISSION, strlen(SUBMISSION)) != 0)
		return err_set(err, EINVAL,
		               "Classroom 50 takes a submission whose tag begins with " SUBMISSION
		               ": \"%s\" does not; its runner gives it in SUBMISSION_TAG",
		               s->submission);
	if (s->scale < 0 || s->scale > 1000000)
		return err_set(err, EINVAL, "a scale of %d: it is from 1 to 1000000", s->scale);
	return 0;
}

static int64_t whole_scale(const struct mark *m)
{
	for (int64_t scale = 1; scale < 1000; scale *= 10) {
		bool whole = true;

		for (size_t i = 0; i < m->test_count; i++)
			whole = whole && m->tests[i].points * scale % 1000 == 0;
		if (whole)
			return scale;
	}
	return 1000;
}

struct whole {
	int64_t scale, points, earned; /* sums so far */
	size_t rounded;
};

/* To the nearest whole number; all of @points only for all of them. */
static int64_t whole(struct whole *w, int64_t thousandths, int64_t most)
{
	int64_t value = (thousandths * w->scale + 500) / 1000;

	w->rounded += thousandths * w->scale % 1000 != 0;
	return value > most ? most : value;
}

static json_t *test(struct formats_json *j, const struct mark_test *t, struct whole *w)
{
	bool counts = t->status != MARK_NOT_ASSESSED && t->status != MARK_ERROR;
	int64_t points = counts ? whole(w, t->points, INT64_MAX) : 0, earned = 0;
	json_t *o = json_object();
	struct buf label = {0};
	char text[24];

	if (counts && t->earned < t->points && points > 0)
		earned = whole(w, t->earned, points - 1);
	else if (counts)
		earned = points;
	if (!counts) {
		mark_points_text(t->points, text);
		buf_printf(&label, "%s: %s points do not count: ",
		           t->status == MARK_ERROR ? "THE GRADER FAILED" : "NOT ASSESSED", text);
	}
	formats_label(&label, t);
	if (label.len == 0)
		buf_str(&label, "test");
	formats_set(j, o, "test-name", json_string(buf_text(&label)));
	buf_free(&label);
	formats_set(j, o, "passed", json_boolean(!counts || t->status == MARK_PASSED));
	formats_set(j, o, "score", json_integer(earned));
	formats_set(j, o, "max-score", json_integer(points));
	w->points += points;
	w->earned += earned;
	return o;
}

static json_t *datetime(int64_t at)
{
	time_t seconds = (time_t)(at / NS_PER_S);
	char text[32] = "";
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return NULL;
	return json_string(text);
}

int format_classroom50(const struct mark *m, const struct format_setting *s, struct buf *out,
                       struct err *err)
{
	struct whole w = {.scale = s->scale ? s->scale : whole_scale(m)};
	const char *review = s->review && *s->review ? s->review : s->commit;
	struct formats_json j = {0};
	json_t *root, *tests;

	if (check(s, err) < 0)
		return -1;
	root = json_object();
	tests = json_array();
	for (size_t i = 0; i < m->test_count; i++) {
		if (formats_shown(&m->tests[i], s))
			formats_append(&j, tests, test(&j, &m->tests[i], &w));
	}
	formats_set(&j, root, "schema", json_string("classroom50/result/v1"));
	formats_set(&j, root, "classroom", formats_json_line(s->classroom));
	formats_set(&j, root, "assignment", formats_json_line(s->assignment));
	formats_set(&j, root, "submission", formats_json_line(s->submission));
	formats_set(&j, root, "commit", formats_json_line(s->commit));
	formats_set(&j, root, "release", formats_json_line(s->release));
	formats_set(&j, root, "review", formats_json_line(review));
	formats_set(&j, root, "datetime", datetime(m->at));
	formats_set(&j, root, "score", json_integer(w.earned));
	formats_set(&j, root, "max-score", json_integer(w.points));
	formats_set(&j, root, "tests", tests);
	if (w.scale != 1)
		formats_note(s, "%s: Classroom 50 has whole numbers: a point is %" PRId64 " there",
		             m->name, w.scale);
	if (w.rounded > 0)
		formats_note(
		    s,
		    "%s: %zu scores are rounded: Classroom 50 has whole numbers; a greater "
		    "scale rounds less",
		    m->name, w.rounded);
	formats_note_hidden(s, m, "result.json");
	formats_note_lost(s, m);
	return formats_dump(&j, root, JSON_INDENT(2), out, err);
}
