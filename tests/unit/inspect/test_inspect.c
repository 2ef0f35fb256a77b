/* SPDX-License-Identifier: MIT */
/* test_inspect.c - the edges of captures, and what a conversation says of itself */
#include "base/err.h"
#include "base/mem.h"
#include "inspect/inspect.h"
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START INT64_C(1700000000000000000)

static void put16(struct buf *b, uint16_t v)
{
	buf_add(b, &v, sizeof v);
}

static void put32(struct buf *b, uint32_t v)
{
	buf_add(b, &v, sizeof v);
}

static void put64(struct buf *b, uint64_t v)
{
	buf_add(b, &v, sizeof v);
}

static void block(struct buf *b, uint32_t type, const struct buf *body)
{
	static const uint8_t zeros[3];
	uint32_t padded = (uint32_t)(body->len + 3) & ~3u;

	put32(b, type);
	put32(b, padded + 12);
	buf_add(b, body->p, body->len);
	buf_add(b, zeros, padded - body->len);
	put32(b, padded + 12);
}

static void section(struct buf *b)
{
	struct buf body = {0};

	put32(&body, 0x1a2b3c4d);
	put32(&body, 1);
	put64(&body, UINT64_MAX);
	block(b, 0x0a0d0d0a, &body);
	buf_free(&body);
}

/* resolution: as if_tsresol, -1: none; offset: as if_tsoffset, 0: none */
static void interface(struct buf *b, uint16_t linktype, uint32_t snaplen, int resolution,
                      int64_t offset)
{
	struct buf body = {0};

	put16(&body, linktype);
	put16(&body, 0);
	put32(&body, snaplen);
	if (resolution >= 0) {
		put16(&body, 9);
		put16(&body, 1);
		put32(&body, (uint32_t)resolution);
	}
	if (offset) {
		put16(&body, 14);
		put16(&body, 8);
		put64(&body, (uint64_t)offset);
	}
	block(b, 1, &body);
	buf_free(&body);
}

static void packet(struct buf *b, uint32_t iface, uint64_t ticks, const struct buf *data,
                   uint32_t len)
{
	struct buf body = {0};

	put32(&body, iface);
	put32(&body, (uint32_t)(ticks >> 32));
	put32(&body, (uint32_t)ticks);
	put32(&body, len);
	put32(&body, (uint32_t)data->len);
	buf_add(&body, data->p, len);
	block(b, 6, &body);
	buf_free(&body);
}

static void simple_packet(struct buf *b, const struct buf *data, uint32_t len)
{
	struct buf body = {0};

	put32(&body, (uint32_t)data->len);
	buf_add(&body, data->p, len);
	block(b, 3, &body);
	buf_free(&body);
}

/* One segment of 192.0.2.1:1000 > 192.0.2.2:80, or back; as raw IP. */
static struct buf segment(int back, uint8_t flags, uint32_t seq, uint32_t ack, size_t payload)
{
	static const uint8_t bytes[2000];
	struct packet_spec spec = {.protocol = IPPROTO_TCP,
	                           .tcp = {.seq = seq, .ack = ack, .flags = flags},
	                           .payload = bytes,
	                           .payload_len = payload};
	struct packet_end a = {.port = 1000}, c = {.port = 80};
	struct buf out = {0};
	uint8_t data[2100];

	assert_true(packet_addr_parse("192.0.2.1", &a.addr));
	assert_true(packet_addr_parse("192.0.2.2", &c.addr));
	spec.src = back ? c : a;
	spec.dst = back ? a : c;
	buf_add(&out, data, packet_build(&spec, data, sizeof data));
	return out;
}

struct told {
	struct inspection *i;
	int rc;
	struct err err;
	struct inspect_totals totals;
};

static struct told inspect(const struct buf *b)
{
	struct inspect_options o = {0};
	struct told t = {.i = inspect_open()};

	t.rc = inspect_memory(t.i, b->p, b->len, &o, &t.err);
	t.totals = inspect_totals(t.i);
	return t;
}

/* A raw pcapng of segments, ten milliseconds apart; a negative one is from the other side. */
struct line {
	int back;
	uint8_t flags;
	uint32_t seq, ack;
	size_t payload;
};

static struct told play(const struct line *lines, size_t count)
{
	struct buf b = {0};
	struct told t;

