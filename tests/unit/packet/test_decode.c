/* SPDX-License-Identifier: MIT */
/* test_decode.c - IPv4, IPv6, extension headers, fragments, UDP; and what is wrong with hostile
 * ones */
#include "../bytes.h"

static void an_ipv4_segment_is_read_whole(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128];
	struct packet p;
	char text[46];
	(void)state;

	s.payload = "hello";
	s.payload_len = 5;
	s.ttl = 9;
	s.tcp.flags = TCP_PSH | TCP_ACK;
	size_t len = packet_build(&s, out, sizeof out);
	assert_int_equal(len, 45);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_null(p.problem);
	assert_true(p.checksum_ok);
	assert_int_equal(p.version, 4);
	assert_int_equal(p.ttl, 9);
	assert_int_equal(p.protocol, IPPROTO_TCP);
	assert_string_equal(packet_addr_text(&p.src.addr, text), "192.0.2.1");
	assert_int_equal(p.src.port, 40000);
	assert_int_equal(p.dst.port, 6000);
	assert_true(p.has_ports);
	assert_int_equal(p.tcp.seq, 1000);
	assert_int_equal(p.tcp.ack, 2000);
	assert_int_equal(p.tcp.window, 512);
	assert_int_equal(p.tcp.flags, TCP_PSH | TCP_ACK);
	assert_int_equal(p.header_off, 20);
	assert_int_equal(p.payload_off, 40);
	assert_int_equal(p.payload_len, 5);
	assert_memory_equal(p.data + p.payload_off, "hello", 5);
}

static void link_padding_is_no_payload(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128] = {0};
	struct packet p;
	(void)state;

	size_t len = packet_build(&s, out, sizeof out);
	assert_int_equal(packet_decode(&p, out, len + 6), 0);
	assert_int_equal(p.payload_len, 0);
	assert_true(p.checksum_ok);
}

static void ecn_bits_are_read_in_both_versions(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128];
	struct packet p;
	(void)state;

	size_t len = packet_build(&s, out, sizeof out);
	out[1] = 0x03;
	packet_mend_checksums(out, len);
	packet_decode(&p, out, len);
	assert_int_equal(p.ecn, 3);
	s = tcp_spec(6);
	len = packet_build(&s, out, sizeof out);
	out[1] |= 0x10; /* traffic class 1 */
	packet_decode(&p, out, len);
	assert_int_equal(p.ecn, 1);
}

static void every_truncation_is_told_and_stays_inside(void **state)
{
	uint8_t out[256];
	struct packet p;
	(void)state;

	for (int version = 4; version <= 6; version += 2) {
		struct packet_spec s = tcp_spec(version);
		s.tcp.flags = TCP_SYN;
		s.tcp.has_mss = s.tcp.sack_permitted = s.tcp.has_timestamps = s.tcp.has_wscale =
		    true;
		s.payload = "payload";
		s.payload_len = 7;
		size_t len = packet_build(&s, out, sizeof out);
		for (size_t cut = 0; cut < len; cut++) {
			assert_int_equal(decode_tight(&p, out, cut), -1);
			assert_non_null(p.problem);
			assert_true(p.payload_off + p.payload_len <= cut);
			FREE_TIGHT(&p);
		}
		assert_int_equal(decode_tight(&p, out, len), 0);
		FREE_TIGHT(&p);
	}
}

static void what_a_cut_packet_still_says_is_filled_in(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128];
	struct packet p;
	(void)state;

	s.payload = "hello";
	s.payload_len = 5;
	size_t len = packet_build(&s, out, sizeof out);
	assert_int_equal(packet_decode(&p, out, len - 2), -1);
	assert_string_equal(p.problem, "shorter than its IPv4 total length");
	assert_int_equal(p.dst.port, 6000);
	assert_int_equal(p.payload_len, 3);
	assert_true(p.checksum_ok); /* it cannot be known: nobody claims that it is wrong */
}

