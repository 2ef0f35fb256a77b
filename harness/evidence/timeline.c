/* SPDX-License-Identifier: MIT */
/*
 * timeline.c - the one ordered log of a case: events, packets, the hosts they speak of
 *
 * Events and packets are arrays of pointers: a record never moves, whatever is added behind it.
 */
#include "evidence/timeline.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct host_name {
	char *name;
	struct packet_addr *addrs;
	size_t addr_count;
};

struct timeline {
	int64_t began, wall;
	struct host_name *hosts;
	int host_count;
	bool share;
	char **places;
	size_t place_count;
	struct event **events;
	size_t event_count;
	struct timeline_packet **packets;
	int64_t packet_count;
	struct flow_table *flows;
	struct timeline_step **steps;
	size_t step_count;
	bool sealed;
	size_t sealed_events;
	int64_t sealed_packets;
	int64_t sealed_at;
};

struct timeline *timeline_open(void)
{
	struct timeline *tl = mem_zero(1, sizeof *tl);

	tl->began = clock_now();
	tl->wall = clock_wall();
	tl->flows = flow_table_open(true);
	return tl;
}

struct timeline *timeline_open_read(int64_t began)
{
	struct timeline *tl = mem_zero(1, sizeof *tl);

	tl->began = began;
	tl->wall = began;
	tl->flows = flow_table_open(true);
	return tl;
}

void timeline_close(struct timeline **timeline)
{
	struct timeline *tl = *timeline;

	if (!tl)
		return;
	for (int i = 0; i < tl->host_count; i++) {
		free(tl->hosts[i].name);
		free(tl->hosts[i].addrs);
	}
	for (size_t i = 0; i < tl->event_count; i++) {
		free(tl->events[i]->who);
		free(tl->events[i]->text);
		free(tl->events[i]->data);
		free(tl->events[i]);
	}
	for (int64_t i = 0; i < tl->packet_count; i++) {
		free(tl->packets[i]->data);
		free(tl->packets[i]->cause);
		free(tl->packets[i]);
	}
	for (size_t i = 0; i < tl->place_count; i++)
		free(tl->places[i]);
	for (size_t i = 0; i < tl->step_count; i++) {
		free(tl->steps[i]->who);
		free(tl->steps[i]->words);
		free(tl->steps[i]);
	}
	flow_table_close(&tl->flows);
	free(tl->places);
	free(tl->steps);
	free(tl->hosts);
	free(tl->events);
	free(tl->packets);
	free(tl);
	*timeline = NULL;
}

int64_t timeline_began(const struct timeline *tl)
{
	return tl->began;
}

int64_t timeline_wall(const struct timeline *tl, int64_t at)
{
	return tl->wall + (at - tl->began);
}

int timeline_add_host(struct timeline *tl, const char *name)
{
	MEM_ROOM(tl->hosts, tl->host_count);
	tl->hosts[tl->host_count] = (struct host_name){.name = mem_text(name)};
	return tl->host_count++;
}

void timeline_add_address(struct timeline *tl, int host, const struct packet_addr *a)
{
	struct host_name *h = &tl->hosts[host];

	MEM_ROOM(h->addrs, h->addr_count);
	h->addrs[h->addr_count++] = *a;
}

const char *timeline_host(const struct timeline *tl, int host)
{
	if (host == FROM_HARNESS)
		return "wire";
	return host >= 0 && host < tl->host_count ? tl->hosts[host].name : "?";
}

static bool has_address(const struct timeline *tl, int host, const struct packet_addr *a)
{
	for (size_t k = 0; host < tl->host_count && k < tl->hosts[host].addr_count; k++) {
		if (packet_addr_equal(&tl->hosts[host].addrs[k], a))
			return true;
	}
	return false;
}

int timeline_host_of(const struct timeline *tl, const struct packet_addr *a)
{
	for (int i = 0; i < tl->host_count; i++) {
		if (has_address(tl, i, a))
			return i;
	}
	return -1;
}

int timeline_host_named(const struct timeline *tl, const char *name)
{
	for (int i = 0; i < tl->host_count; i++) {
		if (strcmp(tl->hosts[i].name, name) == 0)
			return i;
	}
	return -1;
}

