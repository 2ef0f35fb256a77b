/* SPDX-License-Identifier: MIT */
/* interrupted.c - reads twice from a pipe that nobody writes to; says what comes of the second */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void caught(int sig)
{
	static const char word[] = "caught\n";

	(void)sig;
	if (write(1, word, sizeof word - 1) < 0)
		_exit(1);
}

int main(void)
{
	struct sigaction act = {.sa_handler =
	                            caught}; /* no SA_RESTART: the call comes back with EINTR */
	char byte;
	int ends[2];

	if (sigaction(SIGUSR1, &act, NULL) < 0 || pipe(ends) < 0 || write(ends[1], "x", 1) != 1)
		return 1;
	if (read(ends[0], &byte, 1) != 1)
		return 1;
	if (read(ends[0], &byte, 1) >= 0)
		return 1;
	puts(strerror(errno));
	return 0;
}
