/* SPDX-License-Identifier: MIT */
/* elf.c - see elf.h */
#include "vm/elf.h"
#include "base/err.h"
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

/* Is [offset, offset + size) within @len? No sum that overflows. */
static bool inside(uint64_t offset, uint64_t size, size_t len)
{
	return offset <= len && size <= len - offset;
}

static const char *machine_name(unsigned machine)
{
	switch (machine) {
	case EM_386:
		return "i386";
	case EM_ARM:
		return "ARM";
	case EM_AARCH64:
		return "AArch64";
	case EM_RISCV:
		return "RISC-V";
	case EM_PPC64:
		return "PowerPC 64";
	case EM_S390:
		return "S/390";
	case EM_X86_64:
		return "x86-64 with pointers of 32 bits";
	default:
		return "another machine";
	}
}

/* The machine stands at the same place in all classes; its bytes in the file's own order. */
static int foreign(const unsigned char *file, struct err *err)
{
	size_t at = offsetof(Elf64_Ehdr, e_machine);
	unsigned low = file[at], high = file[at + 1];
	unsigned machine = file[EI_DATA] == ELFDATA2MSB ? low << 8 | high : high << 8 | low;

	return err_set(err, ENOEXEC, "it is built for %s (ELF machine %u), and not for x86-64",
	               machine_name(machine), machine);
}

static Elf64_Phdr program_header(const unsigned char *file, const Elf64_Ehdr *h, size_t i)
{
	Elf64_Phdr p;

	memcpy(&p, file + h->e_phoff + i * sizeof p, sizeof p);
	return p;
}

static int read_interpreter(const unsigned char *file, const Elf64_Phdr *p, struct elf *out,
                            struct err *err)
{
	const char *name = (const char *)file + p->p_offset;

	if (out->interpreter) /* the kernel takes the first */
		return 0;
	if (p->p_filesz < 2 || p->p_filesz > PATH_MAX || name[p->p_filesz - 1] != '\0' || !*name)
		return err_set(err, ENOEXEC,
		               "it is broken: the name of its dynamic loader is none");
	out->interpreter = name;
	return 0;
}

static int read_segments(const unsigned char *file, size_t len, const Elf64_Ehdr *h,
                         struct elf *out, struct err *err)
{
	size_t table = h->e_phnum * sizeof(Elf64_Phdr);

	if (h->e_phnum == 0 || h->e_phentsize != sizeof(Elf64_Phdr) ||
	    !inside(h->e_phoff, table, len))
		return err_set(err, ENOEXEC,
		               "it is broken or cut off: its program headers are not there");
	out->end = h->e_phoff + table;
	for (size_t i = 0; i < h->e_phnum; i++) {
		Elf64_Phdr p = program_header(file, h, i);
		if (p.p_type == PT_NULL || p.p_filesz == 0)
			continue;
		if (!inside(p.p_offset, p.p_filesz, len))
			return err_set(
			    err, ENOEXEC,
			    "it is broken or cut off: segment %zu ends behind the file's end", i);
		if (p.p_offset + p.p_filesz > out->end)
			out->end = p.p_offset + p.p_filesz;
		if (p.p_type == PT_INTERP && read_interpreter(file, &p, out, err) < 0)
			return -1;
		if (p.p_type == PT_DYNAMIC)
			out->dynamic = true;
	}
	return 1;
}

/* As elf_read(), and the header. */
static int read_all(const unsigned char *file, size_t len, Elf64_Ehdr *h, struct elf *out,
                    struct err *err)
{
	*out = (struct elf){0};
	if (len < SELFMAG || memcmp(file, ELFMAG, SELFMAG) != 0)
		return 0;
	if (len < sizeof *h)
		return err_set(err, ENOEXEC, "it is cut off within its first header");
	memcpy(h, file, sizeof *h);
	if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB ||
	    h->e_machine != EM_X86_64)
		return foreign(file, err);
	if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
		return 0;
	return read_segments(file, len, h, out, err);
}

int elf_read(const void *file, size_t len, struct elf *out, struct err *err)
{
	Elf64_Ehdr h;

	return read_all(file, len, &h, out, err);
}

