/* SPDX-License-Identifier: MIT */
/* longjmp.c - gives up reading three times by siglongjmp(3) out of a handler, then reads once more
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static sigjmp_buf back;

static void leave(int sig)
{
	siglongjmp(back, sig);
}

int main(void)
{
	struct sigaction act = {.sa_handler = leave};
	volatile int tries = 0;
	char byte;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (sigaction(SIGUSR1, &act, NULL) < 0)
		return 1;
	sigsetjmp(back, 1);
	printf("try %d\n", ++tries);
	if (read(0, &byte, 1) != 1)
		return 1;
	puts("read");
	return 0;
}
