/* SPDX-License-Identifier: MIT */
/* test_elf.c - what of an executable is read and what is cut, and files that lie about themselves
 */
#include "base/err.h"
#include "base/mem.h"
#include "vm/elf.h"
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after what it needs */
#include <cmocka.h>

#define LOADER "/lib64/ld-linux-x86-64.so.2"

/* An executable as small as can be: what of it is read, each part at its own place. */
struct image {
	Elf64_Ehdr head;
	Elf64_Phdr segments[4]; /* load, interpreter, notes, dynamic */
	char loader[sizeof LOADER];
	struct {
		Elf64_Nhdr other;
		char other_name[4], other_bytes[8];
		Elf64_Nhdr head;
		char name[4];
		uint8_t id[20];
	} notes;
	uint8_t code[16]; /* the last that is loaded */
	char symbols[24], names[48];
	Elf64_Shdr sections[4]; /* none, code, symbols, names */
};

#define AT(member) offsetof(struct image, member)

static Elf64_Phdr segment(uint32_t type, size_t at, size_t len)
{
	return (Elf64_Phdr){.p_type = type, .p_offset = at, .p_filesz = len, .p_align = 4};
}

static struct image image(void)
{
	struct image i = {
	    .head = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
	             .e_type = ET_DYN,
	             .e_machine = EM_X86_64,
	             .e_phoff = AT(segments),
	             .e_phnum = 4,
	             .e_phentsize = sizeof(Elf64_Phdr),
	             .e_shoff = AT(sections),
	             .e_shnum = 4,
	             .e_shentsize = sizeof(Elf64_Shdr),
	             .e_shstrndx = 3},
	    .segments = {segment(PT_LOAD, 0, AT(symbols)),
	                 segment(PT_INTERP, AT(loader), sizeof LOADER),
	                 segment(PT_NOTE, AT(notes), sizeof i.notes),
	                 segment(PT_DYNAMIC, AT(code), sizeof i.code)},
	    .loader = LOADER,
	    .notes = {.other = {4, 7, NT_GNU_ABI_TAG},
	              .other_name = "GNU",
	              .other_bytes = "7 bytes",
	              .head = {4, 20, NT_GNU_BUILD_ID},
	              .name = "GNU"},
	    .symbols = "symbols",
	    .sections =
	        {{.sh_type = SHT_NULL},
	         {.sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = AT(code), .sh_size = 16},
	         {.sh_name = 7, .sh_type = SHT_SYMTAB, .sh_offset = AT(symbols), .sh_size = 24},
	         {.sh_name = 15, .sh_type = SHT_STRTAB, .sh_offset = AT(names), .sh_size = 48}},
	};
	memcpy(i.names, "\0.text\0.symtab\0.shstrtab\0", 25);
	memset(i.notes.id, 0xab, sizeof i.notes.id);
	memset(i.code, 0xc3, sizeof i.code);
	return i;
}

/* From a block of its own, so that what is read behind it is noticed by valgrind and sanitizers. */
static int reads(const void *file, size_t len, struct elf *e, struct err *err)
{
	unsigned char id[ELF_BUILD_ID_MAX];
	void *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, file, len);
	*err = (struct err){0};
	int r = elf_read(copy, len, e, err);
	if (r > 0 && e->interpreter)
		assert_string_equal(e->interpreter, LOADER);
	assert_true(elf_build_id(copy, len, id) <= sizeof id);
	elf_cut(copy, len);
	free(copy);
	return r;
}

static void broken(const struct image *i, const char *text)
{
	struct elf e;
	struct err err;

	assert_int_equal(reads(i, sizeof *i, &e, &err), -1);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in: %s", text, err.text);
}

static void reads_a_program(void **state)
{
	struct image i = image();
	struct elf e;
	struct err err;

	(void)state;
	assert_int_equal(elf_read(&i, sizeof i, &e, &err), 1);
	assert_ptr_equal(e.interpreter, i.loader);
	assert_true(e.dynamic);
	assert_int_equal(e.end, AT(symbols));

	i.segments[1].p_type = i.segments[3].p_type = PT_NULL;
	i.segments[1].p_offset = UINT64_MAX; /* nobody looks at it */
	assert_int_equal(elf_read(&i, sizeof i, &e, &err), 1);
	assert_null(e.interpreter);
	assert_false(e.dynamic);
}

