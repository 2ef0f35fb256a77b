/* SPDX-License-Identifier: MIT */
/*
 * bind_socket.c - the sockets API for Lua: each function is one call and gives its result and
 * errno's name
 *
 * `result, errno = sock_send(…)`: errno is nil on success, "EAGAIN" and so on otherwise. An address
 * is a text and a port, or a UNIX path and no port.
 */
#include "base/err.h"
#include "script/bind.h"
#include "script/play.h"
#include "socket/sock.h"
#include <lauxlib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

static int outcome(lua_State *L, struct sock_outcome o)
{
	char scratch[16];

	lua_pushinteger(L, o.result);
	if (o.error == 0)
		return 1;
	lua_pushstring(L, err_name(o.error, scratch));
	return 2;
}

/* An address at @arg: text and port, or a path alone. */
static void check_address(lua_State *L, int arg, struct sock_address *a)
{
	*a = (struct sock_address){0};
	if (lua_isnoneornil(L, arg + 1)) {
		const char *path = luaL_checkstring(L, arg);

		if (strlen(path) >= sizeof a->path)
			luaL_error(
			    L, "UNIX path of %d characters; sun_path holds 107 and a NUL (unix(7))",
			    (int)strlen(path));
		memcpy(a->path, path, strlen(path) + 1);
		return;
	}
	bind_end(L, arg, &a->end);
}

static int push_address(lua_State *L, const struct sock_address *a)
{
	char text[46];

	if (a->end.addr.version == 0) {
		lua_pushstring(L, a->path);
		return 1;
	}
	lua_pushstring(L, packet_addr_text(&a->end.addr, text));
	lua_pushinteger(L, a->end.port);
	return 2;
}

/* Watch a new descriptor, or close it and raise. */
static int adopt(lua_State *L, int fd)
{
	struct err err;

	if (play_add_socket(bind_play(L), fd, &err) == 0)
		return fd;
	play_close_socket(bind_play(L), fd);
	return bind_raise(L, &err);
}

/* sock_open(host, kind, version): descriptor */
static int l_open(lua_State *L)
{
	struct play *p = bind_play(L);
	lua_Integer host = luaL_checkinteger(L, 1);
	int kind = sock_kind_number(luaL_checkstring(L, 2));
	struct err err;
	int fd;

	luaL_argcheck(L, host >= 0 && host < world_hosts(p->world), 1, "no such host");
	luaL_argcheck(L, kind >= 0, 2, "no such kind of socket");
	fd = sock_open(world_host(p->world, (int)host), (enum sock_kind)kind,
	               (int)luaL_checkinteger(L, 3), &err);
	if (fd < 0)
		return bind_raise(L, &err);
	lua_pushinteger(L, adopt(L, fd));
	return 1;
}

static int check_fd(lua_State *L)
{
	return (int)luaL_checkinteger(L, 1);
}

static int l_bind(lua_State *L)
{
	struct sock_address a;

	check_address(L, 2, &a);
	return outcome(L, sock_bind(check_fd(L), &a));
}

static int l_connect(lua_State *L)
{
	struct sock_address a;

	check_address(L, 2, &a);
	return outcome(L, sock_connect(check_fd(L), &a));
}

/* sock_connecting(fd): true while a connect is under way (poll(2): not yet writable) */
static int l_connecting(lua_State *L)
{
	struct pollfd pfd = {.fd = check_fd(L), .events = POLLOUT};

	lua_pushboolean(L, poll(&pfd, 1, 0) == 0);
	return 1;
}

static int l_listen(lua_State *L)
{
	return outcome(L, sock_listen(check_fd(L), (int)luaL_checkinteger(L, 2)));
}

/* sock_accept(fd): descriptor, nil, peer's address and port */
static int l_accept(lua_State *L)
{
	struct sock_address peer = {0};
	struct sock_outcome o = sock_accept(check_fd(L), &peer);

	if (o.error)
		return outcome(L, o);
	lua_pushinteger(L, adopt(L, (int)o.result));
	lua_pushnil(L);
	return 2 + push_address(L, &peer);
}

