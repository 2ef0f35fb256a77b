/* SPDX-License-Identifier: MIT */
/* diff.c - see diff.h: what is compared, and the differences in order */
#include "diff/diff.h"
#include "base/text.h"
#include "diff/diff_own.h"
#include <assert.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    "verdict",        "conversation", "bytes",  "flags",  "options", "datagram", "icmp",
    "order",          "step",         "state",  "output", "program", "trace",    "segmentation",
    "retransmission", "acks",         "window", "fate",   "time",
};
static_assert(sizeof kinds / sizeof *kinds == DIFF_KINDS, "a word for each kind");

const char *diff_kind_text(enum diff_kind k)
{
	return kinds[k];
}

char *diff_packet_words(const struct diff_source *s, int64_t number, bool detail)
{
	const struct timeline_packet *p = timeline_packet(s->evidence.timeline, number);
	struct buf text = {0}, line = {0};
	const char *words;

	timeline_packet_text(s->evidence.timeline, p, detail, &text);
	/* "client > server  P. seq …": who speaks is told by its arrow */
	words = strstr(buf_text(&text), "  ");
	words = words && p->note.flow ? words + 2 : buf_text(&text);
	if (p->note.flow)
		buf_str(&line, p->note.dir == 0 ? "> " : "< ");
	text_one_line(&line, words, strlen(words));
	buf_free(&text);
	return buf_take(&line);
}

static bool is_step(const struct event *e)
{
	return e->line > 0 && (e->kind == EVENT_STEP || e->kind == EVENT_STATE ||
	                       e->kind == EVENT_INPUT || e->kind == EVENT_VERDICT);
}

void diff_set_step(const struct comparing *c, struct diff_place *place, int side, size_t event)
{
	const struct timeline *tl = side_timeline(c, side);

	if (c->d->source[side]->kind != SOURCE_CASE || event >= timeline_count(tl))
		return;
	for (size_t i = event + 1; i-- > 0;) {
		const struct event *e = timeline_get(tl, i);
		struct buf b = {0};

		if (!is_step(e))
			continue;
		buf_printf(&b, "%s: %s", e->who, e->text);
		place->line = e->line;
		place->step = buf_take(&b);
		return;
	}
}

/* The step that a packet came of. */
static void set_packet_step(struct diff_place *place, const struct timeline_step *step)
{
	if (!step)
		return;
	place->line = step->line;
	place->step = mem_printf("%s: %s", step->who, step->words);
}

