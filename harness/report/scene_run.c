/* SPDX-License-Identifier: MIT */
/*
 * scene_run.c - stretches of alike rows become one: a transfer of a thousand segments fits a page
 *
 * Only in a long scene, and only what is as anybody expects: segments with data and ACKs that
 * arrive at once, the sends and receives of those who made them, and a call that is made again and
 * again. What was held, lost, sent
 * again or made by the wire, what changes a state, what a judgement speaks of, stays a row of its
 * own.
 */
#include "base/mem.h"
#include "report/scene_own.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define SCENE_SHORT 90 /* rows: all of these are drawn */
#define RUN_LEAST   14 /* rows of a stretch, the first of which stay */
#define RUN_HEAD    2

/* What one direction of a run's packets carried. */
struct tally {
	int from, to, flow;
	size_t data, acks, other;
	uint64_t bytes, seq, seq_end, ack;
	bool one_flow;
};

struct verb {
	const char *who;
	const char *name; /* up to the bracket */
	size_t len, count;
};

#define TALLIES 8
#define VERBS   8

static bool is_verb(const char *words)
{
	static const char *const verbs[] = {"send",  "recv",   "read",    "write", "poll",
	                                    "epoll", "select", "pselect", "ppoll"};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (strncmp(words, verbs[i], strlen(verbs[i])) == 0)
			return true;
	}
	return false;
}

static bool plain_packet(const struct scene_row *r, const struct timeline *tl)
{
	const struct timeline_packet *p = timeline_packet(tl, r->first);
	const uint8_t special = TCP_SYN | TCP_FIN | TCP_RST | TCP_URG;

	if (!p || r->arrow != ARROW_WHOLE || p->cause || p->from == FROM_HARNESS ||
	    p->note.retransmission || p->note.partly_old || p->note.out_of_order ||
	    p->note.keepalive || p->note.window_probe || p->packet.quote.present)
		return false;
	return p->packet.protocol == IPPROTO_UDP ||
	       (p->packet.protocol == IPPROTO_TCP && !(p->packet.tcp.flags & special) &&
	        p->note.window > 0);
}

static bool same_call(const struct scene_row *a, const struct scene_row *b)
{
	size_t len = strcspn(a->words, "(");

	return a->kind == SCENE_CALL && b->kind == SCENE_CALL && strcmp(a->who, b->who) == 0 &&
	       strncmp(a->words, b->words, len + 1) == 0;
}

/* Made again and again, whatever call it is. */
static bool repeats(const struct scene *s, const struct scene_row *r)
{
	return (r > s->rows && same_call(r - 1, r)) ||
	       (r + 1 < s->rows + s->row_count && same_call(r, r + 1));
}

static bool is_plain(const struct scene *s, const struct scene_row *r, const struct timeline *tl)
{
	if (r->failed || r->divergence)
		return false;
	switch (r->kind) {
	case SCENE_PACKET:
		return plain_packet(r, tl);
	case SCENE_STEP:
		return is_verb(r->words);
	case SCENE_CALL:
		return is_verb(r->words) || repeats(s, r);
	case SCENE_OUTPUT:
	case SCENE_INPUT:
		return true;
	default:
		return false;
	}
}

static void tally_packet(struct tally *list, size_t *count, const struct scene_row *r,
                         const struct timeline_packet *p)
{
	size_t i = 0;

	while (i < *count && (list[i].from != r->from || list[i].to != r->to))
		i++;
	if (i == TALLIES)
		return;
	if (i == *count)
		list[(*count)++] = (struct tally){.from = r->from,
		                                  .to = r->to,
		                                  .flow = r->flow,
		                                  .one_flow = true,
		                                  .seq = p->note.seq};
	list[i].one_flow = list[i].one_flow && list[i].flow == r->flow;
	list[i].ack = p->note.ack;
	if (p->packet.payload_len > 0) {
		if (list[i].data++ == 0)
			list[i].seq = p->note.seq;
		list[i].bytes += p->packet.payload_len;
		list[i].seq_end = p->note.seq_end;
	} else if (p->note.pure_ack) {
		list[i].acks++;
	} else {
		list[i].other++;
	}
}

static void tally_verb(struct verb *list, size_t *count, const struct scene_row *r)
{
	const char *name = r->kind == SCENE_OUTPUT  ? "output"
	                   : r->kind == SCENE_INPUT ? "input"
	                                            : r->words;
	size_t len = strcspn(name, "( "), i = 0;

	while (i < *count && (strcmp(list[i].who, r->who) != 0 || list[i].len != len ||
	                      strncmp(list[i].name, name, len) != 0))
		i++;
	if (i == VERBS)
		return;
	if (i == *count)
		list[(*count)++] = (struct verb){.who = r->who, .name = name, .len = len};
	list[i].count++;
}

