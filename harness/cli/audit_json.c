/* SPDX-License-Identifier: MIT */
/*
 * audit_json.c - an audit for machines: one JSON object with everything that is known
 *
 * {"version", "duration_ms", "cases", "errors", "totals": {fate: programs; "expectations", "idle",
 *   "allowed", "contracts over what is allowed"},
 * "contracts": [{"contract", "file", "title", "expectations", "idle", "allowed", "judged",
 *   "scenarios": [{"scenario", "file", "played", "expectations": [{"line", "last", "text",
 *     "broken"}]}],
 *   "programs": [{"program", "role", "correct", "fault", "dies_in", "reason", "fate",
 *     "cells": [{"scenario", "outcome", "cases": {verdict: number}, "error", "skip",
 *       "deaths": [{"reason", "line", "own", "command"}]}]}]}]}
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/audit.h"
#include "report/report.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const fates[] = {[FATE_AS_DECLARED] = "as declared",
                                    [FATE_SURVIVES] = "survives",
                                    [FATE_ELSEWHERE] = "elsewhere",
                                    [FATE_OTHER_REASON] = "another reason",
                                    [FATE_NO_SCENARIO] = "no scenario",
                                    [FATE_NOT_PLAYED] = "not played",
                                    [FATE_ERRED] = "error"};

/* What is no UTF-8 comes escaped, as in the other reports. */
static json_t *text(const char *s)
{
	struct buf safe = {0};
	json_t *j;

	if (!s)
		return json_null();
	j = json_string(s);
	if (j)
		return j;
	text_escape(&safe, s, strlen(s), 0);
	j = json_string(buf_text(&safe));
	buf_free(&safe);
	return j;
}

static json_t *expectations(const struct audit_column *column)
{
	json_t *list = json_array();

	for (size_t i = 0; i < column->expectation_count; i++) {
		const struct audit_expectation *e = &column->expectations[i];
		char *line = audit_line(column->scenario, e->line);
		json_t *one = json_object();

		json_object_set_new(one, "line", json_integer(e->line));
		json_object_set_new(one, "last", json_integer(e->last));
		json_object_set_new(one, "text", text(line));
		json_object_set_new(one, "broken", json_integer((json_int_t)e->broken));
		json_array_append_new(list, one);
		free(line);
	}
	return list;
}

