/* SPDX-License-Identifier: MIT */
/* test_text.c - judge_text(): output and received bytes against what was expected */
#include "base/mem.h"
#include "match/judge.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h> /* behind what it needs */

static struct finding finding;

/* Judge from tight heap blocks, so that a step past an end is seen. */
static enum judgement judge_bytes(enum text_rule rule, const void *want, size_t want_len,
                                  const void *have, size_t have_len)
{
	char *w = malloc(want_len ? want_len : 1), *h = malloc(have_len ? have_len : 1);

	memcpy(w, want, want_len);
	memcpy(h, have, have_len);
	finding_free(&finding);
	enum judgement result = judge_text(rule, "stdout of p", w, want_len, h, have_len, &finding);
	assert_int_equal(judge_text(rule, "stdout of p", w, want_len, h, have_len, NULL), result);
	if (result == JUDGE_HOLDS)
		assert_null(finding.reason);
	else
		assert_non_null(finding.explanation);
	free(w);
	free(h);
	return result;
}

static enum judgement judge(enum text_rule rule, const char *want, const char *have)
{
	return judge_bytes(rule, want, strlen(want), have, strlen(have));
}

static int forget(void **state)
{
	(void)state;
	finding_free(&finding);
	return 0;
}

static void has_finds_it_anywhere(void **state)
{
	(void)state;
	assert_int_equal(judge(TEXT_HAS, "ready", "server ready\n"), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_HAS, "", ""), JUDGE_HOLDS);
	assert_int_equal(judge_bytes(TEXT_HAS, "a\0b", 3, "xa\0by", 5), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_HAS, "ready", ""), JUDGE_NOT_YET);
	assert_string_equal(finding.reason, "stdout of p does not have \"ready\"");
	assert_string_equal(finding.explanation,
	                    "expected to contain \"ready\"\nstdout of p is empty");
}

static void has_shows_what_comes_nearest(void **state)
{
	(void)state;
	assert_int_equal(judge(TEXT_HAS, "port 8080", "starting\nport 8008\ndone\n"),
	                 JUDGE_NOT_YET);
	assert_string_equal(finding.explanation, "expected to contain \"port 8080\"\n"
	                                         "nearest: its first 7 of 9 bytes are at byte 10\n"
	                                         "  expected  \"port 8080\"\n"
	                                         "  actual    \"port 8008\\ndone\\n\"\n"
	                                         "                    ^\n"
	                                         "stdout of p, 24 bytes:\n"
	                                         "     1 \"starting\"\n"
	                                         "≠    2 \"port 8008\"\n"
	                                         "     3 \"done\"");
}

static void a_line_is_a_whole_line_with_its_end(void **state)
{
	(void)state;
	assert_int_equal(judge(TEXT_LINE, "ready", "not ready\nready\n"), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_LINE, "ready", "ready\r\n"), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_LINE, "", "a\n\n"), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_LINE, "ready", "not ready\n"), JUDGE_NOT_YET);
	assert_string_equal(finding.reason, "stdout of p has no line \"ready\"");
	assert_int_equal(judge(TEXT_LINE, "1", "1"), JUDGE_NOT_YET);
	assert_string_equal(finding.reason,
	                    "stdout of p has no line \"1\": it is there, but no newline ends it");
	assert_int_equal(judge(TEXT_LINE, "1", "10\n"), JUDGE_NOT_YET);
	assert_int_equal(judge(TEXT_LINE, "", ""), JUDGE_NOT_YET);
}

static void exactly_is_every_byte(void **state)
{
	(void)state;
	assert_int_equal(judge(TEXT_EXACTLY, "one\ntwo\n", "one\ntwo\n"), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_EXACTLY, "", ""), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_EXACTLY, "one\ntwo\n", "one\nt"), JUDGE_NOT_YET);
	assert_string_equal(finding.reason, "stdout of p has only the first 5 of 8 expected bytes");
	assert_int_equal(judge(TEXT_EXACTLY, "one\n", ""), JUDGE_NOT_YET);
	assert_int_equal(judge(TEXT_EXACTLY, "one\n", "one\ntwo\n"), JUDGE_PARTS);
	assert_string_equal(finding.reason,
	                    "stdout of p has 4 bytes more than the 4 expected (line 2)");
	assert_int_equal(judge(TEXT_EXACTLY, "", "x"), JUDGE_PARTS);
}

