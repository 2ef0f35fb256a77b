/* SPDX-License-Identifier: MIT */
/*
 * netlink.c - the few things of rtnetlink(7) that a world needs, by libmnl
 */
#include "world/netlink.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define REQUEST_ROOM 1024 /* the largest request is the veth pair: about 200 bytes */
#define ANSWER_ROOM                                                                                \
	32768 /* one RTM_NEWLINK is about 2 KiB; libmnl advises at most 8 KiB a datagram */

struct netlink {
	struct mnl_socket *socket;
	uint32_t seq;
	char request[REQUEST_ROOM];
	char answer[ANSWER_ROOM];
};

struct netlink *netlink_open(struct err *err)
{
	struct netlink *nl = mem_zero(1, sizeof *nl);
	nl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl->socket || mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		err_sys(err, errno, "open rtnetlink");
		netlink_close(&nl);
	}
	return nl;
}

void netlink_close(struct netlink **nl)
{
	if (!*nl)
		return;
	if ((*nl)->socket)
		mnl_socket_close((*nl)->socket);
	free(*nl);
	*nl = NULL;
}

static struct nlmsghdr *begin(struct netlink *nl, uint16_t type, uint16_t flags)
{
	memset(nl->request, 0, sizeof nl->request);
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->request);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++nl->seq;
	return nlh;
}

static ssize_t receive(struct netlink *nl)
{
	ssize_t n;
	do
		n = mnl_socket_recvfrom(nl->socket, nl->answer, sizeof nl->answer);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Send what begin() began and wait for its acknowledgement. Returns 0 or an errno value. */
static int talk(struct netlink *nl, const struct nlmsghdr *nlh)
{
	if (mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len) < 0)
		return errno;
	for (;;) {
		ssize_t n = receive(nl);
		if (n < 0)
			return errno;
		int r = mnl_cb_run(nl->answer, (size_t)n, nl->seq,
		                   mnl_socket_get_portid(nl->socket), NULL, NULL);
		if (r < 0)
			return errno;
		if (r == MNL_CB_STOP)
			return 0;
	}
}

int netlink_link_up(struct netlink *nl, const struct netlink_link *link, struct err *err)
{
	struct nlmsghdr *nlh = begin(nl, RTM_NEWLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof *ifi);
	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_flags = IFF_UP | link->flags;
	ifi->ifi_change = IFF_UP | link->flags;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, link->name);
	if (link->queue)
		mnl_attr_put_u32(nlh, IFLA_TXQLEN, link->queue);
	if (link->mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, link->mtu);
	int code = talk(nl, nlh);
	return code ? err_sys(err, code, "bring %s up", link->name) : 0;
}

int netlink_veth(struct netlink *nl, const char *name, const uint8_t mac[MAC_LEN], int peer_netns,
                 const uint8_t peer_mac[MAC_LEN], struct err *err)
{
	struct nlmsghdr *nlh = begin(nl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof *ifi);
	ifi->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put(nlh, IFLA_ADDRESS, MAC_LEN, mac);
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	struct nlattr *data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	struct nlattr *peer = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put(nlh, IFLA_ADDRESS, MAC_LEN, peer_mac);
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)peer_netns);
	mnl_attr_nest_end(nlh, peer);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	int code = talk(nl, nlh);
	return code ? err_sys(err, code, "make a veth pair") : 0;
}

/* What is waited for. */
struct question {
	unsigned index;
	const struct packet_addr *address;
	bool answered;
};

static int join(struct netlink *nl, int group, struct err *err)
{
	if (mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
		return err_sys(err, errno, "listen to rtnetlink");
	return 0;
}

/* Read messages until @answer says that @q is answered. Returns 0, or -1 with @err set (ETIMEDOUT).
 */
static int wait_for(struct netlink *nl, int64_t until, mnl_cb_t answer, struct question *q,
                    struct err *err)
{
	while (!q->answered) {
		struct pollfd p = {.fd = mnl_socket_get_fd(nl->socket), .events = POLLIN};
		int64_t left = until - clock_now();
		struct timespec ts = {.tv_sec = left > 0 ? left / NS_PER_S : 0,
		                      .tv_nsec = left > 0 ? left % NS_PER_S : 0};
		int r = ppoll(&p, 1, &ts, NULL);
		if (r == 0)
			return err_sys(err, ETIMEDOUT, "wait for interface %u", q->index);
		if (r < 0 && errno == EINTR)
			continue;
		ssize_t n = r < 0 ? -1 : receive(nl);
		if (n < 0 || mnl_cb_run(nl->answer, (size_t)n, 0, 0, answer, q) < 0)
			return err_sys(err, errno, "wait for interface %u", q->index);
	}
	return 0;
}

static int up_answer(const struct nlmsghdr *nlh, void *arg)
{
	struct question *q = arg;
	if (nlh->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	if ((unsigned)ifi->ifi_index != q->index)
		return MNL_CB_OK;
	const struct nlattr *attr;
	mnl_attr_for_each(attr, nlh, sizeof *ifi)
	{
		if (mnl_attr_get_type(attr) == IFLA_OPERSTATE)
			q->answered = mnl_attr_get_u8(attr) == IF_OPER_UP;
	}
	return MNL_CB_OK;
}

int netlink_wait_up(struct netlink *nl, unsigned index, int64_t until, struct err *err)
{
	/* Listen first, ask then: whichever tells of UP, none is missed. */
	if (join(nl, RTNLGRP_LINK, err) < 0)
		return -1;
	struct nlmsghdr *nlh = begin(nl, RTM_GETLINK, 0);
	nlh->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof *ifi);
	ifi->ifi_index = (int)index;
	if (mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len) < 0)
		return err_sys(err, errno, "ask for the state of interface %u", index);
	struct question q = {.index = index};
	return wait_for(nl, until, up_answer, &q, err);
}

