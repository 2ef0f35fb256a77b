/* SPDX-License-Identifier: MIT */
/*
 * fuzz_cpio.c - any bytes as an archive: what is read lies inside, and packed again it is the same
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/cpio.h"
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check(const struct cpio_entry *e, const char *data, size_t size)
{
	char *padded = mem_printf("/%s/", e->name);

	must(e->name > data && e->name + strlen(e->name) < e->bytes);
	must(e->bytes + e->len <= data + size);
	must(!strstr(padded, "//") && !strstr(padded, "/./") && !strstr(padded, "/../"));
	must(strlen(e->name) < PATH_MAX);
	must(S_ISREG(e->mode) || S_ISDIR(e->mode) || S_ISLNK(e->mode));
	free(padded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf again = {0};
	struct cpio_entry e, same;
	struct err err = {0};
	size_t at = 0, before = 0, at_again = 0;
	int r;

	while ((r = cpio_next(data, size, &at, &e, &err)) > 0) {
		must(at > before && at <= size);
		before = at;
		check(&e, (const char *)data, size);
		cpio_add(&again, e.name, e.mode, e.bytes, e.len);
	}
	must(r == 0 || err.text[0] != '\0');
	cpio_end(&again);
	for (at = 0; cpio_next(data, size, &at, &e, &err) > 0;) {
		must(cpio_next(again.p, again.len, &at_again, &same, &err) == 1);
		must(strcmp(e.name, same.name) == 0 && e.mode == same.mode && e.len == same.len);
		must(memcmp(e.bytes, same.bytes, e.len) == 0);
	}
	must(cpio_next(again.p, again.len, &at_again, &same, &err) == 0 && at_again == again.len);
	buf_free(&again);
	return 0;
}
