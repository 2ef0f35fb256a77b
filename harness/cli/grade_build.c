/* SPDX-License-Identifier: MIT */
/* grade_build.c - a submission from how it was handed in to what can be run */
#include "base/err.h"
#include "base/mem.h"
#include "cli/grade_own.h"
#include "grade/stage.h"
#include "grade/unpack.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Taking -----------------------------------------------------------------------------------------
 */

char *grade_staff_file(const struct assignment *a, size_t i)
{
	const char *value = a->files[i].value, *slash = strrchr(a->path, '/');

	if (value[0] == '/' || !slash)
		return mem_text(value);
	return mem_printf("%.*s/%s", (int)(slash - a->path), a->path, value);
}

static int put_staff_files(const struct grading *g, const char *into, struct err *err)
{
	const struct assignment *a = g->assignment;
	int r = 0;

	for (size_t i = 0; i < a->file_count && r == 0; i++) {
		char *from = grade_staff_file(a, i);

		r = stage_put(from, into, a->files[i].name, err);
		free(from);
	}
	return r;
}

void subject_state(struct subject *s, enum subject_state state, const char *why)
{
	s->state = state;
	free(s->why);
	s->why = mem_text(why);
}

static void recall(struct grading *g, struct subject *s)
{
	struct err err;
	int r = grade_recall(g, s, &err);

	subject_state(s,
	              r < 0   ? SUBJECT_ERRED
	              : r > 0 ? SUBJECT_RECALLED
	                      : SUBJECT_UNBUILT,
	              r < 0 ? err.text : "");
}

/* What was handed in, as OUT/NAME/source. */
void grade_take(struct grading *g, struct subject *s)
{
	char *source = mem_printf("%s/source", s->folder), *refusal = NULL;
	enum unpack_result r = UNPACK_FAILED;
	struct err err = {0};

	if (stage_empty(source, &err) == 0)
		r = unpack(s->path, source, &unpack_usual, &refusal, &err);
	if (r == UNPACK_DONE && put_staff_files(g, source, &err) < 0)
		r = UNPACK_FAILED;
	if (r == UNPACK_REFUSED)
		subject_state(s, SUBJECT_REFUSED, refusal);
	else if (r == UNPACK_FAILED)
		subject_state(s, SUBJECT_ERRED, err.text);
	else
		recall(g, s);
	free(refusal);
	free(source);
}

/* Building ---------------------------------------------------------------------------------------
 */

/* In the case's process: the source goes to where the build may write and fill nothing else. */
int grade_before_build(void *arg, const char *scratch, struct err *err)
{
	struct wave *w = arg;
	char *source = mem_printf("%s/source", w->subject->folder), *refusal = NULL;
	enum unpack_result r = UNPACK_FAILED;

	w->folder = mem_printf("%s/submission", scratch);
	w->jail.folder = w->folder;
	if (mkdir(w->folder, 0755) < 0)
		err_sys(err, errno, "%s", w->folder);
	else
		r = unpack(source, w->folder, &unpack_usual, &refusal, err);
	if (r == UNPACK_REFUSED)
		err_set(err, 0, "%s", refusal);
	free(refusal);
	free(source);
	return (int)r;
}

/* What it made comes back as OUT/NAME/built; the compiler's files may be larger than sources. */
int grade_after_build(void *arg, const char *scratch, struct err *err)
{
	static const struct unpack_limits limits = {.entries = 4000,
	                                            .file_bytes = 64 * MIB,
	                                            .bytes = 192 * MIB,
	                                            .depth = 16,
	                                            .path_bytes = 512};
	const struct wave *w = arg;
	const struct assignment *a = w->g->assignment;
	char *built = mem_printf("%s/built", w->subject->folder), *refusal = NULL;
	int r = -1;

	(void)scratch;
	if (stage_empty(built, err) == 0)
		r = (int)unpack(w->folder, built, &limits, &refusal, err);
	if (r == UNPACK_REFUSED)
		err_set(err, 0, "what the build left: %s", refusal);
	for (size_t i = 0; i < a->program_count && r == 0; i++) {
		char *exe = mem_printf("%s/%s", built, a->programs[i].exe);
		struct stat st;

		if (lstat(exe, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0111)) {
			err_set(err, 0,
			        "the build went well, but made no program \"%s\"; it must be "
			        "called so, in the submission's folder",
			        a->programs[i].exe);
			r = UNPACK_REFUSED;
		}
		free(exe);
	}
	free(refusal);
	free(built);
	return r;
}
