/* SPDX-License-Identifier: MIT */
/*
 * isolate.c - the process of one case: namespaces, the bond with its parent, private mounts
 *
 * Theory. clone(2) is called raw, as a fork with namespaces: glibc's fork() takes no flags, and
 * unshare(CLONE_NEWPID) would change the parent for good. The child must not outlive its parent,
 * and PR_SET_PDEATHSIG alone leaves a gap: a parent that died before the prctl() sends nothing. In
 * a new pid namespace getppid(2) is 0 and tells nothing, so the child speaks to the parent over a
 * socket pair once the signal is armed: were the parent dead, send(2) gives EPIPE. The parent waits
 * for that word, so a child that isolate_clone() has returned is always bound.
 */
#include "world/isolate.h"
#include "base/err.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCRATCH_MB 256

/* What the child tells its parent: 0, or what failed. */
struct word {
	int code;
	char step[60];
};

/* The process's own, written once by isolate_settle(): a process has one mount namespace. */
static char scratch_path[64], private_path[64];

static int put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = write(fd, text, strlen(text));
	int code = n < 0 ? errno : 0;
	close(fd);
	errno = code;
	return n < 0 ? -1 : 0;
}

/* user_namespaces(7): one's own id needs no privilege; groups only after setgroups(2) is given up.
 */
static int map_ids(uid_t uid, gid_t gid, struct word *word)
{
	char text[64];
	/* A harness that changed its user is not "dumpable": its /proc/self would be root's
	 * (prctl(2)). */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	snprintf(word->step, sizeof word->step, "/proc/self/setgroups");
	if (put_file("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
		return -1;
	snprintf(word->step, sizeof word->step, "/proc/self/uid_map");
	snprintf(text, sizeof text, "0 %u 1\n", uid);
	if (put_file("/proc/self/uid_map", text) < 0)
		return -1;
	snprintf(word->step, sizeof word->step, "/proc/self/gid_map");
	snprintf(text, sizeof text, "0 %u 1\n", gid);
	return put_file("/proc/self/gid_map", text);
}

/* In the child. Returns only when all is well and the parent lives. */
static void bind_to_parent(int fd, unsigned long namespaces, uid_t uid, gid_t gid)
{
	struct word word = {0};
	int failed = 0;
	if (namespaces & CLONE_NEWUSER)
		failed = map_ids(uid, gid, &word);
	if (!failed) {
		snprintf(word.step, sizeof word.step, "prctl PR_SET_PDEATHSIG");
		failed = prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	}
	word.code = failed ? errno : 0;
	ssize_t n = send(fd, &word, sizeof word, MSG_NOSIGNAL);
	if (failed || n != (ssize_t)sizeof word)
		_exit(127);
	close(fd);
}

/* In the parent: wait for the child's word. */
static int hear(int fd, struct word *word)
{
	ssize_t n;
	do
		n = recv(fd, word, sizeof *word, MSG_WAITALL);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof *word)
		return 0;
	word->code = n < 0 ? errno : ECHILD;
	snprintf(word->step, sizeof word->step, "the new process ended at once");
	return -1;
}

static int outer_network = -1;

pid_t isolate_raw_clone(unsigned long flags, int *pidfd)
{
	/* CLONE_PIDFD and not pidfd_open(2): valgrind 3.19 does not know that one */
	if (pidfd) {
		*pidfd = -1;
		flags |= CLONE_PIDFD;
	}
	/* A child whose parent joins its namespaces, or traces it, must be dumpable: in a user
	 * namespace no capability makes up for it, while its memory is of before that. */
	bool closed = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 1;
	if (closed)
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, pidfd, NULL, NULL);
	int code = errno;
	if (closed && pid != 0)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	errno = code;
	return pid;
}

pid_t isolate_clone(unsigned long namespaces, int *pidfd, struct err *err)
{
	int pair[2];
	uid_t uid = geteuid();
	gid_t gid = getegid();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, errno, "socketpair");

	pid_t pid = isolate_raw_clone(namespaces, pidfd);
	if (pid < 0) {
		int code = errno;
		close(pair[0]);
		close(pair[1]);
		return err_sys(err, code, "clone with new namespaces");
	}
	if (pid == 0) {
		close(pair[0]);
		bind_to_parent(pair[1], namespaces, uid, gid);
		return 0;
	}
	close(pair[1]);
	struct word word = {0};
	hear(pair[0], &word);
	close(pair[0]);
	if (word.code) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		if (pidfd) {
			close(*pidfd);
			*pidfd = -1;
		}
		return err_sys(err, word.code, "a process of its own: %s", word.step);
	}
	return pid;
}

pid_t isolate_fork(bool user, struct err *err)
{
	/* System V IPC and POSIX queues live in a namespace too: nothing of a case may stay behind.
	 * Nor has a case any business in the machine's network; and setns(2) back into the first
	 * network namespace needs privilege over it. */
	unsigned long namespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET;

	if (user)
		namespaces |= CLONE_NEWUSER;
	return isolate_clone(namespaces, NULL, err);
}

