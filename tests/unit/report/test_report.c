/* SPDX-License-Identifier: MIT */
/* test_report.c - names of verdicts and formats, and a stream that takes no more */
#include "report_fixture.h"
#include <errno.h>

static void names(void **state)
{
	static const char *const formats[] = {"pretty", "tap", "junit", "json"};

	(void)state;
	for (int v = 0; v < VERDICT_COUNT; v++)
		assert_int_equal(verdict_number(verdict_text(v)), v);
	assert_string_equal(verdict_text(VERDICT_ERROR), "error");
	assert_int_equal(verdict_number("passed"), -1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(report_format_number(formats[i]), i);
	assert_int_equal(report_format_number("xml"), -1);
}

static void no_such_format(void **state)
{
	struct report_setting set = {.out = stdout};
	struct err err;

	(void)state;
	assert_null(report_open(99, &set, &err));
	assert_int_equal(err.code, EINVAL);
}

static void disk_full(void **state)
{
	(void)state;
	for (int format = REPORT_PRETTY; format <= REPORT_JSON; format++) {
		struct report_setting set = {.out = fopen("/dev/full", "w")};
		struct report_totals totals = {0};
		struct result one = fixture_result(VERDICT_PASS);
		struct report *r;
		struct err err;

		assert_non_null(set.out);
		set.cases = 1;
		r = report_open(format, &set, &err);
		assert_non_null(r);
		report_result(r, &one);
		assert_int_equal(report_finish(r, &totals, &err), -1);
		assert_has(err.text, "cannot write");
		report_close(&r);
		report_close(&r); /* NULL by now: fine */
		fclose(set.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(no_such_format),
	    cmocka_unit_test(disk_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
