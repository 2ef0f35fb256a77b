/* SPDX-License-Identifier: MIT */
/* gate.c - what a script does to packets on their way: hold, drop, delay, duplicate, reorder,
 * corrupt */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "wire/wire_own.h"
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const char *const action_names[] = {
    [GATE_HOLD] = "hold",           [GATE_DROP] = "drop",       [GATE_DELAY] = "delay",
    [GATE_DUPLICATE] = "duplicate", [GATE_REORDER] = "reorder", [GATE_CORRUPT] = "corrupt",
};
static_assert(sizeof action_names / sizeof *action_names == GATE_CORRUPT + 1,
              "a name for each action");

const char *gate_action_text(enum gate_action a)
{
	return action_names[a];
}

struct gate *wire_gate(struct wire *w, const struct gate_spec *spec)
{
	struct gate *g = mem_zero(1, sizeof *g);

	g->wire = w;
	g->spec = *spec;
	g->spec.words = mem_text(spec->words ? spec->words : "every packet");
	g->name = mem_printf("%s#%u", action_names[spec->action], ++w->gate_count);
	*w->last_gate = g;
	w->last_gate = &g->next;
	return g;
}

void gate_open(struct gate *g)
{
	g->open = true;
}

uint64_t gate_held(const struct gate *g)
{
	return g->held;
}

uint64_t gate_fitted(const struct gate *g)
{
	return g->fitted;
}

uint64_t gate_acted(const struct gate *g)
{
	return g->acted;
}

const char *gate_name(const struct gate *g)
{
	return g->name;
}

static void say(struct gate *g, const struct timeline_packet *p, const char *what)
{
	struct event *e = timeline_add(g->wire->tl, EVENT_WIRE, g->name, g->spec.line, "%s: %s",
	                               what, g->spec.words);

	e->packet = p->number;
	e->varies = true; /* which packet, and how often, may be the kernel's choice */
}

static void keep(struct gate *g, struct timeline_packet *p, int64_t due)
{
	struct wire *w = g->wire;

	MEM_ROOM(w->kept, w->kept_count);
	w->kept[w->kept_count++] = (struct kept){.packet = p, .gate = g, .due = due};
	g->held++;
	p->fate = FATE_WAITING;
	timeline_set_cause(p, "%s by %s (line %d)",
	                   g->spec.action == GATE_DELAY ? "delayed" : "held", g->name,
	                   g->spec.line);
}

/* Take kept packet @i out of the list. */
static struct timeline_packet *unkeep(struct wire *w, size_t i)
{
	struct timeline_packet *p = w->kept[i].packet;

	w->kept[i].gate->held--;
	memmove(w->kept + i, w->kept + i + 1, (w->kept_count - i - 1) * sizeof *w->kept);
	w->kept_count--;
	return p;
}

static int duplicate(struct gate *g, struct timeline_packet *p, struct err *err)
{
	unsigned copies = g->spec.copies ? g->spec.copies : 1;

	if (wire_deliver(g->wire, p, err) < 0)
		return -1;
	for (unsigned i = 0; i < copies; i++) {
		struct timeline_packet *copy =
		    timeline_add_packet(g->wire->tl, clock_now(), FROM_HARNESS, p->data, p->len);

		timeline_set_cause(copy, "duplicate of %lld by %s (line %d)", (long long)p->number,
		                   g->name, g->spec.line);
		if (wire_deliver(g->wire, copy, err) < 0)
			return -1;
	}
	return 1;
}

static int corrupt(struct gate *g, struct timeline_packet *p, struct err *err)
{
	uint8_t *bytes = mem_copy(p->data, p->len);
	size_t at = g->spec.has_byte ? g->spec.byte : p->len - 1;
	struct timeline_packet *changed;

	if (at >= p->len) {
		free(bytes);
		return err_set(err, 0, "corrupt: packet %lld has %zu bytes, there is no byte %zu",
		               (long long)p->number, p->len, at);
	}
	bytes[at] ^= g->spec.flip ? g->spec.flip : 0xff;
	if (g->spec.mend)
		packet_mend_checksums(bytes, p->len);
	p->fate = FATE_REPLACED;
	timeline_set_cause(p, "corrupted by %s (line %d)", g->name, g->spec.line);
	changed = timeline_add_packet(g->wire->tl, clock_now(), FROM_HARNESS, bytes, p->len);
	free(bytes);
	timeline_set_cause(changed, "%lld with byte %zu changed, checksum %s", (long long)p->number,
	                   at, g->spec.mend ? "mended" : "left wrong");
	changed->to = p->to; /* even when the changed byte is its destination's */
	return wire_deliver(g->wire, changed, err) < 0 ? -1 : 1;
}

/* A SACK block beyond its ACK tells the other side something; one below it (D-SACK, RFC 2883) only
 * that something came twice. */
static bool has_sack_news(const struct packet *p)
{
	for (unsigned i = 0; i < p->tcp.sack_count; i++) {
		if ((int32_t)(p->tcp.sack[i].right - p->tcp.ack) > 0)
			return true;
	}
	return false;
}

