/* SPDX-License-Identifier: MIT */
/*
 * audit.h - how good the scenarios of a contract are: its programs, correct and faulty, against all
 * of them
 *
 * Theory. A contract gets a matrix: a row a program, a column a scenario; a cell holds what became
 * of the cases that the planner makes of the two. The correct programs are played first: from them
 * is learned which roles each scenario starts, since a faulty client says nothing where no client
 * runs. An expectation is a line of a scenario, or some lines where a pattern stands there, at
 * which the script said what must hold in some case; one that holds with every faulty program is
 * idle, and may be worth nothing. So that the first expectation that fails does not hide the
 * others, a faulty program's case goes on behind it (script/lua/verdict.lua).
 */
#ifndef SOCKPROOF_CLI_AUDIT_H
#define SOCKPROOF_CLI_AUDIT_H
#include "cli/cli.h"
#include "cli/runner.h"
#include "script/script.h"

struct buf;

struct audit_death {
	const struct plan_case *c;
	char *reason;
	int line;
	bool own; /* for the reason that the contract names */
};

struct audit_cell {
	size_t count[4]; /* cases, by verdict */
	struct audit_death *deaths;
	size_t death_count;
	char *skip, *error; /* the first reason of each, or NULL */
	bool settled;       /* a death said what it shall say */
};

struct audit_expectation {
	int line, last;
	size_t broken; /* cases of faulty programs in which it did not hold */
};

struct audit_column {
	struct scenario *scenario;
	bool played; /* false: it waits for long timers, and nobody said --slow */
	char *roles; /* that a correct program's case started; NULL: not known */
	struct audit_expectation *expectations; /* by line */
	size_t expectation_count, idle;
};

enum audit_fate {
	FATE_AS_DECLARED,
	FATE_SURVIVES,
	FATE_ELSEWHERE,    /* not in the scenario that its contract names */
	FATE_OTHER_REASON, /* there, but for another reason */
	FATE_NO_SCENARIO,  /* its contract names one that there is not */
	FATE_NOT_PLAYED,   /* that scenario was skipped */
	FATE_ERRED,
	FATES
};

struct audit_row {
	char *label;
	const struct contract_role *role;       /* NULL: of a correct program */
	const struct contract_program *program; /* likewise */
	struct audit_cell *cells;               /* one a column */
	enum audit_fate fate;                   /* of a faulty one */
};

/* What a contract says of the expectations that may be idle. */
enum audit_budget {
	BUDGET_KEPT,
	BUDGET_EXCEEDED,
	BUDGET_NO_FAULTY, /* nothing could have died: not judged */
	BUDGET_SLOW       /* it speaks of an audit without --slow: not judged */
};

struct audit_contract {
	struct contract *contract;
	struct audit_column *columns;
	size_t column_count;
	struct audit_row *rows; /* correct ones first */
	size_t row_count, correct_count;
	size_t expectations, idle; /* of all columns; idle: none of the faulty programs breaks it */
	enum audit_budget budget;
};

struct audit {
	struct run_options options; /* as the runner wants them */
	double deadline;            /* s, for faulty programs */
	bool json, all;
	char **names; /* contracts that were asked for; borrowed from argv */
	size_t name_count;
	struct places places;
	struct discovery found;
	struct script *script;
	struct audit_contract *contracts;
	size_t count;
	size_t fates[FATES];
	size_t cases, errors, correct_failures;
	size_t expectations, idle, allowed; /* of the contracts that have faulty programs */
	size_t over_budget;                 /* contracts */
	int64_t duration;
};

/* audit_plan.c: which contracts and scenarios. -1 to go on, otherwise the exit status. */
int audit_find(struct audit *a);
void audit_free(struct audit *a);

/* audit_play.c: play all cases and fill in the cells. As above. */
int audit_play(struct audit *a, struct runner_setting *setting);

/* audit_judge.c */
/* Does @reason contain @wanted, in which "…" stands for anything? */
bool audit_is_reason(const char *reason, const char *wanted);
/* Is there something that one more case of that cell could tell? Not when it is settled and no
 * expectation of the scenario is idle. Once there is not, there never is. */
bool audit_wants(const struct audit_column *column, const struct audit_cell *cell);
/* A case of that cell has ended so. */
void audit_take(struct audit_row *row, struct audit_column *column, struct audit_cell *cell,
                const struct plan_case *c, const struct outcome *o);
/* What became of each faulty program and of each contract's expectations, and the sums. */
void audit_judge(struct audit *a);
/* The cell of the scenario that the contract names for a faulty program; NULL: there is none. */
struct audit_cell *audit_named_cell(const struct audit_contract *c, const struct audit_row *row);
/* The text of a line of a scenario's file without the blanks around it; free() it. */
char *audit_line(const struct scenario *sc, int line);

/* audit_print.c, audit_json.c: to stdout. 0, or -1 with @err set. */
void audit_print(const struct audit *a, bool color);
int audit_json(const struct audit *a, struct err *err);

#endif
