/* SPDX-License-Identifier: MIT */
/*
 * bytes.h - expected and actual bytes one above the other, with a mark under the first that differs
 */
#ifndef SOCKPROOF_MATCH_BYTES_H
#define SOCKPROOF_MATCH_BYTES_H
#include "base/mem.h"
#include <stdbool.h>
#include <stddef.h>

/* Index of the first byte that differs; the shorter length when one begins with the other. */
size_t bytes_part(const void *a, size_t a_len, const void *b, size_t b_len);

/* Is it text: valid UTF-8 without control characters but tab and the ends of lines? */
bool bytes_are_text(const void *p, size_t len);

/*
 *   expected  …"the last line"
 *   actual    …"the lost line"
 *                    ^
 * Some bytes before and behind @at of both (which both reach), three lines without a newline behind
 * the last.
 */
void bytes_beside(struct buf *out, const void *expected, size_t expected_len, const void *actual,
                  size_t actual_len, size_t at);

/* The same as hex dumps of 16 bytes a line, with the line of @at and its neighbours. */
void bytes_dump_beside(struct buf *out, const void *expected, size_t expected_len,
                       const void *actual, size_t actual_len, size_t at);

/* One text's dump: the lines around byte @at, which is marked when @mark. */
void bytes_dump(struct buf *out, const void *p, size_t len, size_t at, bool mark);

/* @s in exactly (pad) or at most @width columns, cut with "…". */
void bytes_column(struct buf *out, const char *s, size_t width, bool pad);

#endif
