/* SPDX-License-Identifier: MIT */
/*
 * flow_tcp.c - what one segment is in its connection: new, sent before, ahead, an ACK, a probe
 *
 * Theory. Each side keeps one edge: all its payload before it was seen. Sequence numbers are
 * unwrapped to 64 bits near that edge (not near the highest number seen: one forged segment far
 * away must not bend what follows). Payload positions are relative, 1 being the first byte. SYN and
 * FIN are noted beside, so that a position in the stream is always relative - 1.
 */
#include "packet/flow_state.h"

#define WSCALE_MAX 14 /* RFC 7323 2.3 */

/* One segment on its way through the functions below. */
struct segment {
	struct flow_state *s;
	struct flow_side *me, *peer;
	struct flow_hidden *mine, *theirs;
	const struct packet *p;
	bool syn, fin, rst, ack;
	size_t len;
	int64_t start;          /* relative sequence number; negative: before the beginning */
	int64_t data, data_end; /* relative, payload is [data, data_end) */
	int64_t end;            /* behind FIN */
	uint64_t fresh;         /* payload bytes not seen before */
};

static int64_t relative(uint32_t number, uint32_t isn, uint64_t near)
{
	return (int64_t)near + (int32_t)(number - (isn + (uint32_t)near));
}

static uint64_t not_negative(int64_t n)
{
	return n < 0 ? 0 : (uint64_t)n;
}

static void learn_isn(struct flow_side *side, uint32_t isn)
{
	side->isn = isn;
	side->has_isn = true;
}

/* Its own first packet shows the true place of a side whose numbers were known from
 * acknowledgements only. */
static void correct_isn(struct segment *g, uint32_t isn)
{
	int64_t shift = (int32_t)(isn - g->me->isn);

	learn_isn(g->me, isn);
	g->peer->acked = not_negative((int64_t)g->peer->acked - shift);
	g->mine->isn_guessed = false;
}

/* Sequence numbers become relative as soon as something tells where a side began. */
static void learn(struct segment *g)
{
	const struct packet_tcp *tcp = &g->p->tcp;
	/* without a SYN the first byte seen is taken for the first byte sent */
	uint32_t isn = g->syn ? tcp->seq : tcp->seq - 1;

	if (!g->me->has_isn && !g->rst)
		learn_isn(g->me, isn);
	else if (g->mine->isn_guessed && !g->rst)
		correct_isn(g, isn);
	if (!g->syn && !g->rst && g->me->next == 0)
		g->me->next = 1;
	if (g->ack && !g->peer->has_isn) {
		learn_isn(g->peer, tcp->ack - 1);
		g->theirs->isn_guessed = true;
		g->peer->next = 1;
	}
	if (g->syn) {
		g->mine->has_wscale = tcp->has_wscale;
		g->me->wscale = tcp->wscale > WSCALE_MAX ? WSCALE_MAX : tcp->wscale;
	}
}

static void place(struct segment *g, struct flow_note *note)
{
	/* An RST that answers a SYN has no numbers of its own: 0 (RFC 9293 3.10.7.1) */
	g->start = g->me->has_isn ? relative(g->p->tcp.seq, g->me->isn, g->mine->spans.edge) : 0;
	g->data = g->start + g->syn;
	g->data_end = g->data + (int64_t)g->len;
	g->end = g->data_end + g->fin;
	note->seq = not_negative(g->start);
	note->seq_end = note->seq + g->len;
	if (g->ack)
		note->ack =
		    not_negative(relative(g->p->tcp.ack, g->peer->isn, g->theirs->spans.edge));
	note->window = g->p->tcp.window;
	if (!g->syn && g->mine->has_wscale && g->theirs->has_wscale)
		note->window <<= g->me->wscale;
}

/* A keepalive or a window probe looks back at the last byte, or sends one byte into a closed
 * window. */
static void note_probe(struct segment *g, struct flow_note *note)
{
	bool closed = g->theirs->windowed && g->peer->last_window == 0;
	bool last = g->start + 1 == (int64_t)g->me->next && g->me->next > 1 - (g->len == 0);

	if (g->syn || g->fin || g->rst || !g->ack || (g->p->tcp.flags & TCP_URG) || g->len > 1)
		return;
	if (closed) {
		note->window_probe = last || (g->len == 1 && g->start == (int64_t)g->me->next);
		return;
	}
	if (!last || g->peer->acked < g->me->next)
		return;
	/* One byte that was sent there before is a retransmission; RFC 1122 4.2.3.6 keepalives
	 * carry garbage. */
	int known = g->len ? spans_byte(&g->mine->spans, (uint64_t)g->start) : -1;
	note->keepalive = g->len == 0 || known != g->p->data[g->p->payload_off];
}

