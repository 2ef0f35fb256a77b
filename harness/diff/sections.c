/* SPDX-License-Identifier: MIT */
/*
 * sections.c - the script and the programs: the sections of two normalised traces, line by line
 *
 * A trace is what is the same from every run of a case, so two of them may be compared as they
 * stand. Its flows are left to the packets.
 */
#include "base/text.h"
#include "diff/diff_own.h"
#include <stdlib.h>
#include <string.h>

struct line {
	char *text;    /* without indentation and newline */
	size_t number; /* in the trace, from 0 */
	enum diff_kind kind;
	const char *stream; /* DIFF_OUTPUT: "stdout", "stderr" */
};

struct section {
	char *head; /* "steps", "program echo" */
	struct line *lines;
	size_t count;
	char **texts; /* of the lines, as they are compared */
};

struct sections {
	struct section *list;
	size_t count;
};

#define STARTED "started: "

static bool begins(const char *s, size_t len, const char *word)
{
	return len >= strlen(word) && strncmp(s, word, strlen(word)) == 0;
}

/* A program's line: what it is; the stream it belongs to is carried on. */
static enum diff_kind program_kind(const char *s, size_t len, const char **stream)
{
	if (begins(s, len, "    | "))
		return DIFF_OUTPUT;
	*stream = begins(s, len, "  stdout ")   ? "stdout"
	          : begins(s, len, "  stderr ") ? "stderr"
	                                        : NULL;
	return *stream ? DIFF_OUTPUT : DIFF_PROGRAM;
}

/* How many bytes an output has, with their digest, says nothing that its lines do not. */
static bool is_summary(const char *s, size_t len, const char *rest)
{
	return (begins(s, len, "  stdout ") || begins(s, len, "  stderr ")) &&
	       strncmp(rest, "    | ", 6) == 0;
}

static void add_line(struct section *sec, const char *s, size_t len, size_t number,
                     const char **stream)
{
	bool steps = begins(sec->head, strlen(sec->head), "steps");
	enum diff_kind kind = steps ? begins(s, len, "  state ") ? DIFF_STATE : DIFF_STEP
	                            : program_kind(s, len, stream);
	size_t skip = strspn(s, " ");

	skip = skip < len ? skip : len;
	if (kind == DIFF_OUTPUT && begins(s + skip, len - skip, "| "))
		skip += 2;
	MEM_ROOM(sec->lines, sec->count);
	sec->lines[sec->count++] = (struct line){.text = mem_copy(s + skip, len - skip),
	                                         .number = number,
	                                         .kind = kind,
	                                         .stream = *stream};
}

/* The text with @from in all places written @to; takes @text. */
static char *replace(char *text, const char *from, const char *to)
{
	struct buf b = {0};
	const char *s = text, *next;

	if (!*from || !strstr(text, from))
		return text;
	for (; (next = strstr(s, from)); s = next + strlen(from)) {
		buf_add(&b, s, (size_t)(next - s));
		buf_str(&b, to);
	}
	buf_str(&b, s);
	free(text);
	return buf_take(&b);
}

/* A line with hosts instead of their addresses: what is left of it in another family. */
static char *by_names(const char *line, const json_t *hosts)
{
	char *text = mem_text(line);

	for (size_t i = 0; i < json_array_size(hosts); i++) {
		const json_t *host = json_array_get(hosts, i);
		const json_t *addresses = json_object_get(host, "addresses");

		for (size_t k = 0; k < json_array_size(addresses); k++) {
			const char *a = json_string_value(json_array_get(addresses, k));
			char *bracketed = mem_printf("[%s]", a ? a : "");

			if (a) {
				text = replace(text, bracketed, case_text(host, "name"));
				text = replace(text, a, case_text(host, "name"));
			}
			free(bracketed);
		}
	}
	return text;
}

static struct sections split(const char *trace, const json_t *hosts)
{
	struct sections all = {0};
	struct section *now = NULL;
	const char *stream = NULL;
	size_t number = 0;

