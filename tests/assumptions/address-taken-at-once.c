/* SPDX-License-Identifier: MIT */
/*
 * address-taken-at-once.c - when world_open() returns, packets to a host's addresses are answered:
 * the kernel adds an IPv6 address's local route later than it acknowledges the address, and tells
 * when (RTM_NEWROUTE), which we wait for
 */
#include "fact.h"

#define OFTEN 40

static int fact(void)
{
	for (int i = 0; i < OFTEN; i++) {
		struct world *w = two_hosts();
		for (int version = 6; version >= 4; version -= 2) {
			int fd = begin_connect(w, version); /* nobody listens */
			carry(w);
			struct sock_outcome o = sock_take_error(fd);
			if (o.result != ECONNREFUSED)
				return differs("IPv%d: the first packet was not answered, world %d",
				               version, i);
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
