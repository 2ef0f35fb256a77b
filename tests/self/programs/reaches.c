/* SPDX-License-Identifier: MIT */
/* reaches.c - tries what no program under test may be able to, and says what it could do */
#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif

static void says_when(int could, const char *what)
{
	if (could)
		puts(what);
}

static int opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int has_entries(const char *path)
{
	DIR *d = opendir(path);
	int count = 0;

	while (d && readdir(d))
		count++;
	if (d)
		closedir(d);
	return count > 2;
}

/* Their numbers everybody of the same user may see; not what they are. */
static int reads_links(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	char target[64];
	int count = 0;

	while (d && (e = readdir(d)) != NULL)
		count += readlinkat(dirfd(d), e->d_name, target, sizeof target) > 0;
	if (d)
		closedir(d);
	return count > 0;
}

/* The harness, or its init, which is a copy of it. */
static void try_harness(void)
{
	char name[32] = "";
	FILE *f = fopen("/proc/1/comm", "r");

	if (f && fgets(name, sizeof name, f))
		says_when(strcmp(name, "sockproof-init\n") != 0, "/proc/1 is not its own init");
	if (f)
		fclose(f);
	says_when(opens("/proc/1/mem", O_RDONLY), "reads the memory of /proc/1");
	says_when(reads_links("/proc/1/fd"), "sees descriptors of /proc/1");
	says_when(ptrace(PTRACE_SEIZE, 1, NULL, NULL) == 0, "traces pid 1");
}

static void try_mounts(void)
{
	says_when(umount2("/proc", MNT_DETACH) == 0, "unmounts /proc");
	says_when(mount("none", "/mnt", "tmpfs", 0, NULL) == 0, "mounts");
}

static void try_files(void)
{
	/* root's, of whoever started the harness; and it runs as that */
	says_when(opens("/proc/sys/kernel/core_pattern", O_WRONLY), "may write core_pattern");
	says_when(opens("/proc/sys/net/ipv4/ip_forward", O_WRONLY), "may write sysctls");
	says_when(opens("/proc/sysrq-trigger", O_WRONLY), "may write sysrq-trigger");
	says_when(opens("/etc/hosts", O_WRONLY), "may write /etc/hosts");
	says_when(has_entries("../private"), "sees the harness's own files");
}

static void refused(int sig)
{
	(void)sig;
	_exit(0);
}

static void try_machine(void)
{
	says_when(opens("/dev/mem", O_RDWR), "opens /dev/mem");
	says_when(mknod("memory", S_IFCHR | 0600, makedev(1, 1)) == 0, "makes a device");
	says_when(opens("memory", O_RDWR), "opens a device that it made");
#ifdef __x86_64__
	says_when(ioperm(0x505, 1, 1) == 0, "is given a port");
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, refused);
		inb(0x505); /* SIGSEGV when it may not; a guest's harness may (harness/vm/window.h)
		             */
		_exit(1);
	}
	int status = 0;
	waitpid(pid, &status, 0);
	says_when(WIFEXITED(status) && WEXITSTATUS(status) == 1, "reads a port");
#endif
}

static void try_network(void)
{
	struct ifreq r = {.ifr_name = "eth0"};
	int one = 1, raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW),
	    packet = socket(AF_PACKET, SOCK_RAW, 0), plain = socket(AF_INET, SOCK_STREAM, 0);

	says_when(raw >= 0, "has a raw socket");
	says_when(packet >= 0, "has a packet socket");
	says_when(setsockopt(plain, IPPROTO_IP, IP_TRANSPARENT, &one, sizeof one) == 0,
	          "may send from any address");
	if (ioctl(plain, SIOCGIFFLAGS, &r) == 0)
		says_when(ioctl(plain, SIOCSIFFLAGS, &r) == 0, "may change its interface");
}

int main(void)
{
	says_when(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1, "gains what a file has");
	try_harness();
	try_mounts();
	try_harness();
	try_files();
	try_machine();
	try_network();
	/* where it has all capabilities, over what it makes there: not over what was there */
	fflush(stdout);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
		try_harness();
		says_when(umount2("/proc", MNT_DETACH) == 0,
		          "unmounts /proc in a namespace of its own");
		try_machine();
		try_network();
	}
	puts("tried");
	return 0;
}
