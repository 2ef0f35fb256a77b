/* SPDX-License-Identifier: MIT */
/* test_offline.c - the reader: round trips, both byte orders, every block it knows, and files that
 * lie */
#include "base/err.h"
#include "base/mem.h"
#include "savefile/link.h"
#include "savefile/offline.h"
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after what it needs */
#include <cmocka.h>

#define AT INT64_C(1700000000123456789)

/* A file written by hand, in either byte order. */
struct hand {
	struct buf out;
	bool big;
	size_t block;
};

static void h16(struct hand *h, uint16_t v)
{
	uint8_t raw[2] = {(uint8_t)v, (uint8_t)(v >> 8)};

	if (h->big)
		v = (uint16_t)(v << 8 | v >> 8), raw[0] = (uint8_t)v, raw[1] = (uint8_t)(v >> 8);
	buf_add(&h->out, raw, 2);
}

static void h32(struct hand *h, uint32_t v)
{
	h16(h, (uint16_t)(h->big ? v >> 16 : v));
	h16(h, (uint16_t)(h->big ? v : v >> 16));
}

static void h64(struct hand *h, uint64_t v)
{
	h32(h, (uint32_t)(h->big ? v >> 32 : v));
	h32(h, (uint32_t)(h->big ? v : v >> 32));
}

static void hbytes(struct hand *h, const void *p, size_t len)
{
	buf_add(&h->out, p, len);
	buf_add(&h->out, "\0\0\0", -len & 3);
}

static void hoption(struct hand *h, uint16_t code, const void *p, size_t len)
{
	h16(h, code);
	h16(h, (uint16_t)len);
	hbytes(h, p, len);
}

static void hbegin(struct hand *h, uint32_t type)
{
	h->block = h->out.len;
	h32(h, type);
	h32(h, 0);
}

static void hend(struct hand *h)
{
	uint32_t len = (uint32_t)(h->out.len - h->block) + 4;

	h32(h, len);
	memcpy(h->out.p + h->block + 4, h->out.p + h->out.len - 4, 4);
}

static void hsection(struct hand *h, bool big)
{
	h->big = big;
	hbegin(h, 0x0a0d0d0a);
	h32(h, 0x1a2b3c4d);
	h16(h, 1);
	h16(h, 0);
	h64(h, UINT64_MAX);
	hoption(h, 4, big ? "big" : "little", big ? 3 : 6);
	hend(h);
}

/* tsresol 0xff: none written. */
static void hinterface(struct hand *h, uint16_t linktype, uint32_t snaplen, uint8_t tsresol,
                       int64_t offset)
{
	hbegin(h, 1);
	h16(h, linktype);
	h16(h, 0);
	h32(h, snaplen);
	hoption(h, 2, "eth7", 4);
	if (tsresol != 0xff)
		hoption(h, 9, &tsresol, 1);
	if (offset != 0) {
		h16(h, 14);
		h16(h, 8);
		h64(h, (uint64_t)offset);
	}
	hend(h);
}

static void hpacket(struct hand *h, uint32_t interface, uint64_t ticks, const void *p, size_t len)
{
	hbegin(h, 6);
	h32(h, interface);
	h32(h, (uint32_t)(ticks >> 32));
	h32(h, (uint32_t)ticks);
	h32(h, (uint32_t)len);
	h32(h, (uint32_t)len);
	hbytes(h, p, len);
	hend(h);
}

static struct capture_file *opened(const struct hand *h)
{
	struct err err;
	struct capture_file *f = capture_file_open_memory(h->out.p, h->out.len, &err);

	if (!f)
		fail_msg("%s", err.text);
	return f;
}

static struct capture_packet next(struct capture_file *f)
{
	struct capture_packet p;
	struct err err;
	int rc = capture_file_next(f, &p, &err);

	if (rc < 0)
		fail_msg("%s", err.text);
	assert_int_equal(rc, 1);
	return p;
}

static void ends(struct capture_file **f)
{
	struct capture_packet p;
	struct err err;

	assert_int_equal(capture_file_next(*f, &p, &err), 0);
	capture_file_close(f);
	assert_null(*f);
}

