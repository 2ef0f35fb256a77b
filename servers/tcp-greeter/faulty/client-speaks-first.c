/* fault: says hello first, where the server is to speak */
/* SPDX-License-Identifier: MIT */
/*
 * client-speaks-first.c - TCP client that prints whatever a server sends, until the server has said
 * all
 *
 * usage: client-speaks-first ADDRESS PORT
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Try each address that the name stands for. */
static int connect_to(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list;
	int code = getaddrinfo(address, port, &hints, &list);
	int fd = -1, reason = 0;

	if (code) {
		fprintf(stderr, "cannot connect to %s port %s: %s\n", address, port,
		        gai_strerror(code));
		exit(EXIT_FAILURE);
	}
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		reason = errno;
		/* connect(2): after a failure the state of the socket is unspecified */
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	if (fd < 0) {
		fprintf(stderr, "cannot connect to %s port %s: %s\n", address, port,
		        strerrorname_np(reason));
		exit(EXIT_FAILURE);
	}
	return fd;
}

static void print(const char *data, size_t len)
{
	if (fwrite(data, 1, len, stdout) != len || fflush(stdout) != 0) {
		perror("stdout");
		exit(EXIT_FAILURE);
	}
}

int main(int argc, char **argv)
{
	char data[4096];
	ssize_t n;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: %s ADDRESS PORT\n", argv[0]);
		return 2;
	}
	fd = connect_to(argv[1], argv[2]);
	send(fd, "hello\n", 6, MSG_NOSIGNAL);
	while ((n = recv(fd, data, sizeof data, 0)) != 0) {
		if (n > 0) {
			print(data, (size_t)n);
		} else if (errno != EINTR) {
			fprintf(stderr, "connection lost: %s\n", strerrorname_np(errno));
			return EXIT_FAILURE;
		}
	}
	close(fd);
	return EXIT_SUCCESS;
}
