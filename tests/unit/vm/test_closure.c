/* SPDX-License-Identifier: MIT */
/* test_closure.c - a program with all it needs runs where there is nothing else; and what is
 * refused
 *
 * The program is this test itself: "--ran" makes it say so. Others are copies of it with some bytes
 * changed. */
#include "base/err.h"
#include "base/mem.h"
#include "vm/closure.h"
#include "vm/cpio.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* after what it needs */
#include <cmocka.h>

#define LOADER "/lib64/ld-linux-x86-64.so.2"
#define RAN    42

static char started_in[4096]; /* the top of the sources */

struct place {
	char folder[64]; /* of the test; the working directory */
	char self[4096];
};

static int setup(void **state)
{
	struct place *p = mem_zero(1, sizeof *p);
	ssize_t n = readlink("/proc/self/exe", p->self, sizeof p->self - 1);

	*state = p;
	snprintf(p->folder, sizeof p->folder, "/tmp/sockproof-closure-XXXXXX");
	return n > 0 && mkdtemp(p->folder) && chdir(p->folder) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char line[128];
	int rc;

	snprintf(line, sizeof line, "rm -rf %s", p->folder);
	rc = chdir("/") == 0 ? system(line) : -1;
	free(p);
	return rc;
}

static struct buf file_bytes(const char *path)
{
	struct buf b = {0};
	char part[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	while ((n = read(fd, part, sizeof part)) > 0)
		buf_add(&b, part, (size_t)n);
	assert_int_equal(n, 0);
	close(fd);
	return b;
}

static void write_bytes(const char *path, const void *bytes, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void write_text(const char *path, const char *text, mode_t mode)
{
	write_bytes(path, text, strlen(text), mode);
}

/* A copy of this test in which each @from is @to, of the same length. */
static void write_changed(const struct place *p, const char *path, const char *from, const char *to)
{
	struct buf b = file_bytes(p->self);
	size_t len = strlen(from);
	char *at = b.p;

	assert_int_equal(len, strlen(to));
	while ((at = memmem(at, b.len - (size_t)(at - b.p), from, len)))
		memcpy(at, to, len);
	write_bytes(path, b.p, b.len, 0755);
	buf_free(&b);
}

/* "name" in the folder of the test; the last few are kept. */
static const char *here(const struct place *p, const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof paths[0], "%s/%s", p->folder, name);
	return path;
}

static bool has(const struct closure *c, const char *target)
{
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->files[i].target, target) == 0)
			return true;
	}
	return false;
}

static void add_program(struct closure *c, const char *program, const char *target)
{
	struct err err = {0};

	if (closure_add_program(c, program, target, &err) < 0)
		fail_msg("%s", err.text);
}

static void add_path(struct closure *c, const char *path)
{
	struct err err = {0};

	if (closure_add_path(c, path, &err) < 0)
		fail_msg("%s", err.text);
}

static void add_fails(const char *program, const char *text)
{
	struct closure c = {0};
	struct err err = {0};

	assert_int_equal(closure_add_program(&c, program, "/program", &err), -1);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in: %s", text, err.text);
	closure_free(&c);
}

static struct buf packed(const struct closure *c)
{
	struct buf b = {0};
	struct err err = {0};

	if (closure_pack(c, &b, &err) < 0)
		fail_msg("%s", err.text);
	cpio_end(&b);
	return b;
}

static void unpack(const struct closure *c, const char *folder)
{
	struct buf b = packed(c);
	struct err err = {0};

	assert_int_equal(mkdir(folder, 0755), 0);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	if (cpio_unpack(b.p, b.len, fd, &err) < 0)
		fail_msg("%s", err.text);
	close(fd);
	buf_free(&b);
}

/* Its exit status with @root as all there is; -1: chroot(2) is refused here. */
static int run_in(const char *root, const char *program)
{
	char *const argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "--ran", NULL};
	char *const env[] = {NULL};
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
			_exit(99);
		if (chroot(root) < 0 || chdir("/") < 0)
			_exit(99);
		execve(program, argv, env);
		perror(program);
		_exit(98);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 99 ? -1 : WEXITSTATUS(status);
}