static void no_program(void **state)
{
	struct image i = image();
	struct elf e;
	struct err err;

	(void)state;
	assert_int_equal(reads("", 0, &e, &err), 0);
	assert_int_equal(reads("\177EL", 3, &e, &err), 0);
	assert_int_equal(reads("#!/bin/sh\n", 10, &e, &err), 0);
	i.head.e_type = ET_REL;
	assert_int_equal(reads(&i, sizeof i, &e, &err), 0);
	i.head.e_type = ET_CORE;
	assert_int_equal(reads(&i, sizeof i, &e, &err), 0);
}

static void other_machines(void **state)
{
	struct image i = image();

	(void)state;
	i.head.e_machine = EM_AARCH64;
	broken(&i, "it is built for AArch64 (ELF machine 183), and not for x86-64");
	i.head.e_machine = 0x1600; /* S/390, high byte first */
	i.head.e_ident[EI_DATA] = ELFDATA2MSB;
	broken(&i, "it is built for S/390 (ELF machine 22)");
	i = image();
	i.head.e_ident[EI_CLASS] = ELFCLASS32;
	i.head.e_machine = EM_386;
	broken(&i, "i386");
	i.head.e_machine = EM_X86_64;
	broken(&i, "x86-64 with pointers of 32 bits");
}

static void cut_off_anywhere(void **state)
{
	const struct image i = image();
	struct elf e;
	struct err err;

	(void)state;
	for (size_t len = 4; len < sizeof i; len++) {
		int r = reads(&i, len, &e, &err);
		assert_int_equal(r, len < AT(symbols) ? -1 : 1);
		if (r < 0 && !strstr(err.text, "cut off"))
			fail_msg("%zu bytes: %s", len, err.text);
	}
}

static void offsets_that_lie(void **state)
{
	static const uint64_t far[] = {sizeof(struct image) + 1, UINT32_MAX, INT64_MAX, UINT64_MAX,
	                               UINT64_MAX - sizeof(struct image)};
	struct image i;
	struct elf e;
	struct err err;

	(void)state;
	for (size_t k = 0; k < sizeof far / sizeof *far; k++) {
		i = image();
		i.head.e_phoff = far[k];
		broken(&i, "its program headers are not there");
		for (int s = 0; s < 4; s++) {
			i = image();
			i.segments[s].p_offset = far[k];
			broken(&i, "ends behind the file's end");
			i = image();
			i.segments[s].p_filesz = far[k];
			broken(&i, "ends behind the file's end");
		}
		/* sections are not needed: what they say matters to the cut alone */
		i = image();
		i.head.e_shoff = far[k];
		assert_int_equal(reads(&i, sizeof i, &e, &err), 1);
		assert_int_equal(elf_cut(&i, sizeof i), sizeof i);
		for (int s = 1; s < 4; s++) {
			i = image();
			i.sections[s].sh_offset = far[k];
			assert_int_equal(reads(&i, sizeof i, &e, &err), 1);
			assert_int_equal(elf_cut(&i, sizeof i), sizeof i);
			i = image();
			i.sections[s].sh_size = far[k];
			assert_int_equal(elf_cut(&i, sizeof i), sizeof i);
		}
		i = image();
		i.sections[2].sh_name = (uint32_t)far[k];
		reads(&i, sizeof i, &e, &err);
	}
	i = image();
	i.head.e_phnum = UINT16_MAX;
	broken(&i, "its program headers are not there");
	i.head.e_phnum = 0;
	broken(&i, "its program headers are not there");
	i = image();
	i.head.e_phentsize = 8;
	broken(&i, "its program headers are not there");
	i = image();
	i.head.e_shnum = UINT16_MAX;
	assert_int_equal(elf_cut(&i, sizeof i), sizeof i);
	i = image();
	i.head.e_shstrndx = 4;
	assert_int_equal(elf_cut(&i, sizeof i), sizeof i);
}

static void loader_without_a_name(void **state)
{
	struct image i = image();

	(void)state;
	i.segments[1].p_filesz -= 1; /* no NUL */
	broken(&i, "the name of its dynamic loader is none");
	i = image();
	i.loader[0] = '\0';
	broken(&i, "the name of its dynamic loader is none");
	i = image();
	i.segments[1].p_offset = 0;
	i.segments[1].p_filesz = 1;
	broken(&i, "the name of its dynamic loader is none");
}

