/* SPDX-License-Identifier: MIT */
/* test_pcapng.c - what the writer makes is what Wireshark and libpcap read; what it cannot write it
 * refuses */
#include "base/err.h"
#include "packet/packet.h"
#include "savefile/pcapng.h"
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after what it needs */
#include <cmocka.h>

#define AT INT64_C(1700000000123456789)

static size_t datagram(uint8_t *out, size_t room)
{
	struct packet_spec spec = {.protocol = IPPROTO_UDP, .payload = "hello", .payload_len = 5};

	packet_addr_parse("192.0.2.1", &spec.src.addr);
	packet_addr_parse("192.0.2.2", &spec.dst.addr);
	spec.src.port = 40001;
	spec.dst.port = 6000;
	return packet_build(&spec, out, room);
}

static void write_head(struct pcapng_writer *w, uint16_t linktype)
{
	struct pcapng_section s = {"amd64", "Linux 6.1", "sockproof", "refused, ipv4"};
	struct pcapng_interface i = {"wire", "between client and server", "tcp or udp", linktype,
	                             65535};
	struct pcapng_name names[] = {{"192.0.2.1", "client"}, {"2001:db8::2", "server"}};
	struct err err;

	assert_int_equal(pcapng_write_section(w, &s, &err), 0);
	assert_int_equal(pcapng_write_interface(w, &i, &err), 0);
	assert_int_equal(pcapng_write_names(w, names, 2, &err), 0);
}

/* Two packets: one with everything, one with nothing. */
static void write_sample(struct pcapng_writer *w)
{
	uint8_t data[64];
	struct pcapng_packet p = {.at = AT, .data = data, .comment = "cause=injected — by hand"};
	struct err err;

	write_head(w, 101);
	p.len = p.original_len = datagram(data, sizeof data);
	assert_int_equal(p.len, 33); /* padding is needed */
	p.direction = CAPTURE_OUTBOUND;
	p.id = UINT64_C(0x1122334455667788);
	assert_int_equal(pcapng_write_packet(w, &p, &err), 0);
	p = (struct pcapng_packet){.at = AT + 1, .data = data, .len = 28, .original_len = 33};
	assert_int_equal(pcapng_write_packet(w, &p, &err), 0);
}

