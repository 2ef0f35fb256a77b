/* SPDX-License-Identifier: MIT */
/* wire.c - carrying: from TUN to timeline to gates to TUN; the theory is in wire.h */
#include "wire/wire.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/mem.h"
#include "wire/wire_own.h"
#include "world/world.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static int end_ready(void *arg, uint32_t events, struct err *err)
{
	struct wire_end *end = arg;

	(void)events;
	return wire_pump(end->wire, err) < 0 ? -1 : 0;
}

struct wire *wire_open(struct world *world, struct loop *loop, struct timeline *tl, struct err *err)
{
	struct wire *w = mem_zero(1, sizeof *w);

	*w = (struct wire){.world = world, .loop = loop, .tl = tl};
	w->last_gate = &w->gates;
	for (int i = 0; i < world_hosts(world) && i < WIRE_HOSTS; i++) {
		struct wire_end *end = &w->ends[w->end_count++];

		*end =
		    (struct wire_end){.wire = w, .host = i, .tun = host_tun(world_host(world, i))};
		end->watch = loop_add(loop, end->tun, EPOLLIN, end_ready, end, err);
		if (!end->watch) {
			wire_close(&w);
			return NULL;
		}
	}
	return w;
}

void wire_close(struct wire **wire)
{
	struct wire *w = *wire;

	if (!w)
		return;
	*wire = NULL;
	for (size_t i = 0; i < w->kept_count; i++)
		wire_drop(w, w->kept[i].packet, w->kept[i].gate->name, 0,
		          "still held when the case ended");
	for (int i = 0; i < w->end_count; i++)
		loop_remove(w->loop, &w->ends[i].watch);
	while (w->gates) {
		struct gate *g = w->gates;

		w->gates = g->next;
		free((char *)g->spec.words);
		free(g->name);
		free(g);
	}
	free(w->kept);
	free(w);
}

void wire_watch(struct wire *w, wire_watch_fn *fn, void *arg)
{
	w->watch = fn;
	w->watch_arg = arg;
}

void wire_drop(struct wire *w, struct timeline_packet *p, const char *who, int line,
               const char *why)
{
	struct event *e;

	p->fate = FATE_DROPPED;
	timeline_set_cause(p, "dropped: %s", why);
	e = timeline_add(w->tl, EVENT_WIRE, who, line, "drop: %s", why);
	e->packet = p->number;
	e->varies = true;
}

int wire_deliver(struct wire *w, struct timeline_packet *p, struct err *err)
{
	ssize_t written;

	if (p->to < 0 || p->to >= w->end_count) {
		p->fate = FATE_UNROUTED;
		timeline_set_cause(p, "no host has its destination address");
		return 0;
	}
	do {
		written = write(w->ends[p->to].tun, p->data, p->len);
	} while (written < 0 && errno == EINTR);
	/*
	 * EINVAL: not an IP datagram by its first four bits (tun_get_user(), drivers/net/tun.c):
	 * only an injected or corrupted one can be that, and no receiver would have seen it either.
	 */
	if (written < 0 && errno != EINVAL)
		return err_sys(err, errno, "carrying packet %lld to %s", (long long)p->number,
		               timeline_host(w->tl, p->to));
	if (written < 0) {
		p->fate = FATE_DROPPED;
		timeline_set_cause(p, "no IP datagram any more: the link cannot carry it");
		return 0;
	}
	p->fate = FATE_DELIVERED;
	p->delivered_at = clock_now();
	if (w->watch)
		w->watch(w->watch_arg, p->to, true, p->number, p->data, p->len);
	return gate_after_delivery(w, p, err);
}

/* The first @keep payload bytes of @p as a segment of their own, without the flags that end
 * something. */
static int deliver_part(struct wire *w, struct timeline_packet *p, size_t keep, struct err *err)
{
	size_t len = p->packet.payload_off + keep;
	uint8_t *part = mem_copy(p->data, p->len);
	struct timeline_packet *q;

	if (p->packet.version == 4) { /* total length: RFC 791 3.1 */
		part[2] = (uint8_t)(len >> 8);
		part[3] = (uint8_t)len;
	} else { /* payload length, extension headers included: RFC 8200 3 */
		part[4] = (uint8_t)((len - 40) >> 8);
		part[5] = (uint8_t)(len - 40);
	}
	if (p->packet.protocol == IPPROTO_TCP)
		part[p->packet.header_off + 13] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
	packet_mend_checksums(part, len);
	p->fate = FATE_REPLACED;
	timeline_set_cause(p, "the wire was cut inside it");
	q = timeline_add_packet(w->tl, clock_now(), FROM_HARNESS, part, len);
	timeline_set_cause(q, "what of %lld crossed before the cut", (long long)p->number);
	free(part);
	return wire_deliver(w, q, err);
}

static void cut_now(struct wire *w)
{
	w->cut_armed = false;
	w->cut = true;
	timeline_add(w->tl, EVENT_WIRE, "wire", w->cut_line, "cut");
}

/* Would @p cross the cut? A copy that the wire made comes from the side that it does not go to. */
static bool crosses_cut(const struct wire *w, const struct timeline_packet *p)
{
	if (!w->cut)
		return false;
	return w->cut_from < 0 || w->cut_after > 0 || p->from == w->cut_from ||
	       (p->from == FROM_HARNESS && p->to != w->cut_from);
}

