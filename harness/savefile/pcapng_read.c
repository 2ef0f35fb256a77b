/* SPDX-License-Identifier: MIT */
/*
 * pcapng_read.c - reading draft-ietf-opsawg-pcapng, whoever wrote it
 *
 * Theory. A file is blocks; each says its length at both ends. One block is in memory at a time,
 * and memory grows only as bytes really come. Inside a block everything goes through struct fields,
 * which cannot leave it and knows the section's byte order. Blocks and options that are not known
 * are passed over, as section 3.1 asks.
 */
#include "savefile/pcapng_read.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "packet/reader.h"
#include "savefile/offline.h"
#include "savefile/pcapng_format.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_STEP     ((size_t)64 << 10)
#define NAME_MAX_BYTES 255u

struct interface {
	uint32_t linktype, snaplen;
	uint64_t units; /* ticks in a second */
	int64_t offset; /* s */
	char *name;     /* NULL: unnamed */
};

struct pcapng_reader {
	FILE *f;
	uint64_t at;     /* bytes read */
	uint64_t block;  /* where the block in hand begins */
	struct buf body; /* of the block in hand: what is between the lengths */
	bool swapped;    /* the section's byte order is not ours */
	bool in_section, has_section;
	struct pcapng_section section; /* of the first section; its texts are ours */
	struct interface *interfaces;
	uint32_t count, base; /* in this section; before it */
	char *comment;
};

/* A block's body in the section's byte order. */
struct fields {
	struct reader r;
	bool swapped;
};

static uint16_t swap16(uint16_t v)
{
	return __builtin_bswap16(v);
}

static uint16_t get16(struct fields *f)
{
	uint16_t v = 0;

	reader_bytes(&f->r, &v, sizeof v);
	return f->swapped ? swap16(v) : v;
}

static uint32_t get32(struct fields *f)
{
	uint32_t v = 0;

	reader_bytes(&f->r, &v, sizeof v);
	return f->swapped ? __builtin_bswap32(v) : v;
}

static uint64_t get64(struct fields *f)
{
	uint64_t v = 0;

	reader_bytes(&f->r, &v, sizeof v);
	return f->swapped ? __builtin_bswap64(v) : v;
}

static struct fields fields_of(const struct pcapng_reader *r, const void *p, size_t len)
{
	return (struct fields){.r = reader_of(p, len), .swapped = r->swapped};
}

uint64_t pcapng_units(uint8_t resolution)
{
	unsigned power = resolution & 0x7f;
	uint64_t units = 1;

	if (resolution & 0x80)
		return power < 64 ? UINT64_C(1) << power : 0;
	if (power > 19)
		return 0;
	while (power-- > 0)
		units *= 10;
	return units;
}

struct pcapng_reader *pcapng_reader_open(FILE *f)
{
	struct pcapng_reader *r = mem_zero(1, sizeof *r);

	r->f = f;
	return r;
}

static void forget_interfaces(struct pcapng_reader *r)
{
	for (uint32_t i = 0; i < r->count; i++)
		free(r->interfaces[i].name);
	r->base += r->count;
	r->count = 0;
}

void pcapng_reader_close(struct pcapng_reader **reader)
{
	struct pcapng_reader *r = *reader;

	if (!r)
		return;
	*reader = NULL;
	forget_interfaces(r);
	free(r->interfaces);
	free((void *)(uintptr_t)r->section.hardware);
	free((void *)(uintptr_t)r->section.os);
	free((void *)(uintptr_t)r->section.application);
	free((void *)(uintptr_t)r->section.comment);
	free(r->comment);
	buf_free(&r->body);
	fclose(r->f);
	free(r);
}

const struct pcapng_section *pcapng_reader_section(const struct pcapng_reader *r)
{
	return &r->section;
}

/* The file is wrong: say how, and where the block in hand begins. */
#define BAD(r, err, ...) (err_set(err, EBADMSG, __VA_ARGS__), at_byte(r, err), -1)

