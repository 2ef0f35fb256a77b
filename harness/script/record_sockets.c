/* SPDX-License-Identifier: MIT */
/*
 * record_sockets.c - the kernel's socket tables of all hosts, as they were when the case ended
 *
 * Evidence for people, not for verdicts: it is read behind the seal, so a timer may have moved a
 * state since. What a script asks of the tables is on the timeline.
 */
#include "base/mem.h"
#include "program/program.h"
#include "script/record_own.h"
#include "script/script_own.h"
#include "socket/diag.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* Whose an inode is. */
struct owner {
	uint32_t inode;
	const char *name;
};

struct owners {
	struct owner *list;
	size_t count;
};

static void add_owner(struct owners *o, uint32_t inode, const char *name)
{
	MEM_ROOM(o->list, o->count);
	o->list[o->count++] = (struct owner){.inode = inode, .name = name};
}

/* Those who cannot be looked at own nothing that could be told. */
static struct owners find_owners(const struct play *p)
{
	struct owners all = {0};
	struct err ignored;
	struct stat st;

	for (size_t i = 0; i < p->socket_count; i++) {
		if (fstat(p->sockets[i].fd, &st) == 0)
			add_owner(&all, (uint32_t)st.st_ino, "script");
	}
	for (size_t i = 0; i < p->program_count; i++) {
		size_t count = 0;
		uint32_t *inodes = program_socket_inodes(p->programs[i], &count, &ignored);

		for (size_t k = 0; inodes && k < count; k++)
			add_owner(&all, inodes[k], program_name(p->programs[i]));
		free(inodes);
	}
	return all;
}

static const char *owner_of(const struct owners *all, uint32_t inode)
{
	for (size_t i = 0; inode && i < all->count; i++) {
		if (all->list[i].inode == inode)
			return all->list[i].name;
	}
	return "";
}

static json_t *end_json(const struct diag_row *r, const struct packet_end *e)
{
	char address[46];
	char *text;
	json_t *j;

	if (r->family == DIAG_UNIX)
		return json_string(e == &r->local ? r->path : "");
	packet_addr_text(&e->addr, address);
	text = mem_printf(strchr(address, ':') ? "[%s]:%u" : "%s:%u", address, e->port);
	j = json_string(text);
	free(text);
	return j;
}

static const char *protocol_of(const struct diag_row *r)
{
	if (r->family == DIAG_UNIX)
		return r->unix_type == SOCK_STREAM  ? "unix stream"
		       : r->unix_type == SOCK_DGRAM ? "unix dgram"
		                                    : "unix seqpacket";
	return r->family == DIAG_TCP ? "tcp" : "udp";
}

static void add_rows(json_t *list, const char *host, enum diag_family family,
                     const struct owners *owners)
{
	struct diag_table t = {0};
	struct err ignored;

	if (diag_read(family, DIAG_ALL, false, &t, &ignored) < 0)
		return;
	for (size_t i = 0; i < t.count; i++) {
		const struct diag_row *r = &t.rows[i];
		json_t *row = json_object();

		json_object_set_new(row, "host", json_string(host));
		json_object_set_new(row, "protocol", json_string(protocol_of(r)));
		json_object_set_new(row, "state", json_string(diag_state_text(r->state)));
		json_object_set_new(row, "local", end_json(r, &r->local));
		json_object_set_new(row, "remote", end_json(r, &r->remote));
		json_object_set_new(row, "receive_queue", json_integer(r->receive_queue));
		json_object_set_new(row, "send_queue", json_integer(r->send_queue));
		json_object_set_new(row, "owner", json_string(owner_of(owners, r->inode)));
		json_array_append_new(list, row);
	}
	diag_free(&t);
}

int record_sockets(const struct play *p, json_t **out, struct err *err)
{
	struct owners owners = find_owners(p);
	json_t *list = json_array();
	int rc = 0;

	/* in a loop world all hosts are one */
	for (int i = 0; rc == 0 && i < world_hosts(p->world); i++) {
		struct host *h = world_host(p->world, i);

		if (world_kind(p->world) == WORLD_LOOP && i > 0)
			break;
		if (host_enter(h, err) < 0) {
			rc = -1;
			break;
		}
		for (enum diag_family f = DIAG_TCP; f <= DIAG_UNIX; f++)
			add_rows(list, world_kind(p->world) == WORLD_LOOP ? "" : host_name(h), f,
			         &owners);
		rc = host_leave(h, err);
	}
	free(owners.list);
	if (rc < 0)
		json_decref(list);
	*out = rc < 0 ? NULL : list;
	return rc;
}
