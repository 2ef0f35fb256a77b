/* SPDX-License-Identifier: MIT */
/*
 * vm.h - cases under the virtual clock: a kernel booted once, a case in a resumed copy of it
 */
#ifndef SOCKPROOF_VM_VM_H
#define SOCKPROOF_VM_VM_H
#include "script/script.h"
#include <stdbool.h>

struct err;
struct vm; /* opaque */

struct vm_setting {
	const char *kernel;  /* see vm_kernel_find(); NULL: the usual one */
	const char *version; /* of sockproof */
	int patience; /* seconds of this machine's time that a guest may boot, or play; 0: the usual
	               */
	/* Told while a kernel boots: "booting 6.1.0-50-cloud-amd64", seconds so far. May be NULL.
	 */
	void (*progress)(const char *what, double seconds);
};

/* The kernel found, booted, and saved; from the cache when it was before. NULL with @err set; then
 * *missing says whether this machine lacks something (QEMU, a kernel), and @err the command that
 * fetches it. */
struct vm *vm_open(const struct vm_setting *setting, bool *missing, struct err *err);
void vm_close(struct vm **p);

/* "6.1.0-50-cloud-amd64"; borrowed. */
const char *vm_release(const struct vm *vm);
/* "7.2.22"; borrowed. */
const char *vm_qemu(const struct vm *vm);

/* Perform @c in a guest of its own, as script_perform() does here. Always fills @out. */
void vm_perform(struct vm *vm, struct script *s, const struct plan_case *c,
                const struct perform_setting *setting, struct outcome *out);

/* The process 1 of a guest: boots, stops for the snapshot, plays the job, never returns. */
_Noreturn void vm_guest(void);

#endif
