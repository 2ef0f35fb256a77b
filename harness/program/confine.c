/* SPDX-License-Identifier: MIT */
/*
 * confine.c - what a program under test cannot reach: the verdict on itself, and the machine's
 * rights
 *
 * Theory. The harness has every right over the case: it made the namespaces, and its outcome goes
 * through a pipe (in a guest: through memory) that whoever can look into its processes can write
 * to. So a program must not see them, and must not be allowed to look where it sees one.
 *
 * confine_view(), by the program's init: the /proc of its pid namespace instead of the case's, not
 * over it; kernel settings of all namespaces read-only. confine_end_of_view(): the harness's own
 * files are gone from it. confine_process(), by the child before execve(2): no capability, none to
 * be had by executing anything, and no port of the machine. Without capabilities the kernel keeps
 * it out of every process that has some (cap_ptrace_access_check() in security/commoncap.c): the
 * harness and all inits, /proc/1 among them.
 *
 * The user stays what it was: what root's files let their owner do, a program that root has started
 * can do too. A program in a jail (jail.c) does not see them, and is somebody else where that can
 * be.
 */
#include "base/err.h"
#include "program/program_own.h"
#include "world/isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __x86_64__
#include <sys/io.h>
#define IO_PORTS 65536
#endif

/* What a script may leave to a program: rights over the case's own network, none over processes,
 * files or mounts. */
static const struct {
	const char *name;
	int number;
} grants[] = {
    {"net_admin", CAP_NET_ADMIN},
    {"net_bind_service", CAP_NET_BIND_SERVICE},
    {"net_raw", CAP_NET_RAW},
};

uint64_t program_capability(const char *name)
{
	for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++) {
		if (strcmp(grants[i].name, name) == 0)
			return UINT64_C(1) << grants[i].number;
	}
	return 0;
}

/* The old one must go, or to unmount the new one would be to see the harness; and it must go last,
 * since in a user namespace there is no new one without an old one to be seen
 * (mount_too_revealing() in fs/namespace.c). */
static int replace_proc(struct err *err)
{
	char place[100];
	snprintf(place, sizeof place, "%s/proc", isolate_private());
	if (mkdir(place, 0755) < 0 && errno != EEXIST)
		return err_sys(err, errno, "make %s", place);
	if (mount("proc", place, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return err_sys(err, errno, "mount a /proc of its own");
	while (umount2("/proc", MNT_DETACH) == 0)
		;
	/* none is left; or the machine's, which a user namespace may not uncover */
	if (errno != EINVAL)
		return err_sys(err, errno, "unmount the case's /proc");
	if (mount(place, "/proc", "none", MS_MOVE, NULL) < 0)
		return err_sys(err, errno, "move its /proc to its place");
	return 0;
}

int confine_read_only(const char *path, const char *source, struct err *err)
{
	if (mount(source, path, "none", MS_BIND, NULL) < 0)
		return err_sys(err, errno, "mount %s over %s", source, path);
	/* flags that the mount has already must be named again in a user namespace
	 * (mount_namespaces(7)) */
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
	if (mount("none", path, "none", MS_REMOUNT | MS_BIND | flags, NULL) < 0)
		return err_sys(err, errno, "make %s read-only", path);
	return 0;
}

/*
 * A program that forks without end would be stopped by nothing but the machine. Since Linux 6.14
 * each pid namespace counts by itself; before, the file is the whole machine's (there too it is
 * read-only from here on).
 */
static void few_processes(unsigned most)
{
	char text[16];
	struct utsname u;
	int major = 0, minor = 0;
	if (uname(&u) < 0 || sscanf(u.release, "%d.%d", &major, &minor) != 2 || major < 6 ||
	    (major == 6 && minor < 14))
		return;
	int fd = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	int len = snprintf(text, sizeof text, "%u", most);
	if (write(fd, text, (size_t)len) < 0)
		errno = 0; /* then it is as on older kernels */
	close(fd);
}

int confine_view(unsigned most_pids, struct err *err)
{
	/* root needs no capability to write to these, and kernel.core_pattern names a program that
	 * the kernel runs outside of all namespaces (core(5)) */
	static const char *const settings[] = {"/proc/sys", "/proc/sysrq-trigger"};
	if (replace_proc(err) < 0)
		return -1;
	few_processes(most_pids);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		if (access(settings[i], F_OK) == 0 &&
		    confine_read_only(settings[i], settings[i], err) < 0)
			return -1;
	}
	return 0;
}

int confine_end_of_view(struct err *err)
{
	if (umount2(isolate_private(), MNT_DETACH) < 0)
		return err_sys(err, errno, "hide %s", isolate_private());
	return 0;
}

/* What execve(2) could give: to root all of the bounding set, and to anybody what a file has. */
static int bound(uint64_t keep)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++) {
		/* EPERM: a harness that may not change it. no_new_privs has the same effect. */
		if (!(keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap) < 0 && errno != EPERM)
			return -1;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int confine_process(uint64_t keep, const struct jail *jail)
{
	/* A server that root starts gives its files to another user and becomes that one, and does
	 * not start when it cannot. It takes more than these to look into a process of the harness.
	 */
	const uint64_t mine =
	    geteuid() == 0 && !jail
	        ? UINT64_C(1) << CAP_CHOWN | UINT64_C(1) << CAP_SETGID | UINT64_C(1) << CAP_SETUID
	        : 0;
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

#ifdef IO_PORTS
	/* a guest's harness has one, which neither fork(2) nor execve(2) takes away (ioperm(2)) */
	if (ioperm(0, IO_PORTS, 0) < 0 && errno != ENOSYS)
		return -1;
#endif
	if (bound(keep | mine) < 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -1;
	if (jail && jail_become(jail) < 0)
		return -1;
	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i].effective = data[i].permitted = data[i].inheritable =
		    (uint32_t)((keep | mine) >> 32 * i);
	if (syscall(SYS_capset, &head, data) < 0)
		return -1;
	/* so that whoever the user is has them behind execve(2) */
	for (int cap = 0; keep >> cap; cap++) {
		if (keep >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return -1;
	}
	return 0;
}
