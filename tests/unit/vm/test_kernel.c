/* SPDX-License-Identifier: MIT */
/* test_kernel.c - the kernel that is meant, and its modules in order of loading */
#include "base/err.h"
#include "base/mem.h"
#include "kernel_bytes.h"
#include "vm/kernel.h"
#include "vm/tool.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define R510 "5.10.0-32-cloud-amd64"
#define R61  "6.1.0-50-cloud-amd64"
#define R612 "6.12.95+deb12-cloud-amd64"

static const char *const nothing[] = {NULL};

/* Each test runs in a folder of its own, which is the working directory, and the cache is in it. */
static int setup(void **state)
{
	char *path = mem_text("/tmp/sockproof-kernel-XXXXXX"), *real;

	if (!mkdtemp(path) || chdir(path) < 0)
		return -1;
	real = realpath(path, NULL);
	free(path);
	*state = real;
	return !real || setenv("SOCKPROOF_CACHE", real, 1) < 0;
}

static int teardown(void **state)
{
	char *line = mem_printf("/bin/rm -rf %s", (char *)*state);
	int rc = chdir("/") == 0 ? system(line) : -1;

	free(line);
	free(*state);
	return rc;
}

/* Write a file, and the folders that it is in. */
static void put(const char *path, const void *bytes, size_t len)
{
	char *copy = mem_text(path);
	FILE *f;

	for (char *p = copy + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
		*p = '\0';
		assert_true(mkdir(copy, 0755) == 0 || errno == EEXIST);
	}
	free(copy);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void put_image(const char *path, const char *release)
{
	char *version = mem_printf("%s (x) #1", release);
	struct buf b = {0};

	make_image(&b, version);
	put(path, b.p, b.len);
	buf_free(&b);
	free(version);
}

static void put_module(const char *path, const char *depends, const char *release)
{
	struct buf b = {0};

	make_module_of(&b, depends, release);
	put(path, b.p, b.len);
	buf_free(&b);
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static void shell(const char *line)
{
	if (system(line) != 0)
		fail_msg("%s", line);
}

static void finds(const char *what, const char *path, const char *release)
{
	struct vm_kernel k;
	struct err err;
	char *real = realpath(path, NULL);

	if (vm_kernel_find(what, nothing, &k, &err) < 0)
		fail_msg("%s: %s", what ? what : "NULL", err.text);
	assert_non_null(real);
	assert_string_equal(k.path, real);
	assert_string_equal(k.release, release);
	assert_int_equal(k.module_count, 0);
	vm_kernel_free(&k);
	assert_null(k.path);
	free(real);
}

/* What it says. */
static int refuses(const char *what, const char *const *wanted, const char *words)
{
	struct vm_kernel k;
	struct err err = {0};

	assert_int_equal(vm_kernel_find(what, wanted, &k, &err), -1);
	assert_null(k.path);
	assert_null(k.modules);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, err.text);
	return err.code;
}

/* The modules that come with "./vmlinuz", in order, "a b c". */
static void loads(const char *const *wanted, const char *names)
{
	struct vm_kernel k;
	struct buf got = {0};
	struct err err;

	if (vm_kernel_find("./vmlinuz", wanted, &k, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < k.module_count; i++) {
		buf_printf(&got, "%s%s", i ? " " : "", k.modules[i].name);
		assert_true(k.modules[i].len > 64);
		assert_memory_equal(k.modules[i].bytes,
		                    "\x7f"
		                    "ELF",
		                    4);
	}
	assert_string_equal(buf_text(&got), names);
	buf_free(&got);
	vm_kernel_free(&k);
}

static void version_in_the_cache(void **state)
{
	(void)state;
	put_image("kernels/6.12/vmlinuz", R612);
	put_image("kernels/5.10/vmlinuz", R510);
	put_image("kernels/6.1/vmlinuz", R61);
	put_image("kernels/.fetch.6.18/vmlinuz", "6.18.1");
	finds("5.10", "kernels/5.10/vmlinuz", R510);
	finds("6.1", "kernels/6.1/vmlinuz", R61);
	finds("6.12", "kernels/6.12/vmlinuz", R612);
	finds("6.12.95", "kernels/6.12/vmlinuz", R612);
	finds("6.1.0-50", "kernels/6.1/vmlinuz", R61);
	finds(R61, "kernels/6.1/vmlinuz", R61);
	finds("6", "kernels/6.12/vmlinuz", R612);
	finds(NULL, "kernels/6.12/vmlinuz", R612);
	/* numbers, not letters */
	put_image("kernels/6.9/vmlinuz", "6.9.7-cloud-amd64");
	finds("6", "kernels/6.12/vmlinuz", R612);
	assert_int_equal(refuses("5.1", nothing, "no kernel 5.1 in "), ENOPKG);
	assert_int_equal(refuses("6.1.0-5", nothing, "(there: 5.10, 6.1, 6.9, 6.12)"), ENOPKG);
	assert_int_equal(refuses("6.18.1-x", nothing, ": ci/kernels 6.18 fetches it"), ENOPKG);
}

static void cache_that_is_empty(void **state)
{
	char *words = mem_printf("no kernel in %s/kernels: ci/kernels", (char *)*state);

	assert_int_equal(refuses(NULL, nothing, words), ENOPKG);
	assert_int_equal(mkdir("kernels", 0755), 0);
	assert_int_equal(refuses(NULL, nothing, words), ENOPKG);
	assert_int_equal(refuses("6.1", nothing, "/kernels: ci/kernels 6.1 fetches it"), ENOPKG);
	assert_int_equal(rmdir("kernels"), 0);
	put_text("kernels", "");
	assert_int_equal(refuses(NULL, nothing, "Not a directory"), ENOTDIR);
	free(words);
}

static void cache_with_a_broken_one(void **state)
{
	struct vm_cached_list l;
	struct err err;

	(void)state;
	put_text("kernels/6.12/vmlinuz", "<html>");
	assert_int_equal(refuses(NULL, nothing, "ci/kernels 6.12 fetches it anew"), ENOPKG);
	put_image("kernels/6.1/vmlinuz", R61);
	assert_int_equal(mkdir("kernels/5.10", 0755), 0);
	finds(NULL, "kernels/6.1/vmlinuz", R61);
	finds("6.1", "kernels/6.1/vmlinuz", R61);
	assert_int_equal(refuses("6.12", nothing, "6.12/vmlinuz: is no bzImage"), ENOPKG);
	assert_int_equal(refuses("5.10", nothing, "No such file"), ENOPKG);

	assert_int_equal(vm_kernel_cached(&l, &err), 0);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.list[0].line, "5.10");
	assert_string_equal(l.list[1].line, "6.12");
	assert_null(l.list[1].release);
	assert_non_null(strstr(l.list[1].problem, "is no bzImage"));
	assert_string_equal(l.list[2].release, R61);
	assert_null(l.list[2].problem);
	vm_cached_free(&l);
	assert_int_equal(l.count, 0);
}

static void folder_of_the_cache(void **state)
{
	char *home = mem_text(getenv("HOME") ? getenv("HOME") : "/");
	char *xdg = getenv("XDG_CACHE_HOME") ? mem_text(getenv("XDG_CACHE_HOME")) : NULL, *is;

	setenv("XDG_CACHE_HOME", "/xdg", 1);
	setenv("HOME", "/home/me", 1);
	assert_string_equal(is = vm_cache_folder(), *state);
	free(is);
	setenv("SOCKPROOF_CACHE", "", 1);
	assert_string_equal(is = vm_cache_folder(), "/xdg/sockproof");
	free(is);
	unsetenv("XDG_CACHE_HOME");
	assert_string_equal(is = vm_cache_folder(), "/home/me/.cache/sockproof");
	free(is);
	unsetenv("HOME");
	assert_null(vm_cache_folder());
	refuses(NULL, nothing, "SOCKPROOF_CACHE=FOLDER");
	refuses("6.1", nothing, "SOCKPROOF_CACHE=FOLDER");
	setenv("HOME", home, 1);
	if (xdg)
		setenv("XDG_CACHE_HOME", xdg, 1);
	free(home);
	free(xdg);
}

static void image_that_is_a_file(void **state)
{
	(void)state;
	put_image("a/boot/vmlinuz-x", "6.6.1");
	assert_int_equal(symlink("a/boot/vmlinuz-x", "link"), 0);
	finds("a/boot/vmlinuz-x", "a/boot/vmlinuz-x", "6.6.1");
	finds("link", "a/boot/vmlinuz-x", "6.6.1");
	put_image("6.6-mine", "6.6.2");
	finds("./6.6-mine", "6.6-mine", "6.6.2");
	assert_int_equal(refuses("6.6-mine", nothing, "no kernel 6.6-mine"), ENOPKG);
	assert_int_equal(refuses("nowhere", nothing, "kernel nowhere: No such file"), ENOENT);
	refuses("", nothing, "No such file");
	refuses("a/boot", nothing, "is not a file");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	refuses("./fifo", nothing, "is not a file");
	put_text("text", "no kernel");
	refuses("text", nothing, "text: is no bzImage");
	put_text("empty", "");
	refuses("empty", nothing, "empty: is no bzImage");
}

static void modules_beside_the_image(void **state)
{
	static const char *const tun[] = {"tun", NULL}, *const maybe[] = {"?tun", NULL};
	static const char *const places[] = {"a/boot/lib/modules/" R61, "a/lib/modules/" R61,
	                                     "a/usr/lib/modules/" R61};

	(void)state;
	put_image("a/boot/vmlinuz", R61);
	assert_int_equal(symlink("a/boot/vmlinuz", "vmlinuz"), 0);
	refuses("./vmlinuz", tun, "no modules of kernel " R61);
	refuses("./vmlinuz", tun, places[2]);
	refuses("./vmlinuz", tun, " or /lib/modules/" R61);
	loads(maybe, "");
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *file = mem_printf("%s/kernel/tun.ko", places[i]);

		put_module(file, "", R61);
		loads(tun, "tun");
		assert_int_equal(unlink(file), 0);
		shell("rm -r a/lib a/usr a/boot/lib 2>/dev/null; :");
		free(file);
	}
}

