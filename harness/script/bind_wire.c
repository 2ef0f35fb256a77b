/* SPDX-License-Identifier: MIT */
/* bind_wire.c - the wire for Lua: gates, cut, inject */
#include "base/err.h"
#include "base/mem.h"
#include "script/bind.h"
#include "script/filter.h"
#include "script/play.h"
#include <lauxlib.h>
#include <netinet/in.h>
#include <string.h>

static struct wire *check_wire(lua_State *L)
{
	struct wire *w = bind_play(L)->wire;

	if (!w)
		luaL_error(L, "this world has no wire of the harness's");
	return w;
}

static struct gate *check_gate(lua_State *L)
{
	struct gate *g = lua_touserdata(L, 1);

	luaL_argcheck(L, g != NULL, 1, "a gate is wanted");
	return g;
}

static lua_Integer field(lua_State *L, const char *key, lua_Integer otherwise)
{
	lua_Integer value;

	lua_getfield(L, 1, key);
	value = luaL_optinteger(L, -1, otherwise);
	lua_pop(L, 1);
	return value;
}

/* gate{action=,filter=text,line=,nth=,times=,delay=ns,copies=,byte=,flip=,mend=,repeats=}:
 * gate */
static int gate(lua_State *L)
{
	static const char *const actions[] = {"hold",    "drop",    "delay", "duplicate",
	                                      "reorder", "corrupt", NULL};
	struct wire *w = check_wire(L);
	struct gate_spec spec = {0};

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, "action");
	spec.action = (enum gate_action)luaL_checkoption(L, -1, NULL, actions);
	spec.line = (int)field(L, "line", 0);
	spec.nth = (uint64_t)field(L, "nth", 0);
	spec.times = (uint64_t)field(L, "times", 0);
	spec.delay = field(L, "delay", 0);
	spec.copies = (unsigned)field(L, "copies", 0);
	spec.has_byte = field(L, "byte", -1) >= 0;
	spec.byte = (size_t)field(L, "byte", 0);
	spec.flip = (uint8_t)field(L, "flip", 0);
	lua_getfield(L, 1, "mend");
	spec.mend = lua_toboolean(L, -1);
	lua_getfield(L, 1, "repeats");
	spec.repeats = lua_toboolean(L, -1);
	if (lua_getfield(L, 1, "filter") != LUA_TNIL) {
		spec.words = luaL_checkstring(L, -1);
		spec.arg = filter_push(L, lua_gettop(L), bind_play(L));
		spec.fits = filter_fits;
		/* the gate lives as long as the wire: keep the filter from being collected */
		luaL_ref(L, LUA_REGISTRYINDEX);
	}
	lua_pushlightuserdata(L, wire_gate(w, &spec));
	return 1;
}

/* gate_release(gate, most): how many were let out */
static int release(lua_State *L)
{
	struct err err;
	int count = gate_release(check_gate(L), (uint64_t)luaL_optinteger(L, 2, 0), &err);

	if (count < 0)
		return bind_raise(L, &err);
	lua_pushinteger(L, count);
	return 1;
}

static int open_gate(lua_State *L)
{
	gate_open(check_gate(L));
	return 0;
}

/* gate_counts(gate): held now, fitted so far, acted on so far, name */
static int counts(lua_State *L)
{
	struct gate *g = check_gate(L);

	lua_pushinteger(L, (lua_Integer)gate_held(g));
	lua_pushinteger(L, (lua_Integer)gate_fitted(g));
	lua_pushinteger(L, (lua_Integer)gate_acted(g));
	lua_pushstring(L, gate_name(g));
	return 4;
}

/* cut(from, after_bytes, line): from -1 for both */
static int cut(lua_State *L)
{
	wire_cut(check_wire(L), (int)luaL_checkinteger(L, 1), (uint64_t)luaL_checkinteger(L, 2),
	         (int)luaL_checkinteger(L, 3));
	return 0;
}

static int mend(lua_State *L)
{
	wire_mend(check_wire(L), (int)luaL_checkinteger(L, 1));
	return 0;
}

static int is_cut(lua_State *L)
{
	lua_pushboolean(L, wire_is_cut(check_wire(L)));
	return 1;
}

