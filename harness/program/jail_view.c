/* SPDX-License-Identifier: MIT */
/*
 * jail_view.c - what a jailed program sees: another root folder, made anew for it
 *
 * Theory. To hide what must not be seen takes a list of all that is there. So the root folder is an
 * empty tmpfs into which goes what a program needs: the system's programs and libraries, the few
 * files of /etc by which programs start and names are looked up, the devices that are none, a /proc
 * of its pid namespace, places of limited size to write to, the case's scratch folder and the
 * submission. Then the old root folder is unmounted: there is no path to it, and the program cannot
 * mount.
 *
 * The init works in the new root folder by relative paths; nobody else is in there until it is
 * done.
 */
#include "base/err.h"
#include "base/file.h"
#include "program/program_own.h"
#include "world/isolate.h"
#include "world/world.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB       (UINT64_C(1) << 20)
#define SHM_BYTES (16 * MIB)

/* Flags that a mount has must be named again (mount(2), mount_namespaces(7)); times of reading are
 * left as they are. */
static int remount(const char *path, unsigned long flags, struct err *err)
{
	struct statvfs v;

	if (statvfs(path, &v) < 0)
		return err_sys(err, errno, "statvfs %s", path);
	flags |= ((v.f_flag & ST_RDONLY) ? MS_RDONLY : 0) |
	         ((v.f_flag & ST_NOEXEC) ? MS_NOEXEC : 0) | ((v.f_flag & ST_NODEV) ? MS_NODEV : 0) |
	         MS_NOSUID;
	if (mount("none", path, "none", MS_REMOUNT | MS_BIND | flags, NULL) < 0)
		return err_sys(err, errno, "change the mount %s", path);
	return 0;
}

/* proc_pid_mountinfo(5): a blank and its like are \040. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		unsigned c;
		if (*s == '\\' && sscanf(s + 1, "%3o", &c) == 1) {
			*to++ = (char)c;
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

static bool beneath(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* The mount at @path, of the folder that this process is in, and all below it. */
static int remount_all(const char *path, unsigned long flags, struct err *err)
{
	char here[PATH_MAX], *line = NULL;
	size_t room = 0;
	int r = 0;

	if (!getcwd(here, sizeof here))
		return err_sys(err, errno, "getcwd");
	FILE *f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return err_sys(err, errno, "read the list of mounts");
	char *place = mem_printf("%s/%s", here, path);
	while (r == 0 && getline(&line, &room, f) > 0) {
		int from = 0, to = 0;
		sscanf(line, "%*s %*s %*s %*s %n%*s%n", &from, &to);
		if (to == 0)
			continue;
		line[to] = '\0';
		unescape(line + from);
		if (beneath(line + from, place))
			r = remount(line + from, flags, err);
	}
	fclose(f);
	free(line);
	free(place);
	return r;
}

static int bind_folder(const char *source, const char *path, unsigned long flags, struct err *err)
{
	if (file_make_folders(path, err) < 0)
		return -1;
	if (mount(source, path, "none", MS_BIND | MS_REC, NULL) < 0)
		return err_sys(err, errno, "show %s as /%s", source, path);
	return remount_all(path, flags | MS_NODEV, err);
}

static int bind_file(const char *source, const char *path, unsigned long flags, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0)
		return err_sys(err, errno, "create /%s", path);
	close(fd);
	if (mount(source, path, "none", MS_BIND, NULL) < 0)
		return err_sys(err, errno, "show %s as /%s", source, path);
	return remount(path, flags | MS_RDONLY, err);
}