#define AT "lib/modules/" R61 "/"

static void modules_in_order(void **state)
{
	static const char *const diag[] = {"tcp_diag", "tun", "udp_diag", "inet_diag", NULL};
	static const char *const deep[] = {"a", NULL};

	(void)state;
	put_image("vmlinuz", R61);
	put_module(AT "kernel/net/tcp_diag.ko", "inet_diag", R61);
	put_module(AT "kernel/net/udp_diag.ko", "inet_diag", R61);
	put_module(AT "kernel/net/inet-diag.ko", "", R61);
	put_module(AT "kernel/drivers/tun.ko", "", R61);
	put_text(AT "kernel/drivers/tun.c", "no module");
	loads(diag, "inet_diag tcp_diag tun udp_diag");
	/* c stands before all that need it, b only once; d is built in */
	put_module(AT "a.ko", "b,c,d", R61);
	put_module(AT "b.ko", "c", R61);
	put_module(AT "c.ko", "", R61);
	put_text(AT "modules.builtin", "kernel/x/y.ko\nkernel/d.ko\n");
	loads(deep, "c b a");
}

static void modules_built_in(void **state)
{
	static const char *const wanted[] = {"?tun", "af_packet", "?not_there", NULL};
	static const char *const packet[] = {"packet", NULL};

	(void)state;
	put_image("vmlinuz", R61);
	put_text(AT "modules.builtin", "kernel/net/tun.ko\nkernel/net/packet/af-packet.ko\n\nx\n");
	loads(wanted, "");
	refuses("./vmlinuz", packet, "kernel " R61 " has no packet module");
	put_text(AT "modules.builtin", "");
	refuses("./vmlinuz", wanted, "has no af_packet module");
}

