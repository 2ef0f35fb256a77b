/* SPDX-License-Identifier: MIT */
/*
 * test_program.c - programs that start, speak, listen, end, and leave nothing behind
 */
#include "../isolated.h"
#include "base/clock.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/program.h"
#include "world/world.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define PATIENCE (60 * NS_PER_S) /* a fact that does not come at all; valgrind is slow */

struct stage {
	struct world *world;
	struct loop *loop;
	struct timeline *tl;
};

static int open_stage(void **state)
{
	struct err err = {0};
	const char *names[] = {"client", "server"};
	struct stage *s = mem_zero(1, sizeof *s);
	s->world = world_open(WORLD_LOOP, names, 2, false, &err);
	if (!s->world)
		print_error("%s\n", err.text);
	s->loop = loop_open(&err);
	s->tl = timeline_open();
	*state = s;
	return s->world && s->loop ? 0 : -1;
}

static int close_stage(void **state)
{
	struct stage *s = *state;
	timeline_close(&s->tl);
	loop_close(&s->loop);
	world_close(&s->world);
	free(s);
	return 0;
}

static struct program *start_spec(struct stage *s, struct program_spec spec)
{
	struct err err = {0};
	struct program *p = program_start(&spec, world_host(s->world, 0), s->loop, s->tl, &err);
	ok(p != NULL);
	return p;
}

static struct program *start_shell(struct stage *s, const char *script)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	return start_spec(s, (struct program_spec){.name = "prog", .argv = argv});
}

static void step(struct stage *s)
{
	struct err err = {0};
	int n = loop_step(s->loop, clock_now() + PATIENCE, &err);
	ok(n > 0);
}

static int wait_exit(struct stage *s, struct program *p)
{
	int status = -1;
	while (!program_exited(p, &status))
		step(s);
	return status;
}

static void wait_output(struct stage *s, struct program *p, int stream, const char *text)
{
	while (!strstr(buf_text(program_output(p, stream)), text) &&
	       !program_output_closed(p, stream))
		step(s);
	assert_non_null(strstr(buf_text(program_output(p, stream)), text));
}

static void output_and_status(void **state)
{
	struct stage *s = *state;
	struct program *p = start_shell(s, "echo out; echo err >&2; exit 3");
	int status = wait_exit(s, p);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_string_equal(buf_text(program_output(p, 1)), "out\n");
	assert_string_equal(buf_text(program_output(p, 2)), "err\n");
	assert_int_equal(program_output_total(p, 1), 4);
	program_close(&p);
	assert_null(p);
}

/* Whatever it wrote stands before its exit, however much it was. */
static void output_comes_before_exit(void **state)
{
	struct stage *s = *state;
	struct program *p = start_shell(
	    s, "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done; kill -SEGV $$");
	int status = wait_exit(s, p);
	assert_true(WIFSIGNALED(status));
	assert_non_null(strstr(buf_text(program_output(p, 1)), "line 499\n"));
	const struct event *last = timeline_get(s->tl, timeline_count(s->tl) - 1);
	assert_int_equal(last->kind, EVENT_PROGRAM);
	assert_string_equal(last->text, "killed by SIGSEGV");
	program_close(&p);
}

static void input_and_its_end(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	const char *argv[] = {"cat", NULL};
	struct program *p = start_spec(s, (struct program_spec){.name = "cat", .argv = argv});
	ok(program_input(p, "one\n", 4, &err) == 0);
	wait_output(s, p, 1, "one\n");
	ok(program_input(p, "two", 3, &err) == 0);
	ok(program_input_end(p, &err) == 0);
	assert_int_equal(wait_exit(s, p), 0);
	assert_string_equal(buf_text(program_output(p, 1)), "one\ntwo");
	assert_int_equal(program_input(p, "x", 1, &err), -1);
	assert_int_equal(err.code, EINVAL);
	program_close(&p);
}

