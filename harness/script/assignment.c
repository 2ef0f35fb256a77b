/* SPDX-License-Identifier: MIT */
/* assignment.c - an assignment as C sees it */
#include "base/err.h"
#include "base/mem.h"
#include "script/script.h"
#include "script/script_own.h"
#include <lauxlib.h>
#include <stdlib.h>

static void free_test(struct assignment_test *t)
{
	free(t->name);
	free(t->number);
	script_list_free(t->scenarios, t->scenario_count);
	script_pairs_free(t->where, t->where_count);
	script_list_free(t->plays, t->play_count);
	free(t->after);
	script_list_free(t->tags, t->tag_count);
}

void assignment_free(struct assignment **assignment)
{
	struct assignment *a = *assignment;

	if (!a)
		return;
	*assignment = NULL;
	for (size_t i = 0; i < a->program_count; i++) {
		free(a->programs[i].role);
		free(a->programs[i].exe);
		free(a->programs[i].command);
	}
	for (size_t i = 0; i < a->test_count; i++)
		free_test(&a->tests[i]);
	script_pairs_free(a->files, a->file_count);
	free(a->programs);
	free(a->tests);
	free(a->name);
	free(a->path);
	free(a->title);
	free(a->task);
	free(a->contract);
	free(a->build_command);
	free(a->source);
	free(a);
}

static lua_Integer whole(lua_State *L, const char *key)
{
	lua_Integer n;

	lua_getfield(L, -1, key);
	n = lua_tointeger(L, -1);
	lua_pop(L, 1);
	return n;
}

static void read_test(lua_State *L, struct assignment_test *t)
{
	t->name = script_text(L, -1, "name");
	t->number = script_text(L, -1, "number");
	t->points = whole(L, "points");
	t->scenarios = script_list(L, -1, "scenarios", &t->scenario_count);
	t->where = script_pairs(L, "where", &t->where_count);
	t->plays = script_list(L, -1, "plays", &t->play_count);
	t->tags = script_list(L, -1, "tags", &t->tag_count);
	lua_getfield(L, -1, "partial");
	t->partial = lua_toboolean(L, -1);
	lua_pop(L, 1);
	t->visibility = (int)whole(L, "visibility");
	t->hint = (int)whole(L, "hint");
	t->findings = (unsigned)whole(L, "findings");
	lua_getfield(L, -1, "after");
	t->after_count = (size_t)lua_rawlen(L, -1);
	t->after = mem_zero(t->after_count + 1, sizeof *t->after);
	for (size_t i = 0; i < t->after_count; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		t->after[i] = (size_t)lua_tointeger(L, -1);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static struct assignment *read_assignment(lua_State *L, const char *path, const char *name)
{
	struct assignment *a = mem_zero(1, sizeof *a);

	a->name = mem_text(name);
	a->path = mem_text(path);
	a->title = script_text(L, -1, "title");
	a->task = script_text(L, -1, "task");
	a->contract = script_text(L, -1, "contract");
	a->build_command = script_text(L, -1, "build_command");
	a->build_seconds = (unsigned)whole(L, "build_seconds");
	a->build_memory = (unsigned)whole(L, "build_memory");
	a->memory = (unsigned)whole(L, "memory");
	a->processes = (unsigned)whole(L, "processes");
	a->descriptors = (unsigned)whole(L, "descriptors");
	a->file_size = (unsigned)whole(L, "file_size");
	a->files = script_pairs(L, "files", &a->file_count);
	lua_getfield(L, -1, "deadline");
	a->deadline = lua_tonumber(L, -1);
	lua_pop(L, 1);
	lua_getfield(L, -1, "programs");
	a->program_count = (size_t)lua_rawlen(L, -1);
	a->programs = mem_zero(a->program_count, sizeof *a->programs);
	for (size_t i = 0; i < a->program_count; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		a->programs[i].role = script_text(L, -1, "role");
		a->programs[i].exe = script_text(L, -1, "exe");
		a->programs[i].command = script_text(L, -1, "command");
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	lua_getfield(L, -1, "tests");
	a->test_count = (size_t)lua_rawlen(L, -1);
	a->tests = mem_zero(a->test_count, sizeof *a->tests);
	for (size_t i = 0; i < a->test_count; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		read_test(L, &a->tests[i]);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return a;
}

struct assignment *script_assignment(struct script *s, const char *path, const char *name,
                                     struct err *err)
{
	lua_State *L = s->L;
	struct assignment *a = NULL;
	char *source;

	lua_settop(L, 0);
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->lib);
	lua_getfield(L, 1, "describe_assignment");
	if (script_file(s, path, "assignment", &source, err) < 0)
		return NULL;
	if (lua_pcall(L, 1, 1, 0) == LUA_OK) {
		a = read_assignment(L, path, name);
		a->source = source;
	} else {
		script_raised(s, path, err);
		free(source);
	}
	lua_settop(L, 0);
	return a;
}
