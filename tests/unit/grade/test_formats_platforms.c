/* SPDX-License-Identifier: MIT */
/*
 * test_formats_platforms.c - a file for each submission: Gradescope, Classroom 50, PrairieLearn,
 * Autolab, check50, each looked at by its platform's written rules
 */
#include "marks_fixture.h"
#include <stdio.h>

/* @root is a valid results.json of Gradescope's; returns its tests. */
static json_t *check_gradescope(const json_t *root)
{
	static const char *const top[] = {"score",         "execution_time",     "output",
	                                  "output_format", "test_output_format", "test_name_format",
	                                  "visibility",    "stdout_visibility",  "extra_data",
	                                  "tests",         "leaderboard",        NULL};
	static const char *const keys[] = {
	    "score",  "max_score",     "status", "name",       "name_format", "number",
	    "output", "output_format", "tags",   "visibility", "extra_data",  NULL};
	json_t *tests = member(root, "tests", JSON_ARRAY), *t;
	bool all_scored = true;
	size_t i, k;

	only_keys(root, top);
	assert_string_equal(text_of(root, "output_format"), "text");
	assert_string_equal(text_of(root, "stdout_visibility"), "hidden");
	json_array_foreach(tests, i, t)
	{
		const char *visibility = text_of(t, "visibility");
		json_t *status = json_object_get(t, "status"), *tag;

		only_keys(t, keys);
		assert_string_equal(text_of(t, "name_format"), "text");
		assert_string_equal(text_of(t, "output_format"), "text");
		assert_true(json_is_string(json_object_get(t, "name")));
		if (json_object_get(t, "number"))
			assert_true(*text_of(t, "number"));
		json_array_foreach(json_object_get(t, "tags"), k, tag)
		    assert_true(json_is_string(tag));
		assert_true(strcmp(visibility, "visible") == 0 ||
		            strcmp(visibility, "hidden") == 0 ||
		            strcmp(visibility, "after_due_date") == 0 ||
		            strcmp(visibility, "after_published") == 0);
		if (status)
			assert_true(strcmp(text_of(t, "status"), "passed") == 0 ||
			            strcmp(text_of(t, "status"), "failed") == 0);
		all_scored &= json_object_get(t, "score") != NULL;
		if (json_object_get(t, "score"))
			assert_true(number_of(t, "score") <= number_of(t, "max_score"));
	}
	if (!all_scored)
		assert_true(number_of(root, "score") >= 0);
	return tests;
}

static void gradescope(void **state)
{
	struct fixture f;
	struct buf out = {0};
	json_t *root, *t;

	(void)state;
	fixture_tame(&f);
	run_one(format_gradescope, &f, &out);
	root = parse(out.p);
	t = json_array_get(check_gradescope(root), 1);
	assert_int_equal(number_of(root, "score"), 2600);
	assert_int_equal(number_of(root, "execution_time"), 100);
	assert_string_equal(text_of(root, "output"), "cc: 1 warning\n");
	assert_string_equal(text_of(t, "name"), "many clients");
	assert_string_equal(text_of(t, "number"), "2.1");
	assert_string_equal(text_of(t, "status"), "failed");
	assert_int_equal(number_of(t, "score"), 100);
	assert_int_equal(number_of(t, "max_score"), 2000);
	assert_string_equal(text_of(t, "output"), "the second client got no answer\n"
	                                          "expected: pong\nfound: nothing\n");
	assert_has(out.p, "\"score\": 0.1,"); /* no 0.10000000000000001 */
	assert_has(out.p, "\"score\": 2.6,");
	assert_string_equal(buf_text(&f.notes), "");
	json_decref(root);
	buf_free(&out);
}

static void gradescope_lost(void **state)
{
	struct fixture f;
	struct buf out = {0};
	json_t *root, *tests;

	(void)state;
	fixture_lost(&f);
	run_one(format_gradescope, &f, &out);
	root = parse(out.p);
	tests = check_gradescope(root);
	for (size_t i = 2; i < 4; i++) {
		assert_null(json_object_get(json_array_get(tests, i), "score"));
		assert_null(json_object_get(json_array_get(tests, i), "status"));
	}
	assert_has(text_of(json_array_get(tests, 2), "output"), "Not assessed: this machine");
	assert_has(text_of(json_array_get(tests, 3), "output"), "not this program's fault");
	assert_has(text_of(root, "output"), "1.5 points do not count, since this machine");
	assert_has(text_of(root, "output"),
	           "3 points do not count, since the grader itself failed");
	assert_string_equal(f.notes.p,
	                    "alice: 4.5 of 9 points do not count, since the grader itself "
	                    "failed: grade it again\n");
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
}

