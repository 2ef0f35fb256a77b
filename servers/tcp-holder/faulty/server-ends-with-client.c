/* fault: looks whether its client has ended, and then ends too */
/* SPDX-License-Identifier: MIT */
/*
 * server-ends-with-client.c - TCP server that accepts one client and holds its connection, without
 * a word
 *
 * usage: server-ends-with-client PORT
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME_SIZE 80
#define BACKLOG   5

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* A whole decimal number of @text, no larger than @max. */
static bool number(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	*value = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && *value <= max;
}

/* Listen on every address, IPv6 and IPv4; on IPv4 alone where the kernel has no IPv6. */
static int listen_on(in_port_t port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr *address = (struct sockaddr *)&six;
	socklen_t size = sizeof six;
	int on = 1, off = 0;
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd >= 0) {
		if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0)
			die("IPV6_V6ONLY");
	} else if (errno == EAFNOSUPPORT) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		address = (struct sockaddr *)&four;
		size = sizeof four;
	}
	if (fd < 0)
		die("socket");
	/* Connections of an earlier run, in TIME-WAIT, must not keep the port. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
		die("SO_REUSEADDR");
	if (bind(fd, address, size) < 0)
		die("bind");
	if (listen(fd, BACKLOG) < 0)
		die("listen");
	return fd;
}

/* "127.0.0.1:40000" or "[::1]:40000". IPv4 comes to an IPv6 socket as ::ffff:127.0.0.1. */
static void write_name(const struct sockaddr_storage *peer, socklen_t size, char name[NAME_SIZE])
{
	char host[64], port[8];

	if (getnameinfo((const struct sockaddr *)peer, size, host, sizeof host, port, sizeof port,
	                NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		snprintf(name, NAME_SIZE, "unknown");
	else if (strncmp(host, "::ffff:", 7) == 0)
		snprintf(name, NAME_SIZE, "%s:%s", host + 7, port);
	else
		snprintf(name, NAME_SIZE, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

/* The first client that comes. EINTR, and errors of a connection that is gone again: try on. */
static int accept_one(int listener, char who[NAME_SIZE])
{
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer;
		int fd = accept(listener, (struct sockaddr *)&peer, &size);

		if (fd >= 0) {
			write_name(&peer, size, who);
			return fd;
		}
		if (errno == EBADF || errno == EFAULT || errno == EINVAL || errno == ENOTSOCK)
			die("accept");
	}
}

int main(int argc, char **argv)
{
	unsigned long port;
	char who[NAME_SIZE];
	struct pollfd p = {.events = POLLRDHUP};
	int listener;

	if (argc != 2 || !number(argv[1], 65535, &port) || port == 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	listener = listen_on((in_port_t)port);
	printf("listening on port %lu\n", port);
	p.fd = accept_one(listener, who);
	printf("connected from %s\n", who);
	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	return EXIT_SUCCESS;
}
