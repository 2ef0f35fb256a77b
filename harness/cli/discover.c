/* SPDX-License-Identifier: MIT */
/* discover.c - where sockproof's files are, and which scenario files are meant */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int places_find(struct places *p, struct err *err)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
	const char *told = getenv("SOCKPROOF_ROOT");

	*p = (struct places){0};
	if (len < 0)
		return err_sys(err, errno, "/proc/self/exe");
	exe[len] = '\0';
	*strrchr(exe, '/') = '\0';
	p->exe_folder = mem_text(exe);
	if (told) {
		p->root = mem_text(told);
		return 0;
	}
	/* build/sockproof beside scenarios/ */
	if (strrchr(exe, '/') > exe)
		*strrchr(exe, '/') = '\0';
	p->root = mem_text(exe);
	return 0;
}

void places_free(struct places *p)
{
	free(p->root);
	free(p->exe_folder);
	*p = (struct places){0};
}

/* A scenario's name: its path behind the last "scenarios/", without ".lua"; otherwise its file's
 * name. */
static char *name_of(const char *path)
{
	const char *at = path, *last = NULL;
	char *name, *ending;

	while ((at = strstr(at, "scenarios/")) != NULL) {
		if (at == path || at[-1] == '/')
			last = at + strlen("scenarios/");
		at++;
	}
	if (!last)
		last = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	name = mem_text(last);
	ending = strrchr(name, '.');
	if (ending && strcmp(ending, ".lua") == 0)
		*ending = '\0';
	return name;
}

static void add(struct discovery *d, const char *path)
{
	MEM_ROOM(d->list, d->count);
	d->list[d->count].path = mem_text(path);
	d->list[d->count++].name = name_of(path);
}

static int by_name(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int walk(struct discovery *d, const char *folder, struct err *err)
{
	char *start = mem_text(folder), *const list[] = {start, NULL};
	size_t before = d->count;
	FTS *fts = fts_open(list, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	if (!fts) {
		free(start);
		return err_sys(err, errno, "%s", folder);
	}
	while ((e = fts_read(fts)) != NULL) {
		size_t len = strlen(e->fts_path);

		/* assignments and contracts are other kinds of file */
		if (e->fts_info == FTS_D && e->fts_level > 0 &&
		    (strcmp(e->fts_name, "assignments") == 0 ||
		     strcmp(e->fts_name, "servers") == 0 ||
		     (e->fts_name[0] == '.' && e->fts_name[1])))
			fts_set(fts, e, FTS_SKIP);
		if (e->fts_info == FTS_F && len > 4 && strcmp(e->fts_path + len - 4, ".lua") == 0)
			add(d, e->fts_path);
	}
	fts_close(fts);
	free(start);
	if (d->count == before)
		return err_set(err, ENOENT,
		               "%s: no scenario in this folder; a scenario's file ends in .lua",
		               folder);
	qsort(d->list + before, d->count - before, sizeof *d->list, by_name);
	return 0;
}

static bool below(struct discovery *d, const char *folder, const char *name)
{
	char *path = mem_printf("%s/%s.lua", folder, name);
	char *topic = mem_printf("%s/%s", folder, name);
	struct err ignored;
	bool there = access(path, R_OK) == 0;

	if (there)
		add(d, path);
	else if (is_folder(topic))
		there = walk(d, topic, &ignored) == 0;
	free(path);
	free(topic);
	return there;
}

/* "connect/refused" as `list` prints it, here or of sockproof's own, is as good as its path. */
static bool by_its_name(struct discovery *d, const char *name, const struct places *places)
{
	char *own = mem_printf("%s/scenarios", places->root);
	bool there = below(d, "scenarios", name) || below(d, own, name);

	free(own);
	return there;
}

/* The scenario that may have been meant, or NULL; free() it. */
static char *alike(const char *path, const struct places *places)
{
	struct discovery all = {0};
	struct err ignored;
	char *folder = mem_printf("%s/scenarios", places->root);
	char *full = mem_printf("scenarios/%s", path); /* "close/half" is a name as it is */
	char *name = name_of(full);
	char *best = NULL;
	size_t least = SIZE_MAX;

	if (is_folder(folder))
		walk(&all, folder, &ignored);
	for (size_t i = 0; i < all.count; i++) {
		if (!text_alike(name, all.list[i].name, &least))
			continue;
		free(best);
		best = mem_text(all.list[i].name);
	}
	discovery_free(&all);
	free(folder);
	free(full);
	free(name);
	return best;
}

static int not_there(const char *path, const struct places *places, struct err *err)
{
	int code = errno;
	char *meant = code == ENOENT ? alike(path, places) : NULL;

	if (meant)
		err_set(err, ENOENT,
		        "%s: %s; did you mean \"%s\"? sockproof list names what there is", path,
		        strerror(code), meant);
	else
		err_set(err, ENOENT, "%s: %s; sockproof list names what there is", path,
		        strerror(code));
	free(meant);
	return -1;
}

int discover(struct discovery *d, char *const *paths, size_t count, const struct places *places,
             struct err *err)
{
	*d = (struct discovery){0};
	if (count == 0) {
		char *own = mem_printf("%s/scenarios", places->root);
		int rc = is_folder("scenarios") ? walk(d, "scenarios", err) : walk(d, own, err);

		free(own);
		return rc;
	}
	for (size_t i = 0; i < count; i++) {
		if (is_folder(paths[i])) {
			if (walk(d, paths[i], err) < 0)
				return -1;
		} else if (access(paths[i], R_OK) == 0) {
			add(d, paths[i]);
		} else if (errno != ENOENT || !by_its_name(d, paths[i], places)) {
			return not_there(paths[i], places, err);
		}
	}
	return 0;
}

void discovery_free(struct discovery *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->list[i].path);
		free(d->list[i].name);
	}
	free(d->list);
	*d = (struct discovery){0};
}
