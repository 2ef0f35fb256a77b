/* SPDX-License-Identifier: MIT */
/*
 * rows.c - the packets of a conversation side by side, and what is asked of the rows: order, time
 *
 * In A's order. What only B has stands behind the packet that B had before it.
 */
#include "base/clock.h"
#include "base/text.h"
#include "diff/diff_own.h"
#include <inttypes.h>
#include <stdlib.h>

struct placed {
	size_t anchor; /* index in A's stretch, from 1; 0: before all */
	size_t a, b;   /* from 1; 0: none */
};

static int by_anchor(const void *left, const void *right)
{
	const struct placed *x = left, *y = right;

	if (x->anchor != y->anchor)
		return x->anchor < y->anchor ? -1 : 1;
	if ((x->a > 0) != (y->a > 0))
		return x->a > 0 ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* Where the other side's packet stands in the order of the one that knows it. */
static void map(struct comparing *c, const int64_t n[2])
{
	const struct timeline *tl = side_timeline(c, c->by);

	if (n[0] > 0 && n[1] > 0)
		c->mapped[n[1 - c->by]] = 2 * (uint64_t)timeline_packet(tl, n[c->by])->event + 1;
}

void diff_rows(struct comparing *c)
{
	const struct stretch *a = &c->now[0], *b = &c->now[1];
	struct diff_conversation *v = conversation(c);
	struct placed *all = mem_zero(a->count + b->count, sizeof *all);
	size_t count = 0, anchor = 0;

	for (size_t k = 0; k < a->count; k++)
		all[count++] = (struct placed){k + 1, k + 1, (size_t)(a->partner[k] + 1)};
	for (size_t k = 0; k < b->count; k++) {
		if (b->partner[k] >= 0)
			anchor = (size_t)b->partner[k] + 1;
		else
			all[count++] = (struct placed){anchor, 0, k + 1};
	}
	qsort(all, count, sizeof *all, by_anchor);
	v->rows = mem_zero(count, sizeof *v->rows);
	v->row_count = count;
	for (size_t i = 0; i < count; i++) {
		if (all[i].a > 0) {
			v->rows[i].packet[0] = a->packets[all[i].a - 1];
			a->row[all[i].a - 1] = i;
		}
		if (all[i].b > 0) {
			v->rows[i].packet[1] = b->packets[all[i].b - 1];
			b->row[all[i].b - 1] = i;
		}
		map(c, v->rows[i].packet);
	}
	free(all);
}

/* In A's order, B's numbers rise too; where one does not, order is another. */
void diff_order(struct comparing *c, bool (*counts)(const struct timeline_packet *p))
{
	const struct diff_conversation *v = conversation(c);
	int64_t last[2] = {0, 0};

	for (size_t i = 0; i < v->row_count; i++) {
		const int64_t *n = v->rows[i].packet;

		/* what was found at another place among its like is told already */
		if (n[0] == 0 || n[1] == 0 || (v->rows[i].kinds & 1u << DIFF_ORDER) ||
		    (counts && !counts(timeline_packet(side_timeline(c, 0), n[0]))))
			continue;
		if (n[1] < last[1]) {
			diff_add(c, DIFF_ORDER, false, n[0], n[1],
			         "A has it behind %" PRId64 ", B before %" PRId64, last[0],
			         last[1]);
			continue;
		}
		last[0] = n[0];
		last[1] = n[1];
	}
}

void diff_times(struct comparing *c)
{
	const struct diff_conversation *v = conversation(c);
	int64_t base = 0;
	bool has_base = false;

	for (size_t i = 0; c->set->time && i < v->row_count; i++) {
		const int64_t *n = v->rows[i].packet;
		const struct timeline_packet *a = timeline_packet(side_timeline(c, 0), n[0]);
		const struct timeline_packet *b = timeline_packet(side_timeline(c, 1), n[1]);
		struct buf text = {0};
		int64_t apart;

		if (!a || !b)
			continue;
		/* times of files may be anything: wrap, do not overflow */
		apart = (int64_t)((uint64_t)b->at - (uint64_t)a->at);
		if (!has_base) {
			has_base = true;
			base = apart;
			continue;
		}
		apart = (int64_t)((uint64_t)apart - (uint64_t)base);
		if (apart <= c->set->tolerance && apart >= -c->set->tolerance)
			continue;
		text_ns(&text, apart < 0 ? (apart == INT64_MIN ? INT64_MAX : -apart) : apart);
		diff_add(c, DIFF_TIME, true, a->number, b->number, "%s %s in B", buf_text(&text),
		         apart > 0 ? "later" : "earlier");
		buf_free(&text);
	}
}
