/* SPDX-License-Identifier: MIT */
/*
 * walk.c - packets walked along the lines of a pattern, greedily
 *
 * Theory. A lane is a queue of lines: one for each direction of a shape, one for all of an exact
 * pattern. Packets come in the order of their numbers; each is offered to the line where its lane
 * stands. A packet is made of pieces: SYN, payload, FIN or RST. A line of flags takes a packet
 * whole, or the FIN that is left when lines of data took the payload. A line of data takes as many
 * bytes as it still wants. What nobody takes may be passed over when it is new to nobody (a pure
 * ACK, a retransmission), may wait when it lies beyond a hole, and is otherwise where packets and
 * pattern part.
 */
#include "match/take.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_shape(const struct walk *w)
{
	return w->rule != WALK_EXACTLY;
}

/* The lane goes past an optional line. */
static void leave(struct progress *pr)
{
	pr->done = pr->taken > 0;
	pr->skipped = !pr->done;
}

/*
 * Offer the piece to the line where the lane stands; past optional lines when those do not fit.
 * Returns false with the lane where it was and @m, @line telling of the last line tried.
 */
static bool offer(struct walk *w, struct lane *lane, struct piece *pc, struct misfit *m,
                  size_t *line)
{
	size_t at = lane->at;
	int64_t before = lane->before;

	while (lane->at < lane->count) {
		size_t from = lane->at;
		*line = lane->lines[from];
		misfit_free(m);
		if (walk_take(w, lane, *line, pc, m)) {
			for (size_t i = at; i < from; i++)
				leave(&w->progress[lane->lines[i]]);
			return true;
		}
		if (!w->pattern->lines[*line].optional)
			break;
		walk_advance(w, lane);
	}
	if (at == lane->count)
		*line = NO_LINE;
	lane->at = at;
	lane->before = before;
	return false;
}

static bool is_empty(const struct piece *pc)
{
	return !pc->syn && !pc->end && pc->len == 0;
}

static struct piece piece_of(const struct walk *w, const struct lane *lane,
                             const struct timeline_packet *p)
{
	bool tcp = p->packet.has_ports && p->packet.protocol == IPPROTO_TCP;
	uint8_t flags = tcp ? p->packet.tcp.flags : 0;
	struct piece pc = {
	    .p = p,
	    .syn = flags & TCP_SYN,
	    .end = flags & (TCP_FIN | TCP_RST),
	    .bytes = p->packet.data + p->packet.payload_off,
	    .len = p->packet.has_ports ? p->packet.payload_len : 0,
	};

	if (!is_shape(w) || !tcp)
		return pc;
	/* In a shape each byte of the stream is named once, whatever was sent again. */
	uint64_t start = p->note.seq + pc.syn;
	size_t old = start < lane->pos ? (size_t)(lane->pos - start) : 0;
	if (p->note.retransmission || p->note.keepalive || old > pc.len)
		old = pc.len;
	pc.bytes += old;
	pc.len -= old;
	return pc;
}

/* Are the bytes those that were sent at that place before? A repetition with other bytes is none.
 */
static bool says_the_same(const struct timeline_packet *p)
{
	const struct flow_side *side = &p->note.flow->side[p->note.dir];
	uint64_t start = p->note.seq;

	if (p->packet.payload_len == 0 || start == 0 || !side->stream ||
	    start - 1 + p->packet.payload_len > side->bytes)
		return true;
	return memcmp(side->stream + (start - 1), p->data + p->packet.payload_off,
	              p->packet.payload_len) == 0;
}

/* Need it have no name in a shape? */
static bool ignorable(const struct piece *pc)
{
	const struct flow_note *n = &pc->p->note;

	if (pc->p->packet.protocol == IPPROTO_TCP && (pc->p->packet.tcp.flags & TCP_URG))
		return false;
	if (n->retransmission && !says_the_same(pc->p))
		return false;
	return n->retransmission || n->pure_ack || n->keepalive || n->stray_rst ||
	       n->repeated_rst || (n->window_probe && pc->len == 0);
}

