/* SPDX-License-Identifier: MIT */
/*
 * pidns-dies-with-init.c - SIGKILL to the first process of a pid namespace ends all processes in
 * it, those in sessions and namespaces of their own too (pid_namespaces(7)); from inside, no signal
 * ends it
 */
#include "fact.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>

static int fact(void)
{
	struct err err = {0};
	int held[2], ready[2], status;
	char byte;
	if (pipe2(held, O_CLOEXEC) < 0 || pipe2(ready, O_CLOEXEC) < 0)
		untried("pipe", &err);
	pid_t init = isolate_clone(CLONE_NEWPID, NULL, &err);
	if (init < 0)
		untried("clone", &err);
	if (init == 0) {
		for (int i = 0; i < 3; i++) {
			if (fork() != 0)
				continue;
			signal(SIGTERM, SIG_IGN);
			if (setsid() < 0 || kill(1, SIGKILL) < 0 || kill(1, SIGTERM) < 0)
				_exit(1);
			if (i == 2 && unshare(CLONE_NEWPID) == 0)
				fork();
			if (write(ready[1], "x", 1) < 0)
				_exit(1);
			for (;;)
				pause();
		}
		for (;;)
			pause();
	}
	close(held[1]);
	for (int i = 0; i < 4; i++) {
		if (read(ready[0], &byte, 1) != 1)
			return differs("the processes did not start");
	}
	if (waitpid(init, &status, WNOHANG) != 0)
		return differs("a signal from inside ended the init");
	kill(init, SIGKILL);
	waitpid(init, &status, 0);
	/* each of them holds the pipe; the wait for init's end is the kernel's wait for theirs */
	if (fcntl(held[0], F_SETFL, O_NONBLOCK) < 0 || read(held[0], &byte, 1) != 0)
		return differs("a process outlived its init");
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
