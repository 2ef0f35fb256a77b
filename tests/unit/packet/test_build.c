/* SPDX-License-Identifier: MIT */
/* test_build.c - what packet_build() makes is what packet_decode() reads; addresses and flags as
 * text */
#include "../bytes.h"

static void all_of_a_segment_comes_back(void **state)
{
	uint8_t out[256];
	struct packet p;
	(void)state;

	for (int version = 4; version <= 6; version += 2) {
		for (int options = 0; options < 16; options++) {
			struct packet_spec s = tcp_spec(version);
			s.tcp = (struct packet_tcp){
			    .seq = 0xfffffffe,
			    .ack = 7,
			    .flags = TCP_SYN | TCP_URG | TCP_CWR,
			    .window = 65535,
			    .urgent = 3,
			    .has_mss = options & 1,
			    .mss = 1220,
			    .has_wscale = options & 2,
			    .wscale = 14,
			    .sack_permitted = options & 4,
			    .has_timestamps = options & 8,
			    .tsval = 0x80000000,
			    .tsecr = 1,
			};
			s.payload = "xyz";
			s.payload_len = 3;
			size_t len = packet_build(&s, out, sizeof out);
			assert_int_equal(packet_decode(&p, out, len), 0);
			assert_true(p.checksum_ok);
			assert_int_equal(p.ttl, 64);
			assert_int_equal(p.tcp.seq, 0xfffffffe);
			assert_int_equal(p.tcp.flags, s.tcp.flags);
			assert_int_equal(p.tcp.urgent, 3);
			assert_int_equal(p.tcp.has_mss, s.tcp.has_mss);
			assert_int_equal(p.tcp.has_wscale, s.tcp.has_wscale);
			assert_int_equal(p.tcp.sack_permitted, s.tcp.sack_permitted);
			assert_int_equal(p.tcp.has_timestamps, s.tcp.has_timestamps);
			if (s.tcp.has_timestamps)
				assert_int_equal(p.tcp.tsval, 0x80000000);
			assert_int_equal(p.payload_len, 3);
			assert_memory_equal(p.data + p.payload_off, "xyz", 3);
		}
	}
}

static void too_little_room_is_refused_and_not_written(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t *out;
	(void)state;

	for (size_t room = 0; room < 40; room++) {
		out = malloc(room ? room : 1);
		assert_int_equal(packet_build(&s, out, room), 0);
		free(out);
	}
	out = malloc(40);
	assert_int_equal(packet_build(&s, out, 40), 40);
	free(out);
}

static void versions_that_differ_are_refused(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128];
	(void)state;

	s.dst = end_of("2001:db8::2", 6000);
	assert_int_equal(packet_build(&s, out, sizeof out), 0);
	s.src.addr.version = s.dst.addr.version = 0;
	assert_int_equal(packet_build(&s, out, sizeof out), 0);
}

static void the_longest_datagram_fits_and_one_more_byte_does_not(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t *out = malloc(70000), *payload = calloc(1, 70000);
	struct packet p;
	(void)state;

	s.protocol = IPPROTO_UDP;
	s.payload = payload;
	s.payload_len = 65535 - 28;
	assert_int_equal(packet_build(&s, out, 70000), 65535);
	assert_int_equal(packet_decode(&p, out, 65535), 0);
	assert_int_equal(p.payload_len, 65507);
	s.payload_len++;
	assert_int_equal(packet_build(&s, out, 70000), 0);
	free(out);
	free(payload);
}

static void any_protocol_number_can_be_built(void **state)
{
	struct packet_spec s = tcp_spec(6);
	uint8_t out[128];
	struct packet p;
	(void)state;

	s.protocol = 132;
	s.payload = "sctp";
	s.payload_len = 4;
	size_t len = packet_build(&s, out, sizeof out);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_int_equal(p.protocol, 132);
	assert_int_equal(p.payload_len, 4);
	assert_false(p.has_ports);
	s = tcp_spec(4); /* a bare header is a datagram, too */
	s.protocol = 132;
	assert_int_equal(packet_build(&s, out, sizeof out), 20);
	assert_int_equal(packet_decode(&p, out, 20), 0);
	assert_int_equal(p.payload_len, 0);
}

static void addresses_go_to_text_and_back(void **state)
{
	static const char *const good[] = {"192.0.2.1",
	                                   "255.255.255.255",
	                                   "2001:db8::1",
	                                   "::",
	                                   "::1",
	                                   "fe80::1:2:3:4",
	                                   "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
	static const char *const bad[] = {"",          "192.0.2",   "192.0.2.256", "2001:db8::g",
	                                  "localhost", "192.0.2.1 "};
	struct packet_addr a, b;
	char text[46];
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(packet_addr_parse(good[i], &a));
		assert_string_equal(packet_addr_text(&a, text), good[i]);
		assert_true(packet_addr_parse(good[i], &b));
		assert_true(packet_addr_equal(&a, &b));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(packet_addr_parse(bad[i], &a));
		assert_int_equal(a.version, 0);
	}
	assert_string_equal(packet_addr_text(&a, text), "?");
}

static void ends_are_equal_only_in_all_parts(void **state)
{
	struct packet_end a = end_of("192.0.2.1", 80), b = end_of("192.0.2.1", 81),
	                  c = end_of("192.0.2.2", 80);
	struct packet_end d = end_of("c000:201::", 80); /* the same first four bytes */
	(void)state;

	assert_true(packet_end_equal(&a, &a));
	assert_false(packet_end_equal(&a, &b));
	assert_false(packet_end_equal(&a, &c));
	assert_false(packet_end_equal(&a, &d));
}

static void flags_are_written_as_tcpdump_does(void **state)
{
	char text[16];
	(void)state;

	assert_string_equal(packet_flags_text(TCP_SYN, text), "S");
	assert_string_equal(packet_flags_text(TCP_SYN | TCP_ACK, text), "S.");
	assert_string_equal(packet_flags_text(TCP_ACK, text), ".");
	assert_string_equal(packet_flags_text(TCP_PSH | TCP_ACK, text), "P.");
	assert_string_equal(packet_flags_text(TCP_FIN | TCP_PSH | TCP_ACK, text), "FP.");
	assert_string_equal(packet_flags_text(TCP_RST | TCP_ACK, text), "R.");
	assert_string_equal(packet_flags_text(TCP_SYN | TCP_ECE | TCP_CWR, text), "SEW");
	assert_string_equal(packet_flags_text(0, text), "none");
	assert_string_equal(packet_flags_text(0xff, text), "FSRP.UEW");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_of_a_segment_comes_back),
	    cmocka_unit_test(too_little_room_is_refused_and_not_written),
	    cmocka_unit_test(versions_that_differ_are_refused),
	    cmocka_unit_test(the_longest_datagram_fits_and_one_more_byte_does_not),
	    cmocka_unit_test(any_protocol_number_can_be_built),
	    cmocka_unit_test(addresses_go_to_text_and_back),
	    cmocka_unit_test(ends_are_equal_only_in_all_parts),
	    cmocka_unit_test(flags_are_written_as_tcpdump_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
