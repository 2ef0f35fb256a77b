/* SPDX-License-Identifier: MIT */
/* folder.c - see folder.h */
#include "cli/folder.h"
#include "base/err.h"
#include "base/mem.h"
#include "diff/source.h"
#include "evidence/casedir.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH 8 /* as casedir.c: deeper is somebody else's tree */

static bool is_file(const char *folder, const char *name)
{
	char *path = mem_printf("%s/%s", folder, name);
	struct stat st;
	bool is = stat(path, &st) == 0 && S_ISREG(st.st_mode);

	free(path);
	return is;
}

static bool is_case(const char *path)
{
	return casedir_is_one(path) ||
	       (is_file(path, REFERENCE_TRACE) && is_file(path, REFERENCE_CAPTURE));
}

bool folder_of_cases(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && !is_case(path);
}

struct walk {
	char **names;
	size_t count;
};

static int walk(struct walk *w, const char *root, const char *below, int depth, struct err *err)
{
	char *path = *below ? mem_printf("%s/%s", root, below) : mem_text(root);
	DIR *d;
	struct dirent *e;
	int rc = 0;

	if (*below && is_case(path)) {
		MEM_ROOM(w->names, w->count);
		w->names[w->count++] = mem_text(below);
		free(path);
		return 0;
	}
	d = opendir(path);
	if (!d) {
		rc = err_sys(err, errno, "%s", path);
		free(path);
		return rc;
	}
	while (rc == 0 && depth > 0 && (e = readdir(d))) {
		char *next, *full;
		struct stat st;

		if (e->d_name[0] == '.')
			continue;
		next = *below ? mem_printf("%s/%s", below, e->d_name) : mem_text(e->d_name);
		full = mem_printf("%s/%s", root, next);
		if (lstat(full, &st) == 0 && S_ISDIR(st.st_mode))
			rc = walk(w, root, next, depth - 1, err);
		free(next);
		free(full);
	}
	closedir(d);
	free(path);
	return rc;
}

static int by_name(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

int folder_cases(const char *path, char ***names, size_t *count, struct err *err)
{
	struct walk w = {0};
	int rc = walk(&w, path, "", DEPTH, err);

	if (w.count > 1)
		qsort(w.names, w.count, sizeof *w.names, by_name);
	*names = w.names;
	*count = w.count;
	return rc;
}

static void drop(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

int folder_pairs(const char *a, const char *b,
                 int (*each)(void *arg, const char *name, bool in_a, bool in_b), void *arg,
                 struct err *err)
{
	char **x = NULL, **y = NULL;
	size_t n = 0, m = 0;
	int rc = folder_cases(a, &x, &n, err);

	if (rc == 0)
		rc = folder_cases(b, &y, &m, err);
	for (size_t i = 0, k = 0; rc == 0 && (i < n || k < m);) {
		int order = i == n ? 1 : k == m ? -1 : strcmp(x[i], y[k]);

		rc = each(arg, order <= 0 ? x[i] : y[k], order <= 0, order >= 0);
		i += order <= 0;
		k += order >= 0;
	}
	drop(x, n);
	drop(y, m);
	return rc;
}