int timeline_host_count(const struct timeline *tl)
{
	return tl->host_count;
}

void timeline_share_addresses(struct timeline *tl)
{
	tl->share = true;
}

void timeline_add_place(struct timeline *tl, const char *path)
{
	for (size_t i = 0; i < tl->place_count; i++) {
		if (strcmp(tl->places[i], path) == 0)
			return;
	}
	MEM_ROOM(tl->places, tl->place_count);
	tl->places[tl->place_count++] = mem_text(path);
}

size_t timeline_place_count(const struct timeline *tl)
{
	return tl->place_count;
}

const char *timeline_place(const struct timeline *tl, size_t index)
{
	return tl->places[index];
}

/* The host that speaks (or hears) in a packet: by flow when addresses are shared, else by address.
 * -1: nobody's; nor is what a host sends under the address of another. */
static int host_in(const struct timeline *tl, const struct timeline_packet *p, bool source)
{
	if (tl->share && p->note.flow && tl->host_count >= 2)
		return source ? p->note.dir : 1 - p->note.dir;
	if (source && !tl->share && p->from != FROM_HARNESS)
		return has_address(tl, p->from, &p->packet.src.addr) ? p->from : -1;
	return timeline_host_of(tl, source ? &p->packet.src.addr : &p->packet.dst.addr);
}

const char *timeline_src(const struct timeline *tl, const struct timeline_packet *p)
{
	int host = host_in(tl, p, true);

	return host < 0 ? "?" : tl->hosts[host].name;
}

const char *timeline_dst(const struct timeline *tl, const struct timeline_packet *p)
{
	int host = host_in(tl, p, false);

	return host < 0 ? "?" : tl->hosts[host].name;
}

static struct event *new_event(struct timeline *tl, enum event_kind kind, const char *who,
                               int64_t at)
{
	struct event *e = mem_zero(1, sizeof *e);

	e->index = tl->event_count;
	e->at = at;
	e->kind = kind;
	e->who = mem_text(who ? who : "");
	e->host = e->flow = -1;
	MEM_ROOM(tl->events, tl->event_count);
	tl->events[tl->event_count++] = e;
	return e;
}

static char *one_line(const char *s, size_t len)
{
	struct buf out = {0};

	text_one_line(&out, s, len);
	return out.p ? buf_take(&out) : mem_text("");
}

struct event *timeline_add(struct timeline *tl, enum event_kind kind, const char *who, int line,
                           const char *fmt, ...)
{
	struct event *e = new_event(tl, kind, who, clock_now());
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	e->line = line;
	e->text = one_line(buf_text(&text), text.len);
	buf_free(&text);
	return e;
}

void timeline_set_text(struct event *e, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	free(e->text);
	e->text = one_line(buf_text(&text), text.len);
	buf_free(&text);
}

void timeline_set_bytes(struct event *e, int stream, const void *p, size_t len)
{
	struct buf text = {0};

	text_escape(&text, p, len, 0);
	free(e->text);
	free(e->data);
	e->text = text.p ? buf_take(&text) : mem_text("");
	e->data = mem_copy(p, len);
	e->len = len;
	e->stream = stream;
}

struct event *timeline_add_bytes(struct timeline *tl, enum event_kind kind, const char *who,
                                 int stream, const void *p, size_t len)
{
	struct event *e = new_event(tl, kind, who, clock_now());

	timeline_set_bytes(e, stream, p, len);
	return e;
}

struct event *timeline_add_read(struct timeline *tl, enum event_kind kind, int64_t at,
                                const char *who, const char *text)
{
	struct event *e = new_event(tl, kind, who, at);

	e->text = one_line(text, strlen(text));
	return e;
}

/* IPv6 lets everybody send from any address (ipv6(7): IPV6_FREEBIND). */
static void tell_false_sender(const struct timeline *tl, struct timeline_packet *p)
{
	int owner = timeline_host_of(tl, &p->packet.src.addr);

	if (owner >= 0 && host_in(tl, p, true) < 0)
		timeline_set_cause(p, "%s sent it under the address of %s",
		                   timeline_host(tl, p->from), timeline_host(tl, owner));
}

