/* SPDX-License-Identifier: MIT */
/*
 * trace.c - a program stopped at its calls: seccomp(2) says where, ptrace(2) follows its threads
 *
 * Theory. Before execve(2) the child gets a filter that answers SECCOMP_RET_TRACE for the calls of
 * call.c and lets all others run at full speed. What is done at such a stop, and at the call's exit
 * stop, is trace_call.c's. Children and threads are taken along by PTRACE_O_TRACEFORK and its like
 * before they run.
 *
 * The kernel tells of stops by SIGCHLD, which cannot say whose: one signalfd(2) serves all traced
 * programs of this process, which performs one case.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "program/program_own.h"
#include "program/trace_own.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |                      \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)
#define SYSCALL_STOP (SIGTRAP | 0x80) /* PTRACE_O_TRACESYSGOOD */
#define END_PATIENCE (10 * NS_PER_S)

static struct {
	struct trace *first;
	int fd; /* signalfd */
	struct loop_watch *watch;
	struct loop *loop;
} all = {.fd = -1};

static int pump_all(struct err *err)
{
	struct signalfd_siginfo gone[16];

	while (read(all.fd, gone, sizeof gone) > 0)
		; /* how many there are says nothing: they are not queued */
	for (struct trace *t = all.first; t; t = t->next) {
		if (trace_pump(t->program, err) < 0)
			return -1;
	}
	return 0;
}

static int on_signal(void *arg, uint32_t events, struct err *err)
{
	(void)arg;
	(void)events;
	return pump_all(err);
}

int trace_open(struct program *p, struct err *err)
{
	sigset_t child;

	if (all.fd < 0) {
		sigemptyset(&child);
		sigaddset(&child, SIGCHLD);
		if (sigprocmask(SIG_BLOCK, &child, NULL) < 0)
			return err_sys(err, errno, "block SIGCHLD");
		all.fd = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
		if (all.fd < 0)
			return err_sys(err, errno, "signalfd");
		all.watch = loop_add(p->loop, all.fd, EPOLLIN, on_signal, NULL, err);
		if (!all.watch) {
			close(all.fd);
			all.fd = -1;
			return -1;
		}
		all.loop = p->loop;
	}
	struct trace *t = mem_zero(1, sizeof *t);
	t->program = p;
	t->next = all.first;
	all.first = t;
	p->trace = t;
	return 0;
}

static void free_tracee(struct tracee *one)
{
	free(one->now.call.given);
	free(one->held.call.given);
	free(one);
}

void trace_close(struct program *p)
{
	struct trace *t = p->trace;
	struct trace **at = &all.first;

	if (!t)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	p->trace = NULL;
	for (size_t i = 0; i < t->tracee_count; i++)
		free_tracee(t->tracees[i]);
	for (size_t i = 0; i < t->call_count; i++)
		free(t->calls[i].given);
	free(t->tracees);
	free(t->calls);
	free(t->faults);
	free(t);
	if (all.first)
		return;
	loop_remove(all.loop, &all.watch);
	close(all.fd);
	all.fd = -1;
}

struct tracee *trace_find(const struct trace *t, pid_t tid)
{
	for (size_t i = 0; i < t->tracee_count; i++) {
		if (t->tracees[i]->tid == tid)
			return t->tracees[i];
	}
	return NULL;
}

static struct tracee *add(struct trace *t, pid_t tid)
{
	struct tracee *one = trace_find(t, tid);

	if (one)
		return one;
	one = mem_zero(1, sizeof *one);
	one->tid = tid;
	MEM_ROOM(t->tracees, t->tracee_count);
	t->tracees[t->tracee_count++] = one;
	return one;
}

/* Is it in a call that makes a process or a thread? */
static bool makes_one(const struct tracee *one)
{
	static const char *const names[] = {"fork", "vfork", "clone", "clone3"};

	for (size_t i = 0; one->now.is && i < sizeof names / sizeof *names; i++) {
		if (strcmp(one->now.call.kind->name, names[i]) == 0)
			return true;
	}
	return false;
}

/* It was killed in its call. */
static void abandon(struct trace *t, struct tracee *one)
{
	t->orphaned = t->orphaned || makes_one(one);
	free(one->now.call.given);
	one->now = (struct doing){0};
}

