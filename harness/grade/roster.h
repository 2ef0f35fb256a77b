/* SPDX-License-Identifier: MIT */
/*
 * roster.h - which row of a platform's export is whose submission
 */
#ifndef SOCKPROOF_GRADE_ROSTER_H
#define SOCKPROOF_GRADE_ROSTER_H
#include <stddef.h>
#include <stdint.h>

struct csv;
struct format_setting;
struct mark_class;

#define ROSTER_NONE SIZE_MAX

struct roster_columns {
	const char *const *ids; /* headers of columns that identify a person; NULL ends them */
	const char *name; /* header of the full name: taken where no ID is a submission's name */
	size_t first;     /* the first row of a person */
	/* the number that the platform puts into the names of downloaded submissions: within
	 * @download (a submission's name), and within the row; an empty text where there is none */
	void (*download)(const char *name, char id[static 24]);
	const char *download_column;
};

/*
 * For each row of @csv the index of its mark in @of_row (csv->count of them), ROSTER_NONE where it
 * has none. A submission fits a row when its name is one of the row's IDs, in whatever case, or is
 * what the platform calls the download; else when it is the full name. What fits nowhere, or more
 * than once, is placed nowhere, and s->notes has it.
 */
void roster_place(const struct mark_class *c, const struct csv *csv,
                  const struct roster_columns *columns, const struct format_setting *s,
                  size_t *of_row);

/* The column whose header is @header; ROSTER_NONE. */
size_t roster_column(const struct csv *csv, const char *header);

#endif
