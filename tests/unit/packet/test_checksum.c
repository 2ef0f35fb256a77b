/* SPDX-License-Identifier: MIT */
/* test_checksum.c - known vectors, checking and mending */
#include "../bytes.h"
#include "packet/decode.h"

static void the_example_of_rfc_1071(void **state)
{
	static const uint8_t words[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	(void)state;

	assert_int_equal(packet_sum(words, 8), (uint16_t)~0xddf2); /* RFC 1071 section 3 */
	assert_int_equal(packet_sum(words, 7), (uint16_t) ~(0xddf2 - 0xf7));
	assert_int_equal(packet_sum(words, 0), 0xffff);
}

/* A header whose sum is known: the example of the article on the IPv4 header checksum, often
 * reprinted. */
static const uint8_t known_ipv4[] = {
    0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
    0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7,
};

static void a_known_ipv4_header_sums_to_nothing(void **state)
{
	uint8_t header[20];
	(void)state;

	assert_int_equal(packet_sum(known_ipv4, 20), 0);
	memcpy(header, known_ipv4, 20);
	header[10] = header[11] = 0;
	assert_int_equal(packet_sum(header, 20), 0xb861);
}

/* Computed by hand: 192.0.2.1:1 > 192.0.2.2:2, UDP, "a". */
static void a_udp_checksum_worked_by_hand(void **state)
{
	struct packet_spec s = {
	    .src = end_of("192.0.2.1", 1),
	    .dst = end_of("192.0.2.2", 2),
	    .protocol = IPPROTO_UDP,
	    .payload = "a",
	    .payload_len = 1,
	};
	uint8_t out[64];
	(void)state;

	assert_int_equal(packet_build(&s, out, sizeof out), 29);
	/* pseudo-header c000+0201+c000+0202+0011+0009, header 0001+0002+0009, payload 6100 */
	unsigned sum = 0xc000 + 0x0201 + 0xc000 + 0x0202 + 0x11 + 9 + 1 + 2 + 9 + 0x6100;
	sum = (sum & 0xffff) + (sum >> 16);
	assert_int_equal(out[26] << 8 | out[27], (uint16_t)~sum);
}

static void each_flipped_bit_is_noticed(void **state)
{
	static const uint8_t protocols[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6};
	uint8_t out[128];
	struct packet p;
	(void)state;

	for (size_t i = 0; i < sizeof protocols; i++) {
		struct packet_spec s = tcp_spec(6);
		s.protocol = protocols[i];
		s.icmp_type = 128;
		s.payload = "some payload";
		s.payload_len = 11; /* odd */
		size_t len = packet_build(&s, out, sizeof out);
		for (size_t bit = (len - 11) * 8; bit < len * 8; bit++) {
			out[bit / 8] ^= (uint8_t)(1u << bit % 8);
			packet_decode(&p, out, len);
			assert_false(p.checksum_ok);
			out[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		packet_decode(&p, out, len);
		assert_true(p.checksum_ok);
	}
}

static void mending_restores_what_was_altered(void **state)
{
	uint8_t out[128], whole[128];
	(void)state;

	for (int version = 4; version <= 6; version += 2) {
		struct packet_spec s = tcp_spec(version);
		s.payload = "abc";
		s.payload_len = 3;
		size_t len = packet_build(&s, out, sizeof out);
		memcpy(whole, out, len);
		assert_int_equal(packet_mend_checksums(out, len), 0);
		assert_memory_equal(out, whole, len);
		size_t sum = len - 3 - 20 + 16;
		out[sum] ^= 0x5a;
		if (version == 4)
			out[10] ^= 0x5a;
		assert_int_equal(packet_mend_checksums(out, len), 0);
		assert_memory_equal(out, whole, len);
	}
}

static void udp_without_checksum_is_right_only_over_ipv4(void **state)
{
	uint8_t out[128];
	struct packet p;
	(void)state;

	for (int version = 4; version <= 6; version += 2) {
		struct packet_spec s = tcp_spec(version);
		s.protocol = IPPROTO_UDP;
		size_t len = packet_build(&s, out, sizeof out);
		out[len - 2] = out[len - 1] = 0;
		packet_decode(&p, out, len);
		assert_int_equal(p.checksum_ok, version == 4);
	}
}

static void a_udp_checksum_of_zero_is_sent_as_ones(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t payload[2] = {0}, out[64];
	struct packet p;
	(void)state;

	s.protocol = IPPROTO_UDP;
	s.payload = payload;
	s.payload_len = 2;
	size_t len = packet_build(&s, out, sizeof out);
	/* the checksum itself as payload takes the sum to 0 */
	payload[0] = out[26];
	payload[1] = out[27];
	len = packet_build(&s, out, sizeof out);
	assert_int_equal(out[26] << 8 | out[27], 0xffff); /* RFC 768 */
	packet_decode(&p, out, len);
	assert_true(p.checksum_ok);
}

static void fragments_keep_their_upper_bytes(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128], before[20];
	(void)state;

	size_t len = packet_build(&s, out, sizeof out);
	out[6] = 0x20;
	out[36] = out[37] = 0xee;
	memcpy(before, out + 20, 20);
	assert_int_equal(packet_mend_checksums(out, len), 0);
	assert_memory_equal(out + 20, before, 20);
	assert_int_equal(packet_sum(out, 20), 0);
}

static void what_is_no_datagram_is_left_alone(void **state)
{
	uint8_t out[128] = "this is no datagram", before[128];
	(void)state;

	memcpy(before, out, sizeof out);
	assert_int_equal(packet_mend_checksums(out, 0), -1);
	assert_int_equal(packet_mend_checksums(out, 19), -1);
	assert_memory_equal(out, before, sizeof out);
	struct packet_spec s = tcp_spec(4);
	size_t len = packet_build(&s, out, sizeof out);
	for (size_t cut = 0; cut < len; cut++) {
		memcpy(before, out, sizeof out);
		assert_int_equal(packet_mend_checksums(out, cut), -1);
		assert_memory_equal(out, before, sizeof out);
	}
}

static void broken_options_are_no_reason_not_to_mend(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128];
	struct packet p;
	(void)state;

	s.tcp.has_mss = true;
	size_t len = packet_build(&s, out, sizeof out);
	out[41] = 0; /* the option's length */
	assert_int_equal(packet_mend_checksums(out, len), 0);
	assert_int_equal(packet_decode(&p, out, len), -1);
	assert_true(p.checksum_ok);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_example_of_rfc_1071),
	    cmocka_unit_test(a_known_ipv4_header_sums_to_nothing),
	    cmocka_unit_test(a_udp_checksum_worked_by_hand),
	    cmocka_unit_test(each_flipped_bit_is_noticed),
	    cmocka_unit_test(mending_restores_what_was_altered),
	    cmocka_unit_test(udp_without_checksum_is_right_only_over_ipv4),
	    cmocka_unit_test(a_udp_checksum_of_zero_is_sent_as_ones),
	    cmocka_unit_test(fragments_keep_their_upper_bytes),
	    cmocka_unit_test(what_is_no_datagram_is_left_alone),
	    cmocka_unit_test(broken_options_are_no_reason_not_to_mend),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