/* More than pipes hold, there and back. */
static void much_input(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	const size_t len = 1 << 20;
	char *bytes = malloc(len);
	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 7 + i / 256);
	const char *argv[] = {"cat", NULL};
	struct program *p = start_spec(s, (struct program_spec){.name = "cat", .argv = argv});
	ok(program_input(p, bytes, len, &err) == 0);
	ok(program_input_end(p, &err) == 0);
	assert_int_equal(wait_exit(s, p), 0);
	assert_int_equal(program_output(p, 1)->len, len);
	assert_memory_equal(program_output(p, 1)->p, bytes, len);
	free(bytes);
	program_close(&p);
}

/* SIGPIPE does not end the harness. */
static void input_nobody_reads(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	struct program *p = start_shell(s, "exec <&-; echo closed; kill -STOP $$");
	wait_output(s, p, 1, "closed");
	ok(program_input(p, "lost", 4, &err) == 0);
	assert_int_equal(program_input(p, "x", 1, &err), -1);
	assert_int_equal(err.code, EPIPE);
	program_close(&p);
}

static void output_is_capped(void **state)
{
	struct stage *s = *state;
	const char *argv[] = {"/bin/sh", "-c", "printf 0123456789; printf abcdefghij", NULL};
	struct program *p =
	    start_spec(s, (struct program_spec){.name = "p", .argv = argv, .max_output = 12});
	wait_exit(s, p);
	assert_string_equal(buf_text(program_output(p, 1)), "0123456789ab");
	assert_int_equal(program_output_total(p, 1), 20);
	program_close(&p);
}

static void terminal(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	const char *argv[] = {
	    "/bin/sh", "-c",
	    "test -t 0 && test -t 1 && test ! -t 2 && echo tty; : >/dev/tty && echo own; "
	    "read x; echo got $x; cat; echo end",
	    NULL};
	struct program *p =
	    start_spec(s, (struct program_spec){.name = "p", .argv = argv, .terminal = true});
	wait_output(s, p, 1, "tty\nown\n");
	ok(program_input(p, "word\n", 5, &err) == 0);
	wait_output(s, p, 1, "got word\n");
	ok(program_input(p, "no newline", 10, &err) == 0);
	ok(program_input_end(p, &err) == 0);
	assert_int_equal(wait_exit(s, p), 0);
	assert_string_equal(buf_text(program_output(p, 1)), "tty\nown\ngot word\nno newlineend\n");
	program_close(&p);
}

static void no_such_program(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	size_t before = timeline_count(s->tl);
	static const struct {
		const char *path;
		int code;
	} cases[] = {
	    {"/no/such/file", ENOENT}, {"no-such-program", ENOENT}, {"/etc/passwd", EACCES}};
	for (size_t i = 0; i < 3; i++) {
		const char *argv[] = {cases[i].path, NULL};
		struct program_spec spec = {.name = "p", .argv = argv};
		struct program *p =
		    program_start(&spec, world_host(s->world, 0), s->loop, s->tl, &err);
		assert_null(p);
		assert_int_equal(err.code, cases[i].code);
		assert_non_null(strstr(err.text, cases[i].path));
	}
	const char *argv[] = {"true", NULL};
	struct program_spec spec = {.name = "p", .argv = argv, .folder = "/no/folder"};
	assert_null(program_start(&spec, world_host(s->world, 0), s->loop, s->tl, &err));
	assert_int_equal(err.code, EINVAL);
	assert_non_null(strstr(err.text, "/no/folder"));
	assert_int_equal(timeline_count(s->tl), before);
}

static void text_is_no_program(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	char path[128];
	snprintf(path, sizeof path, "%s/text", isolate_scratch());
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "hello\n", 6), 6);
	close(fd);
	const char *argv[] = {"./text", NULL};
	struct program_spec spec = {.name = "p", .argv = argv};
	assert_null(program_start(&spec, world_host(s->world, 0), s->loop, s->tl, &err));
	assert_int_equal(err.code, ENOEXEC);
}