static uint32_t word(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* The next build ID among the notes at *@at and behind, up to @end; NULL: none. Notes are a name
 * and a description, each padded, with three words before. */
static const unsigned char *next_build_id(const unsigned char **at, const unsigned char *end,
                                          size_t align, size_t *size)
{
	const size_t head = 12;

	align = align == 8 ? 8 : 4;
	while ((size_t)(end - *at) >= head) {
		const unsigned char *p = *at;
		size_t len = (size_t)(end - p), name = word(p);
		size_t description = (head + name + align - 1) & ~(align - 1), next;
		*size = word(p + 4);
		next = (description + *size + align - 1) & ~(align - 1);
		if (!inside(description, *size, len))
			return NULL;
		*at = next > len ? end : p + next;
		if (word(p + 8) == NT_GNU_BUILD_ID && name == sizeof ELF_NOTE_GNU &&
		    memcmp(p + head, ELF_NOTE_GNU, name) == 0)
			return p + description;
	}
	return NULL;
}

/* Notes of segment @i are from *@at to *@end; false: it has none within the file. Looked at again
 * each time: in a hostile file the notes before may have been the table of segments. */
static bool notes_of(const unsigned char *file, size_t len, const Elf64_Ehdr *h, size_t i,
                     const unsigned char **at, const unsigned char **end, size_t *align)
{
	Elf64_Phdr s = program_header(file, h, i);

	if (s.p_type != PT_NOTE || !inside(s.p_offset, s.p_filesz, len))
		return false;
	*at = file + s.p_offset;
	*end = *at + s.p_filesz;
	*align = s.p_align;
	return true;
}

size_t elf_build_id(const void *file, size_t len, unsigned char id[ELF_BUILD_ID_MAX])
{
	const unsigned char *at, *end, *found;
	Elf64_Ehdr h = {0};
	struct elf e;
	struct err err;
	size_t align, size;

	if (read_all(file, len, &h, &e, &err) <= 0)
		return 0;
	for (size_t i = 0; i < h.e_phnum; i++) {
		if (!notes_of(file, len, &h, i, &at, &end, &align))
			continue;
		found = next_build_id(&at, end, align, &size);
		if (found && size <= ELF_BUILD_ID_MAX) {
			memcpy(id, found, size);
			return size;
		}
	}
	return 0;
}

/* Is a section of this type and name one that nobody reads who runs the program? */
static bool for_debuggers(uint32_t type, const char *name)
{
	static const char *const prefixes[] = {".debug",     ".zdebug",    ".comment",
	                                       ".gnu_debug", ".gdb_index", ".stab"};

	if (type == SHT_SYMTAB || type == SHT_STRTAB || type == SHT_NOTE || type == SHT_RELA ||
	    type == SHT_REL || type == SHT_SYMTAB_SHNDX || type == SHT_GROUP)
		return true;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}

static Elf64_Shdr section_header(const unsigned char *file, const Elf64_Ehdr *h, size_t i)
{
	Elf64_Shdr s;

	memcpy(&s, file + h->e_shoff + i * sizeof s, sizeof s);
	return s;
}

/* The name of @s in the table @names; "" when it has none that ends. */
static const char *section_name(const unsigned char *file, const Elf64_Shdr *names,
                                const Elf64_Shdr *s)
{
	const char *name;

	if (s->sh_name >= names->sh_size)
		return "";
	name = (const char *)file + names->sh_offset + s->sh_name;
	return memchr(name, '\0', (size_t)(names->sh_size - s->sh_name)) ? name : "";
}

/* Is all that lies behind @end known, and only for linkers and debuggers? */
static bool rest_is_known(const unsigned char *file, size_t len, const Elf64_Ehdr *h, size_t end)
{
	size_t table = h->e_shnum * sizeof(Elf64_Shdr);

	if (h->e_shnum == 0 || h->e_shentsize != sizeof(Elf64_Shdr) ||
	    h->e_shstrndx >= h->e_shnum || !inside(h->e_shoff, table, len))
		return false;
	size_t known = h->e_shoff + table;
	Elf64_Shdr names = section_header(file, h, h->e_shstrndx);
	if (names.sh_type != SHT_STRTAB || !inside(names.sh_offset, names.sh_size, len))
		return false;
	for (size_t i = 0; i < h->e_shnum; i++) {
		Elf64_Shdr s = section_header(file, h, i);
		if (s.sh_type == SHT_NULL || s.sh_type == SHT_NOBITS)
			continue;
		if (!inside(s.sh_offset, s.sh_size, len))
			return false;
		if (s.sh_offset + s.sh_size <= end)
			continue;
		if (!for_debuggers(s.sh_type, section_name(file, &names, &s)))
			return false;
		if (s.sh_offset + s.sh_size > known)
			known = s.sh_offset + s.sh_size;
	}
	return known == len || len <= end;
}

size_t elf_cut(void *file, size_t len)
{
	const unsigned char *at, *end, *id;
	unsigned char *p = file;
	Elf64_Ehdr h = {0};
	struct elf e;
	struct err err;
	size_t align, size;

	if (read_all(p, len, &h, &e, &err) <= 0)
		return len;
	for (size_t i = 0; i < h.e_phnum; i++) {
		if (!notes_of(p, len, &h, i, &at, &end, &align))
			continue;
		while ((id = next_build_id(&at, end, align, &size)) != NULL)
			memset(p + (id - p), 0, size);
	}
	if (!rest_is_known(p, len, &h, e.end))
		return len;
	h.e_shoff = 0;
	h.e_shnum = h.e_shstrndx = 0;
	memcpy(p, &h, sizeof h);
	return e.end;
}
