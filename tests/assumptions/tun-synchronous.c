/* SPDX-License-Identifier: MIT */
/*
 * tun-synchronous.c - when write(2) of a packet into a TUN returns, the kernel has dealt with it:
 * its answer is already in the device's queue (drivers/net/tun.c, tun_get_user() ends in
 * netif_receive_skb() with bottom halves off)
 */
#include "fact.h"

#define OFTEN 200

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		struct world *w = two_hosts();
		for (int i = 0; i < OFTEN; i++) {
			uint8_t packet[DATAGRAM];
			char text[16];
			struct packet p;
			int fd = begin_connect(w, version); /* nobody listens */
			size_t len = take(w, CLIENT, packet);
			if (!len)
				return differs("IPv%d: no SYN when connect returned, try %d",
				               version, i);
			give(w, SERVER, packet, len);
			len = take(w, SERVER, packet);
			if (!len)
				return differs("IPv%d: no answer when write returned, try %d",
				               version, i);
			if (packet_decode(&p, packet, len) < 0 || !(p.tcp.flags & TCP_RST))
				return differs("IPv%d: answered with %s", version, words(&p, text));
			give(w, CLIENT, packet, len);
			struct sock_outcome o = sock_take_error(fd);
			if (o.result != ECONNREFUSED)
				return differs("IPv%d: the client does not know, try %d", version,
				               i);
			close(fd);
		}
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
