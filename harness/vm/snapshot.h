/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h - a booted guest on disk: made once for a kernel and a harness, resumed for each case
 */
#ifndef SOCKPROOF_VM_SNAPSHOT_H
#define SOCKPROOF_VM_SNAPSHOT_H
#include "vm/kernel.h"
#include <stdint.h>

struct err;

struct snapshot {
	char *memory, *state; /* files: the guest's memory, and its devices */
	int folder;           /* descriptor; while it is open nobody removes them */
};

struct snapshot_setting {
	const struct vm_kernel *kernel;
	const char *qemu_version;
	int64_t patience; /* ns of this machine's clock that a boot may take */
	void (*progress)(const char *what, double seconds); /* may be NULL */
};

/* From the cache, or booted now and put there. 0, or -1 with @err set. */
int snapshot_get(const struct snapshot_setting *setting, struct snapshot *out, struct err *err);
void snapshot_free(struct snapshot *s);

#endif
