/* fault: says on stdout what it should say on stderr */
/* SPDX-License-Identifier: MIT */
/*
 * client-errors-on-stdout.c - AF_UNIX stream client that sends one message
 *
 * usage: client-errors-on-stdout PATH MESSAGE
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LONGEST 65536
#define USAGE   2

static void fail_to_connect(const char *path, int error)
{
	printf("cannot connect to %s: %s\n", path, strerrorname_np(error));
	exit(EXIT_FAILURE);
}

static void fail_to_send(int error)
{
	printf("cannot send: %s\n", strerrorname_np(error));
	exit(EXIT_FAILURE);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof address.sun_path)
		fail_to_connect(path, ENAMETOOLONG);
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		fail_to_connect(path, errno);
	/* a connect that a signal broke off while it waited has not happened (unix(7)) */
	while (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		if (errno != EINTR)
			fail_to_connect(path, errno);
	}
	return fd;
}

static void send_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			fail_to_send(errno);
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
}

int main(int argc, char **argv)
{
	uint32_t header;
	size_t len;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: %s PATH MESSAGE\n", argv[0]);
		return USAGE;
	}
	len = strlen(argv[2]);
	if (len > LONGEST)
		fail_to_send(EMSGSIZE);
	fd = connect_to(argv[1]);
	header = htonl((uint32_t)len);
	send_all(fd, &header, sizeof header);
	send_all(fd, argv[2], len);
	close(fd);
	return EXIT_SUCCESS;
}
