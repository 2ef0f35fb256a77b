/* fault: puts the port into the address without htons(3): 5001 becomes 35091 */
/* SPDX-License-Identifier: MIT */
/*
 * client-no-htons.c - UDP client that fetches a file, or the part of it that is still missing
 *
 * usage: client-no-htons ADDRESS PORT FILE [TIMEOUT [TRIES [WINDOW]]]	1000 milliseconds, 5, 4
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEADER     16
#define PIECE      1024
#define ROOM       2048 /* more than any datagram that makes sense */
#define MAX_WINDOW 255
#define GAVE_UP    3

struct piece {
	bool there;
	bool end;
	size_t len;
	uint8_t data[PIECE];
};

struct transfer {
	int fd;
	int file;
	uint64_t have; /* bytes of FILE */
	uint64_t base; /* where the window begins: have, when it was asked for */
	size_t window; /* pieces */
	uint32_t sequence;
	bool ended;
	struct piece pieces[MAX_WINDOW]; /* the i-th is from base + i * PIECE on */
};

struct header {
	char kind;
	uint8_t mark;
	uint16_t length;
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

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int connected_to(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM}, *list;
	int code = getaddrinfo(address, NULL, &hints, &list);
	int fd;

	if (code) {
		fprintf(stderr, "%s: %s\n", address, gai_strerror(code));
		exit(EXIT_FAILURE);
	}
	/* the port is in the same place in IPv4's address */
	((struct sockaddr_in6 *)list->ai_addr)->sin6_port = (in_port_t)atoi(port);
	fd = socket(list->ai_family, list->ai_socktype, list->ai_protocol);
	if (fd < 0)
		die("socket");
	if (connect(fd, list->ai_addr, list->ai_addrlen) < 0)
		die("connect");
	freeaddrinfo(list);
	return fd;
}

/* Wait until there is something to be read. Returns false when the time has passed. */
static bool readable(int fd, int64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		int64_t left = deadline - now_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);

		if (n >= 0)
			return n > 0;
		if (errno != EINTR)
			die("poll");
	}
}

static void open_file(const char *path, struct transfer *t)
{
	struct stat st;

	t->file = open(path, O_WRONLY | O_CREAT, 0666);
	if (t->file < 0 || fstat(t->file, &st) < 0 || lseek(t->file, 0, SEEK_END) < 0)
		die(path);
	t->have = (uint64_t)st.st_size;
}

static void write_all(int file, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(file, data, len);

		if (n < 0 && errno != EINTR)
			die("write");
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

/* Ask for a window from the first byte that is missing. Pieces that came already move along. */
static void ask(struct transfer *t)
{
	uint8_t datagram[HEADER] = {'G', (uint8_t)t->window};
	size_t done = (size_t)((t->have - t->base) / PIECE);
	uint32_t sequence = htobe32(++t->sequence);
	uint64_t offset = htobe64(t->have);
	ssize_t n;

	for (size_t i = 0; i < t->window; i++) {
		if (i + done < t->window)
			t->pieces[i] = t->pieces[i + done];
		else
			t->pieces[i].there = false;
	}
	t->base = t->have;
	memcpy(datagram + 4, &sequence, sizeof sequence);
	memcpy(datagram + 8, &offset, sizeof offset);
	do
		n = send(t->fd, datagram, sizeof datagram, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		die("send");
}

static bool parse(const uint8_t *data, size_t len, struct header *h)
{
	if (len < HEADER)
		return false;
	h->kind = (char)data[0];
	h->mark = data[1];
	memcpy(&h->length, data + 2, sizeof h->length);
	memcpy(&h->sequence, data + 4, sizeof h->sequence);
	memcpy(&h->offset, data + 8, sizeof h->offset);
	h->length = be16toh(h->length);
	h->sequence = be32toh(h->sequence);
	h->offset = be64toh(h->offset);
	return h->length == len - HEADER;
}

/* Put a piece into its place. Returns false when it is nothing new, or has no place. */
static bool store(struct transfer *t, const struct header *h, const uint8_t *payload)
{
	uint64_t place = (h->offset - t->base) / PIECE;
	struct piece *p;

	if (h->offset < t->have || (h->offset - t->base) % PIECE != 0 || place >= t->window)
		return false;
	if (h->length > PIECE || h->mark > 1 || (h->length < PIECE && !h->mark))
		return false;
	p = &t->pieces[place];
	if (p->there)
		return false;
	p->there = true;
	p->end = h->mark;
	p->len = h->length;
	memcpy(p->data, payload, h->length);
	return true;
}

/* Write what joins onto the file. */
static void append(struct transfer *t)
{
	for (size_t i = (size_t)((t->have - t->base) / PIECE); i < t->window && !t->ended; i++) {
		if (!t->pieces[i].there)
			break;
		write_all(t->file, t->pieces[i].data, t->pieces[i].len);
		t->have += t->pieces[i].len;
		t->ended = t->pieces[i].end;
	}
}

/* Take one datagram. Returns whether it brought anything new. */
static bool take(struct transfer *t)
{
	uint8_t data[ROOM];
	struct header h;
	ssize_t n = recv(t->fd, data, sizeof data, MSG_DONTWAIT);

	/* A datagram whose checksum is wrong is thrown away when it is to be read. */
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n < 0)
		die("recv");
	if (!parse(data, (size_t)n, &h) || h.sequence == 0 || h.sequence > t->sequence)
		return false;
	if (h.kind == 'E') {
		printf("refused: %.*s\n", (int)h.length, (const char *)data + HEADER);
		exit(EXIT_FAILURE);
	}
	if (h.kind != 'D' || !store(t, &h, data + HEADER))
		return false;
	append(t);
	return true;
}

/* Ask, and take what comes, until the file has ended. Returns false when nothing comes any more. */
static bool fetch(struct transfer *t, unsigned long timeout, unsigned long tries)
{
	unsigned long in_vain = 0;
	int64_t deadline;

	ask(t);
	deadline = now_ms() + (int64_t)timeout;
	while (!t->ended) {
		if (!readable(t->fd, deadline)) {
			if (++in_vain == tries)
				return false;
			printf("nothing new within %lu ms, request %u\n", timeout, t->sequence + 1);
			ask(t);
		} else if (!take(t)) {
			continue;
		} else {
			in_vain = 0;
			if (t->have == t->base + t->window * PIECE && !t->ended)
				ask(t);
		}
		deadline = now_ms() + (int64_t)timeout;
	}
	return true;
}

int main(int argc, char **argv)
{
	static struct transfer t;
	unsigned long timeout = 1000, tries = 5, window = 4;
	unsigned long long had;
	bool whole;

	if (argc < 4 || argc > 7 || (argc > 4 && !number(argv[4], 3600000, &timeout)) ||
	    (argc > 5 && !number(argv[5], 1000, &tries)) || tries == 0 ||
	    (argc > 6 && !number(argv[6], MAX_WINDOW, &window)) || window == 0) {
		fprintf(stderr, "usage: %s ADDRESS PORT FILE [TIMEOUT [TRIES [WINDOW]]]\n",
		        argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	t.window = window;
	t.fd = connected_to(argv[1], argv[2]);
	open_file(argv[3], &t);
	t.base = had = t.have;
	printf("have %llu bytes\n", had);
	whole = fetch(&t, timeout, tries);
	if (close(t.file) < 0)
		die(argv[3]);
	if (whole)
		printf("received %llu bytes\n", (unsigned long long)t.have - had);
	else
		printf("gave up after %lu requests, received %llu bytes\n", tries,
		       (unsigned long long)t.have - had);
	return whole ? EXIT_SUCCESS : GAVE_UP;
}
