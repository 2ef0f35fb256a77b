/* SPDX-License-Identifier: MIT */
/* test_cpio.c - what was packed comes out again; nothing hostile is read beyond, or written beside
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/cpio.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* after what it needs */
#include <cmocka.h>

#define REG(perm) ((mode_t)(S_IFREG | (perm)))
#define DIR(perm) ((mode_t)(S_IFDIR | (perm)))
#define LNK       ((mode_t)(S_IFLNK | 0777))

/* Each test runs in a folder of its own, which is the working directory, and unpacks into "in". */
static int setup(void **state)
{
	char *path = strdup("/tmp/sockproof-cpio-XXXXXX");

	*state = path;
	return mkdtemp(path) && chdir(path) == 0 && mkdir("in", 0755) == 0 ? 0 : -1;
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

static void add(struct buf *b, const char *name, mode_t mode, const char *text)
{
	cpio_add(b, name, mode, text, strlen(text));
}

static int unpack(const struct buf *b, struct err *err)
{
	int fd = open("in", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	*err = (struct err){0};
	int r = cpio_unpack(b->p, b->len, fd, err);
	close(fd);
	return r;
}

static void unpacks(const struct buf *b)
{
	struct err err;

	if (unpack(b, &err) < 0)
		fail_msg("%s", err.text);
}

static void unpack_fails(const struct buf *b, const char *text)
{
	struct err err;

	assert_int_equal(unpack(b, &err), -1);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in: %s", text, err.text);
}

static void holds(const char *path, mode_t mode, const void *bytes, size_t len)
{
	struct stat st;
	char *got = mem_zero(len + 1, 1);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode, mode);
	assert_int_equal(st.st_size, len);
	for (size_t at = 0; at < len;) {
		ssize_t n = read(fd, got + at, len - at);
		assert_true(n > 0);
		at += (size_t)n;
	}
	assert_memory_equal(got, bytes, len);
	close(fd);
	free(got);
}

static void round_trip(void **state)
{
	struct buf b = {0};
	size_t len = 5u << 20;
	uint8_t *big = mem_zero(len + 3, 1);
	char to[16] = "";
	struct stat st;

	(void)state;
	for (size_t i = 0; i < len; i++)
		big[i] = (uint8_t)(i * 2654435761u >> 13);
	cpio_add(&b, "folder", DIR(0700), NULL, 0);
	cpio_add(&b, "folder/empty", REG(0640), NULL, 0);
	cpio_add(&b, "missing/too/big", REG(0755), big, len);
	cpio_add(&b, "odd", REG(0600), big, 4093);
	cpio_add(&b, "\xc3\xa4 b", REG(0444), "\0x", 2);
	cpio_add(&b, "link", LNK, "folder/empty", 12);
	cpio_add(&b, "sticky", DIR(01777), NULL, 0);
	cpio_end(&b);
	umask(077); /* it does not matter */
	unpacks(&b);
	umask(022);
	holds("in/folder/empty", REG(0640), "", 0);
	holds("in/missing/too/big", REG(0755), big, len);
	holds("in/odd", REG(0600), big, 4093);
	holds("in/\xc3\xa4 b", REG(0444), "\0x", 2);
	assert_int_equal(readlink("in/link", to, sizeof to), 12);
	assert_memory_equal(to, "folder/empty", 12);
	assert_int_equal(stat("in/folder", &st), 0);
	assert_int_equal(st.st_mode, DIR(0700));
	assert_int_equal(stat("in/sticky", &st), 0);
	assert_int_equal(st.st_mode, DIR(01777));
	free(big);
	buf_free(&b);
}

/* As a person with `od` would see it: what the kernel reads is written down in its document. */
static void bytes_of_the_format(void **state)
{
	static const char expected[] =
	    "070701" /* inode, mode, uid, gid, links, time, size, four of devices, name, check */
	    "00000000000081ed0000000000000000000000010000000000000005000000000000000000000000000000"
	    "00"
	    "0000000500000000"
	    "init\0\0"
	    "hello\0\0\0"
	    "070701"
	    "00000000000000000000000000000000000000010000000000000000000000000000000000000000000000"
	    "00"
	    "0000000b00000000"
	    "TRAILER!!!\0\0\0";
	struct buf b = {0};

	(void)state;
	add(&b, "init", REG(0755), "hello");
	cpio_end(&b);
	assert_int_equal(b.len, sizeof expected);
	assert_memory_equal(b.p, expected, sizeof expected);
	buf_free(&b);
}

static void replaces(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_int_equal(symlink("../beside", "in/a"), 0);
	add(&b, "a", REG(0644), "first");
	add(&b, "a", REG(0600), "2nd");
	add(&b, "b", REG(0644), "a file");
	cpio_add(&b, "b", LNK, "a", 1);
	cpio_end(&b);
	unpacks(&b);
	holds("in/a", REG(0600), "2nd", 3);
	assert_int_equal(access("beside", F_OK), -1);
	unpacks(&b); /* and again, over what is there */
	holds("in/a", REG(0600), "2nd", 3);
	buf_free(&b);
}

/* Nothing of a guest gets rights that its owner has not given. */
static void no_set_user_id(void **state)
{
	struct buf b = {0};
	struct stat st;

	(void)state;
	add(&b, "shell", REG(06755), "x");
	cpio_add(&b, "closed", DIR(0), NULL, 0);
	add(&b, "closed/in-it", REG(0644), "y");
	cpio_end(&b);
	unpacks(&b);
	holds("in/shell", REG(0755), "x", 1);
	assert_int_equal(stat("in/closed", &st), 0);
	assert_int_equal(st.st_mode, DIR(0700));
	holds("in/closed/in-it", REG(0644), "y", 1);
	buf_free(&b);
}

static void links_are_not_followed(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_int_equal(mkdir("beside", 0755), 0);
	cpio_add(&b, "out", LNK, "../beside", 9);
	add(&b, "out/file", REG(0644), "x");
	cpio_end(&b);
	unpack_fails(&b, "unpack out/file: Not a directory");
	assert_int_equal(access("beside/file", F_OK), -1);
	buf_free(&b);

	cpio_add(&b, "out", LNK, "../beside", 9);
	cpio_add(&b, "out", DIR(0777), NULL, 0);
	cpio_end(&b);
	unpack_fails(&b, "unpack out: Not a directory");
	buf_free(&b);

	cpio_add(&b, "d", DIR(0755), NULL, 0);
	add(&b, "d", REG(0644), "x");
	cpio_end(&b);
	unpack_fails(&b, "unpack d: Is a directory");
	buf_free(&b);
}

static void names_stay_below(void **state)
{
	static const char *const bad[] = {"/etc/passwd", "..",   "../x", "a/../../x", "a/..", ".",
	                                  "./a",         "a//b", "a/",   "a/./b",     ""};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf b = {0};
		add(&b, bad[i], REG(0644), "x");
		cpio_end(&b);
		unpack_fails(&b, "a name in an archive is relative");
		buf_free(&b);
	}
	assert_int_equal(access("x", F_OK), -1);

	struct buf b = {0};
	add(&b, "..a", REG(0644), "x");
	add(&b, "a..", REG(0644), "x");
	add(&b, "...", REG(0644), "x");
	cpio_end(&b);
	unpacks(&b);
	buf_free(&b);

	add(&b, "/\x1b[31m", REG(0644), "x"); /* what is shown is harmless on a terminal */
	unpack_fails(&b, "/\\x1b[31m: a name");
	buf_free(&b);
}

