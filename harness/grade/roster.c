/* SPDX-License-Identifier: MIT */
/* roster.c - see roster.h */
#include "grade/roster.h"
#include "base/mem.h"
#include "grade/csv.h"
#include "grade/formats_own.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TWICE (SIZE_MAX - 1) /* of_row: two submissions fit the row */

size_t roster_column(const struct csv *csv, const char *header)
{
	for (size_t i = 0; csv->count > 0 && header && i < csv->rows[0].count; i++) {
		if (strcmp(csv->rows[0].cells[i], header) == 0)
			return i;
	}
	return ROSTER_NONE;
}

static bool same(const struct csv_row *row, size_t column, const char *text)
{
	const char *cell = column == ROSTER_NONE ? "" : csv_cell(row, column);

	return *cell && strcasecmp(cell, text) == 0;
}

/* Is @id the number at the end of the cell ("4711", "Participant 4711")? */
static bool ends_in(const struct csv_row *row, size_t column, const char *id)
{
	const char *cell = column == ROSTER_NONE ? "" : csv_cell(row, column);
	size_t len = strlen(cell), want = strlen(id);

	if (want == 0 || len < want || strcmp(cell + len - want, id) != 0)
		return false;
	return len == want || cell[len - want - 1] < '0' || cell[len - want - 1] > '9';
}

static bool fits(const struct csv *csv, const struct csv_row *row,
                 const struct roster_columns *columns, const char *name)
{
	char id[24] = "";

	for (const char *const *header = columns->ids; *header; header++) {
		if (same(row, roster_column(csv, *header), name))
			return true;
	}
	columns->download(name, id);
	return ends_in(row, roster_column(csv, columns->download_column), id);
}

/* The only row that fits @name; ROSTER_NONE, and TWICE where there are more. */
static size_t find_row(const struct csv *csv, const struct roster_columns *columns,
                       const char *name)
{
	size_t full = roster_column(csv, columns->name), found = ROSTER_NONE;

	for (int by_name = 0; by_name < 2 && found == ROSTER_NONE; by_name++) {
		for (size_t i = columns->first; i < csv->count; i++) {
			const struct csv_row *row = &csv->rows[i];

			if (by_name ? same(row, full, name) : fits(csv, row, columns, name))
				found = found == ROSTER_NONE ? i : TWICE;
		}
	}
	return found;
}

void roster_place(const struct mark_class *c, const struct csv *csv,
                  const struct roster_columns *columns, const struct format_setting *s,
                  size_t *of_row)
{
	const char *file = s->roster_name ? s->roster_name : "the exported file";

	for (size_t i = 0; i < csv->count; i++)
		of_row[i] = ROSTER_NONE;
	for (size_t i = 0; i < c->count; i++) {
		const char *name = c->marks[i].name;
		size_t row = find_row(csv, columns, name);

		if (row == ROSTER_NONE) {
			formats_note(
			    s, "%s: no row of %s is this submission's: it gets no grade there",
			    name, file);
		} else if (row == TWICE) {
			formats_note(s, "%s: more than one row of %s fits: it gets no grade there",
			             name, file);
		} else if (of_row[row] != ROSTER_NONE) {
			formats_note(s,
			             "%s: line %zu of %s fits another submission, too: neither "
			             "gets a grade there",
			             name, csv->rows[row].line, file);
			of_row[row] = TWICE;
		} else {
			of_row[row] = i;
		}
	}
	for (size_t i = 0; i < csv->count; i++)
		of_row[i] = of_row[i] == TWICE ? ROSTER_NONE : of_row[i];
}
