/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - a kernel to boot, and the modules of it that the harness needs
 */
#ifndef SOCKPROOF_VM_KERNEL_H
#define SOCKPROOF_VM_KERNEL_H
#include <stddef.h>

struct err;

struct vm_module {
	char *name;   /* "tun" */
	char *bytes;  /* of the module, not compressed; owned */
	size_t len;
};

struct vm_kernel {
	char *path;    /* of the bzImage, absolute */
	char *release; /* "6.1.0-50-cloud-amd64", as the image itself says */
	struct vm_module *modules; /* in order of loading: what one depends on comes before it */
	size_t module_count;
};

/*
 * The kernel that @what names: a version ("6.1": the newest 6.1.* of the cache that ci/kernels
 * fills), a file (a bzImage; its modules are looked for in lib/modules/RELEASE beside its folder's
 * parent, and in /lib/modules/RELEASE), or NULL: the newest of the cache that is of the newest
 * long-term line there, so that every user of one cache gets the same.
 *
 * wanted: names of modules, NULL-terminated; one that is neither a module file nor built in
 * (modules.builtin, where there is one) is an error that names it, unless the name begins with '?'.
 * 0, or -1 with @err set: what is missing and the command that fetches it (ci/kernels).
 */
int vm_kernel_find(const char *what, const char *const *wanted, struct vm_kernel *out,
                   struct err *err);
void vm_kernel_free(struct vm_kernel *k);

/* The folder of the cache: $SOCKPROOF_CACHE, or $XDG_CACHE_HOME/sockproof, or ~/.cache/sockproof.
 * free() it. */
char *vm_cache_folder(void);

#endif