struct timeline_packet *timeline_add_packet(struct timeline *tl, int64_t at, int from,
                                            const void *data, size_t len)
{
	struct timeline_packet *p = mem_zero(1, sizeof *p);
	struct buf text = {0};

	p->number = tl->packet_count + 1;
	p->step = tl->step_count > 0 ? tl->steps[tl->step_count - 1] : NULL;
	p->at = at;
	p->data = mem_copy(data, len);
	p->len = len;
	packet_decode(&p->packet, p->data, len);
	flow_add(tl->flows, p->number, at, &p->packet, &p->note);
	/* one address for all: who handed it over says nothing, the flow does */
	p->from = tl->share && from != FROM_HARNESS && p->note.flow ? host_in(tl, p, true) : from;
	p->to = host_in(tl, p, false);
	tell_false_sender(tl, p);
	MEM_ROOM(tl->packets, tl->packet_count);
	tl->packets[tl->packet_count++] = p;

	struct event *e = new_event(tl, EVENT_PACKET, timeline_src(tl, p), at);
	timeline_packet_text(tl, p, false, &text);
	e->text = buf_take(&text);
	e->packet = p->number;
	e->varies = true; /* segmentation, ACKs and their order are the kernel's choice */
	p->event = e->index;
	return p;
}

void timeline_begin_step(struct timeline *tl, const char *who, int line, const char *words)
{
	struct timeline_step *s = mem_zero(1, sizeof *s);

	*s = (struct timeline_step){
	    .who = mem_text(who), .words = one_line(words, strlen(words)), .line = line};
	MEM_ROOM(tl->steps, tl->step_count);
	tl->steps[tl->step_count++] = s;
}

void timeline_set_cause(struct timeline_packet *p, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	free(p->cause);
	p->cause = one_line(buf_text(&text), text.len);
	buf_free(&text);
}

size_t timeline_count(const struct timeline *tl)
{
	return tl->event_count;
}

const struct event *timeline_get(const struct timeline *tl, size_t index)
{
	return index < tl->event_count ? tl->events[index] : NULL;
}

int64_t timeline_packets(const struct timeline *tl)
{
	return tl->packet_count;
}

struct timeline_packet *timeline_packet(const struct timeline *tl, int64_t number)
{
	return number >= 1 && number <= tl->packet_count ? tl->packets[number - 1] : NULL;
}

struct flow_table *timeline_flows(const struct timeline *tl)
{
	return tl->flows;
}

void timeline_seal(struct timeline *tl)
{
	if (tl->sealed)
		return;
	tl->sealed = true;
	tl->sealed_at = clock_now();
	tl->sealed_events = tl->event_count;
	tl->sealed_packets = tl->packet_count;
}

int64_t timeline_sealed_at(const struct timeline *tl)
{
	if (tl->sealed)
		return tl->sealed_at;
	return tl->event_count > 0 ? timeline_get(tl, tl->event_count - 1)->at : tl->began;
}

int64_t timeline_sealed_packets(const struct timeline *tl)
{
	return tl->sealed ? tl->sealed_packets : tl->packet_count;
}

size_t timeline_sealed_count(const struct timeline *tl)
{
	return tl->sealed ? tl->sealed_events : tl->event_count;
}

static const char *const kind_texts[] = {"step",    "packet", "wire", "output",  "input",
                                         "program", "state",  "note", "verdict", "call"};
static_assert(sizeof kind_texts / sizeof *kind_texts == EVENT_CALL + 1, "a word for each kind");

const char *event_kind_text(enum event_kind k)
{
	return kind_texts[k];
}

static const char *const fate_texts[] = {"waiting", "delivered", "dropped", "replaced", "unrouted"};
static_assert(sizeof fate_texts / sizeof *fate_texts == FATE_UNROUTED + 1, "a word for each fate");

const char *packet_fate_text(enum packet_fate f)
{
	return fate_texts[f];
}

static int number_of(const char *const *words, int count, const char *text)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(words[i], text) == 0)
			return i;
	}
	return -1;
}

int event_kind_number(const char *text)
{
	return number_of(kind_texts, EVENT_CALL + 1, text);
}

int packet_fate_number(const char *text)
{
	return number_of(fate_texts, FATE_UNROUTED + 1, text);
}
