/* SPDX-License-Identifier: MIT */
/*
 * kernel_bytes.h - images and modules made up: only what kernel_bytes.c looks at
 */
#ifndef SOCKPROOF_TESTS_UNIT_VM_KERNEL_BYTES_H
#define SOCKPROOF_TESTS_UNIT_VM_KERNEL_BYTES_H
#include "base/mem.h"
#include <elf.h>
#include <string.h>

/* The setup header of Documentation/arch/x86/boot.rst, and behind it what it points to. */
static inline void make_image(struct buf *out, const char *version)
{
	char head[0x400] = {0};

	memcpy(head + 0x1fe, "\x55\xaa", 2);
	memcpy(head + 0x202, "HdrS\x0f\x02", 6); /* protocol 2.15 */
	memcpy(head + 0x20e, "\x00\x02", 2);     /* 0x200 before it is at 0x400 */
	head[0x236] = 1;                         /* XLF_KERNEL_64 */
	buf_add(out, head, sizeof head);
	buf_add(out, version, strlen(version) + 1);
}

/* A header, the names, .modinfo, the headers of the sections: none, .modinfo, .strtab. */
#define MODULE_NAMES "\0.modinfo\0.strtab" /* and the NUL of the literal */
static inline void make_module(struct buf *out, const void *modinfo, size_t len)
{
	Elf64_Ehdr e = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
	                .e_type = ET_REL,
	                .e_machine = EM_X86_64,
	                .e_shoff = sizeof e + sizeof MODULE_NAMES + len,
	                .e_shentsize = sizeof(Elf64_Shdr),
	                .e_shnum = 3,
	                .e_shstrndx = 2};
	Elf64_Shdr s[3] = {{0},
	                   {.sh_name = 1,
	                    .sh_type = SHT_PROGBITS,
	                    .sh_offset = sizeof e + sizeof MODULE_NAMES,
	                    .sh_size = len},
	                   {.sh_name = 10,
	                    .sh_type = SHT_STRTAB,
	                    .sh_offset = sizeof e,
	                    .sh_size = sizeof MODULE_NAMES}};

	buf_add(out, &e, sizeof e);
	buf_add(out, MODULE_NAMES, sizeof MODULE_NAMES);
	buf_add(out, modinfo, len);
	buf_add(out, s, sizeof s);
}

/* The usual one. */
static inline void make_module_of(struct buf *out, const char *depends, const char *release)
{
	struct buf info = {0};

	buf_printf(&info, "license=GPL%cdepends=%s%cname=it%cvermagic=%s SMP mod_unload ", 0,
	           depends, 0, 0, release);
	make_module(out, info.p, info.len + 1);
	buf_free(&info);
}

#endif
