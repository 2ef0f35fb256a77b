/* SPDX-License-Identifier: MIT */
/* assess.c - see assess.h */
#include "grade/assess.h"
#include "base/mem.h"
#include <string.h>

/* Cases whose details a student is shown: the same fault looks alike in most of them. */
#define DETAILED 3

static enum mark_status status_of(enum outcome_verdict v)
{
	static const enum mark_status statuses[] = {
	    [OUTCOME_PASS] = MARK_PASSED,
	    [OUTCOME_FAIL] = MARK_FAILED,
	    [OUTCOME_SKIP] = MARK_NOT_ASSESSED,
	    [OUTCOME_ERROR] = MARK_ERROR,
	};

	return statuses[v];
}

/* "data/echo family=ipv4" */
static char *name_of(const struct plan_case *c)
{
	struct buf b = {0};

	buf_str(&b, c->scenario->name);
	for (size_t i = 0; i < c->parameter_count; i++)
		buf_printf(&b, " %s=%s", c->parameters[i].name, c->parameters[i].value);
	return buf_take(&b);
}

static void add_part(struct buf *b, const char *head, const char *text)
{
	if (!text || !*text)
		return;
	buf_printf(b, "%s%s%s%s", b->len > 0 ? "\n" : "", head, *head ? "\n" : "", text);
	if (text[strlen(text) - 1] != '\n')
		buf_str(b, "\n");
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; at && (at = strstr(at, word)) != NULL; at++) {
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	}
	return false;
}

/* Was a program of the submission in it? Else it would be points for nothing. */
static bool concerns(const struct assignment_test *t, const struct outcome *o)
{
	for (size_t i = 0; i < t->play_count; i++) {
		if (has_word(o->roles, t->plays[i]))
			return true;
	}
	return false;
}

void assess_case(const struct assignment_test *t, const struct assess_case *a,
                 struct mark_case *out)
{
	const struct outcome *o = a->o;
	struct buf details = {0};

	if (o->verdict == OUTCOME_PASS && !concerns(t, o)) {
		*out = (struct mark_case){
		    .name = name_of(a->c),
		    .status = MARK_ERROR,
		    .reason = mem_printf("the assignment is wrong: %s started no program of the "
		                         "submission, only: %s",
		                         a->c->scenario->name,
		                         o->roles && *o->roles ? o->roles : "none")};
		return;
	}

	*out = (struct mark_case){.name = name_of(a->c),
	                          .status = status_of(o->verdict),
	                          .reason = mem_text(o->verdict == OUTCOME_PASS ? ""
	                                             : o->steady                ? o->steady
	                                                                        : o->reason),
	                          .duration = o->duration};
	if (o->verdict != OUTCOME_FAIL || t->hint != HINT_FULL)
		return;
	add_part(&details, "", o->explanation);
	add_part(&details, "What crossed the wire:", o->ladder);
	add_part(&details, "What the programs printed:", a->said);
	out->details = details.len > 0 ? buf_take(&details) : NULL;
	out->command = a->command ? mem_text(a->command) : NULL;
	buf_free(&details);
}

static void begin(const struct assignment_test *t, struct mark_test *m)
{
	m->name = mem_text(t->name);
	m->number = mem_text(t->number);
	m->visibility = (enum mark_visibility)t->visibility;
	m->points = t->points;
	m->earned = 0;
	m->tags = mem_zero(t->tag_count + 1, sizeof *m->tags);
	m->tag_count = t->tag_count;
	for (size_t i = 0; i < t->tag_count; i++)
		m->tags[i] = mem_text(t->tags[i]);
}

void assess_not_run(const struct assignment_test *t, enum mark_status status, const char *why,
                    struct mark_test *m)
{
	begin(t, m);
	m->status = status;
	m->summary = mem_text(why);
	m->feedback = mem_printf("%s\n", why);
}

static size_t count(const struct mark_test *m, enum mark_status s)
{
	size_t n = 0;

	for (size_t i = 0; i < m->case_count; i++)
		n += m->cases[i].status == s;
	return n;
}

