/* SPDX-License-Identifier: MIT */
/*
 * snapshot.c - see snapshot.h
 *
 * Theory. Everything that decides how a guest boots - the kernel, what is in the initramfs, the
 * machine, QEMU's version - makes the name of its folder in the cache. It is made under another
 * name and put in place by rename(2), so what is there is whole. Who uses a folder holds a shared
 * lock on it; the oldest that nobody holds go when there are too many.
 */
#include "vm/snapshot.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "vm/closure.h"
#include "vm/cpio.h"
#include "vm/machine.h"
#include "vm/window.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT 8

/*
 * The kernel's command line. What it says besides the plain words:
 * - mem= hides the window, numa=off the second node that it is;
 * - random.trust_cpu=off, nokaslr: nothing by chance;
 * - tsc=reliable, nowatchdog: no timer that watches other timers;
 * - rcupdate.rcu_expedited: a grace period does not wait for the tick (a world is made of dozens);
 * - pci=off pnpacpi=off, acpi_init blacklisted: nothing that the guest uses is there, and finding
 *   that out takes half a second. Not acpi=off: the local APIC would go with it, and a guest whose
 *   timer is the 8254 wakes up forty times a second;
 * - psi=0 cgroup_disable=memory: no statistics every other second;
 * - init_on_alloc=0: Debian's kernels clear what they allocate, against leaks of what they held;
 * - mitigations=off: nobody is to be kept from anything here, and each indirect call goes by a
 *   detour otherwise;
 * - cryptomgr.notests and the blacklisted initcalls: self tests, signatures, sources of entropy and
 *   names for tracing, which nothing here uses. More than half of the boot's instructions. With
 *   ftrace_check_for_weak_functions a kernel looks up the name of each of 60,000 places that could
 *   be traced: a seventh of what is left of 6.12's.
 */
static const char command_line[] =
    "console=ttyS0 quiet panic=-1 rdinit=/init mem=192M numa=off nokaslr random.trust_cpu=off "
    "tsc=reliable nowatchdog cryptomgr.notests rcupdate.rcu_expedited=1 pci=off pnpacpi=off "
    "init_on_alloc=0 mitigations=off psi=0 cgroup_disable=memory "
    "initcall_blacklist=load_system_certificate_list,init_kprobe_trace,init_blk_tracer,"
    "jent_mod_init,trace_eval_init,tracer_init_tracefs,acpi_init,"
    "ftrace_check_for_weak_functions";

/* Folders and files that every guest has. /etc: what libc looks into for names of users; the files
 * that a host has of its own are mounted over theirs, so they must be there. */
