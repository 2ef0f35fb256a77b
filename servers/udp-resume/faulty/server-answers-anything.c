/* fault: takes every datagram for a request, whatever is in it */
/* SPDX-License-Identifier: MIT */
/*
 * server-answers-anything.c - UDP server that sends pieces of a file to whoever asks
 *
 * usage: server-answers-anything [PORT [FILE]]		5001, source_file.txt
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE   80
#define HEADER      16
#define PIECE       1024
#define ROOM        2048 /* more than any datagram that makes sense */
#define REASON_ROOM 32

enum reason { PAST_THE_END = 1, NO_FILE = 2 };

struct peer {
	struct sockaddr_storage address;
	socklen_t size;
	char name[NAME_SIZE];
};

struct request {
	uint8_t count;
	uint32_t sequence;
	uint64_t offset;
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

/* A port of every address, IPv6 and IPv4; of IPv4 alone where the kernel has no IPv6. */
static int bound_to(in_port_t port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr *address = (struct sockaddr *)&six;
	socklen_t size = sizeof six;
	int off = 0;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd >= 0) {
		if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0)
			die("IPV6_V6ONLY");
	} else if (errno == EAFNOSUPPORT) {
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		address = (struct sockaddr *)&four;
		size = sizeof four;
	}
	if (fd < 0)
		die("socket");
	if (bind(fd, address, size) < 0)
		die("bind");
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

static bool parse(const uint8_t *data, size_t len, struct request *r)
{
	uint16_t length;

	(void)len;
	memcpy(&length, data + 2, sizeof length);
	memcpy(&r->sequence, data + 4, sizeof r->sequence);
	memcpy(&r->offset, data + 8, sizeof r->offset);
	r->count = data[1];
	r->sequence = be32toh(r->sequence);
	r->offset = be64toh(r->offset);
	return true;
}

/* Returns false when this peer cannot be reached: no reason to leave the others. */
static bool tell(int fd, const struct peer *p, const struct request *r, char kind, uint8_t mark,
                 uint64_t offset, uint8_t *datagram, size_t len)
{
	uint16_t length = htobe16((uint16_t)len);
	uint32_t sequence = htobe32(r->sequence);
	ssize_t n;

	offset = htobe64(offset);
	datagram[0] = (uint8_t)kind;
	datagram[1] = mark;
	memcpy(datagram + 2, &length, sizeof length);
	memcpy(datagram + 4, &sequence, sizeof sequence);
	memcpy(datagram + 8, &offset, sizeof offset);
	do
		n = sendto(fd, datagram, HEADER + len, 0, (const struct sockaddr *)&p->address,
		           p->size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		printf("cannot answer %s: %s\n", p->name, strerrorname_np(errno));
	return n >= 0;
}

static void refuse(int fd, const struct peer *p, const struct request *r, enum reason why)
{
	uint8_t datagram[HEADER + REASON_ROOM];
	const char *text = why == PAST_THE_END ? "past the end" : "no file";
	int len = snprintf((char *)datagram + HEADER, REASON_ROOM, "%s", text);

	printf("%s request %u: %u from %llu: %s\n", p->name, r->sequence, r->count,
	       (unsigned long long)r->offset, text);
	tell(fd, p, r, 'E', (uint8_t)why, r->offset, datagram, (size_t)len);
}

/* As much as there is, up to a whole piece. */
static ssize_t read_piece(int file, uint8_t *data, uint64_t offset)
{
	size_t got = 0;

	while (got < PIECE) {
		ssize_t n = pread(file, data + got, PIECE - got, (off_t)(offset + got));

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

static void send_pieces(int fd, const struct peer *p, const struct request *r, int file,
                        uint64_t size)
{
	uint8_t datagram[HEADER + PIECE];
	uint64_t offset = r->offset;

	for (unsigned i = 0; i < r->count; i++) {
		ssize_t n = read_piece(file, datagram + HEADER, offset);
		bool end = n >= 0 && offset + (uint64_t)n >= size;

		if (n < 0 || !tell(fd, p, r, 'D', end, offset, datagram, (size_t)n) || end)
			return;
		offset += (uint64_t)n;
	}
}

static void serve(int fd, const struct peer *p, const struct request *r, const char *path)
{
	struct stat st;
	int file = open(path, O_RDONLY);

	if (file < 0 || fstat(file, &st) < 0 || !S_ISREG(st.st_mode)) {
		refuse(fd, p, r, NO_FILE);
	} else if (r->offset > (uint64_t)st.st_size) {
		refuse(fd, p, r, PAST_THE_END);
	} else {
		printf("%s request %u: %u from %llu\n", p->name, r->sequence, r->count,
		       (unsigned long long)r->offset);
		send_pieces(fd, p, r, file, (uint64_t)st.st_size);
	}
	if (file >= 0)
		close(file);
}

int main(int argc, char **argv)
{
	const char *path = argc > 2 ? argv[2] : "source_file.txt";
	unsigned long port = 5001;
	int fd;

	if (argc > 3 || (argc > 1 && !number(argv[1], 65535, &port)) || port == 0) {
		fprintf(stderr, "usage: %s [PORT [FILE]]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	fd = bound_to((in_port_t)port);
	for (;;) {
		struct peer p = {.size = sizeof p.address};
		struct request r;
		uint8_t data[ROOM];
		ssize_t n =
		    recvfrom(fd, data, sizeof data, 0, (struct sockaddr *)&p.address, &p.size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("recvfrom");
		if (!parse(data, (size_t)n, &r))
			continue;
		write_name(&p.address, p.size, p.name);
		serve(fd, &p, &r, path);
	}
}
