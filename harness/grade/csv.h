/* SPDX-License-Identifier: MIT */
/*
 * csv.h - comma-separated values as RFC 4180 has them, read and written
 *
 * Read: what learning platforms export, so a byte order mark, semicolons or tabs instead of commas,
 * and bare newlines are taken. Written: CR LF, and no cell that a spreadsheet takes for a formula.
 */
#ifndef SOCKPROOF_GRADE_CSV_H
#define SOCKPROOF_GRADE_CSV_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

struct csv_row {
	char **cells;
	size_t count;
	size_t line; /* where it begins; the first is 1 */
};

struct csv {
	struct csv_row *rows; /* blank lines are none */
	size_t count;
	char delimiter; /* ',', ';' or tab: whichever the first row has most of */
};

/* Read @len bytes. @name: of the file, for messages. -1 with @err set and @out empty: no UTF-8, a
 * quote that is not closed, or none of RFC 4180's. */
int csv_read(const char *name, const char *text, size_t len, struct csv *out, struct err *err);
void csv_free(struct csv *c); /* what it holds, not itself */

const char *csv_cell(const struct csv_row *r, size_t column); /* "" where it has none */

/*
 * Add @s as one cell, quoted where that is needed. What a spreadsheet would take for a formula
 * (=, +, -, @, tab or CR in front; a number is none) gets ' in front, unless it is @kept as it is.
 */
void csv_add(struct buf *out, const char *s, char delimiter, bool kept);

/* "10", "10.00", "2,5" in thousandths. False when it is none. */
bool csv_thousandths(const char *s, int64_t *value);

#endif
