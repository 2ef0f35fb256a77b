/* SPDX-License-Identifier: MIT */
/*
 * closure_symbols.c - what a tool that looks into programs reads beside them
 *
 * Valgrind replaces functions of the dynamic loader, and finds them by its symbols. Debian takes
 * them out of the loader and puts them into a file that is named by the loader's build ID
 * (libc6-dbg; gdb(1) calls the folder debug-file-directory).
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/closure_own.h"
#include "vm/elf.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYMBOLS "/usr/lib/debug/.build-id"

/* Where the symbols of the file @path are, if they are; free() it. */
static char *symbols_of(const char *path)
{
	unsigned char id[ELF_BUILD_ID_MAX];
	struct buf bytes = {0}, name = {0};
	struct err ignored;
	bool executable;
	size_t len = 0;

	if (closure_read(path, CLOSURE_MAX, &bytes, &executable, &ignored) == 0)
		len = elf_build_id(buf_text(&bytes), bytes.len, id);
	buf_free(&bytes);
	if (len < 2)
		return NULL;
	buf_printf(&name, SYMBOLS "/%02x/", id[0]);
	for (size_t i = 1; i < len; i++)
		buf_printf(&name, "%02x", id[i]);
	buf_str(&name, ".debug");
	if (access(buf_text(&name), R_OK) == 0)
		return buf_take(&name);
	buf_free(&name);
	return NULL;
}

static bool is_loader(const char *target)
{
	const char *slash = strrchr(target, '/');

	return strncmp(slash ? slash : target, "/ld-", 4) == 0;
}

int closure_keep_symbols(struct closure *c, struct err *err)
{
	char **found = NULL;
	size_t count = 0;
	int r = 0;

	c->whole = true;
	for (size_t i = 0; i < c->count; i++) {
		const struct closure_file *f = &c->files[i];
		char *symbols = f->source && is_loader(f->target) ? symbols_of(f->source) : NULL;

		if (!symbols)
			continue;
		MEM_ROOM(found, count);
		found[count++] = symbols;
	}
	/* not before: what is added moves the others */
	for (size_t i = 0; i < count; i++) {
		if (r == 0)
			r = closure_add_path(c, found[i], err);
		free(found[i]);
	}
	free(found);
	return r;
}
