/* SPDX-License-Identifier: MIT */
/*
 * client.c - TCP client that connects and holds the connection, without a word on it
 *
 * usage: client ADDRESS WORD PORT
 *
 * WORD is printed and kept back: nothing is sent. It sleeps in pause(2) until a signal ends it; its
 * kernel then closes for it. Prints, at once:
 *
 *	connected to 192.0.2.2:6000
 *	holding WORD
 *
 * Exit status: 1 when it cannot connect (on stderr: cannot connect to 192.0.2.2 port 6000:
 * ECONNREFUSED), 2 for a wrong command line.
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
	if (argc != 4) {
		fprintf(stderr, "usage: %s ADDRESS WORD PORT\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);   /* a pipe would hold the lines back */
	(void)connect_to(argv[1], argv[3]); /* open until the end: that is what it is for */
	printf("holding %s\n", argv[2]);
	for (;;)
		pause();
}
