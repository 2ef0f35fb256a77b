/* SPDX-License-Identifier: MIT */
/*
 * Opens sockets by which packets can be forged or overheard, gives itself a network of its own to
 * have the right to do so, and changes the case's addresses.
 * Must happen: all of that is refused. The server beside it is right: 40 of 40.
 */
#include "attack.h"
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>

BEFORE_MAIN attack(void)
{
	static const struct {
		int family, type, protocol;
	} kinds[] = {{AF_INET, SOCK_RAW, IPPROTO_RAW},  {AF_INET, SOCK_RAW, IPPROTO_TCP},
	             {AF_INET6, SOCK_RAW, IPPROTO_RAW}, {AF_PACKET, SOCK_RAW, 0x0300},
	             {AF_PACKET, SOCK_DGRAM, 0x0300},   {AF_PACKET, 10, 0x0300}};
	struct ifreq r = {.ifr_name = "lo"};

	/* the last kinds once more, from a user namespace of its own */
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
			int fd = socket(kinds[i].family, kinds[i].type, kinds[i].protocol);
			if (fd < 0)
				continue;
			breach("a raw socket %d %d", kinds[i].family, kinds[i].type);
			close(fd);
		}
		if (round == 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
			breach("namespaces of its own");
	}
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &r) == 0) {
		r.ifr_flags |= IFF_PROMISC;
		if (ioctl(fd, SIOCSIFFLAGS, &r) == 0)
			breach("interfaces can be changed");
	}
	close(fd);
	if (mount("none", "/tmp", "tmpfs", 0, NULL) == 0)
		breach("it can mount");
	tried("to forge packets");
}
