/* SPDX-License-Identifier: MIT */
/*
 * formats_feedback.c - what a student, and staff, are told of a mark in words
 *
 * A case's details and command are not told here: a test's feedback has of them what the
 * assignment's level of hints lets a student read.
 */
#include "base/mem.h"
#include "grade/formats_own.h"
#include <stdarg.h>
#include <string.h>

bool formats_shown(const struct mark_test *t, const struct format_setting *s)
{
	return t->visibility == MARK_VISIBLE || s->hidden_too;
}

struct formats_sum formats_sum(const struct mark *m, const struct format_setting *s, bool all)
{
	struct formats_sum sum = {0};

	for (size_t i = 0; i < m->test_count; i++) {
		const struct mark_test *t = &m->tests[i];

		if (!all && !formats_shown(t, s))
			continue;
		sum.count++;
		sum.erred |= t->status == MARK_ERROR;
		if (t->status == MARK_ERROR || t->status == MARK_NOT_ASSESSED) {
			sum.lost += t->points;
			continue;
		}
		sum.points += t->points;
		sum.earned += t->earned;
	}
	return sum;
}

void formats_label(struct buf *out, const struct mark_test *t)
{
	if (t->number && *t->number) {
		formats_line(out, t->number);
		buf_str(out, " ");
	}
	formats_line(out, t->name);
}

/* "2 points", "1 point" */
static void add_points(struct buf *out, int64_t thousandths)
{
	char points[24];

	mark_points_text(thousandths, points);
	buf_printf(out, "%s point%s", points, thousandths == 1000 ? "" : "s");
}

static void end_line(struct buf *out)
{
	if (out->len > 0 && out->p[out->len - 1] != '\n')
		buf_str(out, "\n");
}

void formats_feedback(struct buf *out, const struct mark_test *t)
{
	size_t begin = out->len, same = strlen(t->summary);

	if (t->status == MARK_ERROR) {
		buf_str(out, "The grader itself failed here: that is not this program's fault. ");
		add_points(out, t->points);
		buf_str(out, " do not count until staff grades it again.\n");
	} else if (t->status == MARK_NOT_ASSESSED) {
		buf_str(out, "Not assessed: this machine cannot check it. ");
		add_points(out, t->points);
		buf_str(out, " do not count, neither for this program nor against it.\n");
	} else if (t->status == MARK_NOT_RUN) {
		buf_str(out, "Not run.\n");
	}
	/* feedback may well begin with the summary */
	if (same > 0 && strncmp(t->feedback, t->summary, same) != 0) {
		formats_line(out, t->summary);
		buf_str(out, "\n");
	}
	formats_text(out, t->feedback);
	if (out->len > begin)
		end_line(out);
}

/* The shown tests of one @status: how many points, and which. */
static void about_status(struct buf *out, const struct mark *m, const struct format_setting *s,
                         enum mark_status status, const char *what)
{
	int64_t points = 0;
	size_t count = 0;

	for (size_t i = 0; i < m->test_count; i++) {
		if (m->tests[i].status != status || !formats_shown(&m->tests[i], s))
			continue;
		points += m->tests[i].points;
		count++;
	}
	if (count == 0)
		return;
	add_points(out, points);
	buf_printf(out, " %s:", what);
	for (size_t i = 0; i < m->test_count; i++) {
		if (m->tests[i].status != status || !formats_shown(&m->tests[i], s))
			continue;
		buf_str(out, " ");
		formats_label(out, &m->tests[i]);
		buf_str(out, --count > 0 ? "," : ".\n");
	}
}

void formats_about(struct buf *out, const struct mark *m, const struct format_setting *s)
{
	about_status(out, m, s, MARK_ERROR,
	             "do not count, since the grader itself failed (that is not this program's "
	             "fault; ask the course's staff to grade it again)");
	about_status(out, m, s, MARK_NOT_ASSESSED,
	             "do not count, since this machine cannot check them");
	formats_text(out, m->output);
	end_line(out);
}

/* Is the line @text in @notes already? */
static bool noted(const struct buf *notes, const struct buf *text)
{
	const char *at = buf_text(notes);

	while ((at = strstr(at, buf_text(text)))) {
		if (at == notes->p || at[-1] == '\n')
			return true;
		at++;
	}
	return false;
}

void formats_note(const struct format_setting *s, const char *fmt, ...)
{
	struct buf text = {0}, line = {0};
	va_list ap;

	if (!s->notes)
		return;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	formats_line(&line, buf_text(&text));
	buf_str(&line, "\n");
	if (!noted(s->notes, &line))
		buf_add(s->notes, line.p, line.len);
	buf_free(&text);
	buf_free(&line);
}

void formats_note_hidden(const struct format_setting *s, const struct mark *m, const char *where)
{
	struct formats_sum all = formats_sum(m, s, true), shown = formats_sum(m, s, false);
	char points[24];

	if (all.count == shown.count)
		return;
	mark_points_text(all.points + all.lost - shown.points - shown.lost, points);
	formats_note(s, "%s points of tests that are not visible are not in %s", points, where);
}

void formats_note_lost(const struct format_setting *s, const struct mark *m)
{
	struct formats_sum all = formats_sum(m, s, true);
	char points[24], of[24];

	if (all.lost == 0 && !all.erred)
		return;
	mark_points_text(all.lost, points);
	mark_points_text(all.points + all.lost, of);
	formats_note(s, "%s: %s of %s points %s", m->name, points, of,
	             all.erred ? "do not count, since the grader itself failed: grade it again"
	                       : "do not count: this machine cannot check them");
}