static void what_is_no_ip_at_all_is_told(void **state)
{
	struct packet p;
	(void)state;

	assert_int_equal(packet_decode(&p, (const uint8_t *)"", 0), -1);
	assert_string_equal(p.problem, "empty");
	assert_int_equal(packet_decode(&p, (const uint8_t *)"GET / HTTP/1.1\r\n", 16), -1);
	assert_string_equal(p.problem, "ends inside the IPv4 header");
	assert_int_equal(packet_decode(&p, (const uint8_t *)"\x00\x01\x02", 3), -1);
	assert_string_equal(p.problem, "neither IPv4 nor IPv6");
	assert_int_equal(p.version, 0);
}

/* Alter one byte of a good datagram and see what the decoder says. */
static void alter(int version, size_t at, uint8_t value, const char *problem)
{
	struct packet_spec s = tcp_spec(version);
	uint8_t out[128];
	struct packet p;

	size_t len = packet_build(&s, out, sizeof out);
	out[at] = value;
	assert_int_equal(packet_decode(&p, out, len), -1);
	assert_string_equal(p.problem, problem);
}

static void lengths_that_cannot_be_are_told(void **state)
{
	(void)state;
	alter(4, 0, 0x44, "IPv4 header length is less than 20");
	alter(4, 0, 0x4f, "ends inside the IPv4 header");
	alter(4, 3, 19, "IPv4 total length is less than its header");
	alter(4, 3, 41, "shorter than its IPv4 total length");
	alter(4, 8, 1, "IPv4 header checksum is wrong");
	alter(4, 32, 0x40, "TCP data offset is less than 5");
	alter(4, 32, 0x60, "TCP data offset runs past the end of the datagram");
	alter(6, 5, 21, "shorter than its IPv6 payload length");
	alter(6, 5, 19, "ends inside the TCP header");
}

static void ipv4_options_are_stepped_over(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128], with[132];
	struct packet p;
	(void)state;

	size_t len = packet_build(&s, out, sizeof out);
	memcpy(with, out, 20);
	memset(with + 20, 1, 4); /* no operation, four times */
	memcpy(with + 24, out + 20, len - 20);
	with[0] = 0x46;
	with[3] = (uint8_t)(len + 4);
	assert_int_equal(packet_mend_checksums(with, len + 4), 0);
	assert_int_equal(packet_decode(&p, with, len + 4), 0);
	assert_int_equal(p.header_off, 24);
	assert_int_equal(p.src.port, 40000);
	assert_true(p.checksum_ok);
}

static void a_first_fragment_has_ports_and_later_ones_have_not(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128];
	struct packet p;
	(void)state;

	s.payload = "12345678";
	s.payload_len = 8;
	size_t len = packet_build(&s, out, sizeof out);
	out[6] = 0x20; /* more fragments */
	packet_mend_checksums(out, len);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_true(p.fragment && p.more_fragments && p.has_ports);
	assert_true(p.checksum_ok);
	out[6] = 0x20;
	out[7] = 0x02; /* 16 bytes in */
	packet_mend_checksums(out, len);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_true(p.fragment);
	assert_false(p.has_ports);
	assert_int_equal(p.src.port, 0);
	assert_int_equal(p.fragment_offset, 16);
	assert_int_equal(p.payload_len, 28);
}

/* An IPv6 datagram: @chain of headers, the first of type @first, then the upper bytes of a TCP
 * segment. */
static size_t ipv6_with(uint8_t *out, uint8_t first, const uint8_t *chain, size_t chain_len)
{
	struct packet_spec s = tcp_spec(6);
	uint8_t plain[128];
	size_t len = packet_build(&s, plain, sizeof plain);

	memcpy(out, plain, 40);
	if (chain_len)
		memcpy(out + 40, chain, chain_len);
	memcpy(out + 40 + chain_len, plain + 40, len - 40);
	out[6] = first;
	out[5] = (uint8_t)(len - 40 + chain_len);
	return len + chain_len;
}

