/* SPDX-License-Identifier: MIT */
/* contract.c - a contract as C sees it: what it promises, its roles, its programs */
#include "base/err.h"
#include "base/mem.h"
#include "script/script.h"
#include "script/script_own.h"
#include <lauxlib.h>
#include <stdlib.h>

static void free_programs(struct contract_program *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct contract_program *p = &list[i];

		free(p->name);
		free(p->program);
		free(p->command);
		free(p->fault);
		free(p->dies_in);
		free(p->reason);
		script_list_free(p->declines, p->declined);
		script_list_free(p->families, p->family_count);
	}
	free(list);
}

static void free_role(struct contract_role *r)
{
	free(r->name);
	free(r->command);
	free(r->host);
	script_pairs_free(r->defaults, r->default_count);
	free_programs(r->correct, r->correct_count);
	free_programs(r->faulty, r->faulty_count);
}

void contract_free(struct contract **contract)
{
	struct contract *c = *contract;

	if (!c)
		return;
	*contract = NULL;
	for (size_t i = 0; i < c->role_count; i++)
		free_role(&c->roles[i]);
	free(c->roles);
	free(c->name);
	free(c->path);
	free(c->title);
	free(c->promise);
	script_list_free(c->refs, c->ref_count);
	free(c);
}

/* The list @key of the table on top; how many it has. Stays on top: pop it. */
static size_t open_list(lua_State *L, const char *key)
{
	lua_getfield(L, -1, key);
	return (size_t)lua_rawlen(L, -1);
}

static struct contract_program *read_programs(lua_State *L, const char *key, size_t *count)
{
	struct contract_program *list;

	*count = open_list(L, key);
	list = mem_zero(*count, sizeof *list);
	for (size_t i = 0; i < *count; i++) {
		struct contract_program *p = &list[i];

		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		p->name = script_text(L, -1, "name");
		p->program = script_text(L, -1, "program");
		p->command = script_text(L, -1, "command");
		p->fault = script_text(L, -1, "fault");
		p->dies_in = script_text(L, -1, "dies_in");
		p->reason = script_text(L, -1, "reason");
		p->declines = script_list(L, -1, "declines", &p->declined);
		p->families = script_list(L, -1, "families", &p->family_count);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return list;
}

static void read_role(lua_State *L, struct contract_role *r)
{
	r->name = script_text(L, -1, "name");
	r->command = script_text(L, -1, "command");
	r->host = script_text(L, -1, "host");
	lua_getfield(L, -1, "port");
	r->port = (int)lua_tointeger(L, -1);
	lua_pop(L, 1);
	r->correct = read_programs(L, "correct", &r->correct_count);
	r->faulty = read_programs(L, "faulty", &r->faulty_count);
	r->defaults = script_pairs(L, "defaults", &r->default_count);
}

static struct contract *read_contract(lua_State *L, const char *path, const char *name)
{
	struct contract *c = mem_zero(1, sizeof *c);

	c->name = mem_text(name);
	c->path = mem_text(path);
	c->title = script_text(L, -1, "title");
	c->promise = script_text(L, -1, "promise");
	c->refs = script_list(L, -1, "refs", &c->ref_count);
	lua_getfield(L, -1, "idle_expectations");
	c->idle_expectations = (size_t)lua_tointeger(L, -1);
	lua_pop(L, 1);
	c->role_count = open_list(L, "roles");
	c->roles = mem_zero(c->role_count, sizeof *c->roles);
	for (size_t i = 0; i < c->role_count; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		read_role(L, &c->roles[i]);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return c;
}

struct contract *script_contract(struct script *s, const char *path, const char *name,
                                 struct err *err)
{
	lua_State *L = s->L;
	struct contract *c = NULL;
	char *source;

	lua_settop(L, 0);
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->lib);
	lua_getfield(L, 1, "describe");
	if (script_file(s, path, "contract", &source, err) < 0)
		return NULL;
	free(source);
	if (lua_pcall(L, 1, 1, 0) == LUA_OK)
		c = read_contract(L, path, name);
	else
		script_raised(s, path, err);
	lua_settop(L, 0);
	return c;
}
