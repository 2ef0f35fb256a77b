/* SPDX-License-Identifier: MIT */
/*
 * calls.c - makes blocking calls of the sockets API, one for each line of its input
 *
 * usage: calls
 *
 * There is one socket, TCP. A line is a call, answered by a line when it has returned, with
 * what it returned or the name of the error:
 *
 *	socket ipv4			socket = 0	(or ipv6)
 *	catch [restart]			catch = 0	(SIGUSR1, with SA_RESTART)
 *	connect 192.0.2.2 6000		connect = 0
 *	listen 192.0.2.2 6000		listen = 0	(bind and listen)
 *	accept				accept = 0	(from then on calls are of the connection)
 *	set SO_RCVTIMEO 100000		set = 0		(timeouts in microseconds)
 *	linger 5			linger = 0
 *	send hello [OOB…]		send = 5
 *	send x*1000			send = all	(a thousand times x; or: part)
 *	rest				rest = all	(what that send left, waiting as long as it
 *takes) write hello			write = 5 recv 10 [WAITALL…]		recv = 5 hello (at
 *most 40 bytes are shown) read 10				read = 5 hello
 *	atmark				atmark = 1	(sockatmark(3))
 *	shutdown			shutdown = 0	(SHUT_WR)
 *	close				close = 0
 *
 * Bytes are words without blanks; others than printable ones are shown as \xNN. A call that fails:
 * "recv = -1 EAGAIN". With TRUNC no bytes are shown. Exit status: 0 at the end of input, 2 for a
 * line that is none of these.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define SHOWN     40
#define MOST      (1 << 24)
#define SECOND_US 1000000
#define WORDS     6

struct caller {
	int fd;      /* -1: none */
	char byte;   /* of the last send of many */
	size_t left; /* how many of them it did not take */
};

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static _Noreturn void strange(const char *word)
{
	fprintf(stderr, "calls: %s: no such call, or not so\n", word);
	exit(2);
}

static void answer(const char *call, long result)
{
	int reason = errno;

	if (result < 0)
		printf("%s = -1 %s\n", call, strerrorname_np(reason));
	else
		printf("%s = %ld\n", call, result);
}

static long number(const char *word)
{
	char *end;
	long value;

	if (!word)
		strange("a number is missing");
	value = strtol(word, &end, 10);
	if (*word == '\0' || *end || value < 0 || value > MOST)
		strange(word);
	return value;
}

static int make_socket(int *fd, char **words)
{
	if (!words[1])
		strange(words[0]);
	*fd = socket(strcmp(words[1], "ipv6") == 0 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
	return *fd < 0 ? -1 : 0;
}

/* ADDRESS PORT, for connect or listen. */
static int with_address(int fd, char **words, int (*call)(int, const struct sockaddr *, socklen_t))
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	                         .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV},
	                *a;
	int result;

	if (!words[1] || !words[2] || getaddrinfo(words[1], words[2], &hints, &a) != 0)
		strange(words[0]);
	result = call(fd, a->ai_addr, a->ai_addrlen);
	freeaddrinfo(a);
	return result;
}

static int accept_one(int *fd)
{
	int one = accept(*fd, NULL, NULL);

	if (one < 0)
		return -1;
	close(*fd);
	*fd = one;
	return 0;
}

static int set(int fd, char **words)
{
	static const struct {
		const char *name;
		int level, option;
		bool time;
	} options[] = {
	    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, true},
	    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, true},
	    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT, false},
	    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, false},
	    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, false},
	    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, false},
	    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, false},
	};
	int value = (int)number(words[1] ? words[2] : NULL);
	struct timeval tv = {.tv_sec = value / SECOND_US, .tv_usec = value % SECOND_US};

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (strcmp(words[1], options[i].name) == 0)
			return options[i].time ? setsockopt(fd, options[i].level, options[i].option,
			                                    &tv, sizeof tv)
			                       : setsockopt(fd, options[i].level, options[i].option,
			                                    &value, sizeof value);
	}
	strange(words[1]);
}

static int flags_of(char **words)
{
	static const struct {
		const char *name;
		int flag;
	} flags[] = {
	    {"OOB", MSG_OOB},           {"PEEK", MSG_PEEK},         {"WAITALL", MSG_WAITALL},
	    {"DONTWAIT", MSG_DONTWAIT}, {"NOSIGNAL", MSG_NOSIGNAL}, {"MORE", MSG_MORE},
	    {"TRUNC", MSG_TRUNC},
	};
	int all = 0;

	for (; *words; words++) {
		size_t i = 0;

		while (i < sizeof flags / sizeof flags[0] && strcmp(*words, flags[i].name) != 0)
			i++;
		if (i == sizeof flags / sizeof flags[0])
			strange(*words);
		all |= flags[i].flag;
	}
	return all;
}

/* "hello", or "x*1000" for a thousand times x. */
static char *bytes_of(const char *word, size_t *len)
{
	char *bytes;

	if (!word)
		strange("bytes are missing");
	*len = word[0] && word[1] == '*' ? (size_t)number(word + 2) : strlen(word);
	bytes = malloc(*len + 1);
	if (!bytes)
		fail("memory");
	if (word[0] && word[1] == '*')
		memset(bytes, word[0], *len);
	else
		memcpy(bytes, word, *len);
	return bytes;
}

