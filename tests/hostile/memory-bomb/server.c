/* SPDX-License-Identifier: MIT */
/*
 * No server: takes memory and uses it: first 1200 MiB by four children together, then 4 GiB itself.
 * Must happen: it gets no more than the assignment's limit, 512 MiB; where the machine can only
 * limit each process by itself, "together" is said instead of BREACH, and that this is lacking is
 * said by the grader. 0 of 40: it ended before it listened.
 */
#include "attack.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#ifndef MOST
#define MOST (4096L << 20)
#endif
#define PART     (16L << 20)
#define CHILDREN 4

static void take(long most, long *taken)
{
	for (long i = 0; i < most / PART; i++) {
		char *p =
		    mmap(NULL, PART, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			break;
		memset(p, 1, PART);
		__atomic_add_fetch(taken, PART, __ATOMIC_SEQ_CST);
	}
}

int main(void)
{
	/* taken by the children, children that are done, taken by itself */
	long *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t children[CHILDREN];
	int left = CHILDREN;

	tried("to take memory");
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			take(1200L / CHILDREN << 20, &shared[0]);
			__atomic_add_fetch(&shared[1], 1, __ATOMIC_SEQ_CST);
			for (;;)
				pause();
		}
	}
	for (int i = 0; i < 300 && shared[1] < left; i++) {
		usleep(10000);
		left -= waitpid(-1, NULL, WNOHANG) > 0;
	}
	if (left == CHILDREN && shared[1] == CHILDREN && shared[0] > 1000L << 20)
		attack_say("together", "%ld bytes", shared[0]);
	for (int i = 0; i < CHILDREN; i++)
		kill(children[i], SIGKILL);
	take(MOST, &shared[2]);
	if (shared[2] >= MOST)
		breach("%ld bytes were had by one process", shared[2]);
	fprintf(stderr, "out of memory behind %ld bytes\n", shared[2]);
	return 1;
}
