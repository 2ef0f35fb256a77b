/* SPDX-License-Identifier: MIT */
/*
 * trace.c - a program stopped at its calls: seccomp(2) says where, ptrace(2) looks and meddles
 *
 * Theory. Before execve(2) the child gets a filter that answers SECCOMP_RET_TRACE for the calls of
 * call.c and lets all others run at full speed. At such a stop the call has not begun: it is
 * written down, and a fault may change it. Then it runs to its exit stop, where its result is.
 * Children and threads are taken along by PTRACE_O_TRACEFORK and its like before they run.
 *
 * A call that a signal interrupts comes to an exit stop with one of the kernel's inner errors
 * (ERESTARTSYS …). It is held until it begins again, or until rt_sigreturn(2) brings the program
 * EINTR.
 *
 * The kernel tells of stops by SIGCHLD, which cannot say whose: one signalfd(2) serves all traced
 * programs of this process, which performs one case.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/call.h"
#include "program/meddle.h"
#include "program/program_own.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |                      \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)
#define SYSCALL_STOP (SIGTRAP | 0x80) /* PTRACE_O_TRACESYSGOOD */
/* include/linux/errno.h: never seen by a program, but at an exit stop */
#define ERESTARTSYS           512
#define ERESTARTNOINTR        513
#define ERESTARTNOHAND        514
#define ERESTART_RESTARTBLOCK 516
#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
/* a machine that nobody has tried must not be guessed at */
/* cppcheck-suppress preprocessorErrorDirective */
#error "say which AUDIT_ARCH_* this machine has (linux/audit.h)"
#endif
#define END_PATIENCE (10 * NS_PER_S)

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
	bool foreign;  /* it made calls that cannot be watched */
};

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

static struct tracee *find(const struct trace *t, pid_t tid)
{
	for (size_t i = 0; i < t->tracee_count; i++) {
		if (t->tracees[i]->tid == tid)
			return t->tracees[i];
	}
	return NULL;
}

static struct tracee *add(struct trace *t, pid_t tid)
{
	struct tracee *one = find(t, tid);

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
	/* who may do without no_new_privs lets the program be what it is; others need it */
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, geteuid() == 0 ? 0 : 1);
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
	const struct tracee *one = find(p->trace, tid);
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

static bool ask(pid_t tid, struct __ptrace_syscall_info *info)
{
	memset(info, 0, sizeof *info);
	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof *info, info) > 0;
}

/* The timeline ------------------------------------------------------------------------------------
 */

static void tell(struct trace *t, pid_t tid, struct doing *d)
{
	struct buf words = {0};

	call_words(tid, &d->call, &words);
	if (!d->event) {
		d->event = timeline_add(t->program->tl, EVENT_CALL, t->program->name, 0, "%s",
		                        buf_text(&words));
		d->event->varies = true; /* how often, and on which descriptor, may be luck */
	} else {
		timeline_set_text(d->event, "%s", buf_text(&words));
	}
	d->call.event = d->event->index;
	buf_free(&words);
}

/* It has ended: among the calls with it. */
static void finish(struct trace *t, pid_t tid, struct doing *d, int64_t result)
{
	d->call.done = true;
	d->call.result = result;
	tell(t, tid, d);
	d->event->took = clock_now() - d->call.began;
	MEM_ROOM(t->calls, t->call_count);
	t->calls[t->call_count++] = d->call;
	*d = (struct doing){0};
}

/* Faults ------------------------------------------------------------------------------------------
 */

static bool names(const struct fault *f, const struct call *c)
{
	for (int i = 0; i < 16 && f->names[i]; i++) {
		if (strcmp(f->names[i], c->kind->name) == 0)
			return !(f->sockets & 1u << i) || c->on_socket;
	}
	return false;
}

static bool wanted(pid_t tid, struct live_fault *l, const struct call *c)
{
	const struct fault *f = &l->fault;

	if (!names(f, c) || (f->action == FAULT_SHORTEN && meddle_length(tid, c) <= f->bytes))
		return false;
	l->fitted++;
	return (f->nth == 0 || l->fitted == f->nth) && (f->times == 0 || l->acted < f->times);
}