	section(&b);
	interface(&b, 101, 0, 9, 0);
	for (size_t i = 0; i < count; i++) {
		const struct line *l = &lines[i];
		struct buf data = segment(l->back, l->flags, l->seq, l->ack, l->payload);

		packet(&b, 0, (uint64_t)START + i * 10000000, &data, (uint32_t)data.len);
		buf_free(&data);
	}
	t = inspect(&b);
	buf_free(&b);
	assert_int_equal(t.rc, 0);
	assert_int_equal(t.totals.packets, count);
	return t;
}
#define PLAY(lines) play(lines, sizeof(lines) / sizeof *(lines))

static void a_connection_from_end_to_end(void **state)
{
	static const struct line lines[] = {
	    {0, TCP_SYN, 100, 0, 0},
	    {0, TCP_SYN, 100, 0, 0}, /* again */
	    {1, TCP_SYN | TCP_ACK, 900, 101, 0},
	    {0, TCP_ACK, 101, 901, 0},
	    {0, TCP_PSH | TCP_ACK, 101, 901, 10},
	    {0, TCP_PSH | TCP_ACK, 121, 901, 10}, /* a hole of ten bytes */
	    {0, TCP_PSH | TCP_ACK, 111, 901, 10}, /* which comes late */
	    {0, TCP_PSH | TCP_ACK, 111, 901, 10}, /* and once more */
	    {1, TCP_ACK, 901, 131, 0},
	    {0, TCP_ACK, 130, 901, 1}, /* keepalive */
	    {0, TCP_FIN | TCP_ACK, 131, 901, 0},
	    {1, TCP_FIN | TCP_ACK, 901, 132, 0},
	    {0, TCP_ACK, 132, 902, 0},
	    {0, TCP_RST, 132, 0, 0}, /* too late to matter */
	};
	struct told t = PLAY(lines);
	struct inspect_flow f;

	(void)state;
	assert_int_equal(inspect_count(t.i), 1);
	f = inspect_get(t.i, 0);
	assert_int_equal(f.side[0].end.port, 1000);
	assert_int_equal(f.side[1].end.port, 80);
	assert_true(f.opener_known);
	assert_int_equal(f.opened_at, START);
	assert_int_equal(f.handshake, 30000000);
	assert_int_equal(f.ended, FLOW_CLOSED);
	assert_int_equal(f.side[0].packets, 11);
	assert_int_equal(f.side[1].packets, 3);
	assert_int_equal(f.side[0].payload, 41);
	assert_int_equal(f.side[0].bytes, 11 * 40 + 41);
	assert_int_equal(f.side[0].retransmissions, 2); /* the SYN, ten bytes */
	assert_int_equal(f.side[0].out_of_order, 1);
	assert_int_equal(f.side[1].retransmissions, 0);
	assert_int_equal(f.side[0].resets, 1);
	inspect_close(&t.i);
}

static void refused_reset_open(void **state)
{
	static const struct line refused[] = {{0, TCP_SYN, 1, 0, 0},
	                                      {1, TCP_RST | TCP_ACK, 0, 2, 0}};
	static const struct line reset[] = {{0, TCP_SYN, 1, 0, 0},
	                                    {1, TCP_SYN | TCP_ACK, 5, 2, 0},
	                                    {0, TCP_ACK, 2, 6, 0},
	                                    {0, TCP_FIN | TCP_ACK, 2, 6, 0},
	                                    {1, TCP_RST, 6, 0, 0}};
	static const struct line open[] = {{0, TCP_SYN, 1, 0, 0}};
	static const enum flow_end ends[] = {FLOW_REFUSED, FLOW_RESET, FLOW_OPEN};
	struct told t[] = {PLAY(refused), PLAY(reset), PLAY(open)};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(inspect_count(t[i].i), 1);
		assert_int_equal(inspect_get(t[i].i, 0).ended, ends[i]);
		inspect_close(&t[i].i);
	}
}

/* Wireshark's rule: another first number is another conversation, the same one is not. */
static void ports_used_again(void **state)
{
	static const struct line lines[] = {{0, TCP_SYN, 1, 0, 0},
	                                    {0, TCP_SYN, 1, 0, 0},
	                                    {0, TCP_SYN, 2, 0, 0},
	                                    {1, TCP_SYN | TCP_ACK, 7, 3, 0},
	                                    {1, TCP_SYN, 8, 0, 0}};
	struct told t = PLAY(lines);

	(void)state;
	assert_int_equal(inspect_count(t.i), 3);
	assert_int_equal(inspect_get(t.i, 0).side[0].packets, 2);
	assert_int_equal(inspect_get(t.i, 1).side[0].packets, 1);
	assert_int_equal(inspect_get(t.i, 1).side[1].packets, 1);
	assert_int_equal(inspect_get(t.i, 2).side[0].end.port, 80);
	assert_int_equal(inspect_get(t.i, 2).stream, 2);
	inspect_close(&t.i);
}

