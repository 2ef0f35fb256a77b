/* SPDX-License-Identifier: MIT */
/*
 * test_isolate.c - a process of its own: pid 1, its own /proc and scratch folder, and gone with its
 * parent
 */
#include "../isolated.h"
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

static void is_pid_one(void **state)
{
	char self[16] = "";
	(void)state;
	assert_int_equal(getpid(), 1);
	assert_int_equal(getuid(), 0);
	assert_int_equal(readlink("/proc/self", self, sizeof self - 1), 1);
	assert_string_equal(self, "1");
	assert_false(isolate_needs_user());
}

static void scratch_is_small_and_apart(void **state)
{
	struct statfs fs;
	struct stat st;
	(void)state;
	assert_non_null(isolate_scratch());
	assert_int_equal(statfs(isolate_scratch(), &fs), 0);
	assert_int_equal(fs.f_type, 0x01021994); /* TMPFS_MAGIC, statfs(2) */
	assert_int_equal(fs.f_blocks * (uint64_t)fs.f_bsize, 256u << 20);
	assert_int_equal(fs.f_files, 65536);
	assert_int_equal(stat(isolate_scratch(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 01777);
	DIR *dir = opendir(isolate_scratch());
	assert_non_null(dir);
	for (const struct dirent *e; (e = readdir(dir)) != NULL;)
		assert_true(e->d_name[0] == '.');
	closedir(dir);
	dev_t device = st.st_dev;
	assert_int_equal(stat(isolate_private(), &st), 0);
	assert_true(st.st_dev != device);
}

/* What a program could otherwise look into, were it left with a capability too many. But its init
 * is joined, and a traced child traced, in a user namespace too. */
static void is_closed_to_others(void **state)
{
	int status;
	(void)state;
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
	pid_t pid = isolate_raw_clone(0, NULL);
	if (pid == 0)
		_exit(prctl(PR_GET_DUMPABLE));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
}

/* Wait until no writer of @fd is left: those who held it are gone. */
static void wait_gone(int fd)
{
	char byte;
	ssize_t n;
	do
		n = read(fd, &byte, 1);
	while (n > 0 || (n < 0 && errno == EINTR));
	assert_int_equal(n, 0);
}

/* A harness that is killed: its case, and the case's children, hold the pipe until they die. */
static void dies_with_its_parent(void **state)
{
	struct err err = {0};
	int held[2], ready[2];
	char byte;
	(void)state;
	assert_int_equal(pipe2(held, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t harness = fork();
	assert_true(harness >= 0);
	if (harness == 0) {
		pid_t pid = isolate_fork(false, &err);
		if (pid < 0)
			_exit(1);
		if (pid == 0 && fork() >= 0 && fork() >= 0 && write(ready[1], "x", 1) == 1)
			setsid();
		for (;;)
			pause();
	}
	close(held[1]);
	for (int i = 0; i < 4; i++)
		assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(kill(harness, SIGKILL), 0);
	assert_int_equal(waitpid(harness, NULL, 0), harness);
	wait_gone(held[0]);
	close(held[0]);
	close(ready[0]);
	close(ready[1]);
}

static void exit_status_comes_through(void **state)
{
	struct err err = {0};
	int status, fd = -1;
	(void)state;
	pid_t pid = isolate_clone(CLONE_NEWPID, &fd, &err);
	ok(pid >= 0);
	if (pid == 0)
		_exit(7);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, -1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	close(fd);
}

/* The scratch of one case is not seen by another, nor from outside. */
static void mounts_are_private(void **state)
{
	struct err err = {0};
	struct stat before, after;
	int status;
	(void)state;
	assert_int_equal(stat(isolate_scratch(), &before), 0);
	pid_t pid = isolate_fork(false, &err);
	ok(pid >= 0);
	if (pid == 0) {
		const char *own = isolate_settle(&err);
		_exit(own && stat(own, &after) == 0 && after.st_dev != before.st_dev ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(stat(isolate_scratch(), &after), 0);
	assert_int_equal(after.st_dev, before.st_dev);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(is_pid_one),
	    cmocka_unit_test(scratch_is_small_and_apart),
	    cmocka_unit_test(is_closed_to_others),
	    cmocka_unit_test(dies_with_its_parent),
	    cmocka_unit_test(exit_status_comes_through),
	    cmocka_unit_test(mounts_are_private),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
