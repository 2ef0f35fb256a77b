/* fault: polls with a timeout of 0, round and round */
/* SPDX-License-Identifier: MIT */
/*
 * busy-poll.c - tells which TCP ports of a host are open: many connects at once, and poll(2)
 *
 * usage: busy-poll ADDRESS FIRST-LAST [TIMEOUT_MS]
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
#include <unistd.h>

#define AT_ONCE    64
#define LAST_PORT  65535
#define TIMEOUT_MS 1000
#define LONGEST_MS 60000

struct scan {
	struct addrinfo *address;
	long first, last, timeout_ms;
	long next;                        /* the next port to ask */
	long printed;                     /* all before this one are printed */
	const char *state[LAST_PORT + 1]; /* NULL: not known yet */
	int asked;                        /* probes under way */
	struct pollfd fds[AT_ONCE];
	long ports[AT_ONCE];
	int64_t deadlines[AT_ONCE];
};

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

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail: the clock is there, ts is ours */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
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

static void print_known(struct scan *s)
{
	for (; s->printed < s->next && s->state[s->printed]; s->printed++) {
		/* the service database counts ports in network byte order: getservbyport(3) */
		struct servent *service = getservbyport(htons((uint16_t)s->printed), "tcp");

		printf("%ld/tcp %s %s\n", s->printed, s->state[s->printed],
		       service ? service->s_name : "unknown");
	}
	if (fflush(stdout) == EOF)
		fail("stdout");
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

static const char *state_of(int fd, int error)
{
	switch (error) {
	case 0:
		return is_itself(fd) ? "closed" : "open";
	case ECONNREFUSED:
		return "closed";
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

static void end_probe(struct scan *s, int i, const char *state)
{
	s->state[s->ports[i]] = state;
	close(s->fds[i].fd);
	s->asked--;
	s->fds[i] = s->fds[s->asked];
	s->ports[i] = s->ports[s->asked];
	s->deadlines[i] = s->deadlines[s->asked];
}

static void set_port(struct sockaddr *sa, long port)
{
	if (sa->sa_family == AF_INET6)
		((struct sockaddr_in6 *)sa)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)sa)->sin_port = htons((uint16_t)port);
}

static void ask_next(struct scan *s)
{
	int fd = socket(s->address->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int i = s->asked;
	long port = s->next;

	if (fd < 0)
		fail("socket");
	s->next++;
	s->asked++;
	s->fds[i] = (struct pollfd){.fd = fd, .events = POLLOUT};
	s->ports[i] = port;
	s->deadlines[i] = now_ms() + s->timeout_ms;
	set_port(s->address->ai_addr, port);
	if (connect(fd, s->address->ai_addr, s->address->ai_addrlen) == 0)
		end_probe(s, i, state_of(fd, 0));
	else if (errno != EINPROGRESS)
		end_probe(s, i, state_of(fd, errno));
}

static void look(struct scan *s, int i)
{
	int error = 0;
	socklen_t len = sizeof error;

	if (s->fds[i].revents) {
		if (getsockopt(s->fds[i].fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
			fail("getsockopt");
		end_probe(s, i, state_of(s->fds[i].fd, error));
	} else if (now_ms() >= s->deadlines[i]) {
		end_probe(s, i, "filtered");
	}
}

/* Wait until somebody has answered or somebody's time is over. */
static void await(struct scan *s)
{
	if (poll(s->fds, (nfds_t)s->asked, 0) < 0) {
		if (errno != EINTR)
			fail("poll");
		return;
	}
	/* from the end: a probe that ends is replaced by the last one */
	for (int i = s->asked - 1; i >= 0; i--)
		look(s, i);
}

int main(int argc, char **argv)
{
	static struct scan s;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	const char *dash;
	int code;

	s.timeout_ms = TIMEOUT_MS;
	if (argc < 3 || argc > 4 || !(dash = number(argv[2], LAST_PORT, '-', &s.first)) ||
	    !number(dash + 1, LAST_PORT, '\0', &s.last) || s.last < s.first ||
	    (argc == 4 && !number(argv[3], LONGEST_MS, '\0', &s.timeout_ms)))
		usage(argv[0]);
	code = getaddrinfo(argv[1], NULL, &hints, &s.address);
	if (code) {
		fprintf(stderr, "%s: %s\n", argv[1], gai_strerror(code));
		return 2;
	}
	s.next = s.printed = s.first;
	while (s.printed <= s.last) {
		while (s.next <= s.last && s.asked < AT_ONCE)
			ask_next(&s);
		print_known(&s);
		if (s.asked > 0)
			await(&s);
		print_known(&s);
	}
	freeaddrinfo(s.address);
	return EXIT_SUCCESS;
}
