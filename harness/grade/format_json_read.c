/* SPDX-License-Identifier: MIT */
/*
 * format_json_read.c - marks.json read back, by --merge and from the cache
 *
 * The file may have been cut, edited or made up: each key has to be known and there, each type and
 * limit is looked at, sums are made again and compared. Whatever was read so far hangs in the
 * caller's mark_class at any time, so that a failure has one place where it is released.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "grade/format_json_own.h"
#include "grade/formats_own.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sums of them stay exact in an int64_t and in a double's 15 digits. */
#define MOST_POINTS INT64_C(1000000000) /* thousandths, of one test: a million points */
#define MOST_MARKS  100000
#define MOST_TESTS  10000 /* of a mark */
#define MOST_CASES  100000
#define MOST_TAGS   1000

struct reader {
	char place[128]; /* "marks[2].tests[0]" */
	struct err *err;
};

/* Every object's keys; NULL ends them. */
static const char *const root_keys[] = {"format", "version", "assignment", "title", "marks", NULL};
static const char *const mark_keys[] = {"name",
                                        "path",
                                        "digest",
                                        "at_ns",
                                        "duration_ns",
                                        "points_thousandths",
                                        "earned_thousandths",
                                        "erred",
                                        "output",
                                        "tests",
                                        "not_assessed_thousandths",
                                        NULL};
static const char *const test_keys[] = {"name",
                                        "number",
                                        "status",
                                        "visibility",
                                        "points_thousandths",
                                        "earned_thousandths",
                                        "summary",
                                        "feedback",
                                        "tags",
                                        "duration_ns",
                                        "cases",
                                        NULL};
static const char *const case_keys[] = {"name",    "status",      "reason", "details",
                                        "command", "duration_ns", NULL};

static int wrong(struct reader *r, const char *key, const char *what)
{
	return err_set(r->err, EINVAL, "%s%s%s: %s", r->place, *r->place && *key ? "." : "", key,
	               what);
}

/* Exactly these keys: jansson has refused duplicates. */
static int check_keys(struct reader *r, const json_t *o, const char *const *keys)
{
	size_t count = 0;

	if (!json_is_object(o))
		return wrong(r, "", "is no object");
	for (; keys[count]; count++) {
		if (!json_object_get(o, keys[count]))
			return wrong(r, keys[count], "is missing");
	}
	if (json_object_size(o) != count)
		return wrong(r, "", "has a key that is not known");
	return 0;
}

/* The text of {"bytes": …} */
static int read_bytes(struct reader *r, const char *key, const json_t *o, char **out)
{
	const char *escaped = json_string_value(json_object_get(o, FORMAT_JSON_BYTES));
	struct buf text = {0};
	struct err why;
	size_t at;
	int rc = 0;

	if (!escaped || json_object_size(o) != 1)
		return wrong(r, key, "is neither a text nor {\"" FORMAT_JSON_BYTES "\": text}");
	if (text_unescape(&text, escaped, strlen(escaped), &at, &why) < 0)
		rc = wrong(r, key, why.text);
	else if (memchr(buf_text(&text), '\0', text.len))
		rc = wrong(r, key, "has a NUL");
	else
		*out = mem_text(buf_text(&text));
	buf_free(&text);
	return rc;
}

static int read_value(struct reader *r, const char *key, const json_t *value, char **out)
{
	if (json_is_object(value))
		return read_bytes(r, key, value, out);
	if (!json_is_string(value))
		return wrong(r, key, "is no text");
	*out = mem_text(json_string_value(value));
	return 0;
}

static int read_text(struct reader *r, const json_t *o, const char *key, char **out)
{
	return read_value(r, key, json_object_get(o, key), out);
}

static int read_text_or_null(struct reader *r, const json_t *o, const char *key, char **out)
{
	return json_is_null(json_object_get(o, key)) ? 0 : read_text(r, o, key, out);
}

static int read_number(struct reader *r, const json_t *o, const char *key, int64_t most,
                       int64_t *out)
{
	const json_t *value = json_object_get(o, key);

	if (!json_is_integer(value))
		return wrong(r, key, "is no whole number");
	*out = json_integer_value(value);
	return *out < 0 || *out > most ? wrong(r, key, "is out of range") : 0;
}

