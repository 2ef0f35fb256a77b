/* SPDX-License-Identifier: MIT */
/* fuzz_elf.c - any bytes as an executable: read, cut, and what was cut read again */
#include "base/err.h"
#include "base/mem.h"
#include "vm/elf.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	struct elf e;
	int r = elf_read(data, size, &e, &err);
	char *file = malloc(size ? size : 1);

	must(file && (r >= 0 || err.text[0] != '\0'));
	if (size)
		memcpy(file, data, size);
	if (r > 0) {
		must(e.end <= size);
		must(!e.interpreter ||
		     (e.interpreter >= (const char *)data &&
		      e.interpreter + strlen(e.interpreter) < (const char *)data + size));
	}
	unsigned char id[ELF_BUILD_ID_MAX];
	must(elf_build_id(file, size, id) <= sizeof id);
	size_t left = elf_cut(file, size);
	must(left == size || (r > 0 && left == e.end));
	must(r > 0 || size == 0 || memcmp(file, data, size) == 0);
	free(file);
	return 0;
}
