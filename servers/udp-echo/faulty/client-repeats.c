/* fault: asks once more when no answer came, and says so only then */
/* SPDX-License-Identifier: MIT */
/*
 * client-repeats.c - UDP echo client: sends each line of its input and shows what comes back
 *
 * usage: client-repeats ADDRESS PORT [TIMEOUT]		milliseconds, 1000
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define ROOM       65536 /* no datagram is larger: its length field has 16 bits (RFC 768) */
#define UNANSWERED 3

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

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int connected_to(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM}, *list;
	int code = getaddrinfo(address, port, &hints, &list);
	int fd;

	if (code) {
		fprintf(stderr, "%s: %s\n", address, gai_strerror(code));
		exit(EXIT_FAILURE);
	}
	fd = socket(list->ai_family, list->ai_socktype, list->ai_protocol);
	if (fd < 0)
		die("socket");
	if (connect(fd, list->ai_addr, list->ai_addrlen) < 0)
		die("connect");
	freeaddrinfo(list);
	return fd;
}

/* An earlier datagram's refusal is told once, by whatever call comes next: then call again. */
static ssize_t send_line(int fd, const char *line, size_t len)
{
	ssize_t n = -1;

	for (int refusals = 0; n < 0 && refusals < 2;) {
		n = send(fd, line, len, 0);
		if (n >= 0 || (errno != EINTR && errno != ECONNREFUSED))
			break;
		refusals += errno == ECONNREFUSED;
	}
	return n;
}

/* Wait until there is something to be read. Returns false when the time has passed. */
static bool readable(int fd, int64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		int64_t left = deadline - now_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);

		if (n >= 0)
			return n > 0;
		if (errno != EINTR)
			die("poll");
	}
}

static void show(const char *what, const char *data, size_t len)
{
	printf("%s: ", what);
	fwrite(data, 1, len, stdout);
	putchar('\n');
}

/* Wait for what was sent. Returns whether it came; otherwise it has been said what did. */
static bool await(int fd, const char *line, size_t len, unsigned long timeout)
{
	static char data[ROOM];
	int64_t deadline = now_ms() + (int64_t)timeout;

	while (readable(fd, deadline)) {
		ssize_t n = recv(fd, data, sizeof data, MSG_DONTWAIT);

		if (n < 0 && errno == ECONNREFUSED) {
			puts("refused");
			return false;
		}
		/* A datagram whose checksum is wrong is thrown away when it is to be read. */
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			die("recv");
		if ((size_t)n == len && memcmp(data, line, len) == 0) {
			show("answer", data, len);
			return true;
		}
		show("stale", data, (size_t)n);
	}
	printf("no answer within %lu ms\n", timeout);
	return false;
}

static bool ask(int fd, const char *line, size_t len, unsigned long timeout)
{
	if (send_line(fd, line, len) >= 0) {
		if (!readable(fd, now_ms() + (int64_t)timeout))
			send_line(fd, line, len);
		return await(fd, line, len, timeout);
	}
	if (errno == ECONNREFUSED)
		puts("refused");
	else if (errno == EMSGSIZE)
		printf("too long: %zu bytes\n", len);
	else
		die("send");
	return false;
}

int main(int argc, char **argv)
{
	unsigned long timeout = 1000;
	bool all = true;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int fd;

	if (argc < 3 || argc > 4 || (argc > 3 && !number(argv[3], 3600000, &timeout))) {
		fprintf(stderr, "usage: %s ADDRESS PORT [TIMEOUT]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	fd = connected_to(argv[1], argv[2]);
	while ((n = getline(&line, &room, stdin)) >= 0) {
		if (n > 0 && line[n - 1] == '\n')
			n--;
		if (!ask(fd, line, (size_t)n, timeout))
			all = false;
	}
	free(line);
	if (ferror(stdin))
		die("stdin");
	return all ? EXIT_SUCCESS : UNANSWERED;
}
