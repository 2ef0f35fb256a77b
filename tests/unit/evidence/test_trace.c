/* SPDX-License-Identifier: MIT */
/* test_trace.c - the trace is the same whatever the kernel chose; the JSON lines are JSON and whole
 */
#include "base/mem.h"
#include "evidence/casedir.h"
#include <jansson.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after what it needs */
#include <cmocka.h>

/* What a kernel chooses. */
struct luck {
	uint16_t port;
	uint32_t isn[2];
	size_t segment; /* bytes a segment */
	bool acks;      /* pure ACKs, each twice */
	bool again;     /* every segment twice */
};

/* A connection as it is written into a timeline. Host 0 is "client", 1 is "server". */
struct talk {
	struct timeline *tl;
	struct luck luck;
	uint16_t server_port;
	uint32_t next[2]; /* relative */
	enum packet_fate fate;
};

static struct timeline *world(void)
{
	static const char *const names[] = {"client", "server"};
	static const char *const addrs[][2] = {{"192.0.2.1", "2001:db8::1"},
	                                       {"192.0.2.2", "2001:db8::2"}};
	struct timeline *tl = timeline_open();

	for (int i = 0; i < 2; i++) {
		struct packet_addr a;

		assert_int_equal(timeline_add_host(tl, names[i]), i);
		for (int k = 0; k < 2; k++) {
			assert_true(packet_addr_parse(addrs[i][k], &a));
			timeline_add_address(tl, i, &a);
		}
	}
	return tl;
}

static void ends(struct packet_spec *s, int from, uint16_t client, uint16_t server)
{
	packet_addr_parse(from == 0 ? "192.0.2.1" : "192.0.2.2", &s->src.addr);
	packet_addr_parse(from == 0 ? "192.0.2.2" : "192.0.2.1", &s->dst.addr);
	s->src.port = from == 0 ? client : server;
	s->dst.port = from == 0 ? server : client;
}

static struct timeline_packet *put(struct timeline *tl, int from, const struct packet_spec *s)
{
	uint8_t data[2048];
	size_t len = packet_build(s, data, sizeof data);
	struct timeline_packet *p;

	assert_true(len > 0);
	p = timeline_add_packet(tl, timeline_began(tl) + 1, from, data, len);
	p->fate = FATE_DELIVERED;
	return p;
}

static void segment(struct talk *t, int from, uint8_t flags, const char *data, size_t len)
{
	struct packet_spec s = {.protocol = IPPROTO_TCP, .payload = data, .payload_len = len};

	ends(&s, from, t->luck.port, t->server_port);
	s.tcp.flags = flags;
	s.tcp.window = 65535;
	s.tcp.seq = t->luck.isn[from] + t->next[from];
	s.tcp.ack = flags & TCP_ACK ? t->luck.isn[!from] + t->next[!from] : 0;
	put(t->tl, from, &s)->fate = t->fate;
	if (t->luck.again && (len > 0 || (flags & (TCP_SYN | TCP_FIN))))
		put(t->tl, from, &s)->fate = t->fate;
	t->next[from] += (uint32_t)len + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
	if (t->luck.acks && !(flags & TCP_RST) && (len > 0 || (flags & TCP_FIN))) {
		struct luck luck = t->luck;

		t->luck.acks = false;
		segment(t, !from, TCP_ACK, NULL, 0);
		segment(t, !from, TCP_ACK, NULL, 0);
		t->luck = luck;
	}
}

static void say(struct talk *t, int from, const char *data, size_t len)
{
	while (len > 0) {
		size_t part = len < t->luck.segment ? len : t->luck.segment;

		segment(t, from, TCP_PSH | TCP_ACK, data, part);
		data += part;
		len -= part;
	}
}

static void text(struct talk *t, int from, const char *data)
{
	say(t, from, data, strlen(data));
}

static struct talk opens(struct timeline *tl, const struct luck *luck, uint16_t server_port)
{
	struct talk t = {
	    .tl = tl, .luck = *luck, .server_port = server_port, .fate = FATE_DELIVERED};

	segment(&t, 0, TCP_SYN, NULL, 0);
	segment(&t, 1, TCP_SYN | TCP_ACK, NULL, 0);
	segment(&t, 0, TCP_ACK, NULL, 0);
	return t;
}

