/* fault: makes its input non-blocking, and asks again at once when there is none */
/* SPDX-License-Identifier: MIT */
/*
 * client-spins.c - AF_UNIX stream client that sends each line of its input and prints the answer
 *
 * usage: client-spins PATH
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define USAGE 2

static void fail_to_connect(const char *path, int error)
{
	fprintf(stderr, "cannot connect to %s: %s\n", path, strerrorname_np(error));
	exit(EXIT_FAILURE);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof address.sun_path)
		fail_to_connect(path, ENAMETOOLONG);
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		fail_to_connect(path, errno);
	/* a connect that a signal broke off while it waited has not happened (unix(7)) */
	while (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		if (errno != EINTR)
			fail_to_connect(path, errno);
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

/* Print what comes up to and with the next newline. Nothing comes behind it before we ask again. */
static bool print_answer(int fd)
{
	char data[4096];
	size_t total = 0;

	for (;;) {
		ssize_t n = recv(fd, data, sizeof data, 0);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			break;
		if (total == 0)
			printf("echo> ");
		fwrite(data, 1, (size_t)n, stdout);
		fflush(stdout);
		total += (size_t)n;
		if (data[n - 1] == '\n')
			return true;
	}
	if (total > 0)
		putchar('\n');
	return false;
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	bool there = true;
	ssize_t len;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PATH\n", argv[0]);
		return USAGE;
	}
	fd = connect_to(argv[1]);
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	printf("connected\n> ");
	fflush(stdout); /* a pipe would hold it back */
	while (there && ((len = getline(&line, &room, stdin)) > 0 || errno == EAGAIN)) {
		if (len < 0) {
			clearerr(stdin);
			errno = 0;
			continue;
		}
		there = send_all(fd, line, (size_t)len) &&
		        (line[len - 1] == '\n' || send_all(fd, "\n", 1)) && print_answer(fd);
		printf(there ? "> " : "server closed the connection\n");
		fflush(stdout);
	}
	if (there)
		putchar('\n');
	free(line);
	close(fd);
	return there ? EXIT_SUCCESS : EXIT_FAILURE;
}
