/* SPDX-License-Identifier: MIT */
/*
 * world.h - the hosts of one case: anonymous network namespaces that end with the process that made
 * them
 *
 * One thread owns a world; it enters a host with host_enter() and is back after host_leave().
 * Nothing here has a name in the file system: when the process dies, however it dies, the kernel
 * takes everything away.
 */
#ifndef SOCKPROOF_WORLD_WORLD_H
#define SOCKPROOF_WORLD_WORLD_H
#include "packet/packet.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct host;  /* opaque: host.c */
struct world; /* opaque: world.c */

enum world_kind {
	WORLD_WIRE, /* hosts joined by the harness: TUN, or a veth pair where /dev/net/tun is
	               refused */
	WORLD_LOOP, /* one host, everything on its lo */
};

enum link_kind { LINK_TUN, LINK_VETH, LINK_LO };

/*
 * Make the hosts named in @names (at most 8; WORLD_LOOP: all names are one namespace), each with
 * its addresses: host i (from 0) has 192.0.2.(i+1)/24 and 2001:db8::(i+1)/64 on interface "eth0"
 * (WORLD_LOOP: 127.0.0.1 and ::1 on "lo"). lo is up everywhere. The kernel's choices are fixed:
 * congestion control reno, no metrics saved, no router solicitations, no duplicate address
 * detection, no link-local addresses, ephemeral ports 40000-49999, TLP off. use_tun: false forces a
 * veth pair (then exactly two hosts). Returns a world to be closed with world_close(), or NULL with
 * @err set.
 */
struct world *world_open(enum world_kind kind, const char *const *names, int count, bool use_tun,
                         struct err *err);
void world_close(struct world **w);

enum world_kind world_kind(const struct world *w);
enum link_kind world_link(const struct world *w);
int world_hosts(const struct world *w);
struct host *world_host(const struct world *w,
                        int index); /* owned by the world; WORLD_LOOP: the same namespace for all */

/* index in the world; name; interface packets cross ("eth0" or "lo"); TUN descriptor, owned by the
 * host, -1 without. */
int host_index(const struct host *h);
const char *host_name(const struct host *h);
const char *host_interface(const struct host *h);
int host_tun(const struct host *h);
/* The host's namespace descriptor (setns(2)), owned by the host. */
int host_netns(const struct host *h);

/* This thread into the host's network namespace, and back to where world_open() was called. 0, or
 * -1 with @err set. */
int host_enter(const struct host *h, struct err *err);
int host_leave(const struct host *h, struct err *err);

/* The host's first address of that version (4 or 6); NULL: none. Owned by the host. */
const struct packet_addr *host_address(const struct host *h, int version);
/* All its addresses. */
size_t host_addresses(const struct host *h, const struct packet_addr **list);
/* One more address on its interface; prefix in bits. The other hosts can reach it. */
int host_add_address(struct host *h, const struct packet_addr *a, int prefix, struct err *err);

/*
 * A sysctl of this host: name "net.ipv4.tcp_abort_on_overflow" (dots or slashes). Only below net.
 * -1 with @err set: no such sysctl (ENOENT), not writable here (EACCES, EPERM), value refused
 * (EINVAL).
 */
int host_sysctl_set(struct host *h, const char *name, const char *value, struct err *err);
/* Its value without the trailing newline, free() it; NULL with @err set. */
char *host_sysctl_get(struct host *h, const char *name, struct err *err);
/* One that the namespace of this process has and no host's (tcp_max_orphans: net/ipv4's own, that
 * is not per namespace). It is everybody's on this machine, so the machine must be the case's own:
 * a guest. -1 as above. */
int machine_sysctl_set(const char *name, const char *value, struct err *err);
/* One that was set. */
struct host_sysctl {
	char *name, *value;
	char *before; /* of host_sysctl_set(): what it was until then, or until world_open() fixed
	                 it; of world_open(): the kernel's own. NULL: not readable */
};
/* Those that host_sysctl_set() has set so far, in order. Returns how many. */
size_t host_sysctls(const struct host *h, const struct host_sysctl **list);
/* Those that world_open() fixed in every host, where the kernel's own value is another. */
size_t world_sysctls(const struct world *w, const struct host_sysctl **list);

/* What decides in a program how names are looked up, and where: a host has files of its own. */
enum host_file {
	HOST_FILE_HOSTS,     /* /etc/hosts: world_open() names every host of the world */
	HOST_FILE_RESOLVER,  /* /etc/resolv.conf: empty */
	HOST_FILE_NSSWITCH,  /* /etc/nsswitch.conf: files first, then DNS, and nothing else */
	HOST_FILE_HOST_CONF, /* /etc/host.conf: all addresses of a name in the hosts file */
	HOST_FILE_GAI_CONF,  /* /etc/gai.conf: the order of RFC 6724 */
	HOST_FILE_SERVICES,  /* /etc/services: the machine's own until it is set */
	HOST_FILE_PROTOCOLS, /* /etc/protocols: the machine's own until it is set */
	HOST_FILE_COUNT,
};

/*
 * What programs of this host shall read there. @text is copied. Before isolate_settle() there is no
 * folder for the files: ENOENT, and programs read the machine's own.
 */
int host_set_file(struct host *h, enum host_file which, const char *text, struct err *err);
/* Path of the file as it is now (in the scratch folder), for a program's mount namespace; NULL: the
 * machine's own. Owned by the host. */
const char *host_file_path(const struct host *h, enum host_file which);
/* Where programs look for it: "/etc/hosts". */
const char *host_file_target(enum host_file which);

#endif
