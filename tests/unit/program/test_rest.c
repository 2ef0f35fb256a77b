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
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct threads *looks; /* what each look at the threads finds; NULL: what there is */
static const char *syscall_file;    /* what /proc/PID/task/TID/syscall says; NULL: what it says */

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
	size_t len = strlen(path);

	if (!syscall_file || len < 8 || strcmp(path + len - 8, "/syscall") != 0)
		return __real_openat(folder, path, flags);
	int fd = memfd_create("syscall", MFD_CLOEXEC);
	assert_int_equal(pwrite(fd, syscall_file, strlen(syscall_file), 0), strlen(syscall_file));
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

#define LOOK(n, ...) ((struct look){(n), {__VA_ARGS__}})

/* Both looks found it asleep; but between them it ran. */
static void who_moved_between_two_looks_is_not_at_rest(void **state)
{
	(void)state;
	const struct thread asleep = {10, 10, 'S', 7}, moved = {10, 10, 'S', 8};
	const struct thread child = {11, 11, 'S', 7}, thread = {10, 11, 'S', 7};

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
	const struct thread asleep = {10, 10, 'S', 7}, runs = {10, 10, 'R', 7};
	const struct thread stopped = {10, 10, 'T', 7}, ended = {11, 11, 'Z', 7};

	assert_int_equal(rest_of(LOOK(1, runs), LOOK(1, asleep)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(1, asleep), LOOK(1, runs)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(1, asleep), LOOK(1, stopped)), PROGRAM_RUNS);
	assert_int_equal(rest_of(LOOK(1, stopped), LOOK(1, stopped)), PROGRAM_STOPPED);
	assert_int_equal(rest_of(LOOK(2, asleep, ended), LOOK(2, asleep, ended)), PROGRAM_SLEEPS);
	assert_int_equal(rest_of(LOOK(1, ended), LOOK(1, ended)), PROGRAM_GONE);
	assert_int_equal(rest_of(LOOK(0), LOOK(0)), PROGRAM_GONE);
}

/* Its state is S already, and it has not left the processor yet. */
static void who_is_about_to_sleep_still_runs(void **state)
{
	struct err err = {0};
	const char *names[] = {"client", "server"};
	const char *argv[] = {"sleep", "1000", NULL};
	const struct program_spec spec = {.name = "p", .argv = argv};
	struct world *world = world_open(WORLD_LOOP, names, 2, false, &err);
	ok(world != NULL);
	struct loop *loop = loop_open(&err);
	struct timeline *tl = timeline_open();
	struct program *p = program_start(&spec, world_host(world, 0), loop, tl, &err);
	enum program_rest rest;

	(void)state;
	ok(p != NULL);
	while ((rest = program_rest(p, &err)) == PROGRAM_RUNS)
		ok(loop_step(loop, 0, &err) >= 0);
	assert_int_equal(rest, PROGRAM_SLEEPS);
	syscall_file = "running\n";
	assert_int_equal(program_rest(p, &err), PROGRAM_RUNS);
	syscall_file = "230 0x0 0x0 0x7ffd0 0x7ffd0 0x0 0x0 0x7ffd0 0x7f000\n";
	assert_int_equal(program_rest(p, &err), PROGRAM_SLEEPS);
	syscall_file = NULL;
	program_close(&p);
	timeline_close(&tl);
	loop_close(&loop);
	world_close(&world);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(who_moved_between_two_looks_is_not_at_rest),
	    cmocka_unit_test(the_states_of_both_looks_count),
	    cmocka_unit_test(who_is_about_to_sleep_still_runs),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