static void modules_that_are_wrong(void **state)
{
	static const char *const tun[] = {"tun", NULL}, *const maybe[] = {"?tun", NULL};
	static const char *const veth[] = {"veth", NULL}, *const a[] = {"a", NULL};

	(void)state;
	put_image("vmlinuz", R61);
	put_module(AT "veth.ko", "", R61);
	loads(veth, "veth");
	refuses("./vmlinuz", tun, "kernel " R61 " has no tun module");
	put_module(AT "tun.ko", "x_y", R61);
	refuses("./vmlinuz", tun, "tun.ko needs x_y: kernel " R61 " has no x_y module");
	refuses("./vmlinuz", maybe, "tun.ko needs x_y");
	put_module(AT "tun.ko", "", R612);
	refuses("./vmlinuz", tun, "tun.ko: is a module of kernel " R612 ", not of " R61);
	put_module(AT "tun.ko", "", "6.1.0-5");
	refuses("./vmlinuz", tun, "tun.ko: is a module of kernel 6.1.0-5, not of " R61);
	put_text(AT "tun.ko", "text");
	refuses("./vmlinuz", tun, "tun.ko: is no module");
	put_text(AT "tun.ko", "");
	refuses("./vmlinuz", tun, "tun.ko: is no module");
	put_module(AT "a.ko", "b", R61);
	put_module(AT "b.ko", "a", R61);
	refuses("./vmlinuz", a, "modules depend on each other");
}

/* As scripts/sign-file of the kernel does: the signature, 12 bytes that end with its length, and
 * these words. */
