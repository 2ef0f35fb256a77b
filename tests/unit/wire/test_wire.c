/* SPDX-License-Identifier: MIT */
/*
 * test_wire.c - what gates, cuts and injections do to datagrams, seen by the sockets at both ends
 *
 * A kernel takes a datagram before write(2) to its TUN returns: after wire_pump() whatever was
 * carried can be received, nothing has to be waited for.
 */
#include "../isolated.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "wire/wire.h"
#include "world/world.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const names[] = {"client", "server"};

#define PORT   7000
#define CLIENT 0
#define SERVER 1

static struct bench {
	struct world *world;
	struct loop *loop;
	struct timeline *tl;
	struct wire *wire;
	int version; /* 4, 6 */
	int udp[2];  /* bound to PORT, one in each host */
} b;

static socklen_t address_of(int host, uint16_t port, struct sockaddr_storage *out)
{
	const struct packet_addr *a = host_address(world_host(b.world, host), b.version);
	memset(out, 0, sizeof *out);
	assert_non_null(a);
	if (b.version == 4) {
		struct sockaddr_in *in = (struct sockaddr_in *)out;
		*in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
		memcpy(&in->sin_addr, a->bytes, 4);
		return sizeof *in;
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	*in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
	memcpy(&in6->sin6_addr, a->bytes, 16);
	return sizeof *in6;
}

static int socket_in(int host, int type)
{
	struct err err = {0};
	ok(host_enter(world_host(b.world, host), &err) == 0);
	int fd =
	    socket(b.version == 4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ok(host_leave(world_host(b.world, host), &err) == 0);
	assert_true(fd >= 0);
	return fd;
}

static int bound_in(int host, int type)
{
	struct sockaddr_storage at;
	int fd = socket_in(host, type);
	socklen_t len = address_of(host, PORT, &at);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	return fd;
}

static void set_up(int version)
{
	struct err err = {0};
	b = (struct bench){.version = version};
	b.world = world_open(WORLD_WIRE, names, 2, true, &err);
	ok(b.world != NULL);
	b.loop = loop_open(&err);
	ok(b.loop != NULL);
	b.tl = timeline_open();
	for (int i = 0; i < 2; i++) {
		const struct packet_addr *list;
		size_t count = host_addresses(world_host(b.world, i), &list);
		assert_int_equal(timeline_add_host(b.tl, names[i]), i);
		for (size_t k = 0; k < count; k++)
			timeline_add_address(b.tl, i, &list[k]);
		b.udp[i] = bound_in(i, SOCK_DGRAM);
	}
	b.wire = wire_open(b.world, b.loop, b.tl, &err);
	ok(b.wire != NULL);
}

static int set_up_4(void **state)
{
	(void)state;
	set_up(4);
	return 0;
}

static int set_up_6(void **state)
{
	(void)state;
	set_up(6);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	wire_close(&b.wire);
	wire_close(&b.wire);
	timeline_close(&b.tl);
	loop_close(&b.loop);
	close(b.udp[CLIENT]);
	close(b.udp[SERVER]);
	world_close(&b.world);
	return 0;
}

static int pump(void)
{
	struct err err = {0};
	int n = wire_pump(b.wire, &err);
	ok(n >= 0);
	return n;
}

static void say_unpumped(int from, const char *word, size_t len)
{
	struct sockaddr_storage to;
	socklen_t room = address_of(1 - from, PORT, &to);
	assert_int_equal(sendto(b.udp[from], word, len, 0, (struct sockaddr *)&to, room), len);
}

/* One datagram to the other host for each word between commas; carried one by one, so
 * that their order is known. */
static void say(int from, const char *words)
{
	for (;;) {
		size_t len = strcspn(words, ",");
		say_unpumped(from, words, len);
		pump();
		if (!words[len])
			return;
		words += len + 1;
	}
}

/* What has come to @host since: "a,b". */
static void expect_heard(int host, const char *wanted)
{
	struct buf heard = {0};
	char room[128];
	ssize_t n;
	while ((n = recv(b.udp[host], room, sizeof room, 0)) >= 0) {
		if (heard.len > 0)
			buf_str(&heard, ",");
		buf_add(&heard, room, (size_t)n);
	}
	assert_int_equal(errno, EAGAIN);
	assert_string_equal(buf_text(&heard), wanted);
	buf_free(&heard);
}

static struct timeline_packet *packet(int64_t number)
{
	struct timeline_packet *p = timeline_packet(b.tl, number);
	assert_non_null(p);
	return p;
}

static void expect_fate(int64_t number, enum packet_fate fate, const char *cause)
{
	struct timeline_packet *p = packet(number);
	assert_string_equal(packet_fate_text(p->fate), packet_fate_text(fate));
	assert_int_equal(p->delivered_at != 0, fate == FATE_DELIVERED);
	if (!cause)
		assert_null(p->cause);
	else if (!p->cause)
		fail_msg("packet %lld has no cause; expected \"%s\"", (long long)number, cause);
	else
		assert_string_equal(p->cause, cause);
}

/* The last event of the wire. */
static void expect_told(const char *who, const char *text, int line, int64_t number)
{
	const struct event *e = NULL;
	for (size_t i = timeline_count(b.tl); i-- > 0 && !e;) {
		if (timeline_get(b.tl, i)->kind == EVENT_WIRE)
			e = timeline_get(b.tl, i);
	}
	assert_non_null(e);
	assert_string_equal(e->who, who);
	assert_string_equal(e->text, text);
	assert_int_equal(e->line, line);
	assert_int_equal(e->packet, number);
}

/* A filter: UDP payload that begins with the letter. */
static bool begins_with(void *arg, const struct timeline_packet *p)
{
	return p->packet.payload_len > 0 && p->data[p->packet.payload_off] == *(const char *)arg;
}

static struct gate *gate(struct gate_spec spec)
{
	return wire_gate(b.wire, &spec);
}

static void carries(void **state)
{
	struct err err = {0};
	(void)state;
	say(CLIENT, "a,b");
	say(SERVER, "c");
	expect_heard(SERVER, "a,b");
	expect_heard(CLIENT, "c");
	expect_fate(1, FATE_DELIVERED, NULL);
	assert_int_equal(packet(1)->from, CLIENT);
	assert_int_equal(packet(1)->to, SERVER);
	assert_int_equal(packet(3)->from, SERVER);
	assert_int_equal(timeline_packets(b.tl), 3);
	assert_int_equal(pump(), 0);
	/* by the loop, too */
	say_unpumped(CLIENT, "d", 1);
	ok(loop_step(b.loop, INT64_MAX, &err) == 1);
	expect_heard(SERVER, "d");
	/* several at once, in order, each host's */
	for (const char *c = "efg"; *c; c++) {
		say_unpumped(CLIENT, c, 1);
		say_unpumped(SERVER, c, 1);
	}
	assert_int_equal(pump(), 6);
	expect_heard(SERVER, "e,f,g");
	expect_heard(CLIENT, "e,f,g");
	assert_int_equal(wire_next_due(b.wire), INT64_MAX);
	assert_false(wire_is_cut(b.wire));
}

static void holds(void **state)
{
	struct err err = {0};
	struct gate *g = gate((struct gate_spec){.action = GATE_HOLD, .line = 5, .words = "all"});
	(void)state;
	assert_string_equal(gate_name(g), "hold#1");
	say(CLIENT, "a,b,c,d");
	expect_heard(SERVER, "");
	assert_int_equal(gate_held(g), 4);
	assert_int_equal(gate_acted(g), 4);
	expect_fate(1, FATE_WAITING, "held by hold#1 (line 5)");
	expect_told("hold#1", "hold: all", 5, 4);
	assert_int_equal(wire_next_due(b.wire), INT64_MAX);
	assert_int_equal(gate_release(g, 1, &err), 1);
	expect_heard(SERVER, "a");
	expect_told("hold#1", "release: all", 5, 1);
	assert_int_equal(packet(1)->fate, FATE_DELIVERED);
	assert_int_equal(gate_release(g, 2, &err), 2);
	expect_heard(SERVER, "b,c");
	assert_int_equal(gate_held(g), 1);
	gate_open(g); /* what it holds stays held */
	say(CLIENT, "e");
	expect_heard(SERVER, "e");
	assert_int_equal(gate_held(g), 1);
	assert_int_equal(gate_fitted(g), 4);
	assert_int_equal(gate_release(g, 100, &err), 1);
	expect_heard(SERVER, "d");
	assert_int_equal(gate_release(g, 0, &err), 0);
}

static bool from_client(void *arg, const struct timeline_packet *p)
{
	(void)arg;
	return p->from == CLIENT;
}

/* A segment of the client's kernel as far as the wire can tell; returns its number. */
static int64_t segment(struct packet_tcp tcp, const char *payload)
{
	struct sockaddr_storage to;
	socklen_t room = address_of(SERVER, 0, &to);
	uint8_t bytes[256];
	struct packet_spec spec = {
	    .src = {*host_address(world_host(b.world, CLIENT), b.version), PORT},
	    .dst = {*host_address(world_host(b.world, SERVER), b.version), PORT},
	    .protocol = IPPROTO_TCP,
	    .tcp = tcp,
	    .payload = payload,
	    .payload_len = strlen(payload)};
	uint8_t sack[12] = {1, 1, 5, 10}; /* NOP, NOP, SACK, its length (RFC 2018) */

	/* packet_build() writes no SACK: a payload becomes one when the header is said to be longer
	 */
	if (tcp.sack_count) {
		const uint32_t block[2] = {htonl(tcp.sack[0].left), htonl(tcp.sack[0].right)};

		memcpy(sack + 4, block, sizeof block);
		spec.payload = sack;
		spec.payload_len = sizeof sack;
	}
	size_t len = packet_build(&spec, bytes, sizeof bytes);
	if (tcp.sack_count) {
		bytes[(b.version == 4 ? 20 : 40) + 12] += sizeof sack / 4 << 4;
		assert_int_equal(packet_mend_checksums(bytes, len), 0);
	}
	int64_t before = (int64_t)timeline_packets(b.tl);
	struct err err = {0};

	ok(host_enter(world_host(b.world, CLIENT), &err) == 0);
	int fd = socket(b.version == 4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	ok(host_leave(world_host(b.world, CLIENT), &err) == 0);
	assert_true(fd >= 0 && len > 0);
	assert_int_equal(sendto(fd, bytes, len, 0, (struct sockaddr *)&to, room), len);
	close(fd);
	pump();
	for (int64_t i = before + 1; i <= (int64_t)timeline_packets(b.tl); i++) {
		if (packet(i)->from == CLIENT)
			return i;
	}
	fail_msg("the segment never came onto the wire");
	return 0;
}

static void expect_again(struct packet_tcp tcp, const char *payload, const char *cause)
{
	expect_fate(segment(tcp, payload), FATE_DROPPED, cause);
}

static void expect_kept(struct packet_tcp tcp, const char *payload)
{
	expect_fate(segment(tcp, payload), FATE_WAITING, "held by hold#1 (line 5)");
}

/* How often a kernel says again what is held is no part of what happens. */
static void holds_once(void **state)
{
	struct err err = {0};
	struct gate *g =
	    gate((struct gate_spec){.action = GATE_HOLD, .line = 5, .fits = from_client});
	const struct packet_tcp syn = {.seq = 100, .flags = TCP_SYN, .window = 500};
	const struct packet_tcp ack = {.seq = 101, .ack = 900, .flags = TCP_ACK, .window = 500};
	struct packet_tcp other;

	(void)state;
	expect_kept(syn, "");
	expect_again(syn, "", "says 1 again, which hold#1 holds (line 5)");
	assert_int_equal(gate_held(g), 1);
	assert_int_equal(gate_fitted(g), 1);
	assert_int_equal(gate_acted(g), 1);
	expect_kept(ack, "");
	expect_again(ack, "", "says 3 again, which hold#1 holds (line 5)");
	other = ack; /* D-SACK: it came twice, which is nothing to the other side */
	other.sack_count = 1;
	other.sack[0].left = 899;
	other.sack[0].right = 900;
	expect_again(other, "", "says 3 again, which hold#1 holds (line 5)");
	/* each of these tells something */
	other.sack[0].left = 1000;
	other.sack[0].right = 1100;
	expect_kept(other, "");
	other = ack;
	other.window = 400;
	expect_kept(other, "");
	other = ack;
	other.ack = 901;
	expect_kept(other, "");
	other = ack;
	other.flags |= TCP_FIN;
	expect_kept(other, "");
	expect_kept(ack, "data");
	expect_kept(ack, "date");
	expect_kept(ack, "longer data");
	expect_again(ack, "data", "says 10 again, which hold#1 holds (line 5)");
	other = ack;
	other.flags |= TCP_PSH; /* a repetition may push */
	other.window = 400;
	expect_again(other, "date", "says 11 again, which hold#1 holds (line 5)");
	other.flags |= TCP_URG;
	expect_kept(other, "date");
	/* datagrams are messages, each of its own */
	say(CLIENT, "a,a");
	assert_int_equal(gate_held(g), 12);
	/* no new ones, but what it holds it holds */
	gate_open(g);
	expect_again(ack, "data", "says 10 again, which hold#1 holds (line 5)");
	ok(gate_release(g, 0, &err) == 12);
	assert_int_equal(packet(segment(ack, "data"))->fate, FATE_DELIVERED);
}

static void holds_repeats(void **state)
{
	struct gate *g = gate((struct gate_spec){
	    .action = GATE_HOLD, .line = 5, .fits = from_client, .repeats = true});
	const struct packet_tcp syn = {.seq = 100, .flags = TCP_SYN, .window = 500};

	(void)state;
	expect_kept(syn, "");
	expect_kept(syn, "");
	assert_int_equal(gate_held(g), 2);
}

/* What waits in a TUN when something is let out was sent before, and comes before. */
static void releases_behind_what_was_sent(void **state)
{
	struct err err = {0};
	struct gate *g = gate((struct gate_spec){.action = GATE_HOLD, .nth = 1});

	(void)state;
	say(CLIENT, "a");
	say_unpumped(CLIENT, "b", 1);
	ok(gate_release(g, 0, &err) == 1);
	expect_heard(SERVER, "b,a");
}

static void releases_its_own(void **state)
{
	struct err err = {0};
	struct gate *ga =
	    gate((struct gate_spec){.action = GATE_HOLD, .fits = begins_with, .arg = (void *)"a"});
	struct gate *rest = gate((struct gate_spec){.action = GATE_HOLD});
	(void)state;
	say(CLIENT, "a1,b1,a2,b2,a3");
	assert_int_equal(gate_held(ga), 3);
	assert_int_equal(gate_held(rest), 2);
	assert_int_equal(gate_fitted(rest), 5);
	assert_int_equal(gate_acted(rest), 2);
	assert_int_equal(gate_release(rest, 0, &err), 2);
	expect_heard(SERVER, "b1,b2");
	assert_int_equal(gate_release(ga, 0, &err), 3);
	expect_heard(SERVER, "a1,a2,a3");
	expect_told("hold#1", "release: every packet", 0, 5);
}

static void drops(void **state)
{
	struct gate *g = gate((struct gate_spec){
	    .action = GATE_DROP, .line = 14, .fits = begins_with, .arg = (void *)"a"});
	(void)state;
	say(CLIENT, "a,b,a,c");
	say(SERVER, "a,d");
	expect_heard(SERVER, "b,c");
	expect_heard(CLIENT, "d");
	assert_int_equal(gate_fitted(g), 3);
	assert_int_equal(gate_acted(g), 3);
	assert_int_equal(gate_held(g), 0);
	expect_fate(1, FATE_DROPPED, "dropped by drop#1 (line 14)");
	gate_open(g);
	say(CLIENT, "a");
	expect_heard(SERVER, "a");
	assert_int_equal(gate_fitted(g), 3);
}

static void drops_the_nth(void **state)
{
	struct gate *g = gate((struct gate_spec){.action = GATE_DROP, .nth = 2});
	(void)state;
	say(CLIENT, "a,b,c,d");
	expect_heard(SERVER, "a,c,d");
	assert_int_equal(gate_fitted(g), 4);
	assert_int_equal(gate_acted(g), 1);
}

static void drops_so_often(void **state)
{
	struct gate *g = gate((struct gate_spec){
	    .action = GATE_DROP, .times = 2, .fits = begins_with, .arg = (void *)"a"});
	(void)state;
	say(CLIENT, "b,a1,a2,b,a3,a4");
	expect_heard(SERVER, "b,b,a3,a4");
	assert_int_equal(gate_fitted(g), 4);
	assert_int_equal(gate_acted(g), 2);
}

/* nth means the same beside other gates: each counts what fits, whoever acts. */
static void every_gate_counts(void **state)
{
	struct gate *first = gate((struct gate_spec){.action = GATE_DROP, .nth = 1});
	struct gate *second = gate((struct gate_spec){.action = GATE_DROP, .nth = 2});
	struct gate *third = gate((struct gate_spec){.action = GATE_HOLD, .nth = 2});
	struct gate *fourth = gate((struct gate_spec){.action = GATE_DUPLICATE, .nth = 4});
	(void)state;
	assert_string_equal(gate_name(second), "drop#2");
	say(CLIENT, "a,b,c,d,e");
	expect_heard(SERVER, "c,d,d,e");
	assert_int_equal(gate_acted(first), 1);
	assert_int_equal(gate_acted(second), 1);
	assert_int_equal(gate_acted(third), 0); /* the second was made before it */
	assert_int_equal(gate_acted(fourth), 1);
	/* copies are shown to no gate */
	assert_int_equal(gate_fitted(first), 5);
	assert_int_equal(gate_fitted(third), 5);
}

static void delays(void **state)
{
	struct err err = {0};
	int64_t before = clock_now();
	struct gate *g = gate((struct gate_spec){.action = GATE_DELAY,
	                                         .delay = 3600 * NS_PER_S,
	                                         .line = 3,
	                                         .fits = begins_with,
	                                         .arg = (void *)"l"});
	gate((struct gate_spec){
	    .action = GATE_DELAY, .delay = 2 * NS_PER_MS, .fits = begins_with, .arg = (void *)"s"});
	(void)state;
	say(CLIENT, "long");
	int64_t due = wire_next_due(b.wire), after = clock_now();
	assert_true(due >= before + 3600 * NS_PER_S && due <= after + 3600 * NS_PER_S);
	expect_fate(1, FATE_WAITING, "delayed by delay#1 (line 3)");
	assert_int_equal(gate_held(g), 1);
	say_unpumped(CLIENT, "short", 5);
	say_unpumped(CLIENT, "now", 3);
	pump();
	/* the sooner is the next, though it came later; on a slow machine it may be carried by now
	 */
	if (packet(2)->fate == FATE_WAITING)
		assert_true(wire_next_due(b.wire) < due);
	while (packet(2)->fate == FATE_WAITING) {
		ok(loop_step(b.loop, wire_next_due(b.wire), &err) >= 0);
		pump();
	}
	assert_int_equal(wire_next_due(b.wire), due);
	assert_true(packet(2)->delivered_at >= packet(2)->at + 2 * NS_PER_MS);
	assert_int_equal(packet(2)->fate, FATE_DELIVERED);
	assert_int_equal(packet(1)->fate, FATE_WAITING);
	/* who does not want to wait */
	assert_int_equal(gate_release(g, 0, &err), 1);
	assert_int_equal(wire_next_due(b.wire), INT64_MAX);
	assert_int_equal(packet(1)->fate, FATE_DELIVERED);
	char room[16];
	for (int i = 0; i < 2; i++) /* "now" and "short" in either order on a slow machine */
		assert_true(recv(b.udp[SERVER], room, sizeof room, 0) > 0);
	expect_heard(SERVER, "long");
}

/* Due at once: carried by the same pump, in order of their times. */
static void delays_by_nothing(void **state)
{
	(void)state;
	gate((struct gate_spec){.action = GATE_DELAY, .delay = 0});
	say(CLIENT, "a,b");
	expect_heard(SERVER, "a,b");
	assert_int_equal(wire_next_due(b.wire), INT64_MAX);
}

static void duplicates(void **state)
{
	struct gate *g = gate((struct gate_spec){.action = GATE_DUPLICATE, .line = 9, .nth = 1});
	(void)state;
	say(CLIENT, "a");
	expect_heard(SERVER, "a,a");
	expect_fate(1, FATE_DELIVERED, NULL);
	expect_fate(2, FATE_DELIVERED, "duplicate of 1 by duplicate#1 (line 9)");
	assert_int_equal(packet(2)->from, FROM_HARNESS);
	assert_int_equal(packet(2)->to, SERVER);
	assert_int_equal(gate_acted(g), 1);
	gate((struct gate_spec){.action = GATE_DUPLICATE, .copies = 3});
	say(CLIENT, "b");
	expect_heard(SERVER, "b,b,b,b");
	assert_int_equal(timeline_packets(b.tl), 6);
}

static void reorders(void **state)
{
	struct gate *g = gate((struct gate_spec){.action = GATE_REORDER, .nth = 1, .line = 2});
	(void)state;
	say(CLIENT, "a");
	expect_heard(SERVER, "");
	assert_int_equal(gate_held(g), 1);
	say(SERVER, "x"); /* the other direction does not let it out */
	expect_heard(CLIENT, "x");
	expect_heard(SERVER, "");
	say(CLIENT, "b,c");
	expect_heard(SERVER, "b,a,c");
	assert_int_equal(gate_held(g), 0);
	assert_int_equal(packet(1)->fate, FATE_DELIVERED);
}

/* The next one is dropped: the one behind that will do. */
static void reorders_behind_what_crosses(void **state)
{
	(void)state;
	gate((struct gate_spec){.action = GATE_REORDER, .nth = 1});
	gate((struct gate_spec){.action = GATE_DROP, .fits = begins_with, .arg = (void *)"b"});
	say(CLIENT, "a,b");
	expect_heard(SERVER, "");
	say(CLIENT, "c");
	expect_heard(SERVER, "c,a");
}

static size_t payload_byte(void)
{
	return b.version == 4 ? 28 : 48;
}

static void corrupts(void **state)
{
	struct gate *g = gate((struct gate_spec){.action = GATE_CORRUPT, .line = 6, .nth = 1});
	(void)state;
	say(CLIENT, "abc,def");
	expect_heard(SERVER, "def"); /* the receiver's kernel has seen that it is wrong */
	assert_int_equal(gate_acted(g), 1);
	expect_fate(1, FATE_REPLACED, "corrupted by corrupt#1 (line 6)");
	assert_int_equal(packet(2)->fate, FATE_DELIVERED);
	assert_int_equal(packet(2)->from, FROM_HARNESS);
	assert_true(packet(1)->packet.checksum_ok);
	assert_false(packet(2)->packet.checksum_ok);
	assert_int_equal(packet(2)->len, packet(1)->len);
	for (size_t i = 0; i < packet(1)->len; i++)
		assert_int_equal(packet(1)->data[i] ^ packet(2)->data[i],
		                 i == packet(1)->len - 1 ? 0xff : 0);
}

static void corrupts_and_mends(void **state)
{
	char cause[64];
	(void)state;
	gate((struct gate_spec){.action = GATE_CORRUPT,
	                        .has_byte = true,
	                        .byte = payload_byte() + 1,
	                        .flip = 0x20,
	                        .mend = true});
	say(CLIENT, "abc");
	expect_heard(SERVER, "aBc");
	assert_true(packet(2)->packet.checksum_ok);
	snprintf(cause, sizeof cause, "1 with byte %zu changed, checksum mended",
	         payload_byte() + 1);
	expect_fate(2, FATE_DELIVERED, cause);
}

static void corrupts_the_header(void **state)
{
	struct err err = {0};
	(void)state;
	/* no IP datagram: no link carries that */
	gate((struct gate_spec){
	    .action = GATE_CORRUPT, .nth = 1, .has_byte = true, .byte = 0, .flip = 0x90});
	/* of the destination's address: goes where it would have gone, whose kernel does not want
	 * it */
	gate((struct gate_spec){.action = GATE_CORRUPT,
	                        .nth = 2,
	                        .has_byte = true,
	                        .byte = b.version == 4 ? 19 : 39,
	                        .flip = 0x40,
	                        .mend = true});
	say(CLIENT, "a,b,c");
	expect_heard(SERVER, "c");
	expect_fate(2, FATE_DROPPED, "no IP datagram any more: the link cannot carry it");
	assert_int_equal(packet(4)->fate, FATE_DELIVERED);
	assert_int_equal(packet(4)->to, SERVER);
	/* a byte that is not there */
	gate((struct gate_spec){.action = GATE_CORRUPT, .has_byte = true, .byte = 2000});
	say_unpumped(CLIENT, "d", 1);
	assert_int_equal(wire_pump(b.wire, &err), -1);
	assert_non_null(strstr(err.text, "there is no byte 2000"));
}

static void cuts(void **state)
{
	struct err err = {0};
	struct gate *g =
	    gate((struct gate_spec){.action = GATE_HOLD, .fits = begins_with, .arg = (void *)"h"});
	(void)state;
	say(CLIENT, "held1,held2");
	wire_cut(b.wire, -1, 0, 8);
	assert_true(wire_is_cut(b.wire));
	expect_told("wire", "cut", 8, 0);
	say(CLIENT, "a,held");
	say(SERVER, "b");
	expect_heard(SERVER, "");
	expect_heard(CLIENT, "");
	expect_fate(3, FATE_DROPPED, "dropped: the wire is cut");
	expect_told("wire", "drop: the wire is cut", 8, 5);
	assert_int_equal(gate_fitted(g), 2); /* the cut comes before the gates */
	/* let out onto a wire that is cut */
	assert_int_equal(gate_release(g, 1, &err), 1);
	expect_fate(1, FATE_DROPPED, "dropped: the wire is cut");
	wire_mend(b.wire, 9);
	assert_false(wire_is_cut(b.wire));
	expect_told("wire", "mended", 9, 0);
	assert_int_equal(gate_release(g, 0, &err), 1);
	say(CLIENT, "c");
	say(SERVER, "d");
	expect_heard(SERVER, "held2,c");
	expect_heard(CLIENT, "d");
}

static void cuts_one_direction(void **state)
{
	(void)state;
	wire_cut(b.wire, SERVER, 0, 1);
	say(CLIENT, "a");
	say(SERVER, "b");
	expect_heard(SERVER, "a");
	expect_heard(CLIENT, "");
	/* copies come from the side that they do not go to */
	gate((struct gate_spec){.action = GATE_DUPLICATE});
	say(CLIENT, "c");
	expect_heard(SERVER, "c,c");
	wire_mend(b.wire, 2);
	say(SERVER, "d");
	expect_heard(CLIENT, "d,d");
}

/* A datagram crosses whole or not at all. */
static void cuts_behind_bytes(void **state)
{
	(void)state;
	wire_cut(b.wire, CLIENT, 5, 4);
	assert_false(wire_is_cut(b.wire));
	say(SERVER, "not counted");
	say(CLIENT, "abc");
	assert_false(wire_is_cut(b.wire));
	say(CLIENT, "def");
	assert_true(wire_is_cut(b.wire));
	expect_heard(SERVER, "abc");
	expect_heard(CLIENT, "not counted");
	expect_fate(3, FATE_DROPPED, "dropped: the wire was cut before it");
	say(CLIENT, "g");
	say(SERVER, "h"); /* from then on nothing crosses */
	expect_heard(SERVER, "");
	expect_heard(CLIENT, "");
	/* mended while it was armed: nothing is left of it */
	wire_mend(b.wire, 5);
	wire_cut(b.wire, CLIENT, 2, 6);
	wire_mend(b.wire, 7);
	say(CLIENT, "many bytes");
	expect_heard(SERVER, "many bytes");
	assert_false(wire_is_cut(b.wire));
}

static void expect_stream(int fd, const char *wanted)
{
	char room[128];
	ssize_t n = recv(fd, room, sizeof room - 1, 0);
	assert_true(n >= 0);
	room[n] = '\0';
	assert_string_equal(room, wanted);
	assert_int_equal(recv(fd, room, sizeof room, 0), -1);
	assert_int_equal(errno, EAGAIN);
}

static void cuts_inside_a_segment(void **state)
{
	struct sockaddr_storage at;
	socklen_t len = address_of(SERVER, PORT, &at);
	int listener = bound_in(SERVER, SOCK_STREAM), c = socket_in(CLIENT, SOCK_STREAM), one = 1;
	(void)state;
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), 0);
	assert_int_equal(connect(c, (struct sockaddr *)&at, len), -1);
	assert_int_equal(errno, EINPROGRESS);
	pump();
	int s = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	assert_true(s >= 0);
	wire_cut(b.wire, CLIENT, 5, 1);
	assert_int_equal(send(c, "abc", 3, 0), 3);
	pump();
	expect_stream(s, "abc");
	assert_int_equal(send(s, "not counted", 11, 0), 11);
	pump();
	expect_stream(c, "not counted");
	assert_false(wire_is_cut(b.wire));
	int64_t whole = timeline_packets(b.tl) + 1;
	assert_int_equal(send(c, "defgh", 5, 0), 5);
	pump();
	assert_true(wire_is_cut(b.wire));
	expect_stream(s, "de");
	expect_fate(whole, FATE_REPLACED, "the wire was cut inside it");
	assert_int_equal(packet(whole)->packet.payload_len, 5);
	assert_int_equal(packet(whole + 1)->packet.payload_len, 2);
	assert_int_equal(packet(whole + 1)->len, packet(whole)->len - 3);
	assert_int_equal(packet(whole + 1)->packet.tcp.seq, packet(whole)->packet.tcp.seq);
	assert_int_equal(packet(whole + 1)->packet.tcp.flags, TCP_ACK);
	assert_true(packet(whole + 1)->packet.checksum_ok);
	assert_null(packet(whole + 1)->packet.problem);
	/* the answer to it does not cross */
	assert_true(timeline_packets(b.tl) >= whole + 1);
	for (int64_t i = whole + 2; i <= timeline_packets(b.tl); i++)
		assert_int_equal(packet(i)->fate, FATE_DROPPED);
	close(c);
	close(s);
	close(listener);
	pump();
}

static int64_t inject(struct err *err, int to, const char *payload)
{
	uint8_t bytes[256];
	struct packet_spec spec = {
	    .src = {*host_address(world_host(b.world, 1 - to), b.version), PORT},
	    .dst = {*host_address(world_host(b.world, to), b.version), PORT},
	    .protocol = IPPROTO_UDP,
	    .payload = payload,
	    .payload_len = strlen(payload)};
	size_t len = packet_build(&spec, bytes, sizeof bytes);
	assert_true(len > 0);
	return wire_inject(b.wire, bytes, len, "a test", err);
}

static void injects(void **state)
{
	struct err err = {0};
	struct gate *g = gate((struct gate_spec){.action = GATE_DROP});
	(void)state;
	wire_cut(b.wire, -1, 0, 1);
	assert_int_equal(inject(&err, SERVER, "one"), 1);
	expect_heard(SERVER, "one"); /* past the gate and the cut */
	expect_fate(1, FATE_DELIVERED, "injected: a test");
	expect_told("wire", "inject: a test", 0, 1);
	assert_int_equal(packet(1)->from, FROM_HARNESS);
	assert_int_equal(gate_fitted(g), 0);
	assert_int_equal(inject(&err, CLIENT, "two"), 2);
	expect_heard(CLIENT, "two");
	/* what is no datagram goes nowhere */
	assert_int_equal(wire_inject(b.wire, "junk", 4, "junk", &err), 3);
	expect_fate(3, FATE_UNROUTED, "no host has its destination address");
	assert_int_equal(wire_inject(b.wire, "", 0, "nothing", &err), 4);
	assert_int_equal(packet(4)->fate, FATE_UNROUTED);
}

static void unrouted(void **state)
{
	struct sockaddr_storage to;
	socklen_t len = address_of(SERVER, PORT, &to);
	(void)state;
	if (b.version == 4)
		((struct sockaddr_in *)&to)->sin_addr.s_addr = inet_addr("192.0.2.99");
	else
		((struct sockaddr_in6 *)&to)->sin6_addr.s6_addr[15] = 0x99;
	assert_int_equal(sendto(b.udp[CLIENT], "a", 1, 0, (struct sockaddr *)&to, len), 1);
	pump();
	expect_fate(1, FATE_UNROUTED, "no host has its destination address");
	assert_int_equal(packet(1)->to, -1);
	expect_heard(SERVER, "");
}

static void closes_with_packets_held(void **state)
{
	(void)state;
	gate((struct gate_spec){.action = GATE_HOLD, .nth = 1});
	gate((struct gate_spec){.action = GATE_DELAY, .delay = 3600 * NS_PER_S, .nth = 2});
	gate((struct gate_spec){.action = GATE_REORDER, .nth = 3});
	say(CLIENT, "a,b,c");
	wire_close(&b.wire);
	assert_null(b.wire);
	for (int i = 1; i <= 3; i++)
		expect_fate(i, FATE_DROPPED, "dropped: still held when the case ended");
	expect_told("reorder#3", "drop: still held when the case ended", 0, 3);
	expect_heard(SERVER, "");
}

struct tally {
	int sent[2], arrived[2];
	int64_t last;
};

static void count(void *arg, int host, bool arrives, int64_t number, const void *data, size_t len)
{
	struct tally *t = arg;
	(arrives ? t->arrived : t->sent)[host]++;
	t->last = number;
	assert_int_equal(len, packet(number)->len);
	assert_memory_equal(data, packet(number)->data, len);
}

static void watches(void **state)
{
	struct tally t = {0};
	struct err err = {0};
	(void)state;
	wire_watch(b.wire, count, &t);
	gate((struct gate_spec){.action = GATE_DROP, .nth = 1});
	gate((struct gate_spec){.action = GATE_DUPLICATE, .nth = 2});
	say(CLIENT, "a,b,c");
	assert_int_equal(t.sent[CLIENT], 3);
	assert_int_equal(t.arrived[SERVER], 3);
	assert_true(inject(&err, CLIENT, "d") > 0);
	assert_int_equal(t.sent[SERVER], 0);
	assert_int_equal(t.arrived[CLIENT], 1);
	assert_int_equal(t.last, timeline_packets(b.tl));
}

static void action_names(void **state)
{
	(void)state;
	assert_string_equal(gate_action_text(GATE_HOLD), "hold");
	assert_string_equal(gate_action_text(GATE_DROP), "drop");
	assert_string_equal(gate_action_text(GATE_DELAY), "delay");
	assert_string_equal(gate_action_text(GATE_DUPLICATE), "duplicate");
	assert_string_equal(gate_action_text(GATE_REORDER), "reorder");
	assert_string_equal(gate_action_text(GATE_CORRUPT), "corrupt");
}

#define BOTH(test)                                                                                 \
	cmocka_unit_test_setup_teardown(test, set_up_4, tear_down),                                \
	    cmocka_unit_test_setup_teardown(test, set_up_6, tear_down)
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up_4, tear_down)

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    BOTH(carries),
	    ONE(holds),
	    BOTH(holds_once),
	    ONE(holds_repeats),
	    ONE(releases_behind_what_was_sent),
	    ONE(releases_its_own),
	    ONE(drops),
	    ONE(drops_the_nth),
	    ONE(drops_so_often),
	    ONE(every_gate_counts),
	    ONE(delays),
	    ONE(delays_by_nothing),
	    ONE(duplicates),
	    ONE(reorders),
	    ONE(reorders_behind_what_crosses),
	    BOTH(corrupts),
	    BOTH(corrupts_and_mends),
	    BOTH(corrupts_the_header),
	    BOTH(cuts),
	    ONE(cuts_one_direction),
	    ONE(cuts_behind_bytes),
	    BOTH(cuts_inside_a_segment),
	    BOTH(injects),
	    BOTH(unrouted),
	    ONE(closes_with_packets_held),
	    ONE(watches),
	    cmocka_unit_test(action_names),
	};
	struct err err = {0};
	struct world *w = world_open(WORLD_WIRE, names, 2, true, &err);
	if (!w) {
		printf("skipped: %s\n", err.text);
		exit(77);
	}
	world_close(&w);
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
