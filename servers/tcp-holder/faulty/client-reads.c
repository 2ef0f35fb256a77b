/* fault: reads and prints what the server says */
/* SPDX-License-Identifier: MIT */
/*
 * client-reads.c - TCP client that connects and holds the connection, without a word on it
 *
 * usage: client-reads ADDRESS WORD PORT
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void print_peer(const struct sockaddr *peer, socklen_t size)
{
	char host[64], port[8];

	if (getnameinfo(peer, size, host, sizeof host, port, sizeof port,
	                NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	printf(strchr(host, ':') ? "connected to [%s]:%s\n" : "connected to %s:%s\n", host, port);
}

/* Try each address that the name stands for. Prints the one that answered. */
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
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0) {
			print_peer(a->ai_addr, a->ai_addrlen);
			break;
		}
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

int main(int argc, char **argv)
{
	char data[4096];
	ssize_t n;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: %s ADDRESS WORD PORT\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	fd = connect_to(argv[1], argv[3]);
	printf("holding %s\n", argv[2]);
	while ((n = recv(fd, data, sizeof data, 0)) > 0)
		printf("%.*s\n", (int)n, data);
	for (;;)
		pause();
}
