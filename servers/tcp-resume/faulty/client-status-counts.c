/* fault: gives the number of bytes that it received as its exit status */
/* SPDX-License-Identifier: MIT */
/*
 * client-status-counts.c - TCP client that fetches a file, or the part of it that is still missing
 *
 * usage: client-status-counts [--offset N] ADDRESS PORT FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMAND_SIZE 2
#define OFFSET_SIZE  10
#define NUMBER_SIZE  24 /* holds any 64-bit number */
#define OFFSET_MAX   INT64_C(9999999999)
#define INTERRUPTED  2

static void fail(const char *what, const char *reason)
{
	printf("cannot %s: %s\n", what, reason);
	exit(EXIT_FAILURE);
}

static void usage(const char *program)
{
	fprintf(stderr, "usage: %s [--offset N] ADDRESS PORT FILE\n", program);
	exit(EXIT_FAILURE);
}

static int64_t parse_offset(const char *text)
{
	char *end;
	long long value = strtoll(text, &end, 10);

	return *text >= '0' && *text <= '9' && *end == '\0' && value <= OFFSET_MAX ? value : -1;
}

/* Try each address that the name stands for. */
static int connect_to(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list;
	int code = getaddrinfo(address, port, &hints, &list);
	int fd = -1, reason = 0;

	if (code)
		fail("connect", gai_strerror(code));
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		reason = errno;
		/* A socket whose connect() failed is of no more use. */
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	if (fd < 0)
		fail("connect", strerrorname_np(reason));
	return fd;
}

/* The size of FILE, or -1 when there is none yet. */
static int64_t size_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return st.st_size;
	if (errno != ENOENT)
		fail("read the file", strerrorname_np(errno));
	return -1;
}

/* Open FILE with its end at @offset. */
static int open_at(const char *path, int64_t offset)
{
	int file = open(path, O_WRONLY | O_CREAT, 0666);

	if (file < 0 || ftruncate(file, offset) < 0 || lseek(file, offset, SEEK_SET) < 0)
		fail("open the file", strerrorname_np(errno));
	return file;
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

/* Ask for all from @offset on, or with a negative one for the whole. */
static bool send_request(int fd, int64_t offset)
{
	char message[COMMAND_SIZE + NUMBER_SIZE] = "0";

	if (offset < 0)
		return send_all(fd, message, COMMAND_SIZE);
	message[0] = '1';
	/* The NUL behind ten digits falls outside the field and is not sent. */
	snprintf(message + COMMAND_SIZE, NUMBER_SIZE, "%lld", (long long)offset);
	return send_all(fd, message, COMMAND_SIZE + OFFSET_SIZE);
}

static void write_all(int file, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(file, data, len);

		if (n < 0 && errno != EINTR)
			fail("write the file", strerrorname_np(errno));
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

/* Write what comes as it comes. Returns false with errno set when the connection breaks. */
static bool receive(int fd, int file, int64_t *received)
{
	char data[16384];

	for (;;) {
		ssize_t n = recv(fd, data, sizeof data, 0);

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		write_all(file, data, (size_t)n);
		*received += n;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"offset", required_argument, NULL, 'o'}, {0}};
	int64_t have, asked = -1, received = 0;
	bool whole;
	int c, fd, file;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (c != 'o' || (asked = parse_offset(optarg)) < 0)
			usage(argv[0]);
	if (argc - optind != 3)
		usage(argv[0]);
	argv += optind;
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	have = size_of(argv[2]);
	if (asked > (have < 0 ? 0 : have))
		fail("resume", "the file is shorter than the offset");
	if (asked < 0)
		asked = have;
	if (asked > OFFSET_MAX)
		fail("resume", "the offset does not fit into ten digits");
	printf("have %lld bytes\n", (long long)(asked < 0 ? 0 : asked));
	fd = connect_to(argv[0], argv[1]);
	file = open_at(argv[2], asked < 0 ? 0 : asked);
	whole = send_request(fd, asked) && receive(fd, file, &received);
	if (!whole) {
		printf("interrupted after %lld bytes: %s\n", (long long)received,
		       strerrorname_np(errno));
		return INTERRUPTED;
	}
	if (close(file) < 0)
		fail("write the file", strerrorname_np(errno));
	close(fd);
	printf("received %lld bytes\n", (long long)received);
	return (int)received;
}
