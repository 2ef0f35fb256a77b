/* SPDX-License-Identifier: MIT */
/*
 * test_trace.c - a traced program between two looks of its tracer, and its end
 *
 * tests/CMakeLists.txt puts the ptrace(2) of this file before the real one.
 */
#include "../isolated.h"
#include "base/clock.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/program.h"
#include "world/world.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE (60 * NS_PER_S) /* a fact that does not come at all; valgrind is slow */

/* When the thread that makes a process is to be killed. */
static enum {
	NEVER,
	UNHEARD, /* it has made the child, and its tracer has not heard */
	HEARD,   /* its tracer has, and is about to ask who the child is */
} dies;

long __real_ptrace(int request, pid_t tid, void *addr, void *data);
long __wrap_ptrace(int request, ...);

static void kill_thread(pid_t tid)
{
	siginfo_t news;

	dies = NEVER;
	assert_int_equal(kill(tid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)tid, &news, WEXITED | WNOWAIT | __WALL), 0);
}

static bool about_to_fork(pid_t tid)
{
	struct ptrace_syscall_info info = {0};

	return __real_ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof info, &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_SECCOMP && info.seccomp.nr == SYS_clone;
}

long __wrap_ptrace(int request, ...)
{
	va_list rest;

	va_start(rest, request);
	pid_t tid = va_arg(rest, pid_t);
	void *addr = va_arg(rest, void *), *data = va_arg(rest, void *);
	va_end(rest);
	if (dies == HEARD && request == PTRACE_GETEVENTMSG)
		kill_thread(tid);
	bool now = dies == UNHEARD && request == PTRACE_SYSCALL && about_to_fork(tid);
	long r = __real_ptrace(request, tid, addr, data);
	if (now) {
		siginfo_t news;
		assert_int_equal(waitid(P_PID, (id_t)tid, &news, WSTOPPED | WNOWAIT | __WALL), 0);
		assert_int_equal(news.si_status >> 8, PTRACE_EVENT_FORK);
		kill_thread(tid);
	}
	return r;
}

struct stage {
	struct world *world;
	struct loop *loop;
	struct timeline *tl;
	struct program *program;
};

static int open_stage(void **state)
{
	struct err err = {0};
	const char *names[] = {"client", "server"};
	struct stage *s = mem_zero(1, sizeof *s);

	*state = s;
	s->world = world_open(WORLD_LOOP, names, 2, false, &err);
	ok(s->world != NULL);
	s->loop = loop_open(&err);
	s->tl = timeline_open();
	return 0;
}

static int close_stage(void **state)
{
	struct stage *s = *state;

	program_close(&s->program);
	timeline_close(&s->tl);
	loop_close(&s->loop);
	world_close(&s->world);
	free(s);
	return 0;
}

static struct program *start_shell(struct stage *s, const char *script)
{
	struct err err = {0};
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	const struct program_spec spec = {.name = "p", .argv = argv, .traced = true};
	struct program *p = program_start(&spec, world_host(s->world, 0), s->loop, s->tl, &err);

	if (!p && err.code == EPERM) /* this machine does not let programs be traced */
		skip();
	ok(p != NULL);
	s->program = p;
	return p;
}

/* State of its first process, by /proc: 't' is a stop of which the tracer hears. */
static char state_of(const struct program *p)
{
	char path[64], text[512];

	snprintf(path, sizeof path, "/proc/%d/stat", (int)program_pid(p));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	ssize_t n = read(fd, text, sizeof text - 1);
	assert_true(n > 0);
	close(fd);
	text[n] = '\0';
	return strrchr(text, ')')[2];
}

/* It would go on by itself, as soon as its tracer looked. */
static void who_is_stopped_at_a_call_is_not_at_rest(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	struct program *p = start_shell(s, "read x");
	enum program_rest rest;

	/* nobody looks here: it comes no further than its first call */
	while (state_of(p) != 't')
		assert_int_equal(program_rest(p, &err), PROGRAM_RUNS);
	assert_int_equal(program_rest(p, &err), PROGRAM_RUNS);
	assert_int_equal(state_of(p), 't');
	while ((rest = program_rest(p, &err)) == PROGRAM_RUNS)
		ok(loop_step(s->loop, 0, &err) >= 0);
	assert_int_equal(rest, PROGRAM_SLEEPS);
}

