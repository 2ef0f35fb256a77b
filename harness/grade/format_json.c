/* SPDX-License-Identifier: MIT */
/*
 * format_json.c - marks.json: everything that is in struct mark_class
 *
 * {"format": "sockproof/marks/1", "version", "assignment", "title", "marks": [{"name", "path",
 * "digest", "at_ns", "duration_ns", "points_thousandths", "earned_thousandths",
 * "not_assessed_thousandths", "erred", "output", "tests": [{"name", "number", "status",
 * "visibility", "points_thousandths", "earned_thousandths", "summary", "feedback", "tags",
 * "duration_ns", "cases": [{"name", "status", "reason", "details", "command", "duration_ns"}]}]}]}.
 *
 * Nothing is lost: a text that is not UTF-8 is {"bytes": "as text_escape() writes it"}, one that is
 * NULL is null, numbers are whole. format_json_read.c reads it back.
 */
#include "base/mem.h"
#include "base/text.h"
#include "grade/format_json_own.h"
#include "grade/formats_own.h"
#include <string.h>

static json_t *exact(const char *s)
{
	struct buf escaped = {0};
	json_t *value, *object;

	if (!s)
		return json_null();
	value = json_string(s);
	if (value)
		return value;
	text_escape(&escaped, s, strlen(s), 0);
	object = json_object();
	if (json_object_set_new(object, FORMAT_JSON_BYTES, json_string(buf_text(&escaped))) < 0) {
		json_decref(object);
		object = NULL;
	}
	buf_free(&escaped);
	return object;
}

static json_t *write_case(struct formats_json *j, const struct mark_case *c)
{
	json_t *o = json_object();

	formats_set(j, o, "name", exact(c->name));
	formats_set(j, o, "status", json_string(mark_status_text(c->status)));
	formats_set(j, o, "reason", exact(c->reason));
	formats_set(j, o, "details", exact(c->details));
	formats_set(j, o, "command", exact(c->command));
	formats_set(j, o, "duration_ns", json_integer(c->duration));
	return o;
}

static json_t *write_test(struct formats_json *j, const struct mark_test *t)
{
	json_t *o = json_object(), *tags = json_array(), *cases = json_array();

	formats_set(j, o, "name", exact(t->name));
	formats_set(j, o, "number", exact(t->number));
	formats_set(j, o, "status", json_string(mark_status_text(t->status)));
	formats_set(j, o, "visibility", json_string(mark_visibility_text(t->visibility)));
	formats_set(j, o, "points_thousandths", json_integer(t->points));
	formats_set(j, o, "earned_thousandths", json_integer(t->earned));
	formats_set(j, o, "summary", exact(t->summary));
	formats_set(j, o, "feedback", exact(t->feedback));
	for (size_t i = 0; i < t->tag_count; i++)
		formats_append(j, tags, exact(t->tags[i]));
	formats_set(j, o, "tags", tags);
	formats_set(j, o, "duration_ns", json_integer(t->duration));
	for (size_t i = 0; i < t->case_count; i++)
		formats_append(j, cases, write_case(j, &t->cases[i]));
	formats_set(j, o, "cases", cases);
	return o;
}

static json_t *write_mark(struct formats_json *j, const struct mark *m)
{
	json_t *o = json_object(), *tests = json_array();

	formats_set(j, o, "name", exact(m->name));
	formats_set(j, o, "path", exact(m->path));
	formats_set(j, o, "digest", exact(m->digest));
	formats_set(j, o, "at_ns", json_integer(m->at));
	formats_set(j, o, "duration_ns", json_integer(m->duration));
	formats_set(j, o, "points_thousandths", json_integer(m->points));
	formats_set(j, o, "earned_thousandths", json_integer(m->earned));
	formats_set(j, o, "not_assessed_thousandths", json_integer(m->not_assessed));
	formats_set(j, o, "erred", json_boolean(m->erred));
	formats_set(j, o, "output", exact(m->output));
	for (size_t i = 0; i < m->test_count; i++)
		formats_append(j, tests, write_test(j, &m->tests[i]));
	formats_set(j, o, "tests", tests);
	return o;
}

int format_json(const struct mark_class *c, const struct format_setting *s, struct buf *out,
                struct err *err)
{
	struct formats_json j = {0};
	json_t *root = json_object(), *marks = json_array();

	formats_set(&j, root, "format", json_string(FORMAT_JSON_NAME));
	formats_set(&j, root, "version", exact(s->version));
	formats_set(&j, root, "assignment", exact(c->assignment));
	formats_set(&j, root, "title", exact(c->title));
	for (size_t i = 0; i < c->count; i++)
		formats_append(&j, marks, write_mark(&j, &c->marks[i]));
	formats_set(&j, root, "marks", marks);
	return formats_dump(&j, root, JSON_INDENT(1), out, err);
}