/* Students see the text about all of it: what is hidden must not be told there. */
static void gradescope_hidden(void **state)
{
	struct fixture f;
	struct buf out = {0};
	json_t *root, *tests;

	(void)state;
	fixture_hidden(&f);
	f.set.hidden_too = true;
	run_one(format_gradescope, &f, &out);
	root = parse(out.p);
	tests = check_gradescope(root);
	assert_int_equal(json_array_size(tests), 5);
	assert_string_equal(text_of(json_array_get(tests, 2), "visibility"), "hidden");
	assert_string_equal(text_of(json_array_get(tests, 3), "visibility"), "after_due_date");
	assert_string_equal(text_of(json_array_get(tests, 4), "visibility"), "after_published");
	assert_has_not(text_of(root, "output"), SECRET);
	assert_has_not(text_of(root, "output"), "7000");
	assert_has_not(text_of(root, "output"), "failed");
	assert_int_equal(number_of(root, "score"), 7002600);
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
}

static const char *const classroom_texts[] = {"schema",     "classroom", "assignment",
                                              "submission", "commit",    "release",
                                              "review",     "datetime",  NULL};

static json_t *check_classroom50(const json_t *root)
{
	static const char *const top[] = {"schema", "classroom", "assignment", "submission",
	                                  "commit", "release",   "review",     "datetime",
	                                  "score",  "max-score", "tests",      NULL};
	static const char *const keys[] = {"test-name", "passed", "score", "max-score", NULL};
	json_t *tests = member(root, "tests", JSON_ARRAY), *t;
	json_int_t score = 0, most = 0;
	int year, month, day, hour, minute, second, end = 0;
	size_t i;

	only_keys(root, top);
	for (i = 0; classroom_texts[i]; i++)
		assert_true(*text_of(root, classroom_texts[i]));
	assert_string_equal(text_of(root, "schema"), "classroom50/result/v1");
	assert_memory_equal(text_of(root, "submission"), "submit/", 7);
	assert_int_equal(sscanf(text_of(root, "datetime"), "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &year,
	                        &month, &day, &hour, &minute, &second, &end),
	                 6);
	assert_int_equal(end, 20);
	json_array_foreach(tests, i, t)
	{
		json_int_t own = json_integer_value(member(t, "score", JSON_INTEGER));

		only_keys(t, keys);
		assert_true(*text_of(t, "test-name"));
		member(t, "passed", JSON_TRUE);
		score += own;
		most += json_integer_value(member(t, "max-score", JSON_INTEGER));
		assert_true(own >= 0 && own <= json_integer_value(json_object_get(t, "max-score")));
	}
	assert_int_equal(json_integer_value(member(root, "score", JSON_INTEGER)), score);
	assert_int_equal(json_integer_value(member(root, "max-score", JSON_INTEGER)), most);
	return tests;
}

static void classroom50(void **state)
{
	struct fixture f;
	struct buf out = {0};
	json_t *root, *tests;

	(void)state;
	fixture_lost(&f);
	run_one(format_classroom50, &f, &out);
	root = parse(out.p);
	tests = check_classroom50(root);
	assert_string_equal(text_of(root, "datetime"), "2026-11-26T00:00:00Z");
	assert_string_equal(text_of(root, "review"), f.set.commit);
	/* 2.5 and 1.5 points: whole numbers from tenfold on */
	assert_int_equal(json_integer_value(json_object_get(root, "score")), 26);
	assert_int_equal(json_integer_value(json_object_get(root, "max-score")), 45);
	assert_string_equal(text_of(json_array_get(tests, 0), "test-name"), "1 echoes a line");
	assert_true(json_is_false(json_object_get(json_array_get(tests, 1), "passed")));
	assert_has(text_of(json_array_get(tests, 2), "test-name"), "NOT ASSESSED: 1.5 points");
	assert_has(text_of(json_array_get(tests, 3), "test-name"), "THE GRADER FAILED: 3 points");
	assert_true(json_is_true(json_object_get(json_array_get(tests, 3), "passed")));
	assert_has(f.notes.p, "a point is 10 there");
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
}