static void begun_in_the_middle(void **state)
{
	static const struct line data[] = {{1, TCP_ACK, 50, 60, 5}, {0, TCP_ACK, 60, 55, 0}};
	static const struct line answer[] = {{1, TCP_SYN | TCP_ACK, 50, 60, 0},
	                                     {0, TCP_ACK, 60, 51, 0}};
	struct told t = PLAY(data), u = PLAY(answer);

	(void)state;
	assert_false(inspect_get(t.i, 0).opener_known);
	assert_int_equal(inspect_get(t.i, 0).side[0].end.port, 80);
	/* whom a SYN-ACK answers has opened; how long ago is not known */
	assert_true(inspect_get(u.i, 0).opener_known);
	assert_int_equal(inspect_get(u.i, 0).side[0].end.port, 1000);
	assert_int_equal(inspect_get(u.i, 0).handshake, -1);
	inspect_close(&t.i);
	inspect_close(&u.i);
}

static void sequence_numbers_wrap(void **state)
{
	static const struct line lines[] = {{0, TCP_ACK, 0xffffffe0, 1, 16},
	                                    {0, TCP_ACK, 0xfffffff0, 1, 32},
	                                    {0, TCP_ACK, 16, 1, 10},
	                                    {0, TCP_ACK, 0xfffffff0, 1, 32}};
	struct told t = PLAY(lines);

	(void)state;
	assert_int_equal(inspect_get(t.i, 0).side[0].retransmissions, 1);
	assert_int_equal(inspect_get(t.i, 0).side[0].out_of_order, 0);
	inspect_close(&t.i);
}

/* What the link carried counts, not what was captured of it; but a header must be there. */
static void packets_cut_by_the_snap_length(void **state)
{
	struct buf b = {0}, data = segment(0, TCP_ACK, 1, 1, 1000);
	struct told t;

	(void)state;
	section(&b);
	interface(&b, 101, 64, 9, 0);
	packet(&b, 0, (uint64_t)START, &data, 40);
	packet(&b, 0, (uint64_t)START, &data, 39);
	packet(&b, 0, (uint64_t)START, &data, 10);
	packet(&b, 0, (uint64_t)START, &data, 0);
	data.p[32] = 6 << 4; /* a header of 24 bytes, of which 20 are there */
	packet(&b, 0, (uint64_t)START, &data, 40);
	t = inspect(&b);
	assert_int_equal(t.rc, 0);
	assert_int_equal(inspect_count(t.i), 1);
	assert_int_equal(inspect_get(t.i, 0).side[0].packets, 1);
	assert_int_equal(inspect_get(t.i, 0).side[0].bytes, 1040);
	assert_int_equal(inspect_get(t.i, 0).side[0].payload, 1000);
	assert_int_equal(t.totals.too_short, 3);
	assert_int_equal(t.totals.no_ip, 1);
	inspect_close(&t.i);
	buf_free(&b);
	buf_free(&data);
}

/* Interfaces of their own resolution and offset, several sections, simple packets, blocks that
 * nobody knows. */
static void blocks_of_every_kind(void **state)
{
	struct buf b = {0}, data = segment(0, TCP_ACK, 1, 1, 3), nothing = {0}, big = {0};
	struct told t;

	(void)state;
	section(&b);
	interface(&b, 101, 0, 0x80 | 20, -7); /* 2^-20 s */
	interface(&b, 101, 0, -1, 1000);      /* us */
	packet(&b, 0, ((uint64_t)1700000007 << 20) + (1u << 19), &data, (uint32_t)data.len);
	packet(&b, 1, (uint64_t)1699999000 * 1000000 + 700000, &data, (uint32_t)data.len);
	buf_add(&nothing, "", 0);
	block(&b, 0x0bad, &nothing); /* as short as a block can be */
	for (int i = 0; i < 200000; i++)
		put32(&big, 6);
	block(&b, 0x0bad, &big);
	section(&b);
	interface(&b, 101, 10, 9, 0);
	simple_packet(&b, &data, 10); /* the snap length says how much of it there is */
	t = inspect(&b);
	assert_int_equal(t.rc, 0);
	assert_int_equal(t.totals.packets, 3);
	assert_int_equal(inspect_count(t.i), 1);
	assert_int_equal(inspect_get(t.i, 0).opened_at, START + 500000000);
	assert_int_equal(inspect_get(t.i, 0).last_at, START + 700000000);
	assert_int_equal(t.totals.too_short, 1);
	inspect_close(&t.i);
	buf_free(&b);
	buf_free(&data);
	buf_free(&nothing);
	buf_free(&big);
}

