/* SPDX-License-Identifier: MIT */
/* bind_host.c - hosts for Lua: addresses, sysctls, files, the kernel's socket table */
#include "base/err.h"
#include "script/bind.h"
#include "script/play.h"
#include "socket/diag.h"
#include <lauxlib.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct host *check_host(lua_State *L, int arg)
{
	struct play *p = bind_play(L);
	lua_Integer i = luaL_checkinteger(L, arg);

	luaL_argcheck(L, i >= 0 && i < world_hosts(p->world), arg, "no such host");
	return world_host(p->world, (int)i);
}

/* host_address(host, version): text, or nil when the host has none of that version */
static int address(lua_State *L)
{
	const struct packet_addr *a = host_address(check_host(L, 1), (int)luaL_checkinteger(L, 2));
	char text[46];

	if (!a)
		return 0;
	lua_pushstring(L, packet_addr_text(a, text));
	return 1;
}

/* host_add_address(host, text, prefix) */
static int add_address(lua_State *L)
{
	struct host *h = check_host(L, 1);
	const char *text = luaL_checkstring(L, 2);
	struct packet_addr a;
	struct err err;

	if (!packet_addr_parse(text, &a))
		return luaL_error(L, "%s is no address", text);
	if (host_add_address(h, &a, (int)luaL_checkinteger(L, 3), &err) < 0)
		return bind_raise(L, &err);
	timeline_add_address(bind_play(L)->tl, (int)luaL_checkinteger(L, 1), &a);
	return 0;
}

/* host_sysctl_set(host, name, value): nothing, or errno's name and a text when the kernel refuses
 */
static int sysctl_set(lua_State *L)
{
	char scratch[16];
	struct err err;

	if (host_sysctl_set(check_host(L, 1), luaL_checkstring(L, 2), luaL_checkstring(L, 3),
	                    &err) == 0)
		return 0;
	lua_pushstring(L, err_name(err.code, scratch));
	lua_pushstring(L, err.text);
	return 2;
}

/* machine_sysctl_set(name, value): as host_sysctl_set, for what all hosts share. Only in a guest:
 * nobody else's machine is changed, whatever a script says. */
static int machine_sysctl(lua_State *L)
{
	char scratch[16];
	struct err err;

	if (!bind_play(L)->in_guest)
		return luaL_error(L, "this machine's sysctls are not a case's to set");
	if (machine_sysctl_set(luaL_checkstring(L, 1), luaL_checkstring(L, 2), &err) == 0)
		return 0;
	lua_pushstring(L, err_name(err.code, scratch));
	lua_pushstring(L, err.text);
	return 2;
}

/* host_sysctl_get(host, name): value; or nil, errno's name, text */
static int sysctl_get(lua_State *L)
{
	char scratch[16];
	struct err err;
	char *value = host_sysctl_get(check_host(L, 1), luaL_checkstring(L, 2), &err);

	if (!value) {
		lua_pushnil(L);
		lua_pushstring(L, err_name(err.code, scratch));
		lua_pushstring(L, err.text);
		return 3;
	}
	lua_pushstring(L, value);
	free(value);
	return 1;
}

/* host_file(host, "hosts"|"resolver"|"services"|"protocols", text) */
static int file(lua_State *L)
{
	static const char *const names[] = {"hosts", "resolver", "services", "protocols", NULL};
	static const enum host_file files[] = {HOST_FILE_HOSTS, HOST_FILE_RESOLVER,
	                                       HOST_FILE_SERVICES, HOST_FILE_PROTOCOLS};
	struct host *h = check_host(L, 1);
	enum host_file which = files[luaL_checkoption(L, 2, NULL, names)];
	struct err err;

	return host_set_file(h, which, luaL_checkstring(L, 3), &err) < 0 ? bind_raise(L, &err) : 0;
}

static void push_end(lua_State *L, const char *address_key, const char *port_key,
                     const struct packet_end *end)
{
	char text[46];

	bind_set_text(L, address_key, packet_addr_text(&end->addr, text));
	bind_set_int(L, port_key, end->port);
}

