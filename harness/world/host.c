/* SPDX-License-Identifier: MIT */
/*
 * host.c - one host: its names, addresses, and the way in and out
 */
#include "world/host.h"
#include "base/err.h"
#include "base/mem.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

int host_index(const struct host *h)
{
	return h->index;
}

const char *host_name(const struct host *h)
{
	return h->name;
}

const char *host_interface(const struct host *h)
{
	return h->interface;
}

int host_tun(const struct host *h)
{
	return h->tun;
}

int host_netns(const struct host *h)
{
	return h->netns;
}

int host_enter(const struct host *h, struct err *err)
{
	if (setns(h->netns, CLONE_NEWNET) < 0)
		return err_sys(err, errno, "enter the namespace of %s", h->name);
	return 0;
}

int host_leave(const struct host *h, struct err *err)
{
	if (setns(h->world->home, CLONE_NEWNET) < 0)
		return err_sys(err, errno, "leave the namespace of %s", h->name);
	return 0;
}

const struct packet_addr *host_address(const struct host *h, int version)
{
	for (size_t i = 0; i < h->address_count; i++) {
		if (h->addresses[i].version == version)
			return &h->addresses[i];
	}
	return NULL;
}

size_t host_addresses(const struct host *h, const struct packet_addr **list)
{
	*list = h->addresses;
	return h->address_count;
}

void host_note_address(struct host *h, const struct packet_addr *a)
{
	MEM_ROOM(h->addresses, h->address_count);
	h->addresses[h->address_count++] = *a;
}

int host_add_address(struct host *h, const struct packet_addr *a, int prefix, struct err *err)
{
	struct err back;
	if ((a->version != 4 && a->version != 6) || prefix < 0 ||
	    prefix > (a->version == 4 ? 32 : 128))
		return err_set(err, EINVAL, "no address, or no prefix length: %d", prefix);
	int r = link_address(h, a, prefix, err);
	if (host_leave(h, &back) < 0) {
		if (r == 0)
			*err = back;
		return -1;
	}
	if (r < 0)
		return -1;
	if (h->world->kind != WORLD_LOOP) {
		host_note_address(h, a);
		return 0;
	}
	/* one namespace under all names */
	for (int i = 0; i < h->world->count; i++)
		host_note_address(&h->world->hosts[i], a);
	return 0;
}

void host_release(struct host *h)
{
	files_remove(h);
	if (h->tun >= 0)
		close(h->tun);
	if (h->netns >= 0)
		close(h->netns);
	sysctl_free(h->sysctls, h->sysctl_count);
	free(h->addresses);
	free(h->name);
	for (int i = 0; i < HOST_FILE_COUNT; i++)
		free(h->files[i]);
}