static const struct mark_case *first(const struct mark_test *m, enum mark_status s)
{
	for (size_t i = 0; i < m->case_count; i++) {
		if (m->cases[i].status == s)
			return &m->cases[i];
	}
	return NULL;
}

static const char *many(size_t n, const char *one, const char *more)
{
	return n == 1 ? one : more;
}

static char *summary_of(const struct assignment_test *t, const struct mark_test *m)
{
	size_t passed = count(m, MARK_PASSED), failed = count(m, MARK_FAILED);
	size_t left = count(m, MARK_NOT_ASSESSED);
	struct buf b = {0};

	switch (m->status) {
	case MARK_ERROR:
		buf_printf(&b, "the grader erred; this says nothing of your program: %s",
		           first(m, MARK_ERROR)->reason);
		break;
	case MARK_NOT_ASSESSED:
		buf_printf(&b, "not assessed: %s",
		           left > 0 ? first(m, MARK_NOT_ASSESSED)->reason
		                    : "no case of it concerns this program");
		break;
	case MARK_FAILED:
		if (t->hint == HINT_NONE && passed + failed > 1)
			buf_printf(&b, "failed in %zu of %zu cases", failed, passed + failed);
		else if (t->hint == HINT_NONE)
			buf_str(&b, "failed");
		else
			buf_str(&b, first(m, MARK_FAILED)->reason);
		if (t->hint != HINT_NONE && passed + failed > 1)
			buf_printf(&b, " (%zu of %zu cases failed)", failed, passed + failed);
		break;
	default:
		buf_str(&b, "passed");
		if (passed > 1)
			buf_printf(&b, " (%zu cases)", passed);
	}
	if (left > 0 && m->status != MARK_NOT_ASSESSED && m->status != MARK_ERROR)
		buf_printf(&b, "; %zu %s could not be checked on this machine and %s not count",
		           left, many(left, "case", "cases"), many(left, "does", "do"));
	return buf_take(&b);
}

static char *feedback_of(const struct assignment_test *t, const struct mark_test *m)
{
	size_t shown = 0, more = 0;
	struct buf b = {0};

	buf_printf(&b, "%s\n", m->summary);
	for (size_t i = 0; i < m->case_count && m->status == MARK_FAILED; i++) {
		const struct mark_case *c = &m->cases[i];

		if (c->status != MARK_FAILED || t->hint == HINT_NONE)
			continue;
		if (++shown > DETAILED) {
			more++;
			continue;
		}
		buf_printf(&b, "\n%s\n    %s\n", c->name, c->reason);
		if (c->details)
			buf_printf(&b, "\n%s", c->details);
		if (c->command)
			buf_printf(&b, "\nTo see it again: %s\n", c->command);
	}
	if (more > 0)
		buf_printf(&b, "\n%zu more %s failed.\n", more, many(more, "case", "cases"));
	for (size_t i = 0; i < m->case_count; i++) {
		if (m->cases[i].status == MARK_NOT_ASSESSED && m->status != MARK_NOT_ASSESSED)
			buf_printf(&b, "\nnot checked: %s: %s\n", m->cases[i].name,
			           m->cases[i].reason);
	}
	return buf_take(&b);
}

void assess_test(const struct assignment_test *t, struct mark_test *m)
{
	size_t passed = count(m, MARK_PASSED), failed = count(m, MARK_FAILED);

	begin(t, m);
	for (size_t i = 0; i < m->case_count; i++)
		m->duration += m->cases[i].duration;
	if (count(m, MARK_ERROR) > 0)
		m->status = MARK_ERROR;
	else if (passed + failed == 0)
		m->status = MARK_NOT_ASSESSED;
	else
		m->status = failed > 0 ? MARK_FAILED : MARK_PASSED;
	if (m->status == MARK_PASSED)
		m->earned = m->points;
	else if (m->status == MARK_FAILED && t->partial)
		m->earned = m->points * (int64_t)passed / (int64_t)(passed + failed);
	m->summary = summary_of(t, m);
	m->feedback = feedback_of(t, m);
}
