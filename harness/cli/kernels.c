/* SPDX-License-Identifier: MIT */
/* kernels.c - see kernels.h */
#include "cli/kernels.h"
#include "base/mem.h"
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
	return a->verdict == b->verdict && strcmp(a->reason, b->reason) == 0 &&
	       strcmp(a->trace, b->trace) == 0;
}

/* The first line of each that is not the other's, by their lengths; the line's number. */
static size_t first_part(const char **a, const char **b)
{
	size_t line = 1;

	for (;;) {
		size_t la = strcspn(*a, "\n"), lb = strcspn(*b, "\n");

		if (la != lb || memcmp(*a, *b, la) != 0 || !(*a)[la] || !(*b)[lb])
			return line;
		*a += la + 1;
		*b += lb + 1;
		line++;
	}
}

static void add_pair(struct kernels *k, size_t one, size_t other)
{
	const struct told *x = &k->now[one], *y = &k->now[other];
	const char *a = x->trace, *b = y->trace;
	size_t line = first_part(&a, &b);

	if (x->verdict != y->verdict || strcmp(x->reason, y->reason) != 0) {
		buf_printf(&k->text, "  %s %s%s%s\n  %s %s%s%s\n", k->releases[one],
		           verdicts[x->verdict], x->reason[0] ? ": " : "", x->reason,
		           k->releases[other], verdicts[y->verdict], y->reason[0] ? ": " : "",
		           y->reason);
	}
	if (strcmp(x->trace, y->trace) == 0)
		return;
	buf_printf(&k->text, "  trace line %zu\n    %s: %.*s\n    %s: %.*s\n", line,
	           k->releases[one], (int)strcspn(a, "\n"), a, k->releases[other],
	           (int)strcspn(b, "\n"), b);
	if (x->directory[0])
		buf_printf(&k->text,
		           "    packets: %s/capture.pcapng\n             %s/capture.pcapng\n",
		           x->directory, y->directory);
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