/* A part is rounded, but never up to all of it, and staff is told. */
static void classroom50_rounds(void **state)
{
	struct fixture f;
	struct buf out = {0};
	json_t *root;

	(void)state;
	fixture_tame(&f);
	f.tests[0].points = f.tests[0].earned = 3000;
	f.tests[1].earned = 1999;
	run_one(format_classroom50, &f, &out);
	root = parse(out.p);
	check_classroom50(root);
	assert_int_equal(json_integer_value(json_object_get(root, "score")), 4);
	assert_int_equal(json_integer_value(json_object_get(root, "max-score")), 5);
	assert_has(f.notes.p, "1 scores are rounded");
	json_decref(root);
	buf_free(&out);
	f.set.scale = 1000;
	run_one(format_classroom50, &f, &out);
	root = parse(out.p);
	assert_int_equal(json_integer_value(json_object_get(root, "score")), 4999);
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
}

static void classroom50_wants(void **state)
{
	struct fixture f;
	struct buf out = {0};
	struct err err;

	(void)state;
	fixture_tame(&f);
	f.set.release = "";
	assert_int_equal(format_classroom50(&f.mark, &f.set, &out, &err), -1);
	assert_has(err.text, "wants a release");
	f.set.release = "r";
	f.set.submission = "v1";
	assert_int_equal(format_classroom50(&f.mark, &f.set, &out, &err), -1);
	assert_has(err.text, "SUBMISSION_TAG");
	assert_int_equal(out.len, 0);
}

static json_t *check_prairielearn(const json_t *root, size_t bytes)
{
	json_t *tests = member(root, "tests", JSON_ARRAY), *t, *gradable;
	size_t i;

	assert_true(bytes <= 1000000);
	gradable = member(root, "gradable", JSON_TRUE);
	if (json_is_true(gradable)) {
		double score = json_number_value(member(root, "score", JSON_REAL));

		assert_true(score >= 0 && score <= 1);
	} else {
		assert_true(*text_of(root, "format_errors"));
	}
	text_of(root, "message");
	text_of(root, "output");
	json_array_foreach(tests, i, t)
	{
		text_of(t, "name");
		text_of(t, "message");
		text_of(t, "output");
		assert_true(number_of(t, "points") <= number_of(t, "max_points"));
	}
	return tests;
}

static void prairielearn(void **state)
{
	struct fixture f;
	struct buf out = {0};
	json_t *root, *t;

	(void)state;
	fixture_tame(&f);
	fixture_add(&f, fixture_test("over the wire", MARK_NOT_ASSESSED));
	run_one(format_prairielearn, &f, &out);
	root = parse(out.p);
	t = json_array_get(check_prairielearn(root, out.len), 2);
	assert_true(json_is_true(json_object_get(root, "gradable")));
	assert_has(out.p, "\"score\": 0.577778,");
	assert_string_equal(text_of(root, "message"),
	                    "2.6 of 4.5 points. 3 more points do not count: see below.");
	assert_string_equal(text_of(t, "name"), "over the wire (not assessed)");
	assert_int_equal(number_of(t, "max_points"), 0);
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
}

/* What the grader did not judge costs no attempt. */
static void prairielearn_erred(void **state)
{
	struct fixture f;
	struct buf out = {0};
	json_t *root;

	(void)state;
	fixture_lost(&f);
	run_one(format_prairielearn, &f, &out);
	root = parse(out.p);
	check_prairielearn(root, out.len);
	assert_true(json_is_false(json_object_get(root, "gradable")));
	assert_null(json_object_get(root, "score"));
	assert_has(text_of(root, "format_errors"), "not this submission's fault");
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
	fixture_tame(&f);
	f.tests[0].visibility = f.tests[1].visibility = MARK_HIDDEN;
	run_one(format_prairielearn, &f, &out);
	root = parse(out.p);
	assert_true(json_is_false(json_object_get(root, "gradable")));
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
}