static int check_flags(lua_State *L, int arg)
{
	int flags = 0;

	if (lua_isnoneornil(L, arg))
		return MSG_NOSIGNAL;
	luaL_checktype(L, arg, LUA_TTABLE);
	for (lua_Integer i = 1; lua_rawgeti(L, arg, i) != LUA_TNIL; i++) {
		const char *name = luaL_checkstring(L, -1);
		int flag = sock_flag(name);

		if (flag == 0)
			luaL_error(L,
			           "no flag MSG_%s; there are OOB, PEEK, DONTWAIT, NOSIGNAL, "
			           "WAITALL, MORE, "
			           "TRUNC, EOR, DONTROUTE",
			           name);
		flags |= flag;
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return flags | MSG_NOSIGNAL; /* the harness must not die of SIGPIPE; EPIPE is what the
	                                script sees */
}

/* sock_send(fd, bytes, offset, flags, address, port): how many went */
static int l_send(lua_State *L)
{
	struct sock_address to;
	size_t len;
	const char *bytes = luaL_checklstring(L, 2, &len);
	size_t offset = (size_t)luaL_checkinteger(L, 3);
	bool has_to = !lua_isnoneornil(L, 5);

	luaL_argcheck(L, offset <= len, 3, "beyond the bytes");
	if (has_to)
		check_address(L, 5, &to);
	return outcome(L, sock_send(check_fd(L), bytes + offset, len - offset, check_flags(L, 4),
	                            has_to ? &to : NULL));
}

/* sock_recv(fd, room, flags): bytes, nil, truncated, oob, result, address, port; or nil, errno */
static int l_recv(lua_State *L)
{
	size_t room = (size_t)luaL_checkinteger(L, 2);
	int flags = check_flags(L, 3), msg_flags = 0;
	struct sock_address from = {0};
	struct sock_outcome o;
	luaL_Buffer b;
	char *p;

	luaL_argcheck(L, room <= (size_t)64 << 20, 2, "too much at once");
	p = luaL_buffinitsize(L, &b, room ? room : 1);
	o = sock_recv(check_fd(L), p, room, flags, &from, &msg_flags);
	if (o.error) {
		char scratch[16];

		luaL_pushresultsize(&b, 0);
		lua_pushnil(L);
		lua_pushstring(L, err_name(o.error, scratch));
		return 2;
	}
	/* with MSG_TRUNC the result may be larger than what was stored (recv(2)) */
	luaL_pushresultsize(&b, (size_t)o.result < room ? (size_t)o.result : room);
	lua_pushnil(L);
	lua_pushboolean(L, msg_flags & MSG_TRUNC);
	lua_pushboolean(L, msg_flags & MSG_OOB);
	lua_pushinteger(L, o.result);
	return 5 + push_address(L, &from);
}

static int l_shutdown(lua_State *L)
{
	static const char *const hows[] = {"rd", "wr", "rdwr", NULL};

	/* SHUT_RD, SHUT_WR, SHUT_RDWR are 0, 1, 2 (shutdown(2), Linux) */
	return outcome(L, sock_shutdown(check_fd(L), luaL_checkoption(L, 2, NULL, hows)));
}

static int named(lua_State *L, struct sock_outcome o, const struct sock_address *a)
{
	if (o.error)
		return outcome(L, o);
	lua_pushinteger(L, o.result);
	lua_pushnil(L);
	return 2 + push_address(L, a);
}

static int l_name(lua_State *L)
{
	struct sock_address a = {0};

	return named(L, sock_name(check_fd(L), &a), &a);
}

static int l_peer(lua_State *L)
{
	struct sock_address a = {0};

	return named(L, sock_peer(check_fd(L), &a), &a);
}

/* sock_error(fd): errno's name of the pending error, taken; nil when there is none */
static int l_error(lua_State *L)
{
	struct sock_outcome o = sock_take_error(check_fd(L));
	char scratch[16];

	if (o.error == 0 && o.result == 0)
		return 0;
	lua_pushstring(L, err_name(o.error ? o.error : (int)o.result, scratch));
	return 1;
}

static const struct sock_option *check_option(lua_State *L, int arg)
{
	const char *name = luaL_checkstring(L, arg);
	const struct sock_option *o = sock_option_find(name);

	if (!o)
		luaL_error(L, "no socket option %s; docs/scenarios.md lists them", name);
	return o;
}

static int l_option_set(lua_State *L)
{
	const struct sock_option *o = check_option(L, 2);

	return outcome(L, sock_option_set(check_fd(L), o, (int)luaL_checkinteger(L, 3)));
}

/* sock_option_get(fd, name): value; or -1, errno */
static int l_option_get(lua_State *L)
{
	const struct sock_option *o = check_option(L, 2);
	int value = 0;
	struct sock_outcome out = sock_option_get(check_fd(L), o, &value);

	if (out.error)
		return outcome(L, out);
	lua_pushinteger(L, value);
	return 1;
}

static int l_linger(lua_State *L)
{
	return outcome(L, sock_linger(check_fd(L), (int)luaL_checkinteger(L, 2)));
}

static int l_inode(lua_State *L)
{
	struct err err;
	uint32_t inode = sock_inode(check_fd(L), &err);

	if (inode == 0)
		return bind_raise(L, &err);
	lua_pushinteger(L, inode);
	return 1;
}

static int l_close(lua_State *L)
{
	int error = play_close_socket(bind_play(L), check_fd(L));

	return outcome(L, (struct sock_outcome){.result = error ? -1 : 0, .error = error});
}

/* is_errno(name) */
static int is_errno(lua_State *L)
{
	lua_pushboolean(L, err_number(luaL_checkstring(L, 1)) != 0);
	return 1;
}

void bind_socket(lua_State *L, struct play *p)
{
	static const struct luaL_Reg rows[] = {
	    {"is_errno", is_errno},
	    {"sock_open", l_open},
	    {"sock_bind", l_bind},
	    {"sock_connect", l_connect},
	    {"sock_connecting", l_connecting},
	    {"sock_listen", l_listen},
	    {"sock_accept", l_accept},
	    {"sock_send", l_send},
	    {"sock_recv", l_recv},
	    {"sock_shutdown", l_shutdown},
	    {"sock_name", l_name},
	    {"sock_peer", l_peer},
	    {"sock_error", l_error},
	    {"sock_option_set", l_option_set},
	    {"sock_option_get", l_option_get},
	    {"sock_linger", l_linger},
	    {"sock_inode", l_inode},
	    {"sock_close", l_close},
	    {NULL, NULL},
	};

	bind_functions(L, p, rows);
}