static void exactly_points_at_the_first_byte_that_differs(void **state)
{
	(void)state;
	assert_int_equal(judge(TEXT_EXACTLY, "one\ntwo\nthree\n", "one\ntoo\nthree\n"),
	                 JUDGE_PARTS);
	assert_string_equal(finding.reason, "stdout of p differs from byte 6 on (line 2)");
	assert_string_equal(finding.explanation,
	                    "expected 14 bytes, actual 14, the same up to byte 5\n"
	                    "  expected  \"one\\ntwo\\nthree\\n\"\n"
	                    "  actual    \"one\\ntoo\\nthree\\n\"\n"
	                    "                   ^\n"
	                    "stdout of p, 14 bytes:\n"
	                    "     1 \"one\"\n"
	                    "≠    2 \"too\"\n"
	                    "     3 \"three\"");
}

static void binary_is_dumped_around_the_difference(void **state)
{
	uint8_t want[64], have[64];
	(void)state;

	for (size_t i = 0; i < 64; i++)
		want[i] = have[i] = (uint8_t)i;
	have[37] = 0xff;
	assert_int_equal(judge_bytes(TEXT_EXACTLY, want, 64, have, 60), JUDGE_PARTS);
	assert_string_equal(finding.reason, "stdout of p differs from byte 38 on");
	assert_string_equal(
	    finding.explanation,
	    "expected 64 bytes, actual 60, the same up to byte 37\n"
	    "  expected  00000010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  "
	    "................\n"
	    "  actual    00000010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  "
	    "................\n"
	    "  expected  00000020  20 21 22 23 24>25 26 27 28 29 2a 2b 2c 2d 2e 2f   "
	    "!\"#$%&'()*+,-./\n"
	    "  actual    00000020  20 21 22 23 24>ff 26 27 28 29 2a 2b 2c 2d 2e 2f   "
	    "!\"#$.&'()*+,-./\n"
	    "  expected  00000030  30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  "
	    "0123456789:;<=>?\n"
	    "  actual    00000030  30 31 32 33 34 35 36 37 38 39 3a 3b              0123456789:;");
}

static void never_parts_where_it_stands(void **state)
{
	(void)state;
	assert_int_equal(judge(TEXT_NEVER, "error", "all is well\n"), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_NEVER, "error", ""), JUDGE_HOLDS);
	assert_int_equal(judge(TEXT_NEVER, "error", "one\nan error\n"), JUDGE_PARTS);
	assert_string_equal(finding.reason,
	                    "stdout of p has \"error\" at byte 8, which must never come");
	assert_non_null(strstr(finding.explanation, "≠    2 \"an error\""));
	assert_int_equal(judge_bytes(TEXT_NEVER, "\0\0", 2, "x\0\0", 3), JUDGE_PARTS);
	assert_non_null(strstr(finding.explanation, "00000000  78>00 00"));
}

static void long_output_is_shown_in_part(void **state)
{
	struct buf have = {0};
	(void)state;

	for (int i = 1; i <= 1000; i++)
		buf_printf(&have, "line %d\n", i);
	assert_int_equal(judge(TEXT_HAS, "absent", have.p), JUDGE_NOT_YET);
	assert_non_null(strstr(finding.explanation, " 1000 \"line 1000\""));
	assert_null(strstr(finding.explanation, "\"line 1\""));
	assert_true(strlen(finding.explanation) < 1000);
	buf_free(&have);
}

static void one_huge_line_is_cut(void **state)
{
	char *have = malloc(100001);
	(void)state;

	memset(have, 'x', 100000);
	have[100000] = '\0';
	assert_int_equal(judge(TEXT_HAS, "xy", have), JUDGE_NOT_YET);
	assert_true(strlen(finding.explanation) < 500);
	free(have);
}

static void explanations_are_harmless_on_a_terminal(void **state)
{
	(void)state;
	for (int rule = TEXT_HAS; rule <= TEXT_EXACTLY; rule++) {
		assert_int_not_equal(
		    judge((enum text_rule)rule, "good", "go\x1b[31mbad\x07\n\xff\n"), JUDGE_HOLDS);
		for (const char *s = finding.explanation; *s; s++)
			assert_true((uint8_t)*s >= 0x20 || *s == '\n');
		for (const char *s = finding.reason; *s; s++)
			assert_true((uint8_t)*s >= 0x20);
	}
}

#define T(f) cmocka_unit_test_teardown(f, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(has_finds_it_anywhere),
	    T(has_shows_what_comes_nearest),
	    T(a_line_is_a_whole_line_with_its_end),
	    T(exactly_is_every_byte),
	    T(exactly_points_at_the_first_byte_that_differs),
	    T(binary_is_dumped_around_the_difference),
	    T(never_parts_where_it_stands),
	    T(long_output_is_shown_in_part),
	    T(one_huge_line_is_cut),
	    T(explanations_are_harmless_on_a_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