static json_t *scenarios(const struct audit_contract *c)
{
	json_t *list = json_array();

	for (size_t k = 0; k < c->column_count; k++) {
		const struct audit_column *column = &c->columns[k];
		json_t *one = json_object();

		json_object_set_new(one, "scenario", text(column->scenario->name));
		json_object_set_new(one, "file", text(column->scenario->path));
		json_object_set_new(one, "played", json_boolean(column->played));
		json_object_set_new(one, "expectations", expectations(column));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *deaths(const struct audit *a, const struct audit_cell *cell)
{
	json_t *list = json_array();

	for (size_t i = 0; i < cell->death_count; i++) {
		const struct audit_death *d = &cell->deaths[i];
		char *command = case_command(d->c, &a->options, NULL);
		json_t *one = json_object();

		json_object_set_new(one, "reason", text(d->reason));
		json_object_set_new(one, "line", json_integer(d->line));
		json_object_set_new(one, "own", json_boolean(d->own));
		json_object_set_new(one, "command", text(command));
		json_array_append_new(list, one);
		free(command);
	}
	return list;
}

static const char *outcome(const struct audit_cell *cell)
{
	bool own = false;

	for (size_t i = 0; i < cell->death_count; i++)
		own = own || cell->deaths[i].own;
	if (cell->count[OUTCOME_ERROR] > 0)
		return "error";
	if (cell->death_count > 0)
		return own ? "dies" : "dies otherwise";
	if (cell->count[OUTCOME_PASS] > 0)
		return "pass";
	return cell->count[OUTCOME_SKIP] > 0 ? "skip" : "none";
}

static json_t *cells(const struct audit *a, const struct audit_contract *c,
                     const struct audit_row *row)
{
	json_t *list = json_array();

	for (size_t k = 0; k < c->column_count; k++) {
		const struct audit_cell *cell = &row->cells[k];
		json_t *one = json_object(), *count = json_object();

		for (int v = 0; v < VERDICT_COUNT; v++)
			json_object_set_new(count, verdict_text((enum verdict)v),
			                    json_integer((json_int_t)cell->count[v]));
		json_object_set_new(one, "scenario", text(c->columns[k].scenario->name));
		json_object_set_new(
		    one, "outcome",
		    text(!row->program && cell->death_count > 0 ? "fails" : outcome(cell)));
		json_object_set_new(one, "cases", count);
		json_object_set_new(one, "error", text(cell->error));
		json_object_set_new(one, "skip", text(cell->skip));
		json_object_set_new(one, "deaths", deaths(a, cell));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *programs(const struct audit *a, const struct audit_contract *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->row_count; i++) {
		const struct audit_row *row = &c->rows[i];
		const struct contract_program *p = row->program;
		json_t *one = json_object();

		json_object_set_new(one, "program", text(row->label));
		json_object_set_new(one, "role", text(row->role ? row->role->name : NULL));
		json_object_set_new(one, "correct", json_boolean(!p));
		json_object_set_new(one, "fault", text(p ? p->fault : NULL));
		json_object_set_new(one, "dies_in", text(p ? p->dies_in : NULL));
		json_object_set_new(one, "reason", text(p ? p->reason : NULL));
		json_object_set_new(one, "fate", text(p ? fates[row->fate] : NULL));
		json_object_set_new(one, "cells", cells(a, c, row));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *contracts(const struct audit *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->count; i++) {
		const struct audit_contract *c = &a->contracts[i];
		json_t *one = json_object();

		json_object_set_new(one, "contract", text(c->contract->name));
		json_object_set_new(one, "file", text(c->contract->path));
		json_object_set_new(one, "title", text(c->contract->title));
		json_object_set_new(one, "expectations", json_integer((json_int_t)c->expectations));
		json_object_set_new(one, "idle", json_integer((json_int_t)c->idle));
		json_object_set_new(one, "allowed",
		                    json_integer((json_int_t)c->contract->idle_expectations));
		json_object_set_new(
		    one, "judged",
		    json_boolean(c->budget == BUDGET_KEPT || c->budget == BUDGET_EXCEEDED));
		json_object_set_new(one, "scenarios", scenarios(c));
		json_object_set_new(one, "programs", programs(a, c));
		json_array_append_new(list, one);
	}
	return list;
}

int audit_json(const struct audit *a, struct err *err)
{
	json_t *root = json_object(), *totals = json_object();
	int failed;

	for (int f = 0; f < FATES; f++)
		json_object_set_new(totals, fates[f], json_integer((json_int_t)a->fates[f]));
	json_object_set_new(totals, "correct cases that fail",
	                    json_integer((json_int_t)a->correct_failures));
	json_object_set_new(totals, "expectations", json_integer((json_int_t)a->expectations));
	json_object_set_new(totals, "idle", json_integer((json_int_t)a->idle));
	json_object_set_new(totals, "allowed", json_integer((json_int_t)a->allowed));
	json_object_set_new(totals, "contracts over what is allowed",
	                    json_integer((json_int_t)a->over_budget));
	json_object_set_new(root, "version", text(SOCKPROOF_VERSION));
	json_object_set_new(root, "duration_ms", json_integer(a->duration / NS_PER_MS));
	json_object_set_new(root, "cases", json_integer((json_int_t)a->cases));
	json_object_set_new(root, "errors", json_integer((json_int_t)a->errors));
	json_object_set_new(root, "totals", totals);
	json_object_set_new(root, "contracts", contracts(a));
	failed = json_dumpf(root, stdout, JSON_INDENT(1));
	json_decref(root);
	if (failed)
		return err_sys(err, errno ? errno : EIO, "cannot write the JSON report");
	fputs("\n", stdout);
	return 0;
}
