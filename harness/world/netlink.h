/* SPDX-License-Identifier: MIT */
/*
 * netlink.h - the few things of rtnetlink(7) that a world needs, by libmnl; private to world/
 *
 * A struct netlink speaks of the network namespace it was opened in, wherever the thread is later.
 */
#ifndef SOCKPROOF_WORLD_NETLINK_H
#define SOCKPROOF_WORLD_NETLINK_H
#include "packet/packet.h"
#include <stdint.h>

struct err;
struct netlink; /* opaque: netlink.c */

#define MAC_LEN 6

struct netlink *netlink_open(struct err *err);
void netlink_close(struct netlink **nl); /* NULL is fine */

struct netlink_link {
	const char *name;
	unsigned flags; /* IFF_* to set; IFF_UP is always set */
	uint32_t queue; /* IFLA_TXQLEN; 0: as it is */
	uint32_t mtu;   /* 0: as it is */
};
int netlink_link_up(struct netlink *nl, const struct netlink_link *link, struct err *err);

/* A veth pair: @name here with address @mac, @name in the namespace @peer_netns with @peer_mac. */
int netlink_veth(struct netlink *nl, const char *name, const uint8_t mac[MAC_LEN], int peer_netns,
                 const uint8_t peer_mac[MAC_LEN], struct err *err);

/*
 * Wait for IFLA_OPERSTATE = UP of interface @index, by notifications, no later than @until (ns of
 * CLOCK_MONOTONIC). Returns 0, or -1 with @err set (ETIMEDOUT). @nl serves for nothing else.
 */
int netlink_wait_up(struct netlink *nl, unsigned index, int64_t until, struct err *err);

/*
 * Nothing is sent for the address (IFA_F_NODAD). Returns when packets to it are taken: for IPv6
 * that is later than the kernel's acknowledgement, for the local route is added by a work queue
 * (net/ipv6/addrconf.c, addrconf_dad_work()).
 */
int netlink_address(struct netlink *nl, unsigned index, const struct packet_addr *a, int prefix,
                    int64_t until, struct err *err);
/* A route to @a alone, straight over @index. */
int netlink_route(struct netlink *nl, unsigned index, const struct packet_addr *a, struct err *err);
/* A neighbour for good (NUD_PERMANENT): nobody asks for it. */
int netlink_neighbour(struct netlink *nl, unsigned index, const struct packet_addr *a,
                      const uint8_t mac[MAC_LEN], struct err *err);
/* Packets go to the driver at once: queueing discipline "noqueue". */
int netlink_no_queue(struct netlink *nl, unsigned index, struct err *err);

#endif
