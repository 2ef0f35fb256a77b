/* SPDX-License-Identifier: MIT */
/*
 * catalogue.h - what scenarios and contracts there are, for subcommands that tell of them
 */
#ifndef SOCKPROOF_CLI_CATALOGUE_H
#define SOCKPROOF_CLI_CATALOGUE_H
#include "cli/cli.h"
#include <stdbool.h>
#include <stddef.h>

struct catalogue {
	struct places places;
	struct discovery found;
	struct script *script;
};

/* Find the scenarios below @paths (none: all). Returns -1, or the exit status after a complaint. */
int catalogue_open(struct catalogue *c, char *const *paths, size_t count);
void catalogue_close(struct catalogue *c);
/* The scenario found @i-th; NULL after a complaint. The script's. */
struct scenario *catalogue_load(struct catalogue *c, size_t i);
/* The cases of @sc; how many. free() the list. */
size_t catalogue_plan(struct catalogue *c, struct scenario *sc, struct plan_case ***cases);
/* contract.lua of the contract that @name names, or is the path of; free() it. NULL: there is none.
 */
char *catalogue_contract(const struct catalogue *c, const char *name);

/* Every scenario there is, loaded. */
struct scenarios {
	struct scenario **list;
	size_t count;
};
int catalogue_all(struct catalogue *c, struct scenarios *all); /* as catalogue_open() */

/*
 * A text of a scenario or contract file, in lines without its common indentation. Hand each to
 * @line: deeper is by how much more it is indented than the least.
 */
void prose_lines(const char *text,
                 void (*line)(void *arg, const char *s, size_t len, size_t deeper), void *arg);
/* On stdout, each line behind two blanks. */
void prose_text(const char *text);
/* On stdout, as Markdown: what is indented becomes a block of its own. */
void prose_markdown(const char *text);
/* A piece of running text in Markdown; cell: in a table. */
void prose_inline(const char *s, bool cell);

/* The pages of docs/, on stdout. Return -1, or the exit status after a complaint. */
int page_contract(struct catalogue *c, const struct contract *k);
int page_catalogue(struct catalogue *c, const struct scenarios *all);
/* "#closehalf-close": where GitHub puts the heading of scenario @name. On stdout. */
void page_anchor(const char *name);

#endif
