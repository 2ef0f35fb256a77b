/* SPDX-License-Identifier: MIT */
/*
 * test_rest.c - what is at rest, in moments that cannot be waited for: what /proc says is made up
 *
 * tests/CMakeLists.txt puts these before the real proc_threads() and openat(2).
 */
#include "../isolated.h"
#include "base/clock.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/program_own.h"
#include "world/world.h"
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct threads *looks; /* what each look at the threads finds; NULL: what there is */
/* what these of /proc/PID/task/TID/ say; NULL: what they say */
static const char *syscall_file, *status_file;

int __real_proc_threads(const struct program *p, struct threads *out, struct err *err);
int __wrap_proc_threads(const struct program *p, struct threads *out, struct err *err);
int __real_openat(int folder, const char *path, int flags);
int __wrap_openat(int folder, const char *path, int flags);

int __wrap_proc_threads(const struct program *p, struct threads *out, struct err *err)
{
	if (!looks)
		return __real_proc_threads(p, out, err);
	out->count = looks->count;
	out->list = mem_zero(looks->count, sizeof *out->list);
	memcpy(out->list, looks->list, looks->count * sizeof *out->list);
	looks++;
	return 0;
}

int __wrap_openat(int folder, const char *path, int flags)
{
	const char *name = strrchr(path, '/'), *text = NULL;

	if (name && strcmp(name, "/syscall") == 0)
		text = syscall_file;
	else if (name && strcmp(name, "/status") == 0)
		text = status_file;
	if (!text)
		return __real_openat(folder, path, flags);
	int fd = memfd_create("made up", MFD_CLOEXEC);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
	return fd;
}

#define MOST 3
struct look {
	size_t count;
	struct thread list[MOST];
};

static enum program_rest rest_of(struct look first, struct look second)
{
	const struct threads both[] = {{first.list, first.count}, {second.list, second.count}};
	const struct program p = {0};
	struct err err = {0};

	looks = both;
	enum program_rest rest = program_rest(&p, &err);
	looks = NULL;
	return rest;
}

#define THREAD(p, t, s, n)                                                                         \
	{                                                                                          \
		.pid = (p), .tid = (t), .state = (s), .switches = (n)                              \
	}
#define LOOK(n, ...) ((struct look){(n), {__VA_ARGS__}})

/* Both looks found it asleep; but between them it ran. */
static void who_moved_between_two_looks_is_not_at_rest(void **state)
{
	(void)state;
	const struct thread asleep = THREAD(10, 10, 'S', 7), moved = THREAD(10, 10, 'S', 8);
	const struct thread child = THREAD(11, 11, 'S', 7), thread = THREAD(10, 11, 'S', 7);

	assert_int_equal(rest_of(LOOK(1, asleep), LOOK(1, asleep)), PROGRAM_SLEEPS);
	assert_int_equal(rest_of(LOOK(1, asleep), LOOK(1, moved)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(1, asleep), LOOK(2, asleep, child)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(2, asleep, child), LOOK(1, asleep)), PROGRAM_RUNS);
	/* another process in its place, with as many switches */
	assert_int_equal(rest_of(LOOK(1, child), LOOK(1, thread)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(1, asleep), LOOK(1, thread)), PROGRAM_RUNS);
}

static void the_states_of_both_looks_count(void **state)
{
	(void)state;
	const struct thread asleep = THREAD(10, 10, 'S', 7), runs = THREAD(10, 10, 'R', 7);
	const struct thread stopped = THREAD(10, 10, 'T', 7), ended = THREAD(11, 11, 'Z', 7);

	assert_int_equal(rest_of(LOOK(1, runs), LOOK(1, asleep)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(1, asleep), LOOK(1, runs)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(1, asleep), LOOK(1, stopped)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(1, stopped), LOOK(1, stopped)), PROGRAM_STOPPED);
	assert_int_equal(rest_of(LOOK(2, asleep, ended), LOOK(2, asleep, ended)), PROGRAM_SLEEPS);
	assert_int_equal(rest_of(LOOK(1, ended), LOOK(1, ended)), PROGRAM_GONE);
	assert_int_equal(rest_of(LOOK(0), LOOK(0)), PROGRAM_GONE);
}

struct stage {
	struct world *world;
	struct loop *loop;
	struct timeline *tl;
	struct program *program; /* asleep, one thread */
};

