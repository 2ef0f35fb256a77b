/* SPDX-License-Identifier: MIT */
/*
 * kernel_own.h - what the files of the kernel finder share: images and modules as bytes
 *
 * Whatever is in these bytes: nothing outside of them is read.
 */
#ifndef SOCKPROOF_VM_KERNEL_OWN_H
#define SOCKPROOF_VM_KERNEL_OWN_H
#include <stddef.h>

struct buf;
struct err;

/* So much of a bzImage is enough for kernel_image_release(). */
#define KERNEL_IMAGE_HEAD ((size_t)128 * 1024)

/* The release that a 64-bit bzImage names, of which @len bytes are at @image. It is fit to be the
 * name of a folder. free() it. NULL with @err set: it is no such image, or is cut off. */
char *kernel_image_release(const void *image, size_t len, struct err *err);

/* What a module says of itself. The texts are inside it. */
struct kernel_modinfo {
	const char *depends; /* "a,b"; "" for none */
	const char
	    *vermagic; /* begins with the release it was built for; "" when it does not say */
};
/* 0, or -1 with @err set: not an x86-64 module, or cut off. */
int kernel_modinfo(const void *module, size_t len, struct kernel_modinfo *out, struct err *err);

/* Add at most the first @limit bytes of a file to @out. 0, or -1 with @err set: it is no file, or
 * cannot be read. */
int kernel_read(const char *path, size_t limit, struct buf *out, struct err *err);
/* Add a whole module file to @out, unpacked when its name ends in .xz, .zst or .gz, by the program
 * of that name. 0, or -1 with @err set. */
int kernel_read_module(const char *path, struct buf *out, struct err *err);

/* Fill a kernel's modules from a folder (lib/modules/RELEASE). As vm_kernel_find(). */
struct vm_kernel;
int kernel_modules(struct vm_kernel *k, const char *folder, const char *const *wanted,
                   struct err *err);

#endif
