/* SPDX-License-Identifier: MIT */
/*
 * pattern.c - a pattern read line by line: label, hosts, kind; the words behind are in clause.c
 */
#include "match/pattern.h"
#include "base/err.h"
#include "base/text.h"
#include "match/parse.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void line_free(struct pattern_line *l)
{
	free(l->text);
	free(l->label);
	free(l->from);
	free(l->to);
	free(l->icmp);
	free(l->after_label);
	buf_free(&l->payload);
}

void pattern_close(struct pattern **pattern)
{
	struct pattern *p = *pattern;

	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		line_free(&p->lines[i]);
	free(p->lines);
	free(p);
	*pattern = NULL;
}

const char *pattern_line_text(const struct pattern *p, size_t line, int *number)
{
	*number = p->lines[line].number;
	return p->lines[line].text;
}

size_t pattern_lines(const struct pattern *p)
{
	return p->count;
}

int parse_next(struct parse *ps, struct err *err)
{
	buf_free(&ps->tok.bytes);
	return lexer_next(&ps->lx, &ps->tok, err);
}

/* "reply:" in front of a line. Begins with a letter, so that no label looks like a duration. */
static int read_label(struct parse *ps, struct err *err)
{
	const struct token *t = &ps->tok;
	char text[64];

	if (t->kind != TOKEN_WORD || t->s[t->len - 1] != ':')
		return 0;
	if (ps->pattern->filter)
		return lexer_fail(&ps->lx, t->column, err,
		                  "a filter has no label; leave out \"%s\"", token_text(t, text));
	bool letter = (t->s[0] >= 'a' && t->s[0] <= 'z') || (t->s[0] >= 'A' && t->s[0] <= 'Z');
	if (!letter)
		return lexer_fail(&ps->lx, t->column, err,
		                  "\"%s\" is no label; begin it with a letter",
		                  token_text(t, text));
	ps->line->label = mem_copy(t->s, t->len - 1);
	for (size_t i = 0; i + 1 < ps->pattern->count; i++) {
		const struct pattern_line *other = &ps->pattern->lines[i];
		if (other->label && strcmp(other->label, ps->line->label) == 0)
			return lexer_fail(
			    &ps->lx, t->column, err,
			    "the label \"%s\" stands before line %d already; choose another",
			    token_text(t, text), other->number);
	}
	return parse_next(ps, err);
}

