/* SPDX-License-Identifier: MIT */
/* test_icmp.c - ICMP and ICMPv6: names, quoted datagrams, truncation */
#include "../bytes.h"

/* An error of @type and @code that quotes @quoted bytes of a TCP segment. Returns its length. */
static size_t error_of(int version, uint8_t type, uint8_t code, size_t quoted, uint8_t *out,
                       size_t room)
{
	struct packet_spec inner = tcp_spec(version);
	uint8_t body[4 + 128] = {0};

	size_t len = packet_build(&inner, body + 4, sizeof body - 4);
	assert_true(quoted <= len);
	struct packet_spec s = {
	    .src = inner.dst,
	    .dst = inner.src,
	    .protocol = version == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
	    .icmp_type = type,
	    .icmp_code = code,
	    .payload = body,
	    .payload_len = 4 + quoted,
	};
	return packet_build(&s, out, room);
}

static void messages_have_the_names_of_the_patterns(void **state)
{
	static const struct {
		int version;
		uint8_t type, code;
		const char *text;
	} cases[] = {
	    {4, 3, 0, "unreachable net"},
	    {4, 3, 1, "unreachable host"},
	    {4, 3, 2, "unreachable protocol"},
	    {4, 3, 3, "unreachable port"},
	    {4, 3, 4, "too-big"},
	    {4, 3, 13, "unreachable admin"},
	    {4, 8, 0, "echo"},
	    {4, 0, 0, "reply"},
	    {4, 11, 0, "time-exceeded"},
	    {4, 5, 1, "type 5 code 1"},
	    {6, 1, 0, "unreachable net"},
	    {6, 1, 1, "unreachable admin"},
	    {6, 1, 3, "unreachable host"},
	    {6, 1, 4, "unreachable port"},
	    {6, 2, 0, "too-big"},
	    {6, 3, 1, "time-exceeded"},
	    {6, 4, 1, "unreachable protocol"},
	    {6, 128, 0, "echo"},
	    {6, 129, 0, "reply"},
	    {6, 133, 0, "type 133 code 0"},
	};
	char text[32];
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct packet p = {.version = (uint8_t)cases[i].version,
		                   .icmp_type = cases[i].type,
		                   .icmp_code = cases[i].code};
		assert_string_equal(packet_icmp_text(&p, text), cases[i].text);
	}
}

static void an_error_tells_whose_segment_it_quotes(void **state)
{
	uint8_t out[256];
	struct packet p;
	(void)state;

	for (int version = 4; version <= 6; version += 2) {
		size_t header = version == 4 ? 20 : 40;
		size_t len = error_of(version, version == 4 ? 3 : 1, version == 4 ? 3 : 4,
		                      header + 20, out, sizeof out);
		assert_int_equal(packet_decode(&p, out, len), 0);
		assert_true(p.checksum_ok);
		assert_false(p.has_ports);
		assert_true(p.quote.present && p.quote.has_ports && p.quote.has_seq);
		assert_int_equal(p.quote.protocol, IPPROTO_TCP);
		assert_int_equal(p.quote.src.port, 40000);
		assert_int_equal(p.quote.dst.port, 6000);
		assert_int_equal(p.quote.seq, 1000);
		assert_true(packet_addr_equal(&p.quote.src.addr, &p.dst.addr));
	}
}

static void short_quotes_say_what_they_can(void **state)
{
	uint8_t out[256];
	struct packet p;
	(void)state;

	for (size_t upper = 0; upper <= 20; upper++) {
		size_t len = error_of(4, 3, 3, 20 + upper, out, sizeof out);
		assert_int_equal(decode_tight(&p, out, len), 0);
		assert_true(p.quote.present);
		assert_int_equal(p.quote.has_ports, upper >= 4);
		assert_int_equal(p.quote.has_seq, upper >= 8);
		FREE_TIGHT(&p);
	}
	for (size_t quoted = 0; quoted < 40; quoted++) {
		size_t len = error_of(6, 1, 4, quoted, out, sizeof out);
		assert_int_equal(decode_tight(&p, out, len), -1);
		assert_false(p.quote.present);
		FREE_TIGHT(&p);
	}
	for (size_t quoted = 0; quoted < 20; quoted++) {
		size_t len = error_of(4, 3, 3, quoted, out, sizeof out);
		assert_int_equal(decode_tight(&p, out, len), -1);
		assert_string_equal(p.problem, "an ICMP error that quotes no IP header");
		assert_false(p.quote.present);
		FREE_TIGHT(&p);
	}
}

