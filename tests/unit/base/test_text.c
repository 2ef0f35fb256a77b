/* SPDX-License-Identifier: MIT */
/* test_text.c - bytes made safe to print and read back, numbers, durations */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_escaped(const void *p, size_t len, size_t max, const char *wanted)
{
	struct buf out = {0};
	void *exact = mem_grow(NULL, len, 1); /* valgrind sees a byte read behind it */
	if (len > 0)
		memcpy(exact, p, len);
	text_escape(&out, exact, len, max);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
	free(exact);
}

#define ESCAPED(literal, wanted) expect_escaped(literal, sizeof literal - 1, 0, wanted)

static void escapes_control_bytes(void **state)
{
	(void)state;
	ESCAPED("", "");
	ESCAPED("plain ~", "plain ~");
	ESCAPED("\n\t\r\\\"", "\\n\\t\\r\\\\\\\"");
	ESCAPED("\x01\x1b[2J\x7f", "\\x01\\x1b[2J\\x7f");
	ESCAPED("\0", "\\0");
	ESCAPED("\0a", "\\0a");
	ESCAPED("\0\0", "\\0\\0");
	/* a digit behind it would belong to it in C */
	ESCAPED("\0"
	        "1",
	        "\\x001");
	ESCAPED("\0"
	        "9",
	        "\\x009");
}

