/* SPDX-License-Identifier: MIT */
/*
 * Looks for secrets: in its environment and that of process 1, in /proc/1, in descriptors that were
 * left open, in the kernel's log and memory.
 * Must happen: there is nothing. The server beside it is right: 40 of 40.
 */
#include "attack.h"
#include <dirent.h>
#include <sys/klog.h>

static void look_for_secret(const char *path)
{
	char bytes[65536];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);

	if (n > 0 && memmem(bytes, (size_t)n, SECRET, strlen(SECRET)))
		breach("%s tells the secret", path);
	if (n > 0 && memmem(bytes, (size_t)n, "sockproof grade", 15))
		breach("%s tells of the grader", path);
	if (fd >= 0)
		close(fd);
}

static void look_at_descriptors(void)
{
	for (int fd = 3; fd < 4096; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			breach("descriptor %d is open", fd);
	}
}

BEFORE_MAIN attack(void)
{
	static const char *const files[] = {
	    "/proc/1/environ",   "/proc/1/cmdline",   "/proc/self/environ", "/proc/self/mountinfo",
	    "/proc/1/mountinfo", "/proc/self/cgroup", "/proc/net/unix",     "/proc/mounts"};
	static const char *const links[] = {"/proc/1/root", "/proc/1/cwd",  "/proc/1/exe",
	                                    "/proc/1/fd/0", "/proc/1/fd/3", "/proc/1/ns/mnt"};
	static const char *const memory[] = {
	    "/dev/mem",     "/dev/kmsg",   "/dev/vda",
	    "/dev/sda",     "/proc/kcore", "/dev/kvm",
	    "/dev/net/tun", "/dev/fuse",   "/proc/sys/kernel/core_pattern"};
	char text[256];

	look_at_descriptors();
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		look_for_secret(files[i]);
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
		if (readlink(links[i], text, sizeof text) > 0)
			breach("%s can be followed", links[i]);
	}
	for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++) {
		int fd = open(memory[i], i < 4 ? O_RDONLY : O_RDWR);
		if (fd >= 0) {
			breach("%s can be opened", memory[i]);
			close(fd);
		}
	}
	if (klogctl(3, text, sizeof text) > 0)
		breach("the kernel's log can be read");
	tried("to look around");
}