/* The next call must fail with these words. */
static void breaks(struct hand *h, const char *words)
{
	struct capture_file *f = opened(h);
	struct capture_packet p;
	struct err err;
	int rc;

	while ((rc = capture_file_next(f, &p, &err)) > 0)
		;
	assert_int_equal(rc, -1);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" is not in: %s", words, err.text);
	assert_non_null(strstr(err.text, "at byte "));
	capture_file_close(&f);
	buf_free(&h->out);
}

static const uint8_t ip4[20] = {0x45, 0, 0, 20};

static void write_ours(struct pcapng_writer *w)
{
	struct pcapng_section s = {"amd64", NULL, "sockproof", "two\nlines"};
	struct pcapng_interface i = {.name = "a", .linktype = 101};
	struct pcapng_name n = {"192.0.2.1", "client"};
	struct pcapng_packet p = {.at = AT, .data = ip4, .len = 20, .original_len = 30, .id = 7};
	struct err err;

	assert_int_equal(pcapng_write_section(w, &s, &err), 0);
	assert_int_equal(pcapng_write_interface(w, &i, &err), 0);
	i.name = NULL;
	assert_int_equal(pcapng_write_interface(w, &i, &err), 0);
	assert_int_equal(pcapng_write_names(w, &n, 1, &err), 0);
	p.direction = CAPTURE_INBOUND;
	p.comment = "why";
	assert_int_equal(pcapng_write_packet(w, &p, &err), 0);
	p = (struct pcapng_packet){.interface = 1, .at = AT + 1, .data = "", .len = 0};
	assert_int_equal(pcapng_write_packet(w, &p, &err), 0);
}

static void round_trip(void **state)
{
	struct pcapng_writer w = {0};
	struct capture_packet p;
	struct capture_file *f;
	struct err err;

	(void)state;
	write_ours(&w);
	f = capture_file_open_memory(w.out.p, w.out.len, &err);
	assert_non_null(f);
	p = next(f);
	assert_int_equal(p.number, 1);
	assert_true(p.at == AT);
	assert_int_equal(p.len, 20);
	assert_int_equal(p.original_len, 30);
	assert_memory_equal(p.data, ip4, 20);
	assert_ptr_equal(p.ip, p.data);
	assert_int_equal(p.ip_len, 20);
	assert_int_equal(p.direction, CAPTURE_INBOUND);
	assert_true(p.id == 7);
	assert_string_equal(p.comment, "why");
	assert_string_equal(p.interface_name, "a");
	assert_string_equal(capture_file_section(f)->comment, "two\nlines");
	assert_string_equal(capture_file_section(f)->hardware, "amd64");
	assert_null(capture_file_section(f)->os);
	p = next(f);
	assert_int_equal(p.number, 2);
	assert_int_equal(p.interface, 1);
	assert_null(p.interface_name);
	assert_null(p.comment);
	assert_null(p.ip);
	assert_int_equal(p.direction, CAPTURE_UNKNOWN);
	ends(&f);
	buf_free(&w.out);
}

static void cut_at_every_byte(void **state)
{
	struct pcapng_writer w = {0};
	struct capture_packet p;
	struct err err;
	size_t ends_well = 0;

	(void)state;
	write_ours(&w);
	for (size_t len = 0; len < w.out.len; len++) {
		/* a copy of its own size: reading beyond it shows under valgrind and ASan */
		uint8_t *part = mem_copy(w.out.p, len);
		struct capture_file *f = capture_file_open_memory(part, len, &err);
		int rc = -1;

		while (f && (rc = capture_file_next(f, &p, &err)) > 0)
			;
		if (rc == 0)
			ends_well++;
		else
			assert_true(strstr(err.text, "cut short") || strstr(err.text, "too short"));
		capture_file_close(&f);
		free(part);
	}
	/* between blocks a file may end: section, two interfaces, names, the first packet */
	assert_int_equal(ends_well, 5);
	buf_free(&w.out);
}

static void both_byte_orders(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct hand h = {0};
		struct capture_file *f;
		struct capture_packet p;

		hsection(&h, big);
		hinterface(&h, 101, 0, 9, 0);
		hpacket(&h, 0, (uint64_t)AT, ip4, 20);
		f = opened(&h);
		p = next(f);
		assert_true(p.at == AT);
		assert_int_equal(p.linktype, 101);
		assert_string_equal(p.interface_name, "eth7");
		assert_non_null(p.ip);
		assert_string_equal(capture_file_section(f)->application, big ? "big" : "little");
		ends(&f);
		buf_free(&h.out);
	}
}

