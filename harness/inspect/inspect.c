/* SPDX-License-Identifier: MIT */
/* inspect.c - see inspect.h */
#include "inspect/inspect.h"
#include "base/err.h"
#include "base/mem.h"
#include "inspect/fragments.h"
#include "inspect/sieve.h"
#include "inspect/sights.h"
#include "inspect/source.h"
#include "inspect/talks.h"
#include "savefile/link.h"
#include <stdlib.h>
#include <string.h>

struct inspection {
	struct talks *talks;
	struct fragments *fragments; /* NULL until the first fragment */
	struct sights *sights;       /* NULL until the first packet that has an id */
	struct inspect_totals totals;
};

struct inspection *inspect_open(void)
{
	struct inspection *i = mem_zero(1, sizeof *i);

	i->talks = talks_open();
	i->totals.format = "nothing";
	return i;
}

void inspect_close(struct inspection **inspection)
{
	struct inspection *i = *inspection;

	if (!i)
		return;
	*inspection = NULL;
	talks_close(&i->talks);
	fragments_close(&i->fragments);
	sights_close(&i->sights);
	free(i);
}

static void count_not_read(struct inspect_totals *t, uint32_t linktype)
{
	if (t->not_read++ == 0)
		t->not_read_type = linktype;
	t->not_read_others = t->not_read_others || linktype != t->not_read_type;
}

static void count_none(struct inspect_totals *t, enum skimmed what, uint32_t linktype)
{
	if (what == SKIM_NO_IP && !link_is_known(linktype))
		count_not_read(t, linktype);
	else if (what == SKIM_NO_IP)
		t->no_ip++;
	else if (what == SKIM_OTHER)
		t->other++;
	else
		t->too_short++;
}

/* @keep: the pieces of datagrams. Returns whether a datagram in pieces became whole. */
static bool add(struct inspection *i, const struct record *r, bool keep)
{
	bool pieces = false;
	struct segment *s = talks_next(i->talks);
	struct piece piece;
	enum skimmed what = skim(r, s, &piece);

	i->totals.packets++;
	i->totals.bytes += r->original;
	if (i->totals.packets == 1)
		i->totals.first_at = i->totals.last_at = r->at;
	if (r->at > i->totals.last_at)
		i->totals.last_at = r->at;
	if (what == SKIM_FRAGMENT) {
		if (!i->fragments)
			i->fragments = fragments_open(keep);
		if (!fragments_add(i->fragments, &piece, r, s, &what))
			return false;
		pieces = true;
	}
	if (what == SKIM_SEGMENT || what == SKIM_REFUSAL)
		talks_push(i->talks);
	if (what != SKIM_SEGMENT)
		count_none(&i->totals, what == SKIM_REFUSAL ? SKIM_OTHER : what, r->linktype);
	return pieces;
}

/* Another interface's sight of a packet that is counted already. */
static bool seen_again(struct inspection *i, const struct record *r)
{
	if (!i->sights)
		i->sights = sights_open();
	if (!sights_again(i->sights, r))
		return false;
	i->totals.seen_again++;
	return true;
}

/* One frame at a time, because the frame must still be there when its conversation is known. */
static int watch(struct inspection *i, const struct record *r, const struct inspect_options *o,
                 struct err *err)
{
	bool in_pieces = add(i, r, true);
	const struct talk *talk = talks_flush(i->talks);
	const struct record *piece;
	size_t pieces;

	if (i->fragments && fragments_have_room(i->fragments, err) < 0)
		return -1;
	if (!talk || talk != talks_get(i->talks, o->watch - 1))
		return 0;
	pieces = in_pieces ? fragments_kept(i->fragments, &piece) : 0;
	for (size_t k = 0; k < pieces; k++) {
		if (o->on_packet(o->arg, &piece[k], err) < 0)
			return -1;
	}
	return o->on_packet(o->arg, r, err);
}

static int run(struct inspection *i, struct records *records, const struct inspect_options *o,
               struct sieve *sieve, struct err *err)
{
	struct record r;
	int rc;

	while ((rc = records_next(records, &r, err)) > 0) {
		if (sieve) {
			int wanted = sieve_wants(sieve, &r, err);

			if (wanted < 0)
				return -1;
			if (wanted == 0)
				continue;
		}
		if (__builtin_expect(r.has_id, 0) && seen_again(i, &r))
			continue;
		if (o->watch == 0)
			add(i, &r, false);
		else if (watch(i, &r, o, err) < 0)
			return -1;
	}
	return rc;
}

static int inspect_source(struct inspection *i, struct source *s, const struct inspect_options *o,
                          struct err *err)
{
	struct sieve *sieve = o->filter ? sieve_open(o->filter) : NULL;
	struct records *records = records_open(s, err);
	int rc = -1;

