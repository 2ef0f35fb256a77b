/* SPDX-License-Identifier: MIT */
/* fragments.c - see fragments.h */
#include "inspect/fragments.h"
#include "base/err.h"
#include "base/mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	DATAGRAMS = 1024,
	BUCKETS = 1024,
	RANGES = 32, /* holes in one datagram; more, and it is given up */
	HEAD = 128,  /* the longest TCP header, and extension headers in front of it */
};
#define NONE UINT16_MAX
/* Bytes of frames; of honest captures a few wait at a time. */
#define KEPT_MOST ((size_t)64 << 20)

/* Frames that are kept: their bytes are ours. */
struct frames {
	struct record *frame;
	size_t count, bytes;
};

struct datagram {
	struct piece first; /* of the piece seen first: who, and which; its data is not kept */
	uint16_t next;      /* in the bucket */
	bool used, has_total;
	uint32_t total, frames, bytes;
	unsigned count;
	struct {
		uint32_t begin, end;
	} range[RANGES]; /* what was there: apart from each other, in order */
	uint8_t head[HEAD];
	struct frames kept;
};

struct fragments {
	struct datagram datagram[DATAGRAMS];
	uint16_t bucket[BUCKETS];
	uint64_t turn, lost;
	bool keep;
	struct frames whole; /* of the datagram that became whole last */
	size_t kept_bytes;   /* in all datagrams */
};

struct fragments *fragments_open(bool keep)
{
	struct fragments *f = mem_zero(1, sizeof *f);

	f->keep = keep;
	for (size_t i = 0; i < BUCKETS; i++)
		f->bucket[i] = NONE;
	return f;
}

static void forget(struct frames *k)
{
	for (size_t i = 0; i < k->count; i++)
		free((void *)(uintptr_t)k->frame[i].data);
	free(k->frame);
	*k = (struct frames){0};
}

void fragments_close(struct fragments **fragments)
{
	struct fragments *f = *fragments;

	if (!f)
		return;
	*fragments = NULL;
	for (size_t i = 0; i < DATAGRAMS; i++)
		forget(&f->datagram[i].kept);
	forget(&f->whole);
	free(f);
}

static void keep_frame(struct fragments *f, struct datagram *d, const struct record *r)
{
	struct frames *k = &d->kept;

	if (!f->keep || f->kept_bytes > KEPT_MOST)
		return;
	MEM_ROOM(k->frame, k->count);
	k->frame[k->count] = *r;
	k->frame[k->count++].data = mem_copy(r->data, r->len);
	k->bytes += sizeof *r + r->len;
	f->kept_bytes += sizeof *r + r->len;
}

static unsigned bucket_of(const struct piece *p)
{
	uint64_t h = p->ident;

	for (int i = 0; i < 4; i++)
		h = (h ^ p->address[i / 2][i % 2]) * 0x9e3779b97f4a7c15u;
	return (unsigned)(h >> 32) % BUCKETS;
}

static bool same(const struct piece *a, const struct piece *b)
{
	return a->ident == b->ident && a->version == b->version && a->protocol == b->protocol &&
	       memcmp(a->address, b->address, sizeof a->address) == 0;
}

static void release(struct fragments *f, struct datagram *d)
{
	uint16_t *link = &f->bucket[bucket_of(&d->first)];

	while (&f->datagram[*link] != d)
		link = &f->datagram[*link].next;
	*link = d->next;
	d->used = false;
	f->kept_bytes -= d->kept.bytes;
}

static void give_up(struct fragments *f, struct datagram *d)
{
	f->lost += d->frames;
	release(f, d);
	forget(&d->kept);
}

/* The next place in turn; whoever is still there has waited for DATAGRAMS others. */
static struct datagram *place(struct fragments *f)
{
	struct datagram *d = &f->datagram[f->turn++ % DATAGRAMS];

	if (d->used)
		give_up(f, d);
	return d;
}

static struct datagram *find(struct fragments *f, const struct piece *p)
{
	uint16_t *bucket = &f->bucket[bucket_of(p)];
	struct datagram *d;

	for (uint16_t i = *bucket; i != NONE; i = f->datagram[i].next) {
		if (same(&f->datagram[i].first, p))
			return &f->datagram[i];
	}
	d = place(f);
	*d = (struct datagram){.first = *p, .used = true, .next = *bucket};
	*bucket = (uint16_t)(d - f->datagram);
	return d;
}

/* Note that the bytes from @begin to @end were there. Returns false when there are too many
 * holes. */
static bool cover(struct datagram *d, uint32_t begin, uint32_t end)
{
	unsigned from = 0, to;

	while (from < d->count && d->range[from].end < begin)
		from++;
	for (to = from; to < d->count && d->range[to].begin <= end; to++) {
		if (d->range[to].begin < begin)
			begin = d->range[to].begin;
		if (d->range[to].end > end)
			end = d->range[to].end;
	}
	/* [from, to) become one */
	if (from == to && d->count == RANGES)
		return false;
	memmove(&d->range[from + 1], &d->range[to], (d->count - to) * sizeof *d->range);
	d->count = d->count - (to - from) + 1;
	d->range[from].begin = begin;
	d->range[from].end = end;
	return true;
}

static void keep_head(struct datagram *d, const struct piece *p)
{
	if (p->offset < HEAD) {
		uint32_t room = HEAD - p->offset;

		memcpy(d->head + p->offset, p->data, p->len < room ? p->len : room);
	}
}

bool fragments_add(struct fragments *f, const struct piece *p, const struct record *r,
                   struct segment *s, enum skimmed *what)
{
	struct datagram *d = find(f, p);

	forget(&f->whole);
	d->frames++;
	d->bytes += r->original;
	if (!p->more) {
		d->has_total = true;
		d->total = p->offset + p->len;
	}
	if (!cover(d, p->offset, p->offset + p->len)) {
		give_up(f, d);
		return false;
	}
	keep_head(d, p);
	if (!d->has_total || d->count != 1 || d->range[0].begin != 0 ||
	    d->range[0].end < d->total) {
		keep_frame(f, d, r);
		return false;
	}
	s->pieces = (uint16_t)(d->frames - 1);
	s->piece_bytes = d->bytes - r->original;
	*what = skim_whole(&d->first, d->head, d->total < HEAD ? d->total : HEAD, d->total, s);
	release(f, d);
	f->whole = d->kept;
	d->kept = (struct frames){0};
	return true;
}

size_t fragments_kept(const struct fragments *f, const struct record **out)
{
	*out = f->whole.frame;
	return f->whole.count;
}

int fragments_have_room(const struct fragments *f, struct err *err)
{
	if (f->kept_bytes <= KEPT_MOST)
		return 0;
	return err_set(err, E2BIG,
	               "more than %zu MB of fragments wait for the rest of their datagrams: too "
	               "many to draw; --filter narrows it down",
	               KEPT_MOST >> 20);
}

uint64_t fragments_lost(const struct fragments *f)
{
	uint64_t lost = f->lost;

	for (size_t i = 0; i < DATAGRAMS; i++)
		lost += f->datagram[i].used ? f->datagram[i].frames : 0;
	return lost;
}
