/* SPDX-License-Identifier: MIT */
/* test_junit.c - JUnit's XML: counts, elements, and nothing that XML 1.0 forbids */
#include "report_fixture.h"
#include <sys/wait.h>
#include <unistd.h>

static void plain(void **state)
{
	struct fixture f = {0};
	struct result other = fixture_bare(VERDICT_ERROR);

	(void)state;
	other.reason = "no /dev/net/tun";
	fixture_begin(&f, REPORT_JUNIT, 5);
	fixture_add(&f, fixture_result(VERDICT_PASS));
	fixture_add(&f, fixture_result(VERDICT_FAIL));
	fixture_add(&f, fixture_result(VERDICT_SKIP));
	fixture_add(&f, other);
	fixture_add(&f, fixture_bare(VERDICT_PASS));
	fixture_end(&f);
	assert_has(f.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	                   "<testsuites name=\"sockproof\" tests=\"5\" failures=\"1\" errors=\"1\" "
	                   "skipped=\"1\" time=\"0.120004\">\n");
	assert_has(f.text, "<testsuite name=\"connect/refused\" tests=\"3\" failures=\"1\" "
	                   "errors=\"0\" skipped=\"1\" time=\"0.120004\">");
	assert_has(f.text, "<testsuite name=\"bare\" tests=\"2\" failures=\"0\" errors=\"1\" "
	                   "skipped=\"0\" time=\"0.000000\">");
	assert_has(f.text, "<property name=\"kernel\" value=\"6.18.44\"/>");
	assert_has(f.text, "<testcase classname=\"connect/refused\" "
	                   "name=\"family=ipv4 backlog=4 (reference)\" "
	                   "file=\"scenarios/connect/refused.lua\" line=\"12\" time=\"0.040001\">");
	assert_has(f.text,
	           "<failure message=\"expected &quot;R.&quot;, got nothing\" type=\"fail\">"
	           "expected  actual\n  R.      -\n</failure>");
	assert_has(f.text, "<skipped message=\"expected &quot;R.&quot;, got nothing\"/>");
	assert_has(f.text, "<error message=\"no /dev/net/tun\" type=\"error\"></error>");
	assert_has(f.text, "<system-out>evidence: out/0001\nrepeat: sockproof run");
	free(f.text);
}

static void make_hostile(struct fixture *f)
{
	fixture_begin(f, REPORT_JUNIT, 5);
	for (int v = 0; v < VERDICT_COUNT; v++)
		fixture_add(f, fixture_attack(v));
	fixture_add(f, fixture_bare(VERDICT_FAIL));
	fixture_end(f);
}

static void hostile(void **state)
{
	struct fixture f = {0};

	(void)state;
	make_hostile(&f);
	assert_harmless(f.text);
	assert_has_not(f.text, "\xef\xbf\xbf"); /* U+FFFF: UTF-8, but no XML character */
	assert_has_not(f.text, "<b>");
	assert_has_not(f.text, "]]>");
	assert_has(f.text, "a\\x1b[31mred\\x07 \\xff\\xfe \\xc2\\x9b &lt;b&gt;&amp;amp;&quot;");
	free(f.text);
}

/* Another reader than our own eyes. */
static void well_formed(void **state)
{
	struct fixture f = {0};
	FILE *reader;
	int status;

	(void)state;
	if (access("/usr/bin/xmllint", X_OK) < 0)
		skip();
	make_hostile(&f);
	reader = popen("/usr/bin/xmllint --noout -", "w");
	assert_non_null(reader);
	assert_int_equal(fwrite(f.text, 1, f.len, reader), f.len);
	status = pclose(reader);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	free(f.text);
}

static void nothing(void **state)
{
	struct fixture f = {0};

	(void)state;
	fixture_begin(&f, REPORT_JUNIT, 0);
	fixture_end(&f);
	assert_has(f.text, "tests=\"0\"");
	assert_has(f.text, "</testsuites>\n");
	free(f.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain),
	    cmocka_unit_test(hostile),
	    cmocka_unit_test(well_formed),
	    cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