static void runs_in(const char *root, const char *program, int status)
{
	int got = run_in(root, program);

	if (got < 0)
		skip();
	assert_int_equal(got, status);
}

static void starts_alone(void **state)
{
	const struct place *p = *state;
	struct closure c = {0};

	add_program(&c, p->self, "/some/where/init");
	assert_true(has(&c, "/some/where/init"));
	assert_true(has(&c, LOADER)); /* under the path that programs ask for */
	assert_false(has(&c, p->self));
	assert_false(has(&c, "/etc/ld.so.cache"));
	for (size_t i = 1; i < c.count; i++)
		assert_true(strcmp(c.files[i - 1].target, c.files[i].target) < 0);
	unpack(&c, "root");
	closure_free(&c);
	runs_in("root", "/some/where/init", RAN);
}

static void what_is_cut_is_what_strip_cuts(void **state)
{
	static const char *const sections[] = {"symtab", "strtab"};
	const struct place *p = *state;
	struct closure c = {0};
	struct buf whole = file_bytes(p->self), cut;

	add_program(&c, p->self, "/init");
	unpack(&c, "root");
	cut = file_bytes("root/init");
	assert_true(cut.len < whole.len);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		char name[16]; /* put together here: the whole of it is nowhere else in this program
		                */
		int len = snprintf(name, sizeof name, "%c%s", '.', sections[i]);
		assert_non_null(memmem(whole.p, whole.len, name, (size_t)len));
		assert_null(memmem(cut.p, cut.len, name, (size_t)len));
	}
	closure_free(&c);
	buf_free(&whole);
	buf_free(&cut);
}

/* For a tool that reads symbols nothing is cut, and what the loader's are kept in comes along. */
static void symbols_are_kept(void **state)
{
	const struct place *p = *state;
	struct closure c = {0};
	struct buf whole = file_bytes(p->self), packed_whole;
	struct err err = {0};
	size_t before;

	add_program(&c, p->self, "/init");
	before = c.count;
	if (closure_keep_symbols(&c, &err) < 0)
		fail_msg("%s", err.text);
	/* on a machine without libc6-dbg, or whose loader has its symbols in itself, there is no
	 * more */
	assert_true(c.count == before || c.count == before + 1);
	for (size_t i = 0; c.count > before && i < c.count; i++) {
		if (strstr(c.files[i].target, ".debug"))
			before++;
	}
	assert_int_equal(c.count, before);
	unpack(&c, "root");
	packed_whole = file_bytes("root/init");
	assert_int_equal(packed_whole.len, whole.len);
	assert_memory_equal(packed_whole.p, whole.p, whole.len);
	closure_free(&c);
	buf_free(&whole);
	buf_free(&packed_whole);
}

/* Two checkouts of the same sources pack the same bytes: nothing says where this one was built. */
static void no_trace_of_the_build(void **state)
{
	struct place *p = *state;
	struct closure c = {0};
	struct buf cut;

#ifdef __SANITIZE_ADDRESS__
	skip(); /* it names the file of each variable in full */
#endif
	if (strlen(started_in) < 2)
		skip();
	add_program(&c, p->self, "/init");
	unpack(&c, "root");
	cut = file_bytes("root/init");
	assert_null(memmem(cut.p, cut.len, started_in, strlen(started_in)));
	*strrchr(p->self, '/') = '\0';
	assert_null(memmem(cut.p, cut.len, p->self, strlen(p->self)));
	closure_free(&c);
	buf_free(&cut);
}

