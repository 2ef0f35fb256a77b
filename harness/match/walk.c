/* SPDX-License-Identifier: MIT */
/*
 * walk.c - packets walked along the lines of a pattern, greedily
 *
 * Theory. A lane is a queue of lines: one for each direction of a shape, one for all of an exact pattern. Packets come in the
 * order of their numbers; each is offered to the line where its lane stands. A packet is made of pieces: SYN, payload, FIN or
 * RST. A line of flags takes a packet whole, or the FIN that is left when lines of data took the payload. A line of data takes
 * as many bytes as it still wants. What nobody takes may be passed over when it is new to nobody (a pure ACK, a
 * retransmission), may wait when it lies beyond a hole, and is otherwise where packets and pattern part.
 */
#include "match/walk.h"
#include "base/text.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What of a packet no line has taken so far. */
struct piece {
	const struct timeline_packet *p;
	bool syn, end;	       /* SYN; FIN or RST */
	const uint8_t *bytes; /* not yet named */
	size_t len;
	bool touched;	       /* some line took some of it */
};

static void add_row(struct walk *w, int64_t packet, size_t line, enum row_mark mark)
{
	MEM_ROOM(w->rows, w->row_count);
	w->rows[w->row_count++] = (struct row){ packet, line, mark };
}

static bool is_shape(const struct walk *w)
{
	return w->rule != WALK_EXACTLY;
}

/* Both by libpcap's clock, or both by the wire's: the two may differ by more than what is asked. */
static int64_t elapsed(const struct walk *w, int64_t before, const struct timeline_packet *p)
{
	const struct timeline_packet *b = timeline_packet(w->tl, before);

	if (b->kernel_at && p->kernel_at)
		return p->kernel_at - b->kernel_at;
	return p->at - b->at;
}

static bool time_misfit(struct misfit *m, int64_t passed, int64_t before, int64_t limit, bool early)
{
	struct buf found = { 0 };

	buf_str(&found, "came ");
	text_ns(&found, passed);
	buf_printf(&found, " after packet %" PRId64 ", but %s ", before, early ? "at least" : "at most");
	text_ns(&found, limit);
	buf_str(&found, early ? " should pass" : " may pass");
	misfit_set(m, buf_text(&found), "");
	buf_free(&found);
	return false;
}

/* after label: has the line it means had its packet before this one? */
static bool in_order(const struct walk *w, const struct pattern_line *l, const struct timeline_packet *p,
		     struct misfit *m)
{
	const struct progress *other = &w->progress[l->after_line];
	char found[96];

	if (other->skipped || (other->done && other->last < p->number))
		return true;
	snprintf(found, sizeof found, "came before line %d (%.40s) had its packet",
		 w->pattern->lines[l->after_line].number, l->after_label);
	return misfit_set(m, found, "");
}

/* after and within: is this the time for the line? */
static bool timely(const struct walk *w, const struct lane *lane, size_t line,
		   const struct timeline_packet *p, struct misfit *m)
{
	const struct pattern_line *l = &w->pattern->lines[line];
	const struct progress *pr = &w->progress[line];
	int64_t before = pr->taken ? pr->last : lane->before;

	if (l->after_label && pr->first == 0 && !in_order(w, l, p, m))
		return false;
	if (before == 0 || (!l->has_after && !l->has_within))
		return true;
	int64_t passed = elapsed(w, before, p);
	/* of a run of bytes only the first has to wait */
	if (l->has_after && pr->bytes == 0 && passed < l->after)
		return time_misfit(m, passed, before, l->after, true);
	if (l->has_within && passed > l->within)
		return time_misfit(m, passed, before, l->within, false);
	return true;
}

/* The line has what it wants, or is left: the lane goes on. */
static void advance(struct walk *w, struct lane *lane)
{
	const struct progress *pr = &w->progress[lane->lines[lane->at]];

	if (pr->last)
		lane->before = pr->last;
	lane->at++;
}

static void mark_taken(struct walk *w, size_t line, struct piece *pc)
{
	struct progress *pr = &w->progress[line];

	if (pr->first == 0)
		pr->first = pc->p->number;
	pr->last = pc->p->number;
	pc->touched = true;
	add_row(w, pc->p->number, line, ROW_FITS);
}

