/* SPDX-License-Identifier: MIT */
/* grade_own.h - what grade_play.c and grade_build.c share; nobody else includes it */
#ifndef SOCKPROOF_CLI_GRADE_OWN_H
#define SOCKPROOF_CLI_GRADE_OWN_H
#include "cli/grade.h"
#include "program/program.h"

#define MIB ((uint64_t)1 << 20)

/* A case of a submission; no case of the assignment: its build. */
struct job {
	size_t subject;
	const struct grade_case *c;
};

/* Cases that are played together: the builds, or those of a level's tests. */
struct wave {
	struct grading *g;
	struct job *jobs;
	size_t count;
	/* of the case that is being prepared */
	struct jail_spec jail;
	char *folder, *out;
	struct subject *subject;
	int status; /* of what was written so far */
};

void subject_state(struct subject *s, enum subject_state state, const char *why);
/* What was handed in, as OUT/NAME/source; its marks, if it had them before. */
void grade_take(struct grading *g, struct subject *s);
/* For perform_setting, @arg a wave: put the source where the build may write, and take what it
 * made, as OUT/NAME/built. */
int grade_before_build(void *arg, const char *scratch, struct err *err);
int grade_after_build(void *arg, const char *scratch, struct err *err);

#endif
