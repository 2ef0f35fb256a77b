/* SPDX-License-Identifier: MIT */
/*
 * flow.c - the table of flows: a 5-tuple finds its latest flow; UDP and ICMP errors
 *
 * Flows are kept in order of opening. Beside them lies an open-addressing hash table from 5-tuple,
 * either way round, to the latest flow on it.
 */
#include "packet/flow_state.h"
#include <assert.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>

struct flow_table {
	bool keep;
	struct flow_state **flows;
	size_t count;
	size_t *slots;     /* index + 1 of a flow; 0: free */
	size_t slot_count; /* a power of two */
	size_t used;
};

struct flow_table *flow_table_open(bool keep_streams)
{
	struct flow_table *t = mem_zero(1, sizeof *t);

	t->keep = keep_streams;
	t->slot_count = 64;
	t->slots = mem_zero(t->slot_count, sizeof *t->slots);
	return t;
}

void flow_table_close(struct flow_table **table)
{
	struct flow_table *t = *table;

	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++) {
		spans_free(&t->flows[i]->hidden[0].spans);
		spans_free(&t->flows[i]->hidden[1].spans);
		free(t->flows[i]);
	}
	free(t->flows);
	free(t->slots);
	free(t);
	*table = NULL;
}

static uint64_t mix(uint64_t h)
{
	/* the finalizer of MurmurHash3: every bit of the input moves every bit of the output */
	h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}

static uint64_t hash_end(const struct packet_end *e)
{
	uint64_t h = e->port;

	for (size_t i = 0; i < sizeof e->addr.bytes; i += 8) {
		uint64_t word = 0;
		for (size_t k = 0; k < 8; k++)
			word = word << 8 | e->addr.bytes[i + k];
		h = mix(h ^ word);
	}
	return h;
}

static bool joins(const struct flow *f, uint8_t protocol, const struct packet_end *a,
                  const struct packet_end *b)
{
	const struct packet_end *x = &f->side[0].end, *y = &f->side[1].end;

	return f->protocol == protocol && ((packet_end_equal(x, a) && packet_end_equal(y, b)) ||
	                                   (packet_end_equal(x, b) && packet_end_equal(y, a)));
}

/* The slot of this 5-tuple, or the free one where it would go. The sum makes both ways round alike.
 */
static size_t *slot(const struct flow_table *t, uint8_t protocol, const struct packet_end *a,
                    const struct packet_end *b)
{
	size_t i = mix(hash_end(a) + hash_end(b) + protocol);

	for (;; i++) {
		size_t *s = &t->slots[i & (t->slot_count - 1)];
		if (*s == 0 || joins(&t->flows[*s - 1]->flow, protocol, a, b))
			return s;
	}
}

static void grow_slots(struct flow_table *t)
{
	size_t *old = t->slots, old_count = t->slot_count;

	t->slot_count *= 2;
	t->slots = mem_zero(t->slot_count, sizeof *t->slots);
	for (size_t i = 0; i < old_count; i++) {
		if (old[i] == 0)
			continue;
		const struct flow *f = &t->flows[old[i] - 1]->flow;
		*slot(t, f->protocol, &f->side[0].end, &f->side[1].end) = old[i];
	}
	free(old);
}

static struct flow_state *open_flow(struct flow_table *t, int64_t number, int64_t at,
                                    const struct packet *p)
{
	struct flow_state *s = mem_zero(1, sizeof *s);
	bool answer = p->protocol == IPPROTO_TCP &&
	              (p->tcp.flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);

	s->flow = (struct flow){
	    .index = (unsigned)t->count,
	    .protocol = p->protocol,
	    .side = {{.end = answer ? p->dst : p->src}, {.end = answer ? p->src : p->dst}},
	    .first_number = number,
	    .opened_at = at,
	    .closed_first = -1,
	};
	for (int i = 0; i < 2; i++)
		spans_init(&s->hidden[i].spans, t->keep);
	MEM_ROOM(t->flows, t->count);
	t->flows[t->count++] = s;
	if (2 * t->used >= t->slot_count)
		grow_slots(t);
	size_t *at_slot = slot(t, p->protocol, &p->src, &p->dst);
	if (*at_slot == 0)
		t->used++;
	*at_slot = t->count;
	return s;
}

