/* fault: polls with a timeout of 0, round and round: it never sleeps */
/* SPDX-License-Identifier: MIT */
/*
 * busy-wait.c - TCP echo server: one process, one poll(2) loop
 *
 * usage: busy-wait PORT [BACKLOG]
 */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME_SIZE 80
#define HOLD_SIZE 65536

struct client {
	int fd;
	bool ended;  /* recv() returned 0: the client sends no more */
	size_t held; /* bytes of data still to be sent back */
	char data[HOLD_SIZE];
	char name[NAME_SIZE];
};

struct server {
	int listener;
	bool full; /* out of descriptors or memory: accept no more until a client has left */
	struct client **clients;
	struct pollfd *polls; /* [0] the listener's, [1 + i] that of clients[i] */
	size_t count;
};

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
static int listen_on(in_port_t port, int backlog)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr *address = (struct sockaddr *)&six;
	socklen_t size = sizeof six;
	int on = 1, off = 0;
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd >= 0) {
		if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0)
			die("IPV6_V6ONLY");
	} else if (errno == EAFNOSUPPORT) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
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
	if (listen(fd, backlog) < 0)
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

/* The connection is over. Returns false, as serve() does then. */
static bool part(struct client *c, int reason)
{
	close(c->fd);
	if (reason)
		printf("lost %s: %s\n", c->name, strerrorname_np(reason));
	else
		printf("disconnected from %s\n", c->name);
	return false;
}

/* The socket had nothing to give or no room to take, or a signal came: not an error. */
static bool try_later(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Move what can be moved without waiting. Returns false once the client is gone. */
static bool serve(struct client *c)
{
	ssize_t n;

	if (!c->ended && c->held < HOLD_SIZE) {
		n = recv(c->fd, c->data + c->held, HOLD_SIZE - c->held, 0);
		if (n < 0 && !try_later())
			return part(c, errno);
		if (n == 0)
			c->ended = true;
		if (n > 0)
			c->held += (size_t)n;
	}
	if (c->held > 0) {
		n = send(c->fd, c->data, c->held, 0);
		if (n < 0 && !try_later())
			return part(c, errno);
		if (n > 0) {
			c->held -= (size_t)n;
			memmove(c->data, c->data + n, c->held);
		}
	}
	return c->ended && c->held == 0 ? part(c, 0) : true;
}

static void add_client(struct server *s, int fd, const struct sockaddr_storage *peer,
                       socklen_t size)
{
	struct client **clients = realloc(s->clients, (s->count + 1) * sizeof *clients);
	struct pollfd *polls = realloc(s->polls, (s->count + 2) * sizeof *polls);
	struct client *c = malloc(sizeof *c);

	if (!clients || !polls || !c)
		die("malloc");
	c->fd = fd;
	c->ended = false;
	c->held = 0;
	write_name(peer, size, c->name);
	printf("connected from %s\n", c->name);
	s->clients = clients;
	s->polls = polls;
	s->clients[s->count++] = c;
}

/* Accept everyone who waits. */
static void accept_clients(struct server *s)
{
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer;
		int fd = accept4(s->listener, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK);

		if (fd >= 0) {
			add_client(s, fd, &peer, size);
			continue;
		}
		switch (errno) {
		case EBADF:
		case EFAULT:
		case EINVAL:
		case ENOTSOCK:
			die("accept");
			break;
		case EMFILE:
		case ENFILE:
		case ENOBUFS:
		case ENOMEM:
			s->full = s->count > 0;
			return;
		case EAGAIN:
			return;
		default: /* accept(2): EINTR, or an error of one connection that is gone again */
			break;
		}
	}
}

/* See what each client needs next, and serve those that are ready. */
static void step(struct server *s)
{
	size_t kept = 0;

	s->polls[0] = (struct pollfd){.fd = s->full ? -1 : s->listener, .events = POLLIN};
	for (size_t i = 0; i < s->count; i++) {
		const struct client *c = s->clients[i];
		bool reads = !c->ended && c->held < HOLD_SIZE;

		s->polls[1 + i].fd = c->fd;
		s->polls[1 + i].events = (short)((reads ? POLLIN : 0) | (c->held ? POLLOUT : 0));
	}
	if (poll(s->polls, 1 + s->count, 0) < 0) {
		if (errno == EINTR)
			return;
		die("poll");
	}
	for (size_t i = 0; i < s->count; i++) {
		if (s->polls[1 + i].revents == 0 || serve(s->clients[i])) {
			s->clients[kept++] = s->clients[i];
		} else {
			free(s->clients[i]);
			s->full = false;
		}
	}
	s->count = kept;
	if (s->polls[0].revents)
		accept_clients(s);
}

int main(int argc, char **argv)
{
	struct server server = {.listener = -1};
	unsigned long port, backlog = SOMAXCONN;

	if (argc < 2 || argc > 3 || !number(argv[1], 65535, &port) || port == 0 ||
	    (argc == 3 && !number(argv[2], INT_MAX, &backlog))) {
		fprintf(stderr, "usage: %s PORT [BACKLOG]\n", argv[0]);
		return EXIT_FAILURE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	signal(SIGPIPE, SIG_IGN);         /* send() to a peer that left: EPIPE */
	server.polls = malloc(sizeof *server.polls);
	if (!server.polls)
		die("malloc");
	server.listener = listen_on((in_port_t)port, (int)backlog);
	printf("listening on port %lu\n", port);
	for (;;)
		step(&server);
}
