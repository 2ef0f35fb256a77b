/* SPDX-License-Identifier: MIT */
/*
 * setns-fork-child-waitable.c - after setns(2) with a pidfd into another pid namespace, the next
 * fork's child is in that namespace and still our own child, whose exit status we wait for; and the
 * way back is open
 */
#include "fact.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>

static int fact(void)
{
	struct err err = {0};
	int init_fd, status;
	int home = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	pid_t init = isolate_clone(CLONE_NEWPID, &init_fd, &err);
	if (init < 0)
		untried("clone", &err);
	if (init == 0) {
		for (;;)
			pause();
	}
	if (setns(init_fd, CLONE_NEWPID) < 0)
		return differs("setns by pidfd: %s", strerror(errno));
	pid_t inside = isolate_raw_clone(0, NULL);
	if (inside == 0)
		_exit(getpid() == 2 && getppid() == 0 ? 42 : 1);
	if (setns(home, CLONE_NEWPID) < 0)
		return differs("setns back: %s", strerror(errno));
	if (waitpid(inside, &status, 0) != inside || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 42)
		return differs("the child inside: status 0x%x", (unsigned)status);
	pid_t outside = fork();
	if (outside == 0)
		_exit(getppid() == 1 ? 43 : 1);
	if (waitpid(outside, &status, 0) != outside || WEXITSTATUS(status) != 43)
		return differs("a child after the way back: status 0x%x", (unsigned)status);
	kill(init, SIGKILL);
	if (waitpid(init, &status, 0) != init)
		return differs("the init could not be waited for");
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
