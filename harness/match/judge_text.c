/* SPDX-License-Identifier: MIT */
/*
 * judge_text.c - output of a program or received bytes against what was expected of them
 */
#include "base/mem.h"
#include "base/text.h"
#include "match/bytes.h"
#include "match/judge.h"
#include <stdlib.h>
#include <string.h>

#define SHOWN       160   /* bytes of the expectation in an explanation */
#define LINE_SHOWN  90    /* bytes of one line */
#define LINES_SHOWN 12    /* lines of the actual text */
#define NEAR_WINDOW 65536 /* bytes at the end in which the nearest likeness is looked for */

struct text_case {
	const char *what;
	const char *want, *have;
	size_t want_len, have_len;
};

/* One line of a text: without its end, which is \n or \r\n. */
struct text_line {
	const char *s;
	size_t len;
	bool ended; /* its newline came */
};

/* The line at *@at, which moves behind it. Returns false at the end. */
static bool next_line(const char *s, size_t len, size_t *at, struct text_line *line)
{
	if (*at >= len)
		return false;
	const char *newline = memchr(s + *at, '\n', len - *at);
	size_t end = newline ? (size_t)(newline - s) : len;
	*line = (struct text_line){.s = s + *at, .len = end - *at, .ended = newline != NULL};
	if (newline && line->len && line->s[line->len - 1] == '\r')
		line->len--; /* a terminal's */
	*at = end + (newline != NULL);
	return true;
}

static bool same(const struct text_line *line, const char *want, size_t len)
{
	return line->len == len && (len == 0 || memcmp(line->s, want, len) == 0);
}

static void quote(struct buf *out, const char *p, size_t len, size_t max)
{
	buf_str(out, "\"");
	text_escape(out, p, len, max);
	buf_str(out, "\"");
}

static const char *find(const struct text_case *c)
{
	return c->want_len == 0 ? c->have : memmem(c->have, c->have_len, c->want, c->want_len);
}

/* Where the longest beginning of the expectation lies in the end of what there is. */
static size_t nearest(const struct text_case *c, size_t *matched)
{
	size_t best = 0;

	*matched = 0;
	for (size_t i = c->have_len > NEAR_WINDOW ? c->have_len - NEAR_WINDOW : 0; i < c->have_len;
	     i++) {
		if (c->want_len == 0 || c->have[i] != c->want[0])
			continue;
		size_t n = bytes_part(c->have + i, c->have_len - i, c->want, c->want_len);
		if (n > *matched) {
			*matched = n;
			best = i;
		}
	}
	return best;
}

/* The last lines of what there is, each escaped; @mark_line (from 0) is marked. */
static void put_lines(struct buf *out, const char *s, size_t len, size_t first, size_t mark_line)
{
	struct text_line line;
	size_t at = 0, n = 0;

	for (; next_line(s, len, &at, &line); n++) {
		if (n < first || n >= first + LINES_SHOWN)
			continue;
		buf_printf(out, "\n%s %4zu ", n == mark_line ? "≠" : " ", n + 1);
		quote(out, line.s, line.len, LINE_SHOWN);
		if (!line.ended)
			buf_str(out, " (no newline behind it)");
	}
	if (n > first + LINES_SHOWN)
		buf_printf(out, "\n⋮ (%zu more lines)", n - first - LINES_SHOWN);
}

static size_t count_lines(const char *s, size_t len)
{
	struct text_line line;
	size_t at = 0, n = 0;

	while (next_line(s, len, &at, &line))
		n++;
	return n;
}

static size_t line_of(const char *s, size_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < at; i++)
		n += s[i] == '\n';
	return n;
}

/* What there is: the lines around byte @at, or a dump when it is no text. */
static void put_actual(const struct text_case *c, size_t at, bool marked, struct buf *out)
{
	if (c->have_len == 0) {
		buf_printf(out, "\n%s is empty", c->what);
		return;
	}
	buf_printf(out, "\n%s, %zu bytes:", c->what, c->have_len);
	if (!bytes_are_text(c->have, c->have_len)) {
		buf_str(out, "\n");
		bytes_dump(out, c->have, c->have_len, at, marked);
		return;
	}
	size_t line = line_of(c->have, at), lines = count_lines(c->have, c->have_len);
	if (!marked)
		line = lines;
	put_lines(out, c->have, c->have_len, line > LINES_SHOWN - 3 ? line - (LINES_SHOWN - 3) : 0,
	          marked ? line : SIZE_MAX);
}

static void begin_words(const struct text_case *c, const char *verb, struct buf *out)
{
	buf_printf(out, "expected %s ", verb);
	quote(out, c->want, c->want_len, SHOWN);
}

