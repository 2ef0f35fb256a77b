/* SPDX-License-Identifier: MIT */
/*
 * udp-refused.c - a datagram to a port where nobody is comes back as ICMP port unreachable, and a
 * connected UDP socket reports that as ECONNREFUSED at its next call (udp(7)); each refusal once,
 * and without a rate limit in our worlds
 */
#include "fact.h"

#define OFTEN 50

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		char room[16];
		struct world *w = two_hosts();
		struct sock_address a = address_of(w, SERVER, version, PORT);
		int fd = open_socket(w, CLIENT, SOCK_KIND_UDP, version);
		must_be(sock_connect(fd, &a), 0, "connect");
		for (int i = 0; i < OFTEN; i++) {
			must_be(sock_send(fd, "x", 1, 0, NULL), 0, "send");
			carry(w);
			must_be(sock_recv(fd, room, sizeof room, 0, NULL, NULL), ECONNREFUSED,
			        "recv");
			must_be(sock_recv(fd, room, sizeof room, 0, NULL, NULL), EAGAIN,
			        "recv again");
		}
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
