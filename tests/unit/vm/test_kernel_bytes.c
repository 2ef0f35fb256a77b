/* SPDX-License-Identifier: MIT */
/* test_kernel_bytes.c - images and modules, whole ones, cut off ones and lying ones */
#include "base/err.h"
#include "base/mem.h"
#include "kernel_bytes.h"
#include "vm/kernel_own.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define VERSION "6.1.0-50-cloud-amd64 (builder@host) #1 SMP"

/* From memory of exactly this size, in which a byte read behind it shows. free() it. */
static char *release_of(const struct buf *image, size_t len, struct err *err)
{
	char *exact = mem_grow(NULL, len ? len : 1, 1), *release;

	if (len)
		memcpy(exact, image->p, len);
	release = kernel_image_release(exact, len, err);
	free(exact);
	return release;
}

static void image_says_its_release(void **state)
{
	static const char *const good[][2] = {
	    {VERSION, "6.1.0-50-cloud-amd64"},
	    {"6.12.95+deb12-cloud-amd64 (x)", "6.12.95+deb12-cloud-amd64"},
	    {"5.10.0", "5.10.0"},
	    {"6.9.0-rc1_x~y z", "6.9.0-rc1_x~y"},
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct buf image = {0};
		char *release;

		make_image(&image, good[i][0]);
		release = release_of(&image, image.len, &err);
		assert_non_null(release);
		assert_string_equal(release, good[i][1]);
		free(release);
		buf_free(&image);
	}
}

static void image_cut_off(void **state)
{
	struct buf image = {0};
	struct err err;

	(void)state;
	make_image(&image, VERSION);
	/* what stands behind the release is not needed */
	for (size_t len = 0; len <= 0x400 + strlen("6.1.0-50-cloud-amd64"); len++) {
		err.text[0] = '\0';
		assert_null(release_of(&image, len, &err));
		assert_string_not_equal(err.text, "");
	}
	buf_free(&image);
}

/* The image with @len bytes of @bytes at @at is refused, and the error has @words. */
static void refused_with(size_t at, const char *bytes, size_t len, const char *words)
{
	struct buf image = {0};
	struct err err;

	make_image(&image, VERSION);
	memcpy(image.p + at, bytes, len);
	assert_null(release_of(&image, image.len, &err));
	if (!strstr(err.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, err.text);
	buf_free(&image);
}

static void image_that_is_none(void **state)
{
	(void)state;
	refused_with(0x1fe, "\0\0", 2, "is no bzImage");
	refused_with(0x202, "HdrX", 4, "is no bzImage");
	refused_with(0x206, "\x0b\x02", 2, "not a 64-bit one");
	refused_with(0x236, "\x02", 1, "not a 64-bit one");
	refused_with(0x20e, "\0\0", 2, "does not say its release");
	refused_with(0x20e, "\xff\xff", 2, "does not say its release");
}

/* It becomes part of a path. */
static void release_that_is_no_name(void **state)
{
	char many[200];
	const char *const bad[] = {"",      " 6.1",    "x6.1", ".6.1", "../../etc", "6.1/../../x",
	                           "6.1\n", "6.1\xff", many};

	(void)state;
	memset(many, '6', sizeof many - 1);
	many[sizeof many - 1] = '\0';
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf image = {0};
		struct err err;

		make_image(&image, bad[i]);
		assert_null(release_of(&image, image.len, &err));
		assert_non_null(strstr(err.text, "does not say its release"));
		buf_free(&image);
	}
}

/* As release_of(); the texts are copied to @depends and @vermagic (free() them). */
static int modinfo_of(const struct buf *module, size_t len, char **depends, char **vermagic,
                      struct err *err)
{
	char *exact = mem_grow(NULL, len ? len : 1, 1);
	struct kernel_modinfo info;
	int rc;

	if (len)
		memcpy(exact, module->p, len);
	rc = kernel_modinfo(exact, len, &info, err);
	*depends = rc == 0 ? mem_text(info.depends) : NULL;
	*vermagic = rc == 0 ? mem_text(info.vermagic) : NULL;
	free(exact);
	return rc;
}

