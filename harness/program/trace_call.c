/* SPDX-License-Identifier: MIT */
/*
 * trace_call.c - the calls of a traced program: told, changed by faults, ended
 *
 * Theory. At the stop of the filter the call has not begun: it is written down, and a fault may
 * change it. Then it runs to its exit stop, where its result is. A call that a signal interrupts
 * comes to an exit stop with one of the kernel's inner errors (ERESTARTSYS …). It is held until it
 * begins again, or until rt_sigreturn(2) brings the program EINTR.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "evidence/timeline.h"
#include "program/program_own.h"
#include "program/trace_own.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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
	if (!t->unwatched)
		t->unwatched = call_hides(&d->call);
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
	const struct tracee *one = trace_find(t, tid);

	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) < 0)
		return errno == ESRCH ? 0 : err_sys(err, errno, "ptrace");
	while (one && one->now.is && one->now.faults_known < t->fault_count) {
		siginfo_t news;

		if (waitid(P_PID, (id_t)tid, &news, WSTOPPED | WEXITED | WNOWAIT | __WALL) < 0 &&
		    errno != EINTR)
			break; /* it is gone */
		if (trace_pump(t->program, err) < 0)
			return -1;
		one = trace_find(t, tid);
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

const char *program_unwatched(const struct program *p)
{
	return p->trace ? p->trace->unwatched : NULL;
}

uint64_t program_fault_count(const struct program *p, int fault)
{
	return p->trace->faults[fault].acted;
}

/* Beginning and end -----------------------------------------------------------------------------
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

void trace_call_begins(struct trace *t, struct tracee *one)
{
	struct __ptrace_syscall_info info;
	const struct call_kind *k;
	uint64_t arg[6];

	if (!t->started || !ask(one->tid, &info) || info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return;
	k = info.arch == NATIVE_ARCH ? call_by_number((int64_t)info.seccomp.nr) : NULL;
	if (!k) { /* x32 has the native architecture and numbers of its own (syscall(2)) */
		t->unwatched = "of another instruction set (32 bits)";
		return;
	}
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

void trace_call_ends(struct trace *t, struct tracee *one)
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
