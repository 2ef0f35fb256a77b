/* SPDX-License-Identifier: MIT */
/* audit_judge.c - from the outcomes of cases to what became of each program and each expectation */
#include "base/mem.h"
#include "cli/audit.h"
#include <stdlib.h>
#include <string.h>

bool audit_is_reason(const char *reason, const char *wanted)
{
	static const char anything[] = "…";

	for (;;) {
		const char *gap = strstr(wanted, anything);
		char *part = gap ? mem_copy(wanted, (size_t)(gap - wanted)) : mem_text(wanted);
		const char *at = strstr(reason, part);
		size_t len = strlen(part);

		free(part);
		if (!at || !gap)
			return at != NULL;
		reason = at + len;
		wanted = gap + strlen(anything);
	}
}

/* The expectation with just these lines; made, in its place, when it is new. */
static struct audit_expectation *expectation(struct audit_column *column, int line, int last)
{
	size_t i = 0;

	while (i < column->expectation_count && column->expectations[i].line < line)
		i++;
	if (i < column->expectation_count && column->expectations[i].line == line) {
		if (column->expectations[i].last < last)
			column->expectations[i].last = last;
		return &column->expectations[i];
	}
	MEM_ROOM(column->expectations, column->expectation_count);
	memmove(column->expectations + i + 1, column->expectations + i,
	        (column->expectation_count - i) * sizeof *column->expectations);
	column->expectation_count++;
	column->expectations[i] = (struct audit_expectation){.line = line, .last = last};
	column->idle++;
	return &column->expectations[i];
}

/* What the case said must hold; and, of a faulty program's, what did not. */
static void add_expectations(struct audit_column *column, const struct outcome *o, bool faulty)
{
	for (size_t i = 0; i < o->expectation_count; i++) {
		const struct expectation *e = &o->expectations[i];
		struct audit_expectation *known = expectation(column, e->line, e->last);

		if (!faulty || !e->broken)
			continue;
		column->idle -= known->broken == 0;
		known->broken++;
	}
}

static void add_death(struct audit_row *row, struct audit_cell *cell, const struct plan_case *c,
                      const struct outcome *o)
{
	const char *wanted = row->program ? row->program->reason : NULL;

	MEM_ROOM(cell->deaths, cell->death_count);
	cell->deaths[cell->death_count++] = (struct audit_death){
	    .c = c,
	    .reason = mem_text(o->reason),
	    .line = o->line,
	    .own = row->program && (!wanted || audit_is_reason(o->reason, wanted))};
}

static void add_roles(struct audit_column *column, const char *roles)
{
	char *both;

	if (!roles)
		return;
	both = mem_printf("%s %s", column->roles ? column->roles : "", roles);
	free(column->roles);
	column->roles = both;
}

static bool is_named(const struct audit_row *row, const struct audit_column *column)
{
	return row->program->dies_in && strcmp(row->program->dies_in, column->scenario->name) == 0;
}

bool audit_wants(const struct audit_column *column, const struct audit_cell *cell)
{
	return !cell->settled || column->idle > 0;
}

void audit_take(struct audit_row *row, struct audit_column *column, struct audit_cell *cell,
                const struct plan_case *c, const struct outcome *o)
{
	cell->count[o->verdict]++;
	add_expectations(column, o, row->program != NULL);
	if (!row->program && o->verdict != OUTCOME_SKIP && o->verdict != OUTCOME_ERROR)
		add_roles(column, o->roles);
	switch (o->verdict) {
	case OUTCOME_FAIL:
		add_death(row, cell, c, o);
		if (!row->program)
			break;
		cell->settled = cell->settled || cell->deaths[cell->death_count - 1].own ||
		                !is_named(row, column);
		break;
	case OUTCOME_SKIP:
		if (!cell->skip)
			cell->skip = mem_text(o->reason);
		break;
	case OUTCOME_ERROR:
		if (!cell->error)
			cell->error = mem_text(o->reason);
		break;
	case OUTCOME_PASS:
		break;
	}
}

