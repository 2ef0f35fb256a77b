/* SPDX-License-Identifier: MIT */
/* calls.c - makes 20,000 calls that are watched and 200,000 that are not, for ci/bench */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return 1;
	for (int i = 0; i < 20000; i++) {
		socklen_t size = sizeof a;

		if (getsockname(fd, (struct sockaddr *)&a, &size) < 0)
			return 1;
		for (int k = 0; k < 10; k++)
			syscall(SYS_getppid);
	}
	return 0;
}