static void a_chain_of_extension_headers_is_followed(void **state)
{
	/* hop-by-hop (8), routing (16, no segments left), destination options (8), authentication
	 * (12) */
	static const uint8_t chain[] = {
	    43, 0, 1, 4, 0, 0, 0, 0,                         /* hop-by-hop, PadN */
	    60, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* routing */
	    51, 0, 1, 4, 0, 0, 0, 0,                         /* destination options */
	    6,  1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1,             /* authentication */
	};
	uint8_t out[256];
	struct packet p;
	(void)state;

	size_t len = ipv6_with(out, 0, chain, sizeof chain);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_int_equal(p.protocol, IPPROTO_TCP);
	assert_int_equal(p.header_off, 40 + sizeof chain);
	assert_int_equal(p.dst.port, 6000);
	assert_true(p.checksum_ok);
	for (size_t cut = 41; cut < 40 + sizeof chain; cut++) {
		assert_int_equal(decode_tight(&p, out, cut), -1);
		assert_false(p.has_ports);
		FREE_TIGHT(&p);
		/* the same, with a payload length that tells the truth */
		uint8_t honest[256];
		memcpy(honest, out, cut);
		honest[5] = (uint8_t)(cut - 40);
		assert_int_equal(decode_tight(&p, honest, cut), -1);
		if (cut != 40 + 8 && cut != 40 + 24 &&
		    cut != 40 + 32) /* else the next header is missing as a whole */
			assert_string_equal(p.problem, "ends inside an IPv6 extension header");
		FREE_TIGHT(&p);
	}
}

static void a_header_length_that_leaves_the_datagram_is_told(void **state)
{
	static const uint8_t chain[] = {6, 255, 1, 4, 0, 0, 0, 0};
	uint8_t out[256];
	struct packet p;
	(void)state;

	size_t len = ipv6_with(out, 60, chain, sizeof chain);
	assert_int_equal(decode_tight(&p, out, len), -1);
	assert_string_equal(p.problem, "ends inside an IPv6 extension header");
	FREE_TIGHT(&p);
}

static void segments_left_hide_the_checksum(void **state)
{
	static const uint8_t chain[] = {6, 2, 2, 1, 0, 0, 0, 0, 1, 2, 3, 4,
	                                5, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9};
	uint8_t out[256];
	struct packet p;
	(void)state;

	size_t len = ipv6_with(out, 43, chain, sizeof chain);
	out[40 + sizeof chain + 16] ^= 0xff;
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_true(p.checksum_ok); /* RFC 8200 8.1: it is over the final destination */
}

static void ipv6_fragments_are_told_apart(void **state)
{
	static const uint8_t first[] = {6, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef};
	static const uint8_t later[] = {6, 0, 0x05, 0xa8, 0xde, 0xad, 0xbe, 0xef};
	static const uint8_t atomic[] = {6, 0, 0, 0, 0, 0, 0, 1};
	uint8_t out[256];
	struct packet p;
	(void)state;

	size_t len = ipv6_with(out, 44, first, 8);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_true(p.fragment && p.more_fragments && p.has_ports);
	assert_int_equal(p.ident, 0xdeadbeef);
	len = ipv6_with(out, 44, later, 8);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_int_equal(p.fragment_offset, 1448);
	assert_false(p.more_fragments || p.has_ports);
	assert_int_equal(p.payload_len, 20);
	len = ipv6_with(out, 44, atomic, 8);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_false(p.fragment); /* RFC 6946: alone, and whole */
	assert_true(p.has_ports);
}

static void a_datagram_that_ends_with_no_next_header_is_fine(void **state)
{
	uint8_t out[256];
	struct packet p;
	(void)state;

	size_t len = ipv6_with(out, 59, NULL, 0);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_false(p.has_ports);
	assert_int_equal(p.protocol, 59);
}

