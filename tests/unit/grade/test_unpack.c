/* SPDX-License-Identifier: MIT */
/* test_unpack.c - a folder or a file that is handed in comes out, and nothing but such; its digest
 */
#include "unpacking.h"
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

static void folders(void **state)
{
	(void)state;
	run("mkdir -p a/src/.git/objects a/__MACOSX a/empty && touch a/.DS_Store a/src/.git/x "
	    "a/src/._hello.c a/src/.gitignore a/._ && ln -s /etc/passwd a/src/.git/link");
	text_file("a/src/hello.c", "int main;\n");
	text_file("a/run", "#!/bin/sh\n");
	run("chmod 4711 a/run; chmod 600 a/src/hello.c; chmod 700 a/src; setfattr -n user.x -v y "
	    "a/run 2>/dev/null || true");
	umask(077); /* it does not matter */
	takes("a");
	target_is("644 f ._\n755 d empty\n755 f run\n755 d src\n644 f src/.gitignore\n"
	          "644 f src/hello.c\n");
	file_is("into/src/hello.c", "int main;\n");
	file_is("into/run", "#!/bin/sh\n");
	/* however its path is written */
	takes("./a//");
	takes("a/.");
	target_is("644 f ._\n755 d empty\n755 f run\n755 d src\n644 f src/.gitignore\n"
	          "644 f src/hello.c\n");
}

static void single_folder(void **state)
{
	(void)state;
	run("mkdir -p a/a/a/a && touch a/a/a/a/x a/a/a/y && mkdir a/.git a/__MACOSX");
	takes("a");
	target_is("755 d a\n755 d a/a\n644 f a/a/x\n644 f a/y\n");
	/* a folder that has a folder of its own name and of the name that it takes for a while */
	run("rm -r a && mkdir -p a/b/b/b a/b/aside-0 && touch a/b/b/x a/b/aside-0/y");
	takes("a");
	target_is("755 d aside-0\n644 f aside-0/y\n755 d b\n755 d b/b\n644 f b/x\n");
	/* two folders, or a file beside it: all stays where it is */
	run("rm -r a && mkdir -p a/b a/c && touch a/b/x");
	takes("a");
	target_is("755 d b\n644 f b/x\n755 d c\n");
	run("rm -r a/c && touch a/c");
	takes("a");
	target_is("755 d b\n644 f b/x\n644 f c\n");
	run("rm -r a && mkdir a && touch a/alone");
	takes("a");
	target_is("644 f alone\n");
}

static void empty(void **state)
{
	(void)state;
	run("mkdir -p a/b/c");
	refuses("a", "there is no file in it");
	run("rm -r a && mkdir -p a/.git && touch a/.git/x");
	refuses("a", "there is no file in it");
	/* an empty file is a file */
	text_file("hello.c", "");
	takes("hello.c");
	target_is("644 f hello.c\n");
}

static void folder_of_other_kinds(void **state)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "a/d/x"};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	run("mkdir -p a/d && touch a/hello.c && ln -s ../hello.c a/d/x");
	refuses("a", "file 'd/x' is a symbolic link: only files and folders are taken");
	run("rm a/d/x && ln -s / a/d/x");
	refuses("a", "file 'd/x' is a symbolic link: only files and folders are taken");
	run("rm a/d/x && mkfifo a/d/x");
	refuses("a", "file 'd/x' is a FIFO: only files and folders are taken");
	run("rm a/d/x");
	assert_int_equal(bind(s, (struct sockaddr *)&name, sizeof name), 0);
	close(s);
	refuses("a", "file 'd/x' is a socket: only files and folders are taken");
	run("rm a/d/x && ln a/hello.c a/d/x");
	refuses("a", "file 'd/x' is a hard link: the same file has another name; hand in a copy");
	run("rm a/d/x");
	if (mknod("a/d/x", S_IFCHR | 0666, makedev(1, 3)) == 0) {
		refuses("a", "file 'd/x' is a device: only files and folders are taken");
		run("rm a/d/x");
	}
	run("touch 'a/d/x\ny'");
	refuses("a", "file 'd/x\\ny' has a line end or another control character in its name");
	run("rm a/d/* && rm -f a/hello.c && touch a/d/ok");
	takes("a");
}

/* What becomes of a file as soon as it was looked at; NULL: nothing. */
static const char *changes;
int __real_fstatat(int dir, const char *name, struct stat *st, int flags);
int __wrap_fstatat(int dir, const char *name, struct stat *st, int flags);

int __wrap_fstatat(int dir, const char *name, struct stat *st, int flags)
{
	int r = __real_fstatat(dir, name, st, flags);

	if (changes && strcmp(name, "hello.c") == 0)
		run(changes);
	return r;
}

