/* SPDX-License-Identifier: MIT */
/*
 * fuzz_kernel.c - any bytes taken for a kernel's image and for a module of it
 *
 * Seeds: corpus/kernel, made by make_kernel_seeds.c.
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/kernel_own.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* A text with its NUL, inside of the bytes; or the empty one. */
static void inside(const char *s, const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;

	must(*s == '\0' || (s >= p && s < p + size && strlen(s) < (size_t)(p + size - s)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	char *release = kernel_image_release(data, size, &err);
	struct kernel_modinfo info;

	must(release || err.text[0]);
	must(!release || (release[0] >= '0' && release[0] <= '9' && !strpbrk(release, "/ \n%")));
	free(release);
	err.text[0] = '\0';
	if (kernel_modinfo(data, size, &info, &err) == 0) {
		inside(info.depends, data, size);
		inside(info.vermagic, data, size);
	} else {
		must(err.text[0]);
	}
	return 0;
}
