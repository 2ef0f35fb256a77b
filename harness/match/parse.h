/* SPDX-License-Identifier: MIT */
/*
 * parse.h - what pattern.c and clause.c share while a pattern is read; nobody else includes it
 */
#ifndef SOCKPROOF_MATCH_PARSE_H
#define SOCKPROOF_MATCH_PARSE_H
#include "match/lexer.h"
#include "match/line.h"

struct err;

struct parse {
	struct pattern *pattern;
	struct pattern_line *line; /* being read: the last of @pattern */
	const char *const *hosts;
	int host_count;
	struct lexer lx;
	struct token tok; /* the next one, not yet used */
	int start;        /* column of the kind, for what is wrong with the line as a whole */
};

/* All return 0, or -1 with @err set. */
int parse_next(struct parse *ps, struct err *err);   /* go on to the next token */
int parse_kind(struct parse *ps, struct err *err);   /* flags, data, udp, icmp */
int parse_clause(struct parse *ps, struct err *err); /* one of the words behind */
int parse_check(struct parse *ps, struct err *err);  /* do the words go together? */

#endif