/* Returns true when the call is not made. */
static bool act(struct trace *t, struct tracee *one, struct live_fault *l)
{
	const struct fault *f = &l->fault;

	l->acted++;
	one->now.call.injected = true;
	switch (f->action) {
	case FAULT_FAIL:
		if (!meddle_skip(one->tid, -f->code))
			return false;
		finish(t, one->tid, &one->now, -f->code);
		return true;
	case FAULT_SHORTEN:
		meddle_shorten(one->tid, &one->now.call, &one->now.shortened, f->bytes);
		return false;
	case FAULT_INTERRUPT:
		syscall(SYS_tkill, one->tid, f->code);
		return false;
	}
	return false;
}

/* It counts for every fault that it fits; the first that wants it has it. */
static bool meddle(struct trace *t, struct tracee *one, uint64_t from)
{
	struct live_fault *first = NULL;

	for (size_t i = from; i < t->fault_count; i++) {
		if (wanted(one->tid, &t->faults[i], &one->now.call) && !first)
			first = &t->faults[i];
	}
	return first && act(t, one, first);
}

/*
 * Make the thread leave its call, and see it do so: what the call waits for may come at any moment,
 * and must not be taken before the fault is met.
 */
static int begin_again(struct trace *t, pid_t tid, struct err *err)
{
	const struct tracee *one = find(t, tid);

	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) < 0)
		return errno == ESRCH ? 0 : err_sys(err, errno, "ptrace");
	while (one && one->now.is && one->now.faults_known < t->fault_count) {
		siginfo_t news;

		if (waitid(P_PID, (id_t)tid, &news, WSTOPPED | WEXITED | WNOWAIT | __WALL) < 0 &&
		    errno != EINTR)
			break; /* it is gone */
		if (trace_pump(t->program, err) < 0)
			return -1;
		one = find(t, tid);
	}
	return 0;
}

int program_fault(struct program *p, const struct fault *f, struct err *err)
{
	struct trace *t = p->trace;

	if (!t)
		return err_set(err, EINVAL, "%s is not traced", p->name);
	if (!meddle_possible())
		return err_set(err, ENOTSUP, "faults at calls are known on x86-64 only");
	MEM_ROOM(t->faults, t->fault_count);
	t->faults[t->fault_count++] = (struct live_fault){.fault = *f};
	/* what waits there already begins again, and is met then */
	for (size_t i = 0; i < t->tracee_count; i++) {
		const struct tracee *one = t->tracees[i];
		if (one->now.is && one->now.call.kind->restarts && names(f, &one->now.call) &&
		    begin_again(t, one->tid, err) < 0)
			return -1;
	}
	return (int)t->fault_count - 1;
}

bool program_unwatched(const struct program *p)
{
	return p->trace && p->trace->foreign;
}

uint64_t program_fault_count(const struct program *p, int fault)
{
	return p->trace->faults[fault].acted;
}

/* Stops -------------------------------------------------------------------------------------------
 */

static bool is_named(const struct call_kind *k, const char *name)
{
	return strcmp(k->name, name) == 0;
}

static bool same_call(const struct call *held, const struct call_kind *k, const uint64_t *arg)
{
	return is_named(k, "restart_syscall") ||
	       (held->kind == k && memcmp(held->arg, arg, sizeof held->arg) == 0);
}

static bool about_socket(pid_t tid, const struct call_kind *k, const uint64_t *arg)
{
	return k->args[0] == 'o' && call_is_socket(tid, (int)arg[0]);
}

/* An interrupted call begins again: the same one, unless a fault came in between. */
static void on_restart(struct trace *t, struct tracee *one)
{
	size_t known = one->held.faults_known;

	one->now = one->held;
	one->held = (struct doing){0};
	one->now.faults_known = t->fault_count;
	if (!meddle(t, one, known) && one->now.shortened.bytes)
		meddle_shorten(one->tid, &one->now.call, &one->now.shortened,
		               one->now.shortened.bytes);
}

