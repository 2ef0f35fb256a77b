/* SPDX-License-Identifier: MIT */
/* outcome.c - what is known of a case when it has been performed */
#include "base/mem.h"
#include "script/script.h"
#include "script/script_own.h"
#include <lauxlib.h>
#include <stdlib.h>

void outcome_free(struct outcome *o)
{
	free(o->reason);
	free(o->explanation);
	free(o->trace);
	free(o->roles);
	free(o->ladder);
	free(o->expectations);
	*o = (struct outcome){0};
}

/* true is 1 */
static int32_t field_int(lua_State *L, const char *key)
{
	int32_t value;

	lua_getfield(L, -1, key);
	value = lua_isboolean(L, -1) ? lua_toboolean(L, -1) : (int32_t)lua_tointeger(L, -1);
	lua_pop(L, 1);
	return value;
}

void outcome_take(struct outcome *o, lua_State *L, int at)
{
	if (!lua_istable(L, at))
		return;
	at = lua_absindex(L, at);
	o->roles = script_text(L, at, "roles");
	o->ladder = script_text(L, at, "ladder");
	lua_getfield(L, at, "expectations");
	for (lua_Unsigned i = 1; i <= lua_rawlen(L, -1); i++) {
		lua_rawgeti(L, -1, (lua_Integer)i);
		MEM_ROOM(o->expectations, o->expectation_count);
		o->expectations[o->expectation_count++] =
		    (struct expectation){.line = field_int(L, "line"),
		                         .last = field_int(L, "last"),
		                         .broken = field_int(L, "broken")};
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}
