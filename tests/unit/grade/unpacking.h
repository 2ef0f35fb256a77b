/* SPDX-License-Identifier: MIT */
/* unpacking.h - a submission is tried in a folder of the test's own, and what came of it is seen */
#ifndef SOCKPROOF_TESTS_UNIT_GRADE_UNPACKING_H
#define SOCKPROOF_TESTS_UNIT_GRADE_UNPACKING_H
#include "base/err.h"
#include "base/mem.h"
#include "grade/unpack.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Each test runs in a folder of its own, which is the working directory; "into" is the target. */
static inline int setup(void **state)
{
	char *path = strdup("/tmp/sockproof-unpack-XXXXXX");

	*state = path;
	umask(022);
	return mkdtemp(path) && chmod(path, 0755) == 0 && chdir(path) == 0 ? 0 : -1;
}

static inline void run(const char *line)
{
	if (system(line) != 0)
		fail_msg("%s", line);
}

static inline int teardown(void **state)
{
	char line[128];
	int rc;

	snprintf(line, sizeof line, "chmod -R u+rwx %s; rm -rf %s", (char *)*state, (char *)*state);
	rc = chdir("/") == 0 ? system(line) : -1;
	free(*state);
	return rc;
}

static inline void write_file(const char *name, const void *p, size_t len)
{
	FILE *f = fopen(name, "we");

	if (!f || fwrite(p, 1, len, f) != len || fclose(f) != 0)
		fail_msg("%s: %s", name, strerror(errno));
}

static inline void text_file(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static inline enum unpack_result try_within(const char *path, const struct unpack_limits *limits,
                                            char **refusal)
{
	struct err err = {0};
	enum unpack_result r;

	run("rm -rf into && mkdir into");
	r = unpack(path, "into", limits, refusal, &err);
	if (r == UNPACK_FAILED)
		fail_msg("%s: %s", path, err.text);
	if ((r == UNPACK_REFUSED) != (*refusal != NULL))
		fail_msg("%s: %d and \"%s\"", path, r, *refusal ? *refusal : "");
	return r;
}

static inline void takes_within(const char *path, const struct unpack_limits *limits)
{
	char *refusal;

	if (try_within(path, limits, &refusal) != UNPACK_DONE)
		fail_msg("%s: %s", path, refusal);
}

static inline void takes(const char *path)
{
	takes_within(path, &unpack_usual);
}

static inline void refuses_within(const char *path, const struct unpack_limits *limits,
                                  const char *text)
{
	char *refusal;

	if (try_within(path, limits, &refusal) != UNPACK_REFUSED)
		fail_msg("%s was taken; expected: %s", path, text);
	if (strcmp(refusal, text) != 0)
		fail_msg("%s: \"%s\" is not: %s", path, refusal, text);
	free(refusal);
}

static inline void refuses(const char *path, const char *text)
{
	refuses_within(path, &unpack_usual, text);
}

/* As refuses(); @text is how it begins, since the rest is libarchive's. */
static inline void refuses_as(const char *path, const char *text)
{
	char *refusal;

	if (try_within(path, &unpack_usual, &refusal) != UNPACK_REFUSED)
		fail_msg("%s was taken; expected: %s", path, text);
	if (strncmp(refusal, text, strlen(text)) != 0 || strchr(refusal, '\n'))
		fail_msg("%s: \"%s\" does not begin with: %s", path, refusal, text);
	free(refusal);
}

/* All that is in the target: "MODE PATH\n" sorted; modes in octal with the kind. */
static inline void target_is(const char *expected)
{
	struct buf found = {0};
	char part[4096];
	size_t n;
	FILE *f =
	    popen("cd into && find . -mindepth 1 -printf '%m %y %P\\n' | LC_ALL=C sort -k3", "re");

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&found, part, n);
	assert_int_equal(pclose(f), 0);
	assert_string_equal(buf_text(&found), expected);
	buf_free(&found);
}

static inline void file_is(const char *path, const char *text)
{
	char got[256] = "";
	FILE *f = fopen(path, "re");

	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	got[fread(got, 1, sizeof got - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, text);
}

#endif
