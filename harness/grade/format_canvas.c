/* SPDX-License-Identifier: MIT */
/*
 * format_canvas.c - a gradebook exported from Canvas, with one column filled in
 *
 * instructure/canvas-lms, lib/gradebook_importer.rb, and gradebook_exporter.rb that wrote the file:
 * - The header begins with Student, ID (or LastName, FirstName, ID), then the SIS's columns, up to
 *   Section; a student is found by ID, SIS User ID and SIS Login ID: they stay as they are.
 * - Assignments are "Name (id)". A column with another name makes a new assignment: none is made.
 * - A row "    Points Possible" (its number would become the assignment's: it stays), and one of
 *   "Manual Posting" may stand in front of the students.
 * - A cell becomes the student's grade whatever was given since the export: so columns of other
 *   assignments are left out. "EX" is excused, "N/A" not assigned: they stay.
 */
#include "base/err.h"
#include "base/mem.h"
#include "grade/csv.h"
#include "grade/formats_own.h"
#include "grade/roster.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const id_headers[] = {"ID", "SIS User ID", "SIS Login ID", "Integration ID",
                                         NULL};

/* Downloads are called lastfirst_ID_SUBMISSION_file, or lastfirst_LATE_ID_SUBMISSION_file. */
static void download(const char *name, char id[static 24])
{
	const char *at = strchr(name, '_');
	size_t digits;

	if (!at)
		return;
	at += strncmp(at, "_LATE_", 6) == 0 ? 6 : 1;
	digits = strspn(at, "0123456789");
	if (digits == 0 || digits > 20 || at[digits] != '_')
		return;
	memcpy(id, at, digits);
	id[digits] = '\0';
}

/* "Echo server (4711)" is called "Echo server". */
static bool is_called(const char *header, const char *name)
{
	size_t len = strlen(name), digits;

	if (strncmp(header, name, len) != 0)
		return false;
	if (!header[len])
		return true;
	digits = strncmp(header + len, " (", 2) == 0 ? strspn(header + len + 2, "0123456789") : 0;
	return digits > 0 && strcmp(header + len + 2 + digits, ")") == 0;
}

/* Columns behind @section that are called @name: how many; the last of them in *@column. */
static size_t count_columns(const struct csv_row *header, size_t section, const char *name,
                            size_t *column)
{
	size_t count = 0;

	for (size_t i = section + 1; name && *name && i < header->count; i++) {
		if (is_called(header->cells[i], name)) {
			*column = i;
			count++;
		}
	}
	return count;
}

static int find_column(const struct csv_row *header, size_t section, const struct mark_class *c,
                       const struct format_setting *s, size_t *column, struct err *err)
{
	const char *name = s->column ? s->column : c->title;
	size_t count = count_columns(header, section, name, column);

	if (count == 0 && !s->column) {
		name = c->assignment;
		count = count_columns(header, section, name, column);
	}
	if (count == 1)
		return 0;
	if (count == 0)
		return err_set(
		    err, ENOENT,
		    "%s has no column \"%s\": make the assignment in Canvas and export the "
		    "gradebook again, or name the column as it stands there",
		    s->roster_name, name ? name : "");
	return err_set(err, EINVAL, "%s has %zu columns \"%s\": name one with its number, \"%s\"",
	               s->roster_name, count, name, header->cells[*column]);
}

/* Names and sections are people's texts: no formulas there. */
static bool is_id(const char *header)
{
	return strcmp(header, "ID") == 0 || strcmp(header, "SIS User ID") == 0 ||
	       strcmp(header, "SIS Login ID") == 0 || strcmp(header, "Integration ID") == 0 ||
	       strcmp(header, "Root Account") == 0;
}

