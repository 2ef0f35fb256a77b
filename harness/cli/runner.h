/* SPDX-License-Identifier: MIT */
/*
 * runner.h - cases side by side, a process each
 *
 * A case that crashes, is killed, or hangs is an `error` of that case alone. Results are handed
 * over in plan order. SIGINT and SIGTERM end the run: what runs is killed, what is done is
 * reported.
 */
#ifndef SOCKPROOF_CLI_RUNNER_H
#define SOCKPROOF_CLI_RUNNER_H
#include "cli/cli.h"

struct err;
struct outcome;
struct vm;

/* Who is told, from within runner_run(); results in plan order. */
struct runner_listener {
	/* Shall this case still be played? NULL: yes. Asked before its first repetition; what is
	 * not played has no result. */
	bool (*wanted)(void *arg, size_t index);
	void (*result)(void *arg, size_t index, const struct plan_case *c, const struct outcome *o);
	/* What of case @index is not in its plan, a graded submission's: the jail and what is done
	 * with the scratch folder, and the folder that its directory lies in. NULL: nothing. */
	void (*prepare)(void *arg, size_t index, struct perform_setting *ps, const char **out);
	/* NULL: nobody looks on */
	void (*progress)(void *arg, size_t done, size_t running, const char *name);
	void *arg;
};

struct runner_setting {
	const struct run_options *options;
	bool use_tun, user; /* as the machine allows */
	const char *version;
	bool ladder;  /* draw one of each case that passes */
	bool goes_on; /* see perform_setting */
	/* The virtual clock: kernels in turn, case i on number i modulo their count. None: the real
	 * one. */
	struct vm *const *vms;
	size_t vm_count;
	struct runner_listener listener;
};

/* What this machine allows, into @s. Returns -1, or the exit status when no scenario can run. */
int runner_machine(struct runner_setting *s);

struct runner_totals {
	size_t count[4]; /* by verdict */
	bool interrupted;
};

/* Run @cases and tell of each. Returns 0, or -1 with @err set: the runner itself cannot go on. */
int runner_run(struct script *s, struct plan_case *const *cases, size_t count,
               const struct runner_setting *setting, struct runner_totals *totals, struct err *err);

#endif
