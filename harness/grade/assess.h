/* SPDX-License-Identifier: MIT */
/*
 * assess.h - from what became of cases to what a test is worth, in words for a student
 */
#ifndef SOCKPROOF_GRADE_ASSESS_H
#define SOCKPROOF_GRADE_ASSESS_H
#include "grade/marks.h"
#include "script/script.h"

/* A case of a submission that has ended. */
struct assess_case {
	const struct plan_case *c;
	const struct outcome *o;
	const char *said;    /* what the submission's programs printed, as text for the page; or
	                        NULL */
	const char *command; /* that repeats it at home; or NULL */
};

/* What @a tells of its case, as one of @t; nothing is taken over. */
void assess_case(const struct assignment_test *t, const struct assess_case *a,
                 struct mark_case *out);

/*
 * Status, points, summary and feedback of @m from its cases. A case that this machine could not
 * check, or in which the harness erred, is left out of the count; where none is left, the test is
 * not assessed. An error outweighs everything: then nothing is said of the program.
 */
void assess_test(const struct assignment_test *t, struct mark_test *m);

/* A test whose cases were not played. why: one line; it is not taken over. */
void assess_not_run(const struct assignment_test *t, enum mark_status status, const char *why,
                    struct mark_test *m);

#endif
