/* SPDX-License-Identifier: MIT */
/*
 * diff_own.h - what the files of diff/ share
 */
#ifndef SOCKPROOF_DIFF_DIFF_OWN_H
#define SOCKPROOF_DIFF_DIFF_OWN_H
#include "base/mem.h"
#include "diff/diff.h"
#include <stdint.h>

/* Differences of one kind and weight that are kept with their places; the others are counted. */
#define DIFF_KEPT       200u
#define DIFF_LAST       UINT64_MAX       /* behind everything that has a place */
#define DIFF_BY_OTHER   (UINT64_MAX - 1) /* to be found by the other side's packet */
#define DIFF_EVENT_NONE SIZE_MAX

/* The packets of the conversation under way on one side. */
struct stretch {
	const int64_t *packets; /* numbers, rising */
	size_t count;
	int *partner; /* of each: index in the other side's, or -1 */
	size_t *row;  /* of each */
};

/* What a comparison needs under way. */
struct comparing {
	struct diff *d;
	const struct diff_setting *set;
	struct trace flows[2];           /* what each side of each flow said */
	struct trace_flow **by_index[2]; /* by the index in the timeline's flow table */
	int64_t **packets[2];            /* by flow: its packets' numbers, rising */
	size_t *packet_count[2];
	int64_t *loose[2]; /* packets of no flow */
	size_t loose_count[2];
	int by; /* the side that knows the order of things: a case's timeline, A's otherwise */
	uint64_t *mapped; /* by the other side's packet: the order of its partner; 0: it has none */
	int v;            /* the conversation under way; -1: none */
	struct stretch now[2];
};

static inline const struct timeline *side_timeline(const struct comparing *c, int side)
{
	return c->d->source[side]->evidence.timeline;
}

static inline const struct timeline_packet *side_packet(const struct comparing *c, int side,
                                                        size_t k)
{
	return timeline_packet(side_timeline(c, side), c->now[side].packets[k]);
}

static inline struct diff_conversation *conversation(const struct comparing *c)
{
	return &c->d->conversations[c->v];
}

/*
 * Note a difference, in the conversation under way if there is one. a, b: packet numbers, 0 for
 * none. Returns the item, or NULL when only its count is kept; good until the next one.
 */
struct diff_item *diff_add(struct comparing *c, enum diff_kind kind, bool parts, int64_t a,
                           int64_t b, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* The step under way when event @event of @side happened, into @place. */
void diff_set_step(const struct comparing *c, struct diff_place *place, int side, size_t event);
/* @s of a source as the other files of a case call it: "pass", or "". free() it. */
char *diff_verdict(const struct diff_source *s);

/* What a place shows of a packet: "P. seq 1:14 ack 1 len 13 ..."; free() it. */
char *diff_packet_words(const struct diff_source *s, int64_t number, bool detail);

/* The parts of a comparison. */
void diff_pair(struct comparing *c); /* makes the conversations */
/* Rows of the conversation under way, by the partners of its packets. */
void diff_rows(struct comparing *c);
void diff_tcp(struct comparing *c);
void diff_datagrams(struct comparing *c); /* of UDP, or packets of no conversation */
void diff_icmp(struct comparing *c);
void diff_order(struct comparing *c, bool (*counts)(const struct timeline_packet *p));
void diff_times(struct comparing *c);
void diff_sections(struct comparing *c); /* steps, states, programs: out of the traces */
void diff_facts(struct comparing *c);
/* Takes both values; adds nothing when they are the same. */
void diff_add_fact(struct diff *d, const char *name, char *a, char *b);

/* Two lists of texts aligned: pair[i] of a's i-th is the index in b, or -1. */
void diff_align(const char *const *a, size_t n, const char *const *b, size_t m, int *pair);

#endif