static const struct luck lucks[] = {
    {40001, {1000, 2000}, 1400, false, false},
    {49999, {0xfffffff0, 0xffffffff}, 3, true, false},
    {43210, {0x80000000, 0}, 5, true, true},
};

#define LUCKS (sizeof lucks / sizeof *lucks)

typedef void story(struct timeline *tl, const struct luck *luck);

static char *trace_of(story *tell, const struct luck *luck)
{
	struct timeline *tl = world();
	struct buf out = {0};

	tell(tl, luck);
	timeline_trace(tl, &out);
	timeline_close(&tl);
	return buf_take(&out);
}

/* Every luck gives this trace. */
static void always(story *tell, const char *expected)
{
	for (size_t i = 0; i < LUCKS; i++) {
		char *got = trace_of(tell, &lucks[i]);

		if (strcmp(got, expected) != 0)
			fail_msg("luck %zu gives:\n%s", i, got);
		free(got);
	}
}

static void echo(struct timeline *tl, const struct luck *luck)
{
	char line[64];
	struct talk t;

	timeline_add(tl, EVENT_PROGRAM, "fork", 3, "listens on 6000");
	timeline_add(tl, EVENT_STEP, "c", 4, "connect 192.0.2.2:6000 = 0");
	t = opens(tl, luck, 6000);
	timeline_add(tl, EVENT_STEP, "c", 5, "getsockname = 192.0.2.1:%u", luck->port);
	timeline_add(tl, EVENT_STEP, "c", 5, "it took 3 ms")->varies = true;
	timeline_add(tl, EVENT_WIRE, "wire", 5, "held packet 4");
	snprintf(line, sizeof line, "from port %u\n", luck->port);
	/* a line may come in two pieces, among packets or not */
	timeline_add_bytes(tl, EVENT_OUTPUT, "fork", 1, line, 12);
	text(&t, 0, "the last line\n");
	timeline_add_bytes(tl, EVENT_OUTPUT, "fork", 1, line + 12, strlen(line) - 12);
	timeline_add_bytes(tl, EVENT_OUTPUT, "fork", 2, "no newline", 10);
	segment(&t, 0, TCP_FIN | TCP_ACK, NULL, 0);
	text(&t, 1, "the last line\n");
	segment(&t, 1, TCP_FIN | TCP_ACK, NULL, 0);
	if (luck->again) { /* the last ACK twice: the second finds nobody */
		segment(&t, 0, TCP_ACK, NULL, 0);
		segment(&t, 0, TCP_ACK, NULL, 0);
		segment(&t, 1, TCP_RST, NULL, 0);
	}
	timeline_add(tl, EVENT_NOTE, "script", 9, "over");
	timeline_add(tl, EVENT_PROGRAM, "fork", 0, "exited 0");
}

static const char echo_trace[] =
    "steps\n"
    "  c: connect 192.0.2.2:6000 = 0\n"
    "  c: getsockname = 192.0.2.1:{port:1}\n"
    "  note script: over\n"
    "flow 1: tcp IPv4 client:{port:1} > server:6000, closed\n"
    "  client > server\n"
    "    S\n"
    "    data 14 bytes, fnv1a 130d805978454a3c, \"the last line\\n\"\n"
    "    F\n"
    "  server > client\n"
    "    S.\n"
    "    data 14 bytes, fnv1a 130d805978454a3c, \"the last line\\n\"\n"
    "    F\n"
    "program fork\n"
    "  listens on 6000\n"
    "  exited 0\n"
    "  stdout 19 bytes, fnv1a 963ae5c3dd41c930, \"from port {port:1}\\n\"\n"
    "    | from port {port:1}\\n\n"
    "  stderr 10 bytes, fnv1a 99c8bc896d040922, \"no newline\"\n"
    "    | no newline\n";

static void echo_is_always_the_same(void **state)
{
	(void)state;
	always(echo, echo_trace);
}

/* The same program in another folder; it names itself. */
static void elsewhere(struct timeline *tl, const struct luck *luck)
{
	const char *path = luck->acks ? "/home/ann/build/servers/poll" : "/sockproof/poll";
	char *words = mem_printf("usage: '%s' PORT; %s: no port. By %s.", path, path, path);

	timeline_add_place(tl, "/bin/other");
	timeline_add_place(tl, path);
	timeline_add_place(tl, path);
	timeline_add(tl, EVENT_STEP, "srv", 1, "run %s", path);
	timeline_add(tl, EVENT_PROGRAM, "srv", 1, "started: valgrind -q %s 6000", path);
	timeline_add_bytes(tl, EVENT_OUTPUT, "srv", 2, words, strlen(words));
	free(words);
}