static int read_status(struct reader *r, const json_t *o, enum mark_status *out)
{
	const char *text = json_string_value(json_object_get(o, "status"));

	for (int i = MARK_PASSED; text && i <= MARK_ERROR; i++) {
		if (strcmp(text, mark_status_text((enum mark_status)i)) == 0) {
			*out = (enum mark_status)i;
			return 0;
		}
	}
	return wrong(r, "status", "is no status");
}

static int read_visibility(struct reader *r, const json_t *o, enum mark_visibility *out)
{
	const char *text = json_string_value(json_object_get(o, "visibility"));

	for (int i = MARK_VISIBLE; text && i <= MARK_AFTER_PUBLISHED; i++) {
		if (strcmp(text, mark_visibility_text((enum mark_visibility)i)) == 0) {
			*out = (enum mark_visibility)i;
			return 0;
		}
	}
	return wrong(r, "visibility", "is no visibility");
}

/* The array @key, of at most @most. */
static int read_array(struct reader *r, const json_t *o, const char *key, size_t most,
                      const json_t **array)
{
	*array = json_object_get(o, key);
	if (!json_is_array(*array))
		return wrong(r, key, "is no list");
	return json_array_size(*array) > most ? wrong(r, key, "is too long") : 0;
}

/* Go into element @i of @key; the place before comes back by cutting it to @before. */
static size_t enter(struct reader *r, const char *key, size_t i)
{
	size_t before = strlen(r->place);

	snprintf(r->place + before, sizeof r->place - before, "%s%s[%zu]", before ? "." : "", key,
	         i);
	return before;
}

static int read_case(struct reader *r, const json_t *o, struct mark_case *c)
{
	if (check_keys(r, o, case_keys) < 0 || read_text(r, o, "name", &c->name) < 0 ||
	    read_status(r, o, &c->status) < 0 || read_text(r, o, "reason", &c->reason) < 0 ||
	    read_text_or_null(r, o, "details", &c->details) < 0 ||
	    read_text_or_null(r, o, "command", &c->command) < 0 ||
	    read_number(r, o, "duration_ns", INT64_MAX, &c->duration) < 0)
		return -1;
	return 0;
}

static int read_cases(struct reader *r, const json_t *o, struct mark_test *t)
{
	const json_t *list;

	if (read_array(r, o, "cases", MOST_CASES, &list) < 0)
		return -1;
	t->cases = mem_zero(json_array_size(list) + 1, sizeof *t->cases);
	while (t->case_count < json_array_size(list)) {
		size_t i = t->case_count++, before = enter(r, "cases", i);

		if (read_case(r, json_array_get(list, i), &t->cases[i]) < 0)
			return -1;
		r->place[before] = '\0';
	}
	return 0;
}

static int read_tags(struct reader *r, const json_t *o, struct mark_test *t)
{
	const json_t *list;

	if (read_array(r, o, "tags", MOST_TAGS, &list) < 0)
		return -1;
	t->tags = mem_zero(json_array_size(list) + 1, sizeof *t->tags);
	while (t->tag_count < json_array_size(list)) {
		size_t i = t->tag_count++;

		if (read_value(r, "tags", json_array_get(list, i), &t->tags[i]) < 0)
			return -1;
	}
	return 0;
}

static int read_points(struct reader *r, const json_t *o, struct mark_test *t)
{
	bool counts = t->status != MARK_NOT_ASSESSED && t->status != MARK_ERROR;

	if (read_number(r, o, "points_thousandths", MOST_POINTS, &t->points) < 0 ||
	    read_number(r, o, "earned_thousandths", t->points, &t->earned) < 0)
		return -1;
	if (t->earned > 0 && (!counts || t->status == MARK_NOT_RUN))
		return wrong(r, "earned_thousandths",
		             "is more than 0, and the test was not judged");
	return 0;
}

static int read_test(struct reader *r, const json_t *o, struct mark_test *t)
{
	if (check_keys(r, o, test_keys) < 0 || read_text(r, o, "name", &t->name) < 0 ||
	    read_text(r, o, "number", &t->number) < 0 || read_status(r, o, &t->status) < 0 ||
	    read_visibility(r, o, &t->visibility) < 0 || read_points(r, o, t) < 0 ||
	    read_text(r, o, "summary", &t->summary) < 0 ||
	    read_text(r, o, "feedback", &t->feedback) < 0 || read_tags(r, o, t) < 0 ||
	    read_number(r, o, "duration_ns", INT64_MAX, &t->duration) < 0 ||
	    read_cases(r, o, t) < 0)
		return -1;
	return 0;
}

