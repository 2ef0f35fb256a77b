/* SPDX-License-Identifier: MIT */
/*
 * formats_own.h - what the formats share: text made safe, numbers, what a student is told
 */
#ifndef SOCKPROOF_GRADE_FORMATS_OWN_H
#define SOCKPROOF_GRADE_FORMATS_OWN_H
#include "grade/formats.h"
#include <jansson.h>

struct buf;
struct err;

/* Add @s (NULL: nothing) as valid UTF-8 of several lines: what is not UTF-8, and noncharacters, as
 * U+FFFD; control characters but tab and newline, and those that turn the direction of text, in
 * words (\x1b, \u202e); CR LF as newline. Doing it twice changes nothing more. */
void formats_text(struct buf *out, const char *s);
/* As formats_text(), and of one line: tab, CR and newline in words, too. */
void formats_line(struct buf *out, const char *s);
/* Cut @b to at most @most bytes, not within a character, and say so behind it. True when it was. */
bool formats_cut(struct buf *b, size_t most);
/* The length of the well-formed UTF-8 sequence at @p, its character in *@c; 0: none. */
size_t formats_utf8(const char *p, uint32_t *c);

/* A JSON object or array under way. A failure is kept until formats_dump(). */
struct formats_json {
	bool broken; /* no memory */
};
void formats_set(struct formats_json *j, json_t *object, const char *key, json_t *value);
void formats_append(struct formats_json *j, json_t *array, json_t *value);
json_t *formats_json_text(const char *s);
json_t *formats_json_line(const char *s);
json_t *formats_number(int64_t thousandths); /* 2, 2.5, 0.333 */
/* Add @root's text and a newline; @flags: jansson's. Releases @root. */
int formats_dump(struct formats_json *j, json_t *root, size_t flags, struct buf *out,
                 struct err *err);

/* Is @t named and counted where a student reads? */
bool formats_shown(const struct mark_test *t, const struct format_setting *s);

struct formats_sum {
	int64_t points, earned; /* thousandths, of what was assessed */
	int64_t lost;           /* of what was not assessed, and where the harness erred */
	size_t count;           /* tests */
	bool erred;
};
/* Of the tests that are shown; of all with @all. */
struct formats_sum formats_sum(const struct mark *m, const struct format_setting *s, bool all);

/* "2.1 echoes bytes", or only the name. */
void formats_label(struct buf *out, const struct mark_test *t);
/* What the student reads of one test, with a newline at its end; nothing when there is nothing. */
void formats_feedback(struct buf *out, const struct mark_test *t);
/* What the student reads about all of it: what was not assessed, and the submission's output. */
void formats_about(struct buf *out, const struct mark *m, const struct format_setting *s);

/* A line for staff; the same line comes once. */
void formats_note(const struct format_setting *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A note of the tests that are neither named nor counted in @where. */
void formats_note_hidden(const struct format_setting *s, const struct mark *m, const char *where);
/* A note of the points that were not assessed. */
void formats_note_lost(const struct format_setting *s, const struct mark *m);

#endif