/* Index of packet @number in the stretch; it is in it. */
static size_t index_of(const struct stretch *s, int64_t number)
{
	size_t low = 0, high = s->count;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (s->packets[middle] <= number)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static struct diff_row *row_of(const struct comparing *c, int side, int64_t number)
{
	return &conversation(c)->rows[c->now[side].row[index_of(&c->now[side], number)]];
}

static uint64_t order_of(const struct comparing *c, const int64_t n[2])
{
	if (n[c->by] > 0)
		return 2 * (uint64_t)timeline_packet(side_timeline(c, c->by), n[c->by])->event;
	return n[1 - c->by] > 0 ? DIFF_BY_OTHER : DIFF_LAST;
}

/* What only the other side has stands behind the last packet before it that both have. */
static void place_others(struct comparing *c)
{
	for (size_t i = 0; i < c->d->item_count; i++) {
		struct diff_item *item = &c->d->items[i];
		int64_t n = item->side[1 - c->by].packet;

		if (item->order != DIFF_BY_OTHER)
			continue;
		while (n > 0 && c->mapped[n] == 0)
			n--;
		item->order = n > 0 ? c->mapped[n] : 0;
	}
}

static void mark(const struct comparing *c, const int64_t n[2], enum diff_kind kind, bool parts)
{
	for (int side = 0; side < 2; side++) {
		struct diff_row *row;

		if (n[side] == 0 || c->v < 0 || !conversation(c)->rows)
			continue;
		row = row_of(c, side, n[side]);
		row->kinds |= 1u << kind;
		row->parts = row->parts || parts;
	}
}

struct diff_item *diff_add(struct comparing *c, enum diff_kind kind, bool parts, int64_t a,
                           int64_t b, const char *fmt, ...)
{
	struct diff *d = c->d;
	const int64_t n[2] = {a, b};
	struct buf text = {0}, line = {0};
	struct diff_item *item;
	va_list ap;

	d->parts = d->parts || parts;
	mark(c, n, kind, parts);
	if (d->count[kind][parts]++ >= DIFF_KEPT)
		return NULL;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	text_one_line(&line, buf_text(&text), text.len);
	buf_free(&text);
	MEM_ROOM(d->items, d->item_count);
	item = &d->items[d->item_count++];
	*item = (struct diff_item){
	    .kind = kind,
	    .parts = parts,
	    .conversation = c->v,
	    .words = line.p ? buf_take(&line) : mem_text(""),
	    .order = order_of(c, n),
	};
	for (int side = 0; side < 2; side++) {
		if (n[side] == 0)
			continue;
		item->side[side].packet = n[side];
		item->side[side].words = diff_packet_words(d->source[side], n[side], false);
		set_packet_step(&item->side[side],
		                timeline_packet(side_timeline(c, side), n[side])->step);
	}
	return item;
}

/* Packets by flow, and those of none. */
static void sort_packets(struct comparing *c, int side)
{
	const struct timeline *tl = side_timeline(c, side);
	size_t all = flow_count(timeline_flows(tl));

	c->packets[side] = mem_zero(all, sizeof *c->packets[side]);
	c->packet_count[side] = mem_zero(all, sizeof *c->packet_count[side]);
	for (int64_t n = 1; n <= timeline_sealed_packets(tl); n++) {
		const struct flow *f = timeline_packet(tl, n)->note.flow;
		int64_t **list = f ? &c->packets[side][f->index] : &c->loose[side];
		size_t *count = f ? &c->packet_count[side][f->index] : &c->loose_count[side];

		MEM_ROOM(*list, *count);
		(*list)[(*count)++] = n;
	}
}

static void prepare(struct comparing *c, int side)
{
	struct trace *t = &c->flows[side];
	size_t all;

	*t = (struct trace){.tl = side_timeline(c, side)};
	trace_flows_collect(t);
	all = flow_count(timeline_flows(t->tl));
	c->by_index[side] = mem_zero(all, sizeof(struct trace_flow *));
	for (size_t i = 0; i < all; i++)
		c->by_index[side][t->flows[i].flow->index] = &t->flows[i];
	sort_packets(c, side);
}

static void forget(struct comparing *c, int side)
{
	size_t all = flow_count(timeline_flows(side_timeline(c, side)));

	for (size_t i = 0; i < all; i++)
		free(c->packets[side][i]);
	free(c->packets[side]);
	free(c->packet_count[side]);
	free(c->loose[side]);
	free(c->by_index[side]);
	trace_flows_free(&c->flows[side]);
}

static void take_stretch(struct comparing *c, int side)
{
	const struct flow *f = conversation(c)->flow[side];
	bool loose = !conversation(c)->flow[0] && !conversation(c)->flow[1];
	struct stretch *s = &c->now[side];

	*s = (struct stretch){0};
	if (f) {
		s->packets = c->packets[side][f->index];
		s->count = c->packet_count[side][f->index];
	} else if (loose) {
		s->packets = c->loose[side];
		s->count = c->loose_count[side];
	}
	s->partner = mem_zero(s->count, sizeof *s->partner);
	s->row = mem_zero(s->count, sizeof *s->row);
	for (size_t i = 0; i < s->count; i++)
		s->partner[i] = -1;
}

static void one_side_only(struct comparing *c)
{
	const struct diff_conversation *v = conversation(c);
	int side = v->flow[0] ? 0 : 1;

	diff_rows(c);
	diff_add(c, DIFF_CONVERSATION, true, side == 0 ? v->flow[0]->first_number : 0,
	         side == 1 ? v->flow[1]->first_number : 0, "only %s has %s (%zu packet%s)",
	         side == 0 ? "A" : "B", v->name, c->now[side].count,
	         c->now[side].count == 1 ? "" : "s");
	for (size_t i = 0; i < v->row_count; i++)
		v->rows[i].parts = true;
}

static void compare_conversations(struct comparing *c)
{
	for (size_t i = 0; i < c->d->conversation_count; i++) {
		const struct diff_conversation *v = &c->d->conversations[i];
		bool loose = !v->flow[0] && !v->flow[1];

		c->v = (int)i;
		take_stretch(c, 0);
		take_stretch(c, 1);
		if (!loose && (!v->flow[0] || !v->flow[1]))
			one_side_only(c);
		else if (!loose && v->flow[0]->protocol == IPPROTO_TCP)
			diff_tcp(c);
		else
			diff_datagrams(c);
		for (int side = 0; side < 2; side++) {
			free(c->now[side].partner);
			free(c->now[side].row);
		}
	}
	c->v = -1;
}

char *diff_verdict(const struct diff_source *s)
{
	return s->kind == SOURCE_CASE ? mem_text(case_text(s->evidence.verdict, "verdict"))
	                              : diff_comment_value(s->comment, "verdict");
}

static json_int_t number_of(const struct diff_source *s, const char *key)
{
	return json_integer_value(json_object_get(s->evidence.verdict, key));
}

/* A fail for another reason is another end. Where a pattern failed, which of its lines did says it:
 * the words tell of packets, whose numbers and times are the kernel's luck. */
static bool same_reason(const struct diff_source *const *s)
{
	json_int_t a = number_of(s[0], "pattern_line"), b = number_of(s[1], "pattern_line");

	if (a > 0 || b > 0)
		return a == b && number_of(s[0], "line") == number_of(s[1], "line");
	return strcmp(case_text(s[0]->evidence.verdict, "reason"),
	              case_text(s[1]->evidence.verdict, "reason")) == 0;
}

static void compare_verdicts(struct comparing *c)
{
	const struct diff_source *const *s = c->d->source;
	char *a = diff_verdict(s[0]), *b = diff_verdict(s[1]);
	const char *ra =
	               s[0]->kind == SOURCE_CASE ? case_text(s[0]->evidence.verdict, "reason") : "",
	           *rb =
	               s[1]->kind == SOURCE_CASE ? case_text(s[1]->evidence.verdict, "reason") : "";

	if (strcmp(a, b) != 0 ||
	    (s[0]->kind == SOURCE_CASE && s[1]->kind == SOURCE_CASE && !same_reason(s)))
		diff_add(c, DIFF_VERDICT, true, 0, 0, "%s%s%s and %s%s%s", a, *ra ? ": " : "", ra,
		         b, *rb ? ": " : "", rb);
	free(a);
	free(b);
}

/* Were they played with other parameters or programs? */
static bool choice_differs(const struct diff *d)
{
	for (size_t i = 0; i < d->fact_count; i++) {
		const char *name = d->facts[i].name;

		if (strncmp(name, "parameter ", 10) == 0 || strcmp(name, "implementation") == 0 ||
		    strcmp(name, "scenario") == 0)
			return true;
	}
	return false;
}

static void compare_traces(struct comparing *c)
{
	struct diff *d = c->d;
	const char *a = d->source[0]->trace, *b = d->source[1]->trace;
	struct trace_part part;

	if (!a || !b)
		return;
	diff_sections(c);
	compare_verdicts(c);
	/* where a parameter was another, so may be what nobody would call a difference */
	if (trace_part(a, b, &part) && !d->parts && !choice_differs(d)) {
		struct diff_item *item = diff_add(
		    c, DIFF_TRACE, true, 0, 0, "the normalised traces part at line %zu", part.line);

		for (int side = 0; item && side < 2; side++) {
			struct buf line = {0};

			text_one_line(&line, part.text[side], (size_t)part.len[side]);
			item->side[side].words = line.p ? buf_take(&line) : mem_text("");
		}
	}
}

static int in_order(const void *left, const void *right)
{
	const struct diff_item *a = left, *b = right;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	if (a->parts != b->parts)
		return a->parts ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

void diff_make(struct diff *d, const struct diff_source *a, const struct diff_source *b,
               const struct diff_setting *set)
{
	struct comparing c = {.d = d, .set = set, .v = -1};

	*d = (struct diff){.source = {a, b}, .first = -1};
	c.by = a->kind != SOURCE_CASE && b->kind == SOURCE_CASE;
	prepare(&c, 0);
	prepare(&c, 1);
	c.mapped =
	    mem_zero((size_t)timeline_packets(side_timeline(&c, 1 - c.by)) + 1, sizeof *c.mapped);
	/* of a capture that was cut the beginning is there to be looked at */
	if (!diff_source_is_cut(a) && !diff_source_is_cut(b)) {
		diff_pair(&c);
		compare_conversations(&c);
	}
	diff_facts(&c);
	compare_traces(&c);
	place_others(&c);
	if (d->item_count > 1)
		qsort(d->items, d->item_count, sizeof *d->items, in_order);
	for (size_t i = 0; i < d->item_count && d->first < 0; i++)
		d->first = d->items[i].parts ? (int)i : -1;
	forget(&c, 0);
	forget(&c, 1);
	free(c.mapped);
}

void diff_free(struct diff *d)
{
	for (size_t i = 0; i < d->item_count; i++) {
		for (int side = 0; side < 2; side++) {
			free(d->items[i].side[side].step);
			free(d->items[i].side[side].words);
		}
		free(d->items[i].words);
	}
	free(d->items);
	for (size_t i = 0; i < d->conversation_count; i++) {
		free(d->conversations[i].name);
		free(d->conversations[i].rows);
	}
	free(d->conversations);
	for (size_t i = 0; i < d->fact_count; i++) {
		free(d->facts[i].name);
		free(d->facts[i].value[0]);
		free(d->facts[i].value[1]);
	}
	free(d->facts);
	*d = (struct diff){0};
}
