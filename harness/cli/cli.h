/* SPDX-License-Identifier: MIT */
/*
 * cli.h - the command: subcommands, exit statuses, and what they share
 *
 * Only this folder exits, prints to stderr and reads the environment.
 */
#ifndef SOCKPROOF_CLI_CLI_H
#define SOCKPROOF_CLI_CLI_H
#include "script/script.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct buf;
struct err;
struct result_parameter;

enum exit_status {
	EXIT_PASSED = 0,  /* all passed or skipped */
	EXIT_FAILED = 1,  /* something failed */
	EXIT_USAGE = 2,   /* wrong use */
	EXIT_MACHINE = 3, /* this machine cannot */
	EXIT_ERRED = 4,   /* the harness erred */
};

/* Subcommands: argv[0] is the subcommand's name. */
int cli_run(int argc, char **argv);
int cli_list(int argc, char **argv);
int cli_show(int argc, char **argv);
int cli_inspect(int argc, char **argv);
int cli_diff(int argc, char **argv);
int cli_audit(int argc, char **argv);
int cli_doctor(int argc, char **argv);

/* "sockproof: …" and a newline on stderr; returns @status so that `return cli_complain(EXIT_USAGE,
 * …)` reads well. */
int cli_complain(enum exit_status status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Where `--out FILE` says, or stdout: to be given back to cli_out_close(). NULL when it cannot be
 * opened, which was complained of.
 */
FILE *cli_out_open(const char *out);
/* Returns EXIT_PASSED, or EXIT_ERRED when not all could be written, which was complained of. */
int cli_out_close(const char *out, FILE *f);
/* Both, with @b between. */
int cli_out(const char *out, const struct buf *b);

/* Where sockproof's own files are. */
struct places {
	char *root;       /* holds scenarios/ and servers/ */
	char *exe_folder; /* holds this executable, and servers/ as built */
};
int places_find(struct places *p, struct err *err);
void places_free(struct places *p);

/* Scenario files below the paths that were named (none: ./scenarios or the root's), sorted. */
struct found {
	char *path; /* as to be opened */
	char *name; /* "connect/refused" */
};
struct discovery {
	struct found *list;
	size_t count;
};
/* -1 with @err set: a path that is not there, or holds no scenario. */
int discover(struct discovery *d, char *const *paths, size_t count, const struct places *places,
             struct err *err);
void discovery_free(struct discovery *d);

/* What `run` was told. */
struct run_options {
	size_t jobs, repeat;
	const char *words; /* -k; NULL: all */
	struct narrowing *narrowings;
	size_t narrowing_count;
	struct override *overrides;
	size_t override_count;
	const char *out;
	bool no_out, no_report, slow, verbose;
	const char *against; /* folder of references; NULL: none */
	bool accept;
	bool virtual_clock, real_clock; /* as asked for; neither: the real one */
	const char **kernels;           /* of the virtual clock; none: the usual one */
	size_t kernel_count;
	int format;
	double deadline;
	int64_t pace; /* ns before each step */
	uint64_t seed;
	char **paths; /* borrowed from argv */
	size_t path_count;
};
/* Returns -1 to go on, otherwise the exit status. */
int run_options_read(struct run_options *o, int argc, char **argv);
void run_options_free(struct run_options *o);
/* Values that several subcommands take. Each returns -1, or EXIT_USAGE when it has complained. */
int option_jobs(const char *text, size_t *out);
int option_deadline(const char *text, double *out); /* seconds */
size_t option_usual_jobs(void);

/* The command line that repeats one case; kernel: one of o->kernels, or NULL; free() it. */
char *case_command(const struct plan_case *c, const struct run_options *o, const char *kernel);
/* The same with nothing in it that depends on where sockproof and its files lie. */
char *case_portable_command(const struct plan_case *c, const struct run_options *o,
                            const char *kernel);
/* Its directory below @out; kernel: when there are several; NULL: there are not; free() it. */
char *case_directory(const struct plan_case *c, const char *out, const char *kernel);
/* Does the case have that value of that parameter? */
bool case_has(const struct plan_case *c, const char *name, const char *value);
/* Its parameters for a result, with room for @more behind them; free() the list. */
struct result_parameter *case_parameters(const struct plan_case *c, size_t more);
/* Of this machine; at least 1. */
size_t cli_cores(void);
/* The command line of a subcommand, as a person would type it; free() it. To be taken before the
 * options are read: that takes their texts apart. */
char *cli_typed(int argc, char **argv);
/* Add @text as one word of a shell's command line. */
void cli_quote(struct buf *b, const char *text);
/* "connect/refused ipv4 poll", for progress and -k; free() it. */
char *case_words(const struct plan_case *c);

#endif
