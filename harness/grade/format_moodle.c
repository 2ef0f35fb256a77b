/* SPDX-License-Identifier: MIT */
/*
 * format_moodle.c - Moodle's offline grading worksheet, with grades and feedback filled in
 *
 * moodle/moodle, mod/assign/feedback/offline/importgradeslib.php and locallib.php, and
 * feedback/comments/locallib.php:
 * - Columns Identifier ("Participant 4711"), Grade and Last modified (grade) have to be there, in
 *   the site's language; other columns are feedback, or are not looked at: those are left out.
 * - A grade above the assignment's maximum is skipped without a word; so is one that was changed
 *   since, by Last modified (grade), which therefore stays as it is.
 * - Feedback is written without a grade, too, and that makes a grade of its own: both are filled
 *   in, or neither.
 * - Feedback comments are kept as HTML (FORMAT_HTML): what programs printed is escaped.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "grade/csv.h"
#include "grade/formats_own.h"
#include "grade/roster.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Spreadsheets take 32,767 characters in a cell, and break the row of a longer one. */
#define MOST_CELL 32700

enum { IDENTIFIER, NAME, EMAIL, MAXIMUM, GRADE, MODIFIED, FEEDBACK, COLUMNS };

struct sheet {
	const struct csv *csv;
	size_t column[COLUMNS]; /* ROSTER_NONE: not there */
};

static const char *const id_headers[] = {"Identifier", "ID number", "Username", "Email address",
                                         NULL};

/* Downloads are called Full name_4711_assignsubmission_file. */
static void download(const char *name, char id[static 24])
{
	const char *end = strstr(name, "_assignsubmission_"), *at = end;

	while (at && at > name && at[-1] >= '0' && at[-1] <= '9')
		at--;
	if (!at || at == end || end - at > 20)
		return;
	memcpy(id, at, (size_t)(end - at));
	id[end - at] = '\0';
}

static int find_columns(struct sheet *sheet, const struct format_setting *s, struct err *err)
{
	const char *const headers[COLUMNS] = {
	    [IDENTIFIER] = "Identifier",
	    [NAME] = "Full name",
	    [EMAIL] = "Email address",
	    [MAXIMUM] = "Maximum Grade",
	    [GRADE] = s->column ? s->column : "Grade",
	    [MODIFIED] = "Last modified (grade)",
	    [FEEDBACK] = s->feedback_column ? s->feedback_column : "Feedback comments",
	};

	for (int i = 0; i < COLUMNS; i++) {
		sheet->column[i] = roster_column(sheet->csv, headers[i]);
		if (sheet->column[i] == ROSTER_NONE &&
		    (i == IDENTIFIER || i == GRADE || i == MODIFIED))
			return err_set(
			    err, EINVAL,
			    "%s has no column \"%s\": it has to be the grading worksheet "
			    "that Moodle exports (in English)",
			    s->roster_name, headers[i]);
	}
	if (sheet->column[FEEDBACK] == ROSTER_NONE)
		formats_note(s,
		             "%s has no column \"%s\": grades go without feedback. Switch on "
		             "Feedback comments in the assignment, and export again",
		             s->roster_name, headers[FEEDBACK]);
	return 0;
}

/* Students read it, whoever writes the file: tests that are not visible are never named. */
static void plain_feedback(struct buf *out, const struct mark *m)
{
	const struct format_setting student = {.hidden_too = false};

	formats_about(out, m, &student);
	for (size_t i = 0; i < m->test_count; i++) {
		const struct mark_test *t = &m->tests[i];
		char earned[24], points[24];

		if (!formats_shown(t, &student))
			continue;
		mark_points_text(t->earned, earned);
		mark_points_text(t->points, points);
		buf_printf(out, "%s%s: ", out->len ? "\n" : "", mark_status_text(t->status));
		formats_label(out, t);
		if (t->status != MARK_NOT_ASSESSED && t->status != MARK_ERROR)
			buf_printf(out, " (%s of %s points)", earned, points);
		buf_str(out, "\n");
		formats_feedback(out, t);
	}
}