static void forget(struct trace *t, pid_t tid)
{
	for (size_t i = 0; i < t->tracee_count; i++) {
		if (t->tracees[i]->tid != tid)
			continue;
		abandon(t, t->tracees[i]);
		free_tracee(t->tracees[i]);
		t->tracees[i] = t->tracees[--t->tracee_count];
		return;
	}
}

int trace_seize(struct program *p, struct err *err)
{
	if (ptrace(PTRACE_SEIZE, p->pid, NULL, OPTIONS) < 0)
		return err_sys(err, errno == EPERM ? EPERM : errno, "ptrace");
	add(p->trace, p->pid);
	return 0;
}

int trace_filter(void)
{
	size_t count;
	const struct call_kind *k = call_kinds(&count);
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r = filter ? 0 : -ENOMEM;

	/* calls of another instruction set (32 bits on x86-64) have other numbers: a stop says so
	 */
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_TRACE(0));
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (k[i].number >= 0)
			r = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), k[i].number, 0);
	}
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	errno = -r;
	return r < 0 ? -1 : 0;
}

/* Its stop may be over, and it may be at its next one already, of which nobody has heard yet. */
bool trace_rests(const struct program *p, pid_t tid)
{
	const struct tracee *one = trace_find(p->trace, tid);
	siginfo_t news = {0};

	return one && one->listening &&
	       waitid(P_PID, (id_t)tid, &news, WSTOPPED | WNOHANG | WNOWAIT | __WALL) == 0 &&
	       news.si_pid == 0;
}

/* The thread may have been killed meanwhile: then there is nothing to resume. */
static void resume(const struct tracee *one, int sig)
{
	ptrace(one->now.is || one->returning ? PTRACE_SYSCALL : PTRACE_CONT, one->tid, NULL,
	       (long)sig);
}

void trace_started(struct program *p)
{
	p->trace->started = true;
	for (size_t i = 0; i < p->trace->tracee_count; i++) {
		struct tracee *one = p->trace->tracees[i];

		if (one->waiting)
			resume(one, 0);
		one->waiting = false;
	}
}

static void on_birth(struct trace *t, const struct tracee *parent)
{
	unsigned long tid = 0;

	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &tid) == 0 && tid > 0)
		add(t, (pid_t)tid);
	resume(parent, 0);
}

/*
 * A thread that was not the first gets the first one's number by execve(2), and the first one, with
 * whatever it was doing, is no more.
 */
static void on_exec(struct trace *t, struct tracee *one)
{
	unsigned long before = 0;
	struct tracee *caller = NULL;

	if (ptrace(PTRACE_GETEVENTMSG, one->tid, NULL, &before) == 0 && (pid_t)before != one->tid)
		caller = trace_find(t, (pid_t)before);
	if (caller) {
		abandon(t, one);
		one->now = caller->now;
		caller->now = (struct doing){0};
		forget(t, caller->tid);
	}
	free(one->held.call.given);
	one->held = (struct doing){0};
	/* the news of its start comes first, and the faults that it was started with */
	one->waiting = !t->started;
	if (!one->waiting)
		resume(one, 0);
}

/* Has the program a handler for it? proc_pid_status(5): SigCgt. */
static bool is_caught(pid_t tid, int sig)
{
	char path[48], text[4096];

	snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	const char *at = strstr(text, "\nSigCgt:\t");
	return at && strtoull(at + strlen("\nSigCgt:\t"), NULL, 16) >> (sig - 1) & 1;
}

static bool is_stop(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void on_stop(struct trace *t, struct tracee *one, int status)
{
	int sig = status & 0xff, event = status >> 8;

	one->listening = false;
	if (event == PTRACE_EVENT_SECCOMP) {
		trace_call_begins(t, one);
		resume(one, 0);
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	           event == PTRACE_EVENT_CLONE) {
		on_birth(t, one);
	} else if (event == PTRACE_EVENT_EXEC) {
		on_exec(t, one);
	} else if (event == PTRACE_EVENT_STOP && is_stop(sig)) {
		one->listening = ptrace(PTRACE_LISTEN, one->tid, NULL, NULL) == 0;
	} else if (sig == SYSCALL_STOP) {
		trace_call_ends(t, one);
		resume(one, 0);
	} else {
		if (!event && one->held.is && is_caught(one->tid, sig))
			one->held.handled = true;
		resume(one, event ? 0 : sig);
	}
}

/* One piece of news of this thread: 1 there was some, 0 none, -1: it is gone. */
static int news_of(struct trace *t, struct tracee *one)
{
	/* how the first process ended is left for program.c to learn */
	int options = WSTOPPED | WNOHANG | __WALL | (one->tid == t->program->pid ? 0 : WEXITED);
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)one->tid, &info, options) < 0) {
		/*
		 * A thread that calls execve(2) takes the first one's number over. For a moment
		 * there is no first one, and then its own number is nobody's before on_exec() has
		 * heard.
		 */
		bool moves = one->tid == t->program->pid ||
		             (one->now.is && strncmp(one->now.call.kind->name, "execve", 6) == 0);
		return errno == EINTR ? 1 : moves ? 0 : -1;
	}
	if (info.si_pid == 0)
		return 0;
	if (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED)
		return -1;
	on_stop(t, one, info.si_status);
	return 1;
}