	if (records) {
		i->totals.format = records_format(records);
		rc = run(i, records, o, sieve, err);
		talks_flush(i->talks);
	}
	i->totals.file_bytes = s->at;
	records_close(&records);
	sieve_close(&sieve);
	return rc;
}

int inspect_fd(struct inspection *i, int fd, const struct inspect_options *o, struct err *err)
{
	struct source s = source_of_fd(fd);
	int rc = inspect_source(i, &s, o, err);

	source_close(&s);
	return rc;
}

int inspect_memory(struct inspection *i, const void *p, size_t len, const struct inspect_options *o,
                   struct err *err)
{
	struct source s = source_of_memory(p, len);
	int rc = inspect_source(i, &s, o, err);

	source_close(&s);
	return rc;
}

size_t inspect_count(const struct inspection *i)
{
	return talks_count(i->talks);
}

static struct inspect_side side_of(const struct talk *t, unsigned k)
{
	const struct talk_side *from = &t->side[k];
	struct inspect_side side = {
	    .end.port = t->pair.port[k],
	    .end.addr.version = t->pair.version,
	    .packets = from->packets,
	    .bytes = from->bytes,
	    .payload = from->payload,
	    .retransmissions = from->retransmissions,
	    .out_of_order = from->out_of_order,
	    .resets = from->resets,
	    .fragments = t->piece_packets[k],
	    .fragment_bytes = t->piece_bytes[k],
	};

	memcpy(side.end.addr.bytes, t->pair.address[k], sizeof side.end.addr.bytes);
	return side;
}

struct inspect_flow inspect_get(const struct inspection *i, size_t index)
{
	const struct talk *t = talks_get(i->talks, index);

	return (struct inspect_flow){
	    .number = index + 1,
	    .protocol = t->pair.protocol,
	    .stream = t->stream,
	    .side = {side_of(t, t->opener), side_of(t, !t->opener)},
	    .opener_known = t->opener_known,
	    .first_number = t->first_number,
	    .opened_at = t->first_at,
	    .last_at = t->last_at,
	    .handshake = t->handshake,
	    .ended = (enum flow_end)t->ended,
	};
}

struct inspect_totals inspect_totals(const struct inspection *i)
{
	struct inspect_totals totals = i->totals;

	totals.fragments_lost = i->fragments ? fragments_lost(i->fragments) : 0;
	return totals;
}

static const char *const orders[] = {"opened", "bytes", "packets", "duration", "retransmissions"};
_Static_assert(sizeof orders / sizeof *orders == INSPECT_RETRANSMISSIONS + 1, "a word each");

int inspect_order_number(const char *word)
{
	for (size_t k = 0; k < sizeof orders / sizeof *orders; k++) {
		if (strcmp(orders[k], word) == 0)
			return (int)k;
	}
	return -1;
}

/* What is sorted: larger first, then the earlier conversation. */
struct rank {
	uint64_t weight;
	size_t index;
};

static uint64_t weight_of(const struct talk *t, enum inspect_order order)
{
	const struct talk_side *a = &t->side[0], *b = &t->side[1];

	switch (order) {
	case INSPECT_BYTES:
		return a->bytes + b->bytes;
	case INSPECT_PACKETS:
		return a->packets + b->packets;
	case INSPECT_DURATION:
		return (uint64_t)t->last_at - (uint64_t)t->first_at;
	case INSPECT_RETRANSMISSIONS:
		return (uint64_t)a->retransmissions + b->retransmissions;
	case INSPECT_OPENED:
	default:
		/* the earliest first: a time turned over, its sign bit with it */
		return ~((uint64_t)t->first_at ^ (UINT64_C(1) << 63));
	}
}

static int compare(const void *x, const void *y)
{
	const struct rank *a = x, *b = y;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

size_t *inspect_sorted(const struct inspection *i, enum inspect_order order)
{
	size_t count = inspect_count(i);
	struct rank *ranks = mem_zero(count + 1, sizeof *ranks);
	size_t *sorted = mem_zero(count + 1, sizeof *sorted);
	bool in_order = true;

	for (size_t k = 0; k < count; k++) {
		ranks[k] = (struct rank){weight_of(talks_get(i->talks, k), order), k};
		in_order = in_order && (k == 0 || compare(&ranks[k - 1], &ranks[k]) < 0);
	}
	/* by time they are, unless clocks went back */
	if (!in_order)
		qsort(ranks, count, sizeof *ranks, compare);
	for (size_t k = 0; k < count; k++)
		sorted[k] = ranks[k].index;
	free(ranks);
	return sorted;
}
