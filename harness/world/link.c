/* SPDX-License-Identifier: MIT */
/*
 * link.c - what joins the hosts: TUN devices, or a veth pair
 *
 * Theory. The wire shall carry what the script causes and nothing else. A TUN device has no link
 * layer, so there is nothing to resolve. A veth pair has: its ends get IFF_NOARP (neither ARP nor
 * neighbour discovery, and no multicast listener reports for solicited-node groups:
 * net/ipv6/addrconf.c, addrconf_join_solict()) and permanent neighbour entries for every address of
 * the other end.
 */
#include "base/clock.h"
#include "base/err.h"
#include "world/host.h"
#include "world/netlink.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ETH           "eth0"
#define LINK_QUEUE    8192u /* packets a TUN holds until they are read: beyond it the kernel drops */
#define LINK_MTU      1500
#define LINK_PATIENCE (10 * NS_PER_S)

/* Locally administered addresses (RFC 7042, 2.1): the same in every world. */
static void mac_of(const struct host *h, uint8_t mac[MAC_LEN])
{
	memset(mac, 0, MAC_LEN);
	mac[0] = 0x02;
	mac[5] = (uint8_t)(h->index + 1);
}

int link_open_tun(struct host *h, struct err *err)
{
	struct ifreq ifr = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "open /dev/net/tun");
	snprintf(ifr.ifr_name, sizeof ifr.ifr_name, ETH);
	if (ioctl(fd, TUNSETIFF, &ifr) < 0) {
		int code = errno;
		close(fd);
		return err_sys(err, code, "TUNSETIFF " ETH);
	}
	/*
	 * The device ends with its namespace anyway. When it ended with the descriptor, close(2)
	 * would wait for the grace periods of its unregistration, 58 ms and more.
	 */
	int persist = ioctl(fd, TUNSETPERSIST, 1UL);
	h->tun = fd;
	h->ifindex = if_nametoindex(ETH);
	if (persist < 0 || h->ifindex == 0)
		return err_sys(err, errno, "set up " ETH);

	struct netlink *nl = netlink_open(err);
	if (!nl)
		return -1;
	struct netlink_link up = {.name = ETH, .queue = LINK_QUEUE};
	int r = netlink_no_queue(nl, h->ifindex, err);
	if (r < 0 && (err->code == ENOENT || err->code == EOPNOTSUPP))
		r = 0; /* no traffic control in this kernel: then there is no queue either */
	if (r == 0)
		r = netlink_link_up(nl, &up, err);
	netlink_close(&nl);
	return r;
}

/* Offloads off, so that a capture shows what would be on a cable: true checksums, no segment beyond
 * the MTU. */
static int offloads_off(const char *interface, bool checksums, struct err *err)
{
	static const uint32_t commands[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO,
	                                    ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM};
	const size_t count = sizeof commands / sizeof commands[0] - (checksums ? 0 : 2);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(err, errno, "socket for SIOCETHTOOL");
	for (size_t i = 0; i < count; i++) {
		struct ethtool_value value = {.cmd = commands[i], .data = 0};
		struct ifreq ifr = {.ifr_data = (void *)&value};
		snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "%s", interface);
		if (ioctl(fd, SIOCETHTOOL, &ifr) < 0 && errno != EOPNOTSUPP && errno != EINVAL) {
			int code = errno;
			close(fd);
			return err_sys(err, code, "SIOCETHTOOL %u of %s", commands[i], interface);
		}
	}
	close(fd);
	return 0;
}

static int enter(const struct host *h, struct err *err)
{
	return setns(h->netns, CLONE_NEWNET) < 0
	           ? err_sys(err, errno, "enter the namespace of %s", h->name)
	           : 0;
}

static int end_up(struct host *h, struct err *err)
{
	struct netlink_link up = {.name = ETH, .flags = IFF_NOARP};
	if (enter(h, err) < 0)
		return -1;
	h->ifindex = if_nametoindex(ETH);
	if (h->ifindex == 0)
		return err_sys(err, errno, ETH " of %s", h->name);
	if (offloads_off(ETH, true, err) < 0)
		return -1;
	struct netlink *nl = netlink_open(err);
	if (!nl)
		return -1;
	int r = netlink_link_up(nl, &up, err);
	netlink_close(&nl);
	return r;
}

