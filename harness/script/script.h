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

struct buf;
struct err;
struct jail_spec;
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
	char **needs; /* capabilities, as for t:skip_unless() */
	size_t need_count;
	bool needs_wire; /* gates are used */
	double deadline; /* s that a wait lasts; 0: as long as the run says */
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

/* As script_load(), of the text that the harness made itself; it names no contract. */
struct scenario *script_load_text(struct script *s, const char *text, const char *name,
                                  struct err *err);

struct case_parameter {
	char *name, *value; /* as text */
	bool number;
};

/* A program that a contract names. What it does not say is NULL. */
struct contract_program {
	char *name, *program, *command;
	char *fault, *dies_in, *reason; /* of a faulty one */
	char **declines, **families;
	size_t declined, family_count;
};

struct contract_role {
	char *name, *command, *host;
	int port; /* -1: listens on none; 0: on one that the kernel chooses */
	struct case_parameter *defaults;
	size_t default_count;
	struct contract_program *correct, *faulty; /* sorted, the reference first */
	size_t correct_count, faulty_count;
};

struct contract {
	char *name, *path; /* "tcp-echo", of contract.lua */
	char *title, *promise;
	char **refs;
	size_t ref_count;
	size_t idle_expectations; /* that may hold with every faulty program */
	struct contract_role *roles;
	size_t role_count;
};

/* Read one contract file for who tells of it. NULL with @err set as by script_load(). */
struct contract *script_contract(struct script *s, const char *path, const char *name,
                                 struct err *err);
void contract_free(struct contract **contract);

/* What a submission is marked by. Points are thousandths. */
struct assignment_test {
	char *name, *number;
	int64_t points;
	char **scenarios; /* names: "data/echo" */
	size_t scenario_count;
	struct case_parameter *where; /* only cases with these values */
	size_t where_count;
	char **plays; /* roles that the submission plays; the contract's own programs play the rest
	               */
	size_t play_count;
	size_t *after; /* tests before it, by index, without which it is not run */
	size_t after_count;
	bool partial;   /* each case brings its share */
	int visibility; /* enum mark_visibility's numbers */
	enum { HINT_FULL, HINT_WHAT, HINT_NONE } hint;
	unsigned findings; /* as in struct override */
	char **tags;
	size_t tag_count;
};

struct assignment_program {
	char *role, *exe, *command; /* exe: inside the submission; command: for struct override */
};

struct assignment {
	char *name, *path; /* "echo-server", of its file */
	char *title, *task;
	char *contract;
	struct assignment_program *programs;
	size_t program_count;
	char *build_command;
	unsigned build_seconds;
	struct case_parameter
	    *files; /* name in the submission → path beside the assignment's file */
	size_t file_count;
	double deadline;                          /* s that a wait lasts; 0: as usual */
	unsigned build_memory, memory, file_size; /* MiB */
	unsigned processes, descriptors;
	struct assignment_test *tests;
	size_t test_count;
	char *source; /* the file's text */
};

/* Read one assignment file. NULL with @err set as by script_load(). */
struct assignment *script_assignment(struct script *s, const char *path, const char *name,
                                     struct err *err);
void assignment_free(struct assignment **a);

/* A scenario with one choice of parameters and one cast of implementations. Belongs to the script.
 */
struct plan_case {
	struct scenario *scenario;
	struct case_parameter *parameters;
	size_t parameter_count;
	char *implementation;
	int table; /* Lua registry reference: parameters, cast */
};

/* What --impl said: CONTRACT[.ROLE]=COMMAND, or =@NAME for one of the contract's own. role NULL:
 * the only one, or "server". */