static void same_files_same_bytes(void **state)
{
	const struct place *p = *state;
	struct closure one = {0}, other = {0};
	struct buf a, b;

	assert_int_equal(mkdir("d", 0700), 0);
	write_text("d/b", "b", 0600);
	write_text("d/a", "a", 0777);
	add_path(&one, here(p, "d"));
	add_program(&one, p->self, "/init");
	a = packed(&one);
	assert_int_equal(chmod("d", 0755), 0);
	assert_int_equal(unlink("d/a"), 0); /* younger, and of another umask */
	write_text("d/a", "a", 0755);
	assert_int_equal(chmod("d/b", 0664), 0);
	add_program(&other, p->self, "/init");
	add_path(&other, here(p, "d/a"));
	add_path(&other, here(p, "d/"));
	add_path(&other, here(p, "d/../d/./b"));
	b = packed(&other);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len);
	closure_free(&one);
	closure_free(&other);
	buf_free(&a);
	buf_free(&b);
}

static void library_missing(void **state)
{
	const struct place *p = *state;
	char text[400];

	write_changed(p, "lacks", "libcmocka.so.0", "libcmockX.so.0");
	snprintf(text, sizeof text, "%s needs libcmockX.so.0, which is not there",
	         here(p, "lacks"));
	add_fails(here(p, "lacks"), text);
}

/* In a namespace whose cache of ldconfig(8) knows the folder "lib", and nothing else does. 0: there
 * is none to be had here; 1: it is as it should be. */
static int with_a_cache(const struct place *p, const char *program)
{
	struct closure c = {0};
	struct err err = {0};
	char line[600];

	snprintf(line, sizeof line,
	         "PATH=$PATH:/sbin:/usr/sbin ldconfig -X -f /dev/null -C cache %s", here(p, "lib"));
	if (unshare(CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0)) < 0 || system(line) != 0 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("cache", "/etc/ld.so.cache", "none", MS_BIND, NULL) < 0)
		return 0;
	if (closure_add_program(&c, program, "/program", &err) < 0)
		puts(err.text);
	int r = has(&c, here(p, "lib/libcmockX.so.0")) && has(&c, "/etc/ld.so.cache") ? 1 : 2;
	closure_free(&c);
	return r;
}

static void library_by_the_cache(void **state)
{
	const struct place *p = *state;
	struct closure c = {0};
	struct place library = *p;
	int status;

	add_program(&c, p->self, "/init");
	for (size_t i = 0; i < c.count; i++) {
		if (strstr(c.files[i].target, "/libcmocka.so"))
			snprintf(library.self, sizeof library.self, "%s", c.files[i].source);
	}
	closure_free(&c);
	assert_int_equal(mkdir("lib", 0755), 0);
	write_changed(&library, "lib/libcmockX.so.0", "libcmocka.so.0", "libcmockX.so.0");
	write_changed(p, "lacks", "libcmocka.so.0", "libcmockX.so.0");
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(with_a_cache(p, here(p, "lacks")));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 0)
		skip();
	assert_int_equal(WEXITSTATUS(status), 1);
}

/* Whoever wrote the program could have named anything to be run by who asks. */
static void loader_of_its_own(void **state)
{
	const struct place *p = *state;
	char path[] = "/tmp/ld-sockproof-XXXXXX.so", script[300];
	int fd;

	write_changed(p, "lacks", LOADER, "/lib64/ld-linux-x86-64.so.3");
	add_fails(here(p, "lacks"),
	          "asks for the dynamic loader /lib64/ld-linux-x86-64.so.3, which is not there");

	/* of a dynamic loader's name, and as long as that which it replaces */
	assert_int_equal(strlen(path), strlen(LOADER));
	fd = mkstemps(path, 3);
	assert_true(fd >= 0);
	snprintf(script, sizeof script, "#!/bin/sh\n>%s\n", here(p, "was-run"));
	assert_int_equal(write(fd, script, strlen(script)), strlen(script));
	assert_int_equal(fchmod(fd, 0755), 0);
	close(fd);
	write_changed(p, "evil", LOADER, path);
	add_fails(here(p, "evil"), "which is none of the system's");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(access("was-run", F_OK), -1);
}

