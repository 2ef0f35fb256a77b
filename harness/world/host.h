/* SPDX-License-Identifier: MIT */
/*
 * host.h - what a host is made of; private to world/
 */
#ifndef SOCKPROOF_WORLD_HOST_H
#define SOCKPROOF_WORLD_HOST_H
#include "world/world.h"

#define WORLD_MAX_HOSTS 8

struct host {
	struct world *world; /* the one it belongs to */
	int index;
	char *name;
	const char *interface;
	unsigned ifindex;
	int netns; /* -1: not yet */
	int tun;   /* -1: none */
	struct packet_addr *addresses;
	size_t address_count;
	struct host_sysctl *sysctls;
	size_t sysctl_count;
	char *files[HOST_FILE_COUNT]; /* paths; NULL: the machine's own */
};

struct world {
	enum world_kind kind;
	enum link_kind link;
	int home; /* the namespace that world_open() was called in */
	bool has_ipv6;
	int count;
	struct host_sysctl *fixed; /* as world_sysctls() tells them */
	size_t fixed_count;
	struct host hosts[WORLD_MAX_HOSTS];
};

/* host.c */
void host_note_address(struct host *h, const struct packet_addr *a);
void host_release(struct host *h);

/* link.c: called inside @h's namespace */
int link_open_tun(struct host *h, struct err *err);
/* The two hosts' eth0, up on both ends. Leaves the thread in one of their namespaces. */
int link_open_veth(struct host *a, struct host *b, struct err *err);
int link_lo_up(bool only_link, struct err *err);
/* Address @h, as the other hosts shall know it: route and neighbour entries of theirs included. */
int link_address(struct host *h, const struct packet_addr *a, int prefix, struct err *err);

/* sysctl.c: in the namespace this thread is in; first: of the world's namespaces */
int sysctl_fix(struct world *w, bool first, struct err *err);
void sysctl_free(struct host_sysctl *list, size_t count);

/* files.c */
int files_write_first(struct host *h, struct err *err);
void files_remove(struct host *h);

#endif
