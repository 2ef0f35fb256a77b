/* SPDX-License-Identifier: MIT */
/*
 * pair.c - which conversation of one side is which of the other
 *
 * Passes from strict to lenient; each pairs those that are alike in it and were left by the ones
 * before: the same addresses and ports; the same hosts and ports; the same ports; the same
 * protocol. A port that a kernel chose is no port here. Within a pass those that are alike are
 * paired in the order in which they were opened, and where one side has fewer, by what was said in
 * them.
 */
#include "base/digest.h"
#include "diff/diff_own.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define PASSES 4

/* A scenario's own sockets have ports from 50001 on, which are fixed; kernels choose below. */
static bool chosen(const struct diff_source *s, uint16_t port)
{
	if (s->kind == SOURCE_CAPTURE)
		return port >= 32768;
	return port >= 32768 && port <= 50000;
}

static void add_host(struct buf *key, const struct diff_source *s, const struct packet_end *e,
                     int pass)
{
	int host = timeline_host_of(s->evidence.timeline, &e->addr);
	char text[46];

	if (pass == 0)
		buf_printf(key, " %s", packet_addr_text(&e->addr, text));
	else if (pass == 1)
		buf_printf(key, " %s", host < 0 ? "?" : timeline_host(s->evidence.timeline, host));
}

static char *key_of(const struct diff_source *s, const struct flow *f, int pass)
{
	struct buf key = {0};

	buf_printf(&key, "%u", f->protocol);
	for (int side = 1; side >= 0; side--) {
		const struct packet_end *e = &f->side[side].end;

		add_host(&key, s, e, pass);
		if (pass < 3 && !chosen(s, e->port) && (side == 1 || pass < 2))
			buf_printf(&key, ":%u", e->port);
	}
	return buf_take(&key);
}

/* What was said in it, as far as it says which of several alike it is. */
static uint64_t said(const struct comparing *c, int side, size_t flow)
{
	const struct trace_flow *f = c->by_index[side][flow];
	uint64_t h = DIGEST_BEGIN;

	for (int dir = 0; f && dir < 2; dir++) {
		const struct buf *b[] = {&f->side[dir].data.stream, &f->side[dir].datagrams};

		for (int k = 0; k < 2; k++) {
			h = digest_add(h, b[k]->p, b[k]->len);
			h = digest_add(h, "\xff", 1);
		}
	}
	return h;
}

struct candidate {
	char *key;
	size_t flow;
};

static int by_key(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = strcmp(a->key, b->key);

	return order ? order : (a->flow > b->flow) - (a->flow < b->flow);
}

/* Those of @side that are not paired yet, sorted. */
static struct candidate *candidates(const struct comparing *c, int side, const int *pair, int pass,
                                    size_t *count)
{
	const struct diff_source *s = c->d->source[side];
	size_t all = flow_count(timeline_flows(s->evidence.timeline));
	struct candidate *list = mem_zero(all + 1, sizeof *list);

	*count = 0;
	for (size_t i = 0; i < all; i++) {
		if (pair[i] >= 0 || !c->by_index[side][i]->first)
			continue;
		list[(*count)++] = (struct candidate){
		    key_of(s, flow_get(timeline_flows(s->evidence.timeline), i), pass), i};
	}
	qsort(list, *count, sizeof *list, by_key);
	return list;
}

static size_t run_of(const struct candidate *list, size_t from, size_t count)
{
	size_t n = 1;

	while (from + n < count && strcmp(list[from + n].key, list[from].key) == 0)
		n++;
	return n;
}

/* What was said in each of a run, as texts; free() each and the list. */
static char **sayings(const struct comparing *c, int side, const struct candidate *list, size_t n)
{
	char **text = mem_zero(n, sizeof(char *));

	for (size_t i = 0; i < n; i++)
		text[i] = mem_printf("%llx", (unsigned long long)said(c, side, list[i].flow));
	return text;
}

static void drop(char **text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(text[i]);
	free(text);
}

