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

/* pattern_lines(pattern): { { number = 1, text = "client > server S" }, … } */
static int lines(lua_State *L)
{
	struct pattern **p = luaL_checkudata(L, 1, PATTERN_TYPE);

	lua_newtable(L);
	for (size_t i = 0; i < pattern_lines(*p); i++) {
		int number;
		const char *words = pattern_line_text(*p, i, &number);

		lua_newtable(L);
		bind_set_int(L, "number", number);
		bind_set_text(L, "text", words);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/* filter(text): userdata */
static int make_filter(lua_State *L)
{
	filter_push(L, 1, bind_play(L));
	return 1;
}

/* "holds", "not yet" or "parts", then reason, explanation, packet, pattern line (nil when it holds)
 */
static int push_judgement(lua_State *L, enum judgement j, struct finding *f)
{
	static const char *const names[] = {
	    [JUDGE_HOLDS] = "holds", [JUDGE_NOT_YET] = "not yet", [JUDGE_PARTS] = "parts"};

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
	static const char *const rules[] = {"shape", "exactly", NULL};
	int rule = luaL_checkoption(L, 1, NULL, rules);
	const struct flow *flow = opt_flow(L, 2);
	struct pattern **p = luaL_checkudata(L, 3, PATTERN_TYPE);
	struct timeline *tl = bind_play(L)->tl;
	struct finding f = {0};
	enum judgement j;

	luaL_argcheck(L, flow != NULL, 2, "a flow is wanted");
	j = rule == 0 ? judge_shape(tl, flow, *p, &f) : judge_exactly(tl, flow, *p, &f);
	return push_judgement(L, j, &f);
}

/*
 * A libpcap expression knows nothing of flows, so its packets are counted here.
 * Returns how many fit; *number is the @nth of them (from 1), 0 when there are fewer.
 */
enum fitting { EVERY_PACKET, COUNTED_REPEATS, COUNTED };

static int64_t count_fitting(lua_State *L, const struct flow *flow, struct filter *f,
                             enum fitting which, int64_t nth, int64_t *number)
{
	const struct timeline *tl = bind_play(L)->tl;
	int64_t fitting = 0;

	*number = 0;
	for (int64_t n = 1; n <= timeline_sealed_packets(tl); n++) {
		const struct timeline_packet *p = timeline_packet(tl, n);

		if (which != EVERY_PACKET && !judge_counts(p, which == COUNTED_REPEATS))
			continue;
		if ((!flow || p->note.flow == flow) && filter_fits(f, p) && ++fitting == nth)
			*number = n;
	}
	return fitting;
}

/* At least @min and at most @max of what a libpcap expression says. */
static enum judgement count_expression(lua_State *L, const struct flow *flow, struct filter *f,
                                       const struct judge_range *range, struct finding *found)
{
	int64_t min = range->min, max = range->max, number;
	int64_t fitting = count_fitting(L, flow, f, range->repeats ? COUNTED_REPEATS : COUNTED,
	                                max < INT64_MAX ? max + 1 : 0, &number);
	struct buf words = {0};

	if (fitting >= min && fitting <= max)
		return JUDGE_HOLDS;
	if (fitting < min) {
		found->reason = mem_printf("%lld packets fit %s, expected at least %lld",
		                           (long long)fitting, filter_words(f), (long long)min);
		return JUDGE_NOT_YET;
	}
	timeline_packet_text(bind_play(L)->tl, timeline_packet(bind_play(L)->tl, number), false,
	                     &words);
	found->reason =
	    mem_printf("packet %lld fits %s, %s: %s", (long long)number, filter_words(f),
	               max == 0 ? "which never may" : "one more than may", buf_text(&words));
	found->packet = number;
	buf_free(&words);
	return JUDGE_PARTS;
}

/* judge_never(flow|nil, filter) */
static int never(lua_State *L)
{
	const struct flow *flow = opt_flow(L, 1);
	struct filter *filter = filter_check(L, 2);
	const struct judge_range none = {.repeats = true};
	struct finding f = {0};

	return push_judgement(L,
	                      filter_pattern(filter)
	                          ? judge_never(bind_play(L)->tl, flow, filter_pattern(filter), &f)
	                          : count_expression(L, flow, filter, &none, &f),
	                      &f);
}

/* judge_count(flow|nil, filter, min, max, repeats) */
static int count(lua_State *L)
{
	const struct flow *flow = opt_flow(L, 1);
	struct filter *filter = filter_check(L, 2);
	const struct judge_range range = {.min = luaL_checkinteger(L, 3),
	                                  .max = luaL_checkinteger(L, 4),
	                                  .repeats = lua_toboolean(L, 5)};
	struct finding f = {0};

	return push_judgement(
	    L,
	    filter_pattern(filter)
	        ? judge_count(bind_play(L)->tl, flow, filter_pattern(filter), &range, &f)
	        : count_expression(L, flow, filter, &range, &f),
	    &f);
}

/* judge_first(flow|nil, filter, nth): packet number, or nil */
static int first(lua_State *L)
{
	const struct flow *flow = opt_flow(L, 1);
	struct filter *filter = filter_check(L, 2);
	lua_Integer nth = luaL_optinteger(L, 3, 1);
	int64_t number;

	if (filter_pattern(filter))
		number = judge_first(bind_play(L)->tl, flow, filter_pattern(filter), (int)nth);
	else
		count_fitting(L, flow, filter, EVERY_PACKET, nth, &number);
	if (number == 0)
		return 0;
	lua_pushinteger(L, number);
	return 1;
}

/* judge_text("has"|"line"|"exactly"|"never", what, expected, actual) */
static int text(lua_State *L)
{
	static const char *const rules[] = {"has", "line", "exactly", "never", NULL};
	static const enum text_rule values[] = {TEXT_HAS, TEXT_LINE, TEXT_EXACTLY, TEXT_NEVER};
	int rule = luaL_checkoption(L, 1, NULL, rules);
	struct finding f = {0};
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
	struct finding f = {0};
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
	    {"pattern", parse},      {"pattern_lines", lines},
	    {"filter", make_filter}, {"judge_pattern", pattern},
	    {"judge_never", never},  {"judge_count", count},
	    {"judge_first", first},  {"judge_text", text},
	    {"judge_order", order},  {NULL, NULL},
	};

	bind_functions(L, p, rows);
}