/* The first process is program.c's to reap. Was it killed? */
static bool first_was_killed(const struct trace *t, const struct tracee *one)
{
	const struct program *p = t->program;
	siginfo_t end = {0};

	return one->tid == p->pid &&
	       (p->exited ||
	        (waitid(P_PID, (id_t)p->pid, &end, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 &&
	         end.si_pid != 0));
}

/*
 * Who is unknown waits for its tracer before its first step, and nobody is left to ask for it. So
 * all that there are are taken along.
 */
static int adopt(struct trace *t, struct err *err)
{
	struct threads threads;

	t->orphaned = false;
	if (proc_threads(t->program, &threads, err) < 0)
		return -1;
	for (size_t i = 0; i < threads.count; i++) {
		if (!thread_dead(&threads.list[i]))
			add(t, threads.list[i].tid);
	}
	free(threads.list);
	return 0;
}

int trace_pump(struct program *p, struct err *err)
{
	struct trace *t = p->trace;
	bool moved;

	do {
		moved = false;
		for (size_t i = 0; i < t->tracee_count;) {
			struct tracee *one = t->tracees[i];
			int news = news_of(t, one);
			moved = moved || news != 0;
			if (news == 0 && makes_one(one) && first_was_killed(t, one))
				abandon(t, one);
			if (news < 0)
				forget(t, one->tid);
			else
				i++;
		}
		if (t->orphaned) {
			if (adopt(t, err) < 0)
				return -1;
			moved = true;
		}
	} while (moved);
	return 0;
}

int trace_until_readable(struct program *p, int fd, struct err *err)
{
	(void)p;
	for (;;) {
		struct pollfd f[2] = {{.fd = fd, .events = POLLIN},
		                      {.fd = all.fd, .events = POLLIN}};

		if (poll(f, 2, -1) < 0 && errno != EINTR)
			return err_sys(err, errno, "poll");
		if (f[1].revents && pump_all(err) < 0)
			return -1;
		if (f[0].revents)
			return 0;
	}
}

/* Reap all but the first process. Returns whether any is left. */
static bool reap_others(struct program *p)
{
	struct threads threads;
	struct err ignored;
	bool left = false;

	if (proc_threads(p, &threads, &ignored) < 0)
		return false;
	for (size_t i = 0; i < threads.count; i++) {
		pid_t tid = threads.list[i].tid;
		if (tid == p->pid)
			continue;
		left = true;
		waitpid(tid, NULL, WNOHANG | __WALL);
	}
	free(threads.list);
	return left;
}

void trace_end(struct program *p)
{
	int64_t until = clock_now() + END_PATIENCE;
	struct signalfd_siginfo gone[16];

	/* the kernel waits for each zombie of the namespace, and a tracer's are the tracer's to
	 * reap */
	while (reap_others(p) && clock_now() < until) {
		struct pollfd f[2] = {{.fd = p->init_fd, .events = POLLIN},
		                      {.fd = all.fd, .events = POLLIN}};

		if (poll(f, 2, 100) > 0 && f[0].revents)
			break;
		while (read(all.fd, gone, sizeof gone) > 0)
			;
	}
	/* news of other programs may have been among what was read */
	for (struct trace *t = all.first; t; t = t->next) {
		struct err ignored;
		if (t != p->trace)
			trace_pump(t->program, &ignored);
	}
}

int program_pump(struct program *p, struct err *err)
{
	return p->trace ? trace_pump(p, err) : 0;
}