static void other_kinds_are_refused(void **state)
{
	static const mode_t kinds[] = {S_IFBLK, S_IFCHR, S_IFIFO, S_IFSOCK, 0};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		add(&b, "device", kinds[i] | 0644, "");
		unpack_fails(&b, "device: neither a file nor a folder nor a link");
		buf_free(&b);
	}
	add(&b, "link", LNK, "");
	unpack_fails(&b, "a link to what is no path");
	buf_free(&b);
	cpio_add(&b, "link", LNK, "a\0b", 3);
	unpack_fails(&b, "a link to what is no path");
	buf_free(&b);
}

/* Each length but the whole: an error, and not one byte read behind it (the copy ends there). */
static void cut_anywhere(void **state)
{
	struct buf b = {0};

	(void)state;
	add(&b, "one", REG(0644), "12345");
	add(&b, "two", REG(0644), "");
	cpio_end(&b);
	for (size_t len = 0; len <= b.len; len++) {
		char *copy = malloc(len ? len : 1);
		struct cpio_entry e;
		struct err err = {0};
		size_t at = 0, before;
		int r, read = 0;

		assert_non_null(copy);
		memcpy(copy, b.p, len);
		do {
			before = at;
			r = cpio_next(copy, len, &at, &e, &err);
		} while (r > 0 && ++read);
		assert_int_equal(r, len == b.len ? 0 : -1);
		assert_true(r == 0 ? at == len : at == before);
		assert_true(r == 0 || strstr(err.text, "cut off"));
		assert_int_equal(read, (len >= 124) + (len >= 124 + 116));
		free(copy);
	}
	buf_free(&b);
}

