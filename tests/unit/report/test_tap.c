/* SPDX-License-Identifier: MIT */
/* test_tap.c - TAP 14: a plan, a line a case that nothing can forge, YAML behind what went wrong */
#include "report_fixture.h"

static void plain(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_TAP, 4);
	fixture_add(&f, fixture_result(VERDICT_PASS));
	fixture_add(&f, fixture_result(VERDICT_FAIL));
	fixture_add(&f, fixture_result(VERDICT_SKIP));
	fixture_add(&f, fixture_result(VERDICT_ERROR));
	fixture_end(&f);
	assert_string_equal(f.text,
	                    "TAP version 14\n"
	                    "1..4\n"
	                    "# sockproof 0.1.0, Linux 6.18.44\n"
	                    "ok 1 - connect/refused family=ipv4 backlog=4 (reference)\n"
	                    "not ok 2 - connect/refused family=ipv4 backlog=4 (reference)\n"
	                    "  ---\n"
	                    "  message: \"expected \\\"R.\\\", got nothing\"\n"
	                    "  severity: fail\n"
	                    "  title: \"A closed port refuses the connection\"\n"
	                    "  file: \"scenarios/connect/refused.lua\"\n"
	                    "  line: 12\n"
	                    "  duration_ms: 40.001\n"
	                    "  directory: \"out/0001\"\n"
	                    "  command: \"sockproof run connect/refused --set family=ipv4\"\n"
	                    "  explanation: |\n"
	                    "    expected  actual\n"
	                    "      R.      -\n"
	                    "  ...\n"
	                    "ok 3 - connect/refused family=ipv4 backlog=4 (reference) # SKIP "
	                    "expected \"R.\", got nothing\n"
	                    "not ok 4 - connect/refused family=ipv4 backlog=4 (reference)\n"
	                    "  ---\n"
	                    "  message: \"expected \\\"R.\\\", got nothing\"\n"
	                    "  severity: error\n"
	                    "  title: \"A closed port refuses the connection\"\n"
	                    "  file: \"scenarios/connect/refused.lua\"\n"
	                    "  line: 12\n"
	                    "  duration_ms: 40.001\n"
	                    "  directory: \"out/0001\"\n"
	                    "  command: \"sockproof run connect/refused --set family=ipv4\"\n"
	                    "  explanation: |\n"
	                    "    expected  actual\n"
	                    "      R.      -\n"
	                    "  ...\n"
	                    "# pass 1, fail 1, skip 1, error 1\n");
	free(f.text);
}

/* Lines that start with something a TAP reader obeys. */
static size_t lines_with(const char *text, const char *start)
{
	size_t n = 0, len = strlen(start);

	for (const char *p = text; p && *p; p = strchr(p, '\n'), p += p ? 1 : 0)
		n += strncmp(p, start, len) == 0;
	return n;
}

/* The "#" that no backslash precedes on the lines of tests: one in four here, the skip's own. */
static size_t directives(const char *text)
{
	size_t n = 0;
	bool test = false, escaped = false;

	for (const char *p = text; *p; p++) {
		if (p == text || p[-1] == '\n')
			test = strncmp(p, "ok ", 3) == 0 || strncmp(p, "not ok ", 7) == 0;
		n += test && *p == '#' && !escaped;
		escaped = *p == '\\' && !escaped;
	}
	return n;
}

static void hostile(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_TAP, 4);
	for (int v = 0; v < VERDICT_COUNT; v++)
		fixture_add(&f, fixture_attack(v));
	fixture_end(&f);
	assert_harmless(f.text);
	assert_int_equal(lines_with(f.text, "ok "), 2);
	assert_int_equal(lines_with(f.text, "not ok "), 2);
	assert_int_equal(lines_with(f.text, "Bail out!"), 0);
	assert_int_equal(lines_with(f.text, "  ..."), 2);
	assert_int_equal(lines_with(f.text, "  ---"), 2);
	assert_int_equal(directives(f.text), 1);
	assert_has(f.text, "  explanation: |2\n      first\n    ...\n    ---\n");
	assert_has(f.text, "\\# TODO");
	assert_has(f.text, " # SKIP a\\\\x1b[31mred");
	free(f.text);
}

static void cut_short(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_TAP, 3);
	fixture_add(&f, fixture_bare(VERDICT_PASS));
	fixture_add(&f, fixture_bare(VERDICT_FAIL));
	fixture_end(&f);
	assert_has(f.text, "ok 1 - bare\n");
	assert_has(f.text,
	           "not ok 2 - bare\n  ---\n  severity: fail\n  duration_ms: 0.000\n  ...\n");
	assert_has(f.text, "\nBail out! 2 of 3 cases were run\n");
	free(f.text);
}

static void nothing(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_TAP, 0);
	fixture_end(&f);
	assert_has(f.text, "\n1..0 # SKIP no cases\n");
	free(f.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain),
	    cmocka_unit_test(hostile),
	    cmocka_unit_test(cut_short),
	    cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
