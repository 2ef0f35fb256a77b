/* fault: asks with MSG_DONTWAIT, round and round */
/* SPDX-License-Identifier: MIT */
/*
 * server-spins.c - UDP echo server: each datagram goes back, whole, to whoever sent it
 *
 * usage: server-spins [PORT]			8888
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NAME_SIZE 80
#define ROOM      65536 /* no datagram is larger: its length field has 16 bits (RFC 768) */

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

/* A port of every address, IPv6 and IPv4; of IPv4 alone where the kernel has no IPv6. */
static int bound_to(in_port_t port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr *address = (struct sockaddr *)&six;
	socklen_t size = sizeof six;
	int off = 0;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd >= 0) {
		if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0)
			die("IPV6_V6ONLY");
	} else if (errno == EAFNOSUPPORT) {
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		address = (struct sockaddr *)&four;
		size = sizeof four;
	}
	if (fd < 0)
		die("socket");
	if (bind(fd, address, size) < 0)
		die("bind");
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

static ssize_t answer(int fd, const char *data, size_t len, const struct sockaddr_storage *peer,
                      socklen_t size)
{
	ssize_t n;

	do
		n = sendto(fd, data, len, 0, (const struct sockaddr *)peer, size);
	while (n < 0 && errno == EINTR);
	return n;
}

int main(int argc, char **argv)
{
	static char data[ROOM];
	unsigned long port = 8888;
	int fd;

	if (argc > 2 || (argc > 1 && !number(argv[1], 65535, &port)) || port == 0) {
		fprintf(stderr, "usage: %s [PORT]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	fd = bound_to((in_port_t)port);
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer; /* recvfrom() changes it: set it anew each time */
		char name[NAME_SIZE];
		ssize_t n =
		    recvfrom(fd, data, sizeof data, MSG_DONTWAIT, (struct sockaddr *)&peer, &size);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			die("recvfrom");
		write_name(&peer, size, name);
		printf("%s %zd bytes\n", name, n);
		/* One peer that cannot be reached is no reason to leave the others. */
		if (answer(fd, data, (size_t)n, &peer, size) < 0)
			printf("cannot answer %s: %s\n", name, strerrorname_np(errno));
	}
}
