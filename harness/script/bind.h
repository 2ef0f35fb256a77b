/* SPDX-License-Identifier: MIT */
/*
 * bind.h - the harness's parts as Lua functions, one table a part; only the library in lua/ calls
 * them
 *
 * They neither wait nor judge: one call, its outcome. Harness trouble is raised as a Lua error (a
 * string), which the case reports as `error`. The play under way is an upvalue of every function.
 */
#ifndef SOCKPROOF_SCRIPT_BIND_H
#define SOCKPROOF_SCRIPT_BIND_H
#include <lua.h>
#include <stddef.h>

struct err;
struct packet_end;
struct play;

/* Push the table `core` whose functions act on @p (borrowed: must outlive the Lua state's use of
 * it). */
void bind_open(lua_State *L, struct play *p);

/* Each puts its functions into the table on top of the stack. */
void bind_host(lua_State *L, struct play *p);
void bind_socket(lua_State *L, struct play *p);
void bind_program(lua_State *L, struct play *p);
void bind_wire(lua_State *L, struct play *p);
void bind_evidence(lua_State *L, struct play *p);
void bind_judge(lua_State *L, struct play *p);

/* The play of a bound function. */
struct play *bind_play(lua_State *L);
/* Raise what @err says as a Lua error. */
int bind_raise(lua_State *L, const struct err *err);
/* Register { name, function } rows, NULL-ended, with the play as upvalue into the table on top. */
struct luaL_Reg;
void bind_functions(lua_State *L, struct play *p, const struct luaL_Reg *rows);
/* "192.0.2.1" at @arg and a port at @arg + 1 as an end; a Lua error when they are none. */
void bind_end(lua_State *L, int arg, struct packet_end *end);
/* Fields into the table on top. */
void bind_set_int(lua_State *L, const char *key, long long value);
void bind_set_text(lua_State *L, const char *key, const char *value);
void bind_set_bool(lua_State *L, const char *key, int value);

#endif