static struct flow_state *latest(const struct flow_table *t, uint8_t protocol,
                                 const struct packet_end *a, const struct packet_end *b)
{
	size_t index = *slot(t, protocol, a, b);

	return index ? t->flows[index - 1] : NULL;
}

static int direction(const struct flow *f, const struct packet_end *src)
{
	return packet_end_equal(src, &f->side[0].end) ? 0 : 1;
}

/* A SYN with another initial sequence number: is it a new connection, RFC 9293 3.6.1 and 3.8.3? */
static bool begins_anew(const struct flow_state *s, const struct packet *p)
{
	if (s->flow.protocol != IPPROTO_TCP || (p->tcp.flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
		return false;
	int dir = direction(&s->flow, &p->src);
	bool never_answered = dir == 0 && s->flow.side[1].packets == 0;
	if (s->flow.ended == FLOW_OPEN && !never_answered)
		return false;
	return !s->hidden[dir].syn || s->flow.side[dir].isn != p->tcp.seq;
}

static void add_udp(struct flow_state *s, int dir, const struct packet *p)
{
	struct flow_side *me = &s->flow.side[dir];
	struct spans *spans = &s->hidden[dir].spans;

	spans_add(spans, spans->edge, p->data + p->payload_off, p->payload_len);
	me->bytes = spans->edge - 1;
	me->stream = (const uint8_t *)spans->stream.p;
}

/* Errors that end an attempt to speak: unreachable, but not "fragmentation needed". */
static bool refuses(const struct packet *p)
{
	if (p->version == 4)
		return p->icmp_type == ICMP_DEST_UNREACH && p->icmp_code != ICMP_FRAG_NEEDED;
	return p->icmp_type == ICMP6_DST_UNREACH ||
	       (p->icmp_type == ICMP6_PARAM_PROB && p->icmp_code == ICMP6_PARAMPROB_NEXTHEADER);
}

static void add_icmp_error(struct flow_table *t, int64_t number, int64_t at, const struct packet *p,
                           struct flow_note *note)
{
	const struct packet_quote *q = &p->quote;
	struct flow_state *s = q->has_ports ? latest(t, q->protocol, &q->src, &q->dst) : NULL;

	if (!s)
		return;
	note->flow = &s->flow;
	/* Whoever sends an error sends it to the source of what it quotes; by address alone `lo`
	 * could not tell. */
	note->dir = 1 - direction(&s->flow, &q->src);
	s->flow.last_number = number;
	if (refuses(p) && note->dir == 1 && s->flow.side[1].packets == 0)
		flow_ended(&s->flow, FLOW_REFUSED, at);
}

void flow_add(struct flow_table *t, int64_t number, int64_t at, const struct packet *p,
              struct flow_note *note)
{
	*note = (struct flow_note){0};
	if (p->quote.present) {
		add_icmp_error(t, number, at, p, note);
		return;
	}
	if (!p->has_ports)
		return;
	struct flow_state *s = latest(t, p->protocol, &p->src, &p->dst);
	if (!s || begins_anew(s, p))
		s = open_flow(t, number, at, p);
	note->flow = &s->flow;
	note->dir = direction(&s->flow, &p->src);
	s->flow.last_number = number;
	struct flow_side *me = &s->flow.side[note->dir];
	me->packets++;
	me->payload_packets += p->payload_len > 0;
	if (p->protocol == IPPROTO_TCP)
		flow_tcp(s, note->dir, number, at, p, note);
	else
		add_udp(s, note->dir, p);
}

void flow_ended(struct flow *f, enum flow_end how, int64_t at)
{
	if (f->ended != FLOW_OPEN)
		return;
	f->ended = how;
	f->ended_at = at;
}

size_t flow_count(const struct flow_table *t)
{
	return t->count;
}

struct flow *flow_get(const struct flow_table *t, size_t index)
{
	return &t->flows[index]->flow;
}

struct flow *flow_find(const struct flow_table *t, uint8_t protocol, const struct packet_end *a,
                       const struct packet_end *b)
{
	struct flow_state *s = latest(t, protocol, a, b);

	return s ? &s->flow : NULL;
}

const char *flow_end_text(enum flow_end e)
{
	static const char *const texts[] = {"open", "refused", "closed", "reset"};

	static_assert(sizeof texts / sizeof *texts == FLOW_RESET + 1, "a word for each end");
	return texts[e];
}
