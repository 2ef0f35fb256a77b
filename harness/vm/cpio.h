/* SPDX-License-Identifier: MIT */
/*
 * cpio.h - files packed into bytes and out of them again: cpio's "newc" format
 *
 * The kernel unpacks an initramfs in this format (Documentation/driver-api/early-userspace/
 * buffer-format.rst); jobs go into a guest and evidence comes out of it in the same one. Everything
 * that is unimportant (owner, times, inode numbers) is fixed, so that the same files give the same
 * bytes.
 */
#ifndef SOCKPROOF_VM_CPIO_H
#define SOCKPROOF_VM_CPIO_H
#include <stddef.h>
#include <sys/types.h>

struct buf;
struct err;

/* Append one entry to @out. name: without leading slash. mode: type and permissions, as in st_mode:
 * S_IFREG, S_IFDIR, or S_IFLNK with the target as bytes. */
void cpio_add(struct buf *out, const char *name, mode_t mode, const void *bytes, size_t len);
/* Append the trailer: the archive is whole. */
void cpio_end(struct buf *out);

struct cpio_entry {
	const char *name;  /* in the archive; NUL-terminated there */
	const char *bytes; /* in the archive; not terminated */
	size_t len;
	mode_t mode;
};

/* Read the entry at *@at of an archive of @len bytes, and move *@at behind it. Returns 1; 0 at the
 * trailer; -1 with @err set: not an archive, or cut off. Never reads outside; names are relative,
 * without "..". */
int cpio_next(const void *archive, size_t len, size_t *at, struct cpio_entry *out, struct err *err);

/* Write every entry below @folder (open directory), making the folders that are missing; files that
 * are there are replaced. 0, or -1 with @err set. */
int cpio_unpack(const void *archive, size_t len, int folder, struct err *err);

#endif
