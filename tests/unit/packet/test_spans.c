/* SPDX-License-Identifier: MIT */
/* test_spans.c - bytes seen once, whatever their order; compared with a plain array that does the
 * same */
#include "packet/spans.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h> /* behind what it needs */

static uint64_t add(struct spans *s, uint64_t start, const char *text)
{
	return spans_add(s, start, (const uint8_t *)text, strlen(text));
}

static void bytes_in_order_move_the_edge(void **state)
{
	struct spans s;
	(void)state;

	spans_init(&s, true);
	assert_int_equal(add(&s, 1, "abc"), 3);
	assert_int_equal(add(&s, 4, "def"), 3);
	assert_int_equal(s.edge, 7);
	assert_string_equal(s.stream.p, "abcdef");
	spans_free(&s);
}

static void a_hole_is_filled_later(void **state)
{
	struct spans s;
	(void)state;

	spans_init(&s, true);
	assert_int_equal(add(&s, 4, "def"), 3);
	assert_int_equal(add(&s, 10, "jk"), 2);
	assert_int_equal(s.edge, 1);
	assert_int_equal(s.ahead, 5);
	assert_int_equal(add(&s, 1, "abc"), 3);
	assert_int_equal(s.edge, 7);
	assert_int_equal(s.ahead, 2);
	assert_string_equal(s.stream.p, "abcdef");
	assert_int_equal(add(&s, 7, "ghi"), 3);
	assert_string_equal(s.stream.p, "abcdefghijk");
	assert_int_equal(s.count, 0);
	assert_int_equal(s.ahead, 0);
	spans_free(&s);
}

static void what_was_first_stays(void **state)
{
	struct spans s;
	(void)state;

	spans_init(&s, true);
	add(&s, 1, "abc");
	assert_int_equal(add(&s, 1, "XYZd"), 1);
	assert_string_equal(s.stream.p, "abcd");
	add(&s, 7, "gh");
	assert_int_equal(add(&s, 5, "efGHi"), 3);
	assert_string_equal(s.stream.p, "abcdefghi");
	spans_free(&s);
}

static void what_follows_a_hole_in_order_is_one_span(void **state)
{
	struct spans s;
	(void)state;

	spans_init(&s, false);
	for (uint64_t at = 10; at < 10000; at += 3)
		assert_int_equal(add(&s, at, "xyz"), 3);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.stream.len, 0);
	assert_int_equal(spans_byte(&s, 11), -1);
	spans_free(&s);
}

static void bytes_can_be_asked_for(void **state)
{
	struct spans s;
	(void)state;

	spans_init(&s, true);
	add(&s, 1, "ab");
	add(&s, 5, "e");
	assert_int_equal(spans_byte(&s, 0), -1);
	assert_int_equal(spans_byte(&s, 1), 'a');
	assert_int_equal(spans_byte(&s, 2), 'b');
	assert_int_equal(spans_byte(&s, 3), -1);
	assert_int_equal(spans_byte(&s, 5), 'e');
	assert_int_equal(spans_byte(&s, 6), -1);
	spans_free(&s);
}

/* An array with one cell a byte is slow and plainly right. */
static void ten_thousand_random_pieces_agree_with_an_array(void **state)
{
	enum { SIZE = 200 };
	uint32_t x = 42;
	(void)state;

	for (int round = 0; round < 200; round++) {
		struct spans s;
		uint8_t model[SIZE + 1] = {0}, data[32];
		spans_init(&s, true);
		for (int piece = 0; piece < 50; piece++) {
			x = x * 1664525 + 1013904223;
			uint64_t start = 1 + (x >> 16) % (SIZE - 32);
			size_t len = (x >> 8) % 32;
			uint64_t fresh = 0;
			for (size_t i = 0; i < len; i++) {
				data[i] = (uint8_t)(1 + (x + i * 7) % 255);
				if (!model[start + i]) {
					model[start + i] = data[i];
					fresh++;
				}
			}
			assert_int_equal(spans_add(&s, start, data, len), fresh);
		}
		uint64_t edge = 1, seen = 0;
		for (size_t i = 1; i <= SIZE; i++)
			seen += model[i] != 0;
		while (edge <= SIZE && model[edge])
			edge++;
		assert_int_equal(s.edge, edge);
		assert_int_equal(s.ahead, seen - (edge - 1));
		for (size_t i = 1; i <= SIZE; i++)
			assert_int_equal(spans_byte(&s, i), model[i] ? model[i] : -1);
		spans_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_in_order_move_the_edge),
	    cmocka_unit_test(a_hole_is_filled_later),
	    cmocka_unit_test(what_was_first_stays),
	    cmocka_unit_test(what_follows_a_hole_in_order_is_one_span),
	    cmocka_unit_test(bytes_can_be_asked_for),
	    cmocka_unit_test(ten_thousand_random_pieces_agree_with_an_array),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
