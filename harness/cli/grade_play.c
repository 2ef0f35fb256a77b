/* SPDX-License-Identifier: MIT */
/* grade_play.c - submissions taken, built and marked, in waves */
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/grade_own.h"
#include "grade/assess.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Of what a program printed, so much is shown to a student. */
#define SAID_MOST ((size_t)8 << 10)

/* Cases ------------------------------------------------------------------------------------------
 */

char *grade_evidence(const struct subject *s, const struct grade_case *c)
{
	return c ? mem_printf("%s/evidence/%zu", s->folder, c->test + 1)
	         : mem_printf("%s/evidence", s->folder);
}

/* Called before the fork of case @index: what is set here is the child's. */
static void prepare(void *arg, size_t index, struct perform_setting *ps, const char **out)
{
	struct wave *w = arg;
	const struct assignment *a = w->g->assignment;
	struct subject *s = &w->g->subjects[w->jobs[index].subject];
	bool builds = !w->jobs[index].c;

	free(w->folder);
	free(w->out);
	w->subject = s;
	w->folder = builds ? NULL : mem_printf("%s/built", s->folder);
	w->out = grade_evidence(s, w->jobs[index].c);
	w->jail = (struct jail_spec){.folder = w->folder,
	                             .writable = builds,
	                             .memory = MIB * (builds ? a->build_memory : a->memory),
	                             .processes = builds ? 256 : a->processes,
	                             .descriptors = builds ? 1024 : a->descriptors,
	                             .file_bytes = MIB * a->file_size};
	ps->jail = &w->jail;
	if (builds) {
		ps->before = grade_before_build;
		ps->after = grade_after_build;
		ps->arg = w;
	}
	*out = w->out;
}

/* The last part of what a program printed, of the file @name in its case directory. */
static void add_said(struct buf *b, int dir, const char *name)
{
	const char *dot = strrchr(name, '.');
	struct buf bytes = {0};
	struct err err;

	if (file_read(dir, name, 64 * MIB, &bytes, &err) == 0 && bytes.len > 0) {
		size_t from = bytes.len > SAID_MOST ? bytes.len - SAID_MOST : 0;

		buf_printf(b, "[%.*s, on %s%s]\n", (int)(dot - name), name, dot + 1,
		           from > 0 ? ", its end" : "");
		for (size_t i = from; i < bytes.len; i++) {
			/* it is a text from here on */
			if (bytes.p[i] == '\0')
				buf_str(b, "\\0");
			else
				buf_add(b, &bytes.p[i], 1);
		}
		if (bytes.p[bytes.len - 1] != '\n')
			buf_str(b, "\n");
	}
	buf_free(&bytes);
}

static int is_output(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return dot && (strcmp(dot, ".stdout") == 0 || strcmp(dot, ".stderr") == 0);
}

