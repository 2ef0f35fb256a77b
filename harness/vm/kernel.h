/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - a kernel to boot, and the modules of it that the harness needs
 *
 * A kernel is a bzImage (Documentation/arch/x86/boot.rst) and the folder of its modules, which
 * bears its release for a name. ci/kernels fills a cache with some: kernels/LINE/vmlinuz in the
 * folder of the cache, such as kernels/6.1/vmlinuz.
 */
#ifndef SOCKPROOF_VM_KERNEL_H
#define SOCKPROOF_VM_KERNEL_H
#include <stddef.h>

struct buf;
struct err;

struct vm_module {
	char *name;  /* "tun"; always with '_' where its file may have '-' */
	char *bytes; /* of the module, not compressed; owned */
	size_t len;
};

struct vm_kernel {
	char *path;                /* of the bzImage, absolute, without symbolic links */
	char *release;             /* "6.1.0-50-cloud-amd64", as the image itself says */
	struct vm_module *modules; /* in order of loading: what one depends on comes before it */
	size_t module_count;
};

/*
 * The kernel that @what names:
 * - a version, which begins with a digit and has no '/': "6.1" is the newest of the cache whose
 *   release begins so (not 6.12), "6.1.0-50-cloud-amd64" that one;
 * - otherwise a file. Its modules are looked for in lib/modules/RELEASE beside it, there and in
 *   usr/lib/modules/RELEASE beside its folder, and in /lib/modules/RELEASE;
 * - NULL: the newest of the cache.
 *
 * wanted: names of modules, NULL-terminated. What they depend on comes by itself; what is built in
 * (modules.builtin) does not come. One that is neither there nor built in is an error that names
 * it, unless its name here begins with '?'.
 * 0, or -1 with @err set and nothing to free. The code is ENOPKG when the cache does not have it:
 * the text then names the command that fetches it.
 */
int vm_kernel_find(const char *what, const char *const *wanted, struct vm_kernel *out,
                   struct err *err);
/*
 * The kernel proper, unpacked, as an ELF file that QEMU starts, added to the empty @out. Nothing is
 * added when the image itself is to be booted: it is packed otherwise, or cannot be started so.
 * 0, or -1 with @err set: what unpacks it is missing, or cannot.
 */
int vm_kernel_elf(const struct vm_kernel *k, struct buf *out, struct err *err);
/* The bzImage, added to @out. 0, or -1 with @err set. */
int vm_kernel_image(const struct vm_kernel *k, struct buf *out, struct err *err);
/* Leaves @k zeroed. */
void vm_kernel_free(struct vm_kernel *k);

/* The kernels of the cache, the oldest version first, broken ones before all. */
struct vm_cached_list {
	struct vm_cached {
		char *line;    /* the name of its folder: "6.1" */
		char *folder;  /* of it: the bzImage is vmlinuz there */
		char *release; /* NULL: it is broken */
		char *problem; /* why; NULL when it is not */
	} * list;
	size_t count;
};
/* 0, an empty cache included; -1 with @err set: it cannot be read. */
int vm_kernel_cached(struct vm_cached_list *out, struct err *err);
void vm_cached_free(struct vm_cached_list *l);

/* The folder of the cache: $SOCKPROOF_CACHE, or $XDG_CACHE_HOME/sockproof, or ~/.cache/sockproof.
 * NULL when none of the three variables is set (HOME is the last). free() it. */
char *vm_cache_folder(void);

#endif
