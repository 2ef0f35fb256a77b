/* SPDX-License-Identifier: MIT */
/*
 * fuzz_pcapng.c - the reader on any bytes; and what the writer makes of any bytes, read back
 */
#include "base/err.h"
#include "base/mem.h"
#include "packet/packet.h"
#include "packet/reader.h"
#include "savefile/offline.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void read_any(const uint8_t *data, size_t size)
{
	struct err err = {0};
	struct capture_file *f = capture_file_open_memory(data, size, &err);
	struct capture_packet p;
	int64_t number = 0;
	int rc = -1;

	while (f && (rc = capture_file_next(f, &p, &err)) > 0) {
		struct packet d;

		must(p.number == ++number);
		must(!p.ip || (p.ip >= p.data && p.ip + p.ip_len == p.data + p.len));
		must(!p.comment || strlen(p.comment) <= 65535);
		if (p.ip)
			packet_decode(&d, p.ip, p.ip_len);
	}
	must(rc >= 0 || err.text[0] != '\0');
	capture_file_close(&f);
}

/* A text of up to 255 bytes, or none; free it. */
static char *text_from(struct reader *r)
{
	struct reader part = reader_part(r, reader_u8(r));
	char *s;

	if (part.ended)
		return NULL;
	s = mem_copy(part.p, part.len);
	return s;
}

static struct pcapng_packet packet_from(struct reader *r)
{
	struct pcapng_packet p = {.at = (int64_t)reader_u32(r) << 30};
	struct reader part;

	p.interface = reader_u8(r) & 3;
	p.direction = (enum capture_direction)(reader_u8(r) % 3);
	p.id = reader_u16(r);
	part = reader_part(r, reader_u8(r));
	p.data = part.p;
	p.len = part.len;
	p.original_len = p.len + reader_u8(r) % 2;
	return p;
}

static void same(const char *a, const char *b)
{
	must((!a && !b) || (a && b && strcmp(a, b) == 0));
}

static void check(struct capture_file *f, const struct pcapng_packet *wrote, const char *name)
{
	struct capture_packet p;
	struct err err;

	must(capture_file_next(f, &p, &err) == 1);
	must(p.interface == wrote->interface && p.at == wrote->at && p.id == wrote->id);
	must(p.len == wrote->len && p.original_len == wrote->original_len);
	must(p.len == 0 || memcmp(p.data, wrote->data, p.len) == 0);
	must(wrote->direction == CAPTURE_UNKNOWN || p.direction == wrote->direction);
	same(p.comment, wrote->comment);
	same(p.interface_name, name);
}

/* What was accepted must come back; what was refused must leave nothing. */
static void write_and_read(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size), again;
	struct pcapng_writer w = {0};
	char *name = text_from(&r), *os = text_from(&r);
	struct pcapng_section s = {.os = os, .comment = name};
	struct pcapng_interface i = {.name = name, .filter = os, .linktype = reader_u16(&r)};
	struct capture_file *f;
	struct capture_packet p;
	struct err err;

	must(pcapng_write_section(&w, &s, &err) == 0);
	must(pcapng_write_interface(&w, &i, &err) == 0 &&
	     pcapng_write_interface(&w, &i, &err) == 0);
	for (again = r; !r.ended && reader_left(&r) > 0;) {
		struct pcapng_packet one = packet_from(&r);
		size_t before = w.out.len;

		one.comment = one.id % 2 ? os : NULL;
		must((pcapng_write_packet(&w, &one, &err) == 0) == (one.interface < 2));
		must(one.interface < 2 || w.out.len == before);
	}
	f = capture_file_open_memory(w.out.p, w.out.len, &err);
	must(f != NULL);
	for (r = again; !r.ended && reader_left(&r) > 0;) {
		struct pcapng_packet one = packet_from(&r);

		one.comment = one.id % 2 ? os : NULL;
		if (one.interface < 2)
			check(f, &one, name);
	}
	must(capture_file_next(f, &p, &err) == 0);
	same(capture_file_section(f)->os, os);
	same(capture_file_section(f)->comment, name);
	capture_file_close(&f);
	buf_free(&w.out);
	free(name);
	free(os);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_any(data, size);
	write_and_read(data, size);
	return 0;
}
