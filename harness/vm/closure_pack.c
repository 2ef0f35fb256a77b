/* SPDX-License-Identifier: MIT */
/* closure_pack.c - the files of a closure as an archive, the same wherever and whenever it is made
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/closure_own.h"
#include "vm/cpio.h"
#include "vm/elf.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct folders {
	char **paths;
	size_t count;
};

static void add_folder(struct folders *f, const char *path, size_t len)
{
	MEM_ROOM(f->paths, f->count);
	f->paths[f->count++] = mem_copy(path, len);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every folder that is one by itself or has something in it, sorted: what holds comes before what
 * is held. Some are there several times. */
static void find_folders(const struct closure *c, struct folders *f)
{
	for (size_t i = 0; i < c->count; i++) {
		const char *target = c->files[i].target, *slash = target;
		while ((slash = strchr(slash + 1, '/')))
			add_folder(f, target, (size_t)(slash - target));
		if (!c->files[i].source && *target)
			add_folder(f, target, strlen(target));
	}
	if (f->count > 0)
		qsort(f->paths, f->count, sizeof *f->paths, by_path);
}

static int pack_folder(const struct closure *c, const char *path, struct buf *out, struct err *err)
{
	struct stat st;
	bool there, shared;
	size_t at = closure_find(c, path, &there);

	if (there && c->files[at].source)
		return err_set(err, ENOTDIR, "%s cannot be both a file and a folder in a guest",
		               path);
	shared = stat(path, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX);
	cpio_add(out, path + 1, S_IFDIR | (shared ? 01777 : 0755), NULL, 0);
	return 0;
}

static int pack_folders(const struct closure *c, struct buf *out, struct err *err)
{
	struct folders f = {0};
	int r = 0;

	find_folders(c, &f);
	for (size_t i = 0; r == 0 && i < f.count; i++) {
		if (i == 0 || strcmp(f.paths[i], f.paths[i - 1]) != 0)
			r = pack_folder(c, f.paths[i], out, err);
	}
	for (size_t i = 0; i < f.count; i++)
		free(f.paths[i]);
	free(f.paths);
	return r;
}

static int pack_file(const struct closure_file *f, bool whole, size_t begin, struct buf *out,
                     struct err *err)
{
	struct buf bytes = {0};
	size_t used = out->len - begin, left = used < CLOSURE_MAX ? CLOSURE_MAX - used : 0;
	bool executable;
	int r = closure_read(f->source, left + 1, &bytes, &executable, err);

	if (r == 0 && bytes.len > left)
		r = err_set(err, EFBIG, "with %s the files of a guest are more than %zu MiB",
		            f->source, CLOSURE_MAX >> 20);
	if (r == 0 && bytes.len > 0 && !whole)
		bytes.len = elf_cut(bytes.p, bytes.len);
	if (r == 0)
		cpio_add(out, f->target + 1, S_IFREG | (executable ? 0755 : 0644), bytes.p,
		         bytes.len);
	buf_free(&bytes);
	return r;
}

int closure_pack(const struct closure *c, struct buf *out, struct err *err)
{
	size_t begin = out->len;
	int r = pack_folders(c, out, err);

	for (size_t i = 0; r == 0 && i < c->count; i++) {
		if (c->files[i].source)
			r = pack_file(&c->files[i], c->whole, begin, out, err);
	}
	return r;
}