/* The fields of TCP_INFO that scripts may speak of (tcp(7), include/uapi/linux/tcp.h); times in
 * microseconds. */
static void push_info(lua_State *L, const struct tcp_info *info)
{
	lua_newtable(L);
	bind_set_int(L, "retransmits", info->tcpi_retransmits);
	bind_set_int(L, "backoff", info->tcpi_backoff);
	bind_set_int(L, "rto_us", info->tcpi_rto);
	bind_set_int(L, "rtt_us", info->tcpi_rtt);
	bind_set_int(L, "snd_mss", info->tcpi_snd_mss);
	bind_set_int(L, "rcv_mss", info->tcpi_rcv_mss);
	bind_set_int(L, "unacked", info->tcpi_unacked);
	bind_set_int(L, "lost", info->tcpi_lost);
	bind_set_int(L, "retransmitted", info->tcpi_retrans);
	bind_set_int(L, "total_retransmitted", info->tcpi_total_retrans);
	bind_set_int(L, "snd_cwnd", info->tcpi_snd_cwnd);
	bind_set_int(L, "bytes_acked", (long long)info->tcpi_bytes_acked);
	bind_set_int(L, "bytes_received", (long long)info->tcpi_bytes_received);
	bind_set_int(L, "segs_out", info->tcpi_segs_out);
	bind_set_int(L, "segs_in", info->tcpi_segs_in);
	bind_set_int(L, "notsent_bytes", info->tcpi_notsent_bytes);
	lua_setfield(L, -2, "info");
}

static const char *unix_type_text(int type)
{
	return type == SOCK_STREAM ? "stream" : type == SOCK_DGRAM ? "dgram" : "seqpacket";
}

static void push_row(lua_State *L, const struct diag_row *r)
{
	lua_newtable(L);
	bind_set_int(L, "version", r->version);
	bind_set_text(L, "state", diag_state_text(r->state));
	push_end(L, "local_address", "local_port", &r->local);
	push_end(L, "remote_address", "remote_port", &r->remote);
	bind_set_bool(L, "v6only", r->v6only);
	bind_set_int(L, "receive_queue", r->receive_queue);
	bind_set_int(L, "send_queue", r->send_queue);
	bind_set_int(L, "inode", r->inode);
	bind_set_text(L, "path", r->path);
	if (r->family == DIAG_UNIX)
		bind_set_text(L, "type", unix_type_text(r->unix_type));
	if (r->has_info)
		push_info(L, &r->info);
}

/* host_sockets(host, "tcp"|"udp"|"unix", "all"|"listeners"|"connections", with_info): rows as
 * tables; of udp and unix always all */
static int sockets(lua_State *L)
{
	static const char *const families[] = {"tcp", "udp", "unix", NULL};
	struct host *h = check_host(L, 1);
	static const char *const parts[] = {"all", "listeners", "connections", NULL};
	int family = luaL_checkoption(L, 2, "tcp", families);
	int part = luaL_checkoption(L, 3, "all", parts);
	struct diag_table table = {0};
	struct err err, leaving;
	int rc;

	if (host_enter(h, &err) < 0)
		return bind_raise(L, &err);
	rc = diag_read((enum diag_family)family, (enum diag_part)part, lua_toboolean(L, 4), &table,
	               &err);
	if (host_leave(h, &leaving) < 0) {
		diag_free(&table);
		return bind_raise(L, &leaving);
	}
	if (rc < 0)
		return bind_raise(L, &err);
	lua_createtable(L, (int)table.count, 0);
	for (size_t i = 0; i < table.count; i++) {
		push_row(L, &table.rows[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	diag_free(&table);
	return 1;
}

void bind_host(lua_State *L, struct play *p)
{
	static const struct luaL_Reg rows[] = {
	    {"host_address", address},
	    {"host_add_address", add_address},
	    {"host_sysctl_set", sysctl_set},
	    {"host_sysctl_get", sysctl_get},
	    {"machine_sysctl_set", machine_sysctl},
	    {"host_file", file},
	    {"host_sockets", sockets},
	    {NULL, NULL},
	};

	bind_functions(L, p, rows);
}