/* The number @field becomes @digits. */
static void spoil(struct buf *b, int field, const char *digits, const char *text)
{
	struct buf bad = {0};

	buf_add(&bad, b->p, b->len);
	memcpy(bad.p + 6 + (ptrdiff_t)8 * field, digits, 8);
	unpack_fails(&bad, text);
	buf_free(&bad);
}

static void numbers_that_lie(void **state)
{
	struct buf b = {0};
	size_t at = SIZE_MAX;
	struct cpio_entry e;
	struct err err;

	(void)state;
	add(&b, "name", REG(0644), "12345");
	cpio_end(&b);
	spoil(&b, 6, "ffffffff", "cut off in the entry at byte 0");
	spoil(&b, 6, "FFFFFFFC", "cut off in the entry at byte 0");
	spoil(&b, 6, "0000000d", "newc"); /* the next entry begins in the midst of this one */
	spoil(&b, 6, "        ", "newc");
	spoil(&b, 6, "-0000001", "newc");
	spoil(&b, 6, "0x000005", "newc");
	spoil(&b, 11, "ffffffff", "newc");
	spoil(&b, 11, "00001001", "newc"); /* longer than a path */
	spoil(&b, 11, "00000000", "newc");
	spoil(&b, 11, "00001000", "cut off");
	spoil(&b, 11, "00000004", "has no end");
	spoil(&b, 11, "00000006", "has no end"); /* it ends before that */
	b.p[5] = '2';                            /* with checksums: nobody writes that here */
	unpack_fails(&b, "newc");
	assert_int_equal(cpio_next(b.p, b.len, &at, &e, &err), -1);
	buf_free(&b);
}

/* The kernel takes several in a row. */
static void archives_in_a_row(void **state)
{
	struct buf b = {0};
	struct cpio_entry e;
	struct err err;
	size_t at = 0;

	(void)state;
	add(&b, "one", REG(0644), "1");
	cpio_end(&b);
	assert_int_equal(b.len % 4, 0);
	add(&b, "two", REG(0644), "22");
	cpio_end(&b);
	assert_int_equal(cpio_next(b.p, b.len, &at, &e, &err), 1);
	assert_int_equal(cpio_next(b.p, b.len, &at, &e, &err), 0);
	assert_int_equal(cpio_next(b.p, b.len, &at, &e, &err), 1);
	assert_string_equal(e.name, "two");
	assert_int_equal(e.len, 2);
	assert_memory_equal(e.bytes, "22", 2);
	assert_int_equal(cpio_next(b.p, b.len, &at, &e, &err), 0);
	assert_int_equal(at, b.len);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(round_trip, setup, teardown),
	    cmocka_unit_test(bytes_of_the_format),
	    cmocka_unit_test_setup_teardown(replaces, setup, teardown),
	    cmocka_unit_test_setup_teardown(no_set_user_id, setup, teardown),
	    cmocka_unit_test_setup_teardown(links_are_not_followed, setup, teardown),
	    cmocka_unit_test_setup_teardown(names_stay_below, setup, teardown),
	    cmocka_unit_test_setup_teardown(other_kinds_are_refused, setup, teardown),
	    cmocka_unit_test(cut_anywhere),
	    cmocka_unit_test_setup_teardown(numbers_that_lie, setup, teardown),
	    cmocka_unit_test(archives_in_a_row),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
