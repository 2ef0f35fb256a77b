/* SPDX-License-Identifier: MIT */
/*
 * tcp.c - a TCP connection that both sides have
 *
 * Theory. Packets are aligned per direction, by what they are for: what takes sequence space and is
 * new by its place in the stream, so that another segmentation is a group of packets against
 * another; repetitions among themselves; ACKs by what they acknowledge. This is manner, and makes
 * the side by side. Whether the two part is asked of what arrived: SYN, the stream's bytes, FIN,
 * RST, as the normalised trace has them.
 */
#include "base/text.h"
#include "diff/diff_own.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum purpose { P_SPACE, P_AGAIN, P_ACK, P_RST, P_OTHER };

struct segment {
	size_t k;        /* index in the stretch */
	uint64_t lo, hi; /* sequence space */
	bool data;       /* payload takes some of it */
	bool fin;        /* nothing but a FIN does */
};

struct segments {
	struct segment *list;
	size_t count;
};

static enum purpose purpose(const struct timeline_packet *p)
{
	uint8_t flags = p->packet.tcp.flags;

	if (p->packet.protocol != IPPROTO_TCP)
		return P_OTHER;
	if (flags & TCP_RST)
		return P_RST;
	if (p->note.retransmission)
		return P_AGAIN;
	if (p->note.keepalive || p->note.window_probe)
		return P_ACK;
	return (flags & (TCP_SYN | TCP_FIN)) || p->packet.payload_len > 0 ? P_SPACE : P_ACK;
}

static int by_place(const void *left, const void *right)
{
	const struct segment *a = left, *b = right;

	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return (a->k > b->k) - (a->k < b->k);
}

/* Those of one direction and purpose. */
static struct segments select_from(const struct comparing *c, int side, int dir, enum purpose what)
{
	struct segments s = {0};

	for (size_t k = 0; k < c->now[side].count; k++) {
		const struct timeline_packet *p = side_packet(c, side, k);
		uint8_t flags = p->packet.tcp.flags;

		if (p->note.dir != dir || purpose(p) != what)
			continue;
		MEM_ROOM(s.list, s.count);
		s.list[s.count++] = (struct segment){
		    .k = k,
		    .lo = what == P_ACK ? p->note.ack : p->note.seq,
		    .hi = p->note.seq_end + !!(flags & TCP_SYN) + !!(flags & TCP_FIN),
		    .data = p->packet.payload_len > 0,
		    .fin = p->packet.payload_len == 0 && (flags & TCP_FIN),
		};
	}
	if (s.count > 1 && what != P_ACK && what != P_RST)
		qsort(s.list, s.count, sizeof *s.list, by_place);
	return s;
}

static void partner(struct comparing *c, const struct segment *a, const struct segment *b)
{
	c->now[0].partner[a->k] = (int)b->k;
	c->now[1].partner[b->k] = (int)a->k;
}

/* A stretch of the stream that both cut, each in its way, begins at i and k: go behind it. */
static void pass_group(const struct segments *a, const struct segments *b, size_t *i, size_t *k)
{
	uint64_t end_a = a->list[(*i)++].hi, end_b = b->list[(*k)++].hi;

	while (end_a != end_b) {
		if (end_a < end_b && *i < a->count && a->list[*i].lo < end_b) {
			if (a->list[*i].hi > end_a)
				end_a = a->list[*i].hi;
			(*i)++;
		} else if (end_b < end_a && *k < b->count && b->list[*k].lo < end_a) {
			if (b->list[*k].hi > end_b)
				end_b = b->list[*k].hi;
			(*k)++;
		} else {
			return;
		}
	}
}

/* One end says more before its FIN than the other: the FINs are each other's all the same. */
static void align_fins(struct comparing *c, const struct segments *a, const struct segments *b)
{
	const struct segment *fin[2] = {NULL, NULL};

	for (size_t i = 0; i < a->count; i++) {
		if (a->list[i].fin && c->now[0].partner[a->list[i].k] < 0)
			fin[0] = fin[0] ? fin[0] : &a->list[i];
	}
	for (size_t i = 0; i < b->count; i++) {
		if (b->list[i].fin && c->now[1].partner[b->list[i].k] < 0)
			fin[1] = fin[1] ? fin[1] : &b->list[i];
	}
	if (fin[0] && fin[1])
		partner(c, fin[0], fin[1]);
}

