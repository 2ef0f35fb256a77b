/* SPDX-License-Identifier: MIT */
/*
 * A fork bomb, which stops at 3000 processes. Its children stay.
 * Must happen: it gets no more than the assignment's limit. The server beside it is right, but is
 * asked to have no processes left when it has no clients: 30 of 40, and the reason names them.
 */
#include "attack.h"
#include <sys/mman.h>

#ifndef MOST
#define MOST 3000
#endif

BEFORE_MAIN bomb(void)
{
	int *count =
	    mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int *attempts =
	    mmap(NULL, sizeof *attempts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const pid_t first = getpid();

	if (count == MAP_FAILED || attempts == MAP_FAILED)
		return;
	while (__atomic_load_n(count, __ATOMIC_SEQ_CST) < MOST &&
	       __atomic_add_fetch(attempts, 1, __ATOMIC_SEQ_CST) < 2 * MOST) {
		if (fork() > 0)
			__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
	}
	while (getpid() != first)
		pause();
	tried("to fork, %d times", *attempts);
	if (*count >= MOST || *count > 200)
		breach("%d processes were made", *count);
}
