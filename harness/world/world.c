/* SPDX-License-Identifier: MIT */
/*
 * world.c - the hosts of one case, made and joined
 *
 * Theory. Each host is a network namespace that unshare(2) makes and a descriptor keeps; no name in
 * the file system, so nothing is left when this process ends. Whatever the kernel would do of its
 * own accord is switched off before the interface exists (sysctl.c), because an interface takes the
 * defaults of its namespace when it is registered.
 */
#include "base/err.h"
#include "base/mem.h"
#include "world/host.h"
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_netns(struct err *err)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "/proc/thread-self/ns/net") : fd;
}

/* Host i: 192.0.2.(i+1) and 2001:db8::(i+1) (RFC 5737, RFC 3849); in a loop world 127.0.0.1 and
 * ::1. */
static void address_of(int index, int version, bool loop, struct packet_addr *a)
{
	static const uint8_t net4[4] = {192, 0, 2, 0}, loop4[4] = {127, 0, 0, 1};
	static const uint8_t net6[4] = {0x20, 0x01, 0x0d, 0xb8};
	*a = (struct packet_addr){.version = (uint8_t)version};
	if (version == 4) {
		memcpy(a->bytes, loop ? loop4 : net4, 4);
		if (!loop)
			a->bytes[3] = (uint8_t)(index + 1);
	} else {
		if (!loop)
			memcpy(a->bytes, net6, 4);
		a->bytes[15] = (uint8_t)(loop ? 1 : index + 1);
	}
}

static int make_namespace(struct world *w, struct host *h, struct err *err)
{
	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(err, errno, "a network namespace for %s", h->name);
	h->netns = open_netns(err);
	if (h->netns < 0 || sysctl_fix(w, h == &w->hosts[0], err) < 0)
		return -1;
	return link_lo_up(w->kind == WORLD_LOOP, err);
}

static int share_namespace(struct host *h, const struct host *first, struct err *err)
{
	h->netns = fcntl(first->netns, F_DUPFD_CLOEXEC, 0);
	return h->netns < 0 ? err_sys(err, errno, "keep the namespace of %s", h->name) : 0;
}

static int open_loop(struct world *w, struct err *err)
{
	struct packet_addr a;
	for (int i = 0; i < w->count; i++) {
		struct host *h = &w->hosts[i];
		if ((i == 0 ? make_namespace(w, h, err) : share_namespace(h, &w->hosts[0], err)) <
		    0)
			return -1;
		h->interface = "lo";
		h->ifindex = if_nametoindex("lo");
		address_of(i, 4, true, &a);
		host_note_address(h, &a);
		address_of(i, 6, true, &a);
		if (w->has_ipv6)
			host_note_address(h, &a);
	}
	w->link = LINK_LO;
	return 0;
}

/* Is this TUN refused, as in a container or a user namespace? Then a veth pair may do. */
static bool refused(const struct err *err)
{
	return err->code == ENOENT || err->code == EACCES || err->code == EPERM ||
	       err->code == ENODEV || err->code == ENXIO;
}

static int open_link(struct world *w, bool use_tun, struct err *err)
{
	w->link = use_tun ? LINK_TUN : LINK_VETH;
	for (int i = 0; i < w->count; i++) {
		struct host *h = &w->hosts[i];
		if (make_namespace(w, h, err) < 0)
			return -1;
		if (w->link != LINK_TUN || link_open_tun(h, err) == 0)
			continue;
		if (i > 0 || h->tun >= 0 || !refused(err) || w->count != 2)
			return -1;
		w->link = LINK_VETH;
	}
	if (w->link == LINK_TUN)
		return 0;
	if (w->count != 2)
		return err_set(err, EINVAL, "a veth pair joins two hosts, not %d", w->count);
	return link_open_veth(&w->hosts[0], &w->hosts[1], err);
}

static int open_wire(struct world *w, bool use_tun, struct err *err)
{
	struct packet_addr a;
	if (open_link(w, use_tun, err) < 0)
		return -1;
	for (int i = 0; i < w->count; i++) {
		struct host *h = &w->hosts[i];
		for (int version = 4; version <= (w->has_ipv6 ? 6 : 4); version += 2) {
			address_of(i, version, false, &a);
			if (link_address(h, &a, version == 4 ? 24 : 64, err) < 0)
				return -1;
			host_note_address(h, &a);
		}
	}
	return 0;
}

static struct world *new_world(enum world_kind kind, const char *const *names, int count)
{
	struct world *w = mem_zero(1, sizeof *w);
	w->kind = kind;
	w->count = count;
	w->home = -1;
	for (int i = 0; i < count; i++) {
		struct host *h = &w->hosts[i];
		h->world = w;
		h->index = i;
		h->name = mem_text(names[i]);
		h->interface = "eth0";
		h->netns = h->tun = -1;
	}
	return w;
}

struct world *world_open(enum world_kind kind, const char *const *names, int count, bool use_tun,
                         struct err *err)
{
	if (count < 1 || count > WORLD_MAX_HOSTS) {
		err_set(err, EINVAL, "a world has 1 to %d hosts, not %d", WORLD_MAX_HOSTS, count);
		return NULL;
	}
	struct world *w = new_world(kind, names, count);
	w->home = open_netns(err);
	bool made = w->home >= 0 &&
	            (kind == WORLD_LOOP ? open_loop(w, err) : open_wire(w, use_tun, err)) == 0;
	for (int i = 0; made && i < count; i++)
		made = files_write_first(&w->hosts[i], err) == 0;
	if (w->home >= 0 && setns(w->home, CLONE_NEWNET) < 0) {
		if (made)
			err_sys(err, errno, "return to the first network namespace");
		made = false;
	}
	if (!made)
		world_close(&w);
	return w;
}

void world_close(struct world **w)
{
	if (!*w)
		return;
	for (int i = 0; i < (*w)->count; i++)
		host_release(&(*w)->hosts[i]);
	sysctl_free((*w)->fixed, (*w)->fixed_count);
	if ((*w)->home >= 0)
		close((*w)->home);
	free(*w);
	*w = NULL;
}

enum world_kind world_kind(const struct world *w)
{
	return w->kind;
}

enum link_kind world_link(const struct world *w)
{
	return w->link;
}

int world_hosts(const struct world *w)
{
	return w->count;
}

struct host *world_host(const struct world *w, int index)
{
	return index >= 0 && index < w->count ? (struct host *)&w->hosts[index] : NULL;
}
