/* SPDX-License-Identifier: MIT */
/*
 * records.c - which format it is; classic pcap (draft-ietf-opsawg-pcap)
 */
#include "inspect/records.h"
#include "base/err.h"
#include "base/mem.h"
#include "inspect/records_own.h"
#include "savefile/pcapng.h"
#include "savefile/pcapng_format.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
	HEADER = 24,
	RECORD = 16,
	RECORD_PATCHED = 24, /* interface index, protocol, packet type behind the usual fields */
};

#define MAGIC_US      0xa1b2c3d4u
#define MAGIC_NS      0xa1b23c4du
#define MAGIC_PATCHED 0xa1b2cd34u /* Kuznetzov's libpcap of old Linux distributions */
/* Above this a snap length is nonsense, and a frame's length with it. */
#define FRAME_MAX ((uint32_t)16 << 20)
/* The upper bits say whether frames end in a check sequence. */
#define LINKTYPE_MASK 0x03ffffffu

static bool known_magic(struct records *r, uint32_t magic)
{
	r->head = magic == MAGIC_PATCHED ? RECORD_PATCHED : RECORD;
	r->fraction = magic == MAGIC_NS ? 1 : 1000;
	return magic == MAGIC_US || magic == MAGIC_NS || magic == MAGIC_PATCHED;
}

static int read_header(struct records *r, struct err *err)
{
	const uint8_t *p;
	uint32_t magic, snaplen;
	int rc = source_need(r->s, HEADER, err);

	if (rc < 0)
		return -1;
	if (r->s->left >= 2 && r->s->p[0] == 0x1f && r->s->p[1] == 0x8b)
		return err_set(err, EBADMSG,
		               "at byte 0: compressed by gzip: zcat FILE | sockproof inspect -");
	if (r->s->left < 4)
		return err_set(err, EBADMSG, "at byte %zu: the file ends, too short for a capture",
		               r->s->left);
	p = r->s->p;
	memcpy(&magic, p, sizeof magic);
	r->ng = magic == BLOCK_SECTION;
	if (r->ng)
		return 0;
	if (!known_magic(r, magic)) {
		r->swapped = true;
		if (!known_magic(r, __builtin_bswap32(magic)))
			return err_set(err, EBADMSG, "at byte 0: neither pcap nor pcapng");
	}
	if (rc == 0)
		return err_set(err, EBADMSG, "at byte 0: cut short inside the file's header");
	if (field16(r, p + 4) != 2)
		return err_set(err, EBADMSG, "at byte 4: pcap version %u: only 2 is known",
		               field16(r, p + 4));
	snaplen = field32(r, p + 16);
	r->frame_max =
	    snaplen > PCAPNG_PACKET_MAX && snaplen <= FRAME_MAX ? snaplen : PCAPNG_PACKET_MAX;
	r->linktype = field32(r, p + 20) & LINKTYPE_MASK;
	source_take(r->s, HEADER);
	return 0;
}

struct records *records_open(struct source *s, struct err *err)
{
	struct records *r = mem_zero(1, sizeof *r);

	r->s = s;
	if (read_header(r, err) == 0)
		return r;
	records_close(&r);
	return NULL;
}

void records_close(struct records **records)
{
	struct records *r = *records;

	if (!r)
		return;
	*records = NULL;
	free(r->interfaces);
	free(r);
}

const char *records_format(const struct records *r)
{
	if (r->ng)
		return "pcapng";
	return r->fraction == 1 ? "nanosecond pcap" : "pcap";
}

static int cut_short(const struct records *r, struct err *err)
{
	return err_set(err, EBADMSG,
	               "at byte %" PRIu64
	               ": cut short: the file ends inside a packet, at byte %" PRIu64,
	               r->s->at, r->s->at + r->s->left);
}

static int next_classic(struct records *r, struct record *out, struct err *err)
{
	struct source *s = r->s;
	const uint8_t *p;
	uint32_t len;
	int rc = source_need(s, r->head, err);

	if (rc < 0 || (rc == 0 && s->left == 0))
		return rc;
	if (rc == 0)
		return cut_short(r, err);
	len = field32(r, s->p + 8);
	if (len > r->frame_max)
		return err_set(err, EBADMSG, "at byte %llu: a packet of %u bytes: %u are the most",
		               (unsigned long long)s->at, len, r->frame_max);
	rc = source_need(s, (size_t)r->head + len, err);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return cut_short(r, err);
	p = s->p;
	out->number = ++r->number;
	out->at = (int64_t)field32(r, p) * 1000000000 + (int64_t)field32(r, p + 4) * r->fraction;
	out->data = p + r->head;
	out->len = len;
	out->original = field32(r, p + 12);
	out->linktype = r->linktype;
	out->section = out->interface = 0;
	out->has_id = false;
	source_take(s, (size_t)r->head + len);
	return 1;
}

int records_next(struct records *r, struct record *out, struct err *err)
{
	return r->ng ? records_ng_next(r, out, err) : next_classic(r, out, err);
}
