/* SPDX-License-Identifier: MIT */
/* test_agree.c - two witnesses that agree, and every way in which they may not */
#include "base/err.h"
#include "capture/agree.h"
#include "packet/packet.h"
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* after what it needs */
#include <cmocka.h>

#define OUT CAPTURE_OUTBOUND
#define IN  CAPTURE_INBOUND

struct bytes {
	uint8_t p[2048];
	size_t len;
};

/* A segment whose payload is @n bytes, the last of them @last. */
static struct bytes segment(size_t n, uint8_t last)
{
	static uint8_t payload[1400];
	struct packet_spec spec = {.protocol = IPPROTO_TCP, .payload = payload, .payload_len = n};
	struct bytes b;

	packet_addr_parse("192.0.2.1", &spec.src.addr);
	packet_addr_parse("192.0.2.2", &spec.dst.addr);
	spec.src.port = 40001;
	spec.dst.port = 6000;
	spec.tcp.flags = n ? TCP_PSH | TCP_ACK : TCP_SYN;
	if (n > 0)
		payload[n - 1] = last;
	b.len = packet_build(&spec, b.p, sizeof b.p);
	assert_true(b.len > 0);
	return b;
}

static int setup(void **state)
{
	*state = witness_open("client");
	return 0;
}

static int teardown(void **state)
{
	struct witness *w = *state;

	witness_close(&w);
	assert_null(w);
	return 0;
}

static void disagree(const struct witness *w, const char *const *words)
{
	struct err err = {0};

	assert_int_equal(witness_agree(w, &err), -1);
	for (; *words; words++) {
		if (!strstr(err.text, *words))
			fail_msg("\"%s\" is not in: %s", *words, err.text);
	}
}

#define DISAGREE(w, ...) disagree((w), (const char *const[]){__VA_ARGS__, NULL})

static void nothing_agrees(void **state)
{
	size_t tap, wire;
	struct err err;

	assert_int_equal(witness_agree(*state, &err), 0);
	witness_open_ends(*state, &tap, &wire);
	assert_int_equal(tap + wire, 0);
	assert_true(witness_tap_time(*state, 1) == 0);
}

static void same_agree(void **state)
{
	struct witness *w = *state;
	struct err err;

	for (int i = 0; i < 100; i++) {
		struct bytes b = segment((size_t)i * 14, (uint8_t)i);

		witness_tap(w, OUT, 1000 + i, b.p, b.len);
		witness_wire(w, IN, 3 * i + 2, b.p, b.len);
		witness_wire(w, OUT, 3 * i + 1, b.p, b.len);
		witness_tap(w, IN, 2000 + i, b.p, b.len);
	}
	assert_int_equal(witness_agree(w, &err), 0);
	assert_true(witness_tap_time(w, 1) == 1000);
	assert_true(witness_tap_time(w, 3 * 99 + 1) == 1099);
	assert_true(witness_tap_time(w, 2) == 0); /* inbound */
	assert_true(witness_tap_time(w, 999) == 0);
}

static void open_ends_are_counted(void **state)
{
	struct witness *w = *state;
	struct bytes b = segment(1, 'x');
	size_t tap, wire;

	witness_tap(w, OUT, 1, b.p, b.len);
	witness_tap(w, OUT, 2, b.p, b.len);
	witness_wire(w, IN, 1, b.p, b.len);
	witness_open_ends(w, &tap, &wire);
	assert_int_equal(tap, 2);
	assert_int_equal(wire, 1);
}

static void wire_alone(void **state)
{
	struct bytes b = segment(0, 0);

	witness_wire(*state, OUT, 17, b.p, b.len);
	DISAGREE(*state, "client, outbound", "packet 17", "did not see",
	         "192.0.2.1.40001 > 192.0.2.2.6000 S");
	assert_true(witness_tap_time(*state, 17) == 0);
}

static void tap_alone(void **state)
{
	struct bytes b = segment(3, 'x');

	witness_tap(*state, IN, 1, b.p, b.len);
	DISAGREE(*state, "client, inbound", "did not carry", "P.", "43 bytes");
}

static void another_byte_in_the_header(void **state)
{
	struct bytes b = segment(3, 'x');

	witness_wire(*state, IN, 5, b.p, b.len);
	b.p[8]--;
	witness_tap(*state, IN, 1, b.p, b.len);
	DISAGREE(*state, "packet 5 differs", "byte 8 is 0x40 on the wire, 0x3f by libpcap");
}

