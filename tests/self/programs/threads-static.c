/* SPDX-License-Identifier: MIT */
/* threads-static.c - four threads, each with a socket; one of them has a child with one more */
#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void *work(void *arg)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (arg && fork() == 0) {
		int more = socket(AF_INET6, SOCK_DGRAM, 0);

		close(more);
		_exit(7);
	}
	close(fd);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];
	int status;

	for (int i = 0; i < 4; i++) {
		if (pthread_create(&threads[i], NULL, work, i == 2 ? threads : NULL) != 0)
			return 1;
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	return wait(&status) > 0 && WEXITSTATUS(status) == 7 ? 0 : 1;
}
