/* SPDX-License-Identifier: MIT */
/* repeats.c - see repeats.h */
#include "cli/repeats.h"
#include "base/mem.h"
#include "diff/diff.h"
#include <stdlib.h>
#include <string.h>

struct early {
	size_t index;
	struct outcome outcome;
};

/* The first line where two traces part, both versions of it. */
static char *first_divergence(const char *a, const char *b, size_t number_b)
{
	struct trace_part part;

	trace_part(a, b, &part);
	return mem_printf("trace line %zu\n  repetition 1: %.*s\n  repetition %zu: %.*s", part.line,
	                  part.len[0], part.text[0], number_b, part.len[1], part.text[1]);
}

/* "flaky: 2 passed, 1 failed of 3 repetitions; repetition 2: why" */
static void flaky(const struct repeats *r, size_t all, struct outcome *told)
{
	static const char *const words[] = {"passed", "failed", "were skipped", "ended in error"};
	const struct outcome *bad = r->other_number ? &r->other : &r->first;
	struct buf b = {0};
	const char *gap = "flaky: ";

	for (int v = 0; v < 4; v++) {
		if (r->count[v] == 0)
			continue;
		buf_printf(&b, "%s%zu %s", gap, r->count[v],
		           v == OUTCOME_SKIP && r->count[v] == 1 ? "was skipped" : words[v]);
		gap = ", ";
	}
	buf_printf(&b, " of %zu repetitions; repetition %zu: %s", all,
	           r->other_number ? r->other_number : 1, bad->reason);
	told->reason = buf_take(&b);
	told->line = bad->line;
	told->shown = bad->recorded ? r->other_number : 0;
	if (bad->explanation)
		told->explanation = mem_text(bad->explanation);
}

static void conclude(struct repeats *r, size_t all)
{
	struct outcome told = {.verdict = OUTCOME_ERROR,
	                       .trace = mem_text(""),
	                       .duration = r->first.duration,
	                       .unsteady = true};

	if (r->count[r->first.verdict] < all) {
		flaky(r, all, &told);
	} else if (r->parted > 0) {
		told.reason = mem_printf("diverged: of %zu repetitions %zu left another "
		                         "normalised trace than the first",
		                         all, r->parted);
		told.explanation = mem_text(r->divergence);
		told.shown = r->odd;
	} else if (r->unequal > 0) {
		told.shown = r->odd;
		told.reason = mem_printf("diverged: of %zu repetitions %zu left another capture or "
		                         "timeline than the first; under the virtual clock they "
		                         "are the same to the byte",
		                         all, r->unequal);
	} else {
		free(told.trace);
		return;
	}
	outcome_free(&r->first);
	r->first = told;
}

/* The next one, in order. */
static void count_one(struct repeats *r, struct outcome *o)
{
	r->count[o->verdict]++;
	if (++r->done == 1) {
		r->first = *o;
		return;
	}
	if (o->duration > r->first.duration)
		r->first.duration = o->duration;
	if (o->verdict == r->first.verdict && strcmp(o->trace, r->first.trace) != 0 &&
	    r->parted++ == 0)
		r->divergence = first_divergence(r->first.trace, o->trace, r->done);
	r->unequal += o->digest != r->first.digest;
	if (r->odd == 0 && o->recorded)
		r->odd = r->done;
	if (r->first.verdict == OUTCOME_PASS && o->verdict != OUTCOME_PASS && !r->other_number) {
		r->other = *o;
		r->other_number = r->done;
	} else {
		outcome_free(o);
	}
}

void repeats_add(struct repeats *r, size_t index, struct outcome *o, size_t all)
{
	r->recorded = r->recorded || (index == 0 && o->recorded);
	if (index != r->done) {
		MEM_ROOM(r->early, r->early_count);
		r->early[r->early_count++] = (struct early){.index = index, .outcome = *o};
		return;
	}
	count_one(r, o);
	for (size_t i = 0; i < r->early_count;) {
		if (r->early[i].index != r->done) {
			i++;
			continue;
		}
		struct early next = r->early[i];
		r->early[i] = r->early[--r->early_count];
		count_one(r, &next.outcome);
		i = 0;
	}
	if (r->done == all)
		conclude(r, all);
}

void repeats_clear(struct repeats *r)
{
	outcome_free(&r->first);
	outcome_free(&r->other);
	for (size_t i = 0; i < r->early_count; i++)
		outcome_free(&r->early[i].outcome);
	free(r->early);
	free(r->divergence);
	*r = (struct repeats){0};
}
