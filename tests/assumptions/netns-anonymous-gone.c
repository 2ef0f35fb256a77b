/* SPDX-License-Identifier: MIT */
/*
 * netns-anonymous-gone.c - a network namespace without a name ends, with its devices, soon after
 * the process that held it is killed: the other end of a veth pair goes away with it (veth(4))
 */
#include "fact.h"
#include "world/netlink.h"
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>

#define PATIENCE_MS 20000

static int deleted(const struct nlmsghdr *nlh, void *arg)
{
	if (nlh->nlmsg_type == RTM_DELLINK)
		*(bool *)arg = true;
	return MNL_CB_OK;
}

static _Noreturn void hold_a_namespace(int other_end, int ready)
{
	static const uint8_t mac[MAC_LEN] = {2, 0, 0, 0, 0, 1}, peer[MAC_LEN] = {2, 0, 0, 0, 0, 2};
	struct err err = {0};
	struct netlink *nl = unshare(CLONE_NEWNET) < 0 ? NULL : netlink_open(&err);
	bool made = nl && netlink_veth(nl, "gone0", mac, other_end, peer, &err) == 0;
	if (write(ready, made ? "1" : "0", 1) < 0)
		_exit(1);
	for (;;)
		pause();
}

static int fact(void)
{
	struct err err = {0};
	int ready[2];
	char byte = '0', room[8192];
	bool gone = false;
	int own =
	    unshare(CLONE_NEWNET) < 0 ? -1 : open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (own < 0 || !nl || mnl_socket_bind(nl, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0 ||
	    pipe(ready) < 0)
		untried("rtnetlink", &err);
	pid_t holder = fork();
	if (holder == 0)
		hold_a_namespace(own, ready[1]);
	if (read(ready[0], &byte, 1) != 1 || byte != '1')
		untried("veth", &err);
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	while (!gone) {
		struct pollfd p = {.fd = mnl_socket_get_fd(nl), .events = POLLIN};
		if (poll(&p, 1, PATIENCE_MS) <= 0)
			return differs("the device is still there after %d ms", PATIENCE_MS);
		ssize_t n = mnl_socket_recvfrom(nl, room, sizeof room);
		if (n < 0 || mnl_cb_run(room, (size_t)n, 0, 0, deleted, &gone) < 0)
			untried("rtnetlink", &err);
	}
	mnl_socket_close(nl);
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