static void cut(void **state)
{
	struct image i = image(), was = i;
	struct elf e;
	struct err err;

	(void)state;
	assert_int_equal(elf_cut(&i, sizeof i), AT(symbols));
	assert_int_equal(i.head.e_shoff, 0);
	assert_int_equal(i.head.e_shnum, 0);
	assert_int_equal(i.head.e_shstrndx, 0);
	for (size_t k = 0; k < sizeof i.notes.id; k++)
		assert_int_equal(i.notes.id[k], 0);
	/* nothing else has changed */
	memcpy(i.notes.id, was.notes.id, sizeof i.notes.id);
	i.head = was.head;
	assert_memory_equal(&i, &was, sizeof i);

	elf_cut(&i, sizeof i);
	assert_int_equal(elf_cut(&i, AT(symbols)), AT(symbols)); /* what is cut is cut */
	assert_int_equal(elf_read(&i, AT(symbols), &e, &err), 1);
}

/* An archive behind a program, or in a section of its own: the program reads it from its file. */
static void what_is_not_known_stays(void **state)
{
	struct image i = image();
	char more[sizeof i + 9];

	(void)state;
	memcpy(more, &i, sizeof i);
	memcpy(more + sizeof i, "\0archive", 9);
	assert_int_equal(elf_cut(more, sizeof more), sizeof more);

	i.sections[2].sh_type = SHT_PROGBITS;
	memcpy(i.names + 7, ".pydata", 7);
	assert_int_equal(elf_cut(&i, sizeof i), sizeof i);
	assert_int_equal(i.head.e_shnum, 4);
	memcpy(i.names + 7, ".debug_", 7);
	assert_int_equal(elf_cut(&i, sizeof i), AT(symbols));

	i = image();
	i.head.e_shoff = i.head.e_shnum = 0; /* nothing tells what is there */
	assert_int_equal(elf_cut(&i, sizeof i), sizeof i);

	i = image();
	i.head.e_type = ET_REL;
	assert_int_equal(elf_cut(&i, sizeof i), sizeof i);
	assert_int_equal(i.notes.id[0], 0xab);
}

static void notes_that_lie(void **state)
{
	struct image i = image();
	struct elf e;
	struct err err;

	(void)state;
	i.notes.head.n_descsz = 21;
	elf_cut(&i, sizeof i);
	assert_int_equal(i.notes.id[0], 0xab);
	i = image();
	i.notes.other.n_namesz = UINT32_MAX;
	assert_int_equal(reads(&i, sizeof i, &e, &err), 1);
	i = image();
	i.notes.other.n_descsz = UINT32_MAX - 1;
	assert_int_equal(reads(&i, sizeof i, &e, &err), 1);
	/* the notes are the program headers: clearing them must not lead astray */
	i = image();
	i.segments[0] =
	    (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = AT(notes), .p_filesz = sizeof i.notes};
	i.segments[2].p_offset = 0;
	i.segments[2].p_filesz = sizeof i;
	assert_int_equal(reads(&i, sizeof i, &e, &err), 1);
}

static void build_id(void **state)
{
	struct image i = image();
	unsigned char id[ELF_BUILD_ID_MAX] = {0};

	(void)state;
	assert_int_equal(elf_build_id(&i, sizeof i, id), sizeof i.notes.id);
	assert_memory_equal(id, i.notes.id, sizeof i.notes.id);
	assert_int_equal(elf_build_id("#!/bin/sh\n", 10, id), 0);
	i.notes.head.n_descsz = 21;
	assert_int_equal(elf_build_id(&i, sizeof i, id), 0);
	i = image();
	memcpy(i.notes.name, "GNO", 4);
	assert_int_equal(elf_build_id(&i, sizeof i, id), 0);
	i = image();
	i.segments[2].p_type = PT_NULL;
	assert_int_equal(elf_build_id(&i, sizeof i, id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_program),
	    cmocka_unit_test(no_program),
	    cmocka_unit_test(other_machines),
	    cmocka_unit_test(cut_off_anywhere),
	    cmocka_unit_test(offsets_that_lie),
	    cmocka_unit_test(loader_without_a_name),
	    cmocka_unit_test(cut),
	    cmocka_unit_test(what_is_not_known_stays),
	    cmocka_unit_test(notes_that_lie),
	    cmocka_unit_test(build_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
