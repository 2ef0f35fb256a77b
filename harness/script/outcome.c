/* SPDX-License-Identifier: MIT */
/* outcome.c - what is known of a case when it has been performed; and its way from one process to
 * another */
#include "base/mem.h"
#include "script/script.h"
#include "script/script_own.h"
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

const char *outcome_verdict_text(enum outcome_verdict v)
{
	static const char *const texts[] = {"pass", "fail", "skip", "error"};

	return texts[v];
}

void outcome_free(struct outcome *o)
{
	free(o->reason);
	free(o->steady);
	free(o->explanation);
	free(o->trace);
	free(o->roles);
	free(o->ladder);
	free(o->expectations);
	*o = (struct outcome){0};
}

bool perform_records(const struct perform_setting *set, const struct outcome *o)
{
	const struct outcome *like = set->like;

	if (!set->directory)
		return false;
	return !like || o->verdict != like->verdict ||
	       (like->trace && (strcmp(o->trace, like->trace) != 0 || o->digest != like->digest));
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
	o->steady = script_text(L, at, "steady");
	lua_pushvalue(L, at);
	o->packet = field_int(L, "packet");
	o->pattern_line = field_int(L, "pattern_line");
	lua_pop(L, 1);
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

#define TEXTS   6
#define NO_TEXT UINT64_MAX

/* The head of a packed outcome, followed by the texts and the expectations; same machine, same
 * executable. */
struct message {
	uint32_t verdict;
	int32_t line;
	/* cppcheck-suppress unusedStructMember */
	uint32_t recorded, nothing; /* 0: no hole, so that every byte that is written has a value */
	int64_t duration, packet;
	uint64_t pattern_line;
	uint64_t digest;
	uint64_t text[TEXTS]; /* lengths; NO_TEXT: none */
	uint64_t expectations;
};

void outcome_pack(const struct outcome *o, struct buf *out)
{
	const char *const text[TEXTS] = {o->reason, o->explanation, o->trace,
	                                 o->roles,  o->ladder,      o->steady};
	struct message m = {.verdict = (uint32_t)o->verdict,
	                    .line = o->line,
	                    .recorded = o->recorded,
	                    .duration = o->duration,
	                    .packet = o->packet,
	                    .pattern_line = (uint64_t)o->pattern_line,
	                    .digest = o->digest,
	                    .expectations = o->expectation_count};

	for (size_t i = 0; i < TEXTS; i++)
		m.text[i] = text[i] ? strlen(text[i]) : NO_TEXT;
	buf_add(out, &m, sizeof m);
	for (size_t i = 0; i < TEXTS; i++) {
		if (text[i])
			buf_str(out, text[i]);
	}
	if (o->expectation_count > 0)
		buf_add(out, o->expectations, o->expectation_count * sizeof *o->expectations);
}

/* What a message's texts and expectations take. False: more than can be. */
static bool body_size(const struct message *m, size_t *size)
{
	const uint64_t most = (uint64_t)1 << 32;

	*size = 0;
	for (size_t i = 0; i < TEXTS; i++) {
		if (m->text[i] == NO_TEXT)
			continue;
		if (m->text[i] > most)
			return false;
		*size += m->text[i];
	}
	if (m->expectations > most / sizeof(struct expectation))
		return false;
	*size += m->expectations * sizeof(struct expectation);
	return true;
}

int outcome_unpack(const void *bytes, size_t len, struct outcome *o)
{
	struct message m;
	const char *at = bytes;
	char *text[TEXTS] = {NULL};
	size_t body;

	if (len < sizeof m)
		return 0;
	memcpy(&m, at, sizeof m);
	/* a reason and a trace there always are */
	if (m.verdict > OUTCOME_ERROR || m.text[0] == NO_TEXT || m.text[2] == NO_TEXT ||
	    !body_size(&m, &body))
		return -1;
	if (len - sizeof m < body)
		return 0;
	at += sizeof m;
	for (size_t i = 0; i < TEXTS; i++) {
		if (m.text[i] == NO_TEXT)
			continue;
		text[i] = mem_copy(at, m.text[i]);
		at += m.text[i];
	}
	*o = (struct outcome){.verdict = (enum outcome_verdict)m.verdict,
	                      .line = m.line,
	                      .duration = m.duration,
	                      .packet = m.packet,
	                      .pattern_line = (int)m.pattern_line,
	                      .digest = m.digest,
	                      .recorded = m.recorded != 0,
	                      .reason = text[0],
	                      .explanation = text[1],
	                      .trace = text[2],
	                      .roles = text[3],
	                      .ladder = text[4],
	                      .steady = text[5],
	                      .expectation_count = m.expectations};
	if (m.expectations > 0)
		o->expectations = mem_copy(at, m.expectations * sizeof *o->expectations);
	return 1;
}
