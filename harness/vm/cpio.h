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

/* Bytes of one file at the most: the format has 32 bits for it. */
#define CPIO_MAX 0xffffffffu

/*
 * Append one entry to @out. name: without leading slash, shorter than PATH_MAX. mode: type and
 * permissions, as in st_mode: S_IFREG, S_IFDIR, or S_IFLNK with the target as bytes.
 *
 * The kernel makes no folder that is missing: each needs an entry before what lies in it. An
 * archive's length is always a multiple of four, so archives may stand one behind the other, each
 * with its trailer, for the kernel; cpio_next() is to be called again behind a trailer then.
 */
void cpio_add(struct buf *out, const char *name, mode_t mode, const void *bytes, size_t len);
/* Append the trailer: the archive is whole. */
void cpio_end(struct buf *out);

struct cpio_entry {
	const char *name;  /* in the archive; NUL-terminated there */
	const char *bytes; /* in the archive; not terminated */
	size_t len;
	mode_t mode; /* a regular file, a folder or a link */
};

/* Read the entry at *@at of an archive of @len bytes, and move *@at behind it. Returns 1; 0 at the
 * trailer; -1 with @err set: not an archive, or cut off. Never reads outside; names are relative,
 * without "", "." and "..". */
int cpio_next(const void *archive, size_t len, size_t *at, struct cpio_entry *out, struct err *err);

/*
 * Write every entry below @folder (open directory), making the folders that are missing; files that
 * are there are replaced. Permissions are the entry's, whatever the umask, but a file is never
 * set-user-ID, and a folder's owner may always use it. No link is followed, neither one that was
 * there nor one of the archive; what a link of the archive names is not looked at. 0, or -1 with
 * @err set; what came before is written then.
 */
int cpio_unpack(const void *archive, size_t len, int folder, struct err *err);

#endif
