/* fault: asks with MSG_DONTWAIT, round and round */
/* SPDX-License-Identifier: MIT */
/*
 * server-spins.c - guessing game over UDP: each peer guesses a number of its own
 *
 * usage: server-spins [PORT [NUMBERS [TRIES]]]		8888, 4, 3
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NAME_SIZE   80
#define LOWEST      1
#define HIGHEST     6
#define MAX_NUMBERS 64
#define MAX_GAMES                                                                                  \
	64 /* at once; a new one then takes the place of the one that has slept longest            \
	    */
#define MAX_DIGITS  9
#define ROOM        512
#define ANSWER_ROOM 64

struct game {
	struct sockaddr_storage peer;
	unsigned number;
	unsigned tries; /* made so far */
	uint64_t moved; /* when it was last played, counted in datagrams; 0: no game */
};

struct table {
	unsigned numbers[MAX_NUMBERS];
	size_t number_count;
	size_t next_number;
	unsigned tries;
	struct game games[MAX_GAMES];
	uint64_t datagrams;
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

/* A list of numbers such as 4,2,6. */
static bool parse_numbers(const char *text, struct table *t)
{
	for (t->number_count = 0; t->number_count < MAX_NUMBERS; text++) {
		if (*text < '0' + LOWEST || *text > '0' + HIGHEST)
			return false;
		t->numbers[t->number_count++] = (unsigned)(*text++ - '0');
		if (*text == '\0')
			return true;
		if (*text != ',')
			return false;
	}
	return false;
}

/* The same address and port. Padding and flow labels tell no one from another. */
static bool same_peer(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET6)
		return a6->sin6_port == b6->sin6_port && a6->sin6_scope_id == b6->sin6_scope_id &&
		       memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0;
	return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
}

static struct game *game_of(struct table *t, const struct sockaddr_storage *peer)
{
	for (size_t i = 0; i < MAX_GAMES; i++)
		if (t->games[i].moved && same_peer(&t->games[i].peer, peer))
			return &t->games[i];
	return NULL;
}

static void begin(struct table *t, const struct sockaddr_storage *peer)
{
	struct game *g = game_of(t, peer);

	for (size_t i = 0; i < MAX_GAMES && !g; i++)
		if (!t->games[i].moved)
			g = &t->games[i];
	if (!g) {
		g = t->games;
		for (size_t i = 1; i < MAX_GAMES; i++)
			if (t->games[i].moved < g->moved)
				g = &t->games[i];
	}
	g->peer = *peer;
	g->number = t->numbers[t->next_number++ % t->number_count];
	g->tries = 0;
	g->moved = t->datagrams;
}

/* The number that all of @text is, or 0 when it is none from LOWEST to HIGHEST. */
static unsigned parse_guess(const char *text, size_t len)
{
	unsigned value = 0;

	if (len > MAX_DIGITS)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		value = 10 * value + (unsigned)(text[i] - '0');
	}
	return value >= LOWEST && value <= HIGHEST ? value : 0;
}

static void judge(const struct table *t, struct game *g, unsigned guess, char answer[ANSWER_ROOM])
{
	g->moved = t->datagrams;
	if (guess == 0) {
		snprintf(answer, ANSWER_ROOM, "what");
		return;
	}
	g->tries++;
	if (guess == g->number)
		snprintf(answer, ANSWER_ROOM, "won %u", g->tries);
	else if (g->tries == t->tries)
		snprintf(answer, ANSWER_ROOM, "lost %u", g->number);
	else
		snprintf(answer, ANSWER_ROOM, guess < g->number ? "higher" : "lower");
	if (guess == g->number || g->tries == t->tries)
		g->moved = 0;
}

/* One datagram's answer. @said is not ended by a NUL: only its first @len bytes are the peer's. */
static void reply(struct table *t, const struct sockaddr_storage *peer, const char *said,
                  size_t len, char answer[ANSWER_ROOM])
{
	struct game *g;

	t->datagrams++;
	if (len == 3 && memcmp(said, "new", 3) == 0) {
		begin(t, peer);
		snprintf(answer, ANSWER_ROOM, "range %d %d tries %u", LOWEST, HIGHEST, t->tries);
		return;
	}
	g = game_of(t, peer);
	if (g)
		judge(t, g, parse_guess(said, len), answer);
	else
		snprintf(answer, ANSWER_ROOM, "no game");
}

static void tell(int fd, const char *answer, const struct sockaddr_storage *peer, socklen_t size)
{
	char name[NAME_SIZE];
	ssize_t n;

	write_name(peer, size, name);
	printf("%s %s\n", name, answer);
	do
		n = sendto(fd, answer, strlen(answer), 0, (const struct sockaddr *)peer, size);
	while (n < 0 && errno == EINTR);
	/* One peer that cannot be reached is no reason to leave the others. */
	if (n < 0)
		printf("cannot answer %s: %s\n", name, strerrorname_np(errno));
}

int main(int argc, char **argv)
{
	static struct table table = {.numbers = {4}, .number_count = 1};
	unsigned long port = 8888, tries = 3;
	char said[ROOM], answer[ANSWER_ROOM];
	int fd;

	if (argc > 4 || (argc > 1 && !number(argv[1], 65535, &port)) || port == 0 ||
	    (argc > 2 && !parse_numbers(argv[2], &table)) ||
	    (argc > 3 && !number(argv[3], 1000, &tries)) || tries == 0) {
		fprintf(stderr, "usage: %s [PORT [NUMBERS [TRIES]]]\n", argv[0]);
		return 2;
	}
	table.tries = (unsigned)tries;
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	fd = bound_to((in_port_t)port);
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer; /* recvfrom() changes it: set it anew each time */
		ssize_t n =
		    recvfrom(fd, said, sizeof said, MSG_DONTWAIT, (struct sockaddr *)&peer, &size);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			die("recvfrom");
		reply(&table, &peer, said, (size_t)n, answer);
		tell(fd, answer, &peer, size);
	}
}
