/* SPDX-License-Identifier: MIT */
/*
 * test_trace.c - a traced program between two looks of its tracer, and its end
 */
#include "../isolated.h"
#include "base/clock.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/program.h"
#include "world/world.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE (60 * NS_PER_S) /* a fact that does not come at all; valgrind is slow */

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

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test_setup_teardown(who_is_stopped_at_a_call_is_not_at_rest, open_stage,
	                                    close_stage),
	    cmocka_unit_test_setup_teardown(who_was_continued_is_not_at_rest, open_stage,
	                                    close_stage),
	    cmocka_unit_test_setup_teardown(all_that_it_leaves_behind_is_reaped, open_stage,
	                                    close_stage),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
