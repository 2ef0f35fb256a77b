/* SPDX-License-Identifier: MIT */
/*
 * close-unread-rst.c - close with bytes unread sends RST instead of FIN (RFC 2525, 2.17), and the
 * peer reads ECONNRESET
 */
#include "fact.h"

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		uint8_t answer[DATAGRAM];
		char room[16], text[16];
		struct packet p;
		struct world *w = two_hosts();
		int fd = listener(w, version, 4);
		int client = connected(w, version);
		struct sock_outcome o = sock_accept(fd, NULL);
		must_be(o, 0, "accept");
		must_be(sock_send(client, "hello", 5, 0, NULL), 0, "send");
		carry(w);
		close((int)o.result);
		size_t len = take(w, SERVER, answer);
		if (!len || packet_decode(&p, answer, len) < 0 || !(p.tcp.flags & TCP_RST))
			return differs("IPv%d: close sent %s", version,
			               len ? words(&p, text) : "nothing");
		give(w, CLIENT, answer, len);
		must_be(sock_recv(client, room, sizeof room, 0, NULL, NULL), ECONNRESET, "recv");
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
