/* SPDX-License-Identifier: MIT */
/*
 * lexer.h - one line of a pattern cut into words, literals and arrows
 */
#ifndef SOCKPROOF_MATCH_LEXER_H
#define SOCKPROOF_MATCH_LEXER_H
#include "base/mem.h"
#include <stdbool.h>
#include <stddef.h>

struct err;

enum token_kind {
	TOKEN_END, /* of the line, or of what is no comment */
	TOKEN_WORD,
	TOKEN_TEXT,  /* "…" */
	TOKEN_ARROW, /* > */
};

struct token {
	enum token_kind kind;
	const char *s; /* as written; borrowed from the text */
	size_t len;
	int column;       /* characters, from 1 */
	struct buf bytes; /* TOKEN_TEXT: escapes undone; taken over or freed by who asked */
};

struct lexer {
	const char *s; /* one line */
	size_t len, at;
	int line; /* number, from 1 */
};

/* Set @err to "line L, column @at: …". Returns -1. */
int lexer_fail(const struct lexer *lx, int at, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The next token. Returns 0, or -1 with @err set. */
int lexer_next(struct lexer *lx, struct token *t, struct err *err);

/* The one after this, without taking it. */
enum token_kind lexer_peek(const struct lexer *lx);

bool token_is(const struct token *t, const char *word);
/* The token as written, safe to print. */
const char *token_text(const struct token *t, char text[static 64]);

#endif
