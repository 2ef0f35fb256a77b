/* SPDX-License-Identifier: MIT */
/*
 * format_gradescope.c - Gradescope's results.json
 *
 * https://gradescope-autograders.readthedocs.io/en/latest/specs/ :
 * - "Output format": a top-level score is required when a test has none, and overrides the sum;
 *   number is a string; nothing printed is shown to students unless stdout_visibility says so.
 * - "Test case status": passed or failed; without it, a score below max_score is a failure. A test
 *   may be without score: so is one that was not assessed, which is no failure then.
 * - "Controlling Test Case Visibility": where a test is hidden, students do not see the total. So
 *   score may hold hidden tests, and the text about all of it must not speak of them.
 * - "Output String Formatting": html, md, ansi and (the default above all tests) simple_format
 *   would render what a program printed; text does not.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "grade/formats_own.h"

static json_t *tags(struct formats_json *j, const struct mark_test *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->tag_count; i++)
		formats_append(j, list, formats_json_line(t->tags[i]));
	return list;
}

static json_t *test(struct formats_json *j, const struct mark_test *t)
{
	json_t *o = json_object();
	struct buf feedback = {0};

	formats_set(j, o, "name", formats_json_line(t->name));
	formats_set(j, o, "name_format", json_string("text"));
	if (*t->number)
		formats_set(j, o, "number", formats_json_line(t->number));
	if (t->status != MARK_NOT_ASSESSED && t->status != MARK_ERROR) {
		formats_set(j, o, "score", formats_number(t->earned));
		formats_set(j, o, "max_score", formats_number(t->points));
		formats_set(j, o, "status",
		            json_string(t->status == MARK_PASSED ? "passed" : "failed"));
	}
	formats_feedback(&feedback, t);
	formats_set(j, o, "output", formats_json_text(buf_text(&feedback)));
	buf_free(&feedback);
	formats_set(j, o, "output_format", json_string("text"));
	if (t->tag_count > 0)
		formats_set(j, o, "tags", tags(j, t));
	formats_set(j, o, "visibility", json_string(mark_visibility_text(t->visibility)));
	return o;
}

int format_gradescope(const struct mark *m, const struct format_setting *s, struct buf *out,
                      struct err *err)
{
	const struct format_setting student = {.hidden_too = false};
	struct formats_json j = {0};
	struct formats_sum all = formats_sum(m, s, true);
	json_t *root = json_object(), *tests = json_array();
	struct buf about = {0};

	formats_set(&j, root, "score", formats_number(all.earned));
	formats_set(&j, root, "execution_time", formats_number(m->duration / NS_PER_MS));
	formats_about(&about, m, &student);
	formats_set(&j, root, "output", formats_json_text(buf_text(&about)));
	buf_free(&about);
	formats_set(&j, root, "output_format", json_string("text"));
	formats_set(&j, root, "test_output_format", json_string("text"));
	formats_set(&j, root, "test_name_format", json_string("text"));
	formats_set(&j, root, "stdout_visibility", json_string("hidden"));
	for (size_t i = 0; i < m->test_count; i++)
		formats_append(&j, tests, test(&j, &m->tests[i]));
	formats_set(&j, root, "tests", tests);
	formats_note_lost(s, m);
	return formats_dump(&j, root, JSON_INDENT(2), out, err);
}
