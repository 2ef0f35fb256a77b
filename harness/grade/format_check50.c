/* SPDX-License-Identifier: MIT */
/*
 * format_check50.c - JSON as check50 -o json writes it
 *
 * https://cs50.readthedocs.io/projects/check50/en/latest/json_specification.html
 * (cs50/check50, docs/source/json_specification.rst): slug, results, version. A result: name
 * (unique), description, passed (true, false; null: skipped, because of a dependency or an error of
 * the check's own), log (lines), cause (null if and only if passed is true; rationale, help; error
 * with type, value and traceback for an error of the check's own), data, dependency.
 */
#include "base/mem.h"
#include "grade/formats_own.h"
#include <string.h>

static json_t *lines(struct formats_json *j, const char *text)
{
	json_t *list = json_array();

	while (*text) {
		size_t len = strcspn(text, "\n");

		formats_append(j, list, json_stringn(text, len));
		text += len + (text[len] == '\n');
	}
	return list;
}

static json_t *cause(struct formats_json *j, const struct mark_test *t)
{
	static const char *const rationale[] = {
	    [MARK_FAILED] = "the test failed",
	    [MARK_NOT_RUN] = "not run",
	    [MARK_NOT_ASSESSED] = "this machine cannot check it; its points do not count",
	    [MARK_ERROR] = "the grader itself failed; that is not this program's fault",
	};
	json_t *o, *error;

	if (t->status == MARK_PASSED)
		return json_null();
	o = json_object();
	/* of an error, the summary is the error's: it must not read as the student's */
	formats_set(j, o, "rationale",
	            formats_json_line(*t->summary && t->status != MARK_ERROR
	                                  ? t->summary
	                                  : rationale[t->status]));
	formats_set(j, o, "help", json_null());
	if (t->status == MARK_ERROR) {
		error = json_object();
		formats_set(j, error, "type", json_string("sockproof"));
		formats_set(j, error, "value", formats_json_line(t->summary));
		formats_set(j, error, "traceback", json_array());
		formats_set(j, o, "error", error);
	}
	return o;
}

/* Names are unique there: "2.1 echo", and with another one in front of it "2.1 echo (2)". */
static json_t *unique_name(const struct mark *m, size_t at)
{
	struct buf name = {0}, other = {0};
	size_t same = 1;
	json_t *value;

	formats_label(&name, &m->tests[at]);
	for (size_t i = 0; i < at; i++) {
		buf_consume(&other, other.len);
		formats_label(&other, &m->tests[i]);
		same += strcmp(buf_text(&name), buf_text(&other)) == 0;
	}
	if (same > 1)
		buf_printf(&name, " (%zu)", same);
	value = json_string(buf_text(&name));
	buf_free(&name);
	buf_free(&other);
	return value;
}

static json_t *result(struct formats_json *j, const struct mark *m, size_t at)
{
	const struct mark_test *t = &m->tests[at];
	json_t *o = json_object(), *data = json_object();
	struct buf feedback = {0};

	formats_set(j, o, "name", unique_name(m, at));
	formats_set(j, o, "description", formats_json_line(t->name));
	formats_set(j, o, "passed",
	            t->status == MARK_PASSED   ? json_true()
	            : t->status == MARK_FAILED ? json_false()
	                                       : json_null());
	formats_feedback(&feedback, t);
	formats_set(j, o, "log", lines(j, buf_text(&feedback)));
	buf_free(&feedback);
	formats_set(j, o, "cause", cause(j, t));
	formats_set(j, data, "points", formats_number(t->earned));
	formats_set(j, data, "max_points", formats_number(t->points));
	formats_set(j, data, "status", json_string(mark_status_text(t->status)));
	formats_set(j, o, "data", data);
	formats_set(j, o, "dependency", json_null());
	return o;
}

int format_check50(const struct mark *m, const struct format_setting *s, struct buf *out,
                   struct err *err)
{
	struct formats_json j = {0};
	json_t *root = json_object(), *results = json_array();

	formats_set(&j, root, "slug", formats_json_line(s->assignment));
	for (size_t i = 0; i < m->test_count; i++) {
		if (formats_shown(&m->tests[i], s))
			formats_append(&j, results, result(&j, m, i));
	}
	formats_set(&j, root, "results", results);
	formats_set(&j, root, "version", formats_json_line(s->version));
	formats_note_hidden(s, m, "check50.json");
	formats_note_lost(s, m);
	return formats_dump(&j, root, JSON_INDENT(4), out, err);
}
