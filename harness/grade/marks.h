/* SPDX-License-Identifier: MIT */
/*
 * marks.h - what grading found: of each submission, of each test
 *
 * Points are counted in thousandths, so that a sum is the same in whatever order it is made and a
 * third of ten points prints alike everywhere.
 */
#ifndef SOCKPROOF_GRADE_MARKS_H
#define SOCKPROOF_GRADE_MARKS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mark_status {
	MARK_PASSED,
	MARK_FAILED, /* in part, too: then earned is more than 0 */
	/* it does not count against the submission, nor for it: its points are reported apart */
	MARK_NOT_RUN,      /* a test that it depends on failed: its points are lost, and it is said
	                      why */
	MARK_NOT_ASSESSED, /* this machine cannot check it: taken out of what can be earned */
	MARK_ERROR,        /* the harness erred: taken out too, and the run ends with status 4 */
};

enum mark_visibility {
	MARK_VISIBLE,
	MARK_HIDDEN,
	MARK_AFTER_DUE_DATE,
	MARK_AFTER_PUBLISHED,
};

/* One case of a test. */
struct mark_case {
	char *name; /* "connect/refused family=ipv4" */
	enum mark_status status;
	char *reason;  /* in a student's words, one line; never NULL; empty for one that passed */
	char *details; /* several lines: expected and found, ladder, output; or NULL */
	char *command; /* that repeats it at home; or NULL */
	int64_t duration; /* ns */
};

struct mark_test {
	char *name, *number; /* number: "1", "2.1"; never NULL */
	enum mark_status status;
	enum mark_visibility visibility;
	int64_t points, earned; /* thousandths */
	char *summary;          /* one line for the student; never NULL */
	char *feedback;         /* all that the student may read, plain text, LF; never NULL */
	char **tags;
	size_t tag_count;
	struct mark_case *cases;
	size_t case_count;
	int64_t duration; /* ns */
};

/* One submission. Texts are any bytes as programs and file systems give them: whoever writes a
 * format makes them valid there. */
struct mark {
	char *name; /* of its folder or file, without the archive's ending */
	char *path; /* as it was given */
	char *digest;
	struct mark_test *tests;
	size_t test_count;
	char *output;   /* about all of it: build output, what was not assessed; or NULL */
	int64_t points; /* thousandths: of tests that were assessed, not run or failed */
	int64_t earned;
	int64_t not_assessed; /* thousandths of points that this machine could not check */
	bool erred;           /* a test is MARK_ERROR */
	int64_t duration;     /* ns */
	int64_t at;           /* ns since 1970, when it was graded */
};

struct mark_class {
	char *assignment, *title; /* "echo-server", its title */
	struct mark *marks;       /* sorted by name, no two alike */
	size_t count;
};

void mark_free(struct mark *m);                           /* what it holds, not itself */
const char *mark_status_text(enum mark_status s);         /* "passed", "failed", … */
const char *mark_visibility_text(enum mark_visibility v); /* as Gradescope calls them */
/* Sums and erred, from the tests. */
void mark_sum(struct mark *m);
/* "2.5", "10", "0.333": thousandths without a needless nought. */
void mark_points_text(int64_t thousandths, char out[static 24]);

#endif