	for (const char *s = trace; *s; number++) {
		size_t len = strcspn(s, "\n");
		const char *rest = s + len + (s[len] == '\n');

		if (*s != ' ') {
			now = NULL;
			if (begins(s, len, "steps") || begins(s, len, "program ")) {
				MEM_ROOM(all.list, all.count);
				now = &all.list[all.count++];
				*now = (struct section){.head = mem_copy(s, len)};
			}
		} else if (now) {
			if (is_summary(s, len, rest))
				program_kind(s, len, &stream);
			else
				add_line(now, s, len, number, &stream);
		}
		s = rest;
	}
	for (size_t i = 0; i < all.count; i++) {
		struct section *sec = &all.list[i];

		sec->texts = mem_zero(sec->count, sizeof *sec->texts);
		for (size_t k = 0; k < sec->count; k++)
			sec->texts[k] = by_names(sec->lines[k].text, hosts);
	}
	return all;
}

static void drop(struct sections *all)
{
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].count; k++)
			free(all->list[i].lines[k].text);
		for (size_t k = 0; k < all->list[i].count; k++)
			free(all->list[i].texts[k]);
		free(all->list[i].lines);
		free(all->list[i].texts);
		free(all->list[i].head);
	}
	free(all->list);
}

/* Does this event say what the line says? A port in it has another name there. */
static bool is_event_of(const struct event *e, const char *program, const struct line *l)
{
	struct buf b = {0};
	bool found;

	if (strcmp(e->who, program) != 0)
		return false;
	if (l->kind == DIFF_PROGRAM)
		return e->kind == EVENT_PROGRAM && strcmp(e->text, l->text) == 0;
	if (e->kind != EVENT_OUTPUT || !l->stream || (e->stream == 2) != (l->stream[3] == 'e'))
		return false;
	text_escape(&b, e->data, e->len, 0);
	found = strstr(buf_text(&b), l->text) != NULL;
	buf_free(&b);
	return found;
}

/* The event of a line; DIFF_EVENT_NONE: not known. */
static size_t event_of(const struct comparing *c, int side, const struct section *sec,
                       const struct line *l)
{
	const struct diff_source *s = c->d->source[side];
	const struct timeline *tl = s->evidence.timeline;

	if (s->kind != SOURCE_CASE)
		return DIFF_EVENT_NONE;
	if (sec->head[0] == 's') {
		for (size_t i = 0; i < s->steps.count; i++) {
			if (s->steps.list[i].line == l->number)
				return s->steps.list[i].event;
		}
		return DIFF_EVENT_NONE;
	}
	for (size_t i = 0; i < timeline_sealed_count(tl); i++) {
		if (is_event_of(timeline_get(tl, i), sec->head + strlen("program "), l))
			return i;
	}
	return DIFF_EVENT_NONE;
}

/* With what command is a reason, not a difference in what happened. */
static void tell_started(struct comparing *c, const struct section *sec,
                         const struct line *const l[2])
{
	char *name = mem_printf("%s started as", sec->head), *value[2] = {NULL, NULL};

	for (int side = 0; side < 2; side++) {
		struct buf b = {0};

		if (!l[side])
			continue;
		text_one_line(&b, l[side]->text + strlen(STARTED),
		              strlen(l[side]->text) - strlen(STARTED));
		value[side] = b.p ? buf_take(&b) : mem_text("");
	}
	diff_add_fact(c->d, name, value[0], value[1]);
	free(name);
}

/* A line of A, of B, or one against the other. before: the last line that both have, of the side
 * that knows the order. */
static void tell(struct comparing *c, const struct section *const sec[2],
                 const struct line *const l[2], const struct line *before)
{
	const struct line *any = l[0] ? l[0] : l[1];
	const struct section *head = sec[0] ? sec[0] : sec[1];
	struct diff_item *item;
	size_t event;

	if (any->kind == DIFF_PROGRAM && begins(any->text, strlen(any->text), STARTED)) {
		tell_started(c, head, l);
		return;
	}
	item = diff_add(c, any->kind, true, 0, 0, "%s%s%s%s", head->head, any->stream ? ", " : "",
	                any->stream ? any->stream : "",
	                l[0] && l[1] ? ""
	                : l[0]       ? ": in A only"
	                             : ": in B only");
	if (!item)
		return;
	for (int side = 0; side < 2; side++) {
		struct buf words = {0};

		if (!l[side])
			continue;
		text_one_line(&words, l[side]->text, strlen(l[side]->text));
		item->side[side].words = words.p ? buf_take(&words) : mem_text("");
		event = event_of(c, side, sec[side], l[side]);
		if (event == DIFF_EVENT_NONE)
			continue;
		diff_set_step(c, &item->side[side], side, event);
		if (side == c->by)
			item->order = 2 * (uint64_t)event;
	}
	if (!l[c->by] && before) {
		event = event_of(c, c->by, sec[c->by], before);
		item->order = event == DIFF_EVENT_NONE ? DIFF_LAST : 2 * (uint64_t)event + 1;
	}
}