static int open_stage(void **state)
{
	struct err err = {0};
	const char *names[] = {"client", "server"};
	const char *argv[] = {"sleep", "1000", NULL};
	const struct program_spec spec = {.name = "p", .argv = argv};
	struct stage *s = mem_zero(1, sizeof *s);
	enum program_rest rest;

	*state = s;
	s->world = world_open(WORLD_LOOP, names, 2, false, &err);
	ok(s->world != NULL);
	s->loop = loop_open(&err);
	s->tl = timeline_open();
	s->program = program_start(&spec, world_host(s->world, 0), s->loop, s->tl, &err);
	ok(s->program != NULL);
	while ((rest = program_rest(s->program, &err)) == PROGRAM_RUNS)
		ok(loop_step(s->loop, 0, &err) >= 0);
	assert_int_equal(rest, PROGRAM_SLEEPS);
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

/* The rest of @s's program when /proc says so of its thread. */
static enum program_rest said(struct stage *s, const char *status, const char *syscall)
{
	struct err err = {0};

	status_file = status;
	syscall_file = syscall;
	enum program_rest rest = program_rest(s->program, &err);
	status_file = NULL;
	syscall_file = NULL;
	return rest;
}

/* Its state is S already, and it has not left the processor yet. */
static void who_is_about_to_sleep_still_runs(void **state)
{
	assert_int_equal(said(*state, NULL, "running\n"), PROGRAM_RUNS);
	assert_int_equal(
	    said(*state, NULL, "230 0x0 0x0 0x7ffd0 0x7ffd0 0x0 0x0 0x7ffd0 0x7f000\n"),
	    PROGRAM_SLEEPS);
}

/* State D with @pending of SigPnd and ShdPnd; @parent: its own number makes it have a child. */
static enum program_rest waits(struct stage *s, pid_t parent, const char *pending, long call,
                               unsigned long flags)
{
	char status[256], syscall[128];

	snprintf(status, sizeof status,
	         "Name:\tp\nState:\tD (disk sleep)\nPPid:\t%d\n%s"
	         "voluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t7\n",
	         (int)parent, pending);
	snprintf(syscall, sizeof syscall, "%ld 0x%lx 0x0 0x0 0x0 0x0 0x0 0x7ffd0 0x7f000\n", call,
	         flags);
	return said(s, status, syscall);
}

/* Of all that waits in state D, only who waits for a child of the program itself is at rest. */
static void who_waits_for_a_disk_runs(void **state)
{
	struct stage *s = *state;
	const char *none = "SigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n";
	const char *thread = "SigPnd:\t0000000000040000\nShdPnd:\t0000000000000000\n";
	const char *process = "SigPnd:\t0000000000000000\nShdPnd:\t0000000000040000\n";
	const char *others = "SigPnd:\t00000000fffbffff\nShdPnd:\t00000000fffbffff\n";
	unsigned long spawn = CLONE_VM | CLONE_VFORK | SIGCHLD;
	pid_t itself = program_pid(s->program);

	assert_int_equal(waits(s, itself, none, SYS_fsync, spawn), PROGRAM_RUNS);
	assert_int_equal(waits(s, itself, process, SYS_fsync, spawn), PROGRAM_RUNS);
	assert_int_equal(waits(s, itself, process, SYS_clone, SIGCHLD), PROGRAM_RUNS);
	/* it waits for memory: there is no child yet */
	assert_int_equal(waits(s, 1, process, SYS_clone, spawn), PROGRAM_RUNS);
	assert_int_equal(waits(s, itself, none, SYS_clone, spawn), PROGRAM_SLEEPS);
	assert_int_equal(waits(s, itself, others, SYS_clone, spawn), PROGRAM_SLEEPS);
	assert_int_equal(waits(s, itself, thread, SYS_clone, spawn), PROGRAM_STOPPED);
	assert_int_equal(waits(s, itself, process, SYS_clone, spawn), PROGRAM_STOPPED);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(who_moved_between_two_looks_is_not_at_rest),
	    cmocka_unit_test(the_states_of_both_looks_count),
	    cmocka_unit_test_setup_teardown(who_is_about_to_sleep_still_runs, open_stage,
	                                    close_stage),
	    cmocka_unit_test_setup_teardown(who_waits_for_a_disk_runs, open_stage, close_stage),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
