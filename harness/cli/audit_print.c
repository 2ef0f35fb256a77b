/* SPDX-License-Identifier: MIT */
/* audit_print.c - an audit for people: a matrix a contract, each death, and what never told
 * anything */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/audit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RED   "\033[31m"
#define PLAIN "\033[0m"

static const char legend[] =
    "·  passes                      ●  dies for the reason that its contract names\n"
    "✗  a correct program fails     ○  dies for another reason\n"
    "-  skipped                     !  the harness erred\n"
    "   blank: the scenario does not start it, or it declines\n";

static const char *symbol(const struct audit_row *row, const struct audit_cell *cell)
{
	bool own = false;

	for (size_t i = 0; i < cell->death_count; i++)
		own = own || cell->deaths[i].own;
	if (cell->count[OUTCOME_ERROR] > 0)
		return "!";
	if (cell->death_count > 0)
		return !row->program ? "✗" : own ? "●" : "○";
	if (cell->count[OUTCOME_PASS] > 0)
		return "·";
	return cell->count[OUTCOME_SKIP] > 0 ? "-" : " ";
}

static size_t widest(const struct audit_contract *c)
{
	size_t most = 0;

	for (size_t i = 0; i < c->row_count; i++) {
		size_t width = text_width(c->rows[i].label);

		most = width > most ? width : most;
	}
	return most;
}

static bool is_bad(const struct audit_row *row)
{
	return row->program && row->fate != FATE_AS_DECLARED && row->fate != FATE_NOT_PLAYED;
}

static void print_matrix(const struct audit_contract *c, bool color)
{
	int width = (int)widest(c);

	printf("\n  %*s ", width, "");
	for (size_t k = 0; k < c->column_count; k++)
		printf("%3zu", k + 1);
	puts("");
	for (size_t i = 0; i < c->row_count; i++) {
		const struct audit_row *row = &c->rows[i];
		bool red = color && is_bad(row);

		if (i == c->correct_count)
			puts("");
		printf("%s  %s%*s ", red ? RED : "", row->label,
		       width - (int)text_width(row->label), "");
		for (size_t k = 0; k < c->column_count; k++)
			printf("  %s", symbol(row, &row->cells[k]));
		puts(red ? PLAIN : "");
	}
}

/* Each reason once, how often it was given, and where. */
static void print_deaths(const struct audit_cell *cell)
{
	for (size_t i = 0; i < cell->death_count; i++) {
		const struct audit_death *d = &cell->deaths[i];
		size_t times = 0, before = 0;

		for (size_t k = 0; k < cell->death_count; k++) {
			if (strcmp(cell->deaths[k].reason, d->reason) != 0)
				continue;
			before += k < i;
			times++;
		}
		if (before == 0)
			printf("      %zu case%s, %s:%d: %s\n", times, times == 1 ? "" : "s",
			       d->c->scenario->name, d->line, d->reason);
	}
}

static void print_all_deaths(const struct audit_contract *c, const struct audit_row *row)
{
	for (size_t k = 0; k < c->column_count; k++)
		print_deaths(&row->cells[k]);
}

static void print_errors(const struct audit_contract *c, const struct audit_row *row)
{
	for (size_t k = 0; k < c->column_count; k++) {
		if (row->cells[k].error)
			printf("  ! %s: %zu case%s of %s ended in error: %s\n", row->label,
			       row->cells[k].count[OUTCOME_ERROR],
			       row->cells[k].count[OUTCOME_ERROR] == 1 ? "" : "s",
			       c->columns[k].scenario->name, row->cells[k].error);
	}
}

/* The first death that counts: for the declared reason, in the scenario that the contract names. */
static void print_death(const struct audit_contract *c, const struct audit_row *row, int width)
{
	const struct audit_cell *named = audit_named_cell(c, row);

	for (size_t k = 0; k < c->column_count; k++) {
		const struct audit_cell *cell = &row->cells[k];

		for (size_t i = 0; i < cell->death_count && (!named || cell == named); i++) {
			if (!cell->deaths[i].own)
				continue;
			printf("  %s%*s  %s:%d: %s\n", row->label,
			       width - (int)text_width(row->label), "",
			       c->columns[k].scenario->name, cell->deaths[i].line,
			       cell->deaths[i].reason);
			return;
		}
	}
}

static void print_fate(const struct audit_contract *c, const struct audit_row *row, int width)
{
	const struct contract_program *p = row->program;
	const struct audit_cell *cell = audit_named_cell(c, row);

	switch (row->fate) {
	case FATE_AS_DECLARED:
		print_death(c, row, width);
		return;
	case FATE_SURVIVES:
		printf("  ✗ %s survives: nothing tells it from a correct program (%s)\n",
		       row->label, p->fault);
		return;
	case FATE_ELSEWHERE:
		printf("  ✗ %s does not die in %s, as its contract says, but:\n", row->label,
		       p->dies_in);
		print_all_deaths(c, row);
		return;
	case FATE_OTHER_REASON:
		printf("  ✗ %s dies in %s, but no case of it says \"%s\":\n", row->label,
		       p->dies_in, p->reason);
		print_deaths(cell);
		return;
	case FATE_NO_SCENARIO:
		printf("  ✗ %s: its contract names %s, which is no scenario of this contract\n",
		       row->label, p->dies_in);
		print_all_deaths(c, row);
		return;
	case FATE_NOT_PLAYED:
		printf("  - %s is not judged: %s %s\n", row->label,
		       p->dies_in ? p->dies_in : "every scenario",
		       cell && !c->columns[cell - row->cells].played
		           ? "waits for the kernel's long timers; add --slow"
		           : "was skipped");
		return;
	default:
		return; /* what erred was told */
	}
}

