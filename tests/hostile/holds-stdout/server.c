/* SPDX-License-Identifier: MIT */
/*
 * No server: ends at once, and leaves an orphan that holds its stdout and stderr open for an hour.
 * Must happen: nobody waits for the orphan. 0 of 40: it exited before it listened.
 */
#include "attack.h"
#include <signal.h>

int main(void)
{
	tried("to leave an orphan");
	if (fork() == 0) {
		setsid();
		signal(SIGHUP, SIG_IGN);
		sleep(3600);
	}
	return 0;
}
