/* SPDX-License-Identifier: MIT */
/*
 * scene_state.c - the states of TCP in a scene: asked of the kernel, or derived from the packets
 *
 * Derived as in RFC 9293 3.3.2 and 3.10: from what a host put on the link, and what was delivered
 * to it in order. An RST counts where RFC 9293 3.10.7.3 and RFC 5961 3.2 let it: exactly at
 * what is to come next. A segment that the wire damaged is thrown away by its receiver.
 */
#include "base/mem.h"
#include "packet/spans.h"
#include "report/scene_own.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* What is known of one end of a connection. */
struct machine {
	const char *state;  /* NULL: it has said and heard nothing */
	struct spans heard; /* of the other's data, delivered */
	uint64_t
	    fin_heard;  /* the number of the other's FIN, delivered, maybe out of order; 0: none */
	bool fin_taken; /* all before it was delivered too */
	uint64_t fin_sent; /* the number of its own FIN; 0: none */
	bool fin_acked;
};

struct deriving {
	struct scene *s;
	struct machine *machines; /* one an end */
	size_t row;
};

static const char closed[] = "CLOSED", syn_sent[] = "SYN_SENT", syn_recv[] = "SYN_RECV",
                  established[] = "ESTABLISHED", fin_wait1[] = "FIN_WAIT1",
                  fin_wait2[] = "FIN_WAIT2", closing[] = "CLOSING", time_wait[] = "TIME_WAIT",
                  close_wait[] = "CLOSE_WAIT", last_ack[] = "LAST_ACK";

static bool in(const struct machine *m, const char *state)
{
	return m->state && strcmp(m->state, state) == 0;
}

static void add_change(struct deriving *d, int end, const char *state, bool asked, bool differs)
{
	struct scene *s = d->s;

	MEM_ROOM(s->changes, s->change_count);
	s->changes[s->change_count++] = (struct scene_change){
	    .row = d->row, .end = end, .state = state, .asked = asked, .differs = differs};
	if (end < 0)
		return;
	if (s->ends[end].first == SIZE_MAX)
		s->ends[end].first = d->row;
	s->ends[end].last = strcmp(state, closed) == 0 ? d->row : s->row_count - 1;
}

static void go(struct deriving *d, int end, const char *state)
{
	struct machine *m = &d->machines[end];

	if (in(m, state))
		return;
	m->state = state;
	add_change(d, end, state, false, false);
}

static void sends(struct deriving *d, int end, const struct timeline_packet *p)
{
	struct machine *m = &d->machines[end];
	uint8_t flags = p->packet.tcp.flags;

	if (flags & TCP_RST) {
		if (m->state && !p->note.stray_rst && !in(m, time_wait))
			go(d, end, closed);
		return;
	}
	if (flags & TCP_SYN)
		go(d, end,
		   flags & TCP_ACK              ? syn_recv
		   : !m->state || in(m, closed) ? syn_sent
		                                : m->state);
	if (!(flags & TCP_FIN) || m->fin_sent > 0)
		return;
	m->fin_sent = p->note.seq_end + ((flags & TCP_SYN) != 0);
	if (in(m, established) || in(m, syn_recv))
		go(d, end, fin_wait1);
	else if (in(m, close_wait))
		go(d, end, last_ack);
}

/* The RST is one that its receiver believes. */
static bool resets(const struct machine *m, const struct timeline_packet *p)
{
	if (!m->state || in(m, closed) || p->note.stray_rst)
		return false;
	if (in(m, syn_sent))
		return (p->packet.tcp.flags & TCP_ACK) && p->note.ack == 1;
	return p->note.seq == m->heard.edge + m->fin_taken;
}

static void hear_ack(struct deriving *d, int end, const struct timeline_packet *p)
{
	struct machine *m = &d->machines[end];

	if (in(m, syn_recv) && p->note.ack >= 1 && !(p->packet.tcp.flags & TCP_SYN))
		go(d, end, established);
	if (m->fin_sent == 0 || p->note.ack <= m->fin_sent)
		return;
	m->fin_acked = true;
	if (in(m, last_ack))
		go(d, end, closed);
	else if (in(m, closing))
		go(d, end, time_wait);
}

static void hear_fin(struct deriving *d, int end)
{
	struct machine *m = &d->machines[end];

	if (m->fin_heard > 0 && !m->fin_taken && m->heard.edge >= m->fin_heard) {
		m->fin_taken = true;
		if (in(m, established) || in(m, syn_recv))
			go(d, end, close_wait);
		else if (in(m, fin_wait2))
			go(d, end, time_wait);
		else if (in(m, fin_wait1))
			go(d, end, m->fin_acked ? time_wait : closing);
	}
	if (in(m, fin_wait1) && m->fin_acked)
		go(d, end, fin_wait2);
}

