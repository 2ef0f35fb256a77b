/* SPDX-License-Identifier: MIT */
/* talks.c - see talks.h: the table */
#include "inspect/talks.h"
#include "base/mem.h"
#include "inspect/talks_own.h"
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

enum {
	RING = 64,  /* a power of two, more than LATE */
	EARLY = 16, /* segments behind the newest: its slot has come, its conversation is fetched */
	LATE = 40,  /* its conversation has come: it is done */
	BLOCK_TALKS = 8192,
	SLOTS_FIRST = 1024, /* a power of two */
};
#define BLOCK_BYTES (BLOCK_TALKS * sizeof(struct talk)) /* 2 MiB: one huge page where there are */

/* Half of the hash, so that few talks are looked at in vain; the index from 1. 0: free. */
typedef uint64_t slot;

struct talks {
	slot *slots;
	size_t mask;
	struct talk **blocks;
	size_t block_count, count;
	uint32_t tcp, udp;
	uint64_t seed; /* of this run, so that nobody can write a capture whose pairs collide */
	uint64_t queued, fetched, done; /* segments, counted from the first */
	struct segment ring[RING];
	uint64_t hash[RING];
};

static void *aligned(size_t size)
{
	void *p = NULL;
	int rc = posix_memalign(&p, BLOCK_BYTES, size);

	if (rc != 0) {
		fputs("out of memory\n", stderr);
		abort();
	}
	/* no more than advice */
	(void)madvise(p, size, MADV_HUGEPAGE);
	return p;
}

static slot *make_slots(size_t count)
{
	slot *slots;

	if (count * sizeof *slots < BLOCK_BYTES)
		return mem_zero(count, sizeof *slots);
	slots = aligned(count * sizeof *slots);
	memset(slots, 0, count * sizeof *slots);
	return slots;
}

struct talks *talks_open(void)
{
	struct talks *t = mem_zero(1, sizeof *t);

	t->slots = make_slots(SLOTS_FIRST);
	t->mask = SLOTS_FIRST - 1;
	/* without it collisions can be planned; nothing else is at stake */
	(void)getrandom(&t->seed, sizeof t->seed, GRND_NONBLOCK);
	return t;
}

void talks_close(struct talks **talks)
{
	struct talks *t = *talks;

	if (!t)
		return;
	*talks = NULL;
	for (size_t i = 0; i < t->block_count; i++)
		free(t->blocks[i]);
	free(t->blocks);
	free(t->slots);
	free(t);
}

static struct talk *at_index(const struct talks *t, size_t index)
{
	return &t->blocks[index / BLOCK_TALKS][index % BLOCK_TALKS];
}

size_t talks_count(const struct talks *t)
{
	return t->count;
}

const struct talk *talks_get(const struct talks *t, size_t index)
{
	return index < t->count ? at_index(t, index) : NULL;
}

/* Two words into one: both halves of their product (as in wyhash). */
static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const struct talks *t, const struct pair *p)
{
	uint64_t ports;
	uint64_t h = t->seed ^ 0xa0761d6478bd642fu;

	/* ports, protocol and version */
	memcpy(&ports, (const char *)p + offsetof(struct pair, port), sizeof ports);
	if (p->version == 6)
		h = mix(p->address[0][1] ^ h, p->address[1][1] ^ 0x8ebc6af09c88c6e3u);
	h = mix(p->address[0][0] ^ h, p->address[1][0] ^ 0xe7037ed1a0b428dbu);
	return mix(h ^ ports, t->seed ^ 0x589965cc75374cc3u);
}

static void grow(struct talks *t)
{
	size_t size = (t->mask + 1) * 2, mask = size - 1;
	slot *slots = make_slots(size);

	for (size_t i = 0; i <= t->mask; i++) {
		size_t k;

		if (t->slots[i] == 0)
			continue;
		k = hash_of(t, &at_index(t, (uint32_t)t->slots[i] - 1)->pair) & mask;
		while (slots[k] != 0)
			k = (k + 1) & mask;
		slots[k] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->mask = mask;
}

/* The slot of this pair, or the free one where it belongs. */
static slot *find(const struct talks *t, const struct pair *p, uint64_t hash)
{
	size_t k = hash & t->mask;

	while (t->slots[k] != 0) {
		if (t->slots[k] >> 32 == hash >> 32 &&
		    pair_equal(&at_index(t, (uint32_t)t->slots[k] - 1)->pair, p))
			break;
		k = (k + 1) & t->mask;
	}
	return &t->slots[k];
}

/* A conversation that begins with @s, into its @place. */
static struct talk *begin(struct talks *t, slot *place, uint64_t hash, const struct segment *s)
{
	bool was_free = *place == 0;
	struct talk *talk;

	if (t->count == UINT32_MAX) {
		fputs("more than 4,294,967,295 conversations\n", stderr);
		abort();
	}
	if (t->count == t->block_count * BLOCK_TALKS) {
		MEM_ROOM(t->blocks, t->block_count);
		t->blocks[t->block_count++] = aligned(BLOCK_BYTES);
	}
	talk = at_index(t, t->count);
	*talk = (struct talk){.pair = s->pair,
	                      .first_at = s->at,
	                      .last_at = s->at,
	                      .opener = s->dir,
	                      .opener_known = s->pair.protocol == IPPROTO_UDP,
	                      .first_number = s->number,
	                      .handshake = -1,
	                      .ended = FLOW_OPEN};
	talk->stream = s->pair.protocol == IPPROTO_TCP ? t->tcp++ : t->udp++;
	t->count++;
	*place = (hash >> 32) << 32 | t->count;
	if (was_free && t->count * 2 > t->mask)
		grow(t);
	return talk;
}

static struct talk *take(struct talks *t, const struct segment *s, uint64_t hash)
{
	slot *place = find(t, &s->pair, hash);
	struct talk *talk = *place ? at_index(t, (uint32_t)*place - 1) : NULL;

	if (s->refusal) {
		if (talk)
			talk_refused(talk, s);
		return talk;
	}
	if (!talk || talk_reopens(talk, s))
		talk = begin(t, place, hash, s);
	talk_add(talk, s);
	return talk;
}

struct segment *talks_next(struct talks *t)
{
	return &t->ring[t->queued % RING];
}

/* Ask for the memory of the next segment's conversation, if its slot tells where it is. */
static void fetch(struct talks *t)
{
	uint64_t k = t->fetched++ % RING, hash = t->hash[k];
	size_t at = hash & t->mask;

	while (t->slots[at] != 0 && t->slots[at] >> 32 != hash >> 32)
		at = (at + 1) & t->mask;
	if (t->slots[at] != 0) {
		const struct talk *talk = at_index(t, (uint32_t)t->slots[at] - 1);

		__builtin_prefetch(talk, 1);
		__builtin_prefetch(&talk->side[t->ring[k].dir], 1);
	}
}

void talks_push(struct talks *t)
{
	uint64_t k = t->queued++ % RING;

	t->hash[k] = hash_of(t, &t->ring[k].pair);
	__builtin_prefetch(&t->slots[t->hash[k] & t->mask]);
	if (t->queued - t->fetched > EARLY)
		fetch(t);
	if (t->queued - t->done > LATE) {
		k = t->done++ % RING;
		take(t, &t->ring[k], t->hash[k]);
	}
}

const struct talk *talks_flush(struct talks *t)
{
	struct talk *last = NULL;

	for (; t->done < t->queued; t->done++)
		last = take(t, &t->ring[t->done % RING], t->hash[t->done % RING]);
	t->fetched = t->queued;
	return last;
}