static void a_program_has_one_name_wherever_it_lies(void **state)
{
	(void)state;
	always(elsewhere, "steps\n"
	                  "  srv: run poll\n"
	                  "program srv\n"
	                  "  started: valgrind -q poll 6000\n"
	                  "  stderr 43 bytes, fnv1a 68b4b6cba520d282, "
	                  "\"usage: 'poll' PORT; poll: no port. By poll.\"\n"
	                  "    | usage: 'poll' PORT; poll: no port. By poll.\n");
}

/* What only has the program's path in it is another path. */
static void longer_paths(struct timeline *tl, const struct luck *luck)
{
	(void)luck;
	timeline_add_place(tl, "/a/poll");
	timeline_add(tl, EVENT_NOTE, "n", 0,
	             "/a/poll.c /a/polls /a/poll/x /b/a/poll ./a/poll /a/poll");
}

static void a_longer_path_is_left_alone(void **state)
{
	(void)state;
	always(longer_paths, "steps\n"
	                     "  note n: /a/poll.c /a/polls /a/poll/x /b/a/poll ./a/poll poll\n");
}

static void refused(struct timeline *tl, const struct luck *luck)
{
	struct talk t = {.tl = tl, .luck = *luck, .server_port = 6000, .fate = FATE_DELIVERED};

	segment(&t, 0, TCP_SYN, NULL, 0);
	t.luck.isn[1] = 0; /* RFC 9293 3.10.7.1 */
	segment(&t, 1, TCP_RST | TCP_ACK, NULL, 0);
	segment(&t, 1, TCP_RST | TCP_ACK, NULL, 0);
}

static void rst_is_told_once(void **state)
{
	(void)state;
	always(refused, "steps\n"
	                "flow 1: tcp IPv4 client:{port:1} > server:6000, refused\n"
	                "  client > server\n"
	                "    S\n"
	                "  server > client\n"
	                "    R\n");
}

/* The server sends far more than the client takes; how much of it is luck. */
static void reset(struct timeline *tl, const struct luck *luck)
{
	struct talk t = opens(tl, luck, 6000);
	char *many = mem_zero(70000, 1);

	memset(many, 'm', 70000);
	t.luck.segment = 1400;
	text(&t, 0, "give");
	say(&t, 1, many, luck->acks ? 70000 : 30000);
	segment(&t, 0, TCP_RST, NULL, 0);
	free(many);
}

static void what_a_reset_cuts_is_luck(void **state)
{
	(void)state;
	always(reset, "steps\n"
	              "flow 1: tcp IPv4 client:{port:1} > server:6000, reset\n"
	              "  client > server\n"
	              "    S\n"
	              "    data \"give\", cut off by RST\n"
	              "  server > client\n"
	              "    S.\n"
	              "    data \"mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm…\", "
	              "cut off by RST\n");
}

/* The wire is cut behind the third byte: what was sent into it depends on the congestion window. */
static void cut(struct timeline *tl, const struct luck *luck)
{
	struct talk t = opens(tl, luck, 6000);

	text(&t, 1, "abc");
	t.fate = FATE_DROPPED;
	t.luck.acks = false;
	say(&t, 1, "defghijklm", luck->segment < 10 ? luck->segment : 10);
}

static void what_is_not_delivered_is_luck(void **state)
{
	(void)state;
	always(cut, "steps\n"
	            "flow 1: tcp IPv4 client:{port:1} > server:6000, open\n"
	            "  client > server\n"
	            "    S\n"
	            "  server > client\n"
	            "    S.\n"
	            "    data 3 bytes, fnv1a e71fa2190541574b, \"abc\"\n");
}

/* Two servers, three clients, in whatever order. */
static void many(struct timeline *tl, const struct luck *luck)
{
	struct luck a = *luck, b = *luck, c = *luck;
	struct talk x, y, z;

	b.port = (uint16_t)(luck->port == 49999 ? 40000 : luck->port + 1);
	c.port = 45678;
	if (luck->acks) {
		x = opens(tl, &a, 7000);
		y = opens(tl, &b, 6000);
		z = opens(tl, &c, 6000);
		text(&z, 0, "third");
		text(&y, 0, "second");
		text(&x, 0, "first");
	} else {
		y = opens(tl, &b, 6000);
		text(&y, 0, "second");
		z = opens(tl, &c, 6000);
		text(&z, 0, "third");
		x = opens(tl, &a, 7000);
		text(&x, 0, "first");
	}
	timeline_add(tl, EVENT_NOTE, "script", 0, "%u %u %u", a.port, b.port, c.port);
}