static void no_programs(void **state)
{
	const struct place *p = *state;
	struct buf b = file_bytes(p->self);

	write_text("text", "hello\n", 0755);
	add_fails(here(p, "text"), "is no program: neither ELF nor a script");
	write_text("closed", "#!/bin/sh\n", 0644);
	add_fails(here(p, "closed"), "is not executable (chmod +x)");
	add_fails(here(p, "nothing"), "No such file");
	add_fails(p->folder, "is no regular file");
	add_fails("relative", "must be absolute");
	b.p[18] = (char)183; /* e_machine: AArch64 */
	write_bytes("foreign", b.p, b.len, 0755);
	add_fails(here(p, "foreign"), "foreign: it is built for AArch64 (ELF machine 183)");
	b.p[18] = 62;
	write_bytes("cut-off", b.p, 1000, 0755);
	add_fails(here(p, "cut-off"), "cut-off: it is broken or cut off");
	buf_free(&b);
}

static void scripts(void **state)
{
	const struct place *p = *state;
	struct closure c = {0};

	write_text("script", "#! /bin/sh -e\nexit 43\n", 0755);
	add_program(&c, here(p, "script"), "/script");
	assert_true(has(&c, "/bin/sh"));
	assert_true(has(&c, LOADER));
	unpack(&c, "root");
	closure_free(&c);
	runs_in("root", "/script", 43);
}

static void scripts_by_env(void **state)
{
	const struct place *p = *state;
	struct closure c = {0};

	write_text("env", "#!/usr/bin/env sh\nexit 44\n", 0755);
	write_text("words", "#!/usr/bin/env -S A=b sh -e\nexit 45\n", 0755);
	add_program(&c, here(p, "env"), "/env");
	assert_true(has(&c, "/usr/bin/env"));
	assert_true(has(&c, "/usr/bin/sh") || has(&c, "/bin/sh") || has(&c, "/usr/local/bin/sh"));
	add_program(&c, here(p, "words"), "/words");
	unpack(&c, "root");
	closure_free(&c);
	runs_in("root", "/env", 44);
	runs_in("root", "/words", 45);
}

static void scripts_that_lack(void **state)
{
	const struct place *p = *state;
	char text[300];

	write_text("lacks", "#!/bin/no-such-shell -x\n", 0755);
	add_fails(here(p, "lacks"), "lacks needs /bin/no-such-shell, which is not there");
	write_text("crlf", "#!/bin/sh\r\n", 0755);
	add_fails(here(p, "crlf"), "crlf needs /bin/sh\\r, which is not there");
	write_text("env", "#!/usr/bin/env no-such-program", 0755);
	add_fails(here(p, "env"), "env needs no-such-program, which is not in /usr/local/sbin:");
	write_text("relative", "#!sh\n", 0755);
	add_fails(here(p, "relative"), "relative needs sh, which is not there");
	write_text("empty", "#! \n", 0755);
	add_fails(here(p, "empty"), "is no program");
	snprintf(text, sizeof text, "#!%s\n", here(p, "itself"));
	write_text("itself", text, 0755);
	add_fails(here(p, "itself"), "its interpreter is a script, and so on, too often");
}