static int fail_host(struct parse *ps, struct err *err)
{
	struct buf known = {0};
	char text[64];

	for (int i = 0; i < ps->host_count; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", ps->hosts[i]);
	lexer_fail(&ps->lx, ps->tok.column, err, "no host is called \"%s\"; the hosts are %s",
	           token_text(&ps->tok, text), buf_text(&known));
	buf_free(&known);
	return -1;
}

/* One host's name. With no hosts given, any word is one. */
static int read_host(struct parse *ps, char **name, struct err *err)
{
	const struct token *t = &ps->tok;
	bool known = ps->host_count == 0;

	if (t->kind != TOKEN_WORD)
		return lexer_fail(&ps->lx, t->column, err,
		                  "the name of a host is missing; write who sends > who receives");
	for (int i = 0; i < ps->host_count; i++)
		known = known || token_is(t, ps->hosts[i]);
	if (!known)
		return fail_host(ps, err);
	*name = mem_copy(t->s, t->len);
	return parse_next(ps, err);
}

/* "who > who" */
static int read_hosts(struct parse *ps, struct err *err)
{
	char text[64];
	bool there = ps->tok.kind == TOKEN_ARROW || lexer_peek(&ps->lx) == TOKEN_ARROW;

	if (!there && ps->pattern->filter)
		return 0;
	if (!there)
		return lexer_fail(&ps->lx, ps->tok.column, err,
		                  "\"%s\" stands where the hosts should; write who > who in front, "
		                  "such as client > server  S",
		                  token_text(&ps->tok, text));
	if (read_host(ps, &ps->line->from, err) != 0 || parse_next(ps, err) != 0)
		return -1;
	return read_host(ps, &ps->line->to, err);
}

/* The line as messages show it: without label and comment, blanks made one outside of literals. */
static char *shown(const struct lexer *lx, size_t from)
{
	struct lexer words = {.s = lx->s, .len = lx->len, .at = from, .line = lx->line};
	struct token t;
	struct buf out = {0};
	struct err err;

	while (lexer_next(&words, &t, &err) == 0 && t.kind != TOKEN_END) {
		if (out.len)
			buf_str(&out, " ");
		if (t.kind == TOKEN_TEXT) {
			buf_str(&out, "\"");
			text_escape(&out, t.bytes.p, t.bytes.len, 0);
			buf_str(&out, "\"");
		} else {
			text_escape(&out, t.s, t.len, 0);
		}
		buf_free(&t.bytes);
	}
	return out.p ? buf_take(&out) : mem_text("");
}

static int read_line(struct parse *ps, struct err *err)
{
	if (parse_next(ps, err) != 0 || read_label(ps, err) != 0)
		return -1;
	size_t from = (size_t)(ps->tok.s - ps->lx.s);
	if (read_hosts(ps, err) != 0 || parse_kind(ps, err) != 0)
		return -1;
	while (ps->tok.kind != TOKEN_END)
		if (parse_clause(ps, err) != 0)
			return -1;
	ps->line->text = shown(&ps->lx, from);
	return parse_check(ps, err);
}

/* Every "after label" finds its line. */
static int find_labels(struct pattern *p, struct err *err)
{
	for (size_t i = 0; i < p->count; i++) {
		struct pattern_line *l = &p->lines[i];
		if (!l->after_label)
			continue;
		size_t k = 0;
		while (k < p->count &&
		       (!p->lines[k].label || strcmp(p->lines[k].label, l->after_label) != 0))
			k++;
		l->after_line = k;
		if (k < p->count && k != i)
			continue;
		struct lexer at = {.line = l->number};
		struct buf name = {0};
		text_escape(&name, l->after_label, strlen(l->after_label), 40);
		if (k == i)
			lexer_fail(&at, l->after_column, err,
			           "the line waits for itself; name another line's label");
		else
			lexer_fail(
			    &at, l->after_column, err,
			    "no line has the label \"%s\"; write \"%s:\" in front of one, or a "
			    "duration such as 40ms",
			    buf_text(&name), buf_text(&name));
		buf_free(&name);
		return -1;
	}
	return 0;
}

/* Nothing but blanks, or a remark? */
static bool passed_over(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && strchr(" \t\r", s[i]) && s[i])
		i++;
	return i == len || s[i] == '#' || (len - i >= 2 && s[i] == '-' && s[i + 1] == '-');
}

static int read_lines(struct parse *ps, const char *text, size_t len, struct err *err)
{
	int number = 0;

	for (size_t from = 0, next; from < len; from = next) {
		const char *newline = memchr(text + from, '\n', len - from);
		size_t end = newline ? (size_t)(newline - text) : len;
		next = end + 1;
		number++;
		if (passed_over(text + from, end - from))
			continue;
		ps->lx = (struct lexer){.s = text + from, .len = end - from, .line = number};
		struct pattern *p = ps->pattern;
		if (p->filter && p->count == 1)
			return lexer_fail(
			    &ps->lx, 1, err,
			    "a filter is one line; write a second filter for this one");
		MEM_ROOM(p->lines, p->count);
		ps->line = &p->lines[p->count++];
		*ps->line = (struct pattern_line){.number = number, .times = 1};
		if (read_line(ps, err) != 0)
			return -1;
	}
	if (ps->pattern->count == 0)
		return err_set(err, EINVAL,
		               "line 1, column 1: nothing is written; write a line such as "
		               "client > server  S");
	return find_labels(ps->pattern, err);
}

static struct pattern *parse(const char *text, size_t len, const char *const *hosts, int host_count,
                             bool filter, struct err *err)
{
	struct pattern *p = mem_zero(1, sizeof *p);
	struct parse ps = {.pattern = p, .hosts = hosts, .host_count = host_count};
	char *copy = mem_copy(text, len); /* with a NUL behind it */

	p->filter = filter;
	if (read_lines(&ps, copy, len, err) != 0)
		pattern_close(&p);
	buf_free(&ps.tok.bytes);
	free(copy);
	return p;
}

struct pattern *pattern_parse(const char *text, size_t len, const char *const *hosts,
                              int host_count, struct err *err)
{
	return parse(text, len, hosts, host_count, false, err);
}

struct pattern *pattern_parse_filter(const char *text, size_t len, const char *const *hosts,
                                     int host_count, struct err *err)
{
	return parse(text, len, hosts, host_count, true, err);
}