static void another_byte_far_behind(void **state)
{
	for (size_t at = 0; at < 1400; at += 93) {
		struct witness *w = witness_open("server");
		struct bytes b = segment(1400, 'x');

		witness_wire(w, IN, 5, b.p, b.len);
		b.p[40 + at] ^= 1;
		witness_tap(w, IN, 1, b.p, b.len);
		DISAGREE(w, "server, inbound: packet 5 differs");
		witness_close(&w);
	}
	(void)state;
}

static void another_length(void **state)
{
	struct bytes b = segment(1400, 'x');

	witness_wire(*state, OUT, 5, b.p, b.len);
	witness_tap(*state, OUT, 1, b.p, b.len - 1);
	DISAGREE(*state, "1440 bytes; libpcap saw", "1439 bytes");
}

static void no_datagram(void **state)
{
	witness_wire(*state, OUT, 1, "\xff", 1);
	witness_tap(*state, OUT, 1, "", 0);
	DISAGREE(*state, "1 bytes that are no IP datagram");
}

static void order_counts_unless_told(void **state)
{
	struct bytes a = segment(1, 'a'), b = segment(1, 'b');
	struct witness *w = *state;
	struct err err;

	witness_wire(w, IN, 1, a.p, a.len);
	witness_wire(w, IN, 2, b.p, b.len);
	witness_tap(w, IN, 1, b.p, b.len);
	witness_tap(w, IN, 2, a.p, a.len);
	DISAGREE(w, "packet 1 differs");
	witness_any_order(w);
	assert_int_equal(witness_agree(w, &err), 0);
	witness_tap(w, IN, 3, b.p, b.len);
	DISAGREE(w, "did not carry");
	witness_wire(w, IN, 3, a.p, a.len);
	witness_wire(w, IN, 4, a.p, a.len);
	assert_int_equal(witness_agree(w, &err), -1);
}

/* What witness_each() tells: "number direction time head_len/len", separated by commas. */
static void tell(void *arg, const struct witness_sight *s)
{
	char *text = arg;
	size_t used = strlen(text);

	snprintf(text + used, 400 - used, "%s%d %s %d %zu/%zu", used > 0 ? ", " : "",
	         (int)s->number, s->direction == OUT ? "out" : "in", (int)s->at, s->head_len,
	         s->len);
}

static void sights_have_the_wires_numbers(void **state)
{
	struct bytes a = segment(1, 'a'), b = segment(1, 'b'), big = segment(400, 'c');
	struct witness *w = *state;
	char text[400] = "";

	/* two CPUs passed each other; the same bytes came twice; one was delivered late */
	witness_tap(w, OUT, 10, b.p, b.len);
	witness_tap(w, OUT, 11, a.p, a.len);
	witness_tap(w, OUT, 12, b.p, b.len);
	witness_wire(w, OUT, 1, a.p, a.len);
	witness_wire(w, OUT, 2, b.p, b.len);
	witness_wire(w, OUT, 3, b.p, b.len);
	witness_tap(w, IN, 13, a.p, a.len);
	witness_tap(w, IN, 14, big.p, big.len);
	witness_wire(w, IN, 5, a.p, a.len);
	witness_wire(w, IN, 4, big.p, big.len);
	/* and one was seen that the wire knows nothing of */
	witness_tap(w, IN, 15, big.p, big.len);
	witness_each(w, tell, text);
	assert_string_equal(text, "2 out 10 41/41, 1 out 11 41/41, 3 out 12 41/41, 5 in 13 41/41, "
	                          "4 in 14 80/440, 0 in 15 80/440");
}

static void no_sights(void **state)
{
	char text[400] = "";

	witness_each(*state, tell, text);
	assert_string_equal(text, "");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(nothing_agrees),
	    TEST(same_agree),
	    TEST(open_ends_are_counted),
	    TEST(wire_alone),
	    TEST(tap_alone),
	    TEST(another_byte_in_the_header),
	    TEST(another_byte_far_behind),
	    TEST(another_length),
	    TEST(no_datagram),
	    TEST(order_counts_unless_told),
	    TEST(sights_have_the_wires_numbers),
	    TEST(no_sights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
