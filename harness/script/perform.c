/* SPDX-License-Identifier: MIT */
/* perform.c - one case from its world to its verdict, in the process made for it */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "evidence/casedir.h"
#include "script/bind.h"
#include "script/play.h"
#include "script/script.h"
#include "script/script_own.h"
#include <jansson.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Lua instructions between two looks at the clock; and how long a script may compute without
 * waiting. */
#define HOOK_EVERY    1000000
#define SCRIPT_CPU_NS (10 * NS_PER_S)

static void conclude(struct outcome *o, enum outcome_verdict v, const char *reason,
                     const char *explanation, int line)
{
	free(o->reason);
	free(o->explanation);
	free(o->steady);
	o->steady = NULL;
	o->packet = 0;
	o->pattern_line = 0;
	o->verdict = v;
	o->reason = mem_text(reason ? reason : "");
	o->explanation = explanation ? mem_text(explanation) : NULL;
	o->line = line;
}

/* The table that case.lua's perform() reads. */
static void push_setting(struct script *s, const struct plan_case *c,
                         const struct perform_setting *set)
{
	lua_State *L = s->L;

	lua_rawgeti(L, LUA_REGISTRYINDEX, c->table); /* parameters and cast are there already */
	if (c->scenario->contract) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, c->scenario->contract_table);
		lua_setfield(L, -2, "contract");
	}
	bind_set_text(L, "program_folder", c->scenario->program_folder);
	lua_pushnumber(L, set->deadline);
	lua_setfield(L, -2, "deadline");
	bind_set_int(L, "pace", (long long)set->pace);
	bind_set_int(L, "seed", (long long)set->seed);
	bind_set_bool(L, "ladder", set->ladder);
	bind_set_bool(L, "goes_on", set->goes_on);
	bind_set_bool(L, "virtual", set->qemu != NULL);
}

/* A script that computes for ever would hold the case up: a coroutine that waits resets nothing,
 * since it is the process's CPU time that counts. */
static void watch_cpu(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	if ((int64_t)clock() / (CLOCKS_PER_SEC / 1000) * NS_PER_MS > SCRIPT_CPU_NS)
		luaL_error(
		    L,
		    "the script has computed for 10 s of CPU time; does it loop without waiting?");
}

static enum outcome_verdict verdict_of(const char *text)
{
	for (int i = OUTCOME_PASS; i <= OUTCOME_ERROR; i++) {
		if (text && strcmp(text, outcome_verdict_text((enum outcome_verdict)i)) == 0)
			return (enum outcome_verdict)i;
	}
	return OUTCOME_ERROR;
}

static void run_script(struct script *s, const struct plan_case *c,
                       const struct perform_setting *set, struct play *p, struct outcome *o)
{
	lua_State *L = s->L;

	lua_settop(L, 0);
	lua_sethook(L, watch_cpu, LUA_MASKCOUNT, HOOK_EVERY);
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->lib);
	/* error messages name this file's lines */
	lua_pushfstring(L, "@%s", c->scenario->path);
	lua_setfield(L, 1, "source");
	lua_getfield(L, 1, "set_lines");
	lua_pushstring(L, c->scenario->source);
	lua_call(L, 1, 0);
	lua_getfield(L, 1, "perform");
	bind_open(L, p);
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->scenario->table);
	push_setting(s, c, set);
	if (lua_pcall(L, 3, 5, 0) != LUA_OK) {
		conclude(o, OUTCOME_ERROR, luaL_tolstring(L, -1, NULL), NULL, 0);
		timeline_seal(p->tl);
		return;
	}
	conclude(o, verdict_of(lua_tostring(L, -5)), lua_tostring(L, -4), lua_tostring(L, -3),
	         (int)lua_tointeger(L, -2));
	outcome_take(o, L, -1);
}

static struct play *open_play(const struct plan_case *c, const struct perform_setting *set,
                              struct err *err)
{
	const struct scenario *sc = c->scenario;
	struct play_setting ps = {.kind = strcmp(sc->world, "loop") == 0 ? WORLD_LOOP : WORLD_WIRE,
	                          .host_count = (int)sc->host_count,
	                          .use_tun = set->use_tun,
	                          .scratch = set->scratch,
	                          .jail = set->jail,
	                          .in_guest = set->qemu != NULL};

	for (size_t i = 0; i < sc->host_count && i < PLAY_HOSTS; i++)
		ps.hosts[i] = sc->hosts[i];
	return play_open(&ps, err);
}

/* Lost or contradictory evidence outweighs whatever the script found; but a skip stays a skip, and
 * a failure behind which the case went on was judged on evidence that was whole then. */
static void end_play(struct play *p, const struct perform_setting *set, struct outcome *o)
{
	struct err err;
	bool judged = set->goes_on && o->verdict == OUTCOME_FAIL;

	if (play_end(p, &err) < 0 && o->verdict != OUTCOME_SKIP && !judged)
		conclude(o, OUTCOME_ERROR, err.text, NULL, 0);
}

/* What the setting has done with the scratch folder: true when the case may go on. */
static bool do_with_scratch(int (*what)(void *, const char *, struct err *),
                            const struct perform_setting *set, struct outcome *o)
{
	struct err err = {0};
	int r = what ? what(set->arg, set->scratch, &err) : 0;

	if (r != 0)
		conclude(o, r < 0 ? OUTCOME_ERROR : OUTCOME_FAIL, err.text, NULL, 0);
	return r == 0;
}

void script_perform(struct script *s, const struct plan_case *c, const struct perform_setting *set,
                    struct outcome *o)
{
	int64_t began = clock_now();
	struct buf trace = {0};
	json_t *sockets = NULL;
	struct play *p;
	struct err err;

	*o = (struct outcome){0};
	if (c->scenario->needs_wire && !set->use_tun) {
		conclude(o, OUTCOME_SKIP,
		         "gates need /dev/net/tun; sockproof doctor says how to get it", NULL, 0);
		o->trace = mem_text("");
		return;
	}
	if (strcmp(c->scenario->world, "wire") == 0 && c->scenario->host_count > 2 &&
	    !set->use_tun) {
		conclude(o, OUTCOME_SKIP,
		         "a veth pair joins two hosts only; more need /dev/net/tun: sockproof "
		         "doctor says how to get it",
		         NULL, 0);
		o->trace = mem_text("");
		return;
	}
	p = open_play(c, set, &err);
	if (!p) {
		conclude(o, OUTCOME_ERROR, err.text, NULL, 0);
		o->trace = mem_text("");
		return;
	}
	if (do_with_scratch(set->before, set, o))
		run_script(s, c, set, p, o);
	else
		timeline_seal(p->tl);
	if (set->directory && record_sockets(p, &sockets, &err) < 0)
		conclude(o, OUTCOME_ERROR, err.text, NULL, 0);
	end_play(p, set, o);
	if (o->verdict == OUTCOME_PASS)
		do_with_scratch(set->after, set, o);
	o->duration = clock_now() - began;
	timeline_trace(p->tl, &trace);
	o->trace = buf_take(&trace);
	if (perform_records(set, o)) {
		o->recorded = record_case(p, c, set, o, sockets, &err) == 0;
		if (!o->recorded)
			conclude(o, OUTCOME_ERROR, err.text, NULL, 0);
	}
	json_decref(sockets);
	if (!set->ends_with_process)
		play_close(&p);
}
