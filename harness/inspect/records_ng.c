/* SPDX-License-Identifier: MIT */
/*
 * records_ng.c - the frames of a pcapng file (draft-ietf-opsawg-pcapng)
 *
 * Blocks that hold no packet and no interface are passed over without being held in memory, however
 * long they say they are. Some of them take a frame number in Wireshark, so they take one here.
 * Options are walked to their end, wanted or not: one that leaves its block is damage to be told.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "inspect/records_own.h"
#include "savefile/pcapng_format.h"
#include <errno.h>
#include <inttypes.h>

/* The file is wrong: say how, and where the block in hand begins. */
static int bad(const struct records *r, struct err *err, const char *what)
{
	err_set(err, EBADMSG, "at byte %" PRIu64 ": %s", r->s->at, what);
	return -1;
}

static int cut_short(const struct records *r, uint64_t block, struct err *err)
{
	return err_set(err, EBADMSG,
	               "at byte %" PRIu64
	               ": cut short: the file ends inside a block, at byte %" PRIu64,
	               block, r->s->at + r->s->left);
}

/* @n bytes of the block in hand, which must be there. */
static int need(struct records *r, size_t n, struct err *err)
{
	int rc = source_need(r->s, n, err);

	return rc == 0 ? cut_short(r, r->s->at, err) : rc;
}

static int lengths_agree(const struct records *r, uint32_t len, struct err *err)
{
	if (field32(r, r->s->p + len - 4) != len)
		return bad(r, err, "a block's two lengths differ");
	return 0;
}

/* One option of a block (section 3.5). */
struct option {
	uint16_t code, len;
	const uint8_t *value;
};

/* The next of the @len bytes at @p, both of which move on. Returns 1 with @o filled, 0 behind the
 * last, -1: what follows is none, so the block is corrupt. */
static int next_option(const struct records *r, const uint8_t **p, size_t *len, struct option *o,
                       struct err *err)
{
	size_t padded;

	if (*len == 0)
		return 0;
	if (*len < 4)
		return bad(r, err, "an option reaches beyond its block");
	*o = (struct option){field16(r, *p), field16(r, *p + 2), *p + 4};
	padded = ((size_t)o->len + 3) & ~(size_t)3;
	if (padded > *len - 4)
		return bad(r, err, "an option reaches beyond its block");
	*p += 4 + padded;
	*len -= 4 + padded;
	return o->code != OPT_END;
}

static int read_section(struct records *r, const uint8_t *p, uint32_t len, struct err *err)
{
	size_t left = len - 28;
	struct option o;
	int rc;

	if (field16(r, p + 12) != 1)
		return err_set(err, EBADMSG, "at byte %llu: pcapng version %u: only 1 is known",
		               (unsigned long long)r->s->at, field16(r, p + 12));
	r->count = 0;
	r->section++;
	p += 24;
	while ((rc = next_option(r, &p, &left, &o, err)) > 0)
		; /* nothing of interest, but it must be there */
	return rc;
}

static int interface_option(const struct records *r, struct interface *i, const struct option *o,
                            struct err *err)
{
	if (o->code == IF_TSRESOL) {
		i->units = o->len == 1 ? pcapng_units(*o->value) : 0;
		if (i->units == 0)
			return bad(r, err, "a time resolution that is none");
	} else if (o->code == IF_TSOFFSET) {
		if (o->len != 8 ||
		    __builtin_mul_overflow((int64_t)field64(r, o->value), NS_PER_S, &i->offset_ns))
			return bad(r, err, "a time offset that is none");
	}
	return 0;
}

static int interface_options(const struct records *r, struct interface *i, const uint8_t *p,
                             size_t len, struct err *err)
{
	struct option o;
	int rc;

	while ((rc = next_option(r, &p, &len, &o, err)) > 0) {
		if (interface_option(r, i, &o, err) < 0)
			return -1;
	}
	return rc;
}

static int read_interface(struct records *r, const uint8_t *p, uint32_t len, struct err *err)
{
	struct interface *i;

	if (len < 20)
		return bad(r, err, "an interface block too short for its fields");
	if (r->count == PCAPNG_INTERFACES_MAX)
		return bad(r, err, "more interfaces than anybody has");
	MEM_ROOM(r->interfaces, r->count);
	i = &r->interfaces[r->count];
	*i = (struct interface){
	    .linktype = field16(r, p + 8), .snaplen = field32(r, p + 12), .units = 1000000};
	if (interface_options(r, i, p + 16, len - 20, err) < 0)
		return -1;
	i->tick = (uint64_t)NS_PER_S % i->units == 0 ? (uint64_t)NS_PER_S / i->units : 0;
	r->count++;
	return 0;
}