/* What the programs of @c printed, ours too; free() it. */
static char *said(const struct subject *s, const struct grade_case *which,
                  const struct plan_case *c)
{
	char *out = grade_evidence(s, which), *folder = case_directory(c, out, NULL);
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **names = NULL;
	struct buf b = {0};
	int count = dir < 0 ? 0 : scandirat(dir, ".", &names, is_output, alphasort);

	for (int i = 0; i < count; i++) {
		add_said(&b, dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if (dir >= 0)
		close(dir);
	free(folder);
	free(out);
	return buf_take(&b);
}

static void take_build(struct subject *s, const struct plan_case *c, const struct outcome *o)
{
	free(s->build_output);
	s->build_output = said(s, NULL, c);
	if (o->verdict == OUTCOME_PASS) {
		subject_state(s, SUBJECT_BUILT, "");
	} else if (o->verdict == OUTCOME_FAIL) {
		char *why = mem_printf("%s\n%s", o->reason, s->build_output);

		subject_state(s, SUBJECT_UNBUILT, "not run, because the submission does not build");
		free(s->build_output);
		s->build_output = why;
	} else {
		subject_state(s, SUBJECT_ERRED, o->reason);
	}
}

static size_t cases_of(const struct grading *g, size_t test)
{
	size_t n = 0;

	for (size_t i = 0; i < g->case_count; i++)
		n += g->cases[i].test == test;
	return n;
}

/* A test is marked when its last case has ended. */
static void finish_test(struct wave *w, struct subject *s, size_t test)
{
	struct mark_test *m = &s->mark.tests[test];
	int status;

	m->cases = s->cases[test];
	m->case_count = s->case_counts[test];
	s->cases[test] = NULL;
	s->case_counts[test] = 0;
	assess_test(&w->g->assignment->tests[test], m);
	status = grade_write(w->g, s);
	if (status >= 0)
		w->status = status;
}

static void take_result(void *arg, size_t index, const struct plan_case *c, const struct outcome *o)
{
	struct wave *w = arg;
	struct grading *g = w->g;
	struct subject *s = &g->subjects[w->jobs[index].subject];

	if (!w->jobs[index].c) {
		take_build(s, c, o);
		return;
	}
	size_t test = w->jobs[index].c->test;
	const struct assignment_test *t = &g->assignment->tests[test];
	char *words = said(s, w->jobs[index].c, c);
	struct assess_case a = {.c = c, .o = o, .said = words};
	struct buf home = {0};

	/* as staff named it: a student has the same assignments elsewhere */
	buf_str(&home, "sockproof grade ");
	cli_quote(&home, strchr(g->assignment_path, '/') ? strrchr(g->assignment_path, '/') + 1
	                                                 : g->assignment_path);
	buf_str(&home, " . --only ");
	cli_quote(&home, t->name);
	a.command = buf_text(&home);
	MEM_ROOM(s->cases[test], s->case_counts[test]);
	assess_case(t, &a, &s->cases[test][s->case_counts[test]++]);
	buf_free(&home);
	free(words);
	if (s->case_counts[test] == cases_of(g, test))
		finish_test(w, s, test);
}

/* Play @jobs, which it frees. -1, or the exit status. */
static int play_wave(struct grading *g, const struct runner_setting *machine, struct job *jobs,
                     size_t count)
{
	struct runner_setting setting = *machine;
	struct wave w = {.g = g, .jobs = jobs, .count = count, .status = -1};
	struct plan_case **cases = mem_zero(count + 1, sizeof *cases);
	struct runner_totals totals = {0};
	struct err err;
	int r;

	for (size_t i = 0; i < count; i++)
		cases[i] = jobs[i].c ? jobs[i].c->c : g->build_case;
	setting.ladder = true;
	setting.listener =
	    (struct runner_listener){.result = take_result, .prepare = prepare, .arg = &w};
	r = count > 0 ? runner_run(g->script, cases, count, &setting, &totals, &err) : 0;
	free(cases);
	free(jobs);
	free(w.folder);
	free(w.out);
	if (r < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	g->interrupted |= totals.interrupted;
	return g->interrupted ? 130 : w.status;
}

/* Marking ----------------------------------------------------------------------------------------
 */

static int64_t now_since_1970(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void begin_mark(const struct grading *g, struct subject *s)
{
	const struct assignment *a = g->assignment;

	s->mark = (struct mark){.name = mem_text(s->name),
	                        .path = mem_text(s->path),
	                        .at = now_since_1970(),
	                        .test_count = a->test_count};
	s->mark.tests = mem_zero(a->test_count, sizeof *s->mark.tests);
	s->cases = mem_zero(a->test_count, sizeof *s->cases);
	s->case_counts = mem_zero(a->test_count, sizeof *s->case_counts);
}

/* Nothing of it can be run: each test says why. */
static int mark_unbuilt(const struct grading *g, struct subject *s)
{
	enum mark_status status = s->state == SUBJECT_ERRED ? MARK_ERROR : MARK_NOT_RUN;

	for (size_t i = 0; i < g->assignment->test_count; i++) {
		if (g->levels[i] > 0)
			assess_not_run(&g->assignment->tests[i], status, s->why, &s->mark.tests[i]);
	}
	return grade_write(g, s);
}

/* The first test that @t depends on and that failed; NULL: it can be run. */
static const struct mark_test *obstacle(const struct subject *s, const struct assignment_test *t)
{
	for (size_t i = 0; i < t->after_count; i++) {
		const struct mark_test *m = &s->mark.tests[t->after[i]];

		if (m->status == MARK_FAILED || m->status == MARK_NOT_RUN)
			return m;
	}
	return NULL;
}

static void mark_not_run(const struct grading *g, struct subject *s, size_t test,
                         const struct mark_test *before)
{
	char *why = mem_printf("not run, because \"%s\" %s", before->name,
	                       before->status == MARK_FAILED ? "failed" : "was not run");

	assess_not_run(&g->assignment->tests[test], MARK_NOT_RUN, why, &s->mark.tests[test]);
	free(why);
}

/* Can it be run? If not, that is its mark. */
static bool can_run(const struct grading *g, struct subject *s, size_t test)
{
	const struct mark_test *before = obstacle(s, &g->assignment->tests[test]);

	if (before && !s->mark.tests[test].name)
		mark_not_run(g, s, test, before);
	return !before;
}

/* The tests of that level of all who can run them; a submission's cases side by side. */
static int play_level(struct grading *g, const struct runner_setting *machine, size_t level)
{
	struct job *jobs = NULL;
	size_t count = 0;

	for (size_t i = 0; i < g->subject_count; i++) {
		struct subject *s = &g->subjects[i];

		for (size_t k = 0; k < g->case_count && s->state == SUBJECT_BUILT; k++) {
			if (g->levels[g->cases[k].test] != level ||
			    !can_run(g, s, g->cases[k].test))
				continue;
			MEM_ROOM(jobs, count);
			jobs[count++] = (struct job){.subject = i, .c = &g->cases[k]};
		}
	}
	return play_wave(g, machine, jobs, count);
}

int grade_play(struct grading *g)
{
	struct runner_setting machine = {.options = &g->options, .version = SOCKPROOF_VERSION};
	struct job *builds = NULL;
	size_t count = 0;
	int status = runner_machine(&machine);
	struct err err;

	program_jail_prepare();
	if (status < 0 && grade_digest(g, &err) < 0)
		status = cli_complain(EXIT_ERRED, "%s", err.text);
	for (size_t i = 0; i < g->subject_count && status < 0; i++) {
		begin_mark(g, &g->subjects[i]);
		grade_take(g, &g->subjects[i]);
		if (g->subjects[i].state != SUBJECT_UNBUILT)
			continue;
		MEM_ROOM(builds, count);
		builds[count++] = (struct job){.subject = i};
	}
	if (status >= 0) {
		free(builds);
		return status;
	}
	status = play_wave(g, &machine, builds, count);
	for (size_t i = 0; i < g->subject_count && status < 0; i++) {
		if (g->subjects[i].state != SUBJECT_BUILT &&
		    g->subjects[i].state != SUBJECT_RECALLED)
			status = mark_unbuilt(g, &g->subjects[i]);
	}
	for (size_t level = 1; level <= g->level_count && status < 0; level++)
		status = play_level(g, &machine, level);
	for (size_t i = 0; i < g->subject_count && status < 0; i++)
		status = grade_write(g, &g->subjects[i]);
	return status;
}