static void flows_are_sorted_by_server(void **state)
{
	(void)state;
	always(many, "steps\n"
	             "  note script: {port:3} {port:1} {port:2}\n"
	             "flow 1: tcp IPv4 client:{port:1} > server:6000, open\n"
	             "  client > server\n"
	             "    S\n"
	             "    data 6 bytes, fnv1a a49985ef4cee20bd, \"second\"\n"
	             "  server > client\n"
	             "    S.\n"
	             "flow 2: tcp IPv4 client:{port:2} > server:6000, open\n"
	             "  client > server\n"
	             "    S\n"
	             "    data 5 bytes, fnv1a 0edb417272684f9e, \"third\"\n"
	             "  server > client\n"
	             "    S.\n"
	             "flow 3: tcp IPv4 client:{port:3} > server:7000, open\n"
	             "  client > server\n"
	             "    S\n"
	             "    data 5 bytes, fnv1a 89d7ed7f996f1d41, \"first\"\n"
	             "  server > client\n"
	             "    S.\n");
}

static void datagram(struct timeline *tl, const struct luck *luck, int from, const char *words)
{
	struct packet_spec s = {
	    .protocol = IPPROTO_UDP, .payload = words, .payload_len = strlen(words)};

	ends(&s, from, luck->port, 7000);
	put(tl, from, &s);
}

/* Two questions and an answer by UDP, then one by TCP; the identifiers are luck. */
static void dns(struct timeline *tl, const struct luck *luck)
{
	char id[] = {(char)(luck->port >> 8), (char)luck->port};
	char stream[] = "\0\x04__ab\0\x06__cdef\0\x02__\0";
	struct packet_spec s = {.protocol = IPPROTO_UDP};
	struct talk t;

	for (int i = 0; i < 3; i++) {
		char words[] = "__?\0";

		words[2] = "12!"[i];
		memcpy(words, id, sizeof id);
		ends(&s, i == 2, luck->port, 53);
		s.payload = words;
		s.payload_len = i == 1 ? 1 : 3;
		put(tl, i == 2, &s);
	}
	memcpy(stream + 2, id, sizeof id);
	memcpy(stream + 8, id, sizeof id);
	memcpy(stream + 16, id, sizeof id);
	t = opens(tl, luck, 53);
	say(&t, 0, stream, sizeof stream - 1);
}

static void identifiers_of_dns_are_luck(void **state)
{
	(void)state;
	always(dns, "steps\n"
	            "flow 1: tcp IPv4 client:{port:1} > server:53, open\n"
	            "  client > server\n"
	            "    S\n"
	            "    data 19 bytes, fnv1a 199364e4c1ae31c6, "
	            "\"\\0\\x04\\0\\0ab\\0\\x06\\0\\0cdef\\0\\x02\\0\\0\\0\"\n"
	            "  server > client\n"
	            "    S.\n"
	            "flow 2: udp IPv4 client:{port:2} > server:53\n"
	            "  client > server\n"
	            "    udp 3 bytes, fnv1a d94d01186c0f12d4, \"\\0\\x001\"\n"
	            "    udp 1 byte, fnv1a af63bd4c8601b7df, \"\\0\"\n"
	            "  server > client\n"
	            "    udp 3 bytes, fnv1a d94cf1186c0ef7a4, \"\\0\\0!\"\n");
}

/* Two answers over one connection, a body that looks like a date among them; the time is luck. */
static void http(struct timeline *tl, const struct luck *luck)
{
	struct talk t = opens(tl, luck, 8080);
	char *line = mem_printf("HTTP/1.1 200\r\nDate: Sun, 06 Nov 1994 08:%02u:37 GMT\r\n\r\n"
	                        "\r\nDate: yesterday, GMT\r\n",
	                        luck->port % 60);

	text(&t, 1, line);
	text(&t, 1, line);
	free(line);
}