static uint8_t family_of(const struct packet_addr *a)
{
	return a->version == 4 ? AF_INET : AF_INET6;
}

static size_t length_of(const struct packet_addr *a)
{
	return a->version == 4 ? 4 : 16;
}

static int address_failed(struct err *err, int code, const char *what, const struct packet_addr *a)
{
	char text[46];
	return err_sys(err, code, "%s %s", what, packet_addr_text(a, text));
}

static int add_address(struct netlink *nl, unsigned index, const struct packet_addr *a, int prefix,
                       struct err *err)
{
	struct nlmsghdr *nlh = begin(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof *ifa);
	ifa->ifa_family = family_of(a);
	ifa->ifa_prefixlen = (uint8_t)prefix;
	ifa->ifa_flags = a->version == 6 ? IFA_F_NODAD : 0;
	ifa->ifa_scope = RT_SCOPE_UNIVERSE;
	ifa->ifa_index = index;
	mnl_attr_put(nlh, IFA_LOCAL, length_of(a), a->bytes);
	mnl_attr_put(nlh, IFA_ADDRESS, length_of(a), a->bytes);
	int code = talk(nl, nlh);
	return code ? address_failed(err, code, "add address", a) : 0;
}

/* A route in the local table to the address alone: from now on packets to it are this host's. */
static int local_answer(const struct nlmsghdr *nlh, void *arg)
{
	struct question *q = arg;
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	if (nlh->nlmsg_type != RTM_NEWROUTE || rtm->rtm_table != RT_TABLE_LOCAL ||
	    rtm->rtm_dst_len != 128)
		return MNL_CB_OK;
	const struct nlattr *attr;
	mnl_attr_for_each(attr, nlh, sizeof *rtm)
	{
		if (mnl_attr_get_type(attr) == RTA_DST && mnl_attr_get_payload_len(attr) == 16 &&
		    memcmp(mnl_attr_get_payload(attr), q->address->bytes, 16) == 0)
			q->answered = true;
	}
	return MNL_CB_OK;
}

int netlink_address(struct netlink *nl, unsigned index, const struct packet_addr *a, int prefix,
                    int64_t until, struct err *err)
{
	if (a->version == 4)
		return add_address(nl, index, a, prefix, err);
	struct netlink *events = netlink_open(err);
	if (!events)
		return -1;
	struct question q = {.index = index, .address = a};
	int r = join(events, RTNLGRP_IPV6_ROUTE, err);
	if (r == 0)
		r = add_address(nl, index, a, prefix, err);
	if (r == 0)
		r = wait_for(events, until, local_answer, &q, err);
	netlink_close(&events);
	return r;
}

int netlink_route(struct netlink *nl, unsigned index, const struct packet_addr *a, struct err *err)
{
	struct nlmsghdr *nlh = begin(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof *rtm);
	rtm->rtm_family = family_of(a);
	rtm->rtm_dst_len = (uint8_t)(8 * length_of(a));
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = a->version == 4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put(nlh, RTA_DST, length_of(a), a->bytes);
	mnl_attr_put_u32(nlh, RTA_OIF, index);
	int code = talk(nl, nlh);
	return code ? address_failed(err, code, "add a route to", a) : 0;
}

int netlink_neighbour(struct netlink *nl, unsigned index, const struct packet_addr *a,
                      const uint8_t mac[MAC_LEN], struct err *err)
{
	struct nlmsghdr *nlh = begin(nl, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
	struct ndmsg *ndm = mnl_nlmsg_put_extra_header(nlh, sizeof *ndm);
	ndm->ndm_family = family_of(a);
	ndm->ndm_ifindex = (int)index;
	ndm->ndm_state = NUD_PERMANENT;
	mnl_attr_put(nlh, NDA_DST, length_of(a), a->bytes);
	mnl_attr_put(nlh, NDA_LLADDR, MAC_LEN, mac);
	int code = talk(nl, nlh);
	return code ? address_failed(err, code, "add a neighbour entry for", a) : 0;
}

int netlink_no_queue(struct netlink *nl, unsigned index, struct err *err)
{
	struct nlmsghdr *nlh = begin(nl, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE);
	struct tcmsg *tcm = mnl_nlmsg_put_extra_header(nlh, sizeof *tcm);
	tcm->tcm_family = AF_UNSPEC;
	tcm->tcm_ifindex = (int)index;
	tcm->tcm_parent = TC_H_ROOT;
	mnl_attr_put_strz(nlh, TCA_KIND, "noqueue");
	int code = talk(nl, nlh);
	return code ? err_sys(err, code, "take the queueing discipline off interface %u", index)
	            : 0;
}
