/* fault: makes the number of an offset with atoll(3): what is none is 0, and the whole file is sent
 */
/* SPDX-License-Identifier: MIT */
/*
 * server-atoi.c - TCP server that sends a file, or the rest of it from an offset
 *
 * usage: server-atoi [PORT [FILE]]		5001, source_file.txt
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE    80
#define COMMAND_SIZE 2
#define OFFSET_SIZE  10 /* digits at the most: up to 9999999999 */

struct request {
	char command;
	int64_t offset;
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

/* send() may take less than it is given. *@sent counts what it took. */
static bool send_all(int fd, const char *data, size_t len, int64_t *sent)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
		*sent += n;
	}
	return true;
}

/* recv() may bring less than is asked for. Returns how many bytes came before the end, or -1. */
static ssize_t recv_all(int fd, char *data, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = recv(fd, data + got, len - got, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

/* The number in an offset field. */
static int64_t parse_offset(const char field[OFFSET_SIZE])
{
	char text[OFFSET_SIZE + 1] = {0};

	memcpy(text, field, OFFSET_SIZE);
	return atoll(text);
}

/* Returns NULL, or why the request cannot be served. */
static const char *read_request(int fd, struct request *r)
{
	char command[COMMAND_SIZE], field[OFFSET_SIZE];
	ssize_t n = recv_all(fd, command, sizeof command);

	if (n < 0)
		return "the client is gone";
	if (n < COMMAND_SIZE)
		return "the command is cut short";
	if ((command[0] != '0' && command[0] != '1') || command[1] != '\0')
		return "unknown command";
	r->command = command[0];
	r->offset = 0;
	if (r->command == '0')
		return NULL;
	n = recv_all(fd, field, sizeof field);
	if (n < 0)
		return "the client is gone";
	if (n < OFFSET_SIZE)
		return "the offset is cut short";
	r->offset = parse_offset(field);
	return r->offset < 0 ? "the offset is not a number" : NULL;
}

/* Open the file, ready to be read from @offset. Returns -1 once the refusal is printed. */
static int open_at(const char *path, int64_t offset)
{
	struct stat st;
	int file = open(path, O_RDONLY);

	if (file < 0 || fstat(file, &st) < 0) {
		printf("refused: cannot open the file: %s\n", strerrorname_np(errno));
	} else if (!S_ISREG(st.st_mode)) {
		printf("refused: not a regular file\n");
	} else if (offset > st.st_size) {
		printf("refused: offset %lld is past the end of %lld bytes\n", (long long)offset,
		       (long long)st.st_size);
	} else {
		lseek(file, offset, SEEK_SET);
		return file;
	}
	if (file >= 0)
		close(file);
	return -1;
}

/* Send what is left of the file. Returns false when the client is lost; *@sent counts either way.
 */
static bool send_file(int fd, int file, int64_t *sent)
{
	char data[16384];
	ssize_t n;

	*sent = 0;
	while ((n = read(file, data, sizeof data)) > 0)
		if (!send_all(fd, data, (size_t)n, sent))
			return false;
	return n == 0;
}

static void serve(int fd, const char *name, const char *path)
{
	struct request r;
	const char *refusal = read_request(fd, &r);
	char rest[256];
	int64_t sent;
	int file;

	if (refusal)
		printf("refused: %s\n", refusal);
	file = refusal ? -1 : open_at(path, r.offset);
	if (file < 0) {
		/* To close with unread bytes would send RST where FIN is meant. */
		recv(fd, rest, sizeof rest, MSG_DONTWAIT);
		return;
	}
	printf("client %s command %c offset %lld\n", name, r.command, (long long)r.offset);
	if (send_file(fd, file, &sent))
		printf("sent %lld bytes\n", (long long)sent);
	else
		printf("lost %s after %lld bytes\n", name, (long long)sent);
	close(file);
}

/* accept(2): errors that tell of one connection, or pass; the listening socket is still good. */
static bool may_continue(int error)
{
	return error != EBADF && error != EFAULT && error != EINVAL && error != ENOTSOCK;
}

int main(int argc, char **argv)
{
	const char *path = argc > 2 ? argv[2] : "source_file.txt";
	unsigned long port = 5001;
	int listener;

	if (argc > 3 || (argc > 1 && !number(argv[1], 65535, &port)) || port == 0) {
		fprintf(stderr, "usage: %s [PORT [FILE]]\n", argv[0]);
		return EXIT_FAILURE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	signal(SIGPIPE, SIG_IGN);         /* send() to a peer that left: EPIPE */
	listener = listen_on((in_port_t)port, SOMAXCONN);
	printf("listening on port %lu\n", port);
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer;
		char name[NAME_SIZE];
		int fd = accept(listener, (struct sockaddr *)&peer, &size);

		if (fd < 0 && may_continue(errno))
			continue;
		if (fd < 0)
			die("accept");
		write_name(&peer, size, name);
		serve(fd, name, path);
		close(fd);
	}
}
