/* SPDX-License-Identifier: MIT */
/* kernels.c - see kernels.h */
#include "cli/kernels.h"
#include "base/err.h"
#include "base/mem.h"
#include "diff/diff.h"
#include <stdlib.h>
#include <string.h>

struct told {
	enum outcome_verdict verdict;
	char *reason, *trace, *directory;
};

struct kernels {
	const char *const *releases;
	size_t count;
	struct told *now; /* of the case under way, by kernel */
	size_t cases, different;
	struct buf text;
};

static const char *const verdicts[] = {"passes", "fails", "is skipped", "ends in error"};

struct kernels *kernels_open(const char *const *releases, size_t count)
{
	struct kernels *k = mem_zero(1, sizeof *k);

	*k = (struct kernels){
	    .releases = releases, .count = count, .now = mem_zero(count, sizeof *k->now)};
	return k;
}

static void forget(struct kernels *k)
{
	for (size_t i = 0; i < k->count; i++) {
		free(k->now[i].reason);
		free(k->now[i].trace);
		free(k->now[i].directory);
		k->now[i] = (struct told){0};
	}
}

void kernels_close(struct kernels **kernels)
{
	struct kernels *k = *kernels;

	if (!k)
		return;
	*kernels = NULL;
	forget(k);
	free(k->now);
	buf_free(&k->text);
	free(k);
}

static bool agree(const struct told *a, const struct told *b)
{
	struct trace_part part;

	return a->verdict == b->verdict && strcmp(a->reason, b->reason) == 0 &&
	       !trace_part(a->trace, b->trace, &part);
}

/* Where the packets, the script and the programs part: both directories say more than the traces.
 */
static bool add_packets(struct kernels *k, const struct told *x, const struct told *y)
{
	static const struct diff_setting set;
	static const struct diff_look look = {.columns = 100};
	struct diff_source s[2] = {0};
	struct err err;
	struct diff d;
	bool good = x->directory[0] && y->directory[0] &&
	            diff_source_open(&s[0], x->directory, NULL, &err) == 0 &&
	            diff_source_open(&s[1], y->directory, NULL, &err) == 0;

	if (good) {
		diff_make(&d, &s[0], &s[1], &set);
		diff_text(&d, &look, &k->text);
		diff_free(&d);
	}
	diff_source_free(&s[0]);
	diff_source_free(&s[1]);
	return good;
}

static void add_pair(struct kernels *k, size_t one, size_t other)
{
	const struct told *x = &k->now[one], *y = &k->now[other];
	struct trace_part part;

	if (x->verdict != y->verdict || strcmp(x->reason, y->reason) != 0) {
		buf_printf(&k->text, "  %s %s%s%s\n  %s %s%s%s\n", k->releases[one],
		           verdicts[x->verdict], x->reason[0] ? ": " : "", x->reason,
		           k->releases[other], verdicts[y->verdict], y->reason[0] ? ": " : "",
		           y->reason);
	}
	if (add_packets(k, x, y) || !trace_part(x->trace, y->trace, &part))
		return;
	buf_printf(&k->text, "  trace line %zu\n    %s: %.*s\n    %s: %.*s\n", part.line,
	           k->releases[one], part.len[0], part.text[0], k->releases[other], part.len[1],
	           part.text[1]);
}

static void compare(struct kernels *k, const struct plan_case *c)
{
	bool same = true;
	char *words;

	k->cases++;
	for (size_t i = 1; i < k->count; i++)
		same = same && agree(&k->now[i - 1], &k->now[i]);
	if (same)
		return;
	k->different++;
	words = case_words(c);
	buf_printf(&k->text, "\n%s\n", words);
	free(words);
	for (size_t i = 1; i < k->count; i++) {
		if (!agree(&k->now[i - 1], &k->now[i]))
			add_pair(k, i - 1, i);
	}
}

void kernels_take(struct kernels *k, size_t which, const struct plan_case *c,
                  const struct outcome *o, const char *directory)
{
	k->now[which] = (struct told){.verdict = o->verdict,
	                              .reason = mem_text(o->reason),
	                              .trace = mem_text(o->trace),
	                              .directory = mem_text(directory)};
	if (which + 1 < k->count)
		return;
	compare(k, c);
	forget(k);
}

void kernels_text(const struct kernels *k, struct buf *out)
{
	buf_printf(out, "%zu of %zu cases differ between", k->different, k->cases);
	for (size_t i = 0; i < k->count; i++)
		buf_printf(out, "%s%s",
		           i == 0              ? " "
		           : i + 1 == k->count ? " and "
		                               : ", ",
		           k->releases[i]);
	buf_printf(out, "\n%s", buf_text(&k->text));
}
