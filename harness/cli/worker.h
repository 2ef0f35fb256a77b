/* SPDX-License-Identifier: MIT */
/*
 * worker.h - one performance of a case in a process of its own, and its outcome through a pipe
 */
#ifndef SOCKPROOF_CLI_WORKER_H
#define SOCKPROOF_CLI_WORKER_H
#include "base/mem.h"
#include "script/script.h"
#include <stdbool.h>
#include <sys/types.h>

struct err;
struct vm;

struct worker {
	pid_t pid;     /* 0: not running */
	int pipe;      /* outcome comes here */
	struct buf in; /* what came so far */
	int64_t began; /* ns */
};

/* Fork the process of @c. setting->scratch is made there. vm: play it in a guest; NULL: here, in
 * namespaces. 0, or -1 with @err set. */
int worker_start(struct worker *w, struct script *s, const struct plan_case *c,
                 const struct perform_setting *setting, struct vm *vm, bool user, struct err *err);
/* Take what has come. 1: the outcome is whole, in @out. 0: not yet. -1: the process has ended
 * without one, or was killed for writing nonsense; @out says how. */
int worker_read(struct worker *w, struct outcome *out);
/* Kill it and everything it started. */
void worker_kill(struct worker *w);
/* Reap it; waits for its end. The pipe is closed. */
void worker_finish(struct worker *w);

#endif