static void udp_length_is_believed_only_inside_the_datagram(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128];
	struct packet p;
	(void)state;

	s.protocol = IPPROTO_UDP;
	s.payload = "hello";
	s.payload_len = 5;
	size_t len = packet_build(&s, out, sizeof out);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_int_equal(p.payload_len, 5);
	assert_true(p.has_ports && p.checksum_ok);
	out[25] = 8 + 3;
	packet_mend_checksums(out, len);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_int_equal(p.payload_len, 3);
	out[25] = 200;
	assert_int_equal(packet_decode(&p, out, len), -1);
	assert_string_equal(p.problem, "UDP length runs past the end of the datagram");
	assert_int_equal(p.payload_len, 5);
	out[25] = 7;
	assert_int_equal(packet_decode(&p, out, len), -1);
	assert_string_equal(p.problem, "UDP length is less than 8");
}

static void udp_is_cut_at_each_length(void **state)
{
	struct packet_spec s = tcp_spec(6);
	uint8_t out[128];
	struct packet p;
	(void)state;

	s.protocol = IPPROTO_UDP;
	s.payload = "hello";
	s.payload_len = 5;
	size_t len = packet_build(&s, out, sizeof out);
	for (size_t cut = 0; cut < len; cut++) {
		assert_int_equal(decode_tight(&p, out, cut), -1);
		FREE_TIGHT(&p);
	}
}

static void any_noise_is_survived(void **state)
{
	uint8_t noise[96];
	uint32_t x = 1;
	struct packet p;
	(void)state;

	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof noise; i++) {
			x = x * 1664525 + 1013904223;
			noise[i] = (uint8_t)(x >> 24);
		}
		noise[0] = round & 1 ? 0x45 : 0x60;
		if (round & 2)
			noise[round & 1 ? 9 : 6] = round & 4 ? 6 : 44;
		size_t len = x % sizeof noise;
		packet_decode(&p, noise, len);
		assert_true(p.payload_off + p.payload_len <= len);
	}
}

static void rare_extension_headers_are_followed_too(void **state)
{
	static const uint8_t kinds[] = {0, 60, 135, 139, 140};
	static const uint8_t chain[] = {6, 0, 1, 4, 0, 0, 0, 0};
	uint8_t out[256];
	struct packet p;
	(void)state;

	for (size_t i = 0; i < sizeof kinds; i++) {
		size_t len = ipv6_with(out, kinds[i], chain, sizeof chain);
		assert_int_equal(packet_decode(&p, out, len), 0);
		assert_int_equal(p.header_off, 48);
		assert_int_equal(p.src.port, 40000);
	}
	size_t len =
	    ipv6_with(out, 50, chain, sizeof chain); /* ESP: what is inside nobody can read */
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_int_equal(p.protocol, 50);
	assert_false(p.has_ports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_ipv4_segment_is_read_whole),
	    cmocka_unit_test(link_padding_is_no_payload),
	    cmocka_unit_test(ecn_bits_are_read_in_both_versions),
	    cmocka_unit_test(every_truncation_is_told_and_stays_inside),
	    cmocka_unit_test(what_a_cut_packet_still_says_is_filled_in),
	    cmocka_unit_test(what_is_no_ip_at_all_is_told),
	    cmocka_unit_test(lengths_that_cannot_be_are_told),
	    cmocka_unit_test(ipv4_options_are_stepped_over),
	    cmocka_unit_test(a_first_fragment_has_ports_and_later_ones_have_not),
	    cmocka_unit_test(a_chain_of_extension_headers_is_followed),
	    cmocka_unit_test(a_header_length_that_leaves_the_datagram_is_told),
	    cmocka_unit_test(segments_left_hide_the_checksum),
	    cmocka_unit_test(ipv6_fragments_are_told_apart),
	    cmocka_unit_test(a_datagram_that_ends_with_no_next_header_is_fine),
	    cmocka_unit_test(udp_length_is_believed_only_inside_the_datagram),
	    cmocka_unit_test(udp_is_cut_at_each_length),
	    cmocka_unit_test(any_noise_is_survived),
	    cmocka_unit_test(rare_extension_headers_are_followed_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
