/* SPDX-License-Identifier: MIT */
/* bind.c - see bind.h; and the two functions that move a play */
#include "script/bind.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "packet/packet.h"
#include "script/play.h"
#include <errno.h>
#include <lauxlib.h>
#include <sys/utsname.h>
#include <time.h>

struct play *bind_play(lua_State *L)
{
	return lua_touserdata(L, lua_upvalueindex(1));
}

int bind_raise(lua_State *L, const struct err *err)
{
	return luaL_error(L, "%s", err->text);
}

void bind_functions(lua_State *L, struct play *p, const struct luaL_Reg *rows)
{
	for (; rows->name; rows++) {
		lua_pushlightuserdata(L, p);
		lua_pushcclosure(L, rows->func, 1);
		lua_setfield(L, -2, rows->name);
	}
}

void bind_end(lua_State *L, int arg, struct packet_end *end)
{
	const char *text = luaL_checkstring(L, arg);
	lua_Integer port = luaL_checkinteger(L, arg + 1);

	*end = (struct packet_end){0};
	if (!packet_addr_parse(text, &end->addr))
		luaL_error(L, "%s is no address; write one such as 192.0.2.1 or 2001:db8::1", text);
	if (port < 0 || port > 65535)
		luaL_error(L, "port %I is not between 0 and 65535", (LUAI_UACINT)port);
	end->port = (uint16_t)port;
}

void bind_set_int(lua_State *L, const char *key, long long value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, key);
}

void bind_set_text(lua_State *L, const char *key, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, key);
}

void bind_set_bool(lua_State *L, const char *key, int value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, key);
}

/* now(): ns of CLOCK_MONOTONIC */
static int now(lua_State *L)
{
	lua_pushinteger(L, clock_now());
	return 1;
}

/* stand_still(ns): as if this process were kept from its processor so long. Nothing of the case is
 * moved by it meanwhile; programs and kernels go on. */
static int stand_still(lua_State *L)
{
	int64_t until = clock_now() + luaL_checkinteger(L, 1);
	struct timespec ts = {.tv_sec = until / NS_PER_S, .tv_nsec = until % NS_PER_S};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
	return 0;
}

/* tick(): ns between two of the kernel's ticks */
static int tick(lua_State *L)
{
	lua_pushinteger(L, clock_tick());
	return 1;
}

/* step(until): handle what happens, no later than @until ns */
static int step(lua_State *L)
{
	struct err err;

	if (play_step(bind_play(L), luaL_checkinteger(L, 1), &err) < 0)
		return bind_raise(L, &err);
	return 0;
}

/* carry(): everything that waits on the wire */
static int carry(lua_State *L)
{
	struct play *p = bind_play(L);
	struct err err;

	return p->wire && wire_pump(p->wire, &err) < 0 ? bind_raise(L, &err) : 0;
}

/* nothing_waits(): handles what waits in the loop; true when nothing did */
static int nothing_waits(lua_State *L)
{
	struct err err;
	int handled = loop_step(bind_play(L)->loop, 0, &err);

	if (handled < 0)
		return bind_raise(L, &err);
	lua_pushboolean(L, handled == 0);
	return 1;
}

/* at_rest(): true when only timers can move anything */
static int at_rest(lua_State *L)
{
	struct err err;
	int rest = play_at_rest(bind_play(L), &err);

	if (rest < 0)
		return bind_raise(L, &err);
	lua_pushboolean(L, rest);
	return 1;
}

/* check_whole(): raises when evidence has been lost so far */
static int check_whole(lua_State *L)
{
	struct err err;

	return play_whole(bind_play(L), &err) < 0 ? bind_raise(L, &err) : 0;
}

/* seal(): what comes now is no longer of the case */
static int seal(lua_State *L)
{
	struct err err;

	return play_seal(bind_play(L), &err) < 0 ? bind_raise(L, &err) : 0;
}

void bind_open(lua_State *L, struct play *p)
{
	struct utsname machine;
	static const struct luaL_Reg rows[] = {{"now", now},
	                                       {"stand_still", stand_still},
	                                       {"tick", tick},
	                                       {"step", step},
	                                       {"carry", carry},
	                                       {"nothing_waits", nothing_waits},
	                                       {"at_rest", at_rest},
	                                       {"seal", seal},
	                                       {"check_whole", check_whole},
	                                       {NULL, NULL}};

	lua_newtable(L);
	bind_functions(L, p, rows);
	bind_set_bool(L, "has_wire", p->wire != NULL);
	bind_set_text(L, "scratch", p->scratch);
	if (uname(&machine) == 0)
		bind_set_text(L, "kernel", machine.release);
	bind_host(L, p);
	bind_socket(L, p);
	bind_program(L, p);
	bind_wire(L, p);
	bind_evidence(L, p);
	bind_judge(L, p);
}