/* As HTML, cut until it has room in a cell. */
static void add_feedback(struct buf *out, const struct mark *m, const struct format_setting *s)
{
	struct buf plain = {0}, html = {0};
	bool cut = false;

	plain_feedback(&plain, m);
	for (size_t most = MOST_CELL; most > 0; most /= 2) {
		struct buf part = {0};

		buf_add(&part, buf_text(&plain), plain.len);
		cut |= formats_cut(&part, most);
		buf_consume(&html, html.len);
		buf_str(&html, "<pre>");
		text_html(&html, buf_text(&part));
		buf_str(&html, "</pre>");
		buf_free(&part);
		if (html.len <= MOST_CELL)
			break;
	}
	if (cut)
		formats_note(
		    s, "%s: feedback is cut: a spreadsheet's cell has room for 32,767 characters",
		    m->name);
	buf_add(out, buf_text(&html), html.len);
	buf_free(&plain);
	buf_free(&html);
}

static void add_row(struct buf *out, const struct sheet *sheet, size_t at, const struct mark *m,
                    const struct format_setting *s)
{
	const struct csv_row *row = &sheet->csv->rows[at];
	const char *gap = "";
	const char delimiter[] = {sheet->csv->delimiter, '\0'};

	for (int i = 0; i < COLUMNS; i++) {
		struct buf cell = {0};
		/* names and addresses are people's texts; the rest came from Moodle's staff */
		bool kept = at == 0 || (i != NAME && i != EMAIL);

		if (sheet->column[i] == ROSTER_NONE)
			continue;
		buf_add(&cell, "", 0);
		if (m && i == GRADE) {
			char text[24];

			mark_points_text(formats_sum(m, s, true).earned, text);
			buf_str(&cell, text);
		} else if (m && i == FEEDBACK) {
			add_feedback(&cell, m, s);
		} else {
			buf_str(&cell, csv_cell(row, sheet->column[i]));
		}
		buf_str(out, gap);
		csv_add(out, buf_text(&cell), sheet->csv->delimiter, kept);
		buf_free(&cell);
		gap = delimiter;
	}
	buf_str(out, "\r\n");
}

/* A grade above Moodle's maximum would be skipped there. */
static void note_maximum(const struct sheet *sheet, size_t at, const struct mark *m,
                         const struct format_setting *s)
{
	struct formats_sum ours = formats_sum(m, s, true);
	const char *cell = csv_cell(&sheet->csv->rows[at], sheet->column[MAXIMUM]);
	char points[24];
	int64_t theirs;

	mark_points_text(ours.points + ours.lost, points);
	if (csv_thousandths(cell, &theirs) && theirs != ours.points + ours.lost)
		formats_note(
		    s,
		    "Moodle's maximum is %s, the assignment has %s points: grades are written "
		    "in the assignment's points, and Moodle skips those above its maximum",
		    cell, points);
}

static int fill(struct sheet *sheet, const struct mark_class *c, const struct format_setting *s,
                struct buf *out, struct err *err)
{
	const struct roster_columns columns = {.ids = id_headers,
	                                       .name = "Full name",
	                                       .first = 1,
	                                       .download = download,
	                                       .download_column = "Identifier"};
	size_t *of_row;

	if (find_columns(sheet, s, err) < 0)
		return -1;
	of_row = mem_zero(sheet->csv->count, sizeof *of_row);
	roster_place(c, sheet->csv, &columns, s, of_row);
	for (size_t i = 0; i < sheet->csv->count; i++) {
		const struct mark *m = of_row[i] == ROSTER_NONE ? NULL : &c->marks[of_row[i]];

		if (m) {
			formats_note_lost(s, m);
			note_maximum(sheet, i, m, s);
		}
		if (m && formats_sum(m, s, true).erred) {
			formats_note(s, "%s: Moodle's row stays as it is, since the grader failed",
			             m->name);
			m = NULL;
		}
		add_row(out, sheet, i, m, s);
	}
	free(of_row);
	return 0;
}

int format_moodle(const struct mark_class *c, const struct format_setting *s, struct buf *out,
                  struct err *err)
{
	struct format_setting named = *s;
	struct sheet sheet = {0};
	struct csv csv;
	int rc;

	if (!s->roster)
		return err_set(
		    err, EINVAL,
		    "Moodle takes grades only with its own participants: download the grading "
		    "worksheet of the assignment there, and give that file");
	if (!named.roster_name)
		named.roster_name = "the grading worksheet";
	if (csv_read(named.roster_name, s->roster, s->roster_len, &csv, err) < 0)
		return -1;
	sheet.csv = &csv;
	rc = fill(&sheet, c, &named, out, err);
	csv_free(&csv);
	return rc;
}