static bool is_started(const struct line *l)
{
	return l->kind == DIFF_PROGRAM && begins(l->text, strlen(l->text), STARTED);
}

/* What stands between two lines that both have: first against first. */
static void tell_gap(struct comparing *c, const struct section *const sec[2], size_t i,
                     size_t i_end, size_t k, size_t k_end, const struct line *before)
{
	while (i < i_end || k < k_end) {
		const struct line *l[2] = {i < i_end ? &sec[0]->lines[i] : NULL,
		                           k < k_end ? &sec[1]->lines[k] : NULL};

		if (l[0] && l[1] &&
		    (l[0]->kind != l[1]->kind || is_started(l[0]) != is_started(l[1])))
			l[is_started(l[0])] = NULL;
		tell(c, sec, l, before);
		i += l[0] != NULL;
		k += l[1] != NULL;
	}
}

static void compare(struct comparing *c, const struct section *const sec[2])
{
	size_t n = sec[0] ? sec[0]->count : 0, m = sec[1] ? sec[1]->count : 0, i = 0, k = 0;
	int *pair = mem_zero(n, sizeof *pair);
	const struct line *before = NULL;

	diff_align(sec[0] ? (const char *const *)sec[0]->texts : NULL, n,
	           sec[1] ? (const char *const *)sec[1]->texts : NULL, m, pair);
	for (size_t x = 0; x < n; x++) {
		if (pair[x] < 0)
			continue;
		tell_gap(c, sec, i, x, k, (size_t)pair[x], before);
		i = x + 1;
		k = (size_t)pair[x] + 1;
		before = c->by == 0 ? &sec[0]->lines[x] : &sec[1]->lines[pair[x]];
	}
	tell_gap(c, sec, i, n, k, m, before);
	free(pair);
}

static const struct section *named(const struct sections *all, const char *head)
{
	for (size_t i = 0; i < all->count; i++) {
		if (strcmp(all->list[i].head, head) == 0)
			return &all->list[i];
	}
	return NULL;
}

void diff_sections(struct comparing *c)
{
	const struct diff_source *const *of = c->d->source;
	bool cases = of[0]->kind == SOURCE_CASE && of[1]->kind == SOURCE_CASE;
	const json_t *hosts[2] = {cases ? json_object_get(of[0]->evidence.facts, "hosts") : NULL,
	                          cases ? json_object_get(of[1]->evidence.facts, "hosts") : NULL};
	struct sections a = split(of[0]->trace, hosts[0]), b = split(of[1]->trace, hosts[1]);

	for (size_t i = 0; i < a.count; i++) {
		const struct section *sec[2] = {&a.list[i], named(&b, a.list[i].head)};

		compare(c, sec);
	}
	for (size_t i = 0; i < b.count; i++) {
		const struct section *sec[2] = {NULL, &b.list[i]};

		if (!named(&a, b.list[i].head))
			compare(c, sec);
	}
	drop(&a);
	drop(&b);
}

/* With what command a program was started hangs on where sockproof was built. */
static const char *skip_started(const char *s)
{
	while (strncmp(s, "  " STARTED, strlen("  " STARTED)) == 0) {
		s += strcspn(s, "\n");
		s += *s == '\n';
	}
	return s;
}

bool trace_part(const char *a, const char *b, struct trace_part *part)
{
	const char *begin = a;

	for (;;) {
		size_t la, lb;
		bool part_here;

		a = skip_started(a);
		b = skip_started(b);
		la = strcspn(a, "\n");
		lb = strcspn(b, "\n");
		part_here = la != lb || memcmp(a, b, la) != 0 || a[la] != b[lb];
		if (part_here || !a[la]) {
			*part = (struct trace_part){
			    .line = 1, .text = {a, b}, .len = {(int)la, (int)lb}};
			for (const char *s = begin; s < a; s++)
				part->line += *s == '\n';
			return part_here;
		}
		a += la + 1;
		b += lb + 1;
	}
}
