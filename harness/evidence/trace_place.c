/* SPDX-License-Identifier: MIT */
/*
 * trace_place.c - a program has the same name in the trace wherever it lies
 *
 * One checkout builds into /home/ann/sockproof/build, another elsewhere, a guest has the same
 * program in /sockproof/build. What a program says of itself begins with the path by which it was
 * started too (usage, error(3)). In the trace a path is its last part; on the timeline it stays.
 */
#include "evidence/trace.h"
#include <string.h>

static bool of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_-/+~", c) != NULL);
}

/* Is what stands from @at on, @n bytes, a path of its own and no piece of a longer one? */
static bool whole(const char *p, size_t len, size_t at, size_t n)
{
	size_t end = at + n;

	if (at > 0 && (of_name(p[at - 1]) || p[at - 1] == '.'))
		return false;
	if (end < len && p[end] == '.') /* the end of a sentence, or of a name */
		return end + 1 == len || !of_name(p[end + 1]);
	return end == len || !of_name(p[end]);
}

/* The place that is next in the text from @from on; its beginning, or @len. */
static size_t next_place(const struct trace *t, const char *p, size_t len, size_t from,
                         const char **place)
{
	size_t first = len;

	for (size_t i = 0; i < timeline_place_count(t->tl); i++) {
		const char *path = timeline_place(t->tl, i), *at = p + from;
		size_t n = strlen(path);

		while ((at = memmem(at, (size_t)(p + first - at), path, n)) &&
		       !whole(p, len, (size_t)(at - p), n))
			at++;
		if (at) {
			first = (size_t)(at - p);
			*place = path;
		}
	}
	return first;
}

void trace_name_places(const struct trace *t, const char *p, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len;) {
		const char *place = NULL;
		size_t at = next_place(t, p, len, i, &place);

		buf_add(out, p + i, at - i);
		i = at;
		if (place) {
			buf_str(out, strrchr(place, '/') + 1);
			i += strlen(place);
		}
	}
}