static void modules_that_are_signed(void **state)
{
	static const char *const a[] = {"a", NULL};
	static const char words[] = "~Module signature appended~\n";
	static const uint8_t lengths[][4] = {{0, 0, 0, 5}, {0xff, 0, 0, 5}};
	struct vm_kernel k;
	struct err err;

	(void)state;
	put_image("vmlinuz", R61);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct buf b = {0};
		size_t len;

		make_module_of(&b, "", R61);
		len = b.len;
		buf_add(&b, "\1\2\3\4\5\0\0\2\0\0\0\0\0", 13);
		buf_add(&b, lengths[i], sizeof *lengths);
		buf_str(&b, words);
		put(AT "a.ko", b.p, b.len);
		assert_int_equal(vm_kernel_find("./vmlinuz", a, &k, &err), 0);
		assert_int_equal(k.module_count, 1);
		/* a length that cannot be is none: the kernel shall say what it thinks of that */
		assert_int_equal(k.modules[0].len, i == 0 ? len : b.len);
		vm_kernel_free(&k);
		buf_free(&b);
	}
}

static void modules_that_are_packed(void **state)
{
	static const char *const abc[] = {"a", "b", "c", NULL}, *const broken[] = {"broken", NULL};
	char *path = mem_text(getenv("PATH"));

	(void)state;
	put_image("vmlinuz", R61);
	put_module(AT "a.ko", "d_e", R61);
	put_module(AT "b.ko", "", R61);
	put_module(AT "c.ko", "", R61);
	put_module(AT "d-e.ko", "", R61);
	put_text(AT "broken.ko.xz", "\xfd"
	                            "7zXZ");
	if (system("command -v xz zstd >/dev/null") != 0)
		skip();
	shell("cd " AT " && xz a.ko d-e.ko && zstd -q --rm b.ko && gzip c.ko");
	loads(abc, "d_e a b c");
	refuses("./vmlinuz", broken, "broken.ko.xz: cannot be unpacked: xz ended with status 1");
	setenv("PATH", "/nonexistent", 1);
	refuses("./vmlinuz", abc,
	        "a.ko.xz: xz is not installed, which unpacks it: apt-get install xz-utils");
	setenv("PATH", path, 1);
	free(path);
}

static void output_of_programs(void **state)
{
	static const char *const hello[] = {"echo", "hello", NULL}, *const flood[] = {"yes", NULL};
	static const char *const fails[] = {"sh", "-c", "exit 3", NULL};
	static const char *const dies[] = {"sh", "-c", "kill -9 $$", NULL};
	static const char *const none[] = {"no-such-program", NULL};
	static const char *const reads[] = {"cat", NULL};
	struct buf out = {0};
	struct err err;

	(void)state;
	assert_int_equal(vm_tool_output(hello, -1, 6, &out, &err), 0);
	assert_string_equal(buf_text(&out), "hello\n");
	assert_int_equal(vm_tool_output(reads, -1, 6, &out, &err), 0);
	assert_string_equal(buf_text(&out), "hello\n");
	assert_int_equal(vm_tool_output(hello, -1, 5, &out, &err), -1);
	assert_int_equal(err.code, EFBIG);
	assert_int_equal(vm_tool_output(flood, -1, 100000, &out, &err), -1);
	assert_string_equal(err.text, "yes writes more than 100000 bytes");
	assert_int_equal(vm_tool_output(fails, -1, 5, &out, &err), -1);
	assert_string_equal(err.text, "sh ended with status 3");
	assert_int_equal(vm_tool_output(dies, -1, 5, &out, &err), -1);
	assert_string_equal(err.text, "sh was killed by signal 9");
	assert_int_equal(vm_tool_output(none, -1, 5, &out, &err), -1);
	assert_int_equal(err.code, ENOENT);
	buf_free(&out);
}

static void version_of_qemu(void **state)
{
	char *path = mem_text(getenv("PATH")), *version, *own;
	struct err err;

	own = mem_printf("%s/bin", (char *)*state);
	setenv("PATH", own, 1);
	assert_null(vm_qemu_version(&err));
	assert_int_equal(err.code, ENOENT);
	assert_string_equal(err.text, VM_QEMU " is not installed");
	put_text("bin/" VM_QEMU, "#!/bin/sh\necho 'QEMU emulator version 9.9 (here)'\necho more\n");
	assert_int_equal(chmod("bin/" VM_QEMU, 0755), 0);
	assert_non_null(version = vm_qemu_version(&err));
	assert_string_equal(version, "9.9 (here)");
	free(version);
	put_text("bin/" VM_QEMU, "#!/bin/sh\necho hello\n");
	assert_null(vm_qemu_version(&err));
	setenv("PATH", path, 1);
	free(path);
	free(own);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(version_in_the_cache),    CASE(cache_that_is_empty),
	    CASE(cache_with_a_broken_one), CASE(folder_of_the_cache),
	    CASE(image_that_is_a_file),    CASE(modules_beside_the_image),
	    CASE(modules_in_order),        CASE(modules_built_in),
	    CASE(modules_that_are_wrong),  CASE(modules_that_are_signed),
	    CASE(modules_that_are_packed), CASE(output_of_programs),
	    CASE(version_of_qemu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
