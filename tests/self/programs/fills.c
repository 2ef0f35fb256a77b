/* SPDX-License-Identifier: MIT */
/* fills.c - fills the folder it runs in until nothing fits, says "full" and waits */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	static char bytes[1 << 20];

	for (int i = 0; i < 10; i++) {
		char name[20];
		int blocks = 0; /* less than RLIMIT_FSIZE of them */

		snprintf(name, sizeof name, "f%d", i);
		int fd = open(name, O_WRONLY | O_CREAT, 0644);
		while (fd >= 0 && blocks++ < 63 && write(fd, bytes, sizeof bytes) > 0)
			;
		while (fd >= 0 && blocks < 63 && write(fd, bytes, 1) > 0)
			;
		if (fd >= 0)
			close(fd);
	}
	puts("full");
	fflush(stdout);
	pause();
}
