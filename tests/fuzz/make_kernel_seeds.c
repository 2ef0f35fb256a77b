/* SPDX-License-Identifier: MIT */
/*
 * make_kernel_seeds.c - writes the seeds of fuzz_kernel into the folder given
 *
 *   cc -D_GNU_SOURCE -Iharness -Itests/unit/vm tests/fuzz/make_kernel_seeds.c harness/base/mem.c
 *   ./a.out tests/fuzz/corpus/kernel
 */
#include "kernel_bytes.h"
#include <stdio.h>
#include <unistd.h>

static int put(const char *name, const struct buf *b)
{
	FILE *f = fopen(name, "w");

	if (!f)
		return -1;
	if (fwrite(b->p, 1, b->len, f) != b->len) {
		fclose(f);
		return -1;
	}
	return fclose(f);
}

int main(int argc, char **argv)
{
	struct buf image = {0}, module = {0};
	int rc;

	if (argc != 2 || chdir(argv[1]) < 0) {
		fputs("usage: make_kernel_seeds FOLDER\n", stderr);
		return 2;
	}
	make_image(&image, "6.1.0-50-cloud-amd64 (builder@host) #1 SMP");
	make_module_of(&module, "inet_diag,b", "6.1.0-50-cloud-amd64");
	rc = put("image", &image) == 0 && put("module", &module) == 0 ? 0 : 1;
	if (rc)
		perror("make_kernel_seeds");
	buf_free(&image);
	buf_free(&module);
	return rc;
}
