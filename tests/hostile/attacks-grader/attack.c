/* SPDX-License-Identifier: MIT */
/*
 * Kills and traces what it can find: process 1, its parent, VICTIM; writes to their memory.
 * Must happen: it sees no process but its own and its init, and can do nothing to that. The server
 * beside it is right: 40 of 40.
 * Were all defences gone, VICTIM would die, and no other: process 1 is only asked.
 */
#include "attack.h"
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

static void look_into(pid_t pid)
{
	char path[64], byte;
	struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};

	/* by a child that ends at once: whoever is traced stops at signals as long as there is a
	 * tracer
	 */
	pid_t child = fork();
	if (child == 0) {
		if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
			breach("process %d can be traced", (int)pid);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	if (syscall(SYS_process_vm_readv, pid, &here, 1, &there, 1, 0) == 1)
		breach("memory of process %d can be read", (int)pid);
	snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	int fd = open(path, O_RDWR);
	if (fd >= 0) {
		breach("memory of process %d can be opened", (int)pid);
		close(fd);
	}
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	for (int i = 0; pidfd >= 0 && i < 16; i++) {
		if (syscall(SYS_pidfd_getfd, pidfd, i, 0) >= 0)
			breach("descriptor %d of process %d can be had", i, (int)pid);
	}
}

BEFORE_MAIN attack(void)
{
	DIR *proc = opendir("/proc");

	for (struct dirent *e; proc && (e = readdir(proc)) != NULL;) {
		pid_t pid = atoi(e->d_name);
		if (isdigit((unsigned char)e->d_name[0]) && pid != 1 && pid != getpid())
			breach("process %d can be seen", (int)pid);
	}
	if (proc)
		closedir(proc);
	look_into(1);
	look_into(VICTIM);
	if (getppid() > 1)
		look_into(getppid());
	if (kill(VICTIM, SIGKILL) == 0)
		breach("process %d was killed", VICTIM);
	if (getuid() != 0 && kill(1, 0) == 0)
		breach("process 1 can be sent signals");
	tried("to kill and to trace");
}
