/* SPDX-License-Identifier: MIT */
/*
 * kernel_modules.c - modules out of a folder lib/modules/RELEASE, each after what it depends on
 *
 * Modules are looked for by the names of files, wherever they are in the folder: packages come
 * without the lists that depmod(8) makes. What one depends on it says itself. In the names of files
 * and in modules.builtin '-' and '_' are the same, as they are to modprobe(8).
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/kernel.h"
#include "vm/kernel_own.h"
#include <endian.h>
#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX   16 /* the deepest chain of Debian's has 8 */
#define BUILTIN_MAX ((size_t)4 << 20)

struct found_module {
	char *name;
	char *path;
};

struct index {
	const char *folder;
	struct found_module *files;
	size_t file_count;
	char **builtin; /* names */
	size_t builtin_count;
};

/* The name of the module whose file has this path, or NULL: it is no module's. free() it. */
static char *module_name(const char *path)
{
	static const char *const ends[] = {".ko", ".ko.xz", ".ko.zst", ".ko.gz"};
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t len = strlen(base);

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t n = strlen(ends[i]);
		char *name;

		if (len <= n || strcmp(base + len - n, ends[i]) != 0)
			continue;
		name = mem_copy(base, len - n);
		for (char *p = name; *p; p++)
			if (*p == '-')
				*p = '_';
		return name;
	}
	return NULL;
}

static void index_free(struct index *x)
{
	for (size_t i = 0; i < x->file_count; i++) {
		free(x->files[i].name);
		free(x->files[i].path);
	}
	for (size_t i = 0; i < x->builtin_count; i++)
		free(x->builtin[i]);
	free(x->files);
	free(x->builtin);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Sorted, so that of two files of one name it is always the same that counts. */
static int index_files(struct index *x, struct err *err)
{
	char *paths[] = {(char *)(uintptr_t)x->folder, NULL};
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *e;

	if (!walk)
		return err_sys(err, errno, "%s", x->folder);
	while (errno = 0, (e = fts_read(walk)) != NULL) {
		char *name = e->fts_info == FTS_F ? module_name(e->fts_name) : NULL;

		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS) {
			err_sys(err, e->fts_errno, "%s", e->fts_path);
			fts_close(walk);
			return -1;
		}
		if (!name)
			continue;
		MEM_ROOM(x->files, x->file_count);
		x->files[x->file_count++] =
		    (struct found_module){.name = name, .path = mem_text(e->fts_path)};
	}
	if (errno != 0) {
		err_sys(err, errno, "%s", x->folder);
		fts_close(walk);
		return -1;
	}
	fts_close(walk);
	return 0;
}

/* modules.builtin: a path a line (Documentation/kbuild/kbuild.rst). */
static int index_builtin(struct index *x, struct err *err)
{
	char *path = mem_printf("%s/modules.builtin", x->folder), *rest;
	struct buf text = {0};
	int rc = kernel_read(path, BUILTIN_MAX, &text, err);

	free(path);
	if (rc < 0) {
		buf_free(&text);
		return err->code == ENOENT ? 0 : -1;
	}
	rest = text.p;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		char *name = module_name(line);

		if (!name)
			continue;
		MEM_ROOM(x->builtin, x->builtin_count);
		x->builtin[x->builtin_count++] = name;
	}
	buf_free(&text);
	return 0;
}

static const char *file_of(const struct index *x, const char *name)
{
	for (size_t i = 0; i < x->file_count; i++)
		if (strcmp(x->files[i].name, name) == 0)
			return x->files[i].path;
	return NULL;
}

static bool is_builtin(const struct index *x, const char *name)
{
	for (size_t i = 0; i < x->builtin_count; i++)
		if (strcmp(x->builtin[i], name) == 0)
			return true;
	return false;
}

static bool is_taken(const struct vm_kernel *k, const char *name)
{
	for (size_t i = 0; i < k->module_count; i++)
		if (strcmp(k->modules[i].name, name) == 0)
			return true;
	return false;
}