static void folders(void **state)
{
	const struct place *p = *state;
	struct closure c = {0};
	struct stat st;
	char root[300];

	assert_int_equal(mkdir("d", 0755), 0);
	assert_int_equal(mkdir("d/empty", 0755), 0);
	assert_int_equal(mkdir("d/inner", 0755), 0);
	write_text("d/inner/text", "hello", 0644);
	write_text("d/script", "#!/bin/sh\n", 0755);
	write_text("d/lacks", "#!/bin/no-such-shell\n", 0755); /* it starts nowhere: a file */
	write_changed(p, "d/lacks-library", "libcmocka.so.0", "libcmockX.so.0");
	assert_int_equal(symlink("inner/text", "d/link"), 0);
	assert_int_equal(symlink("inner", "d/folder-link"), 0);
	assert_int_equal(symlink("nothing", "d/dangling"), 0);
	assert_int_equal(symlink("..", "d/inner/back"), 0); /* without end, if it were followed */
	assert_int_equal(mkfifo("d/fifo", 0644), 0);
	add_path(&c, here(p, "d"));
	assert_true(has(&c, "/bin/sh"));
	assert_false(has(&c, here(p, "d/fifo")));
	assert_false(has(&c, here(p, "d/dangling")));
	assert_false(has(&c, here(p, "d/inner/back/script")));
	unpack(&c, "root");
	snprintf(root, sizeof root, "root%s", p->folder);
	assert_int_equal(chdir(root), 0);
	assert_int_equal(lstat("d/link", &st), 0);
	assert_true(S_ISREG(st.st_mode) && st.st_size == 5);
	assert_int_equal(lstat("d/folder-link/text", &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(lstat("d/empty", &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(access("d/lacks", X_OK), 0);
	assert_int_equal(access("d/lacks-library", X_OK), 0);
	assert_int_equal(lstat("../../tmp", &st), 0);
	assert_int_equal(st.st_mode & 07777, 01777); /* programs write there */
	assert_int_equal(chdir(p->folder), 0);
	closure_free(&c);
}

static void paths_that_clash(void **state)
{
	const struct place *p = *state;
	struct closure c = {0};
	struct err err = {0};
	struct buf b = {0};

	write_text("a", "#!/bin/sh\n", 0755);
	write_text("b", "#!/bin/sh\n", 0755);
	add_program(&c, here(p, "a"), "/init");
	add_program(&c, here(p, "a"), "/init"); /* once more is nothing */
	assert_int_equal(closure_add_program(&c, here(p, "b"), "/init", &err), -1);
	assert_non_null(strstr(err.text, "cannot both be /init in a guest"));
	add_program(&c, here(p, "b"), "/init/b");
	assert_int_equal(closure_pack(&c, &b, &err), -1);
	assert_non_null(strstr(err.text, "/init cannot be both a file and a folder"));
	assert_int_equal(closure_add_path(&c, "/", &err), -1);
	assert_int_equal(closure_add_path(&c, "/tmp/no-such-file", &err), -1);
	assert_non_null(strstr(err.text, "/tmp/no-such-file: No such file"));
	closure_free(&c);
	buf_free(&b);
}

/* Extensions of Python, modules of servers: libraries that nobody starts. */
static void libraries(void **state)
{
	const struct place *p = *state;
	struct closure program = {0}, c = {0};
	const char *library = NULL;

	add_program(&program, p->self, "/init");
	for (size_t i = 0; i < program.count; i++) {
		if (strstr(program.files[i].target, "/libcmocka.so"))
			library = program.files[i].target;
	}
	assert_non_null(library);
	add_path(&c, library);
	assert_true(has(&c, library));
	assert_true(has(&c, LOADER));
	assert_true(c.count >= 3); /* and the C library */
	closure_free(&program);
	closure_free(&c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(starts_alone, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_is_cut_is_what_strip_cuts, setup, teardown),
	    cmocka_unit_test_setup_teardown(symbols_are_kept, setup, teardown),
	    cmocka_unit_test_setup_teardown(no_trace_of_the_build, setup, teardown),
	    cmocka_unit_test_setup_teardown(same_files_same_bytes, setup, teardown),
	    cmocka_unit_test_setup_teardown(library_missing, setup, teardown),
	    cmocka_unit_test_setup_teardown(library_by_the_cache, setup, teardown),
	    cmocka_unit_test_setup_teardown(loader_of_its_own, setup, teardown),
	    cmocka_unit_test_setup_teardown(no_programs, setup, teardown),
	    cmocka_unit_test_setup_teardown(scripts, setup, teardown),
	    cmocka_unit_test_setup_teardown(scripts_by_env, setup, teardown),
	    cmocka_unit_test_setup_teardown(scripts_that_lack, setup, teardown),
	    cmocka_unit_test_setup_teardown(folders, setup, teardown),
	    cmocka_unit_test_setup_teardown(paths_that_clash, setup, teardown),
	    cmocka_unit_test_setup_teardown(libraries, setup, teardown),
	};

	if (argc == 2 && strcmp(argv[1], "--ran") == 0)
		_exit(RAN); /* not by main(): a leak checker would look for /proc then */
	umask(022);
	if (!getcwd(started_in, sizeof started_in))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
