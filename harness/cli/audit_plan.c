/* SPDX-License-Identifier: MIT */
/* audit_plan.c - which contracts are audited, by which scenarios */
#include "base/err.h"
#include "base/mem.h"
#include "cli/audit.h"
#include <stdlib.h>
#include <string.h>

static bool asked_for(const struct audit *a, const char *name)
{
	for (size_t i = 0; i < a->name_count; i++) {
		if (strcmp(a->names[i], name) == 0)
			return true;
	}
	return a->name_count == 0;
}

static struct audit_contract *contract_named(struct audit *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->contracts[i].contract->name, name) == 0)
			return &a->contracts[i];
	}
	return NULL;
}

/* The contract that @sc names, read when it is met first. */
static struct audit_contract *contract_of(struct audit *a, const struct scenario *sc,
                                          struct err *err)
{
	struct audit_contract *c = contract_named(a, sc->contract);
	struct contract *read;

	if (c)
		return c;
	read = script_contract(a->script, sc->contract_path, sc->contract, err);
	if (!read)
		return NULL;
	MEM_ROOM(a->contracts, a->count);
	c = &a->contracts[a->count++];
	*c = (struct audit_contract){.contract = read};
	return c;
}

static bool waits_for_timers(const struct scenario *sc)
{
	for (size_t i = 0; i < sc->tag_count; i++) {
		if (strcmp(sc->tags[i], "timers") == 0)
			return true;
	}
	return false;
}

static int add_scenario(struct audit *a, const struct found *f)
{
	struct err err;
	struct audit_contract *c;
	struct scenario *sc =
	    script_load(a->script, f->path, f->name, a->places.root, a->places.exe_folder, &err);

	if (!sc)
		return cli_complain(EXIT_USAGE, "%s", err.text);
	if (!sc->contract || !asked_for(a, sc->contract))
		return -1;
	c = contract_of(a, sc, &err);
	if (!c)
		return cli_complain(EXIT_USAGE, "%s", err.text);
	MEM_ROOM(c->columns, c->column_count);
	c->columns[c->column_count++] = (struct audit_column){
	    .scenario = sc, .played = a->options.slow || !waits_for_timers(sc)};
	return -1;
}

static int by_name(const void *left, const void *right)
{
	const struct audit_contract *a = left, *b = right;

	return strcmp(a->contract->name, b->contract->name);
}

int audit_find(struct audit *a)
{
	struct err err;
	int status = -1;

	if (places_find(&a->places, &err) < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	if (discover(&a->found, NULL, 0, &a->places, &err) < 0)
		return cli_complain(EXIT_USAGE, "%s", err.text);
	a->script = script_open(&err);
	if (!a->script)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	/* every mistake is told, not only the first */
	for (size_t i = 0; i < a->found.count; i++) {
		int one = add_scenario(a, &a->found.list[i]);

		status = one >= 0 ? one : status;
	}
	for (size_t i = 0; i < a->name_count; i++) {
		if (!contract_named(a, a->names[i]))
			status = cli_complain(EXIT_USAGE,
			                      "no scenario names the contract \"%s\"; sockproof "
			                      "list shows which do",
			                      a->names[i]);
	}
	if (status < 0 && a->count == 0)
		return cli_complain(EXIT_USAGE, "no scenario here names a contract: there is "
		                                "nothing to audit");
	if (a->count > 0)
		qsort(a->contracts, a->count, sizeof *a->contracts, by_name);
	return status;
}

static void free_cell(struct audit_cell *cell)
{
	for (size_t i = 0; i < cell->death_count; i++)
		free(cell->deaths[i].reason);
	free(cell->deaths);
	free(cell->skip);
	free(cell->error);
}

static void free_contract(struct audit_contract *c)
{
	for (size_t i = 0; i < c->row_count; i++) {
		for (size_t k = 0; k < c->column_count; k++)
			free_cell(&c->rows[i].cells[k]);
		free(c->rows[i].cells);
		free(c->rows[i].label);
	}
	for (size_t k = 0; k < c->column_count; k++) {
		free(c->columns[k].roles);
		free(c->columns[k].expectations);
	}
	free(c->rows);
	free(c->columns);
	contract_free(&c->contract);
}

void audit_free(struct audit *a)
{
	for (size_t i = 0; i < a->count; i++)
		free_contract(&a->contracts[i]);
	free(a->contracts);
	script_close(&a->script);
	discovery_free(&a->found);
	places_free(&a->places);
	run_options_free(&a->options);
}
