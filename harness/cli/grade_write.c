/* SPDX-License-Identifier: MIT */
/* grade_write.c - results, for platforms and for people */
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/grade.h"
#include "grade/formats.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What of @s has been marked so far, borrowed but for the list of tests: free() that. */
static struct mark marked(const struct grading *g, const struct subject *s)
{
	struct mark m = s->state == SUBJECT_RECALLED ? s->recalled.marks[0] : s->mark;

	if (s->state == SUBJECT_RECALLED) {
		m.tests = mem_copy(m.tests, m.test_count * sizeof *m.tests);
		/* handed in under another path, perhaps */
		m.path = s->path;
		m.name = s->name;
		return m;
	}
	m.tests = mem_zero(s->mark.test_count + 1, sizeof *m.tests);
	m.test_count = 0;
	for (size_t i = 0; i < s->mark.test_count; i++) {
		if (s->mark.tests[i].name)
			m.tests[m.test_count++] = s->mark.tests[i];
	}
	if (s->state == SUBJECT_BUILT)
		m.output = s->build_output && *s->build_output ? s->build_output : NULL;
	else
		m.output = s->build_output && *s->build_output ? s->build_output : s->why;
	(void)g;
	mark_sum(&m);
	return m;
}

static int write_file(const char *folder, const char *name, const struct buf *b)
{
	char *path = mem_printf("%s/%s", folder, name);
	struct err err;
	int status = -1;

	if (file_replace(path, b->p, b->len, &err) < 0)
		status = cli_complain(EXIT_ERRED, "%s; marks are not complete", err.text);
	free(path);
	return status;
}

static struct format_setting setting_of(const struct grading *g, const char *assignment)
{
	return (struct format_setting){.version = SOCKPROOF_VERSION,
	                               .assignment = assignment,
	                               /* as its runner gives them */
	                               .classroom = getenv("CLASSROOM"),
	                               .submission = getenv("SUBMISSION_TAG"),
	                               .commit = getenv("COMMIT_URL"),
	                               .release = getenv("RELEASE_URL"),
	                               .review = getenv("REVIEW_URL"),
	                               .roster = g->roster_name ? buf_text(&g->roster) : NULL,
	                               .roster_len = g->roster.len,
	                               .roster_name = g->roster_name};
}

static int write_class(const struct grading *g, const struct format *f, const char *folder,
                       const struct mark_class *c)
{
	struct format_setting s = setting_of(g, c->assignment);
	struct buf b = {0}, notes = {0};
	struct err err;
	int status;

	s.hidden_too = true;
	s.notes = &notes;
	status = f->all(c, &s, &b, &err) < 0
	             ? cli_complain(EXIT_ERRED, "--format %s: %s", f->name, err.text)
	             : write_file(folder, f->file, &b);
	if (notes.len > 0)
		cli_complain(EXIT_PASSED, "%s: %s", f->file, buf_text(&notes));
	buf_free(&notes);
	buf_free(&b);
	return status;
}

int grade_write(const struct grading *g, const struct subject *s)
{
	struct mark m = marked(g, s);
	struct mark_class one = {.assignment = g->assignment->name,
	                         .title = g->assignment->title,
	                         .marks = &m,
	                         .count = 1};
	struct format_setting setting = setting_of(g, g->assignment->name);
	int status = write_class(g, format_find("json"), s->folder, &one);

	for (size_t i = 0; i < g->format_count && status < 0; i++) {
		struct buf b = {0};
		struct err err;

		if (!g->formats[i]->one)
			continue;
		status =
		    g->formats[i]->one(&m, &setting, &b, &err) < 0
		        ? cli_complain(EXIT_ERRED, "--format %s: %s", g->formats[i]->name, err.text)
		        : write_file(s->folder, g->formats[i]->file, &b);
		buf_free(&b);
	}
	free(m.tests);
	return status;
}

static void tell_test(const struct mark_test *t)
{
	char earned[24], points[24];
	struct buf line = {0};

	mark_points_text(t->earned, earned);
	mark_points_text(t->points, points);
	text_one_line(&line, t->summary, strlen(t->summary));
	printf("  %s %5s of %-5s %s%s%s\n",
	       t->status == MARK_PASSED   ? "✓"
	       : t->status == MARK_FAILED ? "✗"
	       : t->status == MARK_ERROR  ? "!"
	                                  : "-",
	       earned, points, t->name, t->status == MARK_PASSED ? "" : ": ",
	       t->status == MARK_PASSED ? "" : buf_text(&line));
	buf_free(&line);
}

static void tell_subject(const struct mark *m)
{
	char earned[24], points[24], left[24];
	struct buf name = {0};

	mark_points_text(m->earned, earned);
	mark_points_text(m->points, points);
	mark_points_text(m->not_assessed, left);
	text_one_line(&name, m->name, strlen(m->name));
	printf("%s: %s of %s points", buf_text(&name), earned, points);
	if (m->not_assessed > 0)
		printf(", and %s that could not be assessed", left);
	printf("\n");
	for (size_t i = 0; i < m->test_count; i++)
		tell_test(&m->tests[i]);
	buf_free(&name);
}

struct mark *grade_marked(const struct grading *g)
{
	struct mark *list = mem_zero(g->subject_count + 1, sizeof *list);

	for (size_t i = 0; i < g->subject_count; i++)
		list[i] = marked(g, &g->subjects[i]);
	return list;
}

static int exit_status(const struct mark_class *all)
{
	bool failed = false;

	for (size_t i = 0; i < all->count; i++) {
		const struct mark *m = &all->marks[i];

		for (size_t k = 0; k < m->test_count; k++) {
			if (m->tests[k].status == MARK_ERROR)
				return EXIT_ERRED;
			failed |=
			    m->tests[k].status == MARK_FAILED || m->tests[k].status == MARK_NOT_RUN;
		}
	}
	return failed ? EXIT_FAILED : EXIT_PASSED;
}

int grade_tell(struct grading *g, const struct mark_class *all)
{
	struct buf lacks = {0};
	int status = -1;

	for (size_t i = 0; i < all->count; i++)
		tell_subject(&all->marks[i]);
	if (!g->merge && program_jail_lacks(&lacks) > 0)
		printf("\nnot contained as well as could be, for on this machine\n%s",
		       buf_text(&lacks));
	buf_free(&lacks);
	status = write_class(g, format_find("json"), g->options.out, all);
	for (size_t i = 0; i < g->format_count && status < 0; i++) {
		if (g->formats[i]->all)
			status = write_class(g, g->formats[i], g->options.out, all);
	}
	return status >= 0 ? status : exit_status(all);
}
