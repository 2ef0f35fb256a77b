/* SPDX-License-Identifier: MIT */
/* test_err.c - an error's text: set, with errno's words, wrapped, cut; names of errno values */
#include "base/err.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void sets(void **state)
{
	struct err err = {0};
	(void)state;
	assert_int_equal(err_set(&err, EPIPE, "byte %d of %s", 7, "it"), -1);
	assert_int_equal(err.code, EPIPE);
	assert_string_equal(err.text, "byte 7 of it");
	assert_int_equal(err_set(&err, 0, "%s", ""), -1);
	assert_int_equal(err.code, 0);
	assert_string_equal(err.text, "");
}

static void says_errno(void **state)
{
	struct err err = {0};
	(void)state;
	assert_int_equal(err_sys(&err, ENOENT, "opening %s", "x"), -1);
	assert_int_equal(err.code, ENOENT);
	assert_string_equal(err.text, "opening x: No such file or directory");
}

static void wraps(void **state)
{
	struct err err = {0};
	(void)state;
	err_set(&err, EIO, "inner");
	assert_int_equal(err_wrap(&err, "middle %d", 2), -1);
	assert_int_equal(err_wrap(&err, "outer"), -1);
	assert_int_equal(err.code, EIO);
	assert_string_equal(err.text, "outer: middle 2: inner");
	err_set(&err, EIO, "inner");
	err_wrap(&err, "100%%");
	assert_string_equal(err.text, "100%: inner");
}

static void cuts_what_is_too_long(void **state)
{
	struct err err = {0};
	char *many = malloc(3 * ERR_TEXT + 1);
	(void)state;
	memset(many, 'x', 3 * ERR_TEXT);
	many[3 * ERR_TEXT] = '\0';
	err_set(&err, 0, "%s", many);
	assert_int_equal(strlen(err.text), ERR_TEXT - 1);
	err_wrap(&err, "front");
	assert_int_equal(strlen(err.text), ERR_TEXT - 1);
	assert_memory_equal(err.text, "front: xxx", 10);
	err_sys(&err, ENOENT, "%s", many);
	assert_int_equal(strlen(err.text), ERR_TEXT - 1);
	assert_int_equal(err.code, ENOENT);
	err_set(&err, 0, "inner");
	err_wrap(&err, "%s", many);
	assert_int_equal(strlen(err.text), ERR_TEXT - 1);
	free(many);
}

static void names(void **state)
{
	char scratch[16];
	static const int codes[] = {EPERM,    ECONNREFUSED, ETIMEDOUT, ECONNRESET,
	                            ETXTBSY,  EINPROGRESS,  EAGAIN,    ENOTSOCK,
	                            EMSGSIZE, EAFNOSUPPORT, EHOSTDOWN, ECANCELED};
	(void)state;
	assert_string_equal(err_name(ECONNREFUSED, scratch), "ECONNREFUSED");
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		assert_int_equal(err_number(err_name(codes[i], scratch)), codes[i]);
	assert_string_equal(err_name(EAGAIN, scratch), "EAGAIN");
	assert_int_equal(err_number("EWOULDBLOCK"), EAGAIN);
	assert_string_equal(err_name(4000, scratch), "E4000");
	assert_string_equal(err_name(INT32_MIN, scratch), "E-2147483648");
	assert_int_equal(err_number("ENOSUCHTHING"), 0);
	assert_int_equal(err_number("econnrefused"), 0);
	assert_int_equal(err_number("ECONNREFUSED "), 0);
	assert_int_equal(err_number(""), 0);
}

int main(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(sets),  cmocka_unit_test(says_errno),
	    cmocka_unit_test(wraps), cmocka_unit_test(cuts_what_is_too_long),
	    cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}
