/* SPDX-License-Identifier: MIT */
/* test_pretty.c - the report for people: rows, the first failure, the sum, the progress line */
#include "report_fixture.h"

#define WIPE "\r\033[2K"

static struct result other(enum verdict v, const char *scenario, int64_t duration)
{
	struct result r = fixture_result(v);

	r.scenario = scenario;
	r.duration = duration;
	return r;
}

static void all_passed(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_PRETTY, 3);
	fixture_add(&f, other(VERDICT_PASS, "connect/refused", 155 * NS_PER_MS));
	fixture_add(&f, other(VERDICT_PASS, "connect/refused", 155 * NS_PER_MS));
	fixture_add(&f, other(VERDICT_PASS, "close/half-close", NS_PER_MS));
	fixture_end(&f);
	assert_string_equal(f.text, "sockproof 0.1.0 · Linux 6.18.44 · 3 cases\n"
	                            "\n"
	                            "✓ connect/refused                     2 cases  0.31 s\n"
	                            "✓ close/half-close                    1 case   0.00 s\n"
	                            "\n"
	                            "3 cases: 3 passed, 0 failed, 0 skipped, 0 errors in 0.3 s\n");
	free(f.text);
}

static void not_all_passed(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_PRETTY, 5);
	fixture_add(&f, other(VERDICT_ERROR, "a", 2 * NS_PER_S));
	fixture_add(&f, other(VERDICT_PASS, "b", NS_PER_S));
	fixture_add(&f, other(VERDICT_FAIL, "b", 3 * NS_PER_S));
	fixture_add(&f, other(VERDICT_SKIP, "c", 0));
	fixture_add(&f, other(VERDICT_SKIP, "c", 0));
	fixture_end(&f);
	assert_string_equal(
	    f.text, "sockproof 0.1.0 · Linux 6.18.44 · 5 cases\n"
	            "\n"
	            "! a                                   1 case   2.00 s  1 error\n"
	            "    error  family=ipv4 backlog=4 (reference)  expected \"R.\", got nothing\n"
	            "✗ b                                   2 cases  4.00 s  1 passed, 1 failed\n"
	            "    fail   family=ipv4 backlog=4 (reference)  expected \"R.\", got nothing\n"
	            "- c                                   2 cases  0.00 s  2 skipped: expected "
	            "\"R.\", got nothing\n"
	            "\n"
	            "The first failure: b family=ipv4 backlog=4 (reference)\n"
	            "  title     A closed port refuses the connection\n"
	            "  reason    expected \"R.\", got nothing\n"
	            "  at        scenarios/connect/refused.lua:12\n"
	            "  evidence  out/0001\n"
	            "  repeat    sockproof run connect/refused --set family=ipv4\n"
	            "\n"
	            "    expected  actual\n"
	            "      R.      -\n"
	            "\n"
	            "The slowest:\n"
	            "      3.00 s  b family=ipv4 backlog=4 (reference)\n"
	            "      2.00 s  a family=ipv4 backlog=4 (reference)\n"
	            "      1.00 s  b family=ipv4 backlog=4 (reference)\n"
	            "\n"
	            "5 cases: 1 passed, 1 failed, 2 skipped, 1 error in 6.0 s\n");
	free(f.text);
}

static void only_an_error(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_PRETTY, 1);
	fixture_add(&f, fixture_bare(VERDICT_ERROR));
	fixture_end(&f);
	assert_has(f.text, "\nThe first error: bare\n\n1 case: 0 passed, 0 failed");
	free(f.text);
}

static void verbose(void **state)
{
	struct fixture f = {.set.verbose = true};

	(void)state;
	fixture_begin(&f, REPORT_PRETTY, 2);
	fixture_add(&f, fixture_result(VERDICT_PASS));
	fixture_add(&f, fixture_result(VERDICT_SKIP));
	fixture_end(&f);
	assert_has(f.text,
	           "1 passed, 1 skipped\n"
	           "    pass   family=ipv4 backlog=4 (reference)  40.0 ms\n"
	           "    skip   family=ipv4 backlog=4 (reference)  expected \"R.\", got nothing\n");
	free(f.text);
}

static void hostile(void **state)
{
	struct fixture f = {.set.verbose = true};

	(void)state;
	f.set.columns = 40;
	fixture_begin(&f, REPORT_PRETTY, 4);
	for (int v = 0; v < VERDICT_COUNT; v++)
		fixture_add(&f, fixture_attack(v));
	report_progress(f.report, 1, 1, HOSTILE);
	fixture_end(&f);
	assert_harmless(f.text);
	assert_has(f.text, "    ---\n\n    \tok 1 - forged\n");
	free(f.text);
}

static void progress(void **state)
{
	struct fixture f = {.set.terminal = true};

	(void)state;
	fixture_begin(&f, REPORT_PRETTY, 120);
	report_progress(f.report, 37, 8, "close/half-close ipv4 poll");
	fixture_add(&f, fixture_result(VERDICT_PASS));
	report_progress(f.report, 38, 7, NULL);
	fixture_end(&f);
	assert_has(f.text, "cases\n\n" WIPE "37/120 · close/half-close ipv4 poll · 8 running" WIPE
	                   "38/120 · 7 running" WIPE "✓ connect/refused");
	free(f.text);
}

static void progress_fits(void **state)
{
	struct fixture f = {.set.terminal = true, .set.columns = 14};

	(void)state;
	fixture_begin(&f, REPORT_PRETTY, 9);
	report_progress(f.report, 1, 1, "✓✓✓✓✓✓✓✓✓\033[2J");
	report_close(&f.report);
	fclose(f.set.out);
	assert_has(f.text, WIPE "1/9 · ✓✓✓✓✓✓✓" WIPE);
	free(f.text);
}

static void no_terminal(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_PRETTY, 9);
	report_progress(f.report, 1, 1, "a");
	fixture_end(&f);
	assert_has_not(f.text, "1/9");
	assert_harmless(f.text);
	free(f.text);
}

static void colors(void **state)
{
	struct fixture f = {.set.color = true};

	(void)state;
	fixture_begin(&f, REPORT_PRETTY, 1);
	fixture_add(&f, fixture_result(VERDICT_FAIL));
	fixture_end(&f);
	assert_has(f.text, "\033[31m✗\033[0m connect/refused");
	assert_has(f.text, "\033[31m1 case: 0 passed, 1 failed");
	free(f.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_passed),    cmocka_unit_test(not_all_passed),
	    cmocka_unit_test(only_an_error), cmocka_unit_test(verbose),
	    cmocka_unit_test(hostile),       cmocka_unit_test(progress),
	    cmocka_unit_test(progress_fits), cmocka_unit_test(no_terminal),
	    cmocka_unit_test(colors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