int wire_pass(struct wire *w, struct timeline_packet *p, struct err *err)
{
	if (!crosses_cut(w, p))
		return wire_deliver(w, p, err);
	wire_drop(w, p, "wire", w->cut_line, "the wire is cut");
	return 0;
}

/* Does @p hold the byte behind which the wire is to be cut? Then 1 and it is dealt with; 0 not; -1
 * with @err set. */
static int cut_inside(struct wire *w, struct timeline_packet *p, struct err *err)
{
	bool tcp = p->packet.protocol == IPPROTO_TCP;
	uint64_t fresh = p->packet.payload_len, left = w->cut_after - 1;

	if (!w->cut_armed || p->from != w->cut_from || p->note.retransmission || fresh == 0)
		return 0;
	if (fresh < left) {
		w->cut_after -= fresh;
		return 0;
	}
	cut_now(w);
	/* the last byte that may cross ends this packet: it goes as it is, unless it also says the
	 * end */
	if (fresh == left && !(tcp && (p->packet.tcp.flags & TCP_FIN)))
		return wire_deliver(w, p, err) < 0 ? -1 : 1;
	if (tcp && left > 0)
		return deliver_part(w, p, (size_t)left, err) < 0 ? -1 : 1;
	/* a datagram crosses whole or not at all */
	wire_drop(w, p, "wire", w->cut_line, "the wire was cut before it");
	return 1;
}

static int carry(struct wire *w, struct timeline_packet *p, struct err *err)
{
	struct gate *first = NULL;
	int taken;

	if (crosses_cut(w, p))
		return wire_pass(w, p, err);
	taken = cut_inside(w, p, err);
	if (taken != 0)
		return taken;
	/* every gate counts what fits its filter, whoever acts: `nth` means the same beside other
	 * gates */
	for (struct gate *g = w->gates; g; g = g->next) {
		if (gate_wants(g, p) && !first)
			first = g;
	}
	return first ? gate_act(first, p, err) : wire_deliver(w, p, err);
}

/* One packet out of one TUN. 1 carried, 0 empty, -1 with @err set. */
static int take_one(struct wire *w, struct wire_end *end, struct err *err)
{
	static _Thread_local uint8_t bytes[WIRE_MTU];
	struct timeline_packet *p;
	ssize_t len;

	do {
		len = read(end->tun, bytes, sizeof bytes);
	} while (len < 0 && errno == EINTR);
	if (len < 0 && errno == EAGAIN)
		return 0;
	if (len < 0)
		return err_sys(err, errno, "taking a packet from %s",
		               timeline_host(w->tl, end->host));
	p = timeline_add_packet(w->tl, clock_now(), end->host, bytes, (size_t)len);
	if (w->watch)
		w->watch(w->watch_arg, end->host, false, p->number, p->data, p->len);
	return carry(w, p, err) < 0 ? -1 : 1;
}

/*
 * Two kernels may answer each other for ever: an injected segment puts a connection out of step,
 * and each side's ACK is to the other one of data that it never sent (RFC 9293, 3.10.7.4). After so
 * many packets the caller is to look at its deadline.
 */
#define PUMP_MOST 4096

int wire_pump(struct wire *w, struct err *err)
{
	int total = 0, carried;

	/* one packet of each host in turn, so that neither starves the other and order does not
	 * hang on who is first */
	do {
		carried = gate_due(w, clock_now(), err);
		for (int i = 0; carried >= 0 && i < w->end_count; i++) {
			int one = take_one(w, &w->ends[i], err);

			carried = one < 0 ? -1 : carried + one;
		}
		if (carried < 0)
			return -1;
		total += carried;
	} while (carried > 0 && total < PUMP_MOST);
	return total;
}

void wire_cut(struct wire *w, int from, uint64_t after_bytes, int line)
{
	w->cut_from = from;
	w->cut_line = line;
	/* kept one higher than the bytes that may cross, so that 0 can mean "at once" */
	w->cut_after = after_bytes > 0 ? after_bytes + 1 : 0;
	w->cut_armed = after_bytes > 0;
	if (after_bytes == 0)
		cut_now(w);
}

void wire_mend(struct wire *w, int line)
{
	w->cut = false;
	w->cut_armed = false;
	w->cut_after = 0;
	timeline_add(w->tl, EVENT_WIRE, "wire", line, "mended");
}

bool wire_is_cut(const struct wire *w)
{
	return w->cut;
}

void wire_shut(struct wire *w)
{
	w->cut_from = -1;
	w->cut_line = 0;
	w->cut_armed = false;
	w->cut = true;
}

int64_t wire_inject(struct wire *w, const void *data, size_t len, const char *cause,
                    struct err *err)
{
	struct timeline_packet *p =
	    timeline_add_packet(w->tl, clock_now(), FROM_HARNESS, data, len);
	struct event *e = timeline_add(w->tl, EVENT_WIRE, "wire", 0, "inject: %s", cause);

	e->packet = p->number;
	e->varies = true;
	timeline_set_cause(p, "injected: %s", cause);
	return wire_deliver(w, p, err) < 0 ? -1 : p->number;
}
