/* SPDX-License-Identifier: MIT */
/* test_mem.c - memory that is there, and bytes that grow */
#include "base/mem.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void copies(void **state)
{
	(void)state;
	char *p = mem_copy("a\0b", 3);
	assert_memory_equal(p, "a\0b", 4); /* and the NUL behind */
	free(p);
	p = mem_copy(NULL, 0);
	assert_int_equal(p[0], '\0');
	free(p);
	p = mem_text("text");
	assert_string_equal(p, "text");
	free(p);
	p = mem_printf("%s-%d", "n", 7);
	assert_string_equal(p, "n-7");
	free(p);
	p = mem_printf("%s", "");
	assert_string_equal(p, "");
	free(p);
}

static void zero_and_grow(void **state)
{
	(void)state;
	int *p = mem_zero(4, sizeof *p);
	for (int i = 0; i < 4; i++)
		assert_int_equal(p[i], 0);
	p[3] = 9;
	p = mem_grow(p, 100, sizeof *p);
	assert_int_equal(p[3], 9);
	free(p);
	p = mem_zero(0, 0); /* something that free() takes, not NULL */
	assert_non_null(p);
	free(p);
	p = mem_grow(NULL, 0, 8);
	assert_non_null(p);
	free(p);
}

static void buffers(void **state)
{
	struct buf b = {0};
	(void)state;
	assert_string_equal(buf_text(&b), "");
	buf_add(&b, NULL, 0);
	assert_string_equal(buf_text(&b), "");
	assert_non_null(b.p);
	buf_str(&b, "one ");
	buf_add(&b, "t\0o", 3);
	buf_printf(&b, " %03d", 3);
	assert_int_equal(b.len, 11);
	assert_memory_equal(b.p, "one t\0o 003", 12);
	buf_consume(&b, 0);
	assert_int_equal(b.len, 11);
	buf_consume(&b, 4);
	assert_memory_equal(b.p, "t\0o 003", 8);
	buf_consume(&b, 1000);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_text(&b), "");
	buf_str(&b, "again");
	char *taken = buf_take(&b);
	assert_string_equal(taken, "again");
	assert_null(b.p);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, 0);
	free(taken);
	taken = buf_take(&b); /* of nothing: still a text */
	assert_string_equal(taken, "");
	free(taken);
	buf_consume(&b, 3);
	buf_free(&b);
	buf_free(&b);
}

/* A NUL behind what is there, at every length; the bytes in front stay. */
static void grows_byte_by_byte(void **state)
{
	struct buf b = {0};
	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		char c = (char)('a' + i % 26);
		if (i % 2)
			buf_add(&b, &c, 1);
		else
			buf_printf(&b, "%c", c);
		assert_int_equal(b.len, i + 1);
		assert_true(b.cap > b.len);
		assert_int_equal(b.p[b.len], '\0');
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(b.p[i], (char)('a' + i % 26));
	buf_free(&b);
}

static void rooms(void **state)
{
	(void)state;
	int *list = NULL;
	for (int n = 0; n < 100; n++) {
		MEM_ROOM(list, n);
		list[n] = n;
	}
	for (int n = 0; n < 100; n++)
		assert_int_equal(list[n], n);
	free(list);
}

static void too_much_of_a_copy(void)
{
	mem_copy("", SIZE_MAX);
}

static void too_much_of_a_buffer(void)
{
	struct buf b = {0};
	buf_add(&b, "x", SIZE_MAX);
}

static void product_too_large(void)
{
	mem_grow(NULL, SIZE_MAX / 2, 4);
}

/* Where memory ends the process does, by SIGABRT. */
static void aborts(void **state)
{
	static void (*const ends[])(void) = {too_much_of_a_copy, too_much_of_a_buffer,
	                                     product_too_large};
	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		int status;
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			struct rlimit none = {0};
			setrlimit(RLIMIT_CORE, &none);
			signal(SIGABRT, SIG_DFL); /* not cmocka's */
			if (!freopen("/dev/null", "w", stderr))
				_exit(3);
			ends[i]();
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		/* AddressSanitizer refuses such a size before us, and ends by exit */
		if (WIFSIGNALED(status))
			assert_int_equal(WTERMSIG(status), SIGABRT);
		else
			assert_true(WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 3);
	}
}

int main(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(copies),  cmocka_unit_test(zero_and_grow),
	    cmocka_unit_test(buffers), cmocka_unit_test(grows_byte_by_byte),
	    cmocka_unit_test(rooms),   cmocka_unit_test(aborts),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}