int isolate_keep_network(struct err *err)
{
	outer_network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return outer_network < 0 ? err_sys(err, errno, "/proc/self/ns/net") : 0;
}

int isolate_outer_network(void)
{
	return outer_network;
}

static bool inside(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/*
 * The tmpfs needs a folder to lie on, and hides what is there. Programs under test may be anywhere
 * a person keeps things (/tmp, /home, /mnt, /opt), so it must be a folder where nobody keeps any.
 */
static const char *mount_point(void)
{
	static const char *const folders[] = {"/dev/shm", "/srv", "/media", "/run/lock",
	                                      "/var/lock"};
	char cwd[PATH_MAX], exe[PATH_MAX];
	if (!getcwd(cwd, sizeof cwd))
		cwd[0] = '\0';
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	exe[n < 0 ? 0 : n] = '\0';
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		struct stat st;
		if (lstat(folders[i], &st) == 0 && S_ISDIR(st.st_mode) &&
		    !inside(cwd, folders[i]) && !inside(exe, folders[i]))
			return folders[i];
	}
	return NULL;
}

/*
 * Socket diagnostics walk the whole table of connections, and all network namespaces share one that
 * is made for the machine's memory: a quarter of a million chains, looked at for every case's every
 * look. Since Linux 6.1 a namespace may have its own, of the size that the namespace it is made
 * from says (tcp_set_hashinfo() in net/ipv4/tcp_ipv4.c). Older kernels are only slower.
 */
static void small_tables(void)
{
	static const char *const sizes[][2] = {
	    {"/proc/sys/net/ipv4/tcp_child_ehash_entries", "1024"},
	    {"/proc/sys/net/ipv4/udp_child_hash_entries", "256"}};

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		int fd = open(sizes[i][0], O_WRONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		if (write(fd, sizes[i][1], strlen(sizes[i][1])) < 0)
			errno = 0; /* nothing but speed is lost */
		close(fd);
	}
}

/* A tmpfs is memory: a program that fills it must not get the harness killed where there is little,
 * as in a guest. */
static unsigned scratch_megabytes(void)
{
	struct sysinfo machine;
	if (sysinfo(&machine) < 0)
		return SCRATCH_MB;
	uint64_t quarter = (uint64_t)machine.totalram * machine.mem_unit / 4 >> 20;
	return quarter < SCRATCH_MB ? (unsigned)quarter : SCRATCH_MB;
}

const char *isolate_settle(struct err *err)
{
	const unsigned long plain = MS_NOSUID | MS_NODEV;
	const char *folder = mount_point();
	if (!folder) {
		err_set(err, ENOENT,
		        "no folder to mount a scratch tmpfs on (/dev/shm, /srv, /media)");
		return NULL;
	}
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0) {
		err_sys(
		    err, errno,
		    errno == EINVAL
		        ? "the root folder is no mount point, as in a plain chroot: bind it onto "
		          "itself first (mount --bind DIR DIR)"
		        : "make the mounts private");
		return NULL;
	}
	if (mount("proc", "/proc", "proc", plain | MS_NOEXEC, NULL) < 0) {
		err_sys(err, errno, "mount a /proc of its own");
		return NULL;
	}
	small_tables();
	char options[64];
	snprintf(options, sizeof options, "size=%um,nr_inodes=65536,mode=0755",
	         scratch_megabytes());
	if (mount("sockproof", folder, "tmpfs", plain, options) < 0) {
		err_sys(err, errno, "mount a tmpfs on %s", folder);
		return NULL;
	}
	char scratch[sizeof scratch_path], private[sizeof private_path];
	snprintf(scratch, sizeof scratch, "%s/scratch", folder);
	snprintf(private, sizeof private, "%s/private", folder);
	if (mkdir(scratch, 0755) < 0 || chmod(scratch, 01777) < 0 || mkdir(private, 0755) < 0) {
		err_sys(err, errno, "make %s", scratch);
		return NULL;
	}
	if (mount("sockproof", private, "tmpfs", plain, "size=16m,nr_inodes=4096,mode=0755") < 0) {
		err_sys(err, errno, "mount a tmpfs on %s", private);
		return NULL;
	}
	/* for no program to look into, whatever it was left to do */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	memcpy(scratch_path, scratch, sizeof scratch);
	memcpy(private_path, private, sizeof private);
	return scratch_path;
}

const char *isolate_scratch(void)
{
	return scratch_path[0] ? scratch_path : NULL;
}

const char *isolate_private(void)
{
	return private_path[0] ? private_path : NULL;
}

bool isolate_needs_user(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
	if (syscall(SYS_capget, &head, data) < 0)
		return geteuid() != 0;
	return !(data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN));
}