/* By their place in the stream. overlap: a part of the same place is enough. */
static void align_places(struct comparing *c, int dir, enum purpose what, bool overlap)
{
	struct segments a = select_from(c, 0, dir, what), b = select_from(c, 1, dir, what);

	for (size_t i = 0, k = 0; i < a.count && k < b.count;) {
		const struct segment *x = &a.list[i], *y = &b.list[k];

		if (x->lo == y->lo && x->hi == y->hi) {
			partner(c, x, y);
			i++;
			k++;
		} else if (overlap && x->data == y->data && x->lo < y->hi && y->lo < x->hi) {
			partner(c, x, y);
			pass_group(&a, &b, &i, &k);
		} else if (x->lo < y->lo || (x->lo == y->lo && x->hi < y->hi)) {
			i++;
		} else {
			k++;
		}
	}
	if (overlap)
		align_fins(c, &a, &b);
	free(a.list);
	free(b.list);
}

static void align_acks(struct comparing *c, int dir)
{
	struct segments a = select_from(c, 0, dir, P_ACK), b = select_from(c, 1, dir, P_ACK);

	for (size_t i = 0, k = 0; i < a.count && k < b.count;) {
		if (a.list[i].lo == b.list[k].lo)
			partner(c, &a.list[i++], &b.list[k++]);
		else if (a.list[i].lo < b.list[k].lo)
			i++;
		else
			k++;
	}
	free(a.list);
	free(b.list);
}

static void align_resets(struct comparing *c, int dir)
{
	struct segments a = select_from(c, 0, dir, P_RST), b = select_from(c, 1, dir, P_RST);

	for (size_t i = 0; i < a.count && i < b.count; i++)
		partner(c, &a.list[i], &b.list[i]);
	free(a.list);
	free(b.list);
}

/* The first packet that has the stream's byte @at, delivered if one was; 0: none. */
static int64_t packet_of_byte(const struct comparing *c, int side, int dir, uint64_t at)
{
	int64_t lost = 0;

	for (size_t k = 0; k < c->now[side].count; k++) {
		const struct timeline_packet *p = side_packet(c, side, k);
		bool syn = p->packet.tcp.flags & TCP_SYN;

		if (p->note.dir != dir || p->packet.protocol != IPPROTO_TCP ||
		    (p->packet.tcp.flags & TCP_RST) || p->packet.payload_len == 0 ||
		    at < p->note.seq + syn || at >= p->note.seq_end + syn)
			continue;
		if (p->fate == FATE_DELIVERED)
			return p->number;
		lost = lost ? lost : p->number;
	}
	return lost;
}

static int64_t packet_of_flag(const struct comparing *c, int side, int dir, uint8_t flag)
{
	for (size_t k = 0; k < c->now[side].count; k++) {
		const struct timeline_packet *p = side_packet(c, side, k);

		if ((dir < 0 || p->note.dir == dir) && purpose(p) != P_OTHER &&
		    (p->packet.tcp.flags & flag) && !p->note.stray_rst)
			return p->number;
	}
	return 0;
}

static const char *const who[] = {"the opener", "the other end"};

static void compare_flag(struct comparing *c, int dir, bool a, bool b, uint8_t flag, bool parts)
{
	char text[16];

	if (a == b)
		return;
	diff_add(c, DIFF_FLAGS, parts, packet_of_flag(c, 0, dir, flag),
	         packet_of_flag(c, 1, dir, flag), "%s's %s arrives in %s only", who[dir],
	         packet_flags_text(flag, text), a ? "A" : "B");
}

static void add_excerpt(struct buf *out, const uint8_t *p, size_t len, size_t at)
{
	buf_str(out, "\"");
	text_escape(out, p + at, len - at, 24);
	buf_str(out, "\"");
}