/* Clean: descriptors, environment, signals, folder, session. */
static void surroundings(void **state)
{
	struct stage *s = *state;
	const char *env[] = {"GREETING=hello", "HOME=/elsewhere", NULL};
	const char *argv[] = {"/bin/sh", "-c",
	                      "echo; env | sort | grep -v -e ^PWD -e ^_ -e ^OLDPWD; "
	                      "pwd; ulimit -c; echo pid $$",
	                      NULL};
	signal(SIGPIPE, SIG_IGN);
	struct program *p =
	    start_spec(s, (struct program_spec){.name = "p", .argv = argv, .env = env});
	assert_int_equal(wait_exit(s, p), 0);
	const char *out = buf_text(program_output(p, 1));
	assert_non_null(strstr(
	    out,
	    "GREETING=hello\nHOME=/elsewhere\nLANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:"
	    "/usr/sbin:/usr/bin:/sbin:/bin\nTERM=dumb\n"));
	assert_non_null(strstr(out, isolate_scratch()));
	assert_non_null(strstr(
	    out, "\n0\npid 2\n")); /* /proc is of the new namespace: no core, second after init */
	program_close(&p);

	const char *grep[] = {"grep", "-e", "SigBlk", "-e", "SigIgn", "/proc/self/status", NULL};
	p = start_spec(s, (struct program_spec){.name = "p", .argv = grep});
	assert_int_equal(wait_exit(s, p), 0);
	signal(SIGPIPE, SIG_DFL);
	assert_string_equal(buf_text(program_output(p, 1)),
	                    "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
	program_close(&p);

	const char *ls[] = {"ls", "/proc/self/fd", NULL};
	p = start_spec(s, (struct program_spec){.name = "p", .argv = ls});
	assert_int_equal(wait_exit(s, p), 0);
	assert_string_equal(buf_text(program_output(p, 1)), "0\n1\n2\n3\n"); /* 3: what it reads */
	program_close(&p);
}

static void hosts_and_resolver(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	ok(host_set_file(world_host(s->world, 0), HOST_FILE_RESOLVER, "nameserver 192.0.2.53\n",
	                 &err) == 0);
	struct program *p =
	    start_shell(s, "cat /etc/hosts /etc/resolv.conf; read x; cat /etc/resolv.conf");
	wait_output(s, p, 1, "nameserver 192.0.2.53\n");
	assert_non_null(strstr(buf_text(program_output(p, 1)), "127.0.0.1\tserver\n"));
	/* a change is seen by a program that runs already */
	ok(host_set_file(world_host(s->world, 0), HOST_FILE_RESOLVER, "search example.org\n",
	                 &err) == 0);
	ok(program_input(p, "\n", 1, &err) == 0);
	wait_output(s, p, 1, "search example.org\n");
	program_close(&p);
	ok(host_set_file(world_host(s->world, 0), HOST_FILE_RESOLVER, "", &err) == 0);
}

/* Nothing of how this machine looks names up: its name, its caches, what it asks first. */
static void names_are_the_hosts_own(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	ok(host_set_file(world_host(s->world, 0), HOST_FILE_SERVICES, "shop 4660/tcp store\n",
	                 &err) == 0);
	struct program *p =
	    start_shell(s, "uname -n; getent services store/tcp; getent hosts server; "
	                   "grep hosts /etc/nsswitch.conf; cat /etc/gai.conf");
	assert_int_equal(wait_exit(s, p), 0);
	assert_string_equal(buf_text(program_output(p, 1)),
	                    "client\nshop                  4660/tcp store\n"
	                    "::1             server\nhosts: files dns\n");
	program_close(&p);
}

static void wait_rest(struct stage *s, struct program *p, enum program_rest wanted)
{
	struct err err = {0};
	enum program_rest rest;
	while ((rest = program_rest(p, &err)) == PROGRAM_RUNS)
		ok(loop_step(s->loop, 0, &err) >= 0);
	assert_int_equal(rest, wanted);
}

static void freeze_and_thaw(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	size_t count, zombies;
	struct program *p =
	    start_shell(s, "(sleep 1000 & sleep 1000 & wait) & while :; do :; done");
	for (count = 0; count < 4;) {
		pid_t *pids = program_processes(p, &count, &zombies, &err);
		ok(pids != NULL);
		free(pids);
	}
	assert_int_equal(count, 4);
	assert_int_equal(program_rest(p, &err), PROGRAM_RUNS);
	for (int i = 0; i < 3; i++) {
		ok(program_freeze(p, &err) == 0);
		assert_int_equal(program_rest(p, &err), PROGRAM_STOPPED);
		ok(program_thaw(p, &err) == 0);
		assert_int_equal(program_rest(p, &err), PROGRAM_RUNS);
	}
	assert_true(program_cpu_time(p, &err) > 0);
	program_close(&p);
}

static void rest_tells_sleep_from_end(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	struct program *p = start_shell(s, "read x; exit 0");
	wait_rest(s, p, PROGRAM_SLEEPS);
	assert_int_equal(program_signal(p, 0, &err), 0);
	ok(program_input(p, "\n", 1, &err) == 0);
	/* the write has woken it: it never seems to sleep on */
	for (int status; !program_exited(p, &status);) {
		assert_int_not_equal(program_rest(p, &err), PROGRAM_SLEEPS);
		ok(loop_step(s->loop, 0, &err) >= 0);
	}
	assert_int_equal(program_rest(p, &err), PROGRAM_GONE);
	assert_int_equal(program_signal(p, SIGTERM, &err), -1);
	assert_int_equal(err.code, ESRCH);
	assert_int_equal(program_freeze(p, &err), -1);
	assert_int_equal(err.code, ESRCH);
	assert_int_equal(program_thaw(p, &err), -1);
	assert_int_equal(err.code, ESRCH);
	assert_int_equal(program_descriptors(p, &err), -1);
	assert_int_equal(err.code, ESRCH);
	assert_int_equal(program_input(p, "x", 1, &err), -1);
	assert_int_equal(err.code, ESRCH);
	assert_true(program_cpu_time(p, &err) > 0);
	program_close(&p);
}

static void descriptors_and_signals(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	size_t count;
	struct program *p =
	    start_shell(s, "exec 5</dev/null; trap 'echo usr1' USR1; echo ready; read x; read x");
	wait_output(s, p, 1, "ready");
	assert_int_equal(program_descriptors(p, &err), 4);
	uint32_t *inodes = program_socket_inodes(p, &count, &err);
	ok(inodes != NULL);
	assert_int_equal(count, 0);
	free(inodes);
	ok(program_signal(p, SIGUSR1, &err) == 0);
	wait_output(s, p, 1, "usr1");
	program_close(&p);
}

/* An orphan that holds stdout open neither delays the exit nor outlives program_close(). */
static void orphan_holds_stdout(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	size_t count, zombies;
	struct program *p = start_shell(s, "setsid sh -c 'trap \"\" TERM HUP; echo orphan; while "
	                                   ":; do sleep 1000; done' & echo parent");
	assert_int_equal(wait_exit(s, p), 0);
	assert_non_null(strstr(buf_text(program_output(p, 1)), "parent\n"));
	wait_output(s, p, 1, "orphan\n");
	assert_false(program_output_closed(p, 1));
	pid_t *pids = program_processes(p, &count, &zombies, &err);
	assert_true(count >= 1);
	pid_t orphan = pids[0];
	free(pids);
	program_close(&p);
	assert_int_equal(kill(orphan, 0), -1);
	assert_int_equal(errno, ESRCH);
}

/* The harness's /proc, where its descriptors can be found, is not below the program's: nor are the
 * harness's files below an empty folder. */
static void sees_no_mount_of_the_harness(void **state)
{
	struct stage *s = *state;
	struct stat proc, private;
	char command[200];
	assert_int_equal(stat("/proc", &proc), 0);
	assert_int_equal(stat(isolate_private(), &private), 0);
	snprintf(
	    command, sizeof command,
	    "grep -E '^[0-9]+ [0-9]+ %u:(%u|%u) / (/proc|%s) ' /proc/self/mountinfo; echo is all",
	    major(proc.st_dev), minor(proc.st_dev), minor(private.st_dev), isolate_private());
	struct program *p = start_shell(s, command);
	assert_int_equal(wait_exit(s, p), 0);
	assert_string_equal(buf_text(program_output(p, 1)), "is all\n");
	program_close(&p);
}

/* What moves into a pid namespace of its own is the program's all the same, however deep. */
static void processes_of_inner_namespaces_are_its_own(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	size_t count, zombies, sockets;
	int status;
	struct program *p = start_shell(s, "exec unshare -U --keep-caps -p -f sh -c 'echo one; "
	                                   "unshare -p -f sh -c \"echo two; exec socat "
	                                   "TCP-LISTEN:6000,bind=127.0.0.1 -\"; :'");
	wait_output(s, p, 1, "one\ntwo\n");
	/* two that unshared, the shell between them, and socat */
	pid_t *pids = program_processes(p, &count, &zombies, &err);
	ok(pids != NULL);
	assert_int_equal(count, 4);
	for (sockets = 0; sockets == 0;) { /* until its listener is seen */
		uint32_t *inodes = program_socket_inodes(p, &sockets, &err);
		ok(inodes != NULL);
		free(inodes);
		ok(!program_exited(p, &status) && loop_step(s->loop, 0, &err) >= 0);
	}
	ok(program_freeze(p, &err) == 0);
	for (size_t i = 0; i < count; i++) {
		char path[64], text[512] = "";
		snprintf(path, sizeof path, "/proc/%d/stat", (int)pids[i]);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0 && read(fd, text, sizeof text - 1) > 0);
		close(fd);
		assert_int_equal(strrchr(text, ')')[2], 'T');
	}
	free(pids);
	assert_int_equal(program_rest(p, &err), PROGRAM_STOPPED);
	program_close(&p);
}

