/* SPDX-License-Identifier: MIT */
/* marks.c - see marks.h */
#include "grade/marks.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void free_case(struct mark_case *c)
{
	free(c->name);
	free(c->reason);
	free(c->details);
	free(c->command);
}

static void free_test(struct mark_test *t)
{
	for (size_t i = 0; i < t->case_count; i++)
		free_case(&t->cases[i]);
	for (size_t i = 0; i < t->tag_count; i++)
		free(t->tags[i]);
	free(t->cases);
	free(t->tags);
	free(t->name);
	free(t->number);
	free(t->summary);
	free(t->feedback);
}

void mark_free(struct mark *m)
{
	for (size_t i = 0; i < m->test_count; i++)
		free_test(&m->tests[i]);
	free(m->tests);
	free(m->name);
	free(m->path);
	free(m->digest);
	free(m->output);
	*m = (struct mark){0};
}

const char *mark_status_text(enum mark_status s)
{
	static const char *const texts[] = {
	    [MARK_PASSED] = "passed",   [MARK_FAILED] = "failed",
	    [MARK_NOT_RUN] = "not run", [MARK_NOT_ASSESSED] = "not assessed",
	    [MARK_ERROR] = "error",
	};

	return texts[s];
}

const char *mark_visibility_text(enum mark_visibility v)
{
	static const char *const texts[] = {
	    [MARK_VISIBLE] = "visible",
	    [MARK_HIDDEN] = "hidden",
	    [MARK_AFTER_DUE_DATE] = "after_due_date",
	    [MARK_AFTER_PUBLISHED] = "after_published",
	};

	return texts[v];
}

void mark_sum(struct mark *m)
{
	m->points = m->earned = m->not_assessed = 0;
	m->erred = false;
	for (size_t i = 0; i < m->test_count; i++) {
		const struct mark_test *t = &m->tests[i];

		m->erred |= t->status == MARK_ERROR;
		if (t->status == MARK_NOT_ASSESSED || t->status == MARK_ERROR) {
			m->not_assessed += t->points;
			continue;
		}
		m->points += t->points;
		m->earned += t->earned;
	}
}

void mark_points_text(int64_t thousandths, char out[static 24])
{
	int64_t rest = thousandths % 1000;

	if (rest == 0)
		snprintf(out, 24, "%" PRId64, thousandths / 1000);
	else if (rest % 100 == 0)
		snprintf(out, 24, "%" PRId64 ".%" PRId64, thousandths / 1000, rest / 100);
	else if (rest % 10 == 0)
		snprintf(out, 24, "%" PRId64 ".%02" PRId64, thousandths / 1000, rest / 10);
	else
		snprintf(out, 24, "%" PRId64 ".%03" PRId64, thousandths / 1000, rest);
}
