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
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
			luaL_error(L,
			           "UNIX path of %d characters; what is longer than 126 cannot "
			           "even be asked",
			           (int)strlen(path));
		memcpy(a->path, path, strlen(path) + 1);
		return;
	}
	bind_end(L, arg, &a->end);
}

/*
 * A relative AF_UNIX path is looked up in the scratch folder, where programs start too. Returns the
 * way back for leave_scratch(), or -1 when nothing was changed.
 */
static int enter_scratch(lua_State *L, const struct sock_address *a)
{
	const char *scratch = bind_play(L)->scratch;
	int back;

	if (a->end.addr.version != 0 || a->path[0] == '/' || a->path[0] == '@' || !scratch)
		return -1;
	back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (back < 0 || chdir(scratch) < 0) {
		int code = errno;

		if (back >= 0)
			close(back);
		luaL_error(L, "%s: %s", scratch, strerror(code));
	}
	return back;
}

static void leave_scratch(lua_State *L, int back)
{
	int rc;

	if (back < 0)
		return;
	rc = fchdir(back);
	close(back);
	if (rc < 0)
		luaL_error(L, "the way back from the scratch folder: %s", strerror(errno));
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

typedef struct sock_outcome address_call(int, const struct sock_address *);

static int with_address(lua_State *L, address_call *call)
{
	int fd = check_fd(L), back;
	struct sock_outcome o;
	struct sock_address a;

	check_address(L, 2, &a);
	back = enter_scratch(L, &a);
	o = call(fd, &a);
	leave_scratch(L, back);
	return outcome(L, o);
}

static int l_bind(lua_State *L)
{
	return with_address(L, sock_bind);
}

static int l_connect(lua_State *L)
{
	return with_address(L, sock_connect);
}

/* sock_connecting(fd): true while a connect is under way (poll(2): not yet writable) */
static int l_connecting(lua_State *L)
{
	struct pollfd pfd = {.fd = check_fd(L), .events = POLLOUT};

	lua_pushboolean(L, poll(&pfd, 1, 0) == 0);
	return 1;
}

/* sock_poll(fd): what poll(2) says of it now, as a table of booleans */
static int l_poll(lua_State *L)
{
	struct pollfd pfd = {.fd = check_fd(L), .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};

	(void)poll(&pfd, 1, 0); /* that does not wait; it could fail of too little memory alone */
	lua_newtable(L);
	bind_set_bool(L, "readable", pfd.revents & POLLIN);
	bind_set_bool(L, "writable", pfd.revents & POLLOUT);
	bind_set_bool(L, "urgent", pfd.revents & POLLPRI);
	bind_set_bool(L, "ended", pfd.revents & POLLRDHUP);
	bind_set_bool(L, "hangup", pfd.revents & POLLHUP);
	bind_set_bool(L, "error", pfd.revents & POLLERR);
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

/* { fd, … } at @arg: descriptors to go along */
static void check_passed(lua_State *L, int arg, struct sock_control *control)
{
	*control = (struct sock_control){0};
	if (lua_isnoneornil(L, arg))
		return;
	for (lua_Integer i = 1; lua_rawgeti(L, arg, i) != LUA_TNIL; i++) {
		luaL_argcheck(L, control->count < SOCK_CONTROL_FDS, arg,
		              "too many sockets at once");
		control->fds[control->count++] = (int)luaL_checkinteger(L, -1);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* sock_send(fd, bytes, offset, flags, address, port, passed): how many went */
static int l_send(lua_State *L)
{
	int fd = check_fd(L), flags = check_flags(L, 4), back = -1;
	struct sock_control control;
	struct sock_outcome o;
	struct sock_address to;
	size_t len;
	const char *bytes = luaL_checklstring(L, 2, &len);
	size_t offset = (size_t)luaL_checkinteger(L, 3);
	bool has_to = !lua_isnoneornil(L, 5);

	luaL_argcheck(L, offset <= len, 3, "beyond the bytes");
	check_passed(L, 7, &control);
	if (has_to) {
		check_address(L, 5, &to);
		back = enter_scratch(L, &to);
	}
	o = sock_send_control(fd, bytes + offset, len - offset, flags, has_to ? &to : NULL,
	                      &control);
	leave_scratch(L, back);
	return outcome(L, o);
}

/* A descriptor that came along: { fd, kind } for a socket. Others are of no use to a script. */
static void push_passed(lua_State *L, int fd)
{
	int kind = sock_kind_of(fd);

	if (kind < 0) {
		close(fd);
		lua_pushboolean(L, 0);
		return;
	}
	/* O_NONBLOCK belongs to the open socket, which another process may have passed as it was */
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	lua_createtable(L, 0, 2);
	bind_set_int(L, "fd", adopt(L, fd));
	bind_set_text(L, "kind", sock_kind_text((enum sock_kind)kind));
}

static void push_credentials(lua_State *L, const struct sock_control *c)
{
	lua_createtable(L, 0, 3);
	bind_set_int(L, "pid", c->pid);
	bind_set_int(L, "uid", c->uid);
	bind_set_int(L, "gid", c->gid);
}

/* Into the table on top: what came along with the bytes. */
static void push_control(lua_State *L, const struct sock_control *c)
{
	lua_createtable(L, c->count, 0);
	for (int i = 0; i < c->count; i++) {
		push_passed(L, c->fds[i]);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "passed");
	if (c->has_credentials) {
		push_credentials(L, c);
		lua_setfield(L, -2, "credentials");
	}
}

/* Into the table on top: `from`, as an address is given to other verbs; nothing when it has none.
 */
static void push_from(lua_State *L, const struct sock_address *from)
{
	char text[46];

	if (from->end.addr.version == 0) {
		if (from->path[0])
			bind_set_text(L, "from", from->path);
		return;
	}
	lua_createtable(L, 0, 2);
	bind_set_text(L, "address", packet_addr_text(&from->end.addr, text));
	bind_set_int(L, "port", from->end.port);
	lua_setfield(L, -2, "from");
}

/* sock_recv(fd, room, flags, control): bytes, nil, { truncated, oob, lost, result, from, passed,
 * credentials }; or nil, errno */
static int l_recv(lua_State *L)
{
	size_t room = (size_t)luaL_checkinteger(L, 2);
	int flags = check_flags(L, 3), msg_flags = 0;
	bool wanted = lua_toboolean(L, 4);
	struct sock_address from = {0};
	struct sock_control control;
	struct sock_outcome o;
	luaL_Buffer b;
	char *p;

	luaL_argcheck(L, room <= (size_t)64 << 20, 2, "too much at once");
	p = luaL_buffinitsize(L, &b, room ? room : 1);
	/* of a stream, MSG_TRUNC stores nothing (tcp(7)): a script must not see what was there */
	if (flags & MSG_TRUNC)
		memset(p, 0, room);
	o = sock_recv_control(check_fd(L), p, room, flags, &from, &msg_flags,
	                      wanted ? &control : NULL);
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
	lua_newtable(L);
	bind_set_bool(L, "truncated", (msg_flags & MSG_TRUNC) != 0);
	bind_set_bool(L, "oob", (msg_flags & MSG_OOB) != 0);
	bind_set_bool(L, "lost", (msg_flags & MSG_CTRUNC) != 0);
	bind_set_int(L, "result", o.result);
	push_from(L, &from);
	if (wanted)
		push_control(L, &control);
	return 3;
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

/* sock_peer_credentials(fd): { pid, uid, gid }; or -1, errno */
static int l_peer_credentials(lua_State *L)
{
	struct sock_control who;
	struct sock_outcome o = sock_peer_credentials(check_fd(L), &who);

	if (o.error)
		return outcome(L, o);
	push_credentials(L, &who);
	return 1;
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

/* errno_number(name): nil when there is none of that name */
static int errno_number(lua_State *L)
{
	int number = err_number(luaL_checkstring(L, 1));

	if (number == 0)
		return 0;
	lua_pushinteger(L, number);
	return 1;
}

void bind_socket(lua_State *L, struct play *p)
{
	static const struct luaL_Reg rows[] = {
	    {"is_errno", is_errno},
	    {"errno_number", errno_number},
	    {"sock_open", l_open},
	    {"sock_bind", l_bind},
	    {"sock_connect", l_connect},
	    {"sock_connecting", l_connecting},
	    {"sock_poll", l_poll},
	    {"sock_listen", l_listen},
	    {"sock_accept", l_accept},
	    {"sock_send", l_send},
	    {"sock_recv", l_recv},
	    {"sock_shutdown", l_shutdown},
	    {"sock_name", l_name},
	    {"sock_peer", l_peer},
	    {"sock_peer_credentials", l_peer_credentials},
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