/* How much of many bytes a call takes is luck: only whether it was all is told. */
static void answer_many(const char *call, ssize_t n, size_t len)
{
	if (n < 0)
		answer(call, n);
	else
		printf("%s = %s\n", call, (size_t)n == len ? "all" : "part");
}

static void give(struct caller *c, char **words)
{
	size_t len;
	char *bytes = bytes_of(words[1], &len);
	ssize_t n = strcmp(words[0], "write") == 0 ? write(c->fd, bytes, len)
	                                           : send(c->fd, bytes, len, flags_of(words + 2));

	if (words[1][1] == '*') {
		answer_many(words[0], n, len);
		c->byte = bytes[0];
		c->left = len - (n > 0 ? (size_t)n : 0);
	} else {
		answer(words[0], n);
	}
	free(bytes);
}

static void give_rest(struct caller *c)
{
	char bytes[4096];

	memset(bytes, c->byte, sizeof bytes);
	while (c->left > 0) {
		ssize_t n = send(c->fd, bytes, c->left < sizeof bytes ? c->left : sizeof bytes, 0);

		if (n < 0 && errno != EAGAIN) { /* which SO_SNDTIMEO makes */
			answer("rest", -1);
			return;
		}
		c->left -= n > 0 ? (size_t)n : 0;
	}
	puts("rest = all");
}

/* Bytes without blanks, so that a line of output is words as one of input is. */
static void show(const unsigned char *bytes, ssize_t n)
{
	for (ssize_t i = 0; i < n && i < SHOWN; i++) {
		if (bytes[i] > ' ' && bytes[i] < 0x7f && bytes[i] != '\\')
			putchar(bytes[i]);
		else
			printf("\\x%02x", bytes[i]);
	}
}

static void take(int fd, char **words)
{
	size_t room = (size_t)number(words[1]);
	bool is_read = strcmp(words[0], "read") == 0;
	int flags = is_read ? 0 : flags_of(words + 2);
	unsigned char *bytes = malloc(room + 1);
	ssize_t n;

	if (!bytes)
		fail("memory");
	n = is_read ? read(fd, bytes, room) : recv(fd, bytes, room, flags);
	if (n <= 0 || flags & MSG_TRUNC) { /* which throws bytes away, and stores none */
		answer(words[0], n);
	} else {
		printf("%s = %zd ", words[0], n);
		show(bytes, n);
		putchar('\n');
	}
	free(bytes);
}

static int make_linger(int fd, char **words)
{
	struct linger l = {.l_onoff = 1, .l_linger = (int)number(words[1])};

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
}

static void do_nothing(int number)
{
	(void)number;
}

static int catch_signal(char **words)
{
	struct sigaction a = {.sa_handler = do_nothing};

	if (words[1] && strcmp(words[1], "restart") != 0)
		strange(words[1]);
	a.sa_flags = words[1] ? SA_RESTART : 0;
	return sigaction(SIGUSR1, &a, NULL);
}

static int bind_and_listen(int fd, const struct sockaddr *a, socklen_t len)
{
	return bind(fd, a, len) < 0 ? -1 : listen(fd, 5);
}

static void make(char **words, struct caller *c)
{
	const char *call = words[0];

	if (strcmp(call, "socket") == 0)
		answer(call, make_socket(&c->fd, words));
	else if (strcmp(call, "catch") == 0)
		answer(call, catch_signal(words));
	else if (strcmp(call, "connect") == 0)
		answer(call, with_address(c->fd, words, connect));
	else if (strcmp(call, "listen") == 0)
		answer(call, with_address(c->fd, words, bind_and_listen));
	else if (strcmp(call, "accept") == 0)
		answer(call, accept_one(&c->fd));
	else if (strcmp(call, "set") == 0)
		answer(call, set(c->fd, words));
	else if (strcmp(call, "linger") == 0)
		answer(call, make_linger(c->fd, words));
	else if (strcmp(call, "send") == 0 || strcmp(call, "write") == 0)
		give(c, words);
	else if (strcmp(call, "rest") == 0)
		give_rest(c);
	else if (strcmp(call, "recv") == 0 || strcmp(call, "read") == 0)
		take(c->fd, words);
	else if (strcmp(call, "atmark") == 0)
		answer(call, sockatmark(c->fd));
	else if (strcmp(call, "shutdown") == 0)
		answer(call, shutdown(c->fd, SHUT_WR));
	else if (strcmp(call, "close") == 0) {
		answer(call, close(c->fd));
		c->fd = -1;
	} else
		strange(call);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	struct caller c = {.fd = -1};

	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	while (getline(&line, &size, stdin) > 0) {
		char *words[WORDS + 1] = {0}, *rest = line;
		size_t n = 0;

		while (n < WORDS && (words[n] = strtok_r(rest, " \n", &rest)))
			n++;
		if (n > 0)
			make(words, &c);
	}
	free(line);
	return ferror(stdin) ? EXIT_FAILURE : EXIT_SUCCESS;
}