static void changes_its_kind(void **state)
{
	(void)state;
	run("mkdir a && touch a/hello.c b && echo secret >solution");
	changes = "cd a && ln -sf ../solution hello.c";
	refuses("a", "file 'hello.c' is a symbolic link: only files and folders are taken");
	changes = NULL;
	run("rm a/hello.c && touch a/hello.c");
	changes = "cd a && rm hello.c && mkfifo hello.c";
	refuses("a", "file 'hello.c' is a FIFO: only files and folders are taken");
	changes = NULL;
	run("rm a/hello.c && touch a/hello.c");
	changes = "ln -f solution a/hello.c";
	refuses("a", "file 'hello.c' is a hard link: the same file has another name; hand in a "
	             "copy");
	changes = NULL;
}

static void path_itself(void **state)
{
	(void)state;
	run("mkdir a && touch a/x && ln -s a link && mkfifo fifo");
	text_file("hello.c", "x");
	run("ln -s hello.c link.c; ln hello.c twin.c");
	refuses("link", "file 'link' is a symbolic link: only files and folders are taken");
	refuses("link/", "file 'link' is a symbolic link: only files and folders are taken");
	refuses("link.c", "file 'link.c' is a symbolic link: only files and folders are taken");
	refuses("fifo", "file 'fifo' is a FIFO: only files and folders are taken");
	refuses("twin.c",
	        "file 'twin.c' is a hard link: the same file has another name; hand in a copy");
	/* above it links are the caller's own */
	takes("link/x");
	target_is("644 f x\n");
}

/* By a user who may not read everything, as root may. */
static void refuses_to_nobody(const char *path, const char *text)
{
	bool root = geteuid() == 0;
	struct err err = {0};
	char *refusal;
	enum unpack_result r;

	run("rm -rf into && mkdir into && chmod 777 into");
	/* nothing here may end the test between these two */
	if (root && seteuid(65534) < 0)
		fail_msg("seteuid: %s", strerror(errno));
	r = unpack(path, "into", &unpack_usual, &refusal, &err);
	if (root && seteuid(0) < 0)
		abort();
	if (r != UNPACK_REFUSED)
		fail_msg("%s: %d, %s", path, r, err.text);
	assert_string_equal(refusal, text);
	free(refusal);
}

static void unreadable(void **state)
{
	(void)state;
	run("mkdir -p a/closed a/blind && touch a/hello.c a/blind/x && chmod 0 a/hello.c a/closed "
	    "&& chmod 444 a/blind");
	refuses_to_nobody("a", "file 'blind' cannot be read: its permissions, or those of its "
	                       "folder, forbid it");
	run("chmod 755 a/blind && rm -r a/blind");
	refuses_to_nobody("a", "file 'closed' cannot be read: its permissions, or those of its "
	                       "folder, forbid it");
	run("rmdir a/closed");
	refuses_to_nobody("a", "file 'hello.c' cannot be read: its permissions, or those of its "
	                       "folder, forbid it");
	refuses_to_nobody("a/hello.c", "file 'hello.c' cannot be read: its permissions, or those "
	                               "of its folder, forbid it");
}

static void source_file(void **state)
{
	struct unpack_limits few = unpack_usual;

	(void)state;
	text_file("hello.c", "int main;\n");
	takes("hello.c");
	target_is("644 f hello.c\n");
	file_is("into/hello.c", "int main;\n");
	run("mv hello.c Makefile; chmod 755 Makefile");
	takes("./Makefile");
	target_is("755 f Makefile\n");
	few.file_bytes = 9;
	refuses_within("Makefile", &few,
	               "file 'Makefile' is larger than 9 bytes, the most that a file may have");
	run("mv Makefile 'a\033[31mb'");
	refuses("a\033[31mb",
	        "file 'a\\x1b[31mb' has a line end or another control character in its name");
}

static void machine(void **state)
{
	struct err err = {0};
	char *refusal;

	(void)state;
	run("mkdir a into && touch a/x into/y");
	assert_int_equal(unpack("a", "into", &unpack_usual, &refusal, &err), UNPACK_FAILED);
	assert_string_equal(err.text, "the target holds y: Directory not empty");
	assert_null(refusal);
	assert_int_equal(unpack("a", "none", &unpack_usual, &refusal, &err), UNPACK_FAILED);
	assert_string_equal(err.text, "open none: No such file or directory");
	run("rm into/y");
	assert_int_equal(unpack("none", "into", &unpack_usual, &refusal, &err), UNPACK_FAILED);
	assert_string_equal(err.text, "look at none: No such file or directory");
	run("mkdir a/b");
	assert_int_equal(unpack("a", "a/b", &unpack_usual, &refusal, &err), UNPACK_FAILED);
	assert_string_equal(err.text,
	                    "the folder to copy to lies in the submission: choose another");
}

