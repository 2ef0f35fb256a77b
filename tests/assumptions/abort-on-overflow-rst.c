/* SPDX-License-Identifier: MIT */
/*
 * abort-on-overflow-rst.c - with tcp_abort_on_overflow = 1 a final ACK that meets a full accept
 * queue is answered with RST (tcp(7)), at once; the client reads ECONNRESET
 */
#include "overflow.h"

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		struct err err = {0};
		uint8_t answer[DATAGRAM];
		char text[16], room[16];
		struct packet p;
		struct world *w = two_hosts();
		if (host_sysctl_set(world_host(w, SERVER), "net.ipv4.tcp_abort_on_overflow", "1",
		                    &err) < 0)
			untried("sysctl", &err);
		int late = overflow(w, version);
		size_t len = take(w, SERVER, answer);
		if (!len || packet_decode(&p, answer, len) < 0 || !(p.tcp.flags & TCP_RST))
			return differs("IPv%d: the server answered %s", version,
			               len ? words(&p, text) : "nothing");
		give(w, CLIENT, answer, len);
		must_be(sock_recv(late, room, sizeof room, 0, NULL, NULL), ECONNRESET,
		        "recv of the client");
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
