/* SPDX-License-Identifier: MIT */
/*
 * isolated.h - a cmocka group inside a process that took everything with it: namespaces of its own,
 * once as this user and once more through a user namespace
 */
#ifndef SOCKPROOF_TESTS_UNIT_ISOLATED_H
#define SOCKPROOF_TESTS_UNIT_ISOLATED_H
#include "base/err.h"
#include "world/isolate.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

#define ok(call) assert_true_with_err((call), &err, #call, __FILE__, __LINE__)

static inline void assert_true_with_err(int holds, const struct err *err, const char *what,
                                        const char *file, int line)
{
	if (!holds)
		print_error("%s: %s\n", what, err->text);
	_assert_true(holds != 0, what, file, line);
}

/* @tests runs the group in the isolated child and returns how many failed. Returns main()'s status.
 */
static inline int run_isolated_as(int (*tests)(void), bool user)
{
	struct err err = {0};
	int status;
	fflush(NULL);
	pid_t pid = isolate_fork(user, &err);
	if (pid < 0) {
		printf("skipped: %s\n", err.text);
		return 77;
	}
	if (pid == 0) {
		if (!isolate_settle(&err)) {
			printf("skipped: %s\n", err.text);
			exit(77);
		}
		exit(tests() ? 1 : 0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static inline int run_isolated(int (*tests)(void))
{
	int as_user = run_isolated_as(tests, true);
	int as_root = isolate_needs_user() ? as_user : run_isolated_as(tests, false);
	return as_root == 77 ? as_user : as_user == 77 ? as_root : as_root || as_user;
}

#endif
