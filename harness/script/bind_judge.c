/* SPDX-License-Identifier: MIT */
/* bind_judge.c - patterns and judging for Lua */
#include "base/err.h"
#include "base/mem.h"
#include "match/judge.h"
#include "match/pattern.h"
#include "script/bind.h"
#include "script/filter.h"
#include "script/play.h"
#include <lauxlib.h>
#include <stdlib.h>

#define PATTERN_TYPE "sockproof.pattern"

static int collect(lua_State *L)
{
	struct pattern **p = luaL_checkudata(L, 1, PATTERN_TYPE);

	pattern_close(p);
	return 0;
}

/* pattern(text): userdata; or nil and what is wrong with it */
static int parse(lua_State *L)
{
	struct play *p = bind_play(L);
	const char *names[PLAY_HOSTS];
	struct pattern **box;
	struct err err;
	size_t len;
	const char *text = luaL_checklstring(L, 1, &len);

	box = lua_newuserdatauv(L, sizeof *box, 0);
	*box = NULL;
	if (luaL_newmetatable(L, PATTERN_TYPE)) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	*box = pattern_parse(text, len, names, filter_hosts(p, names), &err);
	if (*box)
		return 1;
	lua_pushnil(L);
	lua_pushstring(L, err.text);
	return 2;
}

/* filter(text): userdata */
static int make_filter(lua_State *L)
{
	filter_push(L, 1, bind_play(L));
	return 1;
}

/* "holds", "not yet" or "parts", then reason, explanation, packet, pattern line (nil when it holds) */
static int push_judgement(lua_State *L, enum judgement j, struct finding *f)
{
	static const char *const names[] = { [JUDGE_HOLDS] = "holds",
					     [JUDGE_NOT_YET] = "not yet",
					     [JUDGE_PARTS] = "parts" };

	lua_pushstring(L, names[j]);
	lua_pushstring(L, f->reason);
	lua_pushstring(L, f->explanation);
	lua_pushinteger(L, f->packet);
	lua_pushinteger(L, f->pattern_line);
	finding_free(f);
	return 5;
}

static const struct flow *opt_flow(lua_State *L, int arg)
{
	struct flow_table *t = timeline_flows(bind_play(L)->tl);
	lua_Integer i;

	if (lua_isnoneornil(L, arg))
		return NULL;
	i = luaL_checkinteger(L, arg);
	luaL_argcheck(L, i >= 0 && (size_t)i < flow_count(t), arg, "no such flow");
	return flow_get(t, (size_t)i);
}

/* judge_pattern("shape"|"exactly", flow, pattern) */
static int pattern(lua_State *L)
{
	static const char *const rules[] = { "shape", "exactly", NULL };
	int rule = luaL_checkoption(L, 1, NULL, rules);
	const struct flow *flow = opt_flow(L, 2);
	struct pattern **p = luaL_checkudata(L, 3, PATTERN_TYPE);
	struct timeline *tl = bind_play(L)->tl;
	struct finding f = { 0 };
	enum judgement j;

	luaL_argcheck(L, flow != NULL, 2, "a flow is wanted");
	j = rule == 0 ? judge_shape(tl, flow, *p, &f) : judge_exactly(tl, flow, *p, &f);
	return push_judgement(L, j, &f);
}

static const struct pattern *check_filter_pattern(lua_State *L, int arg)
{
	const struct pattern *p = filter_pattern(filter_check(L, arg));

	if (!p)
		luaL_error(L, "a pattern line is wanted here, not a libpcap expression");
	return p;
}

/* judge_never(flow|nil, filter) */
static int never(lua_State *L)
{
	struct finding f = { 0 };
	enum judgement j =
		judge_never(bind_play(L)->tl, opt_flow(L, 1), check_filter_pattern(L, 2), &f);

	return push_judgement(L, j, &f);
}

/* judge_count(flow|nil, filter, min, max) */
static int count(lua_State *L)
{
	struct finding f = { 0 };
	enum judgement j = judge_count(bind_play(L)->tl, opt_flow(L, 1), check_filter_pattern(L, 2),
				       luaL_checkinteger(L, 3), luaL_checkinteger(L, 4), &f);

	return push_judgement(L, j, &f);
}

/* judge_first(flow|nil, filter, nth): packet number, or nil */
static int first(lua_State *L)
{
	int64_t number = judge_first(bind_play(L)->tl, opt_flow(L, 1), check_filter_pattern(L, 2),
				     (int)luaL_optinteger(L, 3, 1));

	if (number == 0)
		return 0;
	lua_pushinteger(L, number);
	return 1;
}

/* judge_text("has"|"line"|"exactly"|"never", what, expected, actual) */
static int text(lua_State *L)
{
	static const char *const rules[] = { "has", "line", "exactly", "never", NULL };
	static const enum text_rule values[] = { TEXT_HAS, TEXT_LINE, TEXT_EXACTLY, TEXT_NEVER };
	int rule = luaL_checkoption(L, 1, NULL, rules);
	struct finding f = { 0 };
	size_t expected_len, actual_len;
	const char *what = luaL_checkstring(L, 2);
	const char *expected = luaL_checklstring(L, 3, &expected_len);
	const char *actual = luaL_checklstring(L, 4, &actual_len);

	return push_judgement(
		L, judge_text(values[rule], what, expected, expected_len, actual, actual_len, &f), &f);
}

/* judge_order({ event index, … }, { name, … }) */
static int order(lua_State *L)
{
	struct finding f = { 0 };
	lua_Unsigned n;
	const char **names;
	size_t *events;

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, 2, LUA_TTABLE);
	n = lua_rawlen(L, 1);
	events = lua_newuserdatauv(L, (n + 1) * sizeof *events, 0);
	names = lua_newuserdatauv(L, (n + 1) * sizeof *names, 0);
	for (lua_Unsigned i = 0; i < n; i++) {
		lua_rawgeti(L, 1, (lua_Integer)i + 1);
		events[i] = (size_t)luaL_checkinteger(L, -1);
		lua_rawgeti(L, 2, (lua_Integer)i + 1);
		names[i] = luaL_checkstring(L, -1);
		lua_pop(L, 2);
	}
	return push_judgement(L, judge_order(bind_play(L)->tl, events, names, n, &f), &f);
}

void bind_judge(lua_State *L, struct play *p)
{
	static const struct luaL_Reg rows[] = {
		{ "pattern", parse },	  { "filter", make_filter }, { "judge_pattern", pattern },
		{ "judge_never", never }, { "judge_count", count },  { "judge_first", first },
		{ "judge_text", text },	  { "judge_order", order },  { NULL, NULL },
	};

	bind_functions(L, p, rows);
}
