/* SPDX-License-Identifier: MIT */
/*
 * kernel_elf.c - the kernel proper out of a bzImage, unpacked by this machine instead of by the
 * guest
 *
 * A bzImage is a loader and, behind it, the kernel's ELF file, packed (Documentation/arch/x86/
 * boot.rst, payload_offset). The guest's processor takes more than a second to unpack what zstd, xz
 * or gzip packed; a program of this machine takes a tenth. QEMU starts an ELF file that has a note
 * with an entry point for it (PVH, XEN_ELFNOTE_PHYS32_ENTRY).
 *
 * Which way a kernel is booted depends on its image alone, never on what is installed here: it is
 * part of what happens in the guest.
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/kernel.h"
#include "vm/kernel_own.h"
#include "vm/tool.h"
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define IMAGE_MAX   ((size_t)128 << 20) /* Debian's have 14 MB, and 57 MB unpacked */
#define PHYS32_NOTE 18                  /* XEN_ELFNOTE_PHYS32_ENTRY, xen/include/public/elfnote.h */

/* What is slow to unpack. lz4, the other one in use, is as fast in the guest as loading what it
 * gives is here. */
static const struct packing {
	const char *magic;
	size_t len;
	const char *program, *package;
	size_t behind; /* bytes that the kernel's makefile adds: the length */
} packings[] = {
    {"\x28\xb5\x2f\xfd", 4, "zstd", "zstd", 4},
    {"\xfd"
     "7zXZ",
     5, "xz", "xz-utils", 4},
    {"\x1f\x8b\x08", 3, "gzip", "gzip", 0},
};

static bool get(const struct buf *b, uint64_t at, void *out, size_t size)
{
	if (at > b->len || size > b->len - at)
		return false;
	memcpy(out, b->p + at, size);
	return true;
}

/* The packed kernel in a bzImage that kernel_image_release() knows for one. */
static const struct packing *payload(const struct buf *image, const char **bytes, size_t *len)
{
	uint8_t sectors = 0;
	uint32_t offset = 0, size = 0;
	uint64_t at;

	if (!get(image, 0x1f1, &sectors, sizeof sectors) ||
	    !get(image, 0x248, &offset, sizeof offset) || !get(image, 0x24c, &size, sizeof size))
		return NULL;
	at = ((uint64_t)(sectors ? sectors : 4) + 1) * 512 + offset;
	if (at > image->len || size > image->len - at)
		return NULL;
	for (size_t i = 0; i < sizeof packings / sizeof packings[0]; i++) {
		const struct packing *p = &packings[i];

		if (size > p->len + p->behind && memcmp(image->p + at, p->magic, p->len) == 0) {
			*bytes = image->p + at;
			*len = size - p->behind;
			return p;
		}
	}
	return NULL;
}

static uint64_t padded(uint32_t size)
{
	return ((uint64_t)size + 3) & ~(uint64_t)3;
}

static bool has_entry_note(const struct buf *elf, const Elf64_Phdr *p)
{
	uint64_t at = p->p_offset, end = p->p_offset + p->p_filesz;
	Elf64_Nhdr n;
	char name[4];

	for (; at < end && get(elf, at, &n, sizeof n);
	     at += sizeof n + padded(n.n_namesz) + padded(n.n_descsz)) {
		if (n.n_type == PHYS32_NOTE && n.n_namesz == sizeof name &&
		    get(elf, at + sizeof n, name, sizeof name) &&
		    memcmp(name, "Xen", sizeof name) == 0)
			return true;
	}
	return false;
}

/* Will QEMU start it? */
static bool starts(const struct buf *elf)
{
	Elf64_Ehdr h;
	Elf64_Phdr p;

	if (!get(elf, 0, &h, sizeof h) || memcmp(h.e_ident, ELFMAG, SELFMAG) != 0 ||
	    h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_machine != EM_X86_64 ||
	    h.e_phentsize != sizeof p)
		return false;
	for (unsigned i = 0; i < h.e_phnum; i++) {
		if (get(elf, h.e_phoff + i * sizeof p, &p, sizeof p) && p.p_type == PT_NOTE &&
		    has_entry_note(elf, &p))
			return true;
	}
	return false;
}

static int unpack(const struct packing *how, const char *bytes, size_t len, struct buf *out,
                  struct err *err)
{
	const char *argv[] = {how->program, "-dc", NULL};
	int fd = memfd_create("sockproof-kernel", MFD_CLOEXEC), rc = 0;

	if (fd < 0)
		return err_sys(err, errno, "memfd_create");
	for (size_t done = 0; rc == 0 && done < len;) {
		ssize_t n = pwrite(fd, bytes + done, len - done, (off_t)done);

		if (n < 0)
			rc = err_sys(err, errno, "write to a memory file");
		else
			done += (size_t)n;
	}
	if (rc == 0)
		rc = vm_tool_output(argv, fd, IMAGE_MAX, out, err);
	close(fd);
	if (rc < 0 && err->code == ENOENT)
		return err_set(err, 0, "%s is not installed, which unpacks it: apt-get install %s",
		               how->program, how->package);
	return rc < 0 ? err_wrap(err, "cannot be unpacked") : 0;
}

int vm_kernel_image(const struct vm_kernel *k, struct buf *out, struct err *err)
{
	return kernel_read(k->path, IMAGE_MAX, out, err);
}

int vm_kernel_elf(const struct vm_kernel *k, struct buf *out, struct err *err)
{
	struct buf image = {0};
	const struct packing *how;
	const char *bytes;
	size_t len;
	int rc = vm_kernel_image(k, &image, err);

	if (rc == 0 && (how = payload(&image, &bytes, &len)) != NULL) {
		rc = unpack(how, bytes, len, out, err);
		if (rc == 0 && !starts(out))
			buf_free(out);
		if (rc < 0)
			err_wrap(err, "%s", k->path);
	}
	buf_free(&image);
	return rc;
}