static void compare_bytes(struct comparing *c, int dir, const struct trace_flow *f[2], bool broken)
{
	const uint8_t *p[2];
	uint8_t *copy[2];
	size_t len[2], at = 0, least;
	struct buf b = {0};

	for (int side = 0; side < 2; side++) {
		const struct buf *s = &f[side]->side[dir].data.stream;

		copy[side] = trace_without_luck(f[side]->flow, s->p, s->len);
		p[side] = copy[side] ? copy[side] : (const uint8_t *)s->p;
		len[side] = s->len;
	}
	least = len[0] < len[1] ? len[0] : len[1];
	while (at < least && p[0][at] == p[1][at])
		at++;
	if (at < least || len[0] != len[1]) {
		/* how many bytes a reset finds delivered is luck; how they begin is not */
		bool parts = !broken || at < TRACE_SHOWN;

		if (at < least) {
			buf_printf(&b, "%s's bytes part at byte %zu: ", who[dir], at + 1);
			add_excerpt(&b, p[0], len[0], at);
			buf_str(&b, " and ");
			add_excerpt(&b, p[1], len[1], at);
		} else {
			int more = len[1] > len[0];

			buf_printf(&b,
			           "%s's bytes end after %zu in %s, after %zu in %s: ", who[dir],
			           least, more ? "A" : "B", len[more], more ? "B" : "A");
			add_excerpt(&b, p[more], len[more], at);
			buf_str(&b, " is missing");
		}
		diff_add(c, DIFF_BYTES, parts, packet_of_byte(c, 0, dir, at + 1),
		         packet_of_byte(c, 1, dir, at + 1), "%s", buf_text(&b));
		buf_free(&b);
	}
	free(copy[0]);
	free(copy[1]);
}

/* What arrived, and how it ended: as the trace has it. */
static void compare_said(struct comparing *c, const struct diff_conversation *v)
{
	const struct trace_flow *f[2] = {c->by_index[0][v->flow[0]->index],
	                                 c->by_index[1][v->flow[1]->index]};
	bool broken[2] = {trace_broken(f[0]), trace_broken(f[1])};
	bool either = broken[0] || broken[1];

	for (int dir = 0; dir < 2; dir++) {
		const struct trace_side *a = &f[0]->side[dir], *b = &f[1]->side[dir];

		compare_flag(c, dir, a->syn, b->syn, TCP_SYN, true);
		compare_bytes(c, dir, f, either);
		compare_flag(c, dir, a->fin, b->fin, TCP_FIN, !either);
		compare_flag(c, dir, a->rst, b->rst, TCP_RST, !either);
	}
	if (broken[0] != broken[1])
		diff_add(c, DIFF_FLAGS, true, packet_of_flag(c, 0, -1, TCP_RST),
		         packet_of_flag(c, 1, -1, TCP_RST), "it is reset in %s only",
		         broken[0] ? "A" : "B");
}

#define HEADER_MORE 20u

/* The options of a SYN; of other segments only what the handshake did not settle. */
static void options(const struct packet *p, unsigned mss_more, struct buf *out)
{
	const struct packet_tcp *t = &p->tcp;

	if (!(t->flags & TCP_SYN)) {
		buf_printf(out, "%s%s", t->has_timestamps ? " ts" : "",
		           t->sack_count > 0 ? " sack" : "");
		return;
	}
	if (t->has_mss)
		buf_printf(out, " mss %u", t->mss + mss_more);
	if (t->has_wscale)
		buf_printf(out, " wscale %u", t->wscale);
	buf_printf(out, "%s%s%s", t->sack_permitted ? " sackOK" : "",
	           t->has_timestamps ? " ts" : "", t->has_fastopen ? " fastopen" : "");
}

static void compare_options(struct comparing *c, const struct timeline_packet *a,
                            const struct timeline_packet *b)
{
	bool syn = a->packet.tcp.flags & b->packet.tcp.flags & TCP_SYN;
	struct buf text[2] = {0};

	/* IPv6 has a longer header, and so room for less in the same datagram */
	options(&a->packet, b->packet.version < a->packet.version ? HEADER_MORE : 0, &text[0]);
	options(&b->packet, a->packet.version < b->packet.version ? HEADER_MORE : 0, &text[1]);
	if (strcmp(buf_text(&text[0]), buf_text(&text[1])) != 0)
		diff_add(c, DIFF_OPTIONS, syn, a->number, b->number, "options%s and%s",
		         text[0].len > 0 ? text[0].p : " none",
		         text[1].len > 0 ? text[1].p : " none");
	buf_free(&text[0]);
	buf_free(&text[1]);
}

