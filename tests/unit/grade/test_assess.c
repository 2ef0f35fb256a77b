/* SPDX-License-Identifier: MIT */
/* test_assess.c - what cases are worth together, and what the student reads of them */
#include "base/mem.h"
#include "grade/assess.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
// after the headers that it needs
#include <cmocka.h>

static struct scenario scenario = {.name = (char *)"data/echo"};
static struct case_parameter parameter = {.name = (char *)"family", .value = (char *)"ipv4"};
static struct plan_case plan = {
    .scenario = &scenario, .parameters = &parameter, .parameter_count = 1};
static char *tags[] = {(char *)"echo"};
static char *plays[] = {(char *)"server"};

static struct assignment_test test_of(bool partial, int hint)
{
	struct assignment_test t = {.name = (char *)"echoes",
	                            .number = (char *)"3",
	                            .points = 10000,
	                            .partial = partial,
	                            .plays = plays,
	                            .play_count = 1,
	                            .tags = tags,
	                            .tag_count = 1};

	t.hint = hint;
	return t;
}

/* p: passed, f: failed, s: skipped, e: the harness erred, o: passed, by others' programs alone. */
static struct mark_test mark(const struct assignment_test *t, const char *cases)
{
	struct mark_test m = {0};

	for (; *cases; cases++) {
		struct outcome o = {.reason = (char *)"c: recv: 46336 of 60000 bytes within 5 s",
		                    .steady = (char *)"c: recv: some of 60000 bytes within 5 s",
		                    .explanation = (char *)"expected and found",
		                    .roles = (char *)(*cases == 'o' ? "client" : "client server"),
		                    .duration = 5};
		const struct assess_case a = {
		    .c = &plan, .o = &o, .said = "listening\n", .command = "sockproof grade x ."};

		o.verdict = *cases == 'p' || *cases == 'o' ? OUTCOME_PASS
		            : *cases == 'f'                ? OUTCOME_FAIL
		            : *cases == 's'                ? OUTCOME_SKIP
		                                           : OUTCOME_ERROR;
		if (*cases == 's' || *cases == 'e') {
			o.steady = NULL;
			o.reason = (char *)"no wire here";
		}
		MEM_ROOM(m.cases, m.case_count);
		assess_case(t, &a, &m.cases[m.case_count++]);
	}
	assess_test(t, &m);
	return m;
}

static void release(struct mark_test *m)
{
	struct mark whole = {.tests = mem_copy(m, sizeof *m), .test_count = 1};

	mark_free(&whole);
}

static void expect(bool partial, const char *cases, enum mark_status status, int64_t earned,
                   const char *summary)
{
	const struct assignment_test t = test_of(partial, HINT_FULL);
	struct mark_test m = mark(&t, cases);

	assert_string_equal(mark_status_text(m.status), mark_status_text(status));
	assert_int_equal(m.earned, earned);
	assert_int_equal(m.points, 10000);
	assert_string_equal(m.summary, summary);
	assert_int_equal(m.duration, strchr(cases, 'o') ? 5 : 5 * strlen(cases));
	release(&m);
}

static void points(void **state)
{
	(void)state;
	expect(false, "p", MARK_PASSED, 10000, "passed");
	expect(false, "ppp", MARK_PASSED, 10000, "passed (3 cases)");
	expect(false, "ppf", MARK_FAILED, 0,
	       "c: recv: some of 60000 bytes within 5 s (1 of 3 cases failed)");
	expect(true, "ppf", MARK_FAILED, 6666,
	       "c: recv: some of 60000 bytes within 5 s (1 of 3 cases failed)");
	expect(true, "f", MARK_FAILED, 0, "c: recv: some of 60000 bytes within 5 s");
}

/* What could not be checked, or went wrong in the harness, is nobody's loss. */
static void not_assessed(void **state)
{
	(void)state;
	expect(false, "ss", MARK_NOT_ASSESSED, 0, "not assessed: no wire here");
	expect(false, "ps", MARK_PASSED, 10000,
	       "passed; 1 case could not be checked on this machine and does not count");
	expect(
	    true, "pfss", MARK_FAILED, 5000,
	    "c: recv: some of 60000 bytes within 5 s (1 of 2 cases failed); 2 cases could not be "
	    "checked on this machine and do not count");
	expect(true, "pfe", MARK_ERROR, 0,
	       "the grader erred; this says nothing of your program: no wire here");
	expect(true, "po", MARK_ERROR, 0,
	       "the grader erred; this says nothing of your program: the assignment is wrong: "
	       "data/echo started no program of the submission, only: client");
	expect(false, "", MARK_NOT_ASSESSED, 0,
	       "not assessed: no case of it concerns this program");
}

static void hints(void **state)
{
	const struct assignment_test full = test_of(false, HINT_FULL),
	                             what = test_of(false, HINT_WHAT),
	                             none = test_of(false, HINT_NONE);
	struct mark_test m = mark(&full, "pf");

	(void)state;
	assert_string_equal(m.feedback,
	                    "c: recv: some of 60000 bytes within 5 s (1 of 2 cases failed)\n"
	                    "\ndata/echo family=ipv4\n"
	                    "    c: recv: some of 60000 bytes within 5 s\n"
	                    "\nexpected and found\n"
	                    "\nWhat the programs printed:\nlistening\n"
	                    "\nTo see it again: sockproof grade x .\n");
	release(&m);
	m = mark(&what, "pf");
	assert_string_equal(m.feedback,
	                    "c: recv: some of 60000 bytes within 5 s (1 of 2 cases failed)\n"
	                    "\ndata/echo family=ipv4\n"
	                    "    c: recv: some of 60000 bytes within 5 s\n");
	release(&m);
	m = mark(&none, "pf");
	assert_string_equal(m.feedback, "failed in 1 of 2 cases\n");
	assert_null(strstr(m.summary, "recv"));
	release(&m);
}

/* Three are enough to understand it. */
static void many_failures(void **state)
{
	const struct assignment_test t = test_of(false, HINT_WHAT);
	struct mark_test m = mark(&t, "fffff");
	size_t shown = 0;

	(void)state;
	for (const char *at = m.feedback; (at = strstr(at, "\ndata/echo")) != NULL; at++)
		shown++;
	assert_int_equal(shown, 3);
	assert_non_null(strstr(m.feedback, "\n2 more cases failed.\n"));
	assert_int_equal(m.case_count, 5);
	release(&m);
}

static void not_run(void **state)
{
	const struct assignment_test t = test_of(true, HINT_FULL);
	struct mark_test m = {0};

	(void)state;
	assess_not_run(&t, MARK_NOT_RUN, "not run, because \"listens\" failed", &m);
	assert_int_equal(m.status, MARK_NOT_RUN);
	assert_int_equal(m.earned, 0);
	assert_string_equal(m.name, "echoes");
	assert_string_equal(m.number, "3");
	assert_string_equal(m.tags[0], "echo");
	assert_string_equal(m.feedback, "not run, because \"listens\" failed\n");
	release(&m);
}

int main(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(points),  cmocka_unit_test(not_assessed),
	    cmocka_unit_test(hints),   cmocka_unit_test(many_failures),
	    cmocka_unit_test(not_run),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