static void at_byte(const struct pcapng_reader *r, struct err *err)
{
	err_wrap(err, "at byte %llu", (unsigned long long)r->block);
}

/* Exactly @len bytes to @p. Returns 1; 0 when the stream ended before the first; -1. */
static int take(struct pcapng_reader *r, void *p, size_t len, struct err *err)
{
	size_t got = fread(p, 1, len, r->f);

	r->at += got;
	if (got == len)
		return 1;
	if (ferror(r->f)) {
		err_sys(err, errno, "reading");
		at_byte(r, err);
		return -1;
	}
	if (got == 0)
		return 0;
	return BAD(r, err, "cut short: the file ends inside a block, at byte %llu",
	           (unsigned long long)r->at);
}

static int take_all(struct pcapng_reader *r, void *p, size_t len, struct err *err)
{
	int rc = len == 0 ? 1 : take(r, p, len, err);

	if (rc == 0)
		return BAD(r, err, "cut short: the file ends inside a block, at byte %llu",
		           (unsigned long long)r->at);
	return rc;
}

/* Append @len bytes to the body, in steps: a length is only a claim until the bytes are there. */
static int take_body(struct pcapng_reader *r, size_t len, struct err *err)
{
	while (len > 0) {
		uint8_t step[4096];
		size_t part = len < sizeof step ? len : sizeof step;

		if (len >= BLOCK_STEP && r->body.cap - r->body.len > BLOCK_STEP) {
			/* room was made by earlier blocks: no detour */
			if (take_all(r, r->body.p + r->body.len, BLOCK_STEP, err) < 0)
				return -1;
			r->body.len += BLOCK_STEP;
			len -= BLOCK_STEP;
			continue;
		}
		if (take_all(r, step, part, err) < 0)
			return -1;
		buf_add(&r->body, step, part);
		len -= part;
	}
	return 0;
}

/* The byte-order magic of a section header (section 4.1): the only block whose length cannot be
 * read without it. */
static int take_magic(struct pcapng_reader *r, uint32_t *magic, struct err *err)
{
	if (take_all(r, magic, sizeof *magic, err) < 0)
		return -1;
	if (*magic != PCAPNG_MAGIC && *magic != PCAPNG_MAGIC_SWAPPED)
		return BAD(r, err, "a section header without its byte-order magic");
	r->swapped = *magic == PCAPNG_MAGIC_SWAPPED;
	r->in_section = true;
	return 0;
}

/*
 * One block into r->body. Returns 1 with *@type set, 0 at the end, -1.
 * A section's body begins with its magic.
 */
static int take_block(struct pcapng_reader *r, uint32_t *type, struct err *err)
{
	uint32_t head[2], magic = 0, len, again;
	int rc;

	r->block = r->at;
	r->body.len = 0;
	*type = 0;
	rc = take(r, head, sizeof head, err);
	if (rc <= 0)
		return rc;
	if (head[0] == BLOCK_SECTION && take_magic(r, &magic, err) < 0)
		return -1;
	if (!r->in_section)
		return BAD(r, err, "not pcapng: it does not begin with a section header");
	*type = r->swapped ? __builtin_bswap32(head[0]) : head[0];
	len = r->swapped ? __builtin_bswap32(head[1]) : head[1];
	if (len % 4 != 0 || len < (magic ? 28 : 12))
		return BAD(r, err, "a block cannot be %u bytes long", len);
	if (len > PCAPNG_BLOCK_MAX)
		return BAD(r, err, "a block of %u bytes: %u are the most", len, PCAPNG_BLOCK_MAX);
	if (magic)
		buf_add(&r->body, &magic, sizeof magic);
	if (take_body(r, len - 12 - r->body.len, err) < 0 ||
	    take_all(r, &again, sizeof again, err) < 0)
		return -1;
	if (again != head[1])
		return BAD(r, err, "a block's two lengths differ");
	return 1;
}

struct option {
	uint16_t code, len;
	const char *p;
};