/* It has been frozen, is continued, and stops at its next call. */
static void who_was_continued_is_not_at_rest(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	struct program *p = start_shell(s, "while read x; do :; done");

	while (program_rest(p, &err) == PROGRAM_RUNS)
		ok(loop_step(s->loop, 0, &err) >= 0);
	ok(program_freeze(p, &err) == 0);
	assert_int_equal(program_rest(p, &err), PROGRAM_STOPPED);
	ok(program_thaw(p, &err) == 0);
	/* nobody looks: it has left one stop for another */
	for (int i = 0; i < 100; i++)
		assert_int_equal(program_rest(p, &err), PROGRAM_RUNS);
}

/* The kernel keeps a tracee that ended until its tracer has looked, and its namespace with it. */
static void all_that_it_leaves_behind_is_reaped(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	struct program *p =
	    start_shell(s, "(sleep 1000 & sleep 1000) & sleep 1000 & echo ready; exit 3");
	int status;

	while (!program_exited(p, &status))
		ok(loop_step(s->loop, clock_now() + PATIENCE, &err) > 0);
	assert_int_equal(WEXITSTATUS(status), 3);
	program_close(&s->program);
	/* neither child nor tracee is left */
	assert_int_equal(waitpid(-1, &status, WNOHANG | __WALL), -1);
	assert_int_equal(errno, ECHILD);
}

static enum program_rest await_rest(struct stage *s)
{
	struct err err = {0};
	int64_t until = clock_now() + PATIENCE;
	enum program_rest rest;

	while ((rest = program_rest(s->program, &err)) == PROGRAM_RUNS && clock_now() < until)
		ok(loop_step(s->loop, 0, &err) >= 0);
	return rest;
}

/* Its child is nobody's news then, and would never begin. */
static void orphan_is_followed(struct stage *s, const char *script, int when, size_t alive)
{
	struct err err = {0};
	struct program *p = start_shell(s, script);
	size_t count = 0;

	assert_int_equal(await_rest(s), PROGRAM_SLEEPS);
	ok(program_input(p, "go\n", 3, &err) == 0);
	dies = when;
	while (dies != NEVER)
		ok(loop_step(s->loop, clock_now() + PATIENCE, &err) > 0);
	assert_int_equal(await_rest(s), PROGRAM_SLEEPS);
	pid_t *pids = program_processes(p, &count, NULL, &err);
	free(pids);
	assert_int_equal(count, alive);
	/* it came to what it was made for */
	size_t execs = 0;
	for (size_t i = 0; i < program_calls(p); i++)
		execs += strstr(program_call(p, i).given, "sleep\"") != NULL;
	assert_int_equal(execs, 1);
}

static void child_of_a_killed_process_is_followed(void **state)
{
	static const char first[] = "read x; sleep 1000 & wait";
	static const char other[] =
	    "exec 3<&0; sh -c 'read x; sleep 1000 & wait' <&3 & wait; read y <&3";
	struct stage *s = *state;

	orphan_is_followed(s, first, UNHEARD, 1);
	program_close(&s->program);
	orphan_is_followed(s, first, HEARD, 1);
	program_close(&s->program);
	orphan_is_followed(s, other, UNHEARD, 2);
	program_close(&s->program);
	orphan_is_followed(s, other, HEARD, 2);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test_setup_teardown(who_is_stopped_at_a_call_is_not_at_rest, open_stage,
	                                    close_stage),
	    cmocka_unit_test_setup_teardown(who_was_continued_is_not_at_rest, open_stage,
	                                    close_stage),
	    cmocka_unit_test_setup_teardown(all_that_it_leaves_behind_is_reaped, open_stage,
	                                    close_stage),
	    cmocka_unit_test_setup_teardown(child_of_a_killed_process_is_followed, open_stage,
	                                    close_stage),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