static enum judgement judge_has(const struct text_case *c, struct buf *reason, struct buf *words)
{
	size_t matched;

	if (find(c))
		return JUDGE_HOLDS;
	buf_printf(reason, "%s does not have ", c->what);
	quote(reason, c->want, c->want_len, 60);
	begin_words(c, "to contain", words);
	size_t at = nearest(c, &matched);
	if (matched > 2)
		buf_printf(words, "\nnearest: its first %zu of %zu bytes are at byte %zu", matched,
		           c->want_len, at + 1);
	if (matched > 2 && bytes_are_text(c->have, c->have_len)) {
		buf_str(words, "\n");
		bytes_beside(words, c->want, c->want_len, c->have + at, c->have_len - at, matched);
	}
	put_actual(c, at + matched, matched > 2, words);
	return JUDGE_NOT_YET;
}

static enum judgement judge_line(const struct text_case *c, struct buf *reason, struct buf *words)
{
	struct text_line line;
	size_t at = 0, n = 0;
	bool unended = false;

	for (; next_line(c->have, c->have_len, &at, &line); n++) {
		if (!same(&line, c->want, c->want_len))
			continue;
		if (line.ended)
			return JUDGE_HOLDS;
		unended = true; /* more of this line may come yet */
	}
	buf_printf(reason, "%s has no line ", c->what);
	quote(reason, c->want, c->want_len, 60);
	if (unended)
		buf_str(reason, ": it is there, but no newline ends it");
	begin_words(c, "a line", words);
	put_actual(c, c->have_len, unended, words);
	return JUDGE_NOT_YET;
}

static enum judgement judge_exact(const struct text_case *c, struct buf *reason, struct buf *words)
{
	size_t at = bytes_part(c->want, c->want_len, c->have, c->have_len);

	if (at == c->want_len && at == c->have_len)
		return JUDGE_HOLDS;
	bool prefix = at == c->have_len;
	if (prefix)
		buf_printf(reason, "%s has only the first %zu of %zu expected bytes", c->what, at,
		           c->want_len);
	else if (at == c->want_len)
		buf_printf(reason, "%s has %zu bytes more than the %zu expected", c->what,
		           c->have_len - at, c->want_len);
	else
		buf_printf(reason, "%s differs from byte %zu on", c->what, at + 1);
	bool text = bytes_are_text(c->have, c->have_len) && bytes_are_text(c->want, c->want_len);
	if (text && !prefix && line_of(c->have, at) > 0)
		buf_printf(reason, " (line %zu)", line_of(c->have, at) + 1);
	buf_printf(words, "expected %zu bytes, actual %zu, the same up to byte %zu\n", c->want_len,
	           c->have_len, at);
	if (text)
		bytes_beside(words, c->want, c->want_len, c->have, c->have_len, at);
	else
		bytes_dump_beside(words, c->want, c->want_len, c->have, c->have_len, at);
	if (text && c->have_len)
		put_actual(c, at, !prefix, words);
	return prefix ? JUDGE_NOT_YET : JUDGE_PARTS;
}

static enum judgement judge_absent(const struct text_case *c, struct buf *reason, struct buf *words)
{
	const char *found = find(c);

	if (!found)
		return JUDGE_HOLDS;
	size_t at = (size_t)(found - c->have);
	buf_printf(reason, "%s has ", c->what);
	quote(reason, c->want, c->want_len, 60);
	buf_printf(reason, " at byte %zu, which must never come", at + 1);
	begin_words(c, "never to contain", words);
	put_actual(c, at, true, words);
	return JUDGE_PARTS;
}

enum judgement judge_text(enum text_rule rule, const char *what, const void *expected,
                          size_t expected_len, const void *actual, size_t actual_len,
                          struct finding *f)
{
	struct text_case c = {
	    .what = what,
	    .want = expected ? expected : "",
	    .have = actual ? actual : "",
	    .want_len = expected_len,
	    .have_len = actual_len,
	};
	struct buf reason = {0}, words = {0};
	enum judgement result = rule == TEXT_HAS       ? judge_has(&c, &reason, &words)
	                        : rule == TEXT_LINE    ? judge_line(&c, &reason, &words)
	                        : rule == TEXT_EXACTLY ? judge_exact(&c, &reason, &words)
	                                               : judge_absent(&c, &reason, &words);

	if (result != JUDGE_HOLDS && f) {
		f->reason = buf_take(&reason);
		f->explanation = buf_take(&words);
	}
	buf_free(&reason);
	buf_free(&words);
	return result;
}
