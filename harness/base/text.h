/* SPDX-License-Identifier: MIT */
/*
 * text.h - bytes made safe to print, numbers and durations read strictly
 */
#ifndef SOCKPROOF_BASE_TEXT_H
#define SOCKPROOF_BASE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

/*
 * Add @len bytes as a C-like literal's inside: \n \t \r \0 \\ \" and \xNN for control bytes, for
 * whatever is not valid UTF-8, and for each byte of what controls the direction or the lines of a
 * text or is not seen (U+202E, U+2028, U+200B, …). What comes out is one line of valid UTF-8,
 * harmless on a terminal. max: bytes of input shown at the most, "…" behind it when cut; 0 for all.
 */
void text_escape(struct buf *out, const void *p, size_t len, size_t max);

/*
 * As text_escape(), but quotes and backslashes stay as they are: for people, since nobody can read
 * these escapes back.
 */
void text_one_line(struct buf *out, const void *p, size_t len);

/*
 * Undo text_escape(): @len characters of @s into bytes in @out.
 * Returns 0, or -1 with @err set and *@at the offset of the bad escape.
 */
int text_unescape(struct buf *out, const char *s, size_t len, size_t *at, struct err *err);

/* A whole decimal number, nothing around it. Returns false when it is none or does not fit. */
bool text_u64(const char *s, size_t len, uint64_t *value);

/* "40ms" "1s" "1.5s" "250us" "10ns" into nanoseconds. Returns false when it is none. */
bool text_duration(const char *s, size_t len, int64_t *ns);

/* "1.500 s", "40.0 ms", "12 us": as a person would write @ns. */
void text_ns(struct buf *out, int64_t ns);

/* How many bytes have to be put in, taken out or changed to make @b of @a. */
size_t text_distance(const char *a, const char *b);

/*
 * May @word have been meant for @known, and is that nearer than *@least? Then *@least becomes the
 * distance. SIZE_MAX to begin with.
 */
bool text_alike(const char *word, const char *known, size_t *least);

/* Add @s with what HTML takes for its own escaped, for a text or a quoted attribute. */
void text_html(struct buf *out, const char *s);

/* Columns that @s takes on a terminal: its UTF-8 code points. */
size_t text_width(const char *s);
/* Add no more than @columns of @s; a text that is cut ends in "…". */
void text_cut(struct buf *out, const char *s, size_t columns);

#endif