static void add_row(struct buf *out, const struct csv *csv, size_t at, size_t section,
                    size_t column, const char *grade)
{
	const struct csv_row *header = &csv->rows[0], *row = &csv->rows[at];

	for (size_t i = 0; i <= section; i++) {
		csv_add(out, csv_cell(row, i), csv->delimiter,
		        at == 0 || is_id(header->cells[i]) ||
		            strstr(csv_cell(row, 0), "Points Possible"));
		buf_add(out, &csv->delimiter, 1);
	}
	csv_add(out, grade ? grade : csv_cell(row, column), csv->delimiter, at == 0);
	buf_str(out, "\r\n");
}

/* The grade to be written; NULL: the cell stays. */
static const char *grade_of(const struct mark *m, const char *cell, const struct format_setting *s,
                            char text[static 24])
{
	struct formats_sum all = formats_sum(m, s, true);

	formats_note_lost(s, m);
	if (all.erred || strcasecmp(cell, "EX") == 0 || strcmp(cell, "N/A") == 0) {
		formats_note(s, "%s: Canvas' cell stays \"%s\"%s", m->name, cell,
		             all.erred ? ", since the grader failed" : "");
		return NULL;
	}
	mark_points_text(all.earned, text);
	return text;
}

/* Rows in front of the students; Canvas' points are compared with ours. */
static size_t first_student(const struct csv *csv, size_t column, const struct mark_class *c,
                            const struct format_setting *s)
{
	size_t first = 1;
	int64_t theirs;

	for (size_t i = 1; i < csv->count; i++) {
		if (!strstr(csv_cell(&csv->rows[i], 0), "Points Possible"))
			continue;
		first = i + 1;
		if (c->count > 0 && csv_thousandths(csv_cell(&csv->rows[i], column), &theirs)) {
			struct formats_sum ours = formats_sum(&c->marks[0], s, true);
			char points[24];

			mark_points_text(ours.points + ours.lost, points);
			if (theirs != ours.points + ours.lost)
				formats_note(
				    s,
				    "Canvas counts \"%s\" of %s points, the assignment has %s: "
				    "grades are written in the assignment's points",
				    csv->rows[0].cells[column], csv_cell(&csv->rows[i], column),
				    points);
		}
		break;
	}
	return first;
}

static int fill(const struct csv *csv, const struct mark_class *c, const struct format_setting *s,
                struct buf *out, struct err *err)
{
	size_t section = roster_column(csv, "Section"), column = 0;
	struct roster_columns columns = {
	    .ids = id_headers, .name = "Student", .download = download, .download_column = "ID"};
	size_t *of_row;

	if (section == ROSTER_NONE || roster_column(csv, "ID") > section)
		return err_set(
		    err, EINVAL,
		    "%s is no gradebook that Canvas exported: its first row has no ID and "
		    "Section",
		    s->roster_name);
	if (find_column(&csv->rows[0], section, c, s, &column, err) < 0)
		return -1;
	columns.first = first_student(csv, column, c, s);
	of_row = mem_zero(csv->count, sizeof *of_row);
	roster_place(c, csv, &columns, s, of_row);
	for (size_t i = 0; i < csv->count; i++) {
		char text[24];
		const char *grade = NULL;

		if (of_row[i] != ROSTER_NONE)
			grade = grade_of(&c->marks[of_row[i]], csv_cell(&csv->rows[i], column), s,
			                 text);
		add_row(out, csv, i, section, column, grade);
	}
	free(of_row);
	return 0;
}

int format_canvas(const struct mark_class *c, const struct format_setting *s, struct buf *out,
                  struct err *err)
{
	struct format_setting named = *s;
	struct csv csv;
	int rc;

	if (!s->roster)
		return err_set(
		    err, EINVAL,
		    "Canvas takes grades only with its own IDs: export the gradebook there "
		    "(Grades, Export), and give that file");
	if (!named.roster_name)
		named.roster_name = "the exported gradebook";
	if (csv_read(named.roster_name, s->roster, s->roster_len, &csv, err) < 0)
		return -1;
	rc = fill(&csv, c, &named, out, err);
	csv_free(&csv);
	return rc;
}
