/* SPDX-License-Identifier: MIT */
/*
 * test_left_behind.c - a harness that is killed leaves no process behind, however its program tried
 * to stay
 */
#include "../isolated.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/program.h"
#include "world/world.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Grandchildren in sessions of their own that ignore signals; each opens the fifo, and so holds it.
 */
#define STAYING                                                                                    \
	"for i in 1 2 3; do setsid sh -c 'trap \"\" TERM HUP INT; exec 9>fifo; echo up >&9; "      \
	"while :; do sleep 1000; done' & done; exec 9>fifo; echo up >&9; wait"

static struct program *start(struct loop *loop, struct timeline *tl, struct world *w,
                             const char *script, struct err *err)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	struct program_spec spec = {.name = "p", .argv = argv};
	return program_start(&spec, world_host(w, 0), loop, tl, err);
}

static _Noreturn void harness(void)
{
	static const char *const names[] = {"host"};
	struct err err = {0};
	struct world *w = world_open(WORLD_LOOP, names, 1, false, &err);
	struct loop *loop = w ? loop_open(&err) : NULL;
	if (!loop || !start(loop, timeline_open(), w, STAYING, &err)) {
		fprintf(stderr, "%s\n", err.text);
		_exit(1);
	}
	for (;;)
		pause();
}

static void killed_harness(void **state)
{
	char path[128], bytes[64];
	(void)state;
	snprintf(path, sizeof path, "%s/fifo", isolate_scratch());
	assert_int_equal(mkfifo(path, 0600), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		harness();
	int fd = open(path, O_RDONLY | O_CLOEXEC); /* waits for a writer */
	assert_true(fd >= 0);
	/* with our own writer there is no end of file before all four are up */
	int own = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(own >= 0);
	for (ssize_t all = 0; all < 4 * 3;) {
		ssize_t n = read(fd, bytes, sizeof bytes);
		assert_true(n > 0);
		all += n;
	}
	close(own);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	/* the end of file comes when the last holder is gone */
	assert_int_equal(read(fd, bytes, sizeof bytes), 0);
	close(fd);
	unlink(path);
}

/* /etc without the two files, and with a link that leads nowhere. */
static void files_that_are_not_there(void **state)
{
	static const char *const names[] = {"host"};
	struct err err = {0};
	int status;
	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid > 0) {
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			skip();
		assert_int_equal(status, 0);
		return;
	}
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/etc", "tmpfs", 0, "mode=0755") < 0 ||
	    symlink("/no/such/place", "/etc/resolv.conf") < 0)
		_exit(77);
	struct world *w = world_open(WORLD_LOOP, names, 1, false, &err);
	struct loop *loop = w ? loop_open(&err) : NULL;
	struct timeline *tl = timeline_open();
	if (!loop ||
	    host_set_file(world_host(w, 0), HOST_FILE_RESOLVER, "nameserver 192.0.2.1\n", &err) < 0)
		_exit(1);
	struct program *p = start(loop, tl, w, "cat /etc/hosts /etc/resolv.conf", &err);
	if (!p) {
		printf("%s\n", err.text);
		_exit(strstr(err.text, "a place for") ? 77 : 1); /* overlayfs is refused here */
	}
	while (!program_exited(p, &status)) {
		if (loop_step(loop, INT64_MAX, &err) < 0)
			_exit(1);
	}
	bool right = status == 0 && strstr(buf_text(program_output(p, 1)), "127.0.0.1\thost\n") &&
	             strstr(buf_text(program_output(p, 1)), "nameserver 192.0.2.1\n");
	if (!right)
		printf("%s%s", buf_text(program_output(p, 1)), buf_text(program_output(p, 2)));
	program_close(&p);
	timeline_close(&tl);
	loop_close(&loop);
	world_close(&w);
	/* the machine's own is as it was */
	right = right && access("/etc/hosts", F_OK) < 0;
	fflush(NULL);
	_exit(right ? 0 : 1);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(killed_harness),
	    cmocka_unit_test(files_that_are_not_there),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