static void dates_of_http_are_luck(void **state)
{
	(void)state;
	always(http, "steps\n"
	             "flow 1: tcp IPv4 client:{port:1} > server:8080, open\n"
	             "  client > server\n"
	             "    S\n"
	             "  server > client\n"
	             "    S.\n"
	             "    data 154 bytes, fnv1a f17ac9826def6f33, \"HTTP/1.1 200\\r\\nDate: "
	             "-----------------------------\\r\\n\\r\\n\\r\\nDate:…\"\n");
}

static void unreachable(struct timeline *tl, int64_t number)
{
	const struct timeline_packet *of = timeline_packet(tl, number);
	struct packet_spec s = {.protocol = IPPROTO_ICMP, .icmp_type = 3, .icmp_code = 3};
	uint8_t quote[4 + 28] = {0};

	memcpy(quote + 4, of->data, 28);
	ends(&s, 1, 0, 0);
	s.src.port = s.dst.port = 0;
	s.payload = quote;
	s.payload_len = sizeof quote;
	put(tl, 1, &s);
}

static void udp(struct timeline *tl, const struct luck *luck)
{
	datagram(tl, luck, 0, "one");
	datagram(tl, luck, 0, "");
	datagram(tl, luck, 1, "two");
	datagram(tl, luck, 0, "one");
	unreachable(tl, 1);
	unreachable(tl, 4);
}

static void datagrams_are_told_each(void **state)
{
	(void)state;
	always(udp, "steps\n"
	            "flow 1: udp IPv4 client:{port:1} > server:7000\n"
	            "  client > server\n"
	            "    udp 3 bytes, fnv1a 1a08aa1921ca5caf, \"one\"\n"
	            "    udp 0 bytes, fnv1a cbf29ce484222325, \"\"\n"
	            "    udp 3 bytes, fnv1a 1a08aa1921ca5caf, \"one\"\n"
	            "  server > client\n"
	            "    udp 3 bytes, fnv1a 5714d319447c9709, \"two\"\n"
	            "    server > client  icmp unreachable port\n");
}

/* Damaged on the wire: the receiver threw it away. */
static void damaged(struct timeline *tl, const struct luck *luck)
{
	struct talk t = opens(tl, luck, 6000);
	struct timeline_packet *p, *copy;
	uint8_t bytes[64];

	t.luck.again = t.luck.acks = false;
	text(&t, 0, "ok");
	p = timeline_packet(tl, timeline_packets(tl));
	memcpy(bytes, p->data, p->len);
	bytes[p->len - 1] ^= 0xff;
	p->fate = FATE_REPLACED;
	copy = timeline_add_packet(tl, p->at, FROM_HARNESS, bytes, p->len);
	copy->fate = FATE_DELIVERED;
	t.next[0] -= 2;
	text(&t, 0, "ok");
}

static void damage_is_no_data(void **state)
{
	(void)state;
	always(damaged, "steps\n"
	                "flow 1: tcp IPv4 client:{port:1} > server:6000, open\n"
	                "  client > server\n"
	                "    S\n"
	                "    data 2 bytes, fnv1a 08b05d07b5566bef, \"ok\"\n"
	                "  server > client\n"
	                "    S.\n");
}

static void what_follows_the_seal(struct timeline *tl, const struct luck *luck)
{
	struct talk t = opens(tl, luck, 6000);

	timeline_seal(tl);
	text(&t, 0, "late");
	segment(&t, 1, TCP_RST, NULL, 0);
	t.server_port = 6001;
	opens(tl, luck, 6001);
	timeline_add(tl, EVENT_STEP, "c", 1, "late");
	timeline_add_bytes(tl, EVENT_OUTPUT, "p", 1, "late", 4);
}

static void nothing_after_the_seal(void **state)
{
	(void)state;
	always(what_follows_the_seal, "steps\n"
	                              "flow 1: tcp IPv4 client:{port:1} > server:6000, open\n"
	                              "  client > server\n"
	                              "    S\n"
	                              "  server > client\n"
	                              "    S.\n");
}

static void an_empty_case(void **state)
{
	struct timeline *tl = timeline_open();
	struct buf out = {0};

	(void)state;
	timeline_trace(tl, &out);
	assert_string_equal(buf_text(&out), "steps\n");
	out.len = 0;
	timeline_jsonl(tl, &out);
	assert_int_equal(out.len, 0);
	buf_free(&out);
	timeline_close(&tl);
}