static void a_quote_of_the_other_version_is_none(void **state)
{
	struct packet_spec inner = tcp_spec(6);
	uint8_t body[4 + 128] = {0}, out[256];
	struct packet p;
	(void)state;

	size_t len = packet_build(&inner, body + 4, sizeof body - 4);
	struct packet_spec s = {
	    .src = end_of("192.0.2.2", 0),
	    .dst = end_of("192.0.2.1", 0),
	    .protocol = IPPROTO_ICMP,
	    .icmp_type = 3,
	    .icmp_code = 3,
	    .payload = body,
	    .payload_len = 4 + len,
	};
	len = packet_build(&s, out, sizeof out);
	assert_int_equal(packet_decode(&p, out, len), -1);
	assert_false(p.quote.present);
}

static void a_quoted_later_fragment_has_no_ports(void **state)
{
	uint8_t out[256];
	struct packet p;
	(void)state;

	size_t len = error_of(4, 3, 3, 40, out, sizeof out);
	out[28 + 7] = 5; /* fragment offset of the quoted header */
	packet_decode(&p, out, len);
	assert_true(p.quote.present);
	assert_false(p.quote.has_ports);
}

static void echoes_quote_nothing(void **state)
{
	struct packet_spec s = tcp_spec(6);
	uint8_t out[256];
	struct packet p;
	(void)state;

	s.protocol = IPPROTO_ICMPV6;
	s.icmp_type = 128;
	s.payload = "\x00\x01\x00\x02ping";
	s.payload_len = 8;
	size_t len = packet_build(&s, out, sizeof out);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_true(p.checksum_ok);
	assert_false(p.quote.present);
	assert_int_equal(p.payload_len, 8);
	assert_memory_equal(p.data + p.payload_off, "\x00\x01\x00\x02ping", 8);
}

static void every_truncation_of_an_error_is_survived(void **state)
{
	uint8_t out[256];
	struct packet p;
	(void)state;

	for (int version = 4; version <= 6; version += 2) {
		size_t header = version == 4 ? 20 : 40;
		size_t len =
		    error_of(version, version == 4 ? 3 : 1, 0, header + 20, out, sizeof out);
		for (size_t cut = 0; cut < len; cut++) {
			assert_int_equal(decode_tight(&p, out, cut), -1);
			assert_true(p.payload_off + p.payload_len <= cut);
			FREE_TIGHT(&p);
		}
	}
}

static void a_name_gives_the_message_back(void **state)
{
	static const struct {
		uint8_t version, type, code;
		const char *words;
	} cases[] = {
	    {4, 3, 1, "unreachable host"}, {4, 3, 13, "unreachable admin"},
	    {4, 11, 0, "time-exceeded"},   {6, 1, 3, "unreachable host"},
	    {6, 2, 0, "too-big"},          {6, 4, 1, "unreachable protocol"},
	};
	uint8_t type, code;
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(packet_icmp_number(cases[i].version, cases[i].words, &type, &code));
		assert_int_equal(type, cases[i].type);
		assert_int_equal(code, cases[i].code);
	}
	assert_false(packet_icmp_number(4, "unreachable", &type, &code));
	assert_false(packet_icmp_number(5, "unreachable host", &type, &code));
}

static void icmp_in_the_wrong_version_is_just_a_protocol(void **state)
{
	struct packet_spec s = tcp_spec(4);
	uint8_t out[128];
	struct packet p;
	(void)state;

	s.protocol = IPPROTO_ICMPV6;
	s.icmp_type = 1;
	size_t len = packet_build(&s, out, sizeof out);
	assert_int_equal(packet_decode(&p, out, len), 0);
	assert_int_equal(p.icmp_type, 0);
	assert_false(p.quote.present);
}

static void only_errors_quote(void **state)
{
	static const struct {
		uint8_t type;
		bool quotes;
	} cases[] = {{0, false}, {3, true},  {4, true},  {5, true},  {8, false},
	             {9, false}, {11, true}, {12, true}, {13, false}};
	uint8_t out[256];
	struct packet p;
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len = error_of(4, cases[i].type, 0, 40, out, sizeof out);
		assert_int_equal(packet_decode(&p, out, len), 0);
		assert_int_equal(p.quote.present, cases[i].quotes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_have_the_names_of_the_patterns),
	    cmocka_unit_test(an_error_tells_whose_segment_it_quotes),
	    cmocka_unit_test(short_quotes_say_what_they_can),
	    cmocka_unit_test(a_quote_of_the_other_version_is_none),
	    cmocka_unit_test(a_quoted_later_fragment_has_no_ports),
	    cmocka_unit_test(echoes_quote_nothing),
	    cmocka_unit_test(every_truncation_of_an_error_is_survived),
	    cmocka_unit_test(a_name_gives_the_message_back),
	    cmocka_unit_test(icmp_in_the_wrong_version_is_just_a_protocol),
	    cmocka_unit_test(only_errors_quote),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