static void on_new_call(struct trace *t, struct tracee *one, const struct call_kind *k,
                        const uint64_t *arg, uint64_t stack)
{
	struct buf given = {0};

	one->now = (struct doing){.is = true,
	                          .call = {.kind = k, .began = clock_now(), .stack = stack},
	                          .faults_known = t->fault_count};
	memcpy(one->now.call.arg, arg, sizeof one->now.call.arg);
	one->now.call.on_socket = about_socket(one->tid, k, arg);
	call_given(one->tid, &one->now.call, &given);
	one->now.call.given = buf_take(&given);
	if (meddle(t, one, 0))
		return;
	if (k->sends)
		tell(t, one->tid, &one->now);
	if (is_named(k, "exit_group") || is_named(k, "exit")) /* it never returns */
		finish(t, one->tid, &one->now, 0);
}

/* At a call's beginning. */
static void on_begin(struct trace *t, struct tracee *one)
{
	struct __ptrace_syscall_info info;
	const struct call_kind *k;
	uint64_t arg[6];

	if (!t->started || !ask(one->tid, &info) || info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return;
	if (info.arch != NATIVE_ARCH) {
		t->foreign = true;
		return;
	}
	k = call_by_number((int64_t)info.seccomp.nr);
	if (!k)
		return;
	for (int i = 0; i < 6; i++)
		arg[i] = info.seccomp.args[i];
	/* a handler that was left by siglongjmp(3) returns to nobody: what it interrupted is over
	 */
	if (one->held.is && one->held.handled && !is_named(k, "rt_sigreturn") &&
	    info.stack_pointer >= one->held.call.stack)
		finish(t, one->tid, &one->held, -EINTR);
	if (one->held.is && !one->held.handled && same_call(&one->held.call, k, arg))
		on_restart(t, one);
	else if (is_named(k, "rt_sigreturn"))
		one->returning = one->held.is;
	else if (!is_named(k, "restart_syscall"))
		on_new_call(t, one, k, arg, info.stack_pointer);
}

static bool begins_again(int64_t result)
{
	return result == -ERESTARTSYS || result == -ERESTARTNOINTR || result == -ERESTARTNOHAND ||
	       result == -ERESTART_RESTARTBLOCK;
}

/* At a call's end, or at the end of the handler that interrupted one. */
static void on_end(struct trace *t, struct tracee *one)
{
	struct __ptrace_syscall_info info;
	bool returning = one->returning;

	one->returning = false;
	if (!ask(one->tid, &info) || info.op != PTRACE_SYSCALL_INFO_EXIT) {
		one->now.is = false;
		return;
	}
	int64_t result = info.exit.rval;
	if (returning) { /* what the program finds as the result of the call before the handler */
		one->held.handled = false;
		if (result == -EINTR)
			finish(t, one->tid, &one->held, -EINTR);
		return;
	}
	if (!one->now.is)
		return;
	if (one->now.shortened.bytes)
		meddle_lengthen(one->tid, &one->now.call, &one->now.shortened);
	if (!begins_again(result)) {
		finish(t, one->tid, &one->now, result);
		return;
	}
	free(one->held.call.given);
	one->held = one->now;
	one->now = (struct doing){0};
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
		caller = find(t, (pid_t)before);
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
		on_begin(t, one);
		resume(one, 0);
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	           event == PTRACE_EVENT_CLONE) {
		on_birth(t, one);
	} else if (event == PTRACE_EVENT_EXEC) {
		on_exec(t, one);
	} else if (event == PTRACE_EVENT_STOP && is_stop(sig)) {
		one->listening = ptrace(PTRACE_LISTEN, one->tid, NULL, NULL) == 0;
	} else if (sig == SYSCALL_STOP) {
		on_end(t, one);
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

size_t program_calls(const struct program *p)
{
	return p->trace ? p->trace->call_count : 0;
}

struct program_call program_call(const struct program *p, size_t index)
{
	const struct call *c = &p->trace->calls[index];

	return (struct program_call){.name = c->kind->name,
	                             .given = c->given,
	                             .on_socket = c->on_socket,
	                             .injected = c->injected,
	                             .result = c->result,
	                             .event = c->event};
}

const char *program_call_name(const char *name)
{
	const struct call_kind *k = call_by_name(name);

	return k ? k->name : NULL;
}
