/* SPDX-License-Identifier: MIT */
/*
 * script.h - scenario and contract files: load, plan into cases, perform one
 *
 * A struct script owns one Lua state with the library of harness/script/lua/ in it. It is opened,
 * and files are loaded and planned, in the runner's process; a case is performed in a fork of it,
 * so that nothing is read twice. One thread.
 */
#ifndef SOCKPROOF_SCRIPT_SCRIPT_H
#define SOCKPROOF_SCRIPT_SCRIPT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct script; /* opaque: script_own.h */

struct script *script_open(struct err *err);
void script_close(struct script **s);

struct scenario {
	char *name; /* "connect/refused" */
	char *path; /* of its file */
	char *title, *why;
	char **refs;
	size_t ref_count;
	char *contract;       /* NULL: none */
	char *contract_path;  /* of contract.lua; NULL: none */
	char *program_folder; /* where the contract's own programs are built */
	char **hosts;
	size_t host_count;
	char *world; /* "wire", "loop" */
	char **tags;
	size_t tag_count;
	bool needs_wire; /* gates are used */
	int line;        /* where it is declared */
	int table;       /* Lua registry reference */
	int contract_table;
	char *source; /* the file's text; owned */
};

/*
 * Load one scenario file. root: the folder that holds scenarios/ and servers/. exe_folder: where
 * sockproof was built. name: what it shall be called. NULL with @err set: "<path>:<line>: what is
 * wrong; the mend". The scenario belongs to @s.
 */
struct scenario *script_load(struct script *s, const char *path, const char *name, const char *root,
                             const char *exe_folder, struct err *err);

struct case_parameter {
	char *name, *value; /* as text */
	bool number;
};

/* A scenario with one choice of parameters and one cast of implementations. Belongs to the script.
 */
struct plan_case {
	struct scenario *scenario;
	struct case_parameter *parameters;
	size_t parameter_count;
	char *implementation;
	int table; /* Lua registry reference: parameters, cast */
};

/* What --impl said: CONTRACT[.ROLE]=COMMAND, or =@NAME for one of the contract's own. */
struct override {
	const char *contract, *role, *command;
};

/* What --set said: only cases whose parameter has that value. */
struct narrowing {
	const char *name, *value;
};

/*
 * The cases of @sc, appended to @cases in a fixed order. Returns 0, or -1 with @err set
 * (an override names no implementation; a command that is not there).
 */
int script_plan(struct script *s, struct scenario *sc, const struct override *overrides,
                size_t override_count, struct plan_case ***cases, size_t *count, struct err *err);

struct perform_setting {
	bool use_tun;
	const char *scratch;
	uint64_t seed;
	double deadline;        /* seconds that a wait lasts unless the scenario says otherwise */
	const char *version;    /* of sockproof, for the evidence */
	const char *command;    /* that repeats the case */
	const char *directory;  /* where the evidence goes; NULL: nowhere */
	bool ends_with_process; /* leave the world to the process's exit: libpcap's close waits, and
	                           nobody need wait with it */
};

/* Verdict numbers are report.h's order: pass, fail, skip, error. */
enum outcome_verdict { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_SKIP, OUTCOME_ERROR };

struct outcome {
	enum outcome_verdict verdict;
	char *reason;      /* never NULL */
	char *explanation; /* or NULL */
	char *trace;       /* the normalised trace; never NULL */
	int line;
	int64_t duration; /* ns */
	bool recorded;    /* the case directory is there */
};
void outcome_free(struct outcome *o);

/* Perform @c in this process (isolate.h's child). Always fills @out. */
void script_perform(struct script *s, const struct plan_case *c,
                    const struct perform_setting *setting, struct outcome *out);

#endif