/* What takes space is told by compare_said() where it is absent; here what its packet bears. */
#define SPACE_FLAGS (TCP_SYN | TCP_FIN | TCP_RST)

static void compare_flags(struct comparing *c, const struct timeline_packet *a,
                          const struct timeline_packet *b)
{
	uint8_t fa = a->packet.tcp.flags, fb = b->packet.tcp.flags;
	uint8_t differ = (uint8_t)((fa ^ fb) & ~SPACE_FLAGS);
	bool syn = fa & fb & TCP_SYN;
	char ta[16], tb[16];

	if (differ != 0)
		diff_add(c, DIFF_FLAGS,
		         differ & (syn ? TCP_URG | TCP_ECE | TCP_CWR | TCP_ACK : TCP_URG),
		         a->number, b->number, "flags %s and %s", packet_flags_text(fa, ta),
		         packet_flags_text(fb, tb));
}

/* Two packets that are each other's. */
static void compare_pair(struct comparing *c, const struct timeline_packet *a,
                         const struct timeline_packet *b)
{
	const struct flow_note *x = &a->note, *y = &b->note;
	enum purpose what = purpose(a);
	bool both_ack = a->packet.tcp.flags & b->packet.tcp.flags & TCP_ACK;

	if (what == P_OTHER)
		return;
	if (x->seq != y->seq || x->seq_end != y->seq_end)
		diff_add(c, DIFF_SEGMENTATION, false, a->number, b->number,
		         "%" PRIu64 ":%" PRIu64 " and %" PRIu64 ":%" PRIu64, x->seq, x->seq_end,
		         y->seq, y->seq_end);
	else
		compare_flags(c, a, b);
	compare_options(c, a, b);
	if (both_ack && what != P_ACK && x->ack != y->ack)
		diff_add(c, DIFF_ACKS, false, a->number, b->number,
		         "it acknowledges %" PRIu64 " and %" PRIu64, x->ack, y->ack);
	if (both_ack && what != P_RST && x->window != y->window)
		diff_add(c, DIFF_WINDOW, false, a->number, b->number, "window %u and %u", x->window,
		         y->window);
	if (a->fate != b->fate)
		diff_add(c, DIFF_FATE, false, a->number, b->number, "%s and %s",
		         packet_fate_text(a->fate), packet_fate_text(b->fate));
}

static void compare_single(struct comparing *c, int side, const struct timeline_packet *p)
{
	static const struct {
		enum diff_kind kind;
		const char *words;
	} of[] = {
	    [P_SPACE] = {DIFF_SEGMENTATION, "a segment more"},
	    [P_AGAIN] = {DIFF_RETRANSMISSION, "a retransmission more"},
	    [P_ACK] = {DIFF_ACKS, "an ACK more"},
	    [P_RST] = {DIFF_FLAGS, "an RST more"},
	};
	enum purpose what = purpose(p);

	if (what != P_OTHER) /* ICMP is looked at elsewhere */
		diff_add(c, of[what].kind, false, side == 0 ? p->number : 0,
		         side == 1 ? p->number : 0, "%s in %s", of[what].words,
		         side == 0 ? "A" : "B");
}

static void compare_rows(struct comparing *c)
{
	const struct diff_conversation *v = conversation(c);

	for (size_t i = 0; i < v->row_count; i++) {
		const int64_t *n = v->rows[i].packet;
		const struct timeline_packet *a = timeline_packet(side_timeline(c, 0), n[0]);
		const struct timeline_packet *b = timeline_packet(side_timeline(c, 1), n[1]);

		if (a && b)
			compare_pair(c, a, b);
		else
			compare_single(c, a ? 0 : 1, a ? a : b);
	}
}

static bool takes_part_in_order(const struct timeline_packet *p)
{
	return purpose(p) == P_SPACE || purpose(p) == P_RST;
}

void diff_tcp(struct comparing *c)
{
	for (int dir = 0; dir < 2; dir++) {
		align_places(c, dir, P_SPACE, true);
		align_places(c, dir, P_AGAIN, false);
		align_acks(c, dir);
		align_resets(c, dir);
	}
	diff_rows(c);
	compare_said(c, conversation(c));
	compare_rows(c);
	diff_icmp(c);
	diff_order(c, takes_part_in_order);
	diff_times(c);
}