static void print_expectations(const struct audit_contract *c)
{
	size_t allowed = c->contract->idle_expectations;

	printf("\n%s%zu expectation%s", c->budget == BUDGET_EXCEEDED ? "✗ " : "", c->expectations,
	       c->expectations == 1 ? "" : "s");
	if (c->budget == BUDGET_NO_FAULTY) {
		puts("; no faulty program, so that none could be broken");
		return;
	}
	printf(", %zu of them idle: no faulty program breaks %s (%zu %s allowed%s)%s\n", c->idle,
	       c->idle == 1 ? "it" : "them", allowed, allowed == 1 ? "is" : "are",
	       c->budget == BUDGET_SLOW ? " without --slow" : "", c->idle > 0 ? ":" : "");
	for (size_t k = 0; k < c->column_count; k++) {
		const struct audit_column *column = &c->columns[k];

		for (size_t i = 0; i < column->expectation_count; i++) {
			char *line;

			if (column->expectations[i].broken > 0)
				continue;
			line = audit_line(column->scenario, column->expectations[i].line);
			printf("  %s:%d: %s\n", column->scenario->path,
			       column->expectations[i].line, line);
			free(line);
		}
	}
}

static void print_contract(const struct audit_contract *c, bool color)
{
	size_t faulty = c->row_count - c->correct_count;
	int width = (int)widest(c);

	printf("%s: %zu correct program%s, %zu faulty one%s, %zu scenario%s\n\n", c->contract->name,
	       c->correct_count, c->correct_count == 1 ? "" : "s", faulty, faulty == 1 ? "" : "s",
	       c->column_count, c->column_count == 1 ? "" : "s");
	for (size_t k = 0; k < c->column_count; k++)
		printf("  %2zu  %s%s\n", k + 1, c->columns[k].scenario->name,
		       c->columns[k].played ? "" : "  (not played: add --slow)");
	print_matrix(c, color);
	puts("");
	for (size_t i = 0; i < c->row_count; i++) {
		print_errors(c, &c->rows[i]);
		if (c->rows[i].program) {
			print_fate(c, &c->rows[i], width);
		} else if (i < c->correct_count) {
			size_t before = 0;

			for (size_t k = 0; k < c->column_count; k++)
				before += c->rows[i].cells[k].death_count;
			if (before > 0)
				printf("  ✗ %s is declared correct, and fails:\n",
				       c->rows[i].label);
			print_all_deaths(c, &c->rows[i]);
		}
	}
	print_expectations(c);
	puts("");
}

void audit_print(const struct audit *a, bool color)
{
	static const char *const words[FATES] = {[FATE_AS_DECLARED] = "die as their contracts say",
	                                         [FATE_SURVIVES] = "survive",
	                                         [FATE_ELSEWHERE] = "die elsewhere only",
	                                         [FATE_OTHER_REASON] = "die for another reason",
	                                         [FATE_NO_SCENARIO] = "name no scenario",
	                                         [FATE_NOT_PLAYED] = "were not judged",
	                                         [FATE_ERRED] = "could not be judged for errors"};
	size_t faulty = 0;

	for (size_t i = 0; i < a->count; i++)
		print_contract(&a->contracts[i], color);
	fputs(legend, stdout);
	for (int f = 0; f < FATES; f++)
		faulty += a->fates[f];
	printf("\n%zu contract%s, %zu faulty program%s: ", a->count, a->count == 1 ? "" : "s",
	       faulty, faulty == 1 ? "" : "s");
	for (int f = 0; f < FATES; f++) {
		if (a->fates[f] > 0 || f <= FATE_SURVIVES)
			printf("%s%zu %s", f > 0 ? ", " : "", a->fates[f], words[f]);
	}
	printf("; correct programs fail %zu case%s\n", a->correct_failures,
	       a->correct_failures == 1 ? "" : "s");
	printf("%zu expectation%s where there are faulty programs, %zu of them idle (%zu %s "
	       "allowed)",
	       a->expectations, a->expectations == 1 ? "" : "s", a->idle, a->allowed,
	       a->allowed == 1 ? "is" : "are");
	if (a->over_budget > 0)
		printf(": %zu contract%s more than allowed", a->over_budget,
		       a->over_budget == 1 ? " has" : "s have");
	puts("");
	printf("%zu cases, %zu error%s in %.1f s\n", a->cases, a->errors, a->errors == 1 ? "" : "s",
	       (double)a->duration / (double)NS_PER_S);
}
