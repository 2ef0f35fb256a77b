/* SPDX-License-Identifier: MIT */
/*
 * backlog-leave-rst.c - a client that resets its connection while it waits in the accept queue is
 * accepted all the same; then recv gives ECONNRESET, once, and the end of file after it;
 * getpeername gives ENOTCONN
 */
#include "fact.h"

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		char room[16];
		struct world *w = two_hosts();
		int fd = listener(w, version, 4);
		int client = connected(w, version);
		must_be(sock_linger(client, 0), 0, "SO_LINGER");
		close(client); /* socket(7): linger of 0 resets */
		carry(w);
		struct sock_outcome o = sock_accept(fd, NULL);
		must_be(o, 0, "accept");
		int server = (int)o.result;
		must_be(sock_peer(server, &(struct sock_address){0}), ENOTCONN, "getpeername");
		must_be(sock_recv(server, room, sizeof room, 0, NULL, NULL), ECONNRESET, "recv");
		o = sock_recv(server, room, sizeof room, 0, NULL, NULL);
		must_be(o, 0, "second recv");
		if (o.result != 0)
			return differs("IPv%d: the second recv gave %lld", version,
			               (long long)o.result);
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