/* As it is on this machine: a link as a link. What is not there is not there. */
static int show(const char *path, struct err *err)
{
	char source[PATH_MAX], target[PATH_MAX];
	struct stat st;

	snprintf(source, sizeof source, "/%s", path);
	if (lstat(source, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return bind_folder(source, path, MS_RDONLY, err);
	if (!S_ISLNK(st.st_mode))
		return bind_file(source, path, MS_NODEV, err);
	ssize_t n = readlink(source, target, sizeof target - 1);
	if (n < 0)
		return err_sys(err, errno, "read the link %s", source);
	target[n] = '\0';
	return symlink(target, path) < 0 ? err_sys(err, errno, "make the link %s", source) : 0;
}

static int show_all(const char *const *paths, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (show(paths[i], err) < 0)
			return -1;
	}
	return 0;
}

/* Both make files that cannot be there yet: were this not the new root folder, nothing of the
 * machine's would be touched. */
static int write_file(const char *path, const char *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (n != (ssize_t)strlen(text))
		err_sys(err, n < 0 ? errno : ENOSPC, "write /%s", path);
	if (fd >= 0)
		close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

static int make_users(const struct jail *j, struct err *err)
{
	struct buf passwd = {0}, group = {0};
	uid_t user;

	buf_str(&passwd, "root:x:0:0:root:/:/bin/sh\n");
	buf_str(&group, "root:x:0:\n");
	if (jail_user(j, &user)) {
		buf_printf(&passwd, "submission:x:%u:%u::%s:/bin/sh\n", (unsigned)user,
		           (unsigned)user, isolate_scratch());
		buf_printf(&group, "submission:x:%u:\n", (unsigned)user);
	}
	buf_str(&passwd, "nobody:x:65534:65534:nobody:/:/bin/sh\n");
	buf_str(&group, "nogroup:x:65534:\n");
	int r = write_file("etc/passwd", buf_text(&passwd), err);
	if (r == 0)
		r = write_file("etc/group", buf_text(&group), err);
	buf_free(&passwd);
	buf_free(&group);
	return r;
}

static int make_etc(const struct program *p, struct err *err)
{
	static const char *const machines[] = {"etc/ld.so.cache",  "etc/ld.so.conf",
	                                       "etc/ld.so.conf.d", "etc/localtime",
	                                       "etc/timezone",     "etc/alternatives"};

	if (file_make_folders("etc", err) < 0 || make_users(p->jail, err) < 0 ||
	    show_all(machines, sizeof machines / sizeof machines[0], err) < 0)
		return -1;
	for (int i = 0; i < HOST_FILE_COUNT; i++) {
		const char *own = host_file_path(p->host, i), *target = host_file_target(i) + 1;
		if (own ? bind_file(own, target, MS_NODEV, err) < 0 : show(target, err) < 0)
			return -1;
	}
	return 0;
}

static int make_tmpfs(const char *path, uint64_t bytes, unsigned inodes, unsigned long flags,
                      struct err *err)
{
	char options[100];

	snprintf(options, sizeof options, "size=%llu,nr_inodes=%u,mode=1777",
	         (unsigned long long)bytes, inodes);
	if (file_make_folders(path, err) < 0)
		return -1;
	if (mount("sockproof", path, "tmpfs", MS_NOSUID | MS_NODEV | flags, options) < 0)
		return err_sys(err, errno, "mount a tmpfs as /%s", path);
	return 0;
}

/* Those that give or take bytes, and the terminal of whoever has one. */
static int make_dev(unsigned inodes, struct err *err)
{
	static const char *const devices[] = {"dev/null",   "dev/zero",    "dev/full",
	                                      "dev/random", "dev/urandom", "dev/tty"};
	static const char *const links[][2] = {{"/proc/self/fd", "dev/fd"},
	                                       {"/proc/self/fd/0", "dev/stdin"},
	                                       {"/proc/self/fd/1", "dev/stdout"},
	                                       {"/proc/self/fd/2", "dev/stderr"}};
	struct stat st;

	if (file_make_folders("dev", err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
		char source[32];
		snprintf(source, sizeof source, "/%s", devices[i]);
		if (stat(source, &st) == 0 && S_ISCHR(st.st_mode) &&
		    bind_file(source, devices[i], MS_NOEXEC, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
		if (symlink(links[i][0], links[i][1]) < 0)
			return err_sys(err, errno, "make the link /%s", links[i][1]);
	}
	return make_tmpfs("dev/shm", SHM_BYTES, inodes, MS_NOEXEC, err);
}

static int fill(const struct program *p, struct err *err)
{
	static const char *const system[] = {"usr",   "bin",   "sbin",  "lib",
	                                     "lib32", "lib64", "libx32"};
	const struct jail_spec *spec = jail_spec(p->jail);
	const uint64_t bytes = spec->tmp_bytes ? spec->tmp_bytes : 64 * MIB;
	const unsigned inodes = spec->tmp_inodes ? spec->tmp_inodes : 4096;

	if (show_all(system, sizeof system / sizeof system[0], err) < 0 || make_etc(p, err) < 0 ||
	    make_dev(inodes, err) < 0 || make_tmpfs("tmp", bytes, inodes, 0, err) < 0 ||
	    file_make_folders("proc", err) < 0 || file_make_folders("var", err) < 0)
		return -1;
	if (symlink("/tmp", "var/tmp") < 0)
		return err_sys(err, errno, "make the link /var/tmp");
	if (bind_folder(isolate_scratch(), isolate_scratch() + 1, 0, err) < 0)
		return -1;
	if (spec->folder &&
	    bind_folder(spec->folder, "submission", spec->writable ? 0 : MS_RDONLY, err) < 0)
		return -1;
	/* last: what mounts there are is read in it */
	if (mount("/proc", "proc", "none", MS_MOVE, NULL) < 0)
		return err_sys(err, errno, "move its /proc to its root folder");
	/* root needs no capability to write to much of it */
	return remount("proc", MS_RDONLY | MS_NODEV | MS_NOEXEC, err);
}

/* The new root folder becomes the only one. */
static int change_root(struct err *err)
{
	if (syscall(SYS_pivot_root, ".", ".") == 0) {
		if (umount2(".", MNT_DETACH) < 0)
			return err_sys(err, errno, "unmount the old root folder");
	} else if (errno != EINVAL || mount(".", "/", "none", MS_MOVE, NULL) < 0 ||
	           chroot(".") < 0) {
		/* the first root folder of all, as in a guest, can only be covered (pivot_root(2))
		 */
		return err_sys(err, errno, "change the root folder");
	}
	if (chdir("/") < 0)
		return err_sys(err, errno, "chdir /");
	return remount("/", MS_RDONLY | MS_NODEV, err);
}

static int hide(const char *path, struct err *err)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return 0;
	r = S_ISDIR(st.st_mode)
	        ? mount("sockproof", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k")
	        : mount("/dev/null", path, "none", MS_BIND, NULL);
	return r < 0 ? err_sys(err, errno, "hide %s", path) : 0;
}

/* /proc/1/cmdline can be read by everybody, and is the harness's: whom it grades, and by what. */
static int forget_command_line(struct err *err)
{
	char stat[2048];
	unsigned long at[4] = {0}; /* arg_start, arg_end, env_start, env_end: fields 48 to 51 */
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC), r = 0;
	ssize_t n = fd < 0 ? -1 : read(fd, stat, sizeof stat - 1);
	int field = 2;

	if (fd >= 0)
		close(fd);
	stat[n < 0 ? 0 : n] = '\0';
	char *s = strrchr(stat, ')'); /* ends field 2 */
	for (; s && (s = strchr(s, ' ')) != NULL; s++) {
		if (++field >= 48 && field < 52)
			at[field - 48] = strtoul(s + 1, NULL, 10);
	}
	fd = open("/proc/self/mem", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || field < 52)
		r = err_sys(err, fd < 0 ? errno : EIO, "forget the command line");
	for (int i = 0; r == 0 && i < 4; i += 2) {
		size_t len = at[i + 1] - at[i];
		char *zero = mem_zero(len + 1, 1);
		if (pwrite(fd, zero, len, (off_t)at[i]) != (ssize_t)len)
			r = err_sys(err, errno, "forget the command line");
		free(zero);
	}
	if (fd >= 0)
		close(fd);
	return r;
}

int jail_view(const struct program *p, struct err *err)
{
	const struct jail_spec *spec = jail_spec(p->jail);
	const unsigned processes = spec->processes ? spec->processes : 64;
	char root[100];

	umask(022);
	snprintf(root, sizeof root, "%s/root", isolate_private());
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(err, errno, "make the mounts private");
	/* 300 numbers are lost (confine.c); its init has one */
	if (confine_view(302 + processes, err) < 0 || forget_command_line(err) < 0)
		return -1;
	if (mkdir(root, 0755) < 0 && errno != EEXIST)
		return err_sys(err, errno, "make %s", root);
	if (mount("sockproof", root, "tmpfs", MS_NOSUID, "size=1m,nr_inodes=1024,mode=0755") < 0 ||
	    chdir(root) < 0)
		return err_sys(err, errno, "make a root folder");
	if (fill(p, err) < 0 || change_root(err) < 0)
		return -1;
	for (size_t i = 0; spec->hidden && spec->hidden[i]; i++) {
		if (hide(spec->hidden[i], err) < 0)
			return -1;
	}
	return 0;
}