static void hears(struct deriving *d, int end, const struct timeline_packet *p)
{
	struct machine *m = &d->machines[end];
	uint8_t flags = p->packet.tcp.flags;
	uint64_t data = p->note.seq + ((flags & TCP_SYN) != 0);

	if (p->from == FROM_HARNESS && !p->packet.checksum_ok)
		return;
	if (flags & TCP_RST) {
		if (resets(m, p))
			go(d, end, closed);
		return;
	}
	if (!m->state || in(m, closed))
		return;
	/* what comes before the handshake's end is judged by it */
	if ((flags & TCP_SYN) && in(m, syn_sent))
		go(d, end,
		   !(flags & TCP_ACK) ? syn_recv
		   : p->note.ack == 1 ? established
		                      : syn_sent);
	if (flags & TCP_ACK)
		hear_ack(d, end, p);
	if (p->packet.payload_len > 0 && data > 0)
		spans_add(&m->heard, data, p->packet.data + p->packet.payload_off,
		          p->packet.payload_len);
	if ((flags & TCP_FIN) && m->fin_heard == 0)
		m->fin_heard = data + p->packet.payload_len;
	hear_fin(d, end);
}

static void packet(struct deriving *d, const struct scene_row *r, const struct timeline_packet *p,
                   int first_end)
{
	bool leaves = r->kind == SCENE_PACKET && p->from != FROM_HARNESS;
	bool arrives = r->arrow == ARROW_WHOLE || r->arrow == ARROW_ARRIVES;

	if (p->packet.protocol != IPPROTO_TCP || !p->packet.has_ports)
		return;
	if (leaves)
		sends(d, first_end + p->note.dir, p);
	if (arrives)
		hears(d, first_end + 1 - p->note.dir, p);
}

/* "FIN_WAIT2", "CLOSE_WAIT of c": the kernel's word. */
static void asked(struct deriving *d, const struct event *e, const int *end_of_flow)
{
	size_t len = strcspn(e->text, " ");
	const char *state = scene_keep(d->s, mem_printf("%.*s", (int)len, e->text));
	int end = -1;
	bool differs = false;

	if (e->flow >= 0 && (size_t)e->flow < d->s->flow_count && end_of_flow[e->flow] >= 0)
		end = end_of_flow[e->flow] + e->side;
	if (end >= 0) {
		struct machine *m = &d->machines[end];

		/* a kernel that holds no socket any more had it in a state that may be forgotten */
		differs = m->state && !in(m, state);
		m->state = state;
	}
	add_change(d, end, state, true, differs);
}

/* Ends that never stand at the same time share a lane. */
static void assign_lanes(struct scene *s)
{
	s->lanes = mem_zero(s->host_count + 1, sizeof *s->lanes);
	for (size_t i = 0; i < s->end_count; i++) {
		struct scene_end *e = &s->ends[i];
		bool taken = true;

		if (e->first == SIZE_MAX || e->host < 0)
			continue;
		for (e->lane = 0; taken; e->lane += taken) {
			taken = false;
			for (size_t k = 0; k < i && !taken; k++) {
				const struct scene_end *o = &s->ends[k];

				taken = o->host == e->host && o->lane == e->lane &&
				        o->first != SIZE_MAX && o->last >= e->first &&
				        o->first <= e->last;
			}
		}
		if (e->lane >= s->lanes[e->host])
			s->lanes[e->host] = e->lane + 1;
	}
}

void scene_states(struct scene *s, const struct timeline *tl, const int *end_of_flow)
{
	struct deriving d = {.s = s, .machines = mem_zero(s->end_count + 1, sizeof *d.machines)};

	for (size_t i = 0; i < s->end_count; i++)
		spans_init(&d.machines[i].heard, false);
	for (d.row = 0; d.row < s->row_count; d.row++) {
		const struct scene_row *r = &s->rows[d.row];
		const struct timeline_packet *p = timeline_packet(tl, r->first);

		if (p && r->flow >= 0 && end_of_flow[r->flow] >= 0)
			packet(&d, r, p, end_of_flow[r->flow]);
		else if (r->kind == SCENE_STATE)
			asked(&d, timeline_get(tl, r->event), end_of_flow);
	}
	assign_lanes(s);
	for (size_t i = 0; i < s->end_count; i++)
		spans_free(&d.machines[i].heard);
	free(d.machines);
}
