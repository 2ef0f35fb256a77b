/* SPDX-License-Identifier: MIT */
/* thread-execve.c - its first thread waits in accept(2); another becomes echo(1) by execve(2) */
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static void *become(void *arg)
{
	char byte;

	/* until the first thread is asked for a line: it waits by then */
	if (read(0, &byte, 1) == 1)
		execl("/bin/echo", "echo", "become", (char *)NULL);
	return arg;
}

int main(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t thread;

	if (s < 0 || listen(s, 1) < 0 || pthread_create(&thread, NULL, become, NULL) != 0)
		return 1;
	accept(s, NULL, NULL);
	return 1;
}
