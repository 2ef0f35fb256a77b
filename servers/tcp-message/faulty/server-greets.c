/* fault: says a word to its client first */
/* SPDX-License-Identifier: MIT */
/*
 * server-greets.c - TCP server for one message: prints what one client says, answers it, ends
 *
 * usage: server-greets PORT
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME_SIZE   80
#define BACKLOG     5
#define MESSAGE_MAX 100000

/* A message: a line without its newline. */
struct text {
	char *data;
	size_t len;
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
		/* accept() knows the address even when getpeername() would not: after a reset. */
		int fd = accept(listener, (struct sockaddr *)&peer, &size);

		if (fd >= 0) {
			write_name(&peer, size, who);
			return fd;
		}
		if (errno == EBADF || errno == EFAULT || errno == EINVAL || errno == ENOTSOCK)
			die("accept");
	}
}

enum came { WHOLE, ENDED, TOO_LONG, LOST };

/*
 * The next line that comes over @fd, in however many pieces. Bytes behind the newline may have been
 * taken along: they are forgotten.
 */
static enum came receive_line(int fd, struct text *line)
{
	size_t room = 0;

	*line = (struct text){0};
	for (;;) {
		char *newline;
		ssize_t n;

		if (line->len == room) {
			room = room ? 2 * room : 1024;
			line->data = realloc(line->data, room);
			if (!line->data)
				die("malloc");
		}
		n = recv(fd, line->data + line->len, room - line->len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? LOST : ENDED;
		newline = memchr(line->data + line->len, '\n', (size_t)n);
		line->len = newline ? (size_t)(newline - line->data) : line->len + (size_t)n;
		if (line->len > MESSAGE_MAX)
			return TOO_LONG;
		if (newline)
			return WHOLE;
	}
}

/* send() may take less than it is given. */
static bool send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* A line of standard input, newline and all. */
static bool read_line(struct text *line)
{
	size_t room = 0;
	ssize_t n;

	line->data = NULL;
	n = getline(&line->data, &room, stdin);
	if (n <= 0 || line->data[n - 1] != '\n' || n - 1 > MESSAGE_MAX)
		return false;
	line->len = (size_t)n;
	return true;
}

static void print(const char *label, const struct text *line)
{
	printf("%s: ", label);
	fwrite(line->data, 1, line->len, stdout);
	putchar('\n');
}

static void lost(const char *who)
{
	fprintf(stderr, "lost %s: %s\n", who, strerrorname_np(errno));
	exit(EXIT_FAILURE);
}

static void give_up(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(EXIT_FAILURE);
}

/* Whatever becomes of the connection now: the answer was sent. */
static void finish(int fd)
{
	char data[4096];
	ssize_t n;

	shutdown(fd, SHUT_WR);
	do
		n = recv(fd, data, sizeof data, 0);
	while (n > 0 || (n < 0 && errno == EINTR));
	close(fd);
}

static void converse(int fd, const char *who)
{
	struct text message, answer;

	switch (receive_line(fd, &message)) {
	case LOST:
		lost(who);
		break;
	case ENDED:
		give_up("no message: the client ended first");
		break;
	case TOO_LONG:
		give_up("message too long");
		break;
	case WHOLE:
		break;
	}
	print("message", &message);
	free(message.data);
	if (!read_line(&answer))
		give_up("no answer to send");
	if (!send_all(fd, answer.data, answer.len))
		lost(who);
	free(answer.data);
	printf("answered\n");
	finish(fd);
}

int main(int argc, char **argv)
{
	unsigned long port;
	char who[NAME_SIZE];
	int listener, fd;

	if (argc != 2 || !number(argv[1], 65535, &port) || port == 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	listener = listen_on((in_port_t)port);
	printf("listening on port %lu\n", port);
	fd = accept_one(listener, who);
	printf("connected from %s\n", who);
	send_all(fd, "welcome\n", 8);
	converse(fd, who);
	close(listener);
	return EXIT_SUCCESS;
}