/* Returns 1 with @o filled, 0 behind the last, -1. */
static int next_option(const struct pcapng_reader *r, struct fields *f, struct option *o,
                       struct err *err)
{
	struct reader value;

	if (reader_left(&f->r) == 0)
		return 0;
	o->code = get16(f);
	o->len = get16(f);
	value = reader_part(&f->r, o->len);
	reader_skip(&f->r, -(size_t)o->len & 3);
	if (f->r.ended)
		return BAD(r, err, "an option reaches beyond its block");
	o->p = (const char *)value.p;
	return o->code != OPT_END;
}

static void keep_text(const char **slot, const struct option *o)
{
	if (!*slot)
		*slot = mem_copy(o->p, o->len);
}

static int read_section(struct pcapng_reader *r, struct err *err)
{
	struct fields f = fields_of(r, r->body.p, r->body.len);
	struct pcapng_section *s = &r->section;
	struct option o;
	uint16_t major;
	int rc;

	reader_skip(&f.r, 4);
	major = get16(&f);
	if (major != 1)
		return BAD(r, err, "pcapng version %u: only 1 is known", major);
	reader_skip(&f.r, 2 + 8); /* minor version, section length */
	forget_interfaces(r);
	while ((rc = next_option(r, &f, &o, err)) > 0) {
		const char **slots[] = {NULL, &s->comment, &s->hardware, &s->os, &s->application};

		if (!r->has_section && o.code < sizeof slots / sizeof *slots)
			keep_text(slots[o.code], &o);
	}
	r->has_section = true;
	return rc;
}

static int interface_option(const struct pcapng_reader *r, struct interface *i,
                            const struct option *o, struct err *err)
{
	struct fields f = fields_of(r, o->p, o->len);

	if (o->code == IF_NAME && !i->name) {
		i->name = mem_copy(o->p, o->len < NAME_MAX_BYTES ? o->len : NAME_MAX_BYTES);
	} else if (o->code == IF_TSRESOL) {
		i->units = pcapng_units(reader_u8(&f.r));
		if (o->len != 1 || i->units == 0)
			return BAD(r, err, "a time resolution that is none");
	} else if (o->code == IF_TSOFFSET) {
		i->offset = (int64_t)get64(&f);
		if (o->len != 8)
			return BAD(r, err, "a time offset of %u bytes", o->len);
	}
	return 0;
}

static int read_interface(struct pcapng_reader *r, struct err *err)
{
	struct fields f = fields_of(r, r->body.p, r->body.len);
	struct interface *i;
	struct option o;
	int rc;

	if (r->count == PCAPNG_INTERFACES_MAX)
		return BAD(r, err, "more than %u interfaces", PCAPNG_INTERFACES_MAX);
	MEM_ROOM(r->interfaces, r->count);
	i = &r->interfaces[r->count];
	*i = (struct interface){.units = 1000000};
	r->count++;
	i->linktype = get16(&f);
	reader_skip(&f.r, 2);
	i->snaplen = get32(&f);
	if (f.r.ended)
		return BAD(r, err, "an interface block too short for its fields");
	while ((rc = next_option(r, &f, &o, err)) > 0) {
		if (interface_option(r, i, &o, err) < 0)
			return -1;
	}
	return rc;
}

static int set_time(const struct pcapng_reader *r, const struct interface *i, uint64_t ticks,
                    struct capture_packet *p, struct err *err)
{
	unsigned __int128 fraction = (unsigned __int128)(ticks % i->units) * NS_PER_S / i->units;
	int64_t seconds, ns;

	if (ticks / i->units > INT64_MAX ||
	    __builtin_add_overflow((int64_t)(ticks / i->units), i->offset, &seconds) ||
	    __builtin_mul_overflow(seconds, NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, (int64_t)fraction, &p->at) ||
	    p->at < 0) /* then no difference of two overflows */
		return BAD(r, err, "a time before 1970 or beyond the year 2262");
	return 0;
}

