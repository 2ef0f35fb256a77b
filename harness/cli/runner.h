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
struct report;

struct runner_setting {
	const struct run_options *options;
	bool use_tun, user; /* as the machine allows */
	const char *version;
	struct report *report;
};

struct runner_totals {
	size_t count[4]; /* by verdict */
	bool interrupted;
};

/* Run @cases and report each. Returns 0, or -1 with @err set: the runner itself cannot go on. */
int runner_run(struct script *s, struct plan_case *const *cases, size_t count,
               const struct runner_setting *setting, struct runner_totals *totals, struct err *err);

#endif