static int set_time(const struct records *r, const struct interface *i, uint64_t ticks,
                    struct record *out, struct err *err)
{
	int64_t ns;

	if (i->tick == 0) {
		uint64_t seconds = ticks / i->units;
		unsigned __int128 part =
		    (unsigned __int128)(ticks % i->units) * (uint64_t)NS_PER_S / i->units;

		if (__builtin_mul_overflow(seconds, (uint64_t)NS_PER_S, &ns) ||
		    __builtin_add_overflow(ns, (int64_t)part, &ns))
			return bad(r, err, "a time beyond the year 2262");
	} else if (__builtin_mul_overflow(ticks, i->tick, &ns)) {
		return bad(r, err, "a time beyond the year 2262");
	}
	/* none below zero: then no difference of two overflows */
	if (__builtin_add_overflow(ns, i->offset_ns, &out->at) || out->at < 0)
		return bad(r, err, "a time before 1970 or beyond the year 2262");
	return 0;
}

/* NULL with @err set: the section has no such interface. */
static const struct interface *use_interface(const struct records *r, uint32_t index,
                                             struct err *err)
{
	if (index < r->count)
		return &r->interfaces[index];
	err_set(err, EBADMSG, "at byte %" PRIu64 ": a packet of interface %u; the section has %zu",
	        r->s->at, index, r->count);
	return NULL;
}

/* epb_packetid among an enhanced packet's options; whatever else they are, they are left alone. */
static int packet_options(const struct records *r, const uint8_t *p, size_t len, bool enhanced,
                          struct record *out, struct err *err)
{
	struct option o;
	int rc;

	while ((rc = next_option(r, &p, &len, &o, err)) > 0) {
		if (!enhanced || o.code != EPB_PACKETID || o.len != 8)
			continue;
		out->has_id = true;
		out->packet_id = field64(r, o.value);
	}
	return rc;
}

/* Enhanced (section 4.3) and obsolete (appendix A) packet blocks, @p at the block's start. */
static int read_packet(const struct records *r, const uint8_t *p, uint32_t len, bool enhanced,
                       struct record *out, struct err *err)
{
	const struct interface *i;
	uint64_t ticks;
	size_t end;

	if (len < 32)
		return bad(r, err, "a packet block too short for its fields");
	out->interface = enhanced ? field32(r, p + 8) : field16(r, p + 8);
	i = use_interface(r, out->interface, err);
	if (!i)
		return -1;
	ticks = (uint64_t)field32(r, p + 12) << 32 | field32(r, p + 16);
	out->len = field32(r, p + 20);
	out->original = field32(r, p + 24);
	if (out->len > len - 32)
		return bad(r, err, "a packet does not fit into its block");
	out->data = p + 28;
	out->linktype = i->linktype;
	out->section = r->section;
	out->has_id = false;
	end = 28 + (((size_t)out->len + 3) & ~(size_t)3);
	if (packet_options(r, p + end, len - 4 - end, enhanced, out, err) < 0)
		return -1;
	return set_time(r, i, ticks, out, err);
}

/* Section 4.4: no time, no interface, no captured length of its own. */
static int read_simple(const struct records *r, const uint8_t *p, uint32_t len, struct record *out,
                       struct err *err)
{
	const struct interface *i;

	if (len < 16)
		return bad(r, err, "a packet block too short for its fields");
	i = use_interface(r, 0, err);
	if (!i)
		return -1;
	out->original = out->len = field32(r, p + 8);
	if (i->snaplen > 0 && out->len > i->snaplen)
		out->len = i->snaplen;
	if (out->len > len - 16)
		return bad(r, err, "a packet does not fit into its block");
	out->data = p + 12;
	out->at = 0;
	out->linktype = i->linktype;
	out->section = r->section;
	out->interface = 0;
	out->has_id = false;
	return 0;
}

