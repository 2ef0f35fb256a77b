/* SPDX-License-Identifier: MIT */
/* script.c - the Lua state and its library; loading scenario and contract files */
#include "script/script.h"
#include "base/err.h"
#include "base/mem.h"
#include "script/script_own.h"
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A scenario file larger than this is no scenario. */
#define SOURCE_MAX ((size_t)4 << 20)
/* Bytes that Lua may hold at once. */
#define SCRIPT_MEMORY ((size_t)256 << 20)

char *read_whole(const char *path, size_t *len, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf b = {0};
	char piece[8192];
	ssize_t n;

	if (fd < 0) {
		err_sys(err, errno, "%s", path);
		return NULL;
	}
	while ((n = read(fd, piece, sizeof piece)) > 0 && b.len <= SOURCE_MAX)
		buf_add(&b, piece, (size_t)n);
	if (n < 0 || b.len > SOURCE_MAX) {
		err_sys(err, n < 0 ? errno : EFBIG, "%s", path);
		close(fd);
		buf_free(&b);
		return NULL;
	}
	close(fd);
	*len = b.len;
	return buf_take(&b);
}

static int load_library(struct script *s, struct err *err)
{
	lua_State *L = s->L;

	lua_newtable(L);
	bind_files(L);
	s->lib = luaL_ref(L, LUA_REGISTRYINDEX);
	for (size_t i = 0; i < script_library_count; i++) {
		const struct embedded *e = &script_library[i];
		char *name = mem_printf("=sockproof/%s", e->name);
		int rc = luaL_loadbufferx(L, (const char *)e->data, e->len, name, "t");

		free(name);
		lua_rawgeti(L, LUA_REGISTRYINDEX, s->lib);
		if (rc != LUA_OK || lua_pcall(L, 1, 0, 0) != LUA_OK) {
			lua_settop(L, rc != LUA_OK ? -2 : -1);
			return err_set(err, 0, "library %s: %s", e->name, lua_tostring(L, -1));
		}
	}
	return 0;
}

/* lua_Alloc, with a ceiling: a script that takes memory without end must not take the machine's. */
static void *take_memory(void *arg, void *block, size_t old, size_t size)
{
	struct script *s = arg;
	size_t had = block ? old : 0; /* without a block, old is the kind of object */

	if (size == 0) {
		free(block);
		s->memory -= had;
		return NULL;
	}
	if (size > had && s->memory - had + size > SCRIPT_MEMORY)
		return NULL;
	void *taken = realloc(block, size);
	if (taken)
		s->memory += size - had;
	return taken;
}

struct script *script_open(struct err *err)
{
	struct script *s = mem_zero(1, sizeof *s);

	s->L = lua_newstate(take_memory, s);
	if (!s->L) {
		err_set(err, ENOMEM, "no memory for Lua");
		script_close(&s);
		return NULL;
	}
	luaL_openlibs(s->L);
	if (load_library(s, err) < 0) {
		script_close(&s);
		return NULL;
	}
	return s;
}

