/* fault: does not look at what connect() and recv() returned */
/* SPDX-License-Identifier: MIT */
/*
 * client-ignores-refusal.c - TCP client that prints whatever a server sends
 *
 * usage: client-ignores-refusal ADDRESS PORT
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list;
	int code = getaddrinfo(address, port, &hints, &list);
	int fd;

	if (code) {
		fprintf(stderr, "%s\n", gai_strerror(code));
		exit(EXIT_FAILURE);
	}
	fd = socket(list->ai_family, list->ai_socktype, list->ai_protocol);
	connect(fd, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
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
	while ((n = recv(fd, data, sizeof data, 0)) > 0)
		print(data, (size_t)n);
	close(fd);
	return EXIT_SUCCESS;
}
