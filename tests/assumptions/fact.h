/* SPDX-License-Identifier: MIT */
/*
 * fact.h - what the programs of this folder share: an isolated world, packets carried by hand,
 * words
 *
 * A fact returns 0 (it holds), 1 (it does not; say what was seen by differs()), 77 (it cannot be
 * tried here).
 */
#ifndef SOCKPROOF_TESTS_ASSUMPTIONS_FACT_H
#define SOCKPROOF_TESTS_ASSUMPTIONS_FACT_H
#include "base/err.h"
#include "packet/packet.h"
#include "socket/diag.h"
#include "socket/sock.h"
#include "world/isolate.h"
#include "world/world.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOLDS    0
#define DIFFERS  1
#define UNTRIED  77
#define CLIENT   0
#define SERVER   1
#define DATAGRAM 2048 /* the MTU is 1500 */

static inline int differs(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static inline int differs(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fputs("does not hold: ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	return DIFFERS;
}

/* What stands between us and the fact is no answer about the fact. */
static inline _Noreturn void untried(const char *what, const struct err *err)
{
	printf("cannot be tried here: %s: %s\n", what, err->text);
	exit(UNTRIED);
}

static inline int in_isolation(int (*fact)(void))
{
	struct err err = {0};
	int status;
	fflush(NULL);
	pid_t pid = isolate_fork(isolate_needs_user(), &err);
	if (pid < 0)
		untried("namespaces", &err);
	if (pid == 0) {
		if (!isolate_settle(&err))
			untried("mounts", &err);
		exit(fact());
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : DIFFERS;
}

/* Two hosts joined by our own hands. */
static inline struct world *two_hosts(void)
{
	static const char *const names[] = {"client", "server"};
	struct err err = {0};
	struct world *w = world_open(WORLD_WIRE, names, 2, true, &err);
	if (!w)
		untried("two hosts", &err);
	if (world_link(w) != LINK_TUN) {
		err_set(&err, EPERM, "refused");
		untried("/dev/net/tun", &err);
	}
	return w;
}

/* One packet that host @from has sent; 0: none is there now. */
static inline size_t take(const struct world *w, int from, uint8_t packet[static DATAGRAM])
{
	ssize_t n = read(host_tun(world_host(w, from)), packet, DATAGRAM);
	return n > 0 ? (size_t)n : 0;
}

static inline void give(const struct world *w, int to, const uint8_t *packet, size_t len)
{
	if (write(host_tun(world_host(w, to)), packet, len) != (ssize_t)len) {
		perror("write to a TUN");
		exit(UNTRIED);
	}
}

/* One packet from @from to the other host. Returns its length, 0: there was none. */
static inline size_t carry_one(const struct world *w, int from)
{
	uint8_t packet[DATAGRAM];
	size_t len = take(w, from, packet);
	if (len)
		give(w, 1 - from, packet, len);
	return len;
}

/* Both ways until both hosts have nothing more to say. */
static inline void carry(const struct world *w)
{
	while (carry_one(w, CLIENT) || carry_one(w, SERVER))
		;
}

static inline struct sock_address address_of(const struct world *w, int host, int version,
                                             uint16_t port)
{
	struct sock_address a = {0};
	const struct packet_addr *addr = host_address(world_host(w, host), version);
	if (!addr) {
		struct err err = {.text = "no IPv6"};
		untried("addresses", &err);
	}
	a.end.addr = *addr;
	a.end.port = port;
	return a;
}

static inline int open_socket(const struct world *w, int host, enum sock_kind kind, int version)
{
	struct err err = {0};
	int fd = sock_open(world_host(w, host), kind, version, &err);
	if (fd < 0)
		untried("socket", &err);
	return fd;
}

static inline void must_be(const struct sock_outcome o, int error, const char *what)
{
	char scratch[16], wanted[16];
	if (o.error == error)
		return;
	differs("%s: %s instead of %s", what, o.error ? err_name(o.error, scratch) : "success",
	        error ? err_name(error, wanted) : "success");
	exit(DIFFERS);
}

#define PORT 6000

static inline int listener(const struct world *w, int version, int backlog)
{
	struct sock_address a = address_of(w, SERVER, version, PORT);
	int fd = open_socket(w, SERVER, SOCK_KIND_TCP, version);
	must_be(sock_bind(fd, &a), 0, "bind");
	must_be(sock_listen(fd, backlog), 0, "listen");
	return fd;
}

/* connect(2) as far as the SYN in the client's TUN. */
static inline int begin_connect(const struct world *w, int version)
{
	struct sock_address a = address_of(w, SERVER, version, PORT);
	int fd = open_socket(w, CLIENT, SOCK_KIND_TCP, version);
	must_be(sock_connect(fd, &a), EINPROGRESS, "connect");
	return fd;
}

static inline int connected(const struct world *w, int version)
{
	int fd = begin_connect(w, version);
	carry(w);
	must_be(sock_peer(fd, &(struct sock_address){0}), 0, "the handshake");
	return fd;
}

/* How many TCP rows of @host are in @state; *row gets one of them. */
static inline size_t rows_in(const struct world *w, int host, uint8_t state, struct diag_row *row)
{
	struct err err = {0};
	struct diag_table t;
	size_t count = 0;
	if (host_enter(world_host(w, host), &err) < 0 ||
	    diag_read(DIAG_TCP, DIAG_ALL, true, &t, &err) < 0 ||
	    host_leave(world_host(w, host), &err) < 0)
		untried("socket diagnostics", &err);
	for (size_t i = 0; i < t.count; i++) {
		if (t.rows[i].state != state)
			continue;
		count++;
		if (row)
			*row = t.rows[i];
	}
	diag_free(&t);
	return count;
}

static inline const char *words(const struct packet *p, char text[static 16])
{
	return p->protocol == 6 ? packet_flags_text(p->tcp.flags, text) : "no TCP";
}

#endif
