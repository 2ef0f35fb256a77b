/* fault: takes it that each address has a scope behind a %: its children crash when their client is
 * served, and nobody looks how they ended */
/* SPDX-License-Identifier: MIT */
/*
 * child-crash.c - TCP echo server, one process for each client
 *
 * usage: child-crash PORT [BACKLOG]
 */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME_SIZE 80

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

/* send() may take less than it is given. */
static bool send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* A TCP connection has no messages: whatever one recv() brings is sent back, until it brings 0. */
static bool echo(int fd)
{
	char data[16384];

	for (;;) {
		ssize_t n = recv(fd, data, sizeof data, 0);

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || !send_all(fd, data, (size_t)n))
			return false;
	}
}

static void serve(int fd, char *name)
{
	bool whole;
	int reason;

	printf("connected from %s\n", name);
	whole = echo(fd);
	reason = errno;
	close(fd);
	if (whole)
		printf("disconnected from %s\n", name);
	else
		printf("lost %s: %s\n", name, strerrorname_np(reason));
	*strchr(name, '%') = '\0';
	printf("%s may come again\n", name);
}

/* One SIGCHLD may stand for several children that ended. */
static void reap(int signal_number)
{
	int saved = errno;

	(void)signal_number;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

/* accept(2): errors that tell of one connection, or pass; the listening socket is still good. */
static bool may_continue(int error)
{
	return error != EBADF && error != EFAULT && error != EINVAL && error != ENOTSOCK;
}

int main(int argc, char **argv)
{
	struct sigaction on_child = {.sa_handler = reap, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
	unsigned long port, backlog = SOMAXCONN;
	int listener;

	if (argc < 2 || argc > 3 || !number(argv[1], 65535, &port) || port == 0 ||
	    (argc == 3 && !number(argv[2], INT_MAX, &backlog))) {
		fprintf(stderr, "usage: %s PORT [BACKLOG]\n", argv[0]);
		return EXIT_FAILURE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	signal(SIGPIPE, SIG_IGN);         /* send() to a peer that left: EPIPE */
	sigaction(SIGCHLD, &on_child, NULL);
	listener = listen_on((in_port_t)port, (int)backlog);
	printf("listening on port %lu\n", port);
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer;
		char name[NAME_SIZE];
		int fd = accept(listener, (struct sockaddr *)&peer, &size);
		pid_t child;

		if (fd < 0 && may_continue(errno))
			continue;
		if (fd < 0)
			die("accept");
		write_name(&peer, size, name);
		child = fork();
		if (child == 0) {
			close(listener);
			serve(fd, name);
			return EXIT_SUCCESS;
		}
		if (child < 0)
			printf("connected from %s\nlost %s: %s\n", name, name,
			       strerrorname_np(errno));
		close(fd); /* or the client would never see FIN: the child's is the last copy now */
	}
}
