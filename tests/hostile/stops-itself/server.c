/* SPDX-License-Identifier: MIT */
/*
 * No server: stops itself, and would do so again whenever it is let go on.
 * Must happen: the clock on the wall ends it. 0 of 40: it did not listen.
 */
#include "attack.h"
#include <signal.h>

int main(void)
{
	tried("to stand still");
	for (;;)
		raise(SIGSTOP);
}