static void prairielearn_long(void **state)
{
	struct mark_test *many = mem_zero(8000, sizeof *many);
	char *text = make_long();
	struct fixture f;
	struct buf out = {0};
	json_t *root, *tests;

	(void)state;
	fixture_tame(&f);
	f.mark.output = f.tests[0].feedback = f.tests[1].name = f.tests[1].summary = text;
	run_one(format_prairielearn, &f, &out);
	root = parse(out.p);
	tests = check_prairielearn(root, out.len);
	assert_int_equal(json_array_size(tests), 2);
	assert_has(text_of(json_array_get(tests, 0), "output"), "\n[cut here: ");
	assert_true(strlen(text_of(json_array_get(tests, 0), "output")) > 30000);
	assert_has(f.notes.p, "alice: feedback is cut: PrairieLearn takes 1 MB\n");
	json_decref(root);
	buf_free(&out);
	/* and more tests than have room at all */
	f.tests[0].feedback = TEXT("12 of 12 bytes came back.\n");
	for (size_t i = 0; i < 8000; i++)
		many[i] = f.tests[0];
	f.mark.tests = many;
	f.mark.test_count = 8000;
	run_one(format_prairielearn, &f, &out);
	root = parse(out.p);
	assert_int_equal(json_array_size(check_prairielearn(root, out.len)), 0);
	assert_int_equal(number_of(root, "score"), 1000);
	assert_has(text_of(root, "output"), "no room for the tests");
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
	free(text);
	free(many);
}

/* The last line, by Autolab's own way of finding it: blanks at the end stripped, the last one. */
static const char *last_line(struct buf *out)
{
	char *end;

	while (out->len > 0 && strchr(" \n\t\r", out->p[out->len - 1]))
		out->p[--out->len] = '\0';
	end = strrchr(out->p, '\n');
	return end ? end + 1 : out->p;
}

static void autolab(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_lost(&f);
	f.tests[0].feedback = TEXT("{\"scores\":{\"forged\":100}}\n\n\n");
	run_one(format_autolab, &f, &out);
	assert_has(out.p, "failed: 2.1 many clients (0.1 of 2 points)\n");
	assert_has(out.p, "error: broken (3 points do not count)\n    The grader itself failed");
	assert_has(out.p, "\n    {\"scores\":{\"forged\":100}}\n");
	assert_string_equal(last_line(&out),
	                    "{\"scores\":{\"echoes a line\":2.5,\"many clients\":0.1}}");
	buf_free(&out);
	/* two tests of one name are one problem */
	f.tests[1].name = f.tests[0].name;
	run_one(format_autolab, &f, &out);
	assert_string_equal(last_line(&out), "{\"scores\":{\"echoes a line\":2.6}}");
	buf_free(&out);
	buf_free(&f.notes);
	fixture_empty(&f);
	run_one(format_autolab, &f, &out);
	assert_string_equal(last_line(&out), "{\"scores\":{}}");
	buf_free(&out);
	buf_free(&f.notes);
}

static json_t *check_check50(const json_t *root)
{
	static const char *const keys[] = {"name",  "description", "passed",     "log",
	                                   "cause", "data",        "dependency", NULL};
	json_t *results = member(root, "results", JSON_ARRAY), *r, *line;
	size_t i, k;

	text_of(root, "slug");
	text_of(root, "version");
	json_array_foreach(results, i, r)
	{
		json_t *passed = json_object_get(r, "passed"), *cause = json_object_get(r, "cause");

		only_keys(r, keys);
		for (k = 0; k < i; k++)
			assert_string_not_equal(text_of(r, "name"),
			                        text_of(json_array_get(results, k), "name"));
		text_of(r, "description");
		assert_true(json_is_boolean(passed) || json_is_null(passed));
		assert_int_equal(json_is_null(cause), json_is_true(passed));
		if (!json_is_true(passed))
			assert_true(*text_of(cause, "rationale"));
		json_array_foreach(member(r, "log", JSON_ARRAY), k, line)
		    assert_null(strchr(json_string_value(line), '\n'));
		member(r, "data", JSON_OBJECT);
		assert_non_null(json_object_get(r, "dependency"));
	}
	return results;
}

static void check50(void **state)
{
	struct fixture f;
	struct buf out = {0};
	json_t *root, *results, *r;

	(void)state;
	fixture_lost(&f);
	fixture_add(&f, fixture_test("after it", MARK_NOT_RUN));
	fixture_add(&f, fixture_test("after it", MARK_FAILED));
	run_one(format_check50, &f, &out);
	root = parse(out.p);
	results = check_check50(root);
	assert_string_equal(text_of(root, "slug"), "echo-server");
	assert_true(json_is_true(json_object_get(json_array_get(results, 0), "passed")));
	assert_true(json_is_false(json_object_get(json_array_get(results, 1), "passed")));
	r = json_array_get(results, 1);
	assert_string_equal(text_of(json_object_get(r, "cause"), "rationale"),
	                    "the second client got no answer");
	assert_int_equal(json_array_size(json_object_get(r, "log")), 3);
	for (size_t i = 2; i < 5; i++)
		assert_true(json_is_null(json_object_get(json_array_get(results, i), "passed")));
	r = json_object_get(json_array_get(results, 3), "cause");
	assert_has(text_of(r, "rationale"), "not this program's fault");
	assert_string_equal(text_of(json_object_get(r, "error"), "value"), "no /dev/net/tun");
	assert_string_equal(text_of(json_array_get(results, 5), "name"), "after it (2)");
	json_decref(root);
	buf_free(&out);
	buf_free(&f.notes);
}