static bool is_ahead(const struct walk *w, const struct lane *lane, const struct piece *pc)
{
	uint64_t start = pc->p->note.seq + pc->syn;

	return is_shape(w) && pc->p->packet.has_ports && pc->p->packet.protocol == IPPROTO_TCP &&
	       !(pc->p->packet.tcp.flags & (TCP_RST | TCP_SYN)) && start > lane->pos &&
	       (pc->len > 0 || pc->end) && !pc->p->note.retransmission;
}

static void part(struct walk *w, struct lane *lane, const struct piece *pc, size_t line,
                 struct misfit *m)
{
	lane->parted = true;
	if (w->parts_packet) {
		walk_add_row(w, pc->p->number, NO_LINE, ROW_BEHIND);
		misfit_free(m);
		return;
	}
	walk_add_row(w, pc->p->number, line, ROW_PARTS);
	w->parts_packet = pc->p->number;
	w->parts_line = line;
	w->left_over = pc->touched;
	w->misfit = *m;
	*m = (struct misfit){0};
	w->rest = pc->bytes;
	w->rest_len = pc->len;
}

/* It needs no name; but that it came at the wrong time for a line is worth telling if nothing
 * better comes. */
static void pass_over(struct walk *w, const struct timeline_packet *p, size_t line,
                      const struct misfit *m)
{
	walk_add_row(w, p->number, NO_LINE, ROW_PASSED);
	if (line == NO_LINE || m->wanted.len || !m->found.len)
		return;
	free(w->progress[line].passed);
	w->progress[line].passed =
	    mem_printf("packet %" PRId64 " %s", p->number, buf_text(&m->found));
}

static void walk_packet(struct walk *w, struct lane *lane, const struct timeline_packet *p)
{
	struct piece pc = piece_of(w, lane, p);
	struct misfit m = {0};
	size_t line = NO_LINE;
	bool ahead = is_ahead(w, lane, &pc);

	if (ahead) /* beyond a hole only a line about this very packet may take it, not a run of
	              bytes */
		pc.len = 0;
	bool took = offer(w, lane, &pc, &m, &line);
	while (took && !is_empty(&pc))
		took = offer(w, lane, &pc, &m, &line);
	if (!took && ahead && !pc.touched) {
		MEM_ROOM(lane->ahead, lane->ahead_count);
		lane->ahead[lane->ahead_count++] = p->number;
	} else if (!took && is_shape(w) && !pc.touched && ignorable(&pc)) {
		pass_over(w, p, line, &m);
	} else if (!took) {
		part(w, lane, &pc, line, &m);
	}
	misfit_free(&m);
}

/* Packets that waited beyond a hole go on when it is filled. */
static void walk_ahead(struct walk *w, struct lane *lane)
{
	for (size_t i = 0; i < lane->ahead_count && !lane->parted;) {
		const struct timeline_packet *p = timeline_packet(w->tl, lane->ahead[i]);
		if (p->note.seq > lane->pos) {
			i++;
			continue;
		}
		lane->ahead_count--;
		memmove(lane->ahead + i, lane->ahead + i + 1,
		        (lane->ahead_count - i) * sizeof *lane->ahead);
		walk_packet(w, lane, p);
		i = 0;
	}
}

/* Every line has its packets, yet some wait beyond a hole that nobody filled. */
static void part_ahead(struct walk *w, struct lane *lane)
{
	size_t at = lane->at;

	while (at < lane->count && w->pattern->lines[lane->lines[at]].optional)
		at++;
	if (lane->parted || at < lane->count || lane->ahead_count == 0)
		return;
	const struct timeline_packet *p = timeline_packet(w->tl, lane->ahead[0]);
	struct piece pc = {.p = p};
	struct misfit m = {0};
	char found[64], wanted[64];

	snprintf(found, sizeof found, "data from byte %" PRIu64, p->note.seq);
	snprintf(wanted, sizeof wanted, "byte %" PRIu64, lane->pos);
	misfit_set(&m, found, wanted);
	part(w, lane, &pc, NO_LINE, &m);
}

