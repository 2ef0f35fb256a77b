/* fault: asks for the service by the port in host byte order */
/* SPDX-License-Identifier: MIT */
/*
 * host-order-service.c - tells which TCP ports of a host are open: one connect after the other
 *
 * usage: host-order-service ADDRESS FIRST-LAST [TIMEOUT_MS]
 */
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define LAST_PORT  65535
#define TIMEOUT_MS 1000
#define LONGEST_MS 60000

static _Noreturn void usage(const char *program)
{
	fprintf(stderr, "usage: %s ADDRESS FIRST-LAST [TIMEOUT_MS]\n", program);
	exit(2);
}

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* A number from 1 to @most at @text, ended by @end; where it ends, or NULL. */
static const char *number(const char *text, long most, char end, long *value)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	*value = strtol(text, &stop, 10);
	return errno == 0 && *value >= 1 && *value <= most && *stop == end ? stop : NULL;
}

static void set_port(struct sockaddr *sa, long port)
{
	if (sa->sa_family == AF_INET6)
		((struct sockaddr_in6 *)sa)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)sa)->sin_port = htons((uint16_t)port);
}

/* Nobody listened, yet the connect succeeded: the kernel chose the very port that is being asked
 * for its source, and the two SYNs were one (RFC 9293, 3.5). Only on the own host. */
static bool is_itself(int fd)
{
	struct sockaddr_storage mine, peer;
	socklen_t mine_len = sizeof mine, peer_len = sizeof peer;

	memset(&mine, 0, sizeof mine);
	memset(&peer, 0, sizeof peer);
	return getsockname(fd, (struct sockaddr *)&mine, &mine_len) == 0 &&
	       getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0 && mine_len == peer_len &&
	       memcmp(&mine, &peer, mine_len) == 0;
}

/* How connect() ended; EINPROGRESS: its time was over. */
static int try(int fd, const struct addrinfo *a)
{
	for (;;) {
		if (connect(fd, a->ai_addr, a->ai_addrlen) == 0 || errno == EISCONN)
			return 0;
		/* A signal has interrupted it, and it goes on in the kernel: EALREADY until the
		 * next call, which waits for it once more. */
		if (errno != EINTR)
			return errno == EALREADY ? EINPROGRESS : errno;
	}
}

static const char *state_of(int fd, int error)
{
	switch (error) {
	case 0:
		return is_itself(fd) ? "closed" : "open";
	case ECONNREFUSED:
		return "closed";
	case EINPROGRESS:
	case ETIMEDOUT:
	case EHOSTUNREACH: /* from here on: ICMP errors from somebody on the way, or no way at all
	                    */
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENOPROTOOPT:
	case EPROTO:
	case EACCES:
		return "filtered";
	default:
		errno = error;
		fail("connect"); /* no SYN has left: that says nothing about the port */
	}
}

static const char *ask(const struct addrinfo *a, const struct timeval *limit)
{
	int fd = socket(a->ai_family, SOCK_STREAM, 0);
	const char *state;

	if (fd < 0)
		fail("socket");
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, limit, sizeof *limit) < 0)
		fail("setsockopt");
	state = state_of(fd, try(fd, a));
	close(fd);
	return state;
}

int main(int argc, char **argv)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *address;
	long first, last, timeout_ms = TIMEOUT_MS;
	const char *dash;
	int code;

	if (argc < 3 || argc > 4 || !(dash = number(argv[2], LAST_PORT, '-', &first)) ||
	    !number(dash + 1, LAST_PORT, '\0', &last) || last < first ||
	    (argc == 4 && !number(argv[3], LONGEST_MS, '\0', &timeout_ms)))
		usage(argv[0]);
	code = getaddrinfo(argv[1], NULL, &hints, &address);
	if (code) {
		fprintf(stderr, "%s: %s\n", argv[1], gai_strerror(code));
		return 2;
	}
	struct timeval limit = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
	for (long port = first; port <= last; port++) {
		struct servent *service = getservbyport((int)port, "tcp");

		set_port(address->ai_addr, port);
		printf("%ld/tcp %s %s\n", port, ask(address, &limit),
		       service ? service->s_name : "unknown");
		if (fflush(stdout) == EOF)
			fail("stdout");
	}
	freeaddrinfo(address);
	return EXIT_SUCCESS;
}
