/* SPDX-License-Identifier: MIT */
/* forks.c - makes processes until it may not, and says how many there are, in thousands */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int most = argc > 1 ? atoi(argv[1]) : 0, count = 0;

	while (count < most) {
		pid_t pid = fork();

		if (pid == 0)
			for (;;)
				pause();
		if (pid < 0)
			break;
		count++;
	}
	puts(count < most ? "not all" : "all");
	fflush(stdout);
	pause();
}