/* Those between two that are alike for sure, in order. */
static void fill_gaps(int *to, size_t n, size_t m)
{
	size_t next = 0;

	for (size_t i = 0, sure = 0; i < n; i++) {
		while (sure < n && (sure < i || to[sure] < 0))
			sure++;
		if (to[i] < 0 && next < (sure < n ? (size_t)to[sure] : m))
			to[i] = (int)next;
		if (to[i] >= 0)
			next = (size_t)to[i] + 1;
	}
}

static void pair_run(const struct comparing *c, const struct candidate *a, size_t n,
                     const struct candidate *b, size_t m, int *pair[2])
{
	int *to = mem_zero(n, sizeof *to);

	for (size_t i = 0; i < n; i++)
		to[i] = (int)i;
	if (n != m) {
		char **x = sayings(c, 0, a, n), **y = sayings(c, 1, b, m);

		diff_align((const char *const *)x, n, (const char *const *)y, m, to);
		fill_gaps(to, n, m);
		drop(x, n);
		drop(y, m);
	}
	for (size_t i = 0; i < n; i++) {
		if (to[i] < 0)
			continue;
		pair[0][a[i].flow] = (int)b[to[i]].flow;
		pair[1][b[to[i]].flow] = (int)a[i].flow;
	}
	free(to);
}

static void pair_pass(const struct comparing *c, int *pair[2], int pass)
{
	size_t n, m;
	struct candidate *a = candidates(c, 0, pair[0], pass, &n),
	                 *b = candidates(c, 1, pair[1], pass, &m);

	for (size_t i = 0, k = 0; i < n && k < m;) {
		int order = strcmp(a[i].key, b[k].key);
		size_t ra = run_of(a, i, n), rb = run_of(b, k, m);

		if (order == 0)
			pair_run(c, a + i, ra, b + k, rb, pair);
		i += order <= 0 ? ra : 0;
		k += order >= 0 ? rb : 0;
	}
	for (size_t i = 0; i < n; i++)
		free(a[i].key);
	for (size_t i = 0; i < m; i++)
		free(b[i].key);
	free(a);
	free(b);
}

static void add_conversation(struct comparing *c, const struct flow *a, const struct flow *b)
{
	struct diff *d = c->d;

	MEM_ROOM(d->conversations, d->conversation_count);
	d->conversations[d->conversation_count++] = (struct diff_conversation){
	    .flow = {a, b}, .name = diff_flow_name(d->source[a ? 0 : 1], a ? a : b)};
}

/* In the order of A's opening, those that only B has behind them. */
static void list(struct comparing *c, int *pair[2])
{
	struct flow_table *t[2] = {timeline_flows(side_timeline(c, 0)),
	                           timeline_flows(side_timeline(c, 1))};

	for (size_t i = 0; i < flow_count(t[0]); i++) {
		if (c->by_index[0][i]->first)
			add_conversation(c, flow_get(t[0], i),
			                 pair[0][i] < 0 ? NULL
			                                : flow_get(t[1], (size_t)pair[0][i]));
	}
	for (size_t i = 0; i < flow_count(t[1]); i++) {
		if (c->by_index[1][i]->first && pair[1][i] < 0)
			add_conversation(c, NULL, flow_get(t[1], i));
	}
	if (c->loose_count[0] + c->loose_count[1] > 0) {
		MEM_ROOM(c->d->conversations, c->d->conversation_count);
		c->d->conversations[c->d->conversation_count++] =
		    (struct diff_conversation){.name = mem_text("packets of no conversation")};
	}
}

void diff_pair(struct comparing *c)
{
	int *pair[2];

	for (int side = 0; side < 2; side++) {
		size_t all = flow_count(timeline_flows(side_timeline(c, side)));

		pair[side] = mem_zero(all + 1, sizeof *pair[side]);
		for (size_t i = 0; i < all; i++)
			pair[side][i] = -1;
	}
	for (int pass = 0; pass < PASSES; pass++)
		pair_pass(c, pair, pass);
	list(c, pair);
	free(pair[0]);
	free(pair[1]);
}
