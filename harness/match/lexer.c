/* SPDX-License-Identifier: MIT */
/*
 * lexer.c - one line of a pattern cut into words, literals and arrows
 */
#include "match/lexer.h"
#include "base/err.h"
#include "base/text.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int column(const struct lexer *lx, size_t at)
{
	int n = 1;

	for (size_t i = 0; i < at; i++)
		n += (lx->s[i] & 0xc0) != 0x80; /* characters, not bytes */
	return n;
}

int lexer_fail(const struct lexer *lx, int at, struct err *err, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	err_set(err, EINVAL, "line %d, column %d: %s", lx->line, at, buf_text(&text));
	buf_free(&text);
	return -1;
}

static void skip_blanks(struct lexer *lx)
{
	while (lx->at < lx->len && is_blank(lx->s[lx->at]))
		lx->at++;
	if (lx->len - lx->at >= 2 && memcmp(lx->s + lx->at, "--", 2) == 0)
		lx->at = lx->len;
}

static enum token_kind kind_here(const struct lexer *lx)
{
	if (lx->at == lx->len)
		return TOKEN_END;
	if (lx->s[lx->at] == '"')
		return TOKEN_TEXT;
	return lx->s[lx->at] == '>' ? TOKEN_ARROW : TOKEN_WORD;
}

enum token_kind lexer_peek(const struct lexer *lx)
{
	struct lexer ahead = *lx;

	skip_blanks(&ahead);
	return kind_here(&ahead);
}

static int next_text(struct lexer *lx, struct token *t, struct err *err)
{
	size_t from = ++lx->at, at = 0;
	struct err inner;

	while (lx->at < lx->len && lx->s[lx->at] != '"')
		lx->at += lx->s[lx->at] == '\\' ? 2 : 1;
	if (lx->at >= lx->len)
		return lexer_fail(lx, t->column, err, "the literal is not closed; end it with \"");
	t->len = lx->at + 1 - (from - 1);
	if (text_unescape(&t->bytes, lx->s + from, lx->at - from, &at, &inner) != 0) {
		buf_free(&t->bytes);
		return lexer_fail(lx, column(lx, from + at), err, "%s", inner.text);
	}
	lx->at++;
	return 0;
}

int lexer_next(struct lexer *lx, struct token *t, struct err *err)
{
	skip_blanks(lx);
	*t = (struct token){
	    .kind = kind_here(lx), .s = lx->s + lx->at, .column = column(lx, lx->at)};
	switch (t->kind) {
	case TOKEN_END:
		return 0;
	case TOKEN_TEXT:
		return next_text(lx, t, err);
	case TOKEN_ARROW:
		lx->at++;
		break;
	case TOKEN_WORD:
		while (lx->at < lx->len && !is_blank(lx->s[lx->at]) &&
		       !strchr("\">", lx->s[lx->at]))
			lx->at++;
		/* strchr() finds the NUL too: a NUL byte is a word of its own, which nobody knows
		 */
		if (t->s == lx->s + lx->at)
			lx->at++;
		break;
	}
	t->len = (size_t)(lx->s + lx->at - t->s);
	return 0;
}

bool token_is(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && t->len == strlen(word) && memcmp(t->s, word, t->len) == 0;
}

const char *token_text(const struct token *t, char text[static 64])
{
	struct buf b = {0};

	text_escape(&b, t->s, t->len, 12); /* an escaped byte takes four columns at most: it fits */
	snprintf(text, 64, "%s", buf_text(&b));
	buf_free(&b);
	return text;
}