/* A module of another kernel would be refused in the guest, where nobody sees why. */
static int check_release(const struct vm_kernel *k, const struct kernel_modinfo *info,
                         const char *path, struct err *err)
{
	size_t n = strcspn(info->vermagic, " ");

	if (n == 0 || (strlen(k->release) == n && memcmp(info->vermagic, k->release, n) == 0))
		return 0;
	return err_set(err, ENOEXEC, "%s: is a module of kernel %.*s, not of %s", path, (int)n,
	               info->vermagic, k->release);
}

/*
 * Without the signature that is behind a module (Documentation/admin-guide/module-signing.rst;
 * struct module_signature ends with its length, in the order of the network). The guest has no keys
 * (snapshot.c), so it loads modules as unsigned ones in any case; but it would compute the digest
 * of each before it finds that out.
 */
static size_t unsigned_length(const struct buf *module)
{
	static const char words[] = "~Module signature appended~\n";
	const size_t behind = 12 + sizeof words - 1;
	uint32_t be;
	size_t len;

	if (module->len < behind ||
	    memcmp(module->p + module->len - (sizeof words - 1), words, sizeof words - 1) != 0)
		return module->len;
	memcpy(&be, module->p + module->len - (sizeof words - 1) - sizeof be, sizeof be);
	len = be32toh(be);
	return len <= module->len - behind ? module->len - behind - len : module->len;
}

static int take(struct vm_kernel *k, const struct index *x, const char *name, unsigned depth,
                struct err *err);

/* What "a,b" names. */
static int take_all(struct vm_kernel *k, const struct index *x, const char *depends, unsigned depth,
                    const char *path, struct err *err)
{
	char *list = mem_text(depends), *rest = list;
	int rc = 0;

	for (char *name; rc == 0 && (name = strsep(&rest, ",")) != NULL;)
		if (*name && (rc = take(k, x, name, depth, err)) < 0 && err->code == ENODEV)
			err_wrap(err, "%s needs %s", path, name);
	free(list);
	return rc;
}

/* The module and what it depends on. The code of the error is ENODEV when it is not there. */
static int take(struct vm_kernel *k, const struct index *x, const char *name, unsigned depth,
                struct err *err)
{
	const char *path = file_of(x, name);
	struct kernel_modinfo info;
	struct buf bytes = {0};
	struct vm_module *m;
	int rc;

	if (is_taken(k, name) || (!path && is_builtin(x, name)))
		return 0;
	if (!path)
		return err_set(err, ENODEV,
		               "kernel %s has no %s module: %s has no file of it, and its "
		               "modules.builtin does not name it",
		               k->release, name, x->folder);
	if (depth == DEPTH_MAX)
		return err_set(err, ELOOP, "%s: modules depend on each other, deeper than %d", path,
		               DEPTH_MAX);
	rc = kernel_read_module(path, &bytes, err);
	if (rc == 0 && (rc = kernel_modinfo(bytes.p, bytes.len, &info, err)) < 0)
		err_wrap(err, "%s", path);
	if (rc == 0)
		rc = check_release(k, &info, path, err);
	if (rc == 0)
		rc = take_all(k, x, info.depends, depth + 1, path, err);
	if (rc < 0) {
		buf_free(&bytes);
		return -1;
	}
	MEM_ROOM(k->modules, k->module_count);
	m = &k->modules[k->module_count++];
	*m = (struct vm_module){.name = mem_text(name), .len = unsigned_length(&bytes)};
	m->bytes = buf_take(&bytes);
	return 0;
}

int kernel_modules(struct vm_kernel *k, const char *folder, const char *const *wanted,
                   struct err *err)
{
	struct index x = {.folder = folder};
	int rc = index_files(&x, err);

	if (rc == 0)
		rc = index_builtin(&x, err);
	if (rc < 0)
		err_wrap(err, "the modules of kernel %s", k->release);
	for (; rc == 0 && *wanted; wanted++) {
		bool optional = **wanted == '?';
		const char *name = *wanted + optional;

		if (!optional || file_of(&x, name))
			rc = take(k, &x, name, 0, err);
	}
	index_free(&x);
	return rc;
}
