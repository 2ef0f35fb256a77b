/* SPDX-License-Identifier: MIT */
/* kernel.c - which kernel is meant, in the cache or elsewhere, and where its modules are */
#include "vm/kernel.h"
#include "base/err.h"
#include "base/mem.h"
#include "vm/kernel_own.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *vm_cache_folder(void)
{
	const char *own = getenv("SOCKPROOF_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own && *own)
		return mem_text(own);
	if (xdg && *xdg)
		return mem_printf("%s/sockproof", xdg);
	return home && *home ? mem_printf("%s/.cache/sockproof", home) : NULL;
}

/* kernels/ of the cache; free() it. */
static char *kernels_folder(struct err *err)
{
	char *cache = vm_cache_folder(), *folder;

	if (!cache) {
		err_set(err, 0, "HOME is not set; say by SOCKPROOF_CACHE=FOLDER where kernels are");
		return NULL;
	}
	folder = mem_printf("%s/kernels", cache);
	free(cache);
	return folder;
}

static char *release_of(const char *path, struct err *err)
{
	struct buf head = {0};
	char *release = NULL;

	if (kernel_read(path, KERNEL_IMAGE_HEAD, &head, err) == 0) {
		release = kernel_image_release(head.p, head.len, err);
		if (!release)
			err_wrap(err, "%s", path);
	}
	buf_free(&head);
	return release;
}

static int by_version(const void *a, const void *b)
{
	const struct vm_cached *x = a, *y = b;

	if (!x->release || !y->release)
		return x->release ? 1 : y->release ? -1 : strcmp(x->line, y->line);
	return strverscmp(x->release, y->release);
}

static char *image_of(const struct vm_cached *c)
{
	return mem_printf("%s/vmlinuz", c->folder);
}

int vm_kernel_cached(struct vm_cached_list *out, struct err *err)
{
	char *folder = kernels_folder(err);
	struct dirent *e;
	DIR *d;

	*out = (struct vm_cached_list){0};
	if (!folder)
		return -1;
	d = opendir(folder);
	if (!d) {
		int rc = errno == ENOENT ? 0 : err_sys(err, errno, "%s", folder);

		free(folder);
		return rc;
	}
	while (errno = 0, (e = readdir(d)) != NULL) {
		struct vm_cached one = {0};
		struct err why;
		char *image;

		if (e->d_name[0] == '.') /* what ci/kernels is at work on */
			continue;
		one.line = mem_text(e->d_name);
		one.folder = mem_printf("%s/%s", folder, e->d_name);
		image = image_of(&one);
		one.release = release_of(image, &why);
		free(image);
		one.problem = one.release ? NULL : mem_text(why.text);
		MEM_ROOM(out->list, out->count);
		out->list[out->count++] = one;
	}
	if (errno != 0) {
		err_sys(err, errno, "%s", folder);
		vm_cached_free(out);
		closedir(d);
		free(folder);
		return -1;
	}
	closedir(d);
	free(folder);
	if (out->count)
		qsort(out->list, out->count, sizeof *out->list, by_version);
	return 0;
}

void vm_cached_free(struct vm_cached_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->list[i].line);
		free(l->list[i].folder);
		free(l->list[i].release);
		free(l->list[i].problem);
	}
	free(l->list);
	*l = (struct vm_cached_list){0};
}

/* "6.1" means 6.1.0-50-cloud-amd64, not 6.12.95. */
static bool means(const char *version, const char *release)
{
	size_t n = strlen(version);

	return strncmp(release, version, n) == 0 && !isalnum((unsigned char)release[n]);
}

/* How long the line of a version is: "6.1" of "6.1.0-50-cloud-amd64". */
static int line_length(const char *version)
{
	size_t n = strspn(version, "0123456789");

	if (version[n] == '.')
		n += 1 + strspn(version + n + 1, "0123456789");
	return (int)n;
}

