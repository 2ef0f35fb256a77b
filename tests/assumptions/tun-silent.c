/* SPDX-License-Identifier: MIT */
/*
 * tun-silent.c - nothing comes out of a host of its own accord: no router solicitation (after 1 s,
 * RFC 4861, 6.3.7), no duplicate address detection (within 1 s, RFC 4862, 5.4.2), no multicast
 * report (within 1 s, RFC 3810, 9.11)
 */
#include "base/clock.h"
#include "fact.h"
#include <poll.h>

#define LISTEN_FOR (2500 * NS_PER_MS)

static int fact(void)
{
	struct world *w = two_hosts();
	struct pollfd p[2] = {{.fd = host_tun(world_host(w, CLIENT)), .events = POLLIN},
	                      {.fd = host_tun(world_host(w, SERVER)), .events = POLLIN}};
	int64_t until = clock_now() + LISTEN_FOR;
	for (int64_t left; (left = until - clock_now()) > 0;) {
		if (poll(p, 2, (int)(left / NS_PER_MS) + 1) <= 0)
			continue;
		int from = p[CLIENT].revents ? CLIENT : SERVER;
		uint8_t packet[DATAGRAM];
		struct packet d;
		char src[46], dst[46];
		size_t len = take(w, from, packet);
		packet_decode(&d, packet, len);
		return differs("a packet from %s to %s, protocol %u, ICMP type %u",
		               packet_addr_text(&d.src.addr, src),
		               packet_addr_text(&d.dst.addr, dst), d.protocol, d.icmp_type);
	}
	world_close(&w);
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