/* A file that cannot be written is not the student's fault. */
static void full(void **state)
{
	struct rlimit before, little;
	struct err err = {0};
	char *refusal;
	enum unpack_result r;

	(void)state;
	run("mkdir into && yes | head -c 300000 >x");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = (struct rlimit){.rlim_cur = 65536, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	r = unpack("x", "into", &unpack_usual, &refusal, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(r, UNPACK_FAILED);
	assert_string_equal(err.text, "write x: File too large");
	assert_null(refusal);
}

/* At each limit it is taken, and refused with one more. */
static void limits(void **state)
{
	struct unpack_limits few = {
	    .entries = 4, .file_bytes = 2048, .bytes = 3000, .depth = 3, .path_bytes = 20};

	(void)state;
	run("mkdir -p a/b/c && head -c 2048 /dev/zero >a/a && head -c 952 /dev/zero >a/b/c/d");
	takes_within("a", &few);
	few.bytes = 2999;
	refuses_within("a", &few,
	               "it has more than 2999 bytes, the most that a submission may "
	               "have");
	few.bytes = 3000;
	few.file_bytes = 1024;
	refuses_within("a", &few, "file 'a' is larger than 1 KiB, the most that a file may have");
	few.file_bytes = 2048;
	few.entries = 3;
	refuses_within("a", &few,
	               "it holds more than 3 files and folders, the most that a "
	               "submission may have");
	/* whatever a file system lists first: which of too many are looked at depends on that */
	run("ln -s / a/0 && touch a/1 a/2");
	refuses_within("a", &few,
	               "it holds more than 3 files and folders, the most that a "
	               "submission may have");
	run("rm a/0 a/1 a/2");
	few.entries = 100;
	few.depth = 1;
	refuses_within("a", &few, "file 'b/c/d' lies in 2 folders; it may lie in 1");
	few.depth = 2;
	takes_within("a", &few);
	few.path_bytes = 4;
	refuses_within("a", &few, "file 'b/c/d' has a path of 5 bytes; it may have 4");
}

static void digest_of(const char *folder, char hex[static 65])
{
	struct err err = {0};

	if (unpack_digest(folder, hex, &err) < 0)
		fail_msg("%s: %s", folder, err.text);
}

static void digests(void **state)
{
	static const char *const steps[] = {
	    "true",
	    "chmod 755 a/x",
	    "mv a/x a/y",
	    "printf abd >a/x",
	    "printf '' >a/x",
	    "mkdir a/f",
	    "mkdir a/f && mv a/x a/f",
	    "touch a/w",
	    "mv a/big a/b && printf x >>a/b",
	    "printf x | dd of=a/big bs=1 seek=199999 conv=notrunc status=none",
	};
	enum { COUNT = sizeof steps / sizeof *steps };
	char hex[COUNT][65], other[65];
	struct err err = {0};

	(void)state;
	/* printf 'x\0100644 3 '"$(printf abc | sha256sum | cut -c-64)"'\n' | sha256sum */
	run("mkdir one && printf abc >one/x");
	digest_of("one", hex[0]);
	assert_string_equal(hex[0],
	                    "135b48bf757a9e41ffa2f166806cb0c238d71135cb33e02d413bb8b1b21cc75e");
	run("mkdir none");
	digest_of("none", hex[0]); /* of nothing (FIPS 180-4) */
	assert_string_equal(hex[0],
	                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < COUNT; i++) {
		run("rm -rf a && mkdir a && printf abc >a/x && head -c 200000 /dev/zero >a/big");
		run(steps[i]);
		digest_of("a", hex[i]);
		assert_int_equal(strlen(hex[i]), 64);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(hex[k], hex[i]);
	}
	/* not of times, nor of the order in which things were made */
	run("rm -rf a && mkdir a && head -c 200000 /dev/zero >a/big && touch -d @1 a/big && printf "
	    "abc >a/x");
	digest_of("a", other);
	assert_string_equal(other, hex[0]);
	run("ln -s x a/link");
	assert_int_equal(unpack_digest("a", other, &err), -1);
	assert_string_equal(err.text, "open link: Too many levels of symbolic links");
	run("rm a/link && mkfifo a/fifo");
	assert_int_equal(unpack_digest("a", other, &err), -1);
	assert_string_equal(err.text, "fifo is neither a file nor a folder");
	/* files of which nobody knows how long they are: none, says their size */
	assert_int_equal(unpack_digest("/proc/self/fdinfo", other, &err), -1);
	assert_string_equal(err.text, "0 changes while it is read");
	assert_int_equal(unpack_digest("gone", other, &err), -1);
	assert_string_equal(err.text, "open gone: No such file or directory");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(folders),          T(single_folder), T(empty),      T(folder_of_other_kinds),
	    T(changes_its_kind), T(path_itself),   T(unreadable), T(source_file),
	    T(machine),          T(full),          T(limits),     T(digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