static const struct {
	const char *name;
	const char *text; /* NULL: a folder */
} skeleton[] = {
    {"dev", NULL},
    {"etc", NULL},
    {"evidence", NULL},
    {"modules", NULL},
    {"proc", NULL},
    {"root", NULL},
    {"run", NULL},
    {"srv", NULL},
    {"sys", NULL},
    {"tmp", NULL},
    {"var", NULL},
    {"var/run", NULL},
    {"etc/gai.conf", ""},
    {"etc/group", "root:x:0:\nnogroup:x:65534:\n"},
    {"etc/host.conf", ""},
    {"etc/hosts", ""},
    {"etc/nsswitch.conf", ""},
    {"etc/passwd",
     "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
    {"etc/resolv.conf", ""},
};

/* As on the host, where they are there. The locale is the one that programs are told (launch.c). */
static const char *const copied[] = {"/etc/protocols", "/etc/services", "/usr/lib/locale/C.utf8"};

static int build_image(const struct vm_kernel *k, struct buf *out, struct err *err)
{
	struct closure files = {0};
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
	int rc = 0;

	if (len < 0)
		return err_sys(err, errno, "/proc/self/exe");
	exe[len] = '\0';
	for (size_t i = 0; i < sizeof skeleton / sizeof skeleton[0]; i++) {
		const char *text = skeleton[i].text;

		cpio_add(out, skeleton[i].name, text ? S_IFREG | 0644 : S_IFDIR | 0755,
		         text ? text : "", text ? strlen(text) : 0);
	}
	for (size_t i = 0; i < k->module_count; i++) {
		char *name = mem_printf("modules/%02zu-%s.ko", i, k->modules[i].name);

		cpio_add(out, name, S_IFREG | 0644, k->modules[i].bytes, k->modules[i].len);
		free(name);
	}
	rc = closure_add_program(&files, exe, "/init", err);
	for (size_t i = 0; rc == 0 && i < sizeof copied / sizeof copied[0]; i++) {
		if (access(copied[i], R_OK) == 0)
			rc = closure_add_path(&files, copied[i], err);
	}
	if (rc == 0)
		rc = closure_pack(&files, out, err);
	closure_free(&files);
	cpio_end(out);
	return rc;
}

static int mix_file(uint64_t *h, const char *path, struct err *err)
{
	char piece[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	while ((n = read(fd, piece, sizeof piece)) > 0)
		*h = digest_add(*h, piece, (size_t)n);
	if (n < 0)
		err_sys(err, errno, "%s", path);
	close(fd);
	return n < 0 ? -1 : 0;
}

/* A memory file with these bytes (NULL: none), and @size bytes long. -1 with @err set. */
static int memory_file(const char *name, const struct buf *b, size_t size, struct err *err)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd >= 0 && (!b || file_write_all(fd, b->p, b->len) == 0) && ftruncate(fd, (off_t)size) == 0)
		return fd;
	err_sys(err, errno, "%zu MiB of memory for %s", size >> 20, name);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* One piece of the memory file that is not a hole: from *@from to @end. */
static int copy_piece(int from, int to, off_t at, off_t end)
{
	if (lseek(to, at, SEEK_SET) < 0)
		return -1;
	while (at < end) {
		ssize_t n = sendfile(to, from, &at, (size_t)(end - at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
	}
	return 0;
}

/* The memory of a guest into the new file @path; holes stay holes. */
static int keep_memory(int memory, const char *path, struct err *err)
{
	const off_t size = (off_t)WINDOW_KERNEL_MB << 20;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), code = 0;
	off_t at = 0, end;

	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	if (ftruncate(fd, size) < 0)
		code = errno;
	while (code == 0 && (at = lseek(memory, at, SEEK_DATA)) >= 0) {
		end = lseek(memory, at, SEEK_HOLE);
		if (end < 0 || copy_piece(memory, fd, at, end) < 0)
			code = errno;
		at = end;
	}
	/* ENXIO: only a hole is left (lseek(2)) */
	if (code == 0 && errno != ENXIO)
		code = errno;
	if (close(fd) < 0 && code == 0)
		code = errno;
	return code ? err_sys(err, code, "%s", path) : 0;
}

struct boot {
	const struct snapshot_setting *setting;
	int64_t began;
};

static void tick(void *arg)
{
	const struct boot *b = arg;
	char what[200];

	if (!b->setting->progress)
		return;
	snprintf(what, sizeof what, "booting %s", b->setting->kernel->release);
	b->setting->progress(what, (double)(clock_now() - b->began) / NS_PER_S);
}

/* Sets @err to why the guest did not get so far. */
static int not_ready(struct machine *m, int end, int64_t patience, struct err *err)
{
	const struct window_head *head = machine_window(m);

	if (end == MACHINE_STOPPED && head->magic == WINDOW_MAGIC && head->state == WINDOW_FAILED)
		return err_set(err, EIO, "the guest could not get ready: %.400s",
		               (const char *)head + WINDOW_PAYLOAD);
	if (end == MACHINE_LATE)
		err_set(err, ETIMEDOUT, "the guest was not ready within %lld s",
		        (long long)(patience / NS_PER_S));
	else
		err_set(err, EIO, "it ended before the guest was ready");
	machine_last_words(m, err);
	return -1;
}

/* Boot until the guest says it is ready, and save it in @folder. */
static int boot(const struct snapshot_setting *setting, const struct machine_setting *ms,
                const char *folder, struct err *err)
{
	struct boot b = {.setting = setting, .began = clock_now()};
	struct machine *m = machine_start(ms, err);
	const struct window_head *head;
	char *state, *memory;
	int end, rc = -1;

	if (!m)
		return -1;
	state = mem_printf("%s/state", folder);
	memory = mem_printf("%s/memory", folder);
	head = machine_window(m);
	end = machine_run(m, setting->patience, tick, &b, err);
	if (end == MACHINE_STOPPED && head->magic == WINDOW_MAGIC && head->state == WINDOW_READY) {
		rc = machine_save(m, state, err);
		if (rc == 0)
			rc = keep_memory(ms->fresh, memory, err);
	} else if (end >= 0) {
		rc = not_ready(m, end, setting->patience, err);
	}
	machine_close(&m);
	free(state);
	free(memory);
	return rc;
}

/* Remove a snapshot's folder; it holds these files only. */
static void remove_folder(const char *folder)
{
	static const char *const names[] = {"memory", "state"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *path = mem_printf("%s/%s", folder, names[i]);

		unlink(path);
		free(path);
	}
	rmdir(folder);
}

/* What is booted: the kernel unpacked, or else its image. */
static int kernel_file(const struct vm_kernel *k, struct err *err)
{
	struct buf bytes = {0};
	int fd = -1;

	if (vm_kernel_elf(k, &bytes, err) == 0 &&
	    (bytes.len > 0 || vm_kernel_image(k, &bytes, err) == 0))
		fd = memory_file("the kernel", &bytes, bytes.len, err);
	buf_free(&bytes);
	return fd;
}

static void close_all(const struct machine_setting *ms)
{
	const int fds[] = {ms->kernel, ms->initrd, ms->fresh};

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

/* In the new folder @folder. */
static int make(const struct snapshot_setting *setting, const char *folder, const struct buf *image,
                struct err *err)
{
	struct machine_setting ms = {.command_line = command_line, .initrd = -1, .fresh = -1};
	int rc = -1;

	ms.kernel = kernel_file(setting->kernel, err);
	if (ms.kernel >= 0)
		ms.initrd = memory_file("the initramfs", image, image->len, err);
	if (ms.initrd >= 0)
		ms.fresh = memory_file("the guest", NULL, (size_t)WINDOW_KERNEL_MB << 20, err);
	if (ms.fresh >= 0)
		rc = boot(setting, &ms, folder, err);
	close_all(&ms);
	return rc;
}

struct kept {
	char *path;
	struct timespec at;
};

static int newest_first(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->at.tv_sec != y->at.tv_sec)
		return x->at.tv_sec > y->at.tv_sec ? -1 : 1;
	return x->at.tv_nsec > y->at.tv_nsec ? -1 : x->at.tv_nsec < y->at.tv_nsec;
}

/* Let the oldest go, and what killed runs have left half made; not those that somebody holds. */
static void prune(const char *guests)
{
	struct kept *list = NULL;
	size_t count = 0;
	DIR *d = opendir(guests);
	const struct dirent *e;

	while (d && (e = readdir(d)) != NULL) {
		char *path = mem_printf("%s/%s", guests, e->d_name);
		struct stat st;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    lstat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
			free(path);
			continue;
		}
		if (e->d_name[0] == '.')
			st.st_mtim = (struct timespec){0};
		MEM_ROOM(list, count);
		list[count++] = (struct kept){.path = path, .at = st.st_mtim};
	}
	if (d)
		closedir(d);
	if (count > 0)
		qsort(list, count, sizeof *list, newest_first);
	for (size_t i = 0; i < count; i++) {
		bool half = list[i].at.tv_sec == 0;
		int fd =
		    half || i >= KEPT ? open(list[i].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_folder(list[i].path);
		if (fd >= 0)
			close(fd);
		free(list[i].path);
	}
	free(list);
}

/* Hold @path. False: it is not there, or was removed in this moment. */
static bool hold(const char *path, struct snapshot *out)
{
	struct stat here, there;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (flock(fd, LOCK_SH) < 0 || fstat(fd, &here) < 0 || stat(path, &there) < 0 ||
	    here.st_ino != there.st_ino) {
		close(fd);
		return false;
	}
	*out = (struct snapshot){.folder = fd,
	                         .memory = mem_printf("%s/memory", path),
	                         .state = mem_printf("%s/state", path)};
	/* the time says when it was last of use */
	futimens(fd, NULL);
	return true;
}

/* Boot, under the lock of the name, and put in place. */
static int make_and_hold(const struct snapshot_setting *setting, const char *guests,
                         const char *path, const struct buf *image, struct snapshot *out,
                         struct err *err)
{
	char *lock = mem_printf("%s.lock", path), *making;
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600), folder = -1, rc = -1;

	free(lock);
	if (fd < 0 || flock(fd, LOCK_EX) < 0) {
		err_sys(err, errno, "lock %s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (hold(path, out)) { /* somebody else made it meanwhile */
		close(fd);
		return 0;
	}
	prune(guests);
	making = mem_printf("%s/.%s-%d", guests, strrchr(path, '/') + 1, (int)getpid());
	remove_folder(making);
	if (mkdir(making, 0700) < 0)
		err_sys(err, errno, "make %s", making);
	else if ((folder = open(making, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
	         flock(folder, LOCK_SH) < 0)
		err_sys(err, errno, "lock %s", making);
	else
		rc = make(setting, making, image, err);
	if (rc == 0 && rename(making, path) < 0)
		rc = err_sys(err, errno, "rename %s to %s", making, path);
	if (rc == 0 && !hold(path, out))
		rc = err_set(err, ENOENT, "%s vanished at once", path);
	if (rc < 0)
		remove_folder(making);
	if (folder >= 0)
		close(folder);
	free(making);
	close(fd);
	return rc;
}

int snapshot_get(const struct snapshot_setting *setting, struct snapshot *out, struct err *err)
{
	struct machine_setting ms = {.command_line = command_line};
	char *cache = vm_cache_folder(), *guests = mem_printf("%s/guests", cache);
	char *words = machine_words(&ms), *path;
	struct buf image = {0};
	uint64_t h = DIGEST_BEGIN;
	int rc = build_image(setting->kernel, &image, err);

	*out = (struct snapshot){.folder = -1};
	if (rc == 0) {
		h = digest_add(h, image.p, image.len);
		h = digest_add(h, words, strlen(words));
		h = digest_add(h, setting->qemu_version, strlen(setting->qemu_version));
		rc = mix_file(&h, setting->kernel->path, err);
	}
	path = mem_printf("%s/%s-%016llx", guests, setting->kernel->release, (unsigned long long)h);
	if (rc == 0)
		rc = file_make_folders(guests, err);
	if (rc == 0 && !hold(path, out))
		rc = make_and_hold(setting, guests, path, &image, out, err);
	buf_free(&image);
	free(words);
	free(path);
	free(guests);
	free(cache);
	return rc < 0 ? err_wrap(err, "kernel %s", setting->kernel->release) : 0;
}

void snapshot_free(struct snapshot *s)
{
	free(s->memory);
	free(s->state);
	if (s->folder >= 0)
		close(s->folder);
	*s = (struct snapshot){.folder = -1};
}