static void tell_tally(const struct scene *s, const struct tally *t, struct buf *b)
{
	const char *from = t->from >= 0 ? s->hosts[t->from] : "wire";
	const char *to = t->to >= 0 ? s->hosts[t->to] : "nobody";

	buf_printf(b, "%s%s > %s:", b->len ? "; " : "", from, to);
	if (t->data > 0) {
		buf_printf(b, " %zu with data, %" PRIu64 " bytes", t->data, t->bytes);
		if (t->one_flow && t->seq_end > 0)
			buf_printf(b, ", seq %" PRIu64 ":%" PRIu64, t->seq, t->seq_end);
	}
	if (t->acks > 0) {
		buf_printf(b, "%s %zu ACK%s", t->data ? "," : "", t->acks, t->acks == 1 ? "" : "s");
		if (t->one_flow)
			buf_printf(b, " up to %" PRIu64, t->ack);
	}
	if (t->other > 0)
		buf_printf(b, "%s %zu empty", t->data > 0 || t->acks > 0 ? "," : "", t->other);
}

/* The one row for rows [begin, end). */
static struct scene_row merge(struct scene *s, size_t begin, size_t end, const struct timeline *tl)
{
	struct scene_row run = s->rows[begin];
	struct tally tallies[TALLIES];
	struct verb verbs[VERBS];
	size_t tally_count = 0, verb_count = 0;
	struct buf b = {0};

	run.kind = SCENE_RUN;
	run.host = SCENE_NOBODY;
	run.who = run.mark = run.step = "";
	run.arrow = ARROW_NONE;
	run.first = run.last = 0;
	run.flow = -1;
	run.packets = run.steps = 0;
	run.took = s->rows[end - 1].at - run.at;
	for (size_t i = begin; i < end; i++) {
		const struct scene_row *r = &s->rows[i];
		const struct timeline_packet *p = timeline_packet(tl, r->first);

		if (!p) {
			run.steps++;
			tally_verb(verbs, &verb_count, r);
			continue;
		}
		run.flow = run.packets == 0 || run.flow == r->flow ? r->flow : -1;
		if (run.packets++ == 0)
			run.first = r->first;
		run.last = r->last;
		tally_packet(tallies, &tally_count, r, p);
	}
	for (size_t i = 0; i < tally_count; i++)
		tell_tally(s, &tallies[i], &b);
	for (size_t i = 0; i < verb_count; i++)
		buf_printf(&b, "%s%s %.*s ×%zu", b.len ? "; " : "", verbs[i].who, (int)verbs[i].len,
		           verbs[i].name, verbs[i].count);
	run.words = scene_keep(s, buf_take(&b));
	return run;
}

static bool *changed_rows(const struct scene *s)
{
	bool *is = mem_zero(s->row_count + 1, sizeof *is);

	for (size_t i = 0; i < s->change_count; i++)
		is[s->changes[i].row] = true;
	return is;
}

static void renumber(struct scene *s, const size_t *now)
{
	for (size_t i = 0; i < s->row_count; i++)
		s->rows[i].other = now[s->rows[i].other];
	for (size_t i = 0; i < s->change_count; i++)
		s->changes[i].row = now[s->changes[i].row];
	for (size_t i = 0; i < s->end_count; i++) {
		if (s->ends[i].first == SIZE_MAX)
			continue;
		s->ends[i].first = now[s->ends[i].first];
		s->ends[i].last = now[s->ends[i].last];
	}
}

void scene_collapse(struct scene *s, const struct timeline *tl)
{
	bool *changed;
	size_t *now, count = 0;

	if (s->row_count <= SCENE_SHORT)
		return;
	changed = changed_rows(s);
	now = mem_zero(s->row_count, sizeof *now);
	for (size_t i = 0; i < s->row_count;) {
		size_t end = i;

		while (end < s->row_count && !changed[end] && is_plain(s, &s->rows[end], tl))
			end++;
		if (end - i < RUN_LEAST) {
			now[i] = count;
			s->rows[count++] = s->rows[i++];
			continue;
		}
		for (size_t k = 0; k < RUN_HEAD; k++, i++) {
			now[i] = count;
			s->rows[count++] = s->rows[i];
		}
		s->rows[count] = merge(s, i, end, tl);
		for (; i < end; i++)
			now[i] = count;
		count++;
	}
	s->row_count = count;
	renumber(s, now);
	free(changed);
	free(now);
}