static void limits_hold(void **state)
{
	struct stage *s = *state;
	const char *argv[] = {"/bin/sh", "-c", "head -c 5000 /dev/zero >big; echo $?; wc -c <big",
	                      NULL};
	struct program *p =
	    start_spec(s, (struct program_spec){.name = "p", .argv = argv, .max_file = 4096});
	assert_int_equal(wait_exit(s, p), 0);
	assert_non_null(strstr(buf_text(program_output(p, 1)), "153\n4096\n")); /* 128 + SIGXFSZ */
	program_close(&p);
}

/* Descriptors of this process: what a program leaves open here would grow from case to case. */
static int descriptors_here(void)
{
	int count = 0;
	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void nothing_leaks(void **state)
{
	struct stage *s = *state;
	int before = descriptors_here();
	for (int i = 0; i < 3; i++) {
		const char *argv[] = {"true", NULL};
		struct program *p = start_spec(
		    s, (struct program_spec){.name = "p", .argv = argv, .terminal = i == 1});
		if (i < 2)
			wait_exit(s, p);
		program_close(&p);
	}
	assert_int_equal(descriptors_here(), before);
	no_such_program(state);
	assert_int_equal(descriptors_here(), before);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(output_and_status),
	    cmocka_unit_test(output_comes_before_exit),
	    cmocka_unit_test(input_and_its_end),
	    cmocka_unit_test(much_input),
	    cmocka_unit_test(input_nobody_reads),
	    cmocka_unit_test(output_is_capped),
	    cmocka_unit_test(terminal),
	    cmocka_unit_test(no_such_program),
	    cmocka_unit_test(text_is_no_program),
	    cmocka_unit_test(surroundings),
	    cmocka_unit_test(hosts_and_resolver),
	    cmocka_unit_test(names_are_the_hosts_own),
	    cmocka_unit_test(freeze_and_thaw),
	    cmocka_unit_test(rest_tells_sleep_from_end),
	    cmocka_unit_test(descriptors_and_signals),
	    cmocka_unit_test(orphan_holds_stdout),
	    cmocka_unit_test(sees_no_mount_of_the_harness),
	    cmocka_unit_test(processes_of_inner_namespaces_are_its_own),
	    cmocka_unit_test(limits_hold),
	    cmocka_unit_test(nothing_leaks),
	};
	return cmocka_run_group_tests(list, open_stage, close_stage);
}

int main(void)
{
	return run_isolated(tests);
}
