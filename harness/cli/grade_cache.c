/* SPDX-License-Identifier: MIT */
/*
 * grade_cache.c - what need not be done again, and what other machines have done
 *
 * Results know what they were made of: the submission's bytes by a digest that nobody can forge,
 * and all that is the staff's (assignment, scenarios, contract, options, this very program) by one
 * that tells versions apart. Results of the same are taken as they are.
 */
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/grade.h"
#include "grade/formats.h"
#include "grade/unpack.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MARKS_MOST ((size_t)1 << 30)

static uint64_t add_text(uint64_t digest, const char *text)
{
	/* with its end, so that two texts are not one */
	return text ? digest_add(digest, text, strlen(text) + 1) : digest;
}

static int add_file(uint64_t *digest, const char *path, struct err *err)
{
	struct buf bytes = {0};
	int r = file_read(AT_FDCWD, path, MARKS_MOST, &bytes, err);

	*digest = digest_add(*digest, bytes.p, bytes.len);
	buf_free(&bytes);
	return r;
}

int grade_digest(struct grading *g, struct err *err)
{
	uint64_t d = DIGEST_BEGIN;
	const struct scenario *last = NULL;

	d = add_text(d, g->assignment->source);
	d = add_text(d, g->only);
	d = digest_add(d, &g->options.deadline, sizeof g->options.deadline);
	for (size_t i = 0; i < g->case_count; i++) {
		const struct scenario *sc = g->cases[i].c->scenario;

		if (sc == last)
			continue;
		last = sc;
		d = add_text(d, sc->source);
		if (add_file(&d, sc->contract_path, err) < 0)
			return -1;
	}
	if (add_file(&d, "/proc/self/exe", err) < 0)
		return -1;
	g->digest = d;
	return 0;
}

/* Is everything there that would be marked now, and nothing of it this machine's doing? */
static bool complete(const struct grading *g, const struct mark *m)
{
	size_t wanted = 0;

	for (size_t i = 0; i < g->assignment->test_count; i++)
		wanted += g->levels[i] > 0;
	if (m->test_count != wanted)
		return false;
	for (size_t i = 0; i < m->test_count; i++) {
		if (m->tests[i].status == MARK_ERROR || m->tests[i].status == MARK_NOT_ASSESSED)
			return false;
	}
	return true;
}

/* The marks in @path; 0, or -1 with @err set. */
static int read_marks(const char *path, struct mark_class *out, struct err *err)
{
	struct buf text = {0};
	struct err why;
	int r = 0;

	*out = (struct mark_class){0};
	if (file_read(AT_FDCWD, path, MARKS_MOST, &text, err) < 0)
		r = -1;
	else if (marks_json_read(buf_text(&text), text.len, out, &why) < 0)
		r = err_set(err, 0, "%s: %s", path, why.text);
	buf_free(&text);
	return r < 0 ? -1 : 0;
}

int grade_recall(struct grading *g, struct subject *s, struct err *err)
{
	char *source = mem_printf("%s/source", s->folder), *path;
	struct mark_class before;
	struct err ignored;
	char hex[65];
	int r = 0;

	if (unpack_digest(source, hex, err) < 0) {
		free(source);
		return -1;
	}
	free(source);
	free(s->mark.digest);
	s->mark.digest = mem_printf("%s-%016" PRIx64, hex, g->digest);
	path = mem_printf("%s/marks.json", s->folder);
	/* results that cannot be read are none */
	if (!g->fresh && read_marks(path, &before, &ignored) == 0) {
		if (before.count == 1 && before.marks[0].digest &&
		    strcmp(before.marks[0].digest, s->mark.digest) == 0 &&
		    complete(g, &before.marks[0])) {
			s->recalled = before;
			r = 1;
		} else {
			marks_json_free(&before);
		}
	}
	free(path);
	return r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct mark *)a)->name, ((const struct mark *)b)->name);
}

static int add_class(struct mark_class *all, struct mark_class *one, const char *from)
{
	if (all->assignment && strcmp(all->assignment, one->assignment) != 0)
		return cli_complain(EXIT_USAGE,
		                    "%s is about assignment \"%s\", those before it about \"%s\"",
		                    from, one->assignment, all->assignment);
	if (!all->assignment) {
		all->assignment = mem_text(one->assignment);
		all->title = mem_text(one->title);
	}
	for (size_t i = 0; i < one->count; i++) {
		MEM_ROOM(all->marks, all->count);
		all->marks[all->count++] = one->marks[i];
	}
	one->count = 0;
	return -1;
}

int grade_merge(struct grading *g, char **folders, size_t count)
{
	struct mark_class all = {0};
	int status = -1;

	for (size_t i = 0; i < count && status < 0; i++) {
		char *path = mem_printf("%s/marks.json", folders[i]);
		struct mark_class one = {0};
		struct err err;

		if (read_marks(path, &one, &err) < 0)
			status = cli_complain(EXIT_USAGE,
			                      "--merge: %s; a folder is wanted that `sockproof "
			                      "grade --out` has filled to the end",
			                      err.text);
		else
			status = add_class(&all, &one, path);
		marks_json_free(&one);
		free(path);
	}
	if (all.count > 0)
		qsort(all.marks, all.count, sizeof *all.marks, by_name);
	for (size_t i = 1; i < all.count && status < 0; i++) {
		if (strcmp(all.marks[i].name, all.marks[i - 1].name) == 0)
			status = cli_complain(EXIT_USAGE,
			                      "--merge: \"%s\" is in two of these folders; which "
			                      "one counts is for you to say",
			                      all.marks[i].name);
	}
	for (size_t i = 0; i < g->format_count && status < 0; i++) {
		if (g->formats[i]->one)
			status = cli_complain(EXIT_USAGE,
			                      "--merge --format %s: that is a file for each "
			                      "submission; give --format to the shards",
			                      g->formats[i]->name);
	}
	if (status < 0)
		status = grade_tell(g, &all);
	marks_json_free(&all);
	return status;
}
