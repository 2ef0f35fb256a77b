/* SPDX-License-Identifier: MIT */
/*
 * elf.h - executables and shared objects as the kernel and the dynamic loader see them (elf(5))
 *
 * Both go by the program headers alone; sections are for linkers and debuggers. Files may be
 * hostile: nothing outside of them is read.
 */
#ifndef SOCKPROOF_VM_ELF_H
#define SOCKPROOF_VM_ELF_H
#include <stdbool.h>
#include <stddef.h>

struct err;

struct elf {
	const char *interpreter; /* in the file, NUL-terminated there; NULL: it asks for none */
	bool dynamic;            /* it may need libraries */
	size_t end; /* bytes of the file that a program header, or their table, spans */
};

/* Read the file of @len bytes. Returns 1; 0 when it is neither an executable nor a shared object
 * (another format, an object file); -1 with @err set: it is one, but not for x86-64, or broken. */
int elf_read(const void *file, size_t len, struct elf *out, struct err *err);

#define ELF_BUILD_ID_MAX 64

/* The build ID that the linker left, which names the file's symbols where they are kept apart.
 * Returns its length; 0: there is none. */
size_t elf_build_id(const void *file, size_t len, unsigned char id[ELF_BUILD_ID_MAX]);

/*
 * Take from an executable or shared object what only linkers and debuggers read (section headers,
 * symbols, debugging information), and what differs when it was built elsewhere from the same
 * sources: the build ID becomes zeros. Returns the length that is left. Other files stay as they
 * are; so does all but the build ID where something else lies behind the segments, such as an
 * archive that the program reads from its own file.
 */
size_t elf_cut(void *file, size_t len);

#endif
