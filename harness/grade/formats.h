/* SPDX-License-Identifier: MIT */
/*
 * formats.h - marks as the platforms want them: one function a format, and a table of them
 *
 * Every format is valid UTF-8 whatever programs, folders and rosters had in their names and output:
 * bytes that are not UTF-8 come as U+FFFD, control characters (a terminal's escapes) in words as
 * \x1b, text stays text. Numbers come from thousandths, without binary noise, and are never NaN.
 *
 * What a student may not see: tests that are not MARK_VISIBLE are named to Gradescope alone, which
 * knows how to hide them; everywhere else where a student reads, they are neither named nor counted
 * (their points would give them away), and @notes says so to staff. CSV holds the whole grade:
 * staff decides when it is shown. Points that could not be assessed, and those that the harness
 * itself lost (MARK_ERROR), are said in words and never counted as a student's loss.
 */
#ifndef SOCKPROOF_GRADE_FORMATS_H
#define SOCKPROOF_GRADE_FORMATS_H
#include "grade/marks.h"
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/* What comes from outside. Strings are borrowed; NULL: not given. */
struct format_setting {
	const char *version;    /* of sockproof */
	const char *kernel;     /* JUnit's property */
	const char *assignment; /* "echo-server": check50's slug, Classroom 50's assignment */
	/* name and count tests that are not visible, too: the file is for staff alone. Gradescope
	 * and Moodle do not look at it: what they are given of a test they show to its student */
	bool hidden_too;

	/* Classroom 50: what its runner gives in CLASSROOM, SUBMISSION_TAG, COMMIT_URL, RELEASE_URL
	 * and REVIEW_URL; without a review, the commit is it */
	const char *classroom, *submission, *commit, *release, *review;
	/* its scores are whole numbers: 10 makes 25 of 2.5 points; 0: the least of 1, 10, 100, 1000
	 * that makes the points of all tests whole, which is the same for the whole class */
	int scale;

	/* Canvas, Moodle: the exported gradebook, the grading worksheet */
	const char *roster;
	size_t roster_len;
	const char *roster_name;     /* of its file, for messages */
	const char *column;          /* to be filled; NULL: the title's or assignment's; "Grade" */
	const char *feedback_column; /* Moodle; NULL: "Feedback comments" */

	struct buf *notes; /* lines for staff: what could not be placed or said; may be NULL */
};

typedef int format_one(const struct mark *m, const struct format_setting *s, struct buf *out,
                       struct err *err);
typedef int format_all(const struct mark_class *c, const struct format_setting *s, struct buf *out,
                       struct err *err);

/* Each adds a whole file to @out. 0, or -1 with @err set and @out as it was. */
format_one format_gradescope, format_classroom50, format_prairielearn, format_autolab,
    format_check50;
format_all format_junit, format_canvas, format_moodle, format_json;

struct format {
	const char *name; /* for --format */
	const char *file; /* as it is usually called */
	const char *what; /* a line for --help */
	format_one *one;  /* a file for each submission; or NULL, and then all is set: */
	format_all *all;  /* one for the class */
};

extern const struct format formats[];
extern const size_t format_count;
const struct format *format_find(const char *name); /* NULL: none such */

/*
 * Read what format_json() wrote, and nothing else: every type, limit and sum is looked at. 0 with
 * @out to be given to marks_json_free(), or -1 with @err set, which names the place
 * ("marks[2].tests[0].points: …"), and @out empty.
 */
int marks_json_read(const char *text, size_t len, struct mark_class *out, struct err *err);
void marks_json_free(struct mark_class *c); /* what it holds, not itself */

#endif