/* The length of the block in hand, and its type. Returns 1, 0 at the end of the file, -1. */
static int block_head(struct records *r, uint32_t *type, uint32_t *len, struct err *err)
{
	int rc = source_need(r->s, 8, err);
	uint32_t magic;

	if (rc < 0 || (rc == 0 && r->s->left == 0))
		return rc;
	if (rc == 0)
		return cut_short(r, r->s->at, err);
	memcpy(type, r->s->p, sizeof *type);
	if (*type == BLOCK_SECTION) {
		/* the only block whose length cannot be read without looking inside (4.1) */
		if (need(r, 12, err) < 0)
			return -1;
		memcpy(&magic, r->s->p + 8, sizeof magic);
		if (magic != PCAPNG_MAGIC && magic != PCAPNG_MAGIC_SWAPPED)
			return bad(r, err, "a section header without its byte-order magic");
		r->swapped = magic == PCAPNG_MAGIC_SWAPPED;
	}
	*type = field32(r, r->s->p);
	*len = field32(r, r->s->p + 4);
	if (*len % 4 != 0 || *len < (*type == BLOCK_SECTION ? 28 : 12))
		return err_set(err, EBADMSG, "at byte %llu: a block cannot be %u bytes long",
		               (unsigned long long)r->s->at, *len);
	return 1;
}

static bool of_interest(uint32_t type)
{
	return type == BLOCK_PACKET || type == BLOCK_PACKET_OBSOLETE ||
	       type == BLOCK_PACKET_SIMPLE || type == BLOCK_INTERFACE || type == BLOCK_SECTION;
}

/* What is a frame in Wireshark though it holds no packet (wiretap/pcapng.c of 4.0): journal
 * entries, custom blocks, events of sysdig and Falco. */
static bool takes_number(uint32_t type)
{
	switch (type) {
	case BLOCK_JOURNAL:
	case BLOCK_CUSTOM:
	case BLOCK_CUSTOM_NO_COPY:
	case BLOCK_SYSDIG_EVENT:
	case BLOCK_SYSDIG_EVENT_2:
	case BLOCK_SYSDIG_EVENT_2_LARGE:
		return true;
	default:
		return false;
	}
}

/* A block that tells us nothing; its end is looked at all the same. */
static int pass_over(struct records *r, uint32_t len, struct err *err)
{
	uint64_t block = r->s->at;
	int rc = source_skip(r->s, len - 4, err);

	if (rc > 0)
		rc = source_need(r->s, 4, err);
	if (rc == 0)
		return cut_short(r, block, err);
	if (rc > 0 && field32(r, r->s->p) != len)
		return err_set(err, EBADMSG, "at byte %llu: a block's two lengths differ",
		               (unsigned long long)block);
	if (rc > 0)
		source_take(r->s, 4);
	return rc;
}

/* Returns 1 for a frame, 0 for another block, -1. */
static int read_block(struct records *r, uint32_t type, uint32_t len, struct record *out,
                      struct err *err)
{
	const uint8_t *p = r->s->p;

	switch (type) {
	case BLOCK_PACKET:
	case BLOCK_PACKET_OBSOLETE:
		return read_packet(r, p, len, type == BLOCK_PACKET, out, err) < 0 ? -1 : 1;
	case BLOCK_PACKET_SIMPLE:
		return read_simple(r, p, len, out, err) < 0 ? -1 : 1;
	case BLOCK_INTERFACE:
		return read_interface(r, p, len, err);
	default:
		return read_section(r, p, len, err);
	}
}

int records_ng_next(struct records *r, struct record *out, struct err *err)
{
	uint32_t type = 0, len = 0;
	int rc;

	while ((rc = block_head(r, &type, &len, err)) > 0) {
		if (!of_interest(type)) {
			rc = pass_over(r, len, err);
			if (rc <= 0)
				return -1;
			r->number += takes_number(type);
			continue;
		}
		if (len > PCAPNG_BLOCK_MAX)
			return err_set(err, EBADMSG,
			               "at byte %llu: a block of %u bytes: %u are the most",
			               (unsigned long long)r->s->at, len, PCAPNG_BLOCK_MAX);
		if (need(r, len, err) < 0 || lengths_agree(r, len, err) < 0)
			return -1;
		rc = read_block(r, type, len, out, err);
		if (rc < 0)
			return -1;
		source_take(r->s, len);
		if (rc > 0) {
			out->number = ++r->number;
			return 1;
		}
	}
	return rc;
}
