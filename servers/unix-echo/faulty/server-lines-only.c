/* fault: reads with getline(): what is not ended by a newline is never echoed */
/* SPDX-License-Identifier: MIT */
/*
 * server-lines-only.c - AF_UNIX stream server that sends back what its clients send, one after the
 * other
 *
 * usage: server-lines-only PATH
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 5
#define USAGE   2

static void fail(const char *path, int error)
{
	fprintf(stderr, "cannot listen on %s: %s\n", path, strerrorname_np(error));
	exit(EXIT_FAILURE);
}

static int stream_socket(const char *path, int flags)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | flags, 0);

	if (fd < 0)
		fail(path, errno);
	return fd;
}

/* Remove a socket file behind which nobody is. Anything else is left to bind(2) to refuse. */
static void remove_stale(const char *path, const struct sockaddr_un *address)
{
	struct stat st;
	bool stale;
	int fd;

	if (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	/* EAGAIN is an answer too: somebody listens, and his queue is full */
	fd = stream_socket(path, SOCK_NONBLOCK);
	stale = connect(fd, (const struct sockaddr *)address, sizeof *address) < 0 &&
	        errno == ECONNREFUSED;
	close(fd);
	if (stale && unlink(path) < 0 && errno != ENOENT)
		fail(path, errno);
}

static int listen_on(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	/* room for the NUL: not every system reads a path without one (unix(7)) */
	if (strlen(path) >= sizeof address.sun_path)
		fail(path, ENAMETOOLONG);
	memcpy(address.sun_path, path, strlen(path) + 1);
	remove_stale(path, &address);
	fd = stream_socket(path, 0);
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		fail(path, errno);
	if (listen(fd, BACKLOG) < 0) {
		int error = errno;

		unlink(path);
		fail(path, error);
	}
	return fd;
}

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

/* Echo each line, until the client has said all. Returns false with errno set when it is lost. */
static bool echo(int fd, size_t *total)
{
	FILE *in = fdopen(dup(fd), "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool whole = true;

	if (!in)
		return false;
	while (whole && (n = getline(&line, &room, in)) > 0 && line[n - 1] == '\n') {
		whole = send_all(fd, line, (size_t)n);
		*total += whole ? (size_t)n : 0;
	}
	whole = whole && !ferror(in);
	free(line);
	fclose(in);
	return whole;
}

static void serve(int fd)
{
	size_t total = 0;

	printf("connected\n");
	if (echo(fd, &total))
		printf("disconnected after %zu bytes\n", total);
	else
		printf("lost after %zu bytes: %s\n", total, strerrorname_np(errno));
}

int main(int argc, char **argv)
{
	int listener;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PATH\n", argv[0]);
		return USAGE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	listener = listen_on(argv[1]);
	for (;;) {
		int fd;

		printf("waiting\n");
		do
			fd = accept(listener, NULL, NULL);
		while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
		if (fd < 0) {
			fprintf(stderr, "accept: %s\n", strerrorname_np(errno));
			return EXIT_FAILURE;
		}
		serve(fd);
		close(fd);
	}
}
