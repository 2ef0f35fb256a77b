/* SPDX-License-Identifier: MIT */
/* test_outcome.c - an outcome on its way from one process to another: all of it, or not yet */
#include "base/mem.h"
#include "script/script.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void pack_sample(struct buf *out)
{
	struct expectation lines[] = {{.line = 3, .last = 3}, {.line = 7, .last = 9, .broken = 1}};
	const struct outcome o = {.verdict = OUTCOME_FAIL,
	                          .reason = (char *)"packet 10 is not as expected",
	                          .trace = (char *)"steps\n",
	                          .line = 8,
	                          .packet = INT64_C(5000000000),
	                          .pattern_line = 5,
	                          .duration = 1234567,
	                          .recorded = true,
	                          .roles = (char *)"server",
	                          .expectations = lines,
	                          .expectation_count = 2};

	outcome_pack(&o, out);
}

static void all_of_it_arrives(void **state)
{
	struct buf packed = {0};
	struct outcome o;

	(void)state;
	pack_sample(&packed);
	assert_int_equal(outcome_unpack(packed.p, packed.len, &o), 1);
	assert_int_equal(o.verdict, OUTCOME_FAIL);
	assert_string_equal(o.reason, "packet 10 is not as expected");
	assert_string_equal(o.trace, "steps\n");
	assert_null(o.explanation);
	assert_string_equal(o.roles, "server");
	assert_int_equal(o.line, 8);
	assert_true(o.packet == INT64_C(5000000000));
	assert_int_equal(o.pattern_line, 5);
	assert_int_equal(o.duration, 1234567);
	assert_true(o.recorded);
	assert_int_equal(o.expectation_count, 2);
	assert_int_equal(o.expectations[1].broken, 1);
	outcome_free(&o);
	buf_free(&packed);
}

static void a_part_is_not_yet_one(void **state)
{
	struct buf packed = {0};
	struct outcome o;

	(void)state;
	pack_sample(&packed);
	for (size_t len = 0; len < packed.len; len++)
		assert_int_equal(outcome_unpack(packed.p, len, &o), 0);
	buf_free(&packed);
}

static void every_verdict_has_a_word(void **state)
{
	(void)state;
	assert_string_equal(outcome_verdict_text(OUTCOME_PASS), "pass");
	assert_string_equal(outcome_verdict_text(OUTCOME_ERROR), "error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_of_it_arrives),
	    cmocka_unit_test(a_part_is_not_yet_one),
	    cmocka_unit_test(every_verdict_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
