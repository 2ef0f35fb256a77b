/* SPDX-License-Identifier: MIT */
/*
 * epoll.c - TCP echo server: one process, one epoll(7) loop, no call that waits but epoll_wait(2)
 *
 * usage: epoll PORT [BACKLOG]
 *
 * What a client sent is held until the client takes it back. While a client's buffer is full
 * nothing more is read from it: TCP's window then stops the sender. A client that has said all
 * (recv() = 0) still gets what is held for it, then its connection is closed. Level-triggered: an
 * event that was not dealt with to the end comes again, so one recv() an event is enough, and the
 * kernel is asked only for what can be used. Prints, at once:
 *
 *	listening on port 7000
 *	connected from 127.0.0.1:40000
 *	disconnected from 127.0.0.1:40000	or: lost 127.0.0.1:40000: ECONNRESET
 */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME_SIZE 80
#define HOLD_SIZE 65536
#define EVENTS    64

struct client {
	int fd;
	bool ended;     /* recv() returned 0: the client sends no more */
	size_t held;    /* bytes of data still to be sent back */
	uint32_t asked; /* what epoll was last told to look for */
	char data[HOLD_SIZE];
	char name[NAME_SIZE];
};

struct server {
	int epoll;
	int listener;
	bool full;    /* out of descriptors or memory: accept no more until a client has left */
	size_t count; /* clients */
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

/* Ask epoll to look for @events on @fd, and to hand out @client, NULL for the listener. */
static void look_for(struct server *s, int operation, int fd, uint32_t events,
                     struct client *client)
{
	struct epoll_event event = {.events = events, .data.ptr = client};

	if (epoll_ctl(s->epoll, operation, fd, &event) < 0)
		die("epoll_ctl");
}

static void add_client(struct server *s, int fd, const struct sockaddr_storage *peer,
                       socklen_t size)
{
	struct client *c = malloc(sizeof *c);

	if (!c)
		die("malloc");
	c->fd = fd;
	c->ended = false;
	c->held = 0;
	c->asked = EPOLLIN;
	write_name(peer, size, c->name);
	printf("connected from %s\n", c->name);
	look_for(s, EPOLL_CTL_ADD, fd, c->asked, c);
	s->count++;
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
			if (s->full)
				look_for(s, EPOLL_CTL_MOD, s->listener, 0, NULL);
			return;
		case EAGAIN:
			return;
		default: /* accept(2): EINTR, or an error of one connection that is gone again */
			break;
		}
	}
}

/* Wait for whoever can go on, and serve those. */
static void step(struct server *s)
{
	struct epoll_event events[EVENTS];
	int ready = epoll_wait(s->epoll, events, EVENTS, -1);

	if (ready < 0 && errno != EINTR)
		die("epoll_wait");
	for (int i = 0; i < ready; i++) {
		struct client *c = events[i].data.ptr;
		uint32_t wanted;

		if (!c) {
			accept_clients(s);
			continue;
		}
		if (!serve(c)) {
			/* close() took the descriptor out of the epoll set: it was the last copy */
			free(c);
			s->count--;
			if (s->full)
				look_for(s, EPOLL_CTL_MOD, s->listener, EPOLLIN, NULL);
			s->full = false;
			continue;
		}
		wanted =
		    (!c->ended && c->held < HOLD_SIZE ? EPOLLIN : 0) | (c->held ? EPOLLOUT : 0);
		if (wanted != c->asked)
			look_for(s, EPOLL_CTL_MOD, c->fd, wanted, c);
		c->asked = wanted;
	}
}

int main(int argc, char **argv)
{
	struct server server = {0};
	unsigned long port, backlog = SOMAXCONN;

	if (argc < 2 || argc > 3 || !number(argv[1], 65535, &port) || port == 0 ||
	    (argc == 3 && !number(argv[2], INT_MAX, &backlog))) {
		fprintf(stderr, "usage: %s PORT [BACKLOG]\n", argv[0]);
		return EXIT_FAILURE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	signal(SIGPIPE, SIG_IGN);         /* send() to a peer that left: EPIPE */
	server.epoll = epoll_create1(0);
	if (server.epoll < 0)
		die("epoll_create1");
	server.listener = listen_on((in_port_t)port, (int)backlog);
	look_for(&server, EPOLL_CTL_ADD, server.listener, EPOLLIN, NULL);
	printf("listening on port %lu\n", port);
	for (;;)
		step(&server);
}