static int read_tests(struct reader *r, const json_t *o, struct mark *m)
{
	const json_t *list;

	if (read_array(r, o, "tests", MOST_TESTS, &list) < 0)
		return -1;
	m->tests = mem_zero(json_array_size(list) + 1, sizeof *m->tests);
	while (m->test_count < json_array_size(list)) {
		size_t i = m->test_count++, before = enter(r, "tests", i);

		if (read_test(r, json_array_get(list, i), &m->tests[i]) < 0)
			return -1;
		r->place[before] = '\0';
	}
	return 0;
}

/* The sums that stand there are those of the tests. */
static int check_sum(struct reader *r, const json_t *o, struct mark *m)
{
	int64_t points, earned, not_assessed;
	const json_t *erred = json_object_get(o, "erred");

	if (read_number(r, o, "points_thousandths", INT64_MAX, &points) < 0 ||
	    read_number(r, o, "earned_thousandths", INT64_MAX, &earned) < 0 ||
	    read_number(r, o, "not_assessed_thousandths", INT64_MAX, &not_assessed) < 0)
		return -1;
	if (!json_is_boolean(erred))
		return wrong(r, "erred", "is neither true nor false");
	mark_sum(m);
	if (m->points != points || m->earned != earned || m->not_assessed != not_assessed ||
	    m->erred != json_is_true(erred))
		return wrong(r, "", "its sums are not those of its tests");
	return 0;
}

static int read_mark(struct reader *r, const json_t *o, struct mark *m)
{
	if (check_keys(r, o, mark_keys) < 0 || read_text(r, o, "name", &m->name) < 0 ||
	    read_text_or_null(r, o, "path", &m->path) < 0 ||
	    read_text_or_null(r, o, "digest", &m->digest) < 0 ||
	    read_number(r, o, "at_ns", INT64_MAX, &m->at) < 0 ||
	    read_number(r, o, "duration_ns", INT64_MAX, &m->duration) < 0 ||
	    read_text_or_null(r, o, "output", &m->output) < 0 || read_tests(r, o, m) < 0 ||
	    check_sum(r, o, m) < 0)
		return -1;
	return *m->name ? 0 : wrong(r, "name", "is empty");
}

static int read_marks(struct reader *r, const json_t *o, struct mark_class *c)
{
	const json_t *list;

	if (read_array(r, o, "marks", MOST_MARKS, &list) < 0)
		return -1;
	c->marks = mem_zero(json_array_size(list) + 1, sizeof *c->marks);
	while (c->count < json_array_size(list)) {
		size_t i = c->count++, before = enter(r, "marks", i);

		if (read_mark(r, json_array_get(list, i), &c->marks[i]) < 0)
			return -1;
		if (i > 0 && strcmp(c->marks[i - 1].name, c->marks[i].name) >= 0)
			return wrong(r, "name", "is not behind the one before it");
		r->place[before] = '\0';
	}
	return 0;
}

static int read_root(struct reader *r, const json_t *o, struct mark_class *c)
{
	const char *format = json_string_value(json_object_get(o, "format"));
	char *version = NULL;
	int rc;

	if (!format || strcmp(format, FORMAT_JSON_NAME) != 0)
		return wrong(r, "format",
		             "is not \"" FORMAT_JSON_NAME
		             "\": it is no marks.json, or one of another version");
	if (check_keys(r, o, root_keys) < 0)
		return -1;
	rc = read_text_or_null(r, o, "version", &version);
	free(version);
	if (rc < 0 || read_text_or_null(r, o, "assignment", &c->assignment) < 0 ||
	    read_text_or_null(r, o, "title", &c->title) < 0)
		return -1;
	return read_marks(r, o, c);
}

int marks_json_read(const char *text, size_t len, struct mark_class *out, struct err *err)
{
	struct reader r = {.err = err};
	json_error_t error;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	int rc;

	*out = (struct mark_class){0};
	if (!root)
		return err_set(err, EINVAL, "line %d, column %d: %s", error.line, error.column,
		               error.text);
	rc = read_root(&r, root, out);
	json_decref(root);
	if (rc < 0)
		marks_json_free(out);
	return rc;
}

void marks_json_free(struct mark_class *c)
{
	for (size_t i = 0; i < c->count; i++)
		mark_free(&c->marks[i]);
	free(c->marks);
	free(c->assignment);
	free(c->title);
	*c = (struct mark_class){0};
}
