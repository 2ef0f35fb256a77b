/* fault: reads with MSG_DONTWAIT, round and round */
/* SPDX-License-Identifier: MIT */
/*
 * server-spins.c - AF_UNIX stream server that prints the messages of its clients until one says
 * "quit"
 *
 * usage: server-spins PATH
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LONGEST 65536
#define BACKLOG 5
#define USAGE   2

enum result { MESSAGE, END, CUT_SHORT, TOO_LONG, FAILED };

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

/* Fill @data. END: not one byte came before the end of the stream. */
static enum result receive_all(int fd, void *data, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = recv(fd, (char *)data + have, len - have, MSG_DONTWAIT);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return FAILED;
		if (n == 0)
			return have ? CUT_SHORT : END;
		have += (size_t)n;
	}
	return MESSAGE;
}

/* @text has room for LONGEST bytes. */
static enum result receive_message(int fd, char *text, size_t *len)
{
	uint32_t header;
	enum result r = receive_all(fd, &header, sizeof header);

	if (r != MESSAGE)
		return r;
	*len = ntohl(header);
	if (*len > LONGEST)
		return TOO_LONG;
	r = receive_all(fd, text, *len);
	return r == END ? CUT_SHORT : r;
}

static void print_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= ' ' && text[i] <= '~' && text[i] != '\\')
			putchar(text[i]);
		else
			printf("\\x%02x", (unsigned char)text[i]);
	}
	putchar('\n');
	fflush(stdout); /* a pipe would hold the lines back */
}

/* Print the client's messages. Returns true when one of them was "quit". */
static bool serve(int fd, char *text)
{
	enum result r;
	size_t len;

	while ((r = receive_message(fd, text, &len)) == MESSAGE) {
		print_text(text, len);
		if (len == 4 && memcmp(text, "quit", 4) == 0)
			return true;
	}
	if (r != END)
		fprintf(stderr, "lost a client: %s\n",
		        r == CUT_SHORT  ? "cut short"
		        : r == TOO_LONG ? "too long"
		                        : strerrorname_np(errno));
	return false;
}

int main(int argc, char **argv)
{
	static char text[LONGEST];
	bool quit = false;
	int listener;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PATH\n", argv[0]);
		return USAGE;
	}
	listener = listen_on(argv[1]);
	while (!quit) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0) {
			fprintf(stderr, "accept: %s\n", strerrorname_np(errno));
			unlink(argv[1]);
			return EXIT_FAILURE;
		}
		quit = serve(fd, text);
		close(fd);
	}
	/* first the name, so that nobody comes whom nobody will serve */
	if (unlink(argv[1]) < 0) {
		fprintf(stderr, "cannot remove %s: %s\n", argv[1], strerrorname_np(errno));
		return EXIT_FAILURE;
	}
	close(listener);
	return EXIT_SUCCESS;
}
