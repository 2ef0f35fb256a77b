/* fault: prints the numbers of the range in another order than they came */
/* SPDX-License-Identifier: MIT */
/*
 * client-mixes-numbers.c - guessing game over UDP: its player's side
 *
 * usage: client-mixes-numbers ADDRESS PORT [TIMEOUT]		milliseconds, 1000
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

#define ANSWER_ROOM 512
#define WON         0
#define LOST        3
#define BROKEN      4
#define GOES_ON     (-1)

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

/* What came before the question cannot be its answer. */
static void throw_away(int fd)
{
	char data[ANSWER_ROOM];
	ssize_t n;

	do
		n = recv(fd, data, sizeof data, MSG_DONTWAIT);
	while (n >= 0 || errno == EINTR);
	if (errno == ECONNREFUSED)
		throw_away(fd); /* told once for each refusal */
	else if (errno != EAGAIN)
		die("recv");
}

/* Send a question and wait for its answer. Returns false when it has been said that none came. */
static bool ask(int fd, const char *question, size_t len, unsigned long timeout,
                char answer[ANSWER_ROOM])
{
	int64_t deadline = now_ms() + (int64_t)timeout;
	ssize_t n;

	throw_away(fd);
	do
		n = send(fd, question, len, 0);
	while (n < 0 && errno == EINTR);
	while (n >= 0 && readable(fd, deadline)) {
		n = recv(fd, answer, ANSWER_ROOM - 1, MSG_DONTWAIT);
		if (n >= 0) {
			answer[n] = '\0';
			return true;
		}
		/* A datagram whose checksum is wrong is thrown away when it is to be read. */
		if (errno == EINTR || errno == EAGAIN)
			n = 0;
	}
	if (n >= 0)
		printf("no answer within %lu ms\n", timeout);
	else if (errno == ECONNREFUSED)
		puts("refused");
	else
		die("ask");
	return false;
}

/* "range LOW HIGH tries N" */
static bool begin(const char *answer, unsigned *low, unsigned *high)
{
	unsigned tries;
	int end = 0;

	if (sscanf(answer, "range %9u %9u tries %9u%n", low, high, &tries, &end) != 3 ||
	    answer[end]) {
		printf("no sense: %s\n", answer);
		return false;
	}
	printf("guess a number from %u to %u, tries: %u\n", *low, tries, *high);
	return true;
}

/* Say what the answer means. Returns an exit status, or GOES_ON. */
static int understand(const char *answer, unsigned low, unsigned high)
{
	unsigned value;
	int end = 0;

	if (strcmp(answer, "higher") == 0 || strcmp(answer, "lower") == 0) {
		puts(answer);
		return GOES_ON;
	}
	if (strcmp(answer, "what") == 0) {
		printf("not a number from %u to %u\n", low, high);
		return GOES_ON;
	}
	if (sscanf(answer, "won %9u%n", &value, &end) == 1 && !answer[end]) {
		printf("you win, tries: %u\n", value);
		return WON;
	}
	if (sscanf(answer, "lost %9u%n", &value, &end) == 1 && !answer[end]) {
		printf("you lose: it was %u\n", value);
		return LOST;
	}
	if (strcmp(answer, "no game") == 0)
		puts(answer);
	else
		printf("no sense: %s\n", answer);
	return BROKEN;
}

static int play(int fd, unsigned long timeout)
{
	char answer[ANSWER_ROOM], *line = NULL;
	unsigned low, high;
	size_t room = 0;
	int status = GOES_ON;
	ssize_t n;

	if (!ask(fd, "new", 3, timeout, answer) || !begin(answer, &low, &high))
		return BROKEN;
	while (status == GOES_ON && (n = getline(&line, &room, stdin)) >= 0) {
		if (n > 0 && line[n - 1] == '\n')
			n--;
		status = ask(fd, line, (size_t)n, timeout, answer) ? understand(answer, low, high)
		                                                   : BROKEN;
	}
	free(line);
	return status == GOES_ON ? BROKEN : status;
}

int main(int argc, char **argv)
{
	unsigned long timeout = 1000;

	if (argc < 3 || argc > 4 || (argc > 3 && !number(argv[3], 3600000, &timeout))) {
		fprintf(stderr, "usage: %s ADDRESS PORT [TIMEOUT]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	return play(connected_to(argv[1], argv[2]), timeout);
}
