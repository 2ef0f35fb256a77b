/* SPDX-License-Identifier: MIT */
/* test_casedir.c - a case directory is there whole or not at all, whatever fails */
#include "base/err.h"
#include "base/mem.h"
#include "evidence/casedir.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* after what it needs */
#include <cmocka.h>

/* Each test runs in a folder of its own, which is the working directory. */
static int setup(void **state)
{
	char *path = strdup("/tmp/sockproof-casedir-XXXXXX");

	*state = path;
	return mkdtemp(path) && chdir(path) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	char line[128];
	int rc;

	snprintf(line, sizeof line, "rm -rf %s", (char *)*state);
	rc = chdir("/") == 0 ? system(line) : -1;
	free(*state);
	return rc;
}

static void put(const char *path, const char *name, const char *text)
{
	struct err err;
	struct casedir *d = casedir_begin(path, &err);

	if (!d)
		fail_msg("%s", err.text);
	assert_int_equal(casedir_add(d, CASEDIR_MARK, "{}", 2, &err), 0);
	assert_int_equal(casedir_add(d, name, text, strlen(text), &err), 0);
	if (casedir_commit(d, &err) < 0)
		fail_msg("%s", err.text);
	casedir_close(&d);
	assert_null(d);
}

static void holds(const char *path, const char *text)
{
	char got[64] = "";
	FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("%s is not there", path);
	got[fread(got, 1, sizeof got - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, text);
}

/* Names in the folder @path, "." and ".." left out. */
static int entries(const char *path)
{
	DIR *d = opendir(path);
	int n = -2;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void appears_with_its_parents(void **state)
{
	struct stat s;

	(void)state;
	put("out/connect/refused-ipv4", "trace.txt", "S\n");
	holds("out/connect/refused-ipv4/trace.txt", "S\n");
	assert_int_equal(entries("out/connect"), 1);
	assert_int_equal(stat("out/connect/refused-ipv4", &s), 0);
	assert_true(s.st_mode & S_IXUSR);
	put("here", "a", "1");
	holds("here/a", "1");
	put("slashes//behind///", "a", "2");
	holds("slashes/behind/a", "2");
}

static void replaces_the_whole(void **state)
{
	(void)state;
	put("out/case", "old", "old");
	put("out/case", "new", "new");
	holds("out/case/new", "new");
	assert_int_equal(access("out/case/old", F_OK), -1);
	assert_int_equal(entries("out"), 1);
	assert_int_equal(entries("out/case"), 2);
	assert_int_equal(mkdir("out/empty", 0777), 0);
	put("out/empty", "a", "1");
	holds("out/empty/a", "1");
}

static void absolute_paths(void **state)
{
	char path[128];

	snprintf(path, sizeof path, "%s/out/case", (char *)*state);
	put(path, "a", "1");
	holds("out/case/a", "1");
}

static void begun_only_changes_nothing(void **state)
{
	struct err err;
	struct casedir *d;

	(void)state;
	put("out/case", "a", "old");
	d = casedir_begin("out/case", &err);
	assert_non_null(d);
	assert_int_equal(casedir_add(d, "a", "new", 3, &err), 0);
	holds("out/case/a", "old");
	casedir_close(&d);
	holds("out/case/a", "old");
	assert_int_equal(entries("out"), 1);
}

static void bad_names(void **state)
{
	static const char *const names[] = {"", ".", "..", ".hidden", "a/b", "../a", "/a"};
	struct err err;
	struct casedir *d = casedir_begin("case", &err);

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(casedir_add(d, names[i], "", 0, &err), -1);
	assert_int_equal(casedir_add(d, "twice", "", 0, &err), 0);
	assert_int_equal(casedir_add(d, "twice", "", 0, &err), -1);
	assert_int_equal(err.code, EEXIST);
	casedir_close(&d);
	assert_null(casedir_begin("", &err));
	assert_null(casedir_begin("/", &err));
	assert_null(casedir_begin("out/..", &err));
	assert_int_equal(entries("."), 0);
}

static void others_files_stay(void **state)
{
	struct err err;
	struct casedir *d;

	(void)state;
	assert_int_equal(mkdir("home", 0777), 0);
	assert_int_equal(close(open("home/thesis.tex", O_WRONLY | O_CREAT, 0666)), 0);
	d = casedir_begin("home", &err);
	assert_non_null(d);
	assert_int_equal(casedir_commit(d, &err), -1);
	assert_int_equal(err.code, EEXIST);
	assert_non_null(strstr(err.text, "--out"));
	casedir_close(&d);
	assert_int_equal(access("home/thesis.tex", F_OK), 0);
	assert_int_equal(entries("."), 1);
}

static void files_in_the_way(void **state)
{
	struct err err;
	struct casedir *d;

	(void)state;
	assert_int_equal(close(open("file", O_WRONLY | O_CREAT, 0666)), 0);
	assert_null(casedir_begin("file/case", &err));
	assert_int_equal(err.code, ENOTDIR);
	assert_null(casedir_begin("file/below/case", &err));
	assert_non_null(strstr(err.text, "file"));
	d = casedir_begin("file", &err);
	assert_non_null(d);
	assert_int_equal(casedir_commit(d, &err), -1);
	assert_int_equal(err.code, ENOTDIR);
	casedir_close(&d);
	assert_int_equal(symlink("elsewhere", "link"), 0);
	d = casedir_begin("link", &err);
	assert_int_equal(casedir_commit(d, &err),
	                 -1); /* what it points to is not ours to replace */
	casedir_close(&d);
	assert_int_equal(entries("."), 2);
}

static void unwritable(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	put("out/case", "a", "old");
	assert_int_equal(chmod("out", 0555), 0);
	assert_int_equal(chmod(".", 0755), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err err = {0};

		/* root may write everywhere */
		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(0);
		_exit(!casedir_begin("out/case", &err) && err.code == EACCES &&
		              strstr(err.text, "--out")
		          ? 0
		          : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(chmod("out", 0755), 0);
	holds("out/case/a", "old");
	assert_int_equal(entries("out"), 1);
}

/* In a mount namespace of its own: "small" is a file system of 256 KiB. */
static int with_small_disk(void)
{
	static const char big[300 * 1024];
	struct err err;
	struct casedir *d;

	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "small", "tmpfs", 0, "size=256k,nr_inodes=16") < 0)
		return 77;
	put("small/case", "a", "old");
	d = casedir_begin("small/case", &err);
	assert_non_null(d);
	assert_int_equal(casedir_add(d, CASEDIR_MARK, "{}", 2, &err), 0);
	assert_int_equal(casedir_add(d, "capture.pcapng", big, sizeof big, &err), -1);
	assert_int_equal(err.code, ENOSPC);
	assert_non_null(strstr(err.text, "small/case/capture.pcapng: No space left"));
	assert_non_null(strstr(err.text, "free some space"));
	casedir_close(&d);
	holds("small/case/a", "old");
	assert_int_equal(entries("small"), 1);
	put("small/case", "a", "new"); /* nothing is left that takes up room */
	holds("small/case/a", "new");
	return 0;
}

static void disk_full(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(mkdir("small", 0777), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		exit(with_small_disk());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

static void sweep_knows_the_living(void **state)
{
	struct err err;
	struct casedir *living;
	int ready[2], status;
	char c;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct casedir *d = casedir_begin("out/deep/killed", &err);

		if (d && casedir_add(d, "a", "1", 1, &err) == 0 && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	living = casedir_begin("out/deep/living", &err);
	assert_non_null(living);
	assert_int_equal(entries("out/deep"), 2);
	casedir_sweep("out");
	assert_int_equal(entries("out/deep"), 2);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	casedir_sweep("out");
	assert_int_equal(entries("out/deep"), 1);
	assert_int_equal(casedir_add(living, CASEDIR_MARK, "{}", 2, &err), 0);
	assert_int_equal(casedir_commit(living, &err), 0);
	casedir_sweep("out");
	assert_int_equal(access("out/deep/living/" CASEDIR_MARK, F_OK), 0);
	casedir_close(&living);
	casedir_sweep("not-there");
	close(ready[0]);
	close(ready[1]);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(appears_with_its_parents),   TEST(replaces_the_whole), TEST(absolute_paths),
	    TEST(begun_only_changes_nothing), TEST(bad_names),          TEST(others_files_stay),
	    TEST(files_in_the_way),           TEST(unwritable),         TEST(disk_full),
	    TEST(sweep_knows_the_living),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