static uint8_t check_flags_text(lua_State *L, const char *text)
{
	static const char letters[] = "FSRP.UEW"; /* in the order of the bits */
	uint8_t flags = 0;

	for (; *text; text++) {
		const char *at = strchr(letters, *text);

		if (!at)
			luaL_error(L, "no TCP flag '%c'; there are S F R P . U E W", *text);
		flags |= (uint8_t)(1u << (at - letters));
	}
	return flags;
}

static void end_field(lua_State *L, const char *address, const char *port, struct packet_end *end)
{
	lua_getfield(L, 1, address);
	lua_getfield(L, 1, port);
	bind_end(L, lua_gettop(L) - 1, end);
}

/*
 * The error that a host on the way of @met sends to its source, into @out: it quotes the beginning
 * of @met behind four bytes that say nothing (RFC 792; RFC 4443, 3.1). Returns its length; 0 when
 * it cannot be made.
 */
static size_t build_error(lua_State *L, const struct packet_spec *met, const char *words,
                          uint8_t *out, size_t room)
{
	uint8_t quoted[4 + 128] = {0}, version = met->src.addr.version;
	struct packet_spec spec = {.dst = {.addr = met->src.addr}, .payload = quoted};
	size_t len = packet_build(met, quoted + 4, sizeof quoted - 4);

	lua_getfield(L, 1, "from");
	luaL_argcheck(L, packet_addr_parse(luaL_checkstring(L, -1), &spec.src.addr), 1,
	              "from is no address");
	spec.protocol = version == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	if (!packet_icmp_number(version, words, &spec.icmp_type, &spec.icmp_code))
		luaL_error(L,
		           "no ICMP message \"%s\"; write one of a pattern's, such as "
		           "\"unreachable host\"",
		           words);
	spec.payload_len = len ? 4 + len : 0;
	return len ? packet_build(&spec, out, room) : 0;
}

/*
 * inject{source=,source_port=,destination=,destination_port=,flags="R.",seq=,ack=,window=,payload=,cause=}:
 * packet number. seq and ack are absolute. Without flags: a UDP datagram. icmp=words,from=address:
 * the error about that packet instead of it. raw=: these bytes instead of all that.
 */
static int inject(lua_State *L)
{
	struct wire *w = check_wire(L);
	struct packet_spec spec = {0};
	static _Thread_local uint8_t bytes[65535];
	const char *cause, *raw, *flags;
	struct err err;
	int64_t number;
	size_t len;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, "cause");
	cause = luaL_checkstring(L, -1);
	lua_getfield(L, 1, "raw");
	raw = lua_tolstring(L, -1, &len);
	if (!raw) {
		end_field(L, "source", "source_port", &spec.src);
		end_field(L, "destination", "destination_port", &spec.dst);
		lua_getfield(L, 1, "flags");
		flags = lua_tostring(L, -1);
		spec.protocol = flags ? IPPROTO_TCP : IPPROTO_UDP;
		spec.tcp.flags = flags ? check_flags_text(L, flags) : 0;
		spec.tcp.seq = (uint32_t)field(L, "seq", 0);
		spec.tcp.ack = (uint32_t)field(L, "ack", 0);
		spec.tcp.window = (uint16_t)field(L, "window", 65535);
		lua_getfield(L, 1, "payload");
		spec.payload = luaL_optlstring(L, -1, "", &spec.payload_len);
		lua_getfield(L, 1, "icmp");
		if (lua_isnil(L, -1))
			len = packet_build(&spec, bytes, sizeof bytes);
		else
			len = build_error(L, &spec, luaL_checkstring(L, -1), bytes, sizeof bytes);
		if (len == 0)
			return luaL_error(
			    L, "inject: this datagram cannot be made (payload too long, or "
			       "addresses of two families)");
		raw = (const char *)bytes;
	}
	number = wire_inject(w, raw, len, cause, &err);
	if (number < 0)
		return bind_raise(L, &err);
	lua_pushinteger(L, number);
	return 1;
}

void bind_wire(lua_State *L, struct play *p)
{
	static const struct luaL_Reg rows[] = {
	    {"gate", gate},
	    {"gate_release", release},
	    {"gate_open", open_gate},
	    {"gate_counts", counts},
	    {"cut", cut},
	    {"mend", mend},
	    {"is_cut", is_cut},
	    {"inject", inject},
	    {NULL, NULL},
	};

	bind_functions(L, p, rows);
}