/* Does @p say nothing but what @held says? Then its sender only had no answer in time. */
static bool says_again(const struct timeline_packet *p, const struct timeline_packet *held)
{
	const uint8_t marks = TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK | TCP_URG;
	const struct packet_tcp *a = &p->packet.tcp, *b = &held->packet.tcp;

	if (p->packet.protocol != IPPROTO_TCP || p->note.flow == NULL ||
	    p->note.flow != held->note.flow || p->note.dir != held->note.dir)
		return false;
	return (a->flags & marks) == (b->flags & marks) && a->seq == b->seq && a->ack == b->ack &&
	       p->packet.payload_len == held->packet.payload_len &&
	       (p->packet.payload_len == 0 ||
	        memcmp(p->data + p->packet.payload_off, held->data + held->packet.payload_off,
	               p->packet.payload_len) == 0) &&
	       (!p->note.pure_ack || (a->window == b->window && !has_sack_news(&p->packet)));
}

/* What @g holds and @p says again; NULL: nothing, or the script wants to hold that too. */
static const struct timeline_packet *said_by(const struct gate *g, const struct timeline_packet *p)
{
	if (g->spec.action != GATE_HOLD || g->spec.repeats || g->held == 0)
		return NULL;
	for (size_t i = 0; i < g->wire->kept_count; i++) {
		const struct kept *k = &g->wire->kept[i];

		if (k->gate == g && says_again(p, k->packet))
			return k->packet;
	}
	return NULL;
}

bool gate_wants(struct gate *g, const struct timeline_packet *p)
{
	const struct gate_spec *s = &g->spec;

	if (said_by(g, p))
		return true;
	if (g->open || (s->fits && !s->fits(s->arg, p)))
		return false;
	g->fitted++;
	/* it waits for one to go ahead of it: this is the one */
	if (s->action == GATE_REORDER && g->held > 0)
		return false;
	return (s->nth == 0 || g->fitted == s->nth) && (s->times == 0 || g->acted < s->times);
}

int gate_act(struct gate *g, struct timeline_packet *p, struct err *err)
{
	const struct gate_spec *s = &g->spec;
	const struct timeline_packet *held = said_by(g, p);

	if (held) {
		p->fate = FATE_DROPPED;
		timeline_set_cause(p, "says %lld again, which %s holds (line %d)",
		                   (long long)held->number, g->name, s->line);
		return 1;
	}
	g->acted++;
	say(g, p, action_names[s->action]);
	switch (s->action) {
	case GATE_HOLD:
	case GATE_REORDER:
		keep(g, p, INT64_MAX);
		return 1;
	case GATE_DELAY:
		keep(g, p, clock_now() + s->delay);
		return 1;
	case GATE_DROP:
		p->fate = FATE_DROPPED;
		timeline_set_cause(p, "dropped by %s (line %d)", g->name, s->line);
		return 1;
	case GATE_DUPLICATE:
		return duplicate(g, p, err);
	case GATE_CORRUPT:
		return corrupt(g, p, err);
	}
	return 0;
}

int gate_after_delivery(struct wire *w, const struct timeline_packet *p, struct err *err)
{
	for (size_t i = 0; i < w->kept_count; i++) {
		struct kept *k = &w->kept[i];

		/* a reordered packet goes behind the next one of its own direction */
		if (k->gate->spec.action != GATE_REORDER || k->packet->to != p->to ||
		    k->packet == p || k->packet->number > p->number)
			continue;
		return wire_pass(w, unkeep(w, i), err);
	}
	return 0;
}

int gate_due(struct wire *w, int64_t now, struct err *err)
{
	int count = 0;

	for (;;) {
		size_t first = w->kept_count;

		for (size_t i = 0; i < w->kept_count; i++) {
			if (w->kept[i].due <= now &&
			    (first == w->kept_count || w->kept[i].due < w->kept[first].due))
				first = i;
		}
		if (first == w->kept_count)
			return count;
		if (wire_pass(w, unkeep(w, first), err) < 0)
			return -1;
		count++;
	}
}

int64_t wire_next_due(const struct wire *w)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < w->kept_count; i++) {
		if (w->kept[i].due < next)
			next = w->kept[i].due;
	}
	return next;
}

int gate_release(struct gate *g, uint64_t most, struct err *err)
{
	struct wire *w = g->wire;
	int count = 0;

	/* what was sent before comes before: a repetition that waits in a TUN is dropped by what is
	 * still held */
	if (wire_pump(w, err) < 0)
		return -1;
	for (size_t i = 0; i < w->kept_count && (most == 0 || (uint64_t)count < most);) {
		struct timeline_packet *p;

		if (w->kept[i].gate != g) {
			i++;
			continue;
		}
		p = unkeep(w, i);
		say(g, p, "release");
		if (wire_pass(w, p, err) < 0)
			return -1;
		count++;
	}
	return count;
}
