/* SPDX-License-Identifier: MIT */
/*
 * align.c - two lists of texts, what they have in common in the same order
 *
 * What is the same at both ends is taken off first; what remains gets a longest common subsequence
 * while that is small. Beyond, each is paired with the next one alike: not the best alignment of
 * two long lists that have little in common, and nobody reads that one either.
 */
#include "diff/diff_own.h"
#include <stdlib.h>
#include <string.h>

#define CELLS_MOST (size_t)4000000
#define LOOK_AHEAD 64

struct lists {
	const char *const *a, *const *b;
	size_t a_begin, a_end, b_begin, b_end;
	int *pair;
};

static bool same(const struct lists *l, size_t i, size_t k)
{
	return strcmp(l->a[i], l->b[k]) == 0;
}

static void take_ends(struct lists *l)
{
	while (l->a_begin < l->a_end && l->b_begin < l->b_end && same(l, l->a_begin, l->b_begin))
		l->pair[l->a_begin++] = (int)l->b_begin++;
	while (l->a_begin < l->a_end && l->b_begin < l->b_end &&
	       same(l, l->a_end - 1, l->b_end - 1))
		l->pair[--l->a_end] = (int)--l->b_end;
}

static void longest(struct lists *l)
{
	size_t n = l->a_end - l->a_begin, m = l->b_end - l->b_begin, width = m + 1;
	uint32_t *len = mem_zero((n + 1) * width, sizeof *len);

	for (size_t i = n; i-- > 0;) {
		for (size_t k = m; k-- > 0;) {
			uint32_t down = len[(i + 1) * width + k], right = len[i * width + k + 1];

			len[i * width + k] = same(l, l->a_begin + i, l->b_begin + k)
			                         ? len[(i + 1) * width + k + 1] + 1
			                     : down > right ? down
			                                    : right;
		}
	}
	for (size_t i = 0, k = 0; i < n && k < m;) {
		if (same(l, l->a_begin + i, l->b_begin + k))
			l->pair[l->a_begin + i++] = (int)(l->b_begin + k++);
		else if (len[(i + 1) * width + k] >= len[i * width + k + 1])
			i++;
		else
			k++;
	}
	free(len);
}

static void nearest(struct lists *l)
{
	size_t next = l->b_begin;

	for (size_t i = l->a_begin; i < l->a_end; i++) {
		size_t end = l->b_end - next < LOOK_AHEAD ? l->b_end : next + LOOK_AHEAD;

		for (size_t k = next; k < end; k++) {
			if (!same(l, i, k))
				continue;
			l->pair[i] = (int)k;
			next = k + 1;
			break;
		}
	}
}

void diff_align(const char *const *a, size_t n, const char *const *b, size_t m, int *pair)
{
	struct lists l = {.a = a, .b = b, .a_end = n, .b_end = m, .pair = pair};

	for (size_t i = 0; i < n; i++)
		pair[i] = -1;
	take_ends(&l);
	if ((l.a_end - l.a_begin + 1) <= CELLS_MOST / (l.b_end - l.b_begin + 1))
		longest(&l);
	else
		nearest(&l);
}