static char *put_file(const struct pcapng_writer *w)
{
	char *path = strdup("/tmp/sockproof-pcapng-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, w->out.p, w->out.len), w->out.len);
	close(fd);
	return path;
}

/* Output and complaints of a command line; free it. Its status must be 0. */
static char *run(const char *fmt, const char *path)
{
	struct buf out = {0};
	char line[1024];
	FILE *f;

	snprintf(line, sizeof line, fmt, path);
	f = popen(line, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		/* tshark says so to root, whatever it reads */
		if (!strstr(line, "This could be dangerous"))
			buf_str(&out, line);
	}
	assert_int_equal(pclose(f), 0);
	return buf_take(&out);
}

static void need(const char *program)
{
	char line[128];

	snprintf(line, sizeof line, "command -v %s >/dev/null", program);
	if (system(line) != 0)
		skip();
}

static void sample_through(const char *program, const char *fmt, const char *const *wanted)
{
	struct pcapng_writer w = {0};
	char *path, *out;

	need(program);
	write_sample(&w);
	path = put_file(&w);
	out = run(fmt, path);
	for (; *wanted; wanted++) {
		if (!strstr(out, *wanted))
			fail_msg("\"%s\" is not in:\n%s", *wanted, out);
	}
	free(out);
	unlink(path);
	free(path);
	buf_free(&w.out);
}

static void tshark_reads_packets(void **state)
{
	const char *wanted[] = {
	    /* number, interface, time, direction, id, captured, link, comment */
	    "1|wire|between client and server|1700000000.123456789|0x00000002|"
	    "1234605616436508552|33|33|cause=injected — by hand\n",
	    "2|wire|between client and server|1700000000.123456790|||28|33|\n", NULL};

	(void)state;
	sample_through(
	    "tshark",
	    "tshark -n -r %s -T fields -E separator='|' -e frame.number -e frame.interface_name "
	    "-e frame.interface_description -e frame.time_epoch -e frame.packet_flags "
	    "-e frame.packet_id -e frame.cap_len -e frame.len -e frame.comment 2>&1",
	    wanted);
}

static void tshark_resolves_names(void **state)
{
	const char *wanted[] = {"client → 192.0.2.2", NULL};

	(void)state;
	sample_through("tshark", "tshark -N n -r %s 2>&1", wanted);
}

static void capinfos_reads_section(void **state)
{
	const char *wanted[] = {"Number of packets:   2",
	                        "amd64",
	                        "Linux 6.1",
	                        "sockproof",
	                        "refused, ipv4",
	                        "Name = wire",
	                        "Description = between client and server",
	                        "Filter string = tcp or udp",
	                        "Time precision = nanoseconds (9)",
	                        "Encapsulation = Raw IP",
	                        NULL};

	(void)state;
	sample_through("capinfos", "capinfos -M %s 2>&1", wanted);
}

static void tcpdump_reads(void **state)
{
	const char *wanted[] = {"reading from file", "1700000000.123456789",
	                        "IP 192.0.2.1.40001 > 192.0.2.2.6000: UDP, length 5", NULL};

	(void)state;
	sample_through("tcpdump", "tcpdump --nano -tt -n -r %s 2>&1", wanted);
}

#define FIELD(n, v)                                                                                \
	{                                                                                          \
		.name = (n), .value = (v), .len = sizeof(v) - 1                                    \
	}

static void tshark_reads_journal(void **state)
{
	const struct pcapng_field fields[] = {FIELD("__REALTIME_TIMESTAMP", "1700000000123456"),
	                                      FIELD("MESSAGE", "two\nlines"),
	                                      FIELD("_TRANSPORT", "output")};
	struct pcapng_writer w = {0};
	char *path, *out;
	struct err err;

	(void)state;
	need("tshark");
	write_sample(&w);
	assert_int_equal(pcapng_write_journal(&w, fields, 3, &err), 0);
	assert_int_equal(w.out.len % 4, 0);
	path = put_file(&w);
	out = run("tshark -n -r %s -T fields -E separator='|' -e frame.number -e frame.time_epoch "
	          "-e systemd_journal.message -e systemd_journal.transport 2>&1",
	          path);
	if (!strstr(out, "3|1700000000.123456000|two\\nlines|output\n"))
		fail_msg("%s", out);
	free(out);
	/* libpcap passes it over */
	need("tcpdump");
	out = run("tcpdump -n -r %s 2>/dev/null | wc -l", path);
	assert_string_equal(out, "2\n");
	free(out);
	unlink(path);
	free(path);
	buf_free(&w.out);
}

static void refuses_bad_entries(void **state)
{
	static char big[PCAPNG_PACKET_MAX];
	const struct pcapng_field late[] = {FIELD("MESSAGE", "x"),
	                                    FIELD("__REALTIME_TIMESTAMP", "1")},
	                          huge[] = {FIELD("__REALTIME_TIMESTAMP", "1"),
	                                    FIELD("MESSAGE", big)};
	struct pcapng_writer w = {0};
	struct err err;

	(void)state;
	assert_int_equal(pcapng_write_journal(&w, late, 0, &err), -1);
	assert_int_equal(pcapng_write_journal(&w, late, 2, &err), -1);
	assert_int_equal(pcapng_write_journal(&w, huge, 2, &err), -1);
	assert_non_null(strstr(err.text, "262144"));
	assert_int_equal(w.out.len, 0);
}

static void lengths_are_at_both_ends(void **state)
{
	struct pcapng_writer w = {0};
	size_t at = 0, blocks = 0;
	uint32_t len = 0, again;

	(void)state;
	write_sample(&w);
	for (; at < w.out.len; at += len, blocks++) {
		memcpy(&len, w.out.p + at + 4, 4);
		assert_int_equal(len % 4, 0);
		assert_in_range(len, 12, w.out.len - at);
		memcpy(&again, w.out.p + at + len - 4, 4);
		assert_int_equal(len, again);
	}
	assert_int_equal(blocks, 5);
	buf_free(&w.out);
}

static void names_may_be_none(void **state)
{
	struct pcapng_writer w = {0};
	struct pcapng_section s = {0};
	struct err err;

	(void)state;
	assert_int_equal(pcapng_write_section(&w, &s, &err), 0);
	assert_int_equal(pcapng_write_names(&w, NULL, 0, &err), 0);
	assert_int_equal(w.out.len, 32 + 16);
	buf_free(&w.out);
}

static void refuses(struct pcapng_writer *w, const struct pcapng_packet *p, const char *word)
{
	size_t before = w->out.len;
	struct err err = {0};

	assert_int_equal(pcapng_write_packet(w, p, &err), -1);
	if (!strstr(err.text, word))
		fail_msg("\"%s\" is not in: %s", word, err.text);
	assert_int_equal(w->out.len, before);
}

static void refuses_bad_packets(void **state)
{
	struct pcapng_writer w = {0};
	char *comment = test_calloc(65537, 1);
	uint8_t *data = test_calloc(PCAPNG_PACKET_MAX + 1, 1);
	const struct pcapng_packet good = {.at = AT, .data = data, .len = 20, .original_len = 20};
	struct pcapng_packet p = good;
	struct err err;

	(void)state;
	refuses(&w, &p, "interface 0 was not written");
	write_head(&w, 101);
	p.interface = 1;
	refuses(&w, &p, "there are 1");
	p = good;
	p.at = -1;
	refuses(&w, &p, "before 1970");
	p = good;
	p.original_len = 19;
	refuses(&w, &p, "captured of");
	p.len = p.original_len = 65536;
	refuses(&w, &p, "snap length");
	p.len = p.original_len = PCAPNG_PACKET_MAX + 1;
	refuses(&w, &p, "at most");
	p = good;
	p.comment = memset(comment, 'c', 65536);
	refuses(&w, &p, "65536 bytes");
	comment[65535] = '\0';
	assert_int_equal(pcapng_write_packet(&w, &p, &err), 0);
	buf_free(&w.out);
	test_free(comment);
	test_free(data);
}

static void refuses_bad_heads(void **state)
{
	struct pcapng_writer w = {0};
	char *text = test_calloc(65537, 1);
	struct pcapng_section s = {.os = text};
	struct pcapng_interface i = {.filter = text};
	struct pcapng_name names[] = {{"192.0.2.1", "fine"}, {"192.0.2.256", "none"}};
	struct err err;

	(void)state;
	memset(text, 't', 65536);
	assert_int_equal(pcapng_write_section(&w, &s, &err), -1);
	text[65535] = '\0'; /* a filter has one byte less room than other texts */
	assert_int_equal(pcapng_write_interface(&w, &i, &err), -1);
	assert_int_equal(pcapng_write_names(&w, names, 2, &err), -1);
	assert_non_null(strstr(err.text, "192.0.2.256"));
	names[1] = (struct pcapng_name){"::1", text};
	assert_int_equal(pcapng_write_names(&w, names, 2, &err), -1);
	assert_int_equal(w.out.len, 0);
	assert_int_equal(w.interfaces, 0);
	test_free(text);
	buf_free(&w.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tshark_reads_packets),     cmocka_unit_test(tshark_resolves_names),
	    cmocka_unit_test(capinfos_reads_section),   cmocka_unit_test(tcpdump_reads),
	    cmocka_unit_test(lengths_are_at_both_ends), cmocka_unit_test(names_may_be_none),
	    cmocka_unit_test(tshark_reads_journal),     cmocka_unit_test(refuses_bad_entries),
	    cmocka_unit_test(refuses_bad_packets),      cmocka_unit_test(refuses_bad_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
