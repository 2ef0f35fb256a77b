/* SPDX-License-Identifier: MIT */
/*
 * grade.h - submissions against an assignment
 *
 * Theory. Everything about the assignment is read and planned once, for all submissions alike: in
 * its jail each one's programs have the same paths. A submission is taken (copied or unpacked into
 * OUT/NAME/source), built in a case of its own (OUT/NAME/built), and then marked by the cases of
 * the tests. Cases of all submissions go through the runner together, in waves: first the builds,
 * then the tests that depend on nothing, then those that depend on these. A submission's results
 * are written whenever one of its tests has ended, whole or not at all.
 */
#ifndef SOCKPROOF_CLI_GRADE_H
#define SOCKPROOF_CLI_GRADE_H
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/runner.h"
#include "grade/marks.h"
#include "program/program.h"

struct format;

/* A case of the assignment, the same for every submission. */
struct grade_case {
	size_t test;
	struct plan_case *c;
};

enum subject_state {
	SUBJECT_RECALLED, /* the same has been marked before */
	SUBJECT_REFUSED,  /* what was handed in was not taken */
	SUBJECT_UNBUILT,  /* or did not build */
	SUBJECT_BUILT,
	SUBJECT_ERRED, /* the harness failed over it */
};

/* A submission under way. */
struct subject {
	char *name, *path;
	char *folder; /* OUT/NAME */
	enum subject_state state;
	char *why;                /* of a state that is not SUBJECT_BUILT, in a student's words */
	char *build_output;       /* or NULL */
	struct mark_case **cases; /* by test: those that have ended */
	size_t *case_counts;
	struct mark mark;           /* tests that have ended have a name */
	struct mark_class recalled; /* of SUBJECT_RECALLED: this one's marks */
};

struct grading {
	struct run_options options;
	char *assignment_path;
	char *out;     /* absolute */
	char *beside;  /* the submission, for --out that was not said; or NULL */
	char *command; /* this run, as it was typed */
	const struct format **formats;
	size_t format_count;
	char *only; /* a test's name or number; NULL: all */
	bool fresh, merge;
	uint64_t shard, shards; /* the shard-th of so many parts; 0: all */
	struct buf roster;      /* the gradebook that a platform exported */
	char *roster_name;
	uint64_t digest; /* of all that is the staff's */
	struct places places;
	struct script *script;
	struct assignment *assignment;
	struct scenario *build;
	struct plan_case *build_case;
	struct grade_case *cases;
	size_t case_count;
	size_t *levels; /* of each test: 1, or one more than those it depends on; 0: not wanted */
	size_t level_count;
	struct subject *subjects;
	size_t subject_count;
	bool interrupted;
};

/* Where the i-th of the staff's files is; free() it. */
char *grade_staff_file(const struct assignment *a, size_t i);
/* The folder that a case's directory lies in: its test's, since two tests may play the same; free()
 * it. */
char *grade_evidence(const struct subject *s, const struct grade_case *c);
/* Read the assignment and plan it. -1 to go on, or the exit status; what was wrong was said. */
int grade_plan(struct grading *g);
/* Take, build and mark all subjects. The same. */
int grade_play(struct grading *g);
/* What all marks hang on besides the submission, into @g. 0, or -1 with @err set. */
int grade_digest(struct grading *g, struct err *err);
/* 1: @s, taken, was marked before, and its marks are in s->recalled. 0: not. -1 with @err set. */
int grade_recall(struct grading *g, struct subject *s, struct err *err);
/* The marks of several runs as one. An exit status. */
int grade_merge(struct grading *g, char **folders, size_t count);
/* Results of @s as they are now. -1 to go on, or the exit status. */
int grade_write(const struct grading *g, const struct subject *s);
/* Those of the class, and a table for whoever called: an exit status, EXIT_PASSED when every test
 * passed. */
int grade_tell(struct grading *g, const struct mark_class *all);
/* OUT/report/index.html, of a run that began then (ns). -1 to go on, or the exit status. */
int grade_page(const struct grading *g, const struct mark_class *all, int64_t began);
/* All of them; free() the marks and the list of tests of each. */
struct mark *grade_marked(const struct grading *g);

#endif
