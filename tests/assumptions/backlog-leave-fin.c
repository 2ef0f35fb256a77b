/* SPDX-License-Identifier: MIT */
/*
 * backlog-leave-fin.c - a client that says something and closes while it waits in the accept queue
 * is accepted all the same; its bytes are read, then the end of file
 */
#include "fact.h"

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		char room[16] = "";
		struct world *w = two_hosts();
		int fd = listener(w, version, 4);
		int client = connected(w, version);
		must_be(sock_send(client, "hello", 5, 0, NULL), 0, "send");
		close(client);
		carry(w);
		if (rows_in(w, SERVER, DIAG_CLOSE_WAIT, NULL) != 1)
			return differs("IPv%d: the server's side is not CLOSE_WAIT", version);
		struct sock_outcome o = sock_accept(fd, NULL);
		must_be(o, 0, "accept");
		int server = (int)o.result;
		o = sock_recv(server, room, sizeof room, 0, NULL, NULL);
		if (o.result != 5 || strcmp(room, "hello") != 0)
			return differs("IPv%d: recv gave %lld", version, (long long)o.result);
		o = sock_recv(server, room, sizeof room, 0, NULL, NULL);
		must_be(o, 0, "recv after the bytes");
		if (o.result != 0)
			return differs("IPv%d: no end of file", version);
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
