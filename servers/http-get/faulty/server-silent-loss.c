/* fault: does not tell of clients that were lost */
/* SPDX-License-Identifier: MIT */
/*
 * server-silent-loss.c - serves the files of a folder by HTTP/1.1 (RFC 9112), one request a
 * connection
 *
 * usage: server-silent-loss [PORT [FOLDER]]	8080, the current folder
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define HEAD_SIZE 8192
#define TIMEOUT_S 10

struct request {
	char head[HEAD_SIZE];
	size_t len;
	char *method, *version, *fields;
	const char *target;
};

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
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
	if (listen(fd, SOMAXCONN) < 0)
		die("listen");
	return fd;
}

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

/* Cut the request line at @end into its three words. Returns false when it has not three. */
static bool cut_request_line(struct request *q, char *end)
{
	char *rest = q->head;

	q->fields = end + 1;
	*end = '\0';
	if (end > q->head && end[-1] == '\r')
		end[-1] = '\0';
	q->method = strsep(&rest, " ");
	q->target = strsep(&rest, " ");
	q->version = rest;
	if (!q->version || strchr(q->version, ' ') || strncmp(q->version, "HTTP/1.", 7) != 0)
		return false;
	return *q->target == '/' && q->version[7] >= '0' && q->version[7] <= '9' &&
	       q->version[8] == '\0';
}

/* RFC 9112 3.2: an HTTP/1.1 request without Host is answered with 400. */
static bool has_host(const struct request *q)
{
	for (const char *line = q->fields; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, "Host:", 5) == 0)
			return true;
	}
	return strcmp(q->version, "HTTP/1.0") == 0;
}

/* Read until the head is whole, in however many pieces it comes. Returns 200, the status that says
 * what is wrong with it, or 0 when the client is gone. */
static int read_request(int fd, struct request *q)
{
	q->len = 0;
	q->fields = NULL;
	q->target = "-";
	for (;;) {
		ssize_t n = recv(fd, q->head + q->len, sizeof q->head - 1 - q->len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		q->len += (size_t)n;
		q->head[q->len] = '\0';
		char *end = q->fields ? NULL : strchr(q->head, '\n');
		/* a request line that makes no sense has no head to wait for */
		if (end && !cut_request_line(q, end))
			return 400;
		if (q->fields && (*q->fields == '\n' || strncmp(q->fields, "\r\n", 2) == 0 ||
		                  strstr(q->fields, "\n\n") || strstr(q->fields, "\n\r\n")))
			break;
		if (q->len == sizeof q->head - 1 || strlen(q->head) < strcspn(q->head, "\n"))
			return 400;
	}
	if (strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0)
		return 501;
	return has_host(q) ? 200 : 400;
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The path of a target, decoded; in a folder index.html. Returns false when it may not be. */
static bool decode_path(const char *target, char *path, size_t size)
{
	size_t len = 0;

	for (target++; *target && *target != '?'; target++) {
		char c = *target;

		if (c == '%') {
			if (hex(target[1]) < 0 || hex(target[2]) < 0)
				return false;
			c = (char)(hex(target[1]) << 4 | hex(target[2]));
			target += 2;
		}
		if (c == '\0' || len + sizeof "index.html" >= size)
			return false;
		path[len++] = c;
	}
	path[len] = '\0';
	/* looked for in what was decoded: %2e is a dot */
	for (const char *s = path; s; s = strchr(s, '/')) {
		s += *s == '/';
		if (strncmp(s, "..", 2) == 0 && (s[2] == '/' || s[2] == '\0'))
			return false;
	}
	if (*path == '/')
		return false;
	if (len == 0 || path[len - 1] == '/')
		strcpy(path + len, "index.html");
	return true;
}

/* Open the file that a target means. Returns the status; *@file is -1 unless it is 200. */
static int open_target(int folder, const char *target, int *file, struct stat *st)
{
	char path[HEAD_SIZE];

	*file = -1;
	if (!decode_path(target, path, sizeof path))
		return 400;
	/* a FIFO would be waited for */
	*file = openat(folder, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (*file >= 0 && fstat(*file, st) == 0 && S_ISREG(st->st_mode))
		return 200;
	if (*file >= 0)
		close(*file);
	*file = -1;
	return 404;
}

static bool send_head(int fd, int status, long long length)
{
	const char *reason = status == 200   ? "OK"
	                     : status == 404 ? "Not Found"
	                     : status == 501 ? "Not Implemented"
	                                     : "Bad Request";
	char head[256], page[64];
	int n = snprintf(page, sizeof page, "%d %s\n", status, reason);

	snprintf(head, sizeof head,
	         "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %lld\r\n"
	         "Connection: close\r\n\r\n",
	         status, reason, status == 200 ? "application/octet-stream" : "text/plain",
	         status == 200 ? length : (long long)n);
	if (!send_all(fd, head, strlen(head)))
		return false;
	return status == 200 || send_all(fd, page, (size_t)n);
}

/* As many bytes as were announced, also of a file that grows meanwhile. */
static bool send_file(int fd, int file, long long length)
{
	char data[16384];

	while (length > 0) {
		size_t wanted = length < (long long)sizeof data ? (size_t)length : sizeof data;
		ssize_t n = read(file, data, wanted);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || !send_all(fd, data, (size_t)n))
			return false;
		length -= n;
	}
	return true;
}

/* End our side, and read until the client has ended its own: to close with unread bytes would send
 * RST, which may overtake the answer (RFC 9112 9.6). */
static void part(int fd)
{
	char rest[4096];

	shutdown(fd, SHUT_WR);
	while (recv(fd, rest, sizeof rest, 0) > 0)
		;
}

static void serve(int fd, int folder)
{
	static struct request q;
	int status = read_request(fd, &q), file = -1;
	struct stat st = {0};
	bool sent;

	if (status == 0) {
		return;
	}
	if (status == 200)
		status = open_target(folder, q.target, &file, &st);
	sent = send_head(fd, status, st.st_size);
	if (file >= 0 && sent && strcmp(q.method, "HEAD") != 0)
		sent = send_file(fd, file, st.st_size);
	if (file >= 0)
		close(file);
	if (sent)
		printf("%d %s\n", status, q.target);
	part(fd);
}

/* accept(2): errors that tell of one connection, or pass; the listening socket is still good. */
static bool may_continue(int error)
{
	return error != EBADF && error != EFAULT && error != EINVAL && error != ENOTSOCK;
}

int main(int argc, char **argv)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_S};
	char *end = NULL;
	unsigned long port = argc > 1 ? strtoul(argv[1], &end, 10) : 8080;
	int folder, listener;

	if (argc > 3 || (end && *end) || port == 0 || port > 65535) {
		fprintf(stderr, "usage: %s [PORT [FOLDER]]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	signal(SIGPIPE, SIG_IGN);         /* send() to a peer that left: EPIPE */
	folder = open(argc > 2 ? argv[2] : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		die("the folder");
	listener = listen_on((in_port_t)port);
	printf("listening on port %lu\n", port);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0 && may_continue(errno))
			continue;
		if (fd < 0)
			die("accept");
		if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) < 0)
			perror("SO_RCVTIMEO");
		serve(fd, folder);
		close(fd);
	}
}