static bool data_misfit(struct walk *w, size_t line, const struct piece *pc, struct misfit *m)
{
	uint64_t had = w->progress[line].bytes;
	char kind[48];

	misfit_set(m, packet_kind_text(&pc->p->packet, kind), "");
	line_kind_text(&w->pattern->lines[line], &m->wanted);
	if (had)
		buf_printf(&m->wanted, ", of which %" PRIu64 " bytes had come,", had);
	return false;
}

/* How many of the piece's bytes are those that the line goes on with? */
static size_t same_bytes(const struct pattern_line *l, uint64_t had, const struct piece *pc, size_t want)
{
	size_t n = 0;

	if (l->any_bytes)
		return want;
	while (n < want && pc->bytes[n] == (uint8_t)l->payload.p[had + n])
		n++;
	return n;
}

static void put_byte(struct buf *out, uint8_t byte)
{
	if (byte > 0x20 && byte < 0x7f)
		buf_printf(out, "'%c'", byte);
	else
		buf_printf(out, "0x%02x", byte);
}

/* Byte @at of the line's data is another. */
static bool byte_misfit(const struct pattern_line *l, size_t at, uint8_t byte, struct misfit *m)
{
	misfit_free(m);
	put_byte(&m->found, byte);
	put_byte(&m->wanted, (uint8_t)l->payload.p[at]);
	buf_printf(&m->wanted, ", byte %zu of ", at + 1);
	line_kind_text(l, &m->wanted);
	buf_str(&m->wanted, ",");
	m->bytes = true;
	m->at = at;
	return false;
}

/* Was its payload named already: by lines of data, or when it was sent before? */
static bool is_rest(const struct piece *pc)
{
	return pc->touched || (pc->end && pc->len == 0 && !pc->p->note.retransmission);
}

static bool take_data(struct walk *w, struct lane *lane, size_t line, struct piece *pc, struct misfit *m)
{
	const struct pattern_line *l = &w->pattern->lines[line];
	struct progress *pr = &w->progress[line];
	uint64_t total = l->any_bytes ? l->value[KEY_LEN] : l->payload.len;
	size_t want = total - pr->bytes < pc->len ? (size_t)(total - pr->bytes) : pc->len;

	size_t same = same_bytes(l, pr->bytes, pc, want);
	if (same < want)
		return byte_misfit(l, (size_t)pr->bytes + same, pc->bytes[same], m);
	mark_taken(w, line, pc);
	pr->bytes += want;
	pc->bytes += want;
	pc->len -= want;
	lane->pos += want;
	if (pr->bytes == total) {
		pr->done = true;
		advance(w, lane);
	}
	return true;
}

/* A line about a whole packet meets payload that is left of one. */
static bool payload_misfit(const struct pattern_line *l, const struct piece *pc, struct misfit *m)
{
	misfit_free(m);
	buf_printf(&m->found, "%zu more byte%s \"", pc->len, pc->len == 1 ? "" : "s");
	text_escape(&m->found, pc->bytes, pc->len, 24);
	buf_str(&m->found, "\"");
	line_kind_text(l, &m->wanted);
	return false;
}

/*
 * A line of flags, udp or icmp takes a packet that fits it whole, or what the lines of data left of it. @pc fits
 * but for one thing: it may have been sent before.
 */
static bool take_whole(struct walk *w, struct lane *lane, size_t line, struct piece *pc, struct misfit *m)
{
	const struct pattern_line *l = &w->pattern->lines[line];
	const struct timeline_packet *p = pc->p;
	struct progress *pr = &w->progress[line];

	if (p->note.retransmission && w->rule == WALK_SHAPE_FRESH && pr->taken == 0)
		return misfit_set(m, "is a retransmission", "a new one");
	mark_taken(w, line, pc);
	pc->syn = pc->end = false;
	if (!line_leaves_payload(l, p)) {
		uint64_t end = p->note.seq_end + !!(p->packet.tcp.flags & TCP_SYN);
		if (end > lane->pos)
			lane->pos = end;
		pc->len = 0;
	}
	if (++pr->taken == l->times) {
		pr->done = true;
		advance(w, lane);
	}
	return true;
}

