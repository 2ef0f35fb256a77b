/* SPDX-License-Identifier: MIT */
/* test_tcp_options.c - each TCP option, right and with lengths that it cannot have */
#include "../bytes.h"

#define BAD_LENGTH "a TCP option has a length that it cannot have"
#define NO_LENGTH  "a TCP option has no length, or one below 2"
#define PAST       "a TCP option runs past the TCP header"

/* Decode a segment with these option bytes, padded with END to whole words. */
static struct packet with_options(const uint8_t *options, size_t len)
{
	static uint8_t out[128];
	struct packet_spec s = tcp_spec(4);
	struct packet p;
	size_t padded = (len + 3) / 4 * 4;

	size_t plain = packet_build(&s, out, sizeof out);
	memset(out + plain, 0, padded);
	if (len)
		memcpy(out + plain, options, len);
	out[3] = (uint8_t)(plain + padded);
	out[32] = (uint8_t)((20 + padded) / 4 << 4);
	assert_int_equal(packet_mend_checksums(out, plain + padded), 0);
	packet_decode(&p, out, plain + padded);
	assert_true(p.checksum_ok);
	assert_int_equal(p.tcp.options_len, padded);
	return p;
}
#define OPTIONS(...)                                                                               \
	with_options((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void all_known_options_are_read(void **state)
{
	(void)state;
	struct packet p =
	    OPTIONS(2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 3, 3, 7);
	assert_null(p.problem);
	assert_true(p.tcp.has_mss && p.tcp.sack_permitted && p.tcp.has_timestamps &&
	            p.tcp.has_wscale);
	assert_int_equal(p.tcp.mss, 1460);
	assert_int_equal(p.tcp.tsval, 7);
	assert_int_equal(p.tcp.tsecr, 9);
	assert_int_equal(p.tcp.wscale, 7);
}

static void sack_blocks_are_read_up_to_four(void **state)
{
	uint8_t options[38] = {1, 1, 5, 34};
	(void)state;

	for (int i = 0; i < 4; i++) {
		options[4 + 8 * i + 3] = (uint8_t)(10 * i + 1);
		options[4 + 8 * i + 7] = (uint8_t)(10 * i + 5);
	}
	struct packet p = with_options(options, 36);
	assert_null(p.problem);
	assert_int_equal(p.tcp.sack_count, 4);
	assert_int_equal(p.tcp.sack[3].left, 31);
	assert_int_equal(p.tcp.sack[3].right, 35);
}

static void fast_open_is_known_by_both_its_numbers(void **state)
{
	(void)state;
	assert_true(OPTIONS(34, 2).tcp.has_fastopen);
	assert_true(OPTIONS(34, 6, 1, 2, 3, 4).tcp.has_fastopen);
	assert_true(OPTIONS(254, 4, 0xf9, 0x89).tcp.has_fastopen);
	assert_null(OPTIONS(254, 4, 0xf9, 0x89).problem);
	assert_null(OPTIONS(254, 2).problem);
	assert_false(OPTIONS(254, 4, 0xf9, 0x88).tcp.has_fastopen);
	assert_null(OPTIONS(34, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16).problem);
	assert_string_equal(
	    OPTIONS(34, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18).problem,
	    BAD_LENGTH);
	assert_string_equal(OPTIONS(34, 7, 1, 2, 3, 4, 5).problem, BAD_LENGTH);
	assert_string_equal(OPTIONS(34, 5, 1, 2, 3).problem, BAD_LENGTH);
	assert_string_equal(OPTIONS(34, 4, 1, 2).problem, BAD_LENGTH);
}

static void lengths_that_an_option_cannot_have_are_told(void **state)
{
	(void)state;
	assert_string_equal(OPTIONS(2, 3, 1).problem, BAD_LENGTH);
	assert_string_equal(OPTIONS(2, 6, 1, 2, 3, 4).problem, BAD_LENGTH);
	assert_string_equal(OPTIONS(3, 2).problem, BAD_LENGTH);
	assert_string_equal(OPTIONS(4, 3, 0).problem, BAD_LENGTH);
	assert_string_equal(OPTIONS(5, 2).problem, BAD_LENGTH);
	assert_string_equal(OPTIONS(5, 9, 1, 2, 3, 4, 5, 6, 7).problem, BAD_LENGTH);
	assert_string_equal(OPTIONS(8, 9, 1, 2, 3, 4, 5, 6, 7).problem, BAD_LENGTH);
}

static void lengths_below_two_end_the_reading(void **state)
{
	(void)state;
	struct packet p = OPTIONS(1, 2, 0, 0);
	assert_string_equal(p.problem, NO_LENGTH);
	p = OPTIONS(200, 1, 2, 4);
	assert_string_equal(p.problem, NO_LENGTH);
	p = OPTIONS(1, 1, 1, 2);
	assert_string_equal(p.problem, NO_LENGTH);
}

static void an_option_longer_than_the_header_is_told(void **state)
{
	(void)state;
	assert_string_equal(OPTIONS(2, 255, 5, 180).problem, PAST);
	assert_string_equal(OPTIONS(1, 8, 10, 0).problem, PAST);
}

static void a_bad_option_does_not_hide_the_good_ones_behind(void **state)
{
	(void)state;
	struct packet p = OPTIONS(3, 4, 1, 2, 2, 4, 0x05, 0xb4);
	assert_string_equal(p.problem, BAD_LENGTH);
	assert_true(p.tcp.has_mss);
	assert_true(p.has_ports);
}

static void unknown_options_are_stepped_over_and_end_ends(void **state)
{
	(void)state;
	struct packet p = OPTIONS(99, 4, 1, 2, 2, 4, 0x05, 0xb4);
	assert_null(p.problem);
	assert_int_equal(p.tcp.mss, 1460);
	p = OPTIONS(0, 2, 4, 5);
	assert_null(p.problem);
	assert_false(p.tcp.has_mss);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_known_options_are_read),
	    cmocka_unit_test(sack_blocks_are_read_up_to_four),
	    cmocka_unit_test(fast_open_is_known_by_both_its_numbers),
	    cmocka_unit_test(lengths_that_an_option_cannot_have_are_told),
	    cmocka_unit_test(lengths_below_two_end_the_reading),
	    cmocka_unit_test(an_option_longer_than_the_header_is_told),
	    cmocka_unit_test(a_bad_option_does_not_hide_the_good_ones_behind),
	    cmocka_unit_test(unknown_options_are_stepped_over_and_end_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
