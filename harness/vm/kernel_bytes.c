/* SPDX-License-Identifier: MIT */
/*
 * kernel_bytes.c - what images and modules say of themselves
 *
 * A bzImage names its release in its setup header (Documentation/arch/x86/boot.rst). A module is a
 * relocatable ELF file (elf(5)) whose section .modinfo holds texts "name=value", each with a NUL
 * behind it. Both are little-endian, as is whoever runs this.
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/kernel_own.h"
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define RELEASE_MAX 128 /* NEW_UTS_LEN is 64 */

/* Copy @size bytes from @at. false when they are not all there. */
static bool get(const void *p, size_t len, uint64_t at, void *out, size_t size)
{
	if (at > len || size > len - at)
		return false;
	memcpy(out, (const char *)p + at, size);
	return true;
}

/* A 16-bit field; 0 outside. */
static unsigned get_u16(const void *p, size_t len, uint64_t at)
{
	uint16_t v = 0;

	get(p, len, at, &v, sizeof v);
	return v;
}

/* It will be part of a path. */
static bool fit_for_release(const char *s, size_t len)
{
	static const char letters[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-_+~";

	if (len == 0 || len > RELEASE_MAX || s[0] < '0' || s[0] > '9')
		return false;
	for (size_t i = 0; i < len; i++)
		if (memchr(letters, s[i], sizeof letters - 1) == NULL)
			return false;
	return true;
}

char *kernel_image_release(const void *image, size_t len, struct err *err)
{
	const char *bytes = image;
	uint64_t at;
	char magic[4];
	size_t n = 0;

	if (get_u16(image, len, 0x1fe) != 0xaa55 || !get(image, len, 0x202, magic, sizeof magic) ||
	    memcmp(magic, "HdrS", sizeof magic) != 0) {
		err_set(err, ENOEXEC, "is no bzImage: the header of one is not there");
		return NULL;
	}
	/* protocol 2.12 (Linux 3.8) has xloadflags; bit 0: 64-bit */
	if (get_u16(image, len, 0x206) < 0x20c || !(get_u16(image, len, 0x236) & 1)) {
		err_set(err, ENOEXEC, "is a kernel, but not a 64-bit one");
		return NULL;
	}
	at = get_u16(image, len, 0x20e);
	if (at == 0 || at + 0x200 >= len) {
		err_set(err, ENOEXEC, "does not say its release, or is cut off");
		return NULL;
	}
	/* "6.1.0-50-cloud-amd64 (builder@host) #1 SMP …" */
	bytes += at + 0x200;
	while (n < len - at - 0x200 && n <= RELEASE_MAX && bytes[n] != ' ' && bytes[n] != '\0')
		n++;
	if (n == len - at - 0x200 || !fit_for_release(bytes, n)) {
		err_set(err, ENOEXEC, "does not say its release, or is cut off");
		return NULL;
	}
	return mem_copy(bytes, n);
}

/* A section's bytes; false when they are not all there. */
static bool section_bytes(const void *p, size_t len, const Elf64_Shdr *s, const char **bytes)
{
	if (s->sh_type == SHT_NOBITS || s->sh_offset > len || s->sh_size > len - s->sh_offset)
		return false;
	*bytes = (const char *)p + s->sh_offset;
	return true;
}

static bool section_at(const void *p, size_t len, const Elf64_Ehdr *e, unsigned i, Elf64_Shdr *out)
{
	return i < e->e_shnum && e->e_shoff <= len &&
	       get(p, len, e->e_shoff + (uint64_t)i * e->e_shentsize, out, sizeof *out);
}

/* Is the text at @at of the table of names @name? */
static bool named(const char *names, uint64_t size, uint64_t at, const char *name)
{
	size_t n = strlen(name) + 1;

	return at < size && n <= size - at && memcmp(names + at, name, n) == 0;
}

/* The section .modinfo. false: there is none, or what leads there is not whole. */
static bool find_modinfo(const void *p, size_t len, const Elf64_Ehdr *e, const char **bytes,
                         size_t *size)
{
	Elf64_Shdr s, strings;
	const char *names;

	if (!section_at(p, len, e, e->e_shstrndx, &strings) ||
	    !section_bytes(p, len, &strings, &names))
		return false;
	for (unsigned i = 0; section_at(p, len, e, i, &s); i++) {
		if (!named(names, strings.sh_size, s.sh_name, ".modinfo"))
			continue;
		*size = s.sh_size;
		return section_bytes(p, len, &s, bytes);
	}
	return false;
}

int kernel_modinfo(const void *module, size_t len, struct kernel_modinfo *out, struct err *err)
{
	static const char depends[] = "depends=", vermagic[] = "vermagic=";
	const char *p, *end;
	Elf64_Ehdr e;
	size_t size;

	out->depends = out->vermagic = "";
	if (!get(module, len, 0, &e, sizeof e) || memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_ident[EI_DATA] != ELFDATA2LSB ||
	    e.e_type != ET_REL || e.e_machine != EM_X86_64 || e.e_shentsize != sizeof(Elf64_Shdr))
		return err_set(err, ENOEXEC, "is no module for x86-64");
	if (!find_modinfo(module, len, &e, &p, &size))
		return err_set(err, ENOEXEC, "has no section .modinfo, or is cut off");
	while (size > 0) {
		end = memchr(p, '\0', size);
		if (!end)
			return err_set(err, ENOEXEC, "has a section .modinfo that is cut off");
		if (strncmp(p, depends, sizeof depends - 1) == 0)
			out->depends = p + sizeof depends - 1;
		else if (strncmp(p, vermagic, sizeof vermagic - 1) == 0)
			out->vermagic = p + sizeof vermagic - 1;
		size -= (size_t)(end + 1 - p);
		p = end + 1;
	}
	return 0;
}
