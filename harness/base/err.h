/* SPDX-License-Identifier: MIT */
/*
 * err.h - one error with its cause, that gains context as it climbs
 *
 * Fallible functions take `struct err *err` last and return 0 or -1 or NULL.
 * The innermost function sets; callers may put words in front with err_wrap().
 * A struct err on the stack needs no release. err may not be NULL.
 */
#ifndef SOCKPROOF_BASE_ERR_H
#define SOCKPROOF_BASE_ERR_H

#define ERR_TEXT 1024

struct err {
	int code;            /* an errno value, or 0 where none fits */
	char text[ERR_TEXT]; /* NUL-terminated, cut when too long, no trailing newline */
};

/* Set @err to @code and a printf-style text. Returns -1, so that `return err_set(…)` reads well. */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* As err_set(), with ": " and strerror(@code) behind the text. */
int err_sys(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Put a printf-style text and ": " in front of what @err says. Returns -1. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "ECONNREFUSED" for an errno value; "E<number>" for one without a name here. Static storage or
 * @scratch. */
const char *err_name(int code, char scratch[static 16]);

/* The errno value of a name such as "ECONNREFUSED"; 0 when there is none. */
int err_number(const char *name);

#endif