/* The error names the byte; what came before is kept. */
static void broken(struct buf *b, const char *words)
{
	struct told t = inspect(b);

	assert_int_equal(t.rc, -1);
	if (!strstr(t.err.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, t.err.text);
	assert_int_equal(inspect_count(t.i), 1);
	inspect_close(&t.i);
}

/* The block at @good in @b gets one option more, of @len bytes though it has 4. */
static void long_option(struct buf *b, size_t good, uint16_t len)
{
	uint32_t size;

	memcpy(&size, b->p + good + 4, sizeof size);
	size += 8;
	b->len -= 4;
	memcpy(b->p + good + 4, &size, sizeof size);
	put16(b, 2988); /* a comment, whichever block it is in */
	put16(b, len);
	put32(b, 0x64636261);
	put32(b, size);
}

/* One behind a packet, of an interface, of a section: each is damage to be told. */
static void options_beyond_their_blocks(void **state)
{
	static const uint16_t lengths[] = {5, 60000, 65535};
	struct buf b = {0}, data = segment(0, TCP_ACK, 1, 1, 3);
	struct told t;
	char words[64];
	size_t good;

	(void)state;
	section(&b);
	interface(&b, 101, 0, 9, 0);
	packet(&b, 0, (uint64_t)START, &data, (uint32_t)data.len);
	good = b.len;
	snprintf(words, sizeof words, "at byte %zu: an option reaches beyond its block", good);
	for (size_t i = 0; i < 9; i++) {
		b.len = good;
		if (i % 3 == 0)
			packet(&b, 0, (uint64_t)START, &data, (uint32_t)data.len);
		else if (i % 3 == 1)
			interface(&b, 101, 0, 9, 0);
		else
			section(&b);
		long_option(&b, good, lengths[i / 3]);
		broken(&b, words);
	}
	/* four bytes are what it has */
	b.len = good;
	packet(&b, 0, (uint64_t)START, &data, (uint32_t)data.len);
	long_option(&b, good, 4);
	t = inspect(&b);
	assert_int_equal(t.rc, 0);
	assert_int_equal(t.totals.packets, 2);
	inspect_close(&t.i);
	buf_free(&b);
	buf_free(&data);
}

static void corrupted_blocks(void **state)
{
	struct buf b = {0}, data = segment(0, TCP_ACK, 1, 1, 3);
	uint32_t zero[] = {6, 0, 0}, short_block[] = {6, 16, 0, 16}, unlike[] = {6, 12, 16};
	char words[64];
	size_t good;

	(void)state;
	section(&b);
	interface(&b, 101, 0, 9, 0);
	packet(&b, 0, (uint64_t)START, &data, (uint32_t)data.len);
	good = b.len;
	buf_add(&b, zero, sizeof zero);
	snprintf(words, sizeof words, "at byte %zu: a block cannot be 0 bytes long", good);
	broken(&b, words);
	b.len = good;
	buf_add(&b, short_block, sizeof short_block);
	snprintf(words, sizeof words, "at byte %zu: a packet block too short", good);
	broken(&b, words);
	b.len = good;
	buf_add(&b, unlike, sizeof unlike);
	snprintf(words, sizeof words, "at byte %zu: a block's two lengths differ", good);
	broken(&b, words);
	b.len = good;
	packet(&b, 3, (uint64_t)START, &data, (uint32_t)data.len);
	snprintf(words, sizeof words, "at byte %zu: a packet of interface 3; the section has 1",
	         good);
	broken(&b, words);
	b.len = good;
	packet(&b, 0, (uint64_t)START, &data, (uint32_t)data.len);
	b.len -= 7;
	snprintf(words, sizeof words,
	         "at byte %zu: cut short: the file ends inside a block, at byte %zu", good, b.len);
	broken(&b, words);
	b.len = good;
	packet(&b, 0, UINT64_MAX, &data, (uint32_t)data.len);
	broken(&b, "a time beyond the year 2262");
	b.len = good;
	interface(&b, 101, 0, 9, -1); /* a second before its times */
	packet(&b, 1, 5, &data, (uint32_t)data.len);
	broken(&b, "a time before 1970");
	buf_free(&b);
	buf_free(&data);
}

/* As packet(), with an epb_packetid behind another option; @cut: bytes of it that are there. */
static void sight(struct buf *b, uint32_t iface, uint64_t id, const struct buf *data, uint16_t cut)
{
	struct buf body = {0};

	put32(&body, iface);
	put64(&body, 0);
	put32(&body, (uint32_t)data->len);
	put32(&body, (uint32_t)data->len);
	buf_add(&body, data->p, data->len);
	put16(&body, 2);
	put16(&body, 4);
	put32(&body, 1);
	put16(&body, 5);
	put16(&body, cut);
	buf_add(&body, &id, cut);
	block(b, 6, &body);
	buf_free(&body);
}

static void sights_of_one_packet(void **state)
{
	struct buf b = {0}, syn = segment(0, TCP_SYN, 1, 0, 0),
	           other = segment(0, TCP_SYN, 2, 0, 0);
	struct told t;

	(void)state;
	for (int n = 0; n < 2; n++) { /* a section has its own ids */
		section(&b);
		interface(&b, 101, 0, 9, 0);
		interface(&b, 101, 0, 9, 0);
		interface(&b, 101, 0, 9, 0);
		sight(&b, 0, 7, &syn, 8);
		sight(&b, 1, 7, &syn, 8); /* again */
		sight(&b, 2, 7, &syn, 8); /* and again */
		sight(&b, 0, 7, &syn, 8); /* the same interface: sent twice */
	}
	sight(&b, 1, 8, &syn, 8);
	sight(&b, 0, 8, &other, 8); /* the id of another packet */
	sight(&b, 1, 8, &syn, 4);   /* no id that is one */
	/* so much between the sights that the first is forgotten */
	sight(&b, 0, 9, &syn, 8);
	sight(&b, 0, 9 + 65536, &syn, 8);
	sight(&b, 1, 9, &syn, 8);
	t = inspect(&b);
	assert_int_equal(t.rc, 0);
	assert_int_equal(t.totals.seen_again, 4);
	assert_int_equal(t.totals.packets, 10);
	inspect_close(&t.i);
	buf_free(&b);
	buf_free(&syn);
	buf_free(&other);
}

static int note(void *arg, const struct record *r, struct err *err)
{
	struct buf *numbers = arg;

	(void)err;
	buf_printf(numbers, "%d ", (int)r->number);
	return 0;
}

static void one_conversation_is_watched(void **state)
{
	struct buf b = {0}, first = segment(0, TCP_SYN, 1, 0, 0),
	           second = segment(0, TCP_SYN, 2, 0, 0),
	           answer = segment(1, TCP_SYN | TCP_ACK, 9, 3, 0), numbers = {0};
	const struct buf *order[] = {&first, &second, &answer, &second};
	struct inspect_options o = {.watch = 2, .on_packet = note, .arg = &numbers};
	struct inspection *i = inspect_open();
	struct err err;

	(void)state;
	section(&b);
	interface(&b, 101, 0, 9, 0);
	for (size_t k = 0; k < 4; k++)
		packet(&b, 0, (uint64_t)START, order[k], (uint32_t)order[k]->len);
	assert_int_equal(inspect_memory(i, b.p, b.len, &o, &err), 0);
	assert_string_equal(buf_text(&numbers), "2 3 4 ");
	inspect_close(&i);
	buf_free(&b);
	buf_free(&first);
	buf_free(&second);
	buf_free(&answer);
	buf_free(&numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_connection_from_end_to_end),
	    cmocka_unit_test(refused_reset_open),
	    cmocka_unit_test(ports_used_again),
	    cmocka_unit_test(begun_in_the_middle),
	    cmocka_unit_test(sequence_numbers_wrap),
	    cmocka_unit_test(packets_cut_by_the_snap_length),
	    cmocka_unit_test(blocks_of_every_kind),
	    cmocka_unit_test(corrupted_blocks),
	    cmocka_unit_test(options_beyond_their_blocks),
	    cmocka_unit_test(sights_of_one_packet),
	    cmocka_unit_test(one_conversation_is_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
