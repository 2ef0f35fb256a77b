/* SPDX-License-Identifier: MIT */
/*
 * Ignores and blocks every signal that can be ignored and blocked.
 * Must happen: it ends when its case ends all the same. The server beside it is right: 40 of 40.
 */
#include "attack.h"
#include <signal.h>

BEFORE_MAIN attack(void)
{
	sigset_t all;

	for (int sig = 1; sig < 65; sig++)
		signal(sig, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	tried("to be deaf");
}