static bool take(struct walk *w, struct lane *lane, size_t line, struct piece *pc, struct misfit *m)
{
	const struct pattern_line *l = &w->pattern->lines[line];
	char kind[48];

	if (!line_speaks(l, w->tl, pc->p))
		return misfit_set(m, packet_kind_text(&pc->p->packet, kind), l->text);
	if (l->kind == LINE_DATA && (pc->len == 0 || pc->syn))
		return data_misfit(w, line, pc, m);
	/* what does not fit at all is neither early nor late */
	if (l->kind != LINE_DATA && pc->len > 0 && pc->touched)
		return payload_misfit(l, pc, m);
	if (l->kind != LINE_DATA && !line_fits(l, pc->p, is_rest(pc), m))
		return false;
	if (!timely(w, lane, line, pc->p, m))
		return false;
	return l->kind == LINE_DATA ? take_data(w, lane, line, pc, m) : take_whole(w, lane, line, pc, m);
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
static bool offer(struct walk *w, struct lane *lane, struct piece *pc, struct misfit *m, size_t *line)
{
	size_t at = lane->at;
	int64_t before = lane->before;

	while (lane->at < lane->count) {
		size_t from = lane->at;
		*line = lane->lines[from];
		misfit_free(m);
		if (take(w, lane, *line, pc, m)) {
			for (size_t i = at; i < from; i++)
				leave(&w->progress[lane->lines[i]]);
			return true;
		}
		if (!w->pattern->lines[*line].optional)
			break;
		advance(w, lane);
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

static struct piece piece_of(const struct walk *w, const struct lane *lane, const struct timeline_packet *p)
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

/* Need it have no name in a shape? */
static bool ignorable(const struct piece *pc)
{
	const struct flow_note *n = &pc->p->note;

	return n->retransmission || n->pure_ack || n->keepalive || (n->window_probe && pc->len == 0);
}

static bool is_ahead(const struct walk *w, const struct lane *lane, const struct piece *pc)
{
	uint64_t start = pc->p->note.seq + pc->syn;

	return is_shape(w) && pc->p->packet.has_ports && pc->p->packet.protocol == IPPROTO_TCP &&
	       !(pc->p->packet.tcp.flags & (TCP_RST | TCP_SYN)) && start > lane->pos &&
	       (pc->len > 0 || pc->end) && !pc->p->note.retransmission;
}

static void part(struct walk *w, struct lane *lane, const struct piece *pc, size_t line, struct misfit *m)
{
	lane->parted = true;
	if (w->parts_packet) {
		add_row(w, pc->p->number, NO_LINE, ROW_BEHIND);
		misfit_free(m);
		return;
	}
	add_row(w, pc->p->number, line, ROW_PARTS);
	w->parts_packet = pc->p->number;
	w->parts_line = line;
	w->left_over = pc->touched;
	w->misfit = *m;
	*m = (struct misfit){ 0 };
	w->rest = pc->bytes;
	w->rest_len = pc->len;
}

/* It needs no name; but that it came at the wrong time for a line is worth telling if nothing better comes. */
static void pass_over(struct walk *w, const struct timeline_packet *p, size_t line, const struct misfit *m)
{
	add_row(w, p->number, NO_LINE, ROW_PASSED);
	if (line == NO_LINE || m->wanted.len || !m->found.len)
		return;
	free(w->progress[line].passed);
	w->progress[line].passed = mem_printf("packet %" PRId64 " %s", p->number, buf_text(&m->found));
}

static void walk_packet(struct walk *w, struct lane *lane, const struct timeline_packet *p)
{
	struct piece pc = piece_of(w, lane, p);
	struct misfit m = { 0 };
	size_t line = NO_LINE;
	bool ahead = is_ahead(w, lane, &pc);

	if (ahead) /* beyond a hole only a line about this very packet may take it, not a run of bytes */
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
		memmove(lane->ahead + i, lane->ahead + i + 1, (lane->ahead_count - i) * sizeof *lane->ahead);
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
	struct piece pc = { .p = p };
	struct misfit m = { 0 };
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
	*w = (struct walk){ .tl = tl, .flow = flow, .pattern = pattern, .rule = rule, .parts_line = NO_LINE };
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
			add_row(w, n, NO_LINE, ROW_BEHIND);
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