void script_list_free(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

static void free_scenario(struct scenario *sc)
{
	free(sc->name);
	free(sc->path);
	free(sc->title);
	free(sc->why);
	free(sc->contract);
	free(sc->contract_path);
	free(sc->program_folder);
	free(sc->world);
	free(sc->source);
	script_list_free(sc->refs, sc->ref_count);
	script_list_free(sc->hosts, sc->host_count);
	script_list_free(sc->tags, sc->tag_count);
	script_list_free(sc->needs, sc->need_count);
	free(sc);
}

void script_close(struct script **script)
{
	struct script *s = *script;

	if (!s)
		return;
	*script = NULL;
	if (s->L)
		lua_close(s->L);
	for (size_t i = 0; i < s->scenario_count; i++)
		free_scenario(s->scenarios[i]);
	for (size_t i = 0; i < s->case_count; i++) {
		struct plan_case *c = s->cases[i];

		for (size_t k = 0; k < c->parameter_count; k++) {
			free(c->parameters[k].name);
			free(c->parameters[k].value);
		}
		free(c->parameters);
		free(c->implementation);
		free(c);
	}
	free(s->scenarios);
	free(s->cases);
	free(s);
}

char *script_text(lua_State *L, int at, const char *key)
{
	const char *text;
	char *copy;

	lua_getfield(L, at, key);
	text = lua_tostring(L, -1);
	copy = text ? mem_text(text) : NULL;
	lua_pop(L, 1);
	return copy;
}

char **script_list(lua_State *L, int at, const char *key, size_t *count)
{
	char **list = NULL;

	*count = 0;
	if (lua_getfield(L, at, key) == LUA_TTABLE) {
		for (lua_Unsigned i = 1; i <= lua_rawlen(L, -1); i++) {
			MEM_ROOM(list, *count);
			lua_rawgeti(L, -1, (lua_Integer)i);
			list[(*count)++] = mem_text(luaL_tolstring(L, -1, NULL));
			lua_pop(L, 2);
		}
	}
	lua_pop(L, 1);
	return list;
}

struct case_parameter *script_pairs(lua_State *L, const char *key, size_t *count)
{
	struct case_parameter *list;

	lua_getfield(L, -1, key);
	*count = (size_t)lua_rawlen(L, -1);
	list = mem_zero(*count + 1, sizeof *list);
	for (size_t i = 0; i < *count; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		list[i].name = script_text(L, -1, "name");
		list[i].value = script_text(L, -1, "value");
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return list;
}

void script_pairs_free(struct case_parameter *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(list[i].name);
		free(list[i].value);
	}
	free(list);
}

void script_raised(struct script *s, const char *path, struct err *err)
{
	lua_State *L = s->L;

	if (lua_istable(L, -1)) {
		char *reason = script_text(L, -1, "reason");
		int line;

		lua_getfield(L, -1, "line");
		line = (int)lua_tointeger(L, -1);
		lua_pop(L, 1);
		err_set(err, 0, "%s:%d: %s", path, line, reason ? reason : "?");
		free(reason);
		return;
	}
	err_set(err, 0, "%s: %s", path, luaL_tolstring(L, -1, NULL));
	lua_pop(L, 1);
}

int script_file(struct script *s, const char *path, const char *what, char **source,
                struct err *err)
{
	size_t len;
	char *text = read_whole(path, &len, err);

	if (!text)
		return -1;
	if (script_text_as(s, text, len, path, what, err) == 0) {
		*source = text;
		return 0;
	}
	free(text);
	*source = NULL;
	return -1;
}

int script_text_as(struct script *s, const char *text, size_t len, const char *path,
                   const char *what, struct err *err)
{
	lua_State *L = s->L;

	lua_rawgeti(L, LUA_REGISTRYINDEX, s->lib);
	lua_getfield(L, -1, "load");
	lua_remove(L, -2);
	lua_pushlstring(L, text, len);
	lua_pushstring(L, path);
	lua_pushstring(L, what);
	if (lua_pcall(L, 3, 1, 0) == LUA_OK)
		return 0;
	script_raised(s, path, err);
	lua_settop(L, 0);
	return -1;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* servers/<contract>/contract.lua in the scenario's folder or one above it, else below @root. */
static char *find_contract(const struct scenario *sc, const char *root)
{
	char *folder = realpath(sc->path, NULL), *found;

	while (folder && strrchr(folder, '/')) {
		*strrchr(folder, '/') = '\0';
		found = mem_printf("%s/servers/%s/contract.lua", folder, sc->contract);
		if (is_file(found)) {
			free(folder);
			return found;
		}
		free(found);
	}
	free(folder);
	found = mem_printf("%s/servers/%s/contract.lua", root, sc->contract);
	if (is_file(found))
		return found;
	free(found);
	return NULL;
}

static int load_contract(struct script *s, struct scenario *sc, const char *root,
                         const char *exe_folder, struct err *err)
{
	char *source, *built;

	sc->contract_path = find_contract(sc, root);
	if (!sc->contract_path)
		return err_set(err, ENOENT,
		               "%s:%d: no contract \"%s\"; it would be servers/%s/contract.lua in "
		               "a folder above "
		               "the scenario, or in %s, which SOCKPROOF_ROOT can change",
		               sc->path, sc->line, sc->contract, sc->contract, root);
	if (script_file(s, sc->contract_path, "contract", &source, err) < 0)
		return -1;
	free(source);
	sc->contract_table = luaL_ref(s->L, LUA_REGISTRYINDEX);
	built = mem_printf("%s/servers/%s", exe_folder, sc->contract);
	if (is_folder(built)) {
		sc->program_folder = built;
		return 0;
	}
	free(built);
	sc->program_folder = mem_text(sc->contract_path);
	*strrchr(sc->program_folder, '/') = '\0';
	return 0;
}

static void read_fields(struct script *s, struct scenario *sc)
{
	lua_State *L = s->L;
	int at = lua_gettop(L);

	sc->title = script_text(L, at, "title");
	sc->why = script_text(L, at, "why");
	sc->contract = script_text(L, at, "contract");
	sc->world = script_text(L, at, "world");
	sc->refs = script_list(L, at, "refs", &sc->ref_count);
	sc->hosts = script_list(L, at, "hosts", &sc->host_count);
	sc->tags = script_list(L, at, "tags", &sc->tag_count);
	sc->needs = script_list(L, at, "needs", &sc->need_count);
	for (size_t i = 0; i < sc->need_count; i++)
		sc->needs_wire = sc->needs_wire || strcmp(sc->needs[i], "wire") == 0;
	lua_getfield(L, at, "deadline");
	sc->deadline = lua_tonumber(L, -1);
	lua_getfield(L, at, "line");
	sc->line = (int)lua_tointeger(L, -1);
	lua_pop(L, 2);
	sc->table = luaL_ref(L, LUA_REGISTRYINDEX);
}

static struct scenario *new_scenario(struct script *s, const char *path, const char *name)
{
	struct scenario *sc = mem_zero(1, sizeof *sc);

	MEM_ROOM(s->scenarios, s->scenario_count);
	s->scenarios[s->scenario_count++] = sc;
	sc->name = mem_text(name);
	sc->path = mem_text(path);
	return sc;
}

struct scenario *script_load_text(struct script *s, const char *text, const char *name,
                                  struct err *err)
{
	struct scenario *sc = new_scenario(s, name, name);

	sc->source = mem_text(text);
	if (script_text_as(s, text, strlen(text), name, "scenario", err) < 0)
		return NULL;
	read_fields(s, sc);
	return sc;
}

struct scenario *script_load(struct script *s, const char *path, const char *name, const char *root,
                             const char *exe_folder, struct err *err)
{
	struct scenario *sc = new_scenario(s, path, name);

	if (script_file(s, path, "scenario", &sc->source, err) < 0)
		return NULL;
	read_fields(s, sc);
	if (sc->contract && load_contract(s, sc, root, exe_folder, err) < 0)
		return NULL;
	return sc;
}
