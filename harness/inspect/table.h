/* SPDX-License-Identifier: MIT */
/*
 * table.h - conversations for people and for programs: aligned text, JSON, CSV
 *
 * What is written is harmless on a terminal and in a spreadsheet, whatever the file was called.
 */
#ifndef SOCKPROOF_INSPECT_TABLE_H
#define SOCKPROOF_INSPECT_TABLE_H
#include "inspect/inspect.h"
#include <stdio.h>

struct table {
	const char *name;         /* of the capture, as it was asked for */
	const size_t *flows;      /* indexes, in the order in which they are shown */
	size_t count;             /* of them */
	const struct err *broken; /* why the capture was not read to its end; NULL: it was */
};

/* Each writes all of it; ferror(3) tells whether it arrived. */
void table_text(FILE *out, const struct inspection *i, const struct table *t);
void table_json(FILE *out, const struct inspection *i, const struct table *t);
void table_csv(FILE *out, const struct inspection *i, const struct table *t);

#endif