static void escapes_what_is_not_utf8(void **state)
{
	(void)state;
	ESCAPED("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	ESCAPED("\x80\xbf\xff", "\\x80\\xbf\\xff");
	ESCAPED("\xc3", "\\xc3");
	ESCAPED("\xe2\x82", "\\xe2\\x82");
	ESCAPED("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
	ESCAPED("\xc3(", "\\xc3(");
	ESCAPED("\xe2\x82(", "\\xe2\\x82(");
	ESCAPED("\xc0\x80\xc1\xbf", "\\xc0\\x80\\xc1\\xbf"); /* overlong */
	ESCAPED("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf");
	ESCAPED("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf");
	ESCAPED("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* surrogate */
	ESCAPED("\xed\x9f\xbf", "\xed\x9f\xbf");
	ESCAPED("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
	ESCAPED("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* beyond U+10FFFF */
	ESCAPED("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
	/* C1 controls: well-formed, but terminals obey them */
	ESCAPED("\xc2\x80", "\\xc2\\x80");
	ESCAPED("\xc2\x9b"
	        "2J",
	        "\\xc2\\x9b2J");
	ESCAPED("\xc2\x9f", "\\xc2\\x9f");
	ESCAPED("\xc2\xa0", "\xc2\xa0");
}

static void escapes_what_moves_text_or_is_unseen(void **state)
{
	(void)state;
	ESCAPED("B \xe2\x80\xae C \xe2\x81\xa6 D", "B \\xe2\\x80\\xae C \\xe2\\x81\\xa6 D");
	/* the first and the last of each stretch, and their neighbours */
	ESCAPED("\xd8\x9b\xd8\x9c\xd8\x9d", "\xd8\x9b\\xd8\\x9c\xd8\x9d");  /* U+061C */
	ESCAPED("\xe2\x80\x8a\xe2\x80\x8b", "\xe2\x80\x8a\\xe2\\x80\\x8b"); /* U+200B */
	ESCAPED("\xe2\x80\x8f\xe2\x80\x90", "\\xe2\\x80\\x8f\xe2\x80\x90"); /* U+200F */
	ESCAPED("\xe2\x80\xa7\xe2\x80\xa8", "\xe2\x80\xa7\\xe2\\x80\\xa8"); /* U+2028 */
	ESCAPED("\xe2\x80\xae\xe2\x80\xaf", "\\xe2\\x80\\xae\xe2\x80\xaf"); /* U+202E */
	ESCAPED("\xe2\x81\x9f\xe2\x81\xa0", "\xe2\x81\x9f\\xe2\\x81\\xa0"); /* U+2060 */
	ESCAPED("\xe2\x81\xaf\xe2\x81\xb0", "\\xe2\\x81\\xaf\xe2\x81\xb0"); /* U+206F */
	ESCAPED("\xef\xbb\xbe\xef\xbb\xbf", "\xef\xbb\xbe\\xef\\xbb\\xbf"); /* U+FEFF */
	/* the same last bits, and another length */
	ESCAPED("\xf0\x92\x80\xae", "\xf0\x92\x80\xae");
}

static void escapes_so_many(void **state)
{
	(void)state;
	expect_escaped("abcdef", 6, 3, "abc…");
	expect_escaped("abc", 3, 3, "abc");
	expect_escaped("abc", 3, 4, "abc");
	/* within a character: what is left of it is no UTF-8 */
	expect_escaped("a\xc3\xa4", 3, 2, "a\\xc3…");
	expect_escaped("\0"
	               "1",
	               2, 1, "\\0…");
}

static void expect_bytes(const char *s, const void *wanted, size_t len)
{
	struct err err = {0};
	struct buf out = {0};
	size_t at = 999;
	assert_int_equal(text_unescape(&out, s, strlen(s), &at, &err), 0);
	assert_int_equal(out.len, len);
	if (len > 0)
		assert_memory_equal(out.p, wanted, len);
	buf_free(&out);
}

static void unescapes(void **state)
{
	(void)state;
	expect_bytes("", "", 0);
	expect_bytes("plain", "plain", 5);
	expect_bytes("\\n\\t\\r\\\\\\\"\\0", "\n\t\r\\\"\0", 6);
	expect_bytes("\\x41\\xfF\\xAb\\x0012",
	             "A\xff\xab\0"
	             "12",
	             6);
	expect_bytes("\\\\x41", "\\x41", 4);
}

static void refuses_escapes(void **state)
{
	static const struct {
		const char *text;
		size_t at;
	} bad[] = {{"\\", 0},    {"ab\\", 2},     {"a\\q", 1},     {"\\x", 0},   {"\\x4", 0},
	           {"\\xg0", 0}, {"\\n\\x4g", 2}, {"\\N", 0},      {"\\1", 0},   {"\\'", 0},
	           {"\\a", 0},   {"\\X41", 0},    {"\\\\\\ z", 2}, {"\\x 1", 0}, {"\\x-1", 0}};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = {0};
		struct buf out = {0};
		size_t at = 999;
		assert_int_equal(text_unescape(&out, bad[i].text, strlen(bad[i].text), &at, &err),
		                 -1);
		assert_int_equal(at, bad[i].at);
		assert_non_null(strstr(err.text, "unknown escape"));
		buf_free(&out);
	}
	/* the length ends it, not what stands behind */
	struct err err = {0};
	struct buf out = {0};
	size_t at = 999;
	assert_int_equal(text_unescape(&out, "ab\\x41", 5, &at, &err), -1);
	assert_int_equal(at, 2);
	assert_int_equal(text_unescape(&out, "\\n", 1, &at, &err), -1);
	assert_int_equal(at, 0);
	buf_free(&out);
}

/* Every pair of bytes, with two more behind it, comes back; what is between is printable. */
static void round_trip(void **state)
{
	struct err err = {0};
	struct buf text = {0}, back = {0};
	size_t at;
	(void)state;
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			uint8_t in[4] = {(uint8_t)a, (uint8_t)b, 0x80, (uint8_t)(a ^ b)};
			text.len = back.len = 0;
			text_escape(&text, in, sizeof in, 0);
			for (size_t i = 0; i < text.len; i++)
				assert_true((uint8_t)text.p[i] >= 0x20 && text.p[i] != 0x7f);
			assert_int_equal(text_unescape(&back, text.p, text.len, &at, &err), 0);
			assert_int_equal(back.len, sizeof in);
			assert_memory_equal(back.p, in, sizeof in);
		}
	}
	buf_free(&text);
	buf_free(&back);
}

static void numbers(void **state)
{
	uint64_t v = 77;
	(void)state;
#define U64(s) text_u64(s, strlen(s), &v)
	assert_true(U64("0") && v == 0);
	assert_true(U64("007") && v == 7);
	assert_true(U64("18446744073709551615") && v == UINT64_MAX);
	assert_true(U64("0000000000000000000000000018446744073709551615") && v == UINT64_MAX);
	assert_true(text_u64("123", 2, &v) && v == 12);
	v = 77;
	assert_false(U64("18446744073709551616"));
	assert_false(U64("18446744073709551620"));
	assert_false(U64("99999999999999999999"));
	assert_false(U64("184467440737095516150"));
	assert_false(U64(""));
	assert_false(U64("-1"));
	assert_false(U64("+1"));
	assert_false(U64(" 1"));
	assert_false(U64("1 "));
	assert_false(U64("0x1"));
	assert_false(U64("1a"));
	assert_false(text_u64("1\0", 2, &v));
	assert_int_equal(v, 77);
#undef U64
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {{"40ms", 40 * NS_PER_MS},
	            {"1s", NS_PER_S},
	            {"1.5s", 1500 * NS_PER_MS},
	            {"250us", 250 * NS_PER_US},
	            {"10ns", 10},
	            {"0s", 0},
	            {"0.001ms", NS_PER_US},
	            {"1.000000001s", NS_PER_S + 1},
	            {"0.9999999999999999999999s", NS_PER_S - 1},
	            {"4611686018s", 4611686018 * NS_PER_S}};
	static const char *const bad[] = {"",
	                                  "s",
	                                  "1",
	                                  "ms",
	                                  "1 s",
	                                  " 1s",
	                                  "1s ",
	                                  "-1s",
	                                  "+1s",
	                                  "1.s",
	                                  ".5s",
	                                  "1.5",
	                                  "1m",
	                                  "1h",
	                                  "1S",
	                                  "1ss",
	                                  "1e3s",
	                                  "1.2.3s",
	                                  "0x1s",
	                                  "1,5s",
	                                  "1.5.s",
	                                  "nan",
	                                  "infs",
	                                  "4611686019s",
	                                  "18446744073709551615s",
	                                  "18446744073709551616ns"};
	int64_t ns = -7;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(text_duration(good[i].text, strlen(good[i].text), &ns));
		assert_int_equal(ns, good[i].ns);
	}
	ns = -7;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (text_duration(bad[i], strlen(bad[i]), &ns))
			fail_msg("\"%s\" taken as a duration", bad[i]);
		assert_int_equal(ns, -7);
	}
	/* the length ends it, not what stands behind */
	assert_true(text_duration("15ms", 3, &ns) == false);
	assert_true(text_duration("1s5", 2, &ns));
	assert_int_equal(ns, NS_PER_S);
	assert_true(text_duration("2.55s", 3, &ns) == false);
}

static void expect_ns(int64_t ns, const char *wanted)
{
	struct buf out = {0};
	text_ns(&out, ns);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

static void shows_durations(void **state)
{
	(void)state;
	expect_ns(0, "0 ns");
	expect_ns(999, "999 ns");
	expect_ns(12 * NS_PER_US, "12 us");
	expect_ns(40 * NS_PER_MS, "40.0 ms");
	expect_ns(1500 * NS_PER_MS, "1.500 s");
	expect_ns(-40 * NS_PER_MS, "-40.0 ms");
	expect_ns(-5, "-5 ns");
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("\xc3\xa4…\xf0\x9f\x98\x80"), 3);
}

static void distances(void **state)
{
	(void)state;
	assert_int_equal(text_distance("", ""), 0);
	assert_int_equal(text_distance("abc", ""), 3);
	assert_int_equal(text_distance("", "abc"), 3);
	assert_int_equal(text_distance("same", "same"), 0);
	assert_int_equal(text_distance("tcp-ehco", "tcp-echo"), 2);
	assert_int_equal(text_distance("halfclose", "half-close"), 1);
	assert_int_equal(text_distance("half-close", "halfclose"), 1);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
}

static void likeness(void **state)
{
	size_t least = SIZE_MAX;

	(void)state;
	assert_false(text_alike("unlike", "another", &least));
	assert_int_equal(least, SIZE_MAX);
	assert_true(text_alike("half-clse", "half-close", &least));
	assert_int_equal(least, 1);
	/* no nearer than the one before */
	assert_false(text_alike("half-clse", "half-close", &least));
	assert_true(text_alike("half-close", "half-close", &least));
	/* a short word has little room for slips */
	least = SIZE_MAX;
	assert_false(text_alike("abc", "xyc", &least));
	assert_true(text_alike("abc", "abd", &least));
}

int main(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(escapes_control_bytes),
	    cmocka_unit_test(escapes_what_is_not_utf8),
	    cmocka_unit_test(escapes_what_moves_text_or_is_unseen),
	    cmocka_unit_test(escapes_so_many),
	    cmocka_unit_test(unescapes),
	    cmocka_unit_test(refuses_escapes),
	    cmocka_unit_test(round_trip),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(durations),
	    cmocka_unit_test(shows_durations),
	    cmocka_unit_test(widths),
	    cmocka_unit_test(distances),
	    cmocka_unit_test(likeness),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}
