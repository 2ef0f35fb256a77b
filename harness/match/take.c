/* SPDX-License-Identifier: MIT */
/*
 * take.c - one line of a pattern and what is left of one packet: does the line take it, is it the
 * time, what differs
 */
#include "match/take.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void walk_add_row(struct walk *w, int64_t packet, size_t line, enum row_mark mark)
{
	MEM_ROOM(w->rows, w->row_count);
	w->rows[w->row_count++] = (struct row){packet, line, mark};
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
	struct buf found = {0};

	buf_str(&found, "came ");
	text_ns(&found, passed);
	buf_printf(&found, " after packet %" PRId64 ", but %s ", before,
	           early ? "at least" : "at most");
	text_ns(&found, limit);
	buf_str(&found, early ? " should pass" : " may pass");
	misfit_set(m, buf_text(&found), "");
	buf_free(&found);
	return false;
}

/* after label: has the line it means had its packet before this one? */
static bool in_order(const struct walk *w, const struct pattern_line *l,
                     const struct timeline_packet *p, struct misfit *m)
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

	if (l->after_label && !in_order(w, l, p, m))
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

void walk_advance(struct walk *w, struct lane *lane)
{
	const struct progress *pr = &w->progress[lane->lines[lane->at]];

	if (pr->last)
		lane->before = pr->last;
	lane->at++;
}

static void mark_taken(struct walk *w, size_t line, struct piece *pc)
{
	struct progress *pr = &w->progress[line];

	pr->last = pc->p->number;
	pc->touched = true;
	walk_add_row(w, pc->p->number, line, ROW_FITS);
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
static size_t same_bytes(const struct pattern_line *l, uint64_t had, const struct piece *pc,
                         size_t want)
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

static bool take_data(struct walk *w, struct lane *lane, size_t line, struct piece *pc,
                      struct misfit *m)
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
		walk_advance(w, lane);
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
 * A line of flags, udp or icmp takes a packet that fits it whole, or what the lines of data left of
 * it. @pc fits but for one thing: it may have been sent before.
 */
static bool take_whole(struct walk *w, struct lane *lane, size_t line, struct piece *pc,
                       struct misfit *m)
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
		walk_advance(w, lane);
	}
	return true;
}

bool walk_take(struct walk *w, struct lane *lane, size_t line, struct piece *pc, struct misfit *m)
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
	return l->kind == LINE_DATA ? take_data(w, lane, line, pc, m)
	                            : take_whole(w, lane, line, pc, m);
}
