/* fault: takes whatever is not ESTABLISHED for a listener */
/* SPDX-License-Identifier: MIT */
/*
 * other-states.c - lists listening and established TCP sockets, by /proc/net/tcp and /proc/net/tcp6
 *
 * usage: other-states
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* include/net/tcp_states.h */
#define ESTABLISHED 0x01

#define END_SIZE 64

struct lines {
	char **list;
	size_t count;
};

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void add(struct lines *l, char *line)
{
	char **list = realloc(l->list, (l->count + 1) * sizeof *list);

	if (!list || !line)
		fail("memory");
	l->list = list;
	l->list[l->count++] = line;
}

/* "020200C0:1770": an address of 8 or 32 digits, and a port. */
static int write_end(const char *text, char out[static END_SIZE])
{
	const char *colon = strchr(text, ':');
	size_t digits = colon ? (size_t)(colon - text) : 0, words = digits / 8;
	uint32_t bytes[4];
	char address[INET6_ADDRSTRLEN];
	unsigned port;

	if ((digits != 8 && digits != 32) || sscanf(colon + 1, "%4x", &port) != 1)
		return -1;
	for (size_t i = 0; i < words; i++) {
		if (sscanf(text + 8 * i, "%8" SCNx32, &bytes[i]) != 1)
			return -1;
	}
	if (!inet_ntop(words == 1 ? AF_INET : AF_INET6, bytes, address, sizeof address))
		return -1;
	snprintf(out, END_SIZE, words == 1 ? "%s:%u" : "[%s]:%u", address, port);
	return 0;
}

/* One row, or -1 when it is none: "sl: local remote state unacknowledged:unread …" */
static int read_row(const char *row, struct lines *l)
{
	char local[40], remote[40], from[END_SIZE], to[END_SIZE], *line;
	unsigned state, unacknowledged, unread;
	int n = 0;

	if (sscanf(row, " %*d: %39s %39s %x %x:%x", local, remote, &state, &unacknowledged,
	           &unread) != 5 ||
	    write_end(local, from) < 0 || write_end(remote, to) < 0)
		return -1;
	if (state == ESTABLISHED)
		n = asprintf(&line, "ESTABLISHED %s %s unread %u unacknowledged %u", from, to,
		             unread, unacknowledged);
	else
		n = asprintf(&line, "LISTEN %s waiting %u", from, unread);
	if (n < 0)
		fail("memory");
	if (n > 0)
		add(l, line);
	return 0;
}

static void read_table(const char *path, struct lines *l)
{
	FILE *f = fopen(path, "r");
	char *row = NULL;
	size_t size = 0;
	int rows = 0;

	/* a kernel without IPv6 has no tcp6 */
	if (!f && errno == ENOENT)
		return;
	if (!f)
		fail(path);
	/* the first line is a head */
	while (getline(&row, &size, f) > 0) {
		if (rows++ > 0 && read_row(row, l) < 0) {
			fprintf(stderr, "%s: this row is strange: %s", path, row);
			exit(EXIT_FAILURE);
		}
	}
	if (ferror(f))
		fail(path);
	free(row);
	fclose(f);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	struct lines l = {0};

	if (argc != 1) {
		fprintf(stderr, "usage: %s\n", argv[0]);
		return 2;
	}
	read_table("/proc/net/tcp", &l);
	read_table("/proc/net/tcp6", &l);
	if (l.count > 0)
		qsort(l.list, l.count, sizeof *l.list, by_text);
	for (size_t i = 0; i < l.count; i++) {
		puts(l.list[i]);
		free(l.list[i]);
	}
	free(l.list);
	if (fflush(stdout) == EOF)
		fail("stdout");
	return EXIT_SUCCESS;
}
