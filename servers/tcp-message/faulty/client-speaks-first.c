/* fault: says hello before its user has said anything */
/* SPDX-License-Identifier: MIT */
/*
 * client-speaks-first.c - TCP client for one message: sends it, prints the answer, ends
 *
 * usage: client-speaks-first ADDRESS PORT
 */
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void print_peer(const struct sockaddr *peer, socklen_t size)
{
	char host[64], port[8];

	if (getnameinfo(peer, size, host, sizeof host, port, sizeof port,
	                NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	printf(strchr(host, ':') ? "connected to [%s]:%s\n" : "connected to %s:%s\n", host, port);
}

/* Try each address that the name stands for. Prints the one that answered. */
static int connect_to(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list;
	int code = getaddrinfo(address, port, &hints, &list);
	int fd = -1, reason = 0;

	if (code) {
		fprintf(stderr, "cannot connect to %s port %s: %s\n", address, port,
		        gai_strerror(code));
		exit(EXIT_FAILURE);
	}
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0) {
			print_peer(a->ai_addr, a->ai_addrlen);
			break;
		}
		reason = errno;
		/* connect(2): after a failure the state of the socket is unspecified */
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	if (fd < 0) {
		fprintf(stderr, "cannot connect to %s port %s: %s\n", address, port,
		        strerrorname_np(reason));
		exit(EXIT_FAILURE);
	}
	return fd;
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

static void lost(void)
{
	fprintf(stderr, "connection lost: %s\n", strerrorname_np(errno));
	exit(EXIT_FAILURE);
}

static void give_up(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	struct text message, answer;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: %s ADDRESS PORT\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	fd = connect_to(argv[1], argv[2]);
	send_all(fd, "hello\n", 6);
	if (!read_line(&message))
		give_up("no message to send");
	if (!send_all(fd, message.data, message.len))
		lost();
	free(message.data);
	switch (receive_line(fd, &answer)) {
	case LOST:
		lost();
		break;
	case ENDED:
		give_up("no answer: the server ended first");
		break;
	case TOO_LONG:
		give_up("answer too long");
		break;
	case WHOLE:
		break;
	}
	print("answer", &answer);
	free(answer.data);
	close(fd);
	return EXIT_SUCCESS;
}
