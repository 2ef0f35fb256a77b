/* SPDX-License-Identifier: MIT */
/*
 * talk.c - what a segment does to its conversation
 *
 * Retransmissions are told by what was seen before, as in packet/flow.h: a segment is one when all
 * its bytes (SYN and FIN count) were in the capture already. Of bytes that were jumped over the
 * latest two holes of each direction are remembered; what fills one came out of order.
 */
#include "inspect/talks_own.h"
#include <netinet/in.h>

/* Sequence numbers wrap (RFC 9293 3.4). */
static bool after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

bool talk_reopens(const struct talk *t, const struct segment *s)
{
	return (s->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && t->pair.protocol == IPPROTO_TCP &&
	       (t->flags[s->dir] & SIDE_BASE) && t->side[s->dir].base != s->seq;
}

/* Where each side's numbers began, as far as this segment shows (Wireshark's base_seq). */
static void note_bases(struct talk *t, const struct segment *s)
{
	if (!(t->flags[s->dir] & SIDE_BASE)) {
		t->side[s->dir].base = s->flags & TCP_SYN ? s->seq : s->seq - 1;
		t->flags[s->dir] |= SIDE_BASE;
	}
	if (!(t->flags[!s->dir] & SIDE_BASE) && (s->flags & TCP_ACK)) {
		t->side[!s->dir].base = s->ack - 1;
		t->flags[!s->dir] |= SIDE_BASE;
	}
}

static void jumped(struct talk_side *me, uint32_t begin, uint32_t end)
{
	me->hole[1] = me->hole[0];
	me->hole[0].begin = begin;
	me->hole[0].end = end;
	if (me->holes < 2)
		me->holes++;
}

/* Did the bytes from @begin to @end, or some of them, fill a hole? */
static bool fills(struct talk_side *me, uint32_t begin, uint32_t end)
{
	for (unsigned i = 0; i < me->holes; i++) {
		if (!after(end, me->hole[i].begin) || !after(me->hole[i].end, begin))
			continue;
		/* one end of it goes; what fills the middle leaves the upper part */
		if (!after(me->hole[i].end, end))
			me->hole[i].end =
			    after(begin, me->hole[i].begin) ? begin : me->hole[i].begin;
		else
			me->hole[i].begin = end;
		if (!after(me->hole[i].end, me->hole[i].begin)) {
			if (i == 0)
				me->hole[0] = me->hole[1];
			me->holes--;
		}
		return true;
	}
	return false;
}

/* At most one byte, just before what comes next, and all is acknowledged (RFC 9293 3.8.4). */
static bool is_keepalive(const struct talk *t, const struct segment *s)
{
	const struct talk_side *me = &t->side[s->dir], *peer = &t->side[!s->dir];

	return !(s->flags & (TCP_SYN | TCP_FIN)) && s->payload <= 1 && s->seq + 1 == me->next &&
	       (t->flags[!s->dir] & SIDE_ACKED) && peer->acked == me->next;
}

static void follow_numbers(struct talk *t, const struct segment *s)
{
	struct talk_side *me = &t->side[s->dir];
	uint32_t length = s->payload + !!(s->flags & TCP_SYN) + !!(s->flags & TCP_FIN);
	uint32_t end = s->seq + length;

	if (length == 0 || (s->flags & TCP_RST))
		return;
	if (!(t->flags[s->dir] & SIDE_NEXT)) {
		me->next = end;
		t->flags[s->dir] |= SIDE_NEXT;
	} else if (after(end, me->next)) {
		if (after(s->seq, me->next))
			jumped(me, me->next, s->seq);
		me->next = end;
	} else if (me->holes > 0 && fills(me, s->seq, end)) {
		me->out_of_order++;
	} else if (!is_keepalive(t, s)) {
		me->retransmissions++;
	}
}

static void follow_syn(struct talk *t, const struct segment *s)
{
	if (s->flags & TCP_ACK) {
		/* it opens none, but its number is what a SYN may repeat from now on */
		t->side[s->dir].base = s->seq;
		if (!t->opener_known)
			t->opener = !s->dir;
		t->synack = t->synack || s->dir != t->opener;
	} else if (!t->syn) {
		if (!t->opener_known)
			t->opener = s->dir;
		t->syn = s->dir == t->opener;
		t->syn_at = s->at;
	}
	t->opener_known = true;
}

static void follow_rst(struct talk *t, const struct segment *s)
{
	struct talk_side *me = &t->side[s->dir];

	t->flags[s->dir] |= SIDE_RST;
	if (me->resets < UINT16_MAX)
		me->resets++;
	if (t->ended != FLOW_OPEN)
		return;
	t->ended = t->syn && !t->synack && s->dir != t->opener ? FLOW_REFUSED : FLOW_RESET;
}

static void follow_fin(struct talk *t, const struct segment *s)
{
	t->flags[s->dir] |= SIDE_FIN;
	if (t->ended == FLOW_OPEN && (t->flags[!s->dir] & SIDE_FIN))
		t->ended = FLOW_CLOSED;
}

static void add_tcp(struct talk *t, const struct segment *s)
{
	struct talk_side *me = &t->side[s->dir];

	if (!s->blurred) {
		note_bases(t, s);
		follow_numbers(t, s);
	}
	if (s->flags & TCP_ACK) {
		if (!(t->flags[s->dir] & SIDE_ACKED) || after(s->ack, me->acked))
			me->acked = s->ack;
		t->flags[s->dir] |= SIDE_ACKED;
	}
	if (__builtin_expect(s->flags & (TCP_SYN | TCP_FIN | TCP_RST), 0)) {
		if (s->flags & TCP_SYN)
			follow_syn(t, s);
		if (s->flags & TCP_FIN)
			follow_fin(t, s);
		if (s->flags & TCP_RST)
			follow_rst(t, s);
	} else if (t->synack && !t->established && s->dir == t->opener && (s->flags & TCP_ACK)) {
		t->established = true;
		if (t->syn)
			t->handshake = s->at - t->syn_at;
	}
}

void talk_add(struct talk *t, const struct segment *s)
{
	struct talk_side *me = &t->side[s->dir];

	me->packets++;
	me->bytes += s->frame;
	me->payload += s->payload;
	if (s->at < t->first_at)
		t->first_at = s->at;
	if (s->at > t->last_at)
		t->last_at = s->at;
	if (__builtin_expect(s->pieces > 0, 0)) {
		t->piece_packets[s->dir] += s->pieces;
		t->piece_bytes[s->dir] += s->piece_bytes;
	}
	if (t->pair.protocol == IPPROTO_TCP)
		add_tcp(t, s);
	t->flags[s->dir] |= SIDE_SPOKE;
}

/* Refused is who never answered; an error about a later packet ends nothing (RFC 9293 3.9.2.2). */
void talk_refused(struct talk *t, const struct segment *s)
{
	if (t->ended == FLOW_OPEN && s->dir == t->opener && !(t->flags[!s->dir] & SIDE_SPOKE))
		t->ended = FLOW_REFUSED;
}