static void note_ack(struct segment *g, struct flow_note *note)
{
	uint8_t others = TCP_SYN | TCP_FIN | TCP_RST | TCP_URG;

	if (!g->ack)
		return;
	note->pure_ack =
	    !(g->p->tcp.flags & others) && g->len == 0 && !note->keepalive && !note->window_probe;
	if (note->pure_ack && g->mine->acked_once && note->ack == g->me->acked) {
		note->window_update = g->p->tcp.window != g->me->last_window;
		/* RFC 5681 2: same window, and something is under way to be acknowledged */
		note->duplicate_ack = !note->window_update && g->peer->next > note->ack;
	}
	if (note->ack > g->me->acked)
		g->me->acked = note->ack;
	g->mine->acked_once = true;
}

/* Was all of it sent before? Decided before the segment changes the flow. */
static void note_order(struct segment *g, struct flow_note *note)
{
	bool syn_old =
	    g->start == 0 && (g->ack ? g->mine->syn_ack : g->mine->syn || g->mine->syn_ack);
	bool fin_old = g->me->fin && g->mine->fin_at == not_negative(g->data_end);

	if (g->rst || (!g->syn && !g->fin && !g->len) || note->keepalive || note->window_probe)
		return;
	note->retransmission = (!g->syn || syn_old) && (!g->fin || fin_old) && g->fresh == 0;
	note->partly_old = g->len > 0 && g->fresh < g->len && !note->retransmission;
	note->out_of_order = g->start > (int64_t)g->me->next && !note->retransmission;
	g->me->retransmitted += note->retransmission;
	g->me->out_of_order += note->out_of_order;
}

static void add_payload(struct segment *g)
{
	const uint8_t *data = g->p->data + g->p->payload_off;
	/* what lies before the first byte known belongs to nobody's stream */
	size_t before = g->data < 1 ? (size_t)(1 - g->data) : 0;

	if (before >= g->len)
		return;
	g->fresh = spans_add(&g->mine->spans, not_negative(g->data) + before, data + before,
	                     g->len - before);
	g->me->bytes = g->mine->spans.edge - 1;
	g->me->bytes_ahead = g->mine->spans.ahead;
	g->me->stream = (const uint8_t *)g->mine->spans.stream.p;
}

/* Have both sides said and acknowledged FIN? */
static bool is_over(const struct segment *g)
{
	return g->me->fin && g->peer->fin && g->me->acked > g->theirs->fin_at &&
	       g->peer->acked > g->mine->fin_at;
}

static void note_close(struct segment *g, int dir, int64_t number, int64_t at, bool stray)
{
	struct flow *f = &g->s->flow;

	if ((g->fin || g->rst) && f->closed_first < 0)
		f->closed_first = dir;
	if (g->fin && !g->me->fin) {
		g->me->fin = true;
		g->me->fin_number = number;
		g->mine->fin_at = not_negative(g->data_end);
	}
	if (g->fin && g->peer->fin)
		flow_ended(f, FLOW_CLOSED, at);
	if (!g->rst || stray)
		return;
	if (!g->me->rst)
		g->me->rst_number = number;
	g->me->rst = true;
	g->mine->rst_seq = g->p->tcp.seq;
	bool answered = g->mine->syn || g->mine->syn_ack || !g->theirs->syn;
	flow_ended(f, answered ? FLOW_RESET : FLOW_REFUSED, at);
}

void flow_tcp(struct flow_state *s, int dir, int64_t number, int64_t at, const struct packet *p,
              struct flow_note *note)
{
	struct flow *f = &s->flow;
	struct segment g = {
	    .s = s,
	    .me = &f->side[dir],
	    .peer = &f->side[1 - dir],
	    .mine = &s->hidden[dir],
	    .theirs = &s->hidden[1 - dir],
	    .p = p,
	    .syn = p->tcp.flags & TCP_SYN,
	    .fin = p->tcp.flags & TCP_FIN,
	    .rst = p->tcp.flags & TCP_RST,
	    .ack = p->tcp.flags & TCP_ACK,
	    .len = p->payload_len,
	};

	if (g.rst) /* what it carries is no data (RFC 9293 3.5.3), nor does it open or close in
	              order */
		g.syn = g.fin = false;
	learn(&g);
	place(&g, note);
	note->stray_rst = g.rst && is_over(&g);
	note->repeated_rst = g.rst && g.me->rst && g.mine->rst_seq == p->tcp.seq;
	note_probe(&g, note);
	note_ack(&g, note);
	if (!g.rst && !note->keepalive)
		add_payload(&g);
	note_order(&g, note);
	if (g.syn) {
		g.mine->syn |= !g.ack;
		g.mine->syn_ack |= g.ack;
	}
	if (!g.rst && g.end > (int64_t)g.me->next)
		g.me->next = (uint64_t)g.end;
	if (!g.rst && g.ack) {
		g.me->last_window = p->tcp.window;
		g.mine->windowed = true;
	}
	note_close(&g, dir, number, at, note->stray_rst);
}
