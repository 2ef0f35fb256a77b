/* fault: gives the number of rows as its exit status */
/* SPDX-License-Identifier: MIT */
/*
 * status-counts.c - lists listening and established TCP sockets, by sock_diag(7)
 *
 * usage: status-counts
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* include/net/tcp_states.h */
#define ESTABLISHED 1
#define LISTEN      10

#define END_SIZE 64
#define ROOM     32768

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

	if (!list)
		fail("memory");
	l->list = list;
	l->list[l->count++] = line;
}

static void clear(struct lines *l)
{
	while (l->count > 0)
		free(l->list[--l->count]);
}

static void write_end(int family, const void *address, uint16_t port, char out[static END_SIZE])
{
	char text[INET6_ADDRSTRLEN];

	if (!inet_ntop(family, address, text, sizeof text))
		fail("inet_ntop");
	snprintf(out, END_SIZE, family == AF_INET ? "%s:%u" : "[%s]:%u", text, ntohs(port));
}

static void add_row(const struct inet_diag_msg *m, struct lines *l)
{
	char from[END_SIZE], to[END_SIZE], *line;
	int n;

	write_end(m->idiag_family, m->id.idiag_src, m->id.idiag_sport, from);
	write_end(m->idiag_family, m->id.idiag_dst, m->id.idiag_dport, to);
	if (m->idiag_state == LISTEN)
		n = asprintf(&line, "LISTEN %s waiting %u", from, m->idiag_rqueue);
	else
		n = asprintf(&line, "ESTABLISHED %s %s unread %u unacknowledged %u", from, to,
		             m->idiag_rqueue, m->idiag_wqueue);
	if (n < 0)
		fail("memory");
	add(l, line);
}

static void ask(int fd, int family)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 request;
	} message = {
	    .head = {.nlmsg_len = sizeof message,
	             .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	             .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .request = {.sdiag_family = (uint8_t)family,
	                .sdiag_protocol = IPPROTO_TCP,
	                .idiag_states = 1u << ESTABLISHED | 1u << LISTEN},
	};
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	while (sendto(fd, &message, sizeof message, 0, (struct sockaddr *)&kernel, sizeof kernel) <
	       0) {
		if (errno != EINTR)
			fail("sendto");
	}
}

/* The messages of one datagram. Returns true at the last one of all; @disturbed: the table changed
 * meanwhile. */
static bool take(const struct nlmsghdr *m, size_t len, struct lines *l, bool *disturbed)
{
	for (; NLMSG_OK(m, len); m = NLMSG_NEXT(m, len)) {
		if (m->nlmsg_flags & NLM_F_DUMP_INTR)
			*disturbed = true;
		if (m->nlmsg_type == NLMSG_DONE)
			return true;
		if (m->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = NLMSG_DATA(m);

			errno = -e->error;
			if (errno == ENOENT) /* a kernel without IPv6 */
				return true;
			fail("sock_diag");
		}
		add_row(NLMSG_DATA(m), l);
	}
	return false;
}

/* Returns false when the table changed while it was read. */
static bool read_family(int fd, int family, struct lines *l)
{
	static union {
		struct nlmsghdr head;
		char bytes[ROOM];
	} room;
	bool last = false, disturbed = false;

	ask(fd, family);
	while (!last) {
		ssize_t n = recv(fd, &room, sizeof room, 0);

		if (n < 0 && errno != EINTR)
			fail("recv");
		if (n > 0)
			last = take(&room.head, (size_t)n, l, &disturbed);
	}
	return !disturbed;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	struct lines l = {0};
	int fd, count;

	if (argc != 1) {
		fprintf(stderr, "usage: %s\n", argv[0]);
		return 2;
	}
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
	if (fd < 0)
		fail("socket");
	while (!read_family(fd, AF_INET, &l) || !read_family(fd, AF_INET6, &l))
		clear(&l);
	close(fd);
	if (l.count > 0)
		qsort(l.list, l.count, sizeof *l.list, by_text);
	for (size_t i = 0; i < l.count; i++)
		puts(l.list[i]);
	count = (int)l.count;
	clear(&l);
	free(l.list);
	if (fflush(stdout) == EOF)
		fail("stdout");
	return count;
}