struct audit_cell *audit_named_cell(const struct audit_contract *c, const struct audit_row *row)
{
	for (size_t k = 0; row->program->dies_in && k < c->column_count; k++) {
		if (strcmp(c->columns[k].scenario->name, row->program->dies_in) == 0)
			return &row->cells[k];
	}
	return NULL;
}

/* Of all cells of a program together. */
static void sum_up(const struct audit_contract *c, const struct audit_row *row, size_t count[4])
{
	for (size_t k = 0; k < c->column_count; k++) {
		for (int v = 0; v < 4; v++)
			count[v] += row->cells[k].count[v];
	}
}

static bool has_own(const struct audit_cell *cell)
{
	for (size_t i = 0; i < cell->death_count; i++) {
		if (cell->deaths[i].own)
			return true;
	}
	return false;
}

static bool was_played(const struct audit_contract *c, const struct audit_row *row,
                       const struct audit_cell *cell)
{
	return c->columns[cell - row->cells].played &&
	       (cell->count[OUTCOME_SKIP] == 0 || cell->count[OUTCOME_PASS] > 0);
}

static enum audit_fate fate_of(const struct audit_contract *c, const struct audit_row *row)
{
	const struct audit_cell *cell = audit_named_cell(c, row);
	size_t count[4] = {0};

	sum_up(c, row, count);
	if (row->program->dies_in && !cell)
		return FATE_NO_SCENARIO;
	if (cell ? has_own(cell) : count[OUTCOME_FAIL] > 0)
		return FATE_AS_DECLARED;
	if (cell ? cell->count[OUTCOME_ERROR] > 0 : count[OUTCOME_ERROR] > 0)
		return FATE_ERRED;
	if (cell && cell->death_count > 0)
		return FATE_OTHER_REASON;
	if (cell ? !was_played(c, row, cell) : count[OUTCOME_PASS] == 0)
		return FATE_NOT_PLAYED;
	return count[OUTCOME_FAIL] > 0 ? FATE_ELSEWHERE : FATE_SURVIVES;
}

static void add_sums(struct audit *a, const struct audit_contract *c, const struct audit_row *row)
{
	size_t count[4] = {0};

	sum_up(c, row, count);
	for (int v = 0; v < 4; v++)
		a->cases += count[v];
	a->errors += count[OUTCOME_ERROR];
	if (!row->program)
		a->correct_failures += count[OUTCOME_FAIL];
}

static enum audit_budget budget_of(const struct audit *a, const struct audit_contract *c)
{
	if (c->row_count == c->correct_count)
		return BUDGET_NO_FAULTY;
	if (a->options.slow)
		return BUDGET_SLOW;
	return c->idle > c->contract->idle_expectations ? BUDGET_EXCEEDED : BUDGET_KEPT;
}

static void judge_expectations(struct audit *a, struct audit_contract *c)
{
	for (size_t k = 0; k < c->column_count; k++) {
		c->expectations += c->columns[k].expectation_count;
		c->idle += c->columns[k].idle;
	}
	c->budget = budget_of(a, c);
	if (c->budget == BUDGET_NO_FAULTY)
		return;
	a->expectations += c->expectations;
	a->idle += c->idle;
	a->allowed += c->contract->idle_expectations;
	a->over_budget += c->budget == BUDGET_EXCEEDED;
}

void audit_judge(struct audit *a)
{
	for (size_t i = 0; i < a->count; i++) {
		struct audit_contract *c = &a->contracts[i];

		for (size_t k = 0; k < c->row_count; k++) {
			struct audit_row *row = &c->rows[k];

			add_sums(a, c, row);
			if (!row->program)
				continue;
			row->fate = fate_of(c, row);
			a->fates[row->fate]++;
		}
		judge_expectations(a, c);
	}
}

char *audit_line(const struct scenario *sc, int line)
{
	const char *at = sc->source;
	size_t len;

	for (int n = 1; n < line && *at; n++) {
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	at += strspn(at, " \t");
	len = strcspn(at, "\n");
	while (len > 0 && strchr(" \t\r", at[len - 1]))
		len--;
	return mem_copy(at, len);
}
