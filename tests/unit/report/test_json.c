/* SPDX-License-Identifier: MIT */
/* test_json.c - the JSON report is read back: every field, and bytes that JSON cannot hold */
#include "report_fixture.h"
#include <jansson.h>

static json_t *parse(const struct fixture *f)
{
	json_error_t error;
	json_t *root = json_loadb(f->text, f->len, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		fail_msg("%d:%d: %s in:\n%s", error.line, error.column, error.text, f->text);
	return root;
}

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	if (!value)
		fail_msg("no string \"%s\"", key);
	return value;
}

static void plain(void **state)
{
	struct fixture f = {0};
	json_t *root, *cases, *one, *parameters;

	(void)state;
	fixture_begin(&f, REPORT_JSON, 2);
	fixture_add(&f, fixture_result(VERDICT_PASS));
	fixture_add(&f, fixture_result(VERDICT_FAIL));
	fixture_end(&f);
	root = parse(&f);
	assert_string_equal(text(root, "version"), "0.1.0");
	assert_string_equal(text(root, "kernel"), "6.18.44");
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(root, "totals"), "fail")), 1);
	assert_int_equal(json_object_size(json_object_get(root, "totals")), VERDICT_COUNT);
	cases = json_object_get(root, "cases");
	assert_int_equal(json_array_size(cases), 2);
	one = json_array_get(cases, 1);
	assert_string_equal(text(one, "scenario"), "connect/refused");
	assert_string_equal(text(one, "implementation"), "reference");
	assert_string_equal(text(one, "verdict"), "fail");
	assert_string_equal(text(one, "reason"), "expected \"R.\", got nothing");
	assert_string_equal(text(one, "explanation"), "expected  actual\n  R.      -\n");
	assert_string_equal(text(one, "directory"), "out/0001");
	assert_int_equal(json_integer_value(json_object_get(one, "line")), 12);
	assert_true(json_real_value(json_object_get(one, "duration_ms")) == 40.001);
	assert_has(f.text, "\"duration_ms\": 40.001");
	parameters = json_object_get(one, "parameters");
	assert_string_equal(text(parameters, "family"), "ipv4");
	assert_int_equal(json_integer_value(json_object_get(parameters, "backlog")), 4);
	one = json_array_get(cases, 0);
	assert_string_equal(text(one, "reason"), "");
	assert_true(json_is_null(json_object_get(one, "explanation")));
	json_decref(root);
	free(f.text);
}

static void hostile(void **state)
{
	struct fixture f = {0};
	json_t *root, *one;

	(void)state;
	fixture_begin(&f, REPORT_JSON, 2);
	fixture_add(&f, fixture_attack(VERDICT_ERROR));
	fixture_add(&f, fixture_bare(VERDICT_SKIP));
	fixture_end(&f);
	assert_int_equal(strlen(f.text), f.len);
	for (const char *p = f.text; *p; p++)
		assert_true((unsigned char)*p >= ' ' || *p == '\n');
	root = parse(&f);
	one = json_array_get(json_object_get(root, "cases"), 0);
	assert_has(text(one, "scenario"), "red\\x07 \\xff\\xfe \\xc2\\x9b <b>&amp;\"'`");
	assert_has(text(one, "explanation"), "\nBail out!\na\\x1b[31mred");
	/* a number too large for JSON's readers stays text */
	assert_string_equal(text(json_object_get(one, "parameters"), "n"), "1e999");
	assert_true(json_is_null(json_object_get(one, "line")));
	one = json_array_get(json_object_get(root, "cases"), 1);
	assert_true(json_is_null(json_object_get(one, "implementation")));
	assert_int_equal(json_object_size(json_object_get(one, "parameters")), 0);
	json_decref(root);
	free(f.text);
}

/* What is UTF-8 comes back byte for byte, control characters too. */
static void exact(void **state)
{
	struct fixture f = {0};
	struct result r = fixture_result(VERDICT_FAIL);
	json_t *root;

	(void)state;
	r.reason = "tab\t escape\033 \"quoted\" back\\slash \xe2\x9c\x93 \x01";
	fixture_begin(&f, REPORT_JSON, 1);
	fixture_add(&f, r);
	fixture_end(&f);
	root = parse(&f);
	assert_string_equal(text(json_array_get(json_object_get(root, "cases"), 0), "reason"),
	                    r.reason);
	json_decref(root);
	free(f.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain),
	    cmocka_unit_test(hostile),
	    cmocka_unit_test(exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