static void ports_nobody_opened(void **state)
{
	struct timeline *tl = world();
	struct buf out = {0};
	const char *words = "127.0.0.1:41234 [::1]:41235 port 41236 port=41237 took 41238 us:99999 "
	                    "040001 :412345\n";

	(void)state;
	timeline_add_bytes(tl, EVENT_OUTPUT, "p", 1, words, strlen(words));
	timeline_trace(tl, &out);
	assert_non_null(strstr(
	    out.p, "| 127.0.0.1:{port} [::1]:{port} port {port} port={port} took 41238 us:99999 "
	           "040001 :412345\\n"));
	buf_free(&out);
	timeline_close(&tl);
}

static void much_output_is_told_by_digest(void **state)
{
	struct timeline *tl = world();
	struct buf out = {0};
	char *many = mem_zero(100000, 1);

	(void)state;
	memset(many, '\n', 100000);
	timeline_add_bytes(tl, EVENT_OUTPUT, "p", 1, many, 100000);
	timeline_add_bytes(tl, EVENT_OUTPUT, "a", 1, "\x1b[31m\xff", 6);
	timeline_trace(tl, &out);
	assert_true(out.len < 1000);
	assert_non_null(strstr(out.p, "stdout 100000 bytes"));
	assert_non_null(strstr(out.p, "| \\x1b[31m\\xff\n"));
	assert_true(strstr(out.p, "program a") < strstr(out.p, "program p"));
	free(many);
	buf_free(&out);
	timeline_close(&tl);
}

static void json_lines(void **state)
{
	struct timeline *tl = world();
	struct buf out = {0};
	size_t n = 0;

	(void)state;
	echo(tl, &lucks[2]);
	timeline_set_cause(timeline_packet(tl, 5), "duplicate of %d", 4);
	timeline_add(tl, EVENT_NOTE, "bad \xff name", 7, "quote \" and \\");
	timeline_add_bytes(tl, EVENT_INPUT, "p", 0, "in\0\xff", 4);
	timeline_jsonl(tl, &out);
	for (char *line = out.p, *end; (end = strchr(line, '\n')); line = end + 1, n++) {
		json_error_t e;
		json_t *o = json_loadb(line, (size_t)(end - line), 0, &e);
		const struct event *event = timeline_get(tl, n);

		if (!o)
			fail_msg("%s: %.*s", e.text, (int)(end - line), line);
		assert_int_equal(json_integer_value(json_object_get(o, "n")), n);
		assert_string_equal(json_string_value(json_object_get(o, "kind")),
		                    event_kind_text(event->kind));
		assert_int_equal(json_integer_value(json_object_get(o, "packet")), event->packet);
		json_decref(o);
	}
	assert_int_equal(n, timeline_count(tl));
	assert_non_null(strstr(out.p, "\"cause\":\"duplicate of 4\""));
	assert_non_null(strstr(out.p, "\"fate\":\"delivered\""));
	assert_non_null(strstr(out.p, "\"stream\":\"stderr\",\"len\":10,\"data\":\"no newline\""));
	assert_non_null(strstr(out.p, "\"who\":\"bad \\\\xff name\""));
	assert_non_null(strstr(out.p, "\"len\":4,\"data\":\"in\\\\0\\\\xff\""));
	assert_non_null(strstr(out.p, "\"retransmission\":true"));
	buf_free(&out);
	timeline_close(&tl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(echo_is_always_the_same),
	    cmocka_unit_test(a_program_has_one_name_wherever_it_lies),
	    cmocka_unit_test(a_longer_path_is_left_alone),
	    cmocka_unit_test(rst_is_told_once),
	    cmocka_unit_test(what_a_reset_cuts_is_luck),
	    cmocka_unit_test(what_is_not_delivered_is_luck),
	    cmocka_unit_test(flows_are_sorted_by_server),
	    cmocka_unit_test(datagrams_are_told_each),
	    cmocka_unit_test(identifiers_of_dns_are_luck),
	    cmocka_unit_test(dates_of_http_are_luck),
	    cmocka_unit_test(damage_is_no_data),
	    cmocka_unit_test(nothing_after_the_seal),
	    cmocka_unit_test(an_empty_case),
	    cmocka_unit_test(ports_nobody_opened),
	    cmocka_unit_test(much_output_is_told_by_digest),
	    cmocka_unit_test(json_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