static format_one *const ones[] = {format_gradescope, format_classroom50, format_prairielearn,
                                   format_autolab, format_check50};

static void look(size_t i, struct buf *out)
{
	json_t *root = parse(i == 3 ? last_line(out) : out->p);

	if (i == 0)
		check_gradescope(root);
	else if (i == 1)
		check_classroom50(root);
	else if (i == 2)
		check_prairielearn(root, out->len);
	else if (i == 4)
		check_check50(root);
	json_decref(root);
}

/* Whatever the texts are: still valid by the rules, and nothing of it is obeyed anywhere. */
static void hostile(void **state)
{
	char *text = make_long();

	(void)state;
	for (size_t i = 0; i < sizeof ones / sizeof *ones; i++) {
		struct fixture f;
		struct buf out = {0};

		fixture_hostile(&f);
		run_one(ones[i], &f, &out);
		assert_has(out.p, i == 3 ? "\\x1b[31mred\\x07 " : "\\\\x1b[31mred\\\\x07 ");
		assert_has(out.p, "\xef\xbf\xbd\xef\xbf\xbd ");
		assert_has_not(out.p, "\\u001b");
		look(i, &out);
		buf_free(&out);
		f.tests[1].feedback = text;
		run_one(ones[i], &f, &out);
		look(i, &out);
		buf_free(&out);
		assert_harmless(&f.notes);
		buf_free(&f.notes);
	}
	free(text);
}

static void nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ones / sizeof *ones; i++) {
		struct fixture f;
		struct buf out = {0};

		fixture_empty(&f);
		run_one(ones[i], &f, &out);
		look(i, &out);
		buf_free(&out);
	}
}

/* Where all is shown, hidden tests are neither named nor do they move a number. */
static void hidden(void **state)
{
	(void)state;
	for (size_t i = 1; i < sizeof ones / sizeof *ones; i++) {
		struct fixture f;
		struct buf without = {0}, with = {0};

		fixture_tame(&f);
		run_one(ones[i], &f, &without);
		buf_free(&f.notes);
		fixture_hidden(&f);
		run_one(ones[i], &f, &with);
		assert_string_equal(with.p, without.p);
		assert_has(f.notes.p, "21000 points of tests that are not visible are not in ");
		assert_has_not(with.p, SECRET);
		buf_free(&with);
		f.set.hidden_too = true;
		run_one(ones[i], &f, &with);
		assert_has(with.p, SECRET);
		buf_free(&with);
		buf_free(&without);
		buf_free(&f.notes);
	}
}

static void table(void **state)
{
	(void)state;
	assert_int_equal(format_count, 9);
	for (size_t i = 0; i < format_count; i++) {
		assert_ptr_equal(format_find(formats[i].name), &formats[i]);
		assert_true(!formats[i].one != !formats[i].all);
		assert_true(*formats[i].file && *formats[i].what);
	}
	assert_ptr_equal(format_find("gradescope")->one, format_gradescope);
	assert_string_equal(format_find("gradescope")->file, "results.json");
	assert_ptr_equal(format_find("json")->all, format_json);
	assert_null(format_find("grade"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gradescope),
	    cmocka_unit_test(gradescope_lost),
	    cmocka_unit_test(gradescope_hidden),
	    cmocka_unit_test(classroom50),
	    cmocka_unit_test(classroom50_rounds),
	    cmocka_unit_test(classroom50_wants),
	    cmocka_unit_test(prairielearn),
	    cmocka_unit_test(prairielearn_erred),
	    cmocka_unit_test(prairielearn_long),
	    cmocka_unit_test(autolab),
	    cmocka_unit_test(check50),
	    cmocka_unit_test(hostile),
	    cmocka_unit_test(nothing),
	    cmocka_unit_test(hidden),
	    cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
