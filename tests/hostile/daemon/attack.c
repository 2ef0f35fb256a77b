/* SPDX-License-Identifier: MIT */
/*
 * Leaves a daemon behind: twice forked, in a session of its own, deaf to signals. When the grader
 * has gone (it asks thrice a second) it writes to CANARY.
 * Must happen: it dies with the case. The server beside it is right, but is asked to have no
 * processes left when it has no clients: 30 of 40, and the reason names it.
 */
#include "attack.h"
#include <signal.h>
#include <sys/wait.h>

static _Noreturn void daemon_main(void)
{
	for (int sig = 1; sig < 65; sig++)
		signal(sig, SIG_IGN);
	for (int fd = 0; fd < 256; fd++)
		close(fd);
	for (int i = 0; i < 3000; i++) {
		usleep(300000);
		int fd = open(CANARY "/daemon", O_WRONLY | O_CREAT, 0666);
		if (fd >= 0)
			close(fd);
	}
	_exit(0);
}

BEFORE_MAIN attack(void)
{
	pid_t child = fork();

	if (child == 0) {
		setsid();
		if (fork() == 0)
			daemon_main();
		_exit(0);
	}
	waitpid(child, NULL, 0);
	tried("to leave a daemon");
}
