/* fault: puts the port into the address without htons(3): 81 becomes 20736 */
/* SPDX-License-Identifier: MIT */
/*
 * client-no-htons.c - fetches one file by HTTP/1.1 (RFC 9112) and prints it
 *
 * usage: client-no-htons ADDRESS PORT PATH
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOT_CONNECTED 1
#define WRONG_USE     2
#define OTHER_STATUS  3
#define BROKEN        4
#define LINE_SIZE     8192
#define UNTIL_CLOSE   UINT64_MAX

/* A connection, and what was received of it and not yet read. */
struct reader {
	int fd;
	char data[16384];
	size_t start, end;
	bool broken; /* the connection did not end with FIN: a body up to the close is not whole */
};

struct answer {
	int status;
	uint64_t length; /* or UNTIL_CLOSE */
	bool chunked;
};

static void fail(int status, const char *what, const char *reason)
{
	fprintf(stderr, "%s: %s\n", what, reason);
	exit(status);
}

/* Try each address that the name stands for. */
static int connect_to(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list;
	int code = getaddrinfo(address, NULL, &hints, &list);
	int fd = -1, reason = 0;

	if (code)
		fail(NOT_CONNECTED, "cannot connect", gai_strerror(code));
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		/* the port is in the same place in IPv4's address */
		((struct sockaddr_in6 *)a->ai_addr)->sin6_port = (in_port_t)atoi(port);
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
		fail(NOT_CONNECTED, "cannot connect", strerrorname_np(reason));
	return fd;
}

static void send_request(int fd, const char *address, const char *port, const char *path)
{
	const char *form = strchr(address, ':') ? "[%s]" : "%s"; /* RFC 3986 3.2.2 */
	char host[1100], *request;
	int len;

	snprintf(host, sizeof host, form, address);
	len = asprintf(&request, "GET %s HTTP/1.1\r\nHost: %s%s%s\r\nConnection: close\r\n\r\n",
	               path, host, strcmp(port, "80") ? ":" : "", strcmp(port, "80") ? port : "");
	if (len < 0)
		fail(BROKEN, "bad answer", "no memory");
	for (int sent = 0; sent < len;) {
		ssize_t n = send(fd, request + sent, (size_t)(len - sent), MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			break; /* what the server said before it left may still be read */
		if (n > 0)
			sent += (int)n;
	}
	free(request);
}

/* Have something to read. Returns false at the end, however it came. */
static bool fill(struct reader *r)
{
	while (r->start == r->end) {
		ssize_t n = recv(r->fd, r->data, sizeof r->data, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			r->broken = n < 0;
			return false;
		}
		r->start = 0;
		r->end = (size_t)n;
	}
	return true;
}

/* A line without its end. Returns false when it does not end, or is too long. */
static bool read_line(struct reader *r, char line[LINE_SIZE])
{
	size_t len = 0;

	while (len < LINE_SIZE && fill(r)) {
		char c = r->data[r->start++];

		if (c == '\n') {
			line[len > 0 && line[len - 1] == '\r' ? len - 1 : len] = '\0';
			return true;
		}
		line[len++] = c;
	}
	return false;
}

/* A number in @base up to what is no digit. Returns false when there is none or it is too large. */
static bool number(const char *text, int base, uint64_t *value)
{
	char *end;

	if (!strchr(base == 16 ? "0123456789abcdefABCDEF" : "0123456789", *text) || !*text)
		return false;
	errno = 0;
	*value = strtoull(text, &end, base);
	return errno == 0 && *value < UNTIL_CLOSE && strspn(end, " \t") == strcspn(end, ";");
}

/* The value of a field when it has this name, whatever its case (RFC 9110 5.1); else NULL. */
static const char *field(const char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(line, name, n) != 0 || line[n] != ':')
		return NULL;
	return line + n + 1 + strspn(line + n + 1, " \t");
}

/* Returns NULL, or what is wrong with the head of the answer. */
static const char *read_head(struct reader *r, struct answer *a)
{
	char line[LINE_SIZE];
	const char *value;

	if (!read_line(r, line) || sscanf(line, "HTTP/1.%*1[0-9] %3d", &a->status) != 1)
		return "no status line";
	a->length = a->status == 204 || a->status == 304 ? 0 : UNTIL_CLOSE;
	a->chunked = false;
	for (;;) {
		if (!read_line(r, line))
			return "its head does not end";
		if (!*line)
			return NULL;
		value = field(line, "Content-Length");
		if (value && !number(value, 10, &a->length))
			return "Content-Length is no number";
		value = field(line, "Transfer-Encoding");
		if (value && strcasecmp(value, "chunked") != 0)
			return "unknown transfer coding";
		a->chunked |= value != NULL;
	}
}

/* Print @len bytes, or all until the end. *@told counts them. Returns false when some are missing.
 */
static bool print_bytes(struct reader *r, uint64_t len, uint64_t *told)
{
	while (len > 0) {
		if (!fill(r))
			return len == UNTIL_CLOSE && !r->broken;
		size_t n = r->end - r->start;

		if (n > len)
			n = (size_t)len;
		if (fwrite(r->data + r->start, 1, n, stdout) != n || fflush(stdout) != 0)
			fail(BROKEN, "cannot print", strerrorname_np(errno));
		r->start += n;
		*told += n;
		if (len != UNTIL_CLOSE)
			len -= n;
	}
	return true;
}

/* RFC 9112 7.1: a length in hexadecimal, so many bytes, a line's end; the last has no byte. */
static bool print_chunks(struct reader *r, uint64_t *told)
{
	char line[LINE_SIZE];
	uint64_t len;

	do {
		if (!read_line(r, line) || !number(line, 16, &len) || !print_bytes(r, len, told))
			return false;
		/* behind the last one stand trailer fields, and an empty line */
		do
			if (!read_line(r, line))
				return false;
		while (len == 0 && *line);
	} while (len > 0);
	return true;
}

int main(int argc, char **argv)
{
	static struct reader r;
	const char *wrong;
	struct answer a;
	uint64_t told = 0;

	if (argc != 4 || *argv[3] != '/' || strpbrk(argv[3], " \t\r\n") || strlen(argv[1]) > 1024) {
		fprintf(stderr, "usage: %s ADDRESS PORT PATH\n", argv[0]);
		return WRONG_USE;
	}
	r.fd = connect_to(argv[1], argv[2]);
	send_request(r.fd, argv[1], argv[2], argv[3]);
	do
		wrong = read_head(&r, &a);
	while (!wrong && a.status >= 100 && a.status < 200); /* RFC 9110 15.2: not yet the answer */
	if (wrong)
		fail(BROKEN, "bad answer", wrong);
	fprintf(stderr, "status %d\n", a.status);
	if (!(a.chunked ? print_chunks(&r, &told) : print_bytes(&r, a.length, &told))) {
		fprintf(stderr, "cut short after %llu bytes\n", (unsigned long long)told);
		return BROKEN;
	}
	close(r.fd);
	return a.status >= 200 && a.status < 300 ? EXIT_SUCCESS : OTHER_STATUS;
}
