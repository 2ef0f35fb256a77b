/* SPDX-License-Identifier: MIT */
/*
 * control.c - signals, stopping and continuing all of a program, and whether it rests
 *
 * Theory. /proc is read process by process while the program runs, so one look proves nothing: a
 * process looked at first may have been woken by one looked at last. Two looks do: when both find
 * the same threads, all at rest, and none has been on a processor between (its count of context
 * switches stands), then at the moment between the looks all were at rest at once.
 */
#include "base/clock.h"
#include "base/err.h"
#include "evidence/timeline.h"
#include "program/program_own.h"
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#define STOP_PATIENCE (5 * NS_PER_S)

bool program_ended(const struct program *p)
{
	struct pollfd f = {.fd = p->exit_fd, .events = POLLIN};
	return p->exited || poll(&f, 1, 0) > 0;
}

int program_signal(struct program *p, int sig, struct err *err)
{
	if (program_ended(p))
		return err_set(err, ESRCH, "%s has ended", p->name);
	/* its number is its own until it is reaped */
	if (kill(p->pid, sig) < 0)
		return err_sys(err, errno, "signal %d to %s", sig, p->name);
	return 0;
}

int program_kill(struct program *p, struct err *err)
{
	/* the kernel kills every process of a pid namespace whose init is killed
	 * (pid_namespaces(7)) */
	if (kill(p->init, SIGKILL) < 0 && errno != ESRCH)
		return err_sys(err, errno, "kill %s", p->name);
	return 0;
}

static bool all(const struct threads *t, bool (*is)(const struct thread *))
{
	for (size_t i = 0; i < t->count; i++) {
		if (!thread_dead(&t->list[i]) && !is(&t->list[i]))
			return false;
	}
	return true;
}

static bool at_rest(const struct thread *t)
{
	return t->state == 'S' || thread_stopped(t);
}

static bool unmoved(const struct threads *a, const struct threads *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct thread *x = &a->list[i], *y = &b->list[i];
		if (x->pid != y->pid || x->tid != y->tid || x->state != y->state ||
		    x->switches != y->switches)
			return false;
	}
	return true;
}

/* Two looks. Returns 1 when all were at rest between them, with the second look in @out; 0 when
 * not; -1 with @err set. */
static int look_twice(const struct program *p, struct threads *out, struct err *err)
{
	struct threads first;
	*out = (struct threads){0};
	if (proc_threads(p, &first, err) < 0)
		return -1;
	int r = all(&first, at_rest);
	if (r) {
		r = proc_threads(p, out, err);
		if (r == 0)
			r = all(out, at_rest) && unmoved(&first, out);
	}
	free(first.list);
	return r;
}

enum program_rest program_rest(const struct program *p, struct err *err)
{
	struct threads t;
	int still = look_twice(p, &t, err);
	enum program_rest rest = PROGRAM_RUNS;
	if (still < 0)
		return (enum program_rest) - 1;
	if (still) {
		size_t live = 0;
		for (size_t i = 0; i < t.count; i++)
			live += !thread_dead(&t.list[i]);
		rest = live == 0                 ? PROGRAM_GONE
		       : all(&t, thread_stopped) ? PROGRAM_STOPPED
		                                 : PROGRAM_SLEEPS;
	}
	free(t.list);
	return rest;
}

/*
 * SIGSTOP to each thread: any that meets it stops its whole process. Of those of one process the
 * kernel would choose one, which may be one that waits in vfork(2), and the others would go on
 * (kernel/signal.c, complete_signal()).
 */
static int stop_the_others(const struct program *p, struct err *err)
{
	struct threads t;
	int code = 0;

	if (proc_threads(p, &t, err) < 0)
		return -1;
	for (size_t i = 0; i < t.count; i++) {
		if (tgkill(t.list[i].pid, t.list[i].tid, SIGSTOP) < 0 && errno != ESRCH)
			code = errno;
	}
	free(t.list);
	return code ? err_sys(err, code, "stop a thread of %s", p->name) : 0;
}

int program_freeze(struct program *p, struct err *err)
{
	int64_t until = clock_now() + STOP_PATIENCE;
	for (;;) {
		/* again and again: what was forked or begun meanwhile has not been told yet */
		if (stop_the_others(p, err) < 0 || (p->trace && trace_pump(p, err) < 0))
			return -1;
		enum program_rest rest = program_rest(p, err);
		if ((int)rest < 0)
			return -1;
		if (rest == PROGRAM_GONE)
			return err_set(err, ESRCH, "%s has ended", p->name);
		if (rest == PROGRAM_STOPPED)
			break;
		if (clock_now() > until)
			return err_set(err, ETIMEDOUT, "%s does not stop", p->name);
		sched_yield();
	}
	timeline_add(p->tl, EVENT_PROGRAM, p->name, 0, "stopped");
	return 0;
}

int program_thaw(struct program *p, struct err *err)
{
	size_t count;
	pid_t *pids = program_processes(p, &count, NULL, err);
	if (!pids)
		return -1;
	if (count == 0) {
		free(pids);
		return err_set(err, ESRCH, "%s has ended", p->name);
	}
	/* first the news: what it does next comes after it */
	timeline_add(p->tl, EVENT_PROGRAM, p->name, 0, "continued");
	int code = 0;
	for (size_t i = 0; i < count; i++) {
		if (kill(pids[i], SIGCONT) < 0 && errno != ESRCH)
			code = errno;
	}
	free(pids);
	if (code)
		return err_sys(err, code, "continue %s", p->name);
	return 0;
}