struct override {
	const char *contract, *role, *command;
	/* of a submission: it runs in the jail that perform_setting has, and what is wrong with its
	 * file is its own fault */
	bool jailed;
	unsigned findings; /* valgrind's, that fail a case which passes otherwise: FINDING_*
	                      together; 0: it runs without valgrind */
};
#define FINDING_ERRORS      1u
#define FINDING_LEAKS       2u
#define FINDING_DESCRIPTORS 4u

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
	/* What --impl said when the case was planned; for who plans it once more elsewhere. */
	const struct override *overrides;
	size_t override_count;
	bool use_tun;
	const char *scratch;
	uint64_t seed;
	double deadline;       /* seconds that a wait lasts unless the scenario says otherwise */
	int64_t pace;          /* ns to stand still before each step, the wire too */
	const char *version;   /* of sockproof, for the evidence */
	const char *command;   /* that repeats the case */
	const char *directory; /* where the evidence goes; NULL: nowhere */
	const struct outcome
	    *like;              /* evidence of a case that ends like this is not wanted; NULL:
	                           it is. Where trace is NULL, any trace of its verdict is like it */
	bool ladder;            /* draw one of a case that passes or fails */
	bool goes_on;           /* behind the first failure, to learn what else does not hold */
	bool ends_with_process; /* leave the world to the process's exit: libpcap's close waits, and
	                           nobody need wait with it */
	/*
	 * A submission that is graded: the jail of its programs, and what is done with the scratch
	 * folder before the script, and behind it when the case has passed and every program is
	 * dead. Each returns 0; -1 with @err set, an error of the harness; or 1 with @err set,
	 * which is the submission's fault.
	 */
	const struct jail_spec *jail;
	int (*before)(void *arg, const char *scratch, struct err *err);
	int (*after)(void *arg, const char *scratch, struct err *err);
	void *arg;
	const char *qemu; /* virtual clock: the version of what counts the instructions; NULL:
	                     the real clock */
	unsigned ns_per_instruction; /* of the virtual clock */
};

/* Verdict numbers are report.h's order: pass, fail, skip, error. */
enum outcome_verdict { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_SKIP, OUTCOME_ERROR };

const char *outcome_verdict_text(enum outcome_verdict v);

/* Lines of a scenario file where the script said what must hold: one, or more where a pattern
 * stands there. */
struct expectation {
	int32_t line, last;
	int32_t broken; /* 1: it did not hold; nobody asked behind the first, unless goes_on */
};

struct outcome {
	enum outcome_verdict verdict;
	char *reason;      /* never NULL */
	char *steady;      /* the reason in words that every run of this program has; NULL: as it
	                      is */
	char *explanation; /* or NULL */
	char *trace;       /* the normalised trace; never NULL */
	int line;
	int64_t packet;   /* where evidence and expectation part: its number; 0: none */
	int pattern_line; /* and the line of the pattern, from 1; 0: none */
	int64_t duration; /* ns */
	bool recorded;    /* the case directory is there */
	uint64_t digest;  /* of its capture and timeline, under the virtual clock; otherwise 0 */
	bool unsteady;    /* it is told of repetitions that were not alike */
	size_t
	    shown;   /* and the evidence is of this one, from 2; 0: of the first, or the only one */
	char *roles; /* of its contract, that the script started: "client server"; or NULL */
	char *ladder;                     /* see ladder.h; NULL unless asked for */
	struct expectation *expectations; /* as far as the script got, in order of lines */
	size_t expectation_count;
};
void outcome_free(struct outcome *o);
/* Is the evidence of a case wanted that ended like @o? */
bool perform_records(const struct perform_setting *set, const struct outcome *o);
/* As bytes, for the same executable in another process. */
void outcome_pack(const struct outcome *o, struct buf *out);
/* 1: @o is filled. 0: not whole yet. -1: these bytes are no outcome. Believes nothing. */
int outcome_unpack(const void *bytes, size_t len, struct outcome *o);

/* A file of this machine that a case needs, and the path it is found at where the case is played.
 */
struct needed_file {
	char *source, *target;
	bool program; /* with what it needs to be started */
	bool symbols; /* it looks into the case's programs, and needs the symbols of all */
};
/*
 * What @c needs besides its scenario and contract: the programs of its cast, those it `needs`, the
 * files that scenario, contract or program name. What is not there has its name as source. built:
 * the folder that stands for the contract's built programs where it is played ("/sockproof/build").
 * Appended to @list; free() both texts of each, and the list.
 */
int script_needs(struct script *s, const struct plan_case *c, const char *built,
                 struct needed_file **list, size_t *count, struct err *err);

/* Perform @c in this process (isolate.h's child). Always fills @out. */
void script_perform(struct script *s, const struct plan_case *c,
                    const struct perform_setting *setting, struct outcome *out);

#endif