static void sections_follow_each_other(void **state)
{
	struct hand h = {0};
	struct capture_file *f;
	struct capture_packet p;

	(void)state;
	hsection(&h, true);
	hinterface(&h, 101, 0, 9, 0);
	hinterface(&h, 1, 0, 9, 0);
	hpacket(&h, 1, 5, ip4, 20);
	hsection(&h, false);
	hinterface(&h, 228, 0, 9, 0);
	hpacket(&h, 0, 6, ip4, 20);
	f = opened(&h);
	p = next(f);
	assert_int_equal(p.interface, 1);
	p = next(f);
	assert_int_equal(p.interface, 2); /* numbered through the file */
	assert_int_equal(p.linktype, 228);
	assert_int_equal(p.number, 2);
	assert_string_equal(capture_file_section(f)->application, "big");
	ends(&f);
	buf_free(&h.out);
}

static void time_resolutions(void **state)
{
	static const struct {
		uint8_t tsresol;
		int64_t offset;
		uint64_t ticks;
		int64_t at;
	} rows[] = {
	    {0xff, 0, 1700000000123456, 1700000000123456000},
	    {6, 0, 1700000000123456, 1700000000123456000},
	    {0, 0, 1700000000, 1700000000000000000},
	    {3, 100, 1700000000123, 1700000100123000000},
	    {3, -100, 1700000000123, 1699999900123000000},
	    {12, 0, 1234567890123456789, 1234567890123456},
	    {19, 0, UINT64_MAX, 1844674407},
	    {0x80 | 10, 0, 1536, 1500000000},
	    {0x80 | 32, 0, UINT64_C(0x140000000), 1250000000},
	    {0x80 | 63, 0, UINT64_C(3) << 62, 1500000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hand h = {0};
		struct capture_file *f;
		struct capture_packet p;

		hsection(&h, i % 2);
		hinterface(&h, 101, 0, rows[i].tsresol, rows[i].offset);
		hpacket(&h, 0, rows[i].ticks, ip4, 20);
		f = opened(&h);
		p = next(f);
		if (p.at != rows[i].at)
			fail_msg("row %zu: %lld", i, (long long)p.at);
		ends(&f);
		buf_free(&h.out);
	}
}

static void simple_and_obsolete_blocks(void **state)
{
	struct hand h = {0};
	struct capture_file *f;
	struct capture_packet p;

	(void)state;
	hsection(&h, true);
	hinterface(&h, 101, 10, 9, 0);
	hbegin(&h, 3);
	h32(&h, 20);
	hbytes(&h, ip4, 10); /* cut by the snap length */
	hend(&h);
	hbegin(&h, 2);
	h16(&h, 0);
	h16(&h, 3); /* drops */
	h32(&h, 0);
	h32(&h, 77);
	h32(&h, 8);
	h32(&h, 20);
	hbytes(&h, ip4, 8);
	hoption(&h, 1, "old", 3);
	h16(&h, 2);
	h16(&h, 4);
	h32(&h, 2);
	hend(&h);
	hbegin(&h, 0x0bad); /* unknown */
	hbytes(&h, "whatever", 8);
	hend(&h);
	f = opened(&h);
	p = next(f);
	assert_int_equal(p.len, 10);
	assert_int_equal(p.original_len, 20);
	assert_true(p.at == 0);
	p = next(f);
	assert_int_equal(p.len, 8);
	assert_true(p.at == 77);
	assert_string_equal(p.comment, "old");
	assert_int_equal(p.direction, CAPTURE_OUTBOUND);
	ends(&f);
	buf_free(&h.out);
}

static void lying_lengths(void **state)
{
	static const uint32_t lengths[] = {0, 4, 8, 13, 0x01040004, 0xfffffffc, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct hand h = {0};

		hsection(&h, i % 2);
		h32(&h, 1);
		h32(&h, lengths[i]);
		h32(&h, lengths[i]);
		breaks(&h, i < 4 ? "cannot be" : lengths[i] % 4 ? "cannot be" : "are the most");
	}
	struct hand h = {0};

	hsection(&h, false);
	h32(&h, 1);
	h32(&h, 16 << 20); /* a claim: the file has no such bytes */
	breaks(&h, "cut short");
}

static void lying_blocks(void **state)
{
	struct hand h = {0};

	(void)state;
	hsection(&h, false);
	hinterface(&h, 101, 0, 9, 0);
	hpacket(&h, 1, 5, ip4, 20);
	breaks(&h, "packet of interface 1; the section has 1");

	hsection(&h, false);
	hbegin(&h, 3);
	h32(&h, 4);
	hend(&h);
	breaks(&h, "the section has 0");

	hsection(&h, false);
	hinterface(&h, 101, 0, 9, 0);
	hbegin(&h, 3);
	h32(&h, 4);
	hend(&h);
	breaks(&h, "does not fit into its block");

	hsection(&h, true);
	hinterface(&h, 101, 0, 9, 0);
	hpacket(&h, 0, 5, ip4, 20);
	h.out.p[h.block + 20] = 1; /* captured length: 16 MiB more */
	breaks(&h, "does not fit into its block");

	hsection(&h, false);
	hinterface(&h, 101, 0, 9, 0);
	h.out.p[h.out.len - 4] ^= 4;
	breaks(&h, "two lengths differ");

	hsection(&h, false);
	hbegin(&h, 1);
	hend(&h);
	breaks(&h, "too short for its fields");

	hsection(&h, false);
	hinterface(&h, 101, 0, 20, 0);
	breaks(&h, "time resolution");

	hsection(&h, false);
	hinterface(&h, 101, 0, 0xc0, 0);
	breaks(&h, "time resolution");

	hsection(&h, false);
	hinterface(&h, 101, 0, 0, 0);
	hpacket(&h, 0, UINT64_MAX, ip4, 20);
	breaks(&h, "2262");

	hsection(&h, false);
	hinterface(&h, 101, 0, 9, INT64_MAX);
	hpacket(&h, 0, (uint64_t)AT, ip4, 20);
	breaks(&h, "2262");
}

static void lying_options(void **state)
{
	struct hand h = {0};

	(void)state;
	hsection(&h, false);
	hbegin(&h, 1);
	h16(&h, 101);
	h16(&h, 0);
	h32(&h, 0);
	h16(&h, 2);
	h16(&h, 9); /* eight are there */
	hbytes(&h, "eighteth", 8);
	hend(&h);
	breaks(&h, "option reaches beyond");

	hsection(&h, true);
	h.out.p[12] = 2; /* version */
	h.out.p[13] = 2;
	breaks(&h, "version");

	hsection(&h, true);
	h.out.p[8] ^= 1; /* magic */
	breaks(&h, "byte-order magic");
}

static void no_captures(void **state)
{
	char path[] = "/tmp/sockproof-offline-XXXXXX";
	struct err err;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_null(capture_file_open(path, &err));
	assert_non_null(strstr(err.text, path));
	assert_int_equal(write(fd, "#!/bin/sh\necho no capture at all\n", 33), 33);
	close(fd);
	assert_null(capture_file_open(path, &err));
	assert_non_null(strstr(err.text, "neither pcap nor pcapng"));
	unlink(path);
	assert_null(capture_file_open(path, &err));
	assert_int_equal(err.code, 2);
	assert_null(capture_file_open("/tmp", &err));
	assert_null(capture_file_open_memory("", 0, &err));
}

static void classic_pcap(void **state)
{
	char path[] = "/tmp/sockproof-offline-XXXXXX";
	struct pcap_pkthdr h = {.ts = {1700000000, 123456789}, .caplen = 20, .len = 60};
	pcap_t *dead =
	    pcap_open_dead_with_tstamp_precision(DLT_RAW, 65535, PCAP_TSTAMP_PRECISION_NANO);
	struct capture_packet p;
	struct capture_file *f;
	pcap_dumper_t *d;
	struct err err;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	d = pcap_dump_open(dead, path);
	assert_non_null(d);
	pcap_dump((u_char *)d, &h, ip4);
	pcap_dump((u_char *)d, &h, ip4);
	pcap_dump_close(d);
	pcap_close(dead);
	f = capture_file_open(path, &err);
	assert_non_null(f);
	p = next(f);
	assert_true(p.at == AT);
	assert_int_equal(p.linktype, 101);
	assert_int_equal(p.original_len, 60);
	assert_int_equal(p.ip_len, 20);
	assert_null(capture_file_section(f)->application);
	next(f);
	ends(&f);
	assert_int_equal(ftruncate(fd, 24 + 36 + 20), 0); /* inside the second */
	close(fd);
	f = capture_file_open(path, &err);
	next(f);
	assert_int_equal(capture_file_next(f, &p, &err), -1);
	assert_non_null(strstr(err.text, "at byte 60"));
	capture_file_close(&f);
	unlink(path);
}

static void link_types(void **state)
{
	static const struct {
		uint32_t linktype;
		const char *head;
		size_t len;
		enum capture_direction direction;
	} rows[] = {
	    {LINK_ETHERNET, "ddddddssssss\x08\x00", 14, CAPTURE_UNKNOWN},
	    {LINK_ETHERNET, "ddddddssssss\x81\x00\x00\x05\x08\x00", 18, CAPTURE_UNKNOWN},
	    {LINK_ETHERNET, "ddddddssssss\x88\xa8\x00\x05\x81\x00\x00\x06\x08\x00", 22,
	     CAPTURE_UNKNOWN},
	    {LINK_RAW, "", 0, CAPTURE_UNKNOWN},
	    {LINK_RAW_BSD, "", 0, CAPTURE_UNKNOWN},
	    {LINK_RAW_OPENBSD, "", 0, CAPTURE_UNKNOWN},
	    {LINK_IPV4, "", 0, CAPTURE_UNKNOWN},
	    {LINK_IPV6, "", 0, CAPTURE_UNKNOWN},
	    {LINK_NULL, "\x02\0\0\0", 4, CAPTURE_UNKNOWN},
	    {LINK_LOOP, "\0\0\0\x02", 4, CAPTURE_UNKNOWN},
	    {LINK_LINUX_SLL,
	     "\x00\x04\x00\x01\x00\x06"
	     "address.\x08\x00",
	     16, CAPTURE_OUTBOUND},
	    {LINK_LINUX_SLL,
	     "\x00\x00\x00\x01\x00\x06"
	     "address.\x08\x00",
	     16, CAPTURE_INBOUND},
	    {LINK_LINUX_SLL2,
	     "\x08\x00\x00\x00\x00\x00\x00\x02\x00\x01\x04\x06"
	     "address.",
	     20, CAPTURE_OUTBOUND},
	    {LINK_LINUX_SLL2,
	     "\x08\x00\x00\x00\x00\x00\x00\x02\x00\x01\x00\x06"
	     "address.",
	     20, CAPTURE_INBOUND},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf frame = {0};
		struct link_payload in;

		buf_add(&frame, rows[i].head, rows[i].len);
		buf_add(&frame, ip4, sizeof ip4);
		in = link_strip(rows[i].linktype, frame.p, frame.len);
		if (in.ip != (uint8_t *)frame.p + rows[i].len || in.len != sizeof ip4)
			fail_msg("row %zu", i);
		assert_int_equal(in.direction, rows[i].direction);
		for (size_t len = 0; len <= rows[i].len; len++) {
			uint8_t *part = mem_copy(frame.p, len);

			assert_null(link_strip(rows[i].linktype, part, len).ip);
			free(part);
		}
		buf_free(&frame);
	}
	assert_null(link_strip(LINK_ETHERNET, "ddddddssssss\x08\x06\x45", 15).ip); /* ARP */
	assert_null(link_strip(LINK_RAW, "\x55", 1).ip);
	assert_null(link_strip(147, ip4, sizeof ip4).ip);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(round_trip),       cmocka_unit_test(cut_at_every_byte),
	    cmocka_unit_test(both_byte_orders), cmocka_unit_test(sections_follow_each_other),
	    cmocka_unit_test(time_resolutions), cmocka_unit_test(simple_and_obsolete_blocks),
	    cmocka_unit_test(lying_lengths),    cmocka_unit_test(lying_blocks),
	    cmocka_unit_test(lying_options),    cmocka_unit_test(no_captures),
	    cmocka_unit_test(classic_pcap),     cmocka_unit_test(link_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