static void expect_modinfo(const void *info, size_t len, const char *depends, const char *vermagic)
{
	struct buf module = {0};
	char *d, *v;
	struct err err;

	make_module(&module, info, len);
	if (modinfo_of(&module, module.len, &d, &v, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(d, depends);
	assert_string_equal(v, vermagic);
	free(d);
	free(v);
	buf_free(&module);
}

#define EXPECT_MODINFO(literal, depends, vermagic)                                                 \
	expect_modinfo(literal, sizeof literal, depends, vermagic)

static void module_says_what_it_needs(void **state)
{
	(void)state;
	EXPECT_MODINFO("license=GPL\0depends=inet_diag,x\0vermagic=6.1 SMP ", "inet_diag,x",
	               "6.1 SMP ");
	EXPECT_MODINFO("depends=", "", "");
	EXPECT_MODINFO("license=GPL", "", "");
	EXPECT_MODINFO("notdepends=x\0\0\0depends=y", "y", "");
	expect_modinfo("", 0, "", "");
}

static void module_cut_off(void **state)
{
	struct buf module = {0};
	char *d, *v;
	struct err err;

	(void)state;
	make_module_of(&module, "inet_diag", "6.1.0");
	for (size_t len = 0; len < module.len - 2 * sizeof(Elf64_Shdr); len++)
		assert_int_equal(modinfo_of(&module, len, &d, &v, &err), -1);
	/* the names' header is the last */
	assert_int_equal(modinfo_of(&module, module.len - 1, &d, &v, &err), -1);
	assert_int_equal(modinfo_of(&module, module.len, &d, &v, &err), 0);
	assert_string_equal(d, "inet_diag");
	free(d);
	free(v);
	buf_free(&module);
}

/* The module with @change made to its headers is refused. */
static void refused_module(void (*change)(Elf64_Ehdr *, Elf64_Shdr *), const char *words)
{
	struct buf module = {0};
	Elf64_Shdr s[3];
	Elf64_Ehdr e;
	char *d, *v;
	struct err err;

	make_module_of(&module, "inet_diag", "6.1.0");
	memcpy(&e, module.p, sizeof e);
	memcpy(s, module.p + module.len - sizeof s, sizeof s);
	change(&e, s);
	memcpy(module.p, &e, sizeof e);
	memcpy(module.p + module.len - sizeof s, s, sizeof s);
	assert_int_equal(modinfo_of(&module, module.len, &d, &v, &err), -1);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, err.text);
	buf_free(&module);
}

#define CHANGE(name, what)                                                                         \
	static void name(Elf64_Ehdr *e, Elf64_Shdr *s)                                             \
	{                                                                                          \
		(void)e;                                                                           \
		(void)s;                                                                           \
		what;                                                                              \
	}
CHANGE(no_magic, e->e_ident[0] = 0)
CHANGE(class_32, e->e_ident[EI_CLASS] = ELFCLASS32)
CHANGE(big_endian, e->e_ident[EI_DATA] = ELFDATA2MSB)
CHANGE(executable, e->e_type = ET_EXEC)
CHANGE(other_machine, e->e_machine = EM_AARCH64)
CHANGE(no_size, e->e_shentsize = 0)
CHANGE(table_far_off, e->e_shoff = UINT64_MAX - 8)
CHANGE(table_behind, e->e_shoff += 4096)
CHANGE(no_sections, e->e_shnum = 0)
CHANGE(names_nowhere, e->e_shstrndx = 3)
CHANGE(names_far_off, s[2].sh_offset = UINT64_MAX)
CHANGE(names_long, s[2].sh_size = UINT64_MAX)
CHANGE(names_empty, s[2].sh_size = 0)
CHANGE(name_cut, s[2].sh_size = 9)
CHANGE(name_far_off, s[1].sh_name = UINT32_MAX)
CHANGE(no_bits, s[1].sh_type = SHT_NOBITS)
CHANGE(info_far_off, s[1].sh_offset = UINT64_MAX - 4)
CHANGE(info_long, s[1].sh_size = UINT64_MAX - 4)
CHANGE(info_cut, s[1].sh_size -= 1)

static void module_that_lies(void **state)
{
	(void)state;
	refused_module(no_magic, "is no module");
	refused_module(class_32, "is no module");
	refused_module(big_endian, "is no module");
	refused_module(executable, "is no module");
	refused_module(other_machine, "is no module");
	refused_module(no_size, "is no module");
	refused_module(table_far_off, "has no section .modinfo");
	refused_module(table_behind, "has no section .modinfo");
	refused_module(no_sections, "has no section .modinfo");
	refused_module(names_nowhere, "has no section .modinfo");
	refused_module(names_far_off, "has no section .modinfo");
	refused_module(names_long, "has no section .modinfo");
	refused_module(names_empty, "has no section .modinfo");
	refused_module(name_cut, "has no section .modinfo");
	refused_module(name_far_off, "has no section .modinfo");
	refused_module(no_bits, "has no section .modinfo");
	refused_module(info_far_off, "has no section .modinfo");
	refused_module(info_long, "has no section .modinfo");
	refused_module(info_cut, "that is cut off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(image_says_its_release),    cmocka_unit_test(image_cut_off),
	    cmocka_unit_test(image_that_is_none),        cmocka_unit_test(release_that_is_no_name),
	    cmocka_unit_test(module_says_what_it_needs), cmocka_unit_test(module_cut_off),
	    cmocka_unit_test(module_that_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