static int none_cached(const char *version, const struct vm_cached_list *l, struct err *err)
{
	char *folder = kernels_folder(err);
	struct buf have = {0};

	if (!folder)
		return -1;
	for (size_t i = 0; i < l->count; i++)
		buf_printf(&have, "%s%s", i ? ", " : " (there: ", l->list[i].line);
	buf_str(&have, l->count ? ")" : "");
	if (version)
		err_set(err, ENOPKG, "no kernel %s in %s%s: ci/kernels %.*s fetches it", version,
		        folder, buf_text(&have), line_length(version), version);
	else
		err_set(err, ENOPKG, "no kernel in %s: ci/kernels fetches some", folder);
	buf_free(&have);
	free(folder);
	return -1;
}

/* The path of the newest of the cache, or of the newest that @version (may be NULL) means. NULL
 * with @err set. */
static char *cached(const char *version, struct err *err)
{
	const struct vm_cached *newest = NULL;
	struct vm_cached_list l;
	char *path = NULL;

	if (vm_kernel_cached(&l, err) < 0)
		return NULL;
	for (size_t i = 0; i < l.count; i++) {
		const struct vm_cached *c = &l.list[i];

		if (c->release ? !version || means(version, c->release)
		    : !version ? !newest
		               : strcmp(version, c->line) == 0)
			newest = c;
	}
	if (!newest)
		none_cached(version, &l, err);
	else if (newest->release)
		path = image_of(newest);
	else
		err_set(err, ENOPKG, "%s; rm -r %s && ci/kernels %s fetches it anew",
		        newest->problem, newest->folder, newest->line);
	vm_cached_free(&l);
	return path;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* @path without its last part; "/" has nothing above it. */
static char *above(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash != path ? mem_copy(path, (size_t)(slash - path)) : mem_text("");
}

/* lib/modules/RELEASE that belongs to an image; free() it. NULL with @err set: none is there. */
static char *modules_folder(const struct vm_kernel *k, struct err *err)
{
	char *folder = above(k->path), *parent = above(folder), *found = NULL;
	char *places[] = {
	    mem_printf("%s/lib/modules/%s", folder, k->release),
	    mem_printf("%s/lib/modules/%s", parent, k->release),
	    mem_printf("%s/usr/lib/modules/%s", parent, k->release),
	    mem_printf("/lib/modules/%s", k->release),
	};
	size_t count = sizeof places / sizeof *places;

	for (size_t i = 0; i < count && !found; i++)
		if (is_folder(places[i]))
			found = mem_text(places[i]);
	if (!found)
		err_set(err, ENODEV,
		        "no modules of kernel %s (%s) are there: neither %s nor %s, %s or %s",
		        k->release, k->path, places[0], places[1], places[2], places[3]);
	for (size_t i = 0; i < count; i++)
		free(places[i]);
	free(folder);
	free(parent);
	return found;
}

static bool any_must(const char *const *wanted)
{
	while (*wanted && **wanted == '?')
		wanted++;
	return *wanted != NULL;
}

static int find_modules(struct vm_kernel *k, const char *const *wanted, struct err *err)
{
	char *folder = modules_folder(k, err);
	int rc;

	if (!folder)
		return any_must(wanted) ? -1 : 0;
	rc = kernel_modules(k, folder, wanted, err);
	free(folder);
	return rc;
}

int vm_kernel_find(const char *what, const char *const *wanted, struct vm_kernel *out,
                   struct err *err)
{
	bool version = !what || (strchr(what, '/') == NULL && *what >= '0' && *what <= '9');
	char *named = version ? cached(what, err) : mem_text(what);

	*out = (struct vm_kernel){0};
	if (!named)
		return -1;
	out->path = realpath(named, NULL);
	if (out->path)
		out->release = release_of(out->path, err);
	else
		err_sys(err, errno, "kernel %s", named);
	free(named);
	if (out->path && out->release && find_modules(out, wanted, err) == 0)
		return 0;
	vm_kernel_free(out);
	return -1;
}

void vm_kernel_free(struct vm_kernel *k)
{
	for (size_t i = 0; i < k->module_count; i++) {
		free(k->modules[i].name);
		free(k->modules[i].bytes);
	}
	free(k->modules);
	free(k->path);
	free(k->release);
	*k = (struct vm_kernel){0};
}
