/* SPDX-License-Identifier: MIT */
/*
 * trace_own.h - what trace.c, which follows a program's threads, and trace_call.c, which deals with
 * their calls, share
 */
#ifndef SOCKPROOF_PROGRAM_TRACE_OWN_H
#define SOCKPROOF_PROGRAM_TRACE_OWN_H
#include "program/call.h"
#include "program/meddle.h"
#include "program/program.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct doing {
	bool is;
	struct call call;
	struct event *event;   /* NULL: not told yet */
	uint64_t faults_known; /* faults there were when it began */
	bool handled;          /* interrupted, and a handler runs */
	struct shortened shortened;
};

/* One thread. */
struct tracee {
	pid_t tid;         /* as the harness sees it */
	bool listening;    /* in a stop that lasts: PTRACE_LISTEN */
	bool waiting;      /* behind its first execve(2), until trace_started() */
	bool returning;    /* in rt_sigreturn, with an interrupted call */
	struct doing now;  /* the call that runs */
	struct doing held; /* one that a signal interrupted, and that may begin again */
};

struct live_fault {
	struct fault fault;
	uint64_t fitted, acted;
};

struct trace {
	struct program *program;
	struct trace *next;
	struct tracee **tracees;
	size_t tracee_count;
	struct call *calls; /* ended */
	size_t call_count;
	struct live_fault *faults;
	size_t fault_count;
	bool started;
	bool orphaned; /* who made a thread or a process was killed before it could tell of it */
	const char *unwatched; /* how it makes calls that cannot be watched; NULL: it does not */
};

/* The thread of that number; NULL: it is not traced. */
struct tracee *trace_find(const struct trace *t, pid_t tid);

/* At a call's beginning (PTRACE_EVENT_SECCOMP). */
void trace_call_begins(struct trace *t, struct tracee *one);
/* At a call's end, or at the end of the handler that interrupted one. */
void trace_call_ends(struct trace *t, struct tracee *one);

#endif