static int use_interface(const struct pcapng_reader *r, uint32_t local, struct capture_packet *p,
                         const struct interface **out, struct err *err)
{
	if (local >= r->count)
		return BAD(r, err, "a packet of interface %u; the section has %u", local, r->count);
	*out = &r->interfaces[local];
	p->interface = r->base + local;
	p->interface_name = (*out)->name;
	p->linktype = (*out)->linktype;
	return 0;
}

/* Options of enhanced and obsolete packet blocks: comment and flags have the same codes in both. */
static int packet_options(struct pcapng_reader *r, bool enhanced, struct fields *f,
                          struct capture_packet *p, struct err *err)
{
	enum { FLAGS = 2, PACKETID = 5 };
	struct option o;
	int rc;

	while ((rc = next_option(r, f, &o, err)) > 0) {
		struct fields value = fields_of(r, o.p, o.len);

		if (o.code == OPT_COMMENT && !r->comment) {
			r->comment = mem_copy(o.p, o.len);
		} else if (o.code == FLAGS) {
			uint32_t direction = get32(&value) & 3;

			p->direction =
			    direction == 3 ? CAPTURE_UNKNOWN : (enum capture_direction)direction;
		} else if (o.code == PACKETID && enhanced) {
			p->id = get64(&value);
		}
	}
	p->comment = r->comment;
	return rc;
}

/* Enhanced (section 4.3) and obsolete (appendix A) packet blocks: the same but for the first
 * fields. */
static int read_packet(struct pcapng_reader *r, bool enhanced, struct capture_packet *p,
                       struct err *err)
{
	struct fields f = fields_of(r, r->body.p, r->body.len);
	uint32_t local = enhanced ? get32(&f) : get16(&f);
	const struct interface *i = NULL;
	struct reader data;
	uint64_t ticks;

	if (!enhanced)
		reader_skip(&f.r, 2); /* drops count */
	ticks = (uint64_t)get32(&f) << 32;
	ticks |= get32(&f);
	p->len = get32(&f);
	p->original_len = get32(&f);
	data = reader_part(&f.r, p->len);
	reader_skip(&f.r, -p->len & 3);
	if (f.r.ended)
		return BAD(r, err, "a packet of %zu bytes does not fit into its block", p->len);
	p->data = data.p;
	if (use_interface(r, local, p, &i, err) < 0 || set_time(r, i, ticks, p, err) < 0)
		return -1;
	return packet_options(r, enhanced, &f, p, err);
}

/* Section 4.4: no time, no interface, no captured length of its own. */
static int read_simple(struct pcapng_reader *r, struct capture_packet *p, struct err *err)
{
	struct fields f = fields_of(r, r->body.p, r->body.len);
	const struct interface *i = NULL;
	struct reader data;

	p->original_len = get32(&f);
	if (use_interface(r, 0, p, &i, err) < 0)
		return -1;
	p->len = p->original_len;
	if (i->snaplen > 0 && p->len > i->snaplen)
		p->len = i->snaplen;
	data = reader_part(&f.r, p->len);
	if (f.r.ended)
		return BAD(r, err, "a packet of %zu bytes does not fit into its block", p->len);
	p->data = data.p;
	return 0;
}

int pcapng_reader_next(struct pcapng_reader *r, struct capture_packet *p, struct err *err)
{
	uint32_t type;
	int rc;

	*p = (struct capture_packet){0};
	free(r->comment);
	r->comment = NULL;
	while ((rc = take_block(r, &type, err)) > 0) {
		if (type == BLOCK_SECTION)
			rc = read_section(r, err);
		else if (type == BLOCK_INTERFACE)
			rc = read_interface(r, err);
		else if (type == BLOCK_PACKET || type == BLOCK_PACKET_OBSOLETE)
			return read_packet(r, type == BLOCK_PACKET, p, err) < 0 ? -1 : 1;
		else if (type == BLOCK_PACKET_SIMPLE)
			return read_simple(r, p, err) < 0 ? -1 : 1;
		if (rc < 0)
			return -1;
	}
	return rc;
}