static bool same_names(const struct walk *w)
{
	return w->side[0] && strcmp(w->side[0], w->side[1]) == 0;
}

/* Which lane walks the line; -1: its hosts are not those of the flow. */
static int lane_for(const struct walk *w, const struct pattern_line *l)
{
	if (!is_shape(w) || !w->side[0] || same_names(w) || !l->from)
		return 0;
	/* an ICMP error may come from somebody on the way; it goes to an end of the flow */
	if (l->kind == LINE_ICMP)
		return strcmp(l->to, w->side[0]) == 0 ? 1 : strcmp(l->to, w->side[1]) == 0 ? 0 : -1;
	for (int dir = 0; dir < 2; dir++)
		if (strcmp(l->from, w->side[dir]) == 0 && strcmp(l->to, w->side[1 - dir]) == 0)
			return dir;
	return -1;
}

static void fill_lanes(struct walk *w)
{
	for (int i = 0; i < 2; i++) {
		w->lanes[i].lines = mem_zero(w->pattern->count, sizeof *w->lanes[i].lines);
		w->lanes[i].pos = 1;
	}
	w->stranger = NO_LINE;
	for (size_t i = 0; i < w->pattern->count; i++) {
		int dir = lane_for(w, &w->pattern->lines[i]);
		if (dir < 0 && w->stranger == NO_LINE)
			w->stranger = i;
		if (dir >= 0)
			w->lanes[dir].lines[w->lanes[dir].count++] = i;
	}
}

void walk_run(struct walk *w, const struct timeline *tl, const struct flow *flow,
              const struct pattern *pattern, enum walk_rule rule)
{
	*w = (struct walk){
	    .tl = tl, .flow = flow, .pattern = pattern, .rule = rule, .parts_line = NO_LINE};
	w->progress = mem_zero(pattern->count, sizeof *w->progress);
	int64_t end = timeline_sealed_packets(tl);
	if (flow && flow->first_number <= end) {
		const struct timeline_packet *first = timeline_packet(tl, flow->first_number);
		w->side[first->note.dir] = timeline_src(tl, first);
		w->side[1 - first->note.dir] = timeline_dst(tl, first);
	}
	fill_lanes(w);
	if (!flow || w->stranger != NO_LINE)
		return;
	if (end > flow->last_number)
		end = flow->last_number;
	for (int64_t n = flow->first_number; n <= end; n++) {
		const struct timeline_packet *p = timeline_packet(tl, n);
		if (p->note.flow != flow)
			continue;
		struct lane *lane = &w->lanes[is_shape(w) && !same_names(w) ? p->note.dir : 0];
		lane->last = n;
		if (lane->parted)
			walk_add_row(w, n, NO_LINE, ROW_BEHIND);
		else
			walk_packet(w, lane, p);
		walk_ahead(w, lane);
	}
	part_ahead(w, &w->lanes[0]);
	part_ahead(w, &w->lanes[1]);
}

void walk_free(struct walk *w)
{
	for (int i = 0; i < 2; i++) {
		free(w->lanes[i].lines);
		free(w->lanes[i].ahead);
	}
	for (size_t i = 0; i < w->pattern->count; i++)
		free(w->progress[i].passed);
	free(w->progress);
	free(w->rows);
	misfit_free(&w->misfit);
}

size_t walk_missing(const struct walk *w)
{
	for (size_t i = 0; i < w->pattern->count; i++)
		if (!w->progress[i].done && !w->pattern->lines[i].optional)
			return i;
	return NO_LINE;
}

const struct lane *walk_lane_of(const struct walk *w, size_t line)
{
	int dir = lane_for(w, &w->pattern->lines[line]);

	return &w->lanes[dir < 0 ? 0 : dir];
}

enum judgement walk_result(const struct walk *w)
{
	if (w->parts_packet || w->stranger != NO_LINE)
		return JUDGE_PARTS;
	return walk_missing(w) == NO_LINE ? JUDGE_HOLDS : JUDGE_NOT_YET;
}
