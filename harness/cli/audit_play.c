/* SPDX-License-Identifier: MIT */
/* audit_play.c - the cases of an audit: first the correct programs, then the faulty ones */
#include "base/err.h"
#include "base/mem.h"
#include "cli/audit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIPE "\r\033[2K" /* ECMA-48, EL */

/* A case, and where it belongs. */
struct place {
	struct plan_case *c;
	struct audit_contract *contract;
	size_t row, column;
	size_t rank;  /* among the cases of its cell, from 0 */
	size_t order; /* of planning */
};

/* The cases of one half of the audit. */
struct half {
	const char *what; /* for the progress line; NULL: nobody watches */
	struct place *places;
	size_t count;
	bool all;
};

static void add_cases(struct half *h, struct plan_case *const *cases, size_t count,
                      struct place place)
{
	for (size_t i = 0; i < count; i++) {
		MEM_ROOM(h->places, h->count);
		h->places[h->count] = place;
		h->places[h->count].c = cases[i];
		h->places[h->count].rank = i;
		h->places[h->count].order = h->count;
		h->count++;
	}
}

static size_t row_labelled(struct audit_contract *c, const char *label)
{
	for (size_t i = 0; i < c->row_count; i++) {
		if (strcmp(c->rows[i].label, label) == 0)
			return i;
	}
	MEM_ROOM(c->rows, c->row_count);
	c->rows[c->row_count] = (struct audit_row){
	    .label = mem_text(label), .cells = mem_zero(c->column_count, sizeof *c->rows->cells)};
	return c->row_count++;
}

static int plan_correct(struct audit *a, struct audit_contract *c, struct half *h)
{
	for (size_t k = 0; k < c->column_count; k++) {
		struct plan_case **cases = NULL;
		size_t count = 0;
		struct err err;

		if (!c->columns[k].played)
			continue;
		if (script_plan(a->script, c->columns[k].scenario, NULL, 0, &cases, &count, &err) <
		    0)
			return cli_complain(EXIT_USAGE, "%s", err.text);
		for (size_t i = 0; i < count; i++)
			add_cases(h, cases + i, 1,
			          (struct place){.contract = c,
			                         .row = row_labelled(c, cases[i]->implementation),
			                         .column = k});
		free(cases);
	}
	c->correct_count = c->row_count;
	return -1;
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at++) {
		if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	}
	return false;
}

static int plan_program(struct audit *a, struct audit_contract *c, const struct contract_role *role,
                        const struct contract_program *p, struct half *h)
{
	char *label = c->contract->role_count > 1 ? mem_printf("%s:%s", role->name, p->name)
	                                          : mem_text(p->name);
	char *command = mem_printf("@%s", p->name);
	struct override o = {.contract = c->contract->name, .role = role->name, .command = command};
	size_t row = c->row_count;
	int status = -1;

	MEM_ROOM(c->rows, c->row_count);
	c->rows[c->row_count++] =
	    (struct audit_row){.label = label,
	                       .role = role,
	                       .program = p,
	                       .cells = mem_zero(c->column_count, sizeof *c->rows->cells)};
	for (size_t k = 0; k < c->column_count && status < 0; k++) {
		struct audit_column *column = &c->columns[k];
		struct plan_case **cases = NULL;
		size_t count = 0;
		struct err err;

		if (!column->played || (column->roles && !has_word(column->roles, role->name)))
			continue;
		if (script_plan(a->script, column->scenario, &o, 1, &cases, &count, &err) < 0)
			status = cli_complain(EXIT_USAGE, "%s", err.text);
		add_cases(h, cases, count, (struct place){.contract = c, .row = row, .column = k});
		free(cases);
	}
	free(command);
	return status;
}

static int plan_faulty(struct audit *a, struct audit_contract *c, struct half *h)
{
	for (size_t i = 0; i < c->contract->role_count; i++) {
		const struct contract_role *r = &c->contract->roles[i];

		for (size_t k = 0; k < r->faulty_count; k++) {
			int status = plan_program(a, c, r, &r->faulty[k], h);

			if (status >= 0)
				return status;
		}
	}
	return -1;
}

static bool wanted(void *arg, size_t index)
{
	const struct half *h = arg;
	const struct place *p = &h->places[index];

	return h->all || audit_wants(&p->contract->columns[p->column],
	                             &p->contract->rows[p->row].cells[p->column]);
}

static void result(void *arg, size_t index, const struct plan_case *c, const struct outcome *o)
{
	const struct half *h = arg;
	const struct place *p = &h->places[index];

	/* Results come in plan order: asked again here, what is left out does not hang on what ends
	 * first. */
	if (wanted(arg, index))
		audit_take(&p->contract->rows[p->row], &p->contract->columns[p->column],
		           &p->contract->rows[p->row].cells[p->column], c, o);
}

static void progress(void *arg, size_t done, size_t running, const char *name)
{
	const struct half *h = arg;

	(void)running;
	if (!h->what)
		return;
	fprintf(stderr, WIPE "%s %zu/%zu  %.60s", h->what, done, h->count, name);
	fflush(stderr);
}

/* The first cases of all cells come first: while they are under way, nothing is begun that they may
 * make needless. */
static int by_rank(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static int play_half(struct audit *a, struct half *h, struct runner_setting *setting)
{
	struct plan_case **cases = mem_zero(h->count, sizeof *cases);
	struct runner_totals totals = {0};
	struct err err;
	int rc;

	if (h->count > 0)
		qsort(h->places, h->count, sizeof *h->places, by_rank);
	for (size_t i = 0; i < h->count; i++)
		cases[i] = h->places[i].c;
	h->all = a->all;
	setting->listener = (struct runner_listener){
	    .wanted = wanted, .result = result, .progress = progress, .arg = h};
	rc = runner_run(a->script, cases, h->count, setting, &totals, &err);
	if (h->what)
		fputs(WIPE, stderr);
	free(cases);
	if (rc < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	if (totals.interrupted) {
		cli_complain(EXIT_ERRED, "interrupted");
		return 130;
	}
	return -1;
}

int audit_play(struct audit *a, struct runner_setting *setting)
{
	bool watched = isatty(STDERR_FILENO);
	struct half correct = {.what = watched ? "correct programs:" : NULL};
	struct half faulty = {.what = watched ? "faulty programs:" : NULL};
	int status = -1;

	for (size_t i = 0; i < a->count && status < 0; i++)
		status = plan_correct(a, &a->contracts[i], &correct);
	if (status < 0)
		status = play_half(a, &correct, setting);
	free(correct.places);
	if (status >= 0)
		return status;
	a->options.deadline = a->deadline;
	setting->goes_on = true;
	for (size_t i = 0; i < a->count && status < 0; i++)
		status = plan_faulty(a, &a->contracts[i], &faulty);
	if (status < 0)
		status = play_half(a, &faulty, setting);
	free(faulty.places);
	return status;
}