/* The kernel activates a link later, from its link watch: packets before that are lost. */
static int end_wait(struct host *h, int64_t until, struct err *err)
{
	if (enter(h, err) < 0)
		return -1;
	struct netlink *nl = netlink_open(err);
	if (!nl)
		return -1;
	int r = netlink_wait_up(nl, h->ifindex, until, err);
	netlink_close(&nl);
	return r;
}

int link_open_veth(struct host *a, struct host *b, struct err *err)
{
	uint8_t mac_a[MAC_LEN], mac_b[MAC_LEN];
	mac_of(a, mac_a);
	mac_of(b, mac_b);
	if (enter(a, err) < 0)
		return -1;
	struct netlink *nl = netlink_open(err);
	if (!nl)
		return -1;
	int r = netlink_veth(nl, ETH, mac_a, b->netns, mac_b, err);
	netlink_close(&nl);
	if (r < 0 || end_up(a, err) < 0 || end_up(b, err) < 0)
		return -1;
	int64_t until = clock_now() + LINK_PATIENCE;
	return end_wait(a, until, err) < 0 || end_wait(b, until, err) < 0 ? -1 : 0;
}

int link_lo_up(bool only_link, struct err *err)
{
	/*
	 * Where lo is the link it is cut like the others: the same segments, and slots in libpcap's
	 * ring that hold a packet, not 64 KiB, so that a stream does not fill it.
	 */
	struct netlink_link up = {.name = "lo", .mtu = only_link ? LINK_MTU : 0};
	/* lo's checksums cannot be switched on: its packets never leave the machine
	 * (drivers/net/loopback.c) */
	if (only_link && offloads_off("lo", false, err) < 0)
		return -1;
	struct netlink *nl = netlink_open(err);
	if (!nl)
		return -1;
	int r = netlink_link_up(nl, &up, err);
	netlink_close(&nl);
	return r;
}

/* What another host must know to reach @a of @h. */
static int make_known(struct host *other, const struct host *h, const struct packet_addr *a,
                      bool with_route, struct err *err)
{
	uint8_t mac[MAC_LEN];
	int r = 0;
	if (enter(other, err) < 0)
		return -1;
	struct netlink *nl = netlink_open(err);
	if (!nl)
		return -1;
	if (with_route)
		r = netlink_route(nl, other->ifindex, a, err);
	if (r == 0 && h->world->link == LINK_VETH) {
		mac_of(h, mac);
		r = netlink_neighbour(nl, other->ifindex, a, mac, err);
	}
	netlink_close(&nl);
	return r;
}

static bool same_net(const struct packet_addr *a, const struct packet_addr *b, int prefix)
{
	if (a->version != b->version)
		return false;
	for (int bit = 0; bit < prefix; bit++) {
		if ((a->bytes[bit / 8] ^ b->bytes[bit / 8]) & (0x80 >> (bit % 8)))
			return false;
	}
	return true;
}

int link_address(struct host *h, const struct packet_addr *a, int prefix, struct err *err)
{
	if (enter(h, err) < 0)
		return -1;
	struct netlink *nl = netlink_open(err);
	if (!nl)
		return -1;
	int r = netlink_address(nl, h->ifindex, a, prefix, clock_now() + LINK_PATIENCE, err);
	netlink_close(&nl);
	if (r < 0 || h->world->kind == WORLD_LOOP)
		return r;

	for (int i = 0; i < h->world->count; i++) {
		struct host *other = &h->world->hosts[i];
		if (other == h)
			continue;
		/* Hosts of the world's own networks see each other's; any other address needs a
		 * route. */
		const struct packet_addr *first = host_address(h, a->version);
		bool routed = !first || same_net(first, a, a->version == 4 ? 24 : 64);
		if ((!routed || h->world->link == LINK_VETH) &&
		    make_known(other, h, a, !routed, err) < 0)
			return -1;
	}
	return 0;
}
