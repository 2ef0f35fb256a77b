/* SPDX-License-Identifier: MIT */
/* plan.c - from a scenario to its cases; find_program and the scratch folder's files for the Lua
 * library */
#include "base/err.h"
#include "base/mem.h"
#include "script/script.h"
#include "script/script_own.h"
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the table of roles on top: the only one there is, or "server". The Lua state's. */
static const char *usual_role(lua_State *L)
{
	const char *first = NULL;
	size_t count = 0;

	for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
		first = lua_tostring(L, -2);
		count++;
	}
	return count == 1 ? first : "server";
}

/* overrides of this contract: role → { command = … } or { name = … } */
static int push_overrides(struct script *s, const struct scenario *sc, const struct override *o,
                          size_t count, struct err *err)
{
	lua_State *L = s->L;

	lua_newtable(L);
	for (size_t i = 0; i < count; i++) {
		const char *role = o[i].role;

		if (strcmp(o[i].contract, sc->contract) != 0)
			continue;
		lua_rawgeti(L, LUA_REGISTRYINDEX, sc->contract_table);
		lua_getfield(L, -1, "roles");
		if (!role)
			role = usual_role(L);
		lua_getfield(L, -1, role);
		if (lua_isnil(L, -1))
			return err_set(err, 0, "--impl %s.%s: the contract has no role \"%s\"",
			               o[i].contract, role, role);
		lua_pop(L, 3);
		lua_newtable(L);
		lua_pushstring(L, o[i].command + (o[i].command[0] == '@'));
		lua_setfield(L, -2, o[i].command[0] == '@' ? "name" : "command");
		lua_pushboolean(L, o[i].jailed);
		lua_setfield(L, -2, "jailed");
		if (o[i].findings) {
			lua_pushinteger(L, (lua_Integer)o[i].findings);
			lua_setfield(L, -2, "findings");
		}
		lua_setfield(L, -2, role);
	}
	return 0;
}

/* The planned case on top of the stack into C; popped. */
static struct plan_case *take_case(lua_State *L, struct scenario *sc)
{
	struct plan_case *c = mem_zero(1, sizeof *c);

	c->scenario = sc;
	lua_getfield(L, -1, "label");
	c->implementation = mem_text(lua_tostring(L, -1));
	lua_pop(L, 1);
	lua_getfield(L, -1, "parameters");
	lua_getfield(L, -2, "names");
	for (lua_Unsigned i = 1; i <= lua_rawlen(L, -1); i++) {
		struct case_parameter *p;

		MEM_ROOM(c->parameters, c->parameter_count);
		p = &c->parameters[c->parameter_count++];
		lua_rawgeti(L, -1, (lua_Integer)i);
		p->name = mem_text(lua_tostring(L, -1));
		lua_getfield(L, -3, p->name);
		p->number = lua_type(L, -1) == LUA_TNUMBER;
		p->value = mem_text(luaL_tolstring(L, -1, NULL));
		lua_pop(L, 3);
	}
	lua_pop(L, 2);
	c->table = luaL_ref(L, LUA_REGISTRYINDEX);
	return c;
}

int script_plan(struct script *s, struct scenario *sc, const struct override *overrides,
                size_t override_count, struct plan_case ***cases, size_t *count, struct err *err)
{
	lua_State *L = s->L;
	lua_Unsigned planned;

	lua_settop(L, 0);
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->lib);
	lua_getfield(L, -1, "plan");
	lua_remove(L, 1);
	lua_rawgeti(L, LUA_REGISTRYINDEX, sc->table);
	lua_pushstring(L, sc->name);
	if (sc->contract) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, sc->contract_table);
		if (push_overrides(s, sc, overrides, override_count, err) < 0)
			return -1;
	} else {
		lua_pushnil(L);
		lua_newtable(L);
	}
	if (lua_pcall(L, 4, 1, 0) != LUA_OK) {
		script_raised(s, sc->path, err);
		return -1;
	}
	planned = lua_rawlen(L, -1);
	for (lua_Unsigned i = 1; i <= planned; i++) {
		struct plan_case *c;

		lua_rawgeti(L, -1, (lua_Integer)i);
		c = take_case(L, sc);
		MEM_ROOM(s->cases, s->case_count);
		s->cases[s->case_count++] = c;
		MEM_ROOM(*cases, *count);
		(*cases)[(*count)++] = c;
	}
	lua_settop(L, 0);
	return 0;
}

int script_needs(struct script *s, const struct plan_case *c, const char *built,
                 struct needed_file **list, size_t *count, struct err *err)
{
	const struct scenario *sc = c->scenario;
	lua_State *L = s->L;
	lua_Unsigned needed;

	lua_settop(L, 0);
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->lib);
	lua_getfield(L, -1, "needs_of");
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->table);
	lua_rawgeti(L, LUA_REGISTRYINDEX, sc->table);
	if (sc->contract)
		lua_rawgeti(L, LUA_REGISTRYINDEX, sc->contract_table);
	else
		lua_pushnil(L);
	lua_pushstring(L, sc->contract);
	lua_pushstring(L, sc->program_folder);
	lua_pushstring(L, built);
	if (lua_pcall(L, 6, 1, 0) != LUA_OK) {
		script_raised(s, sc->path, err);
		return -1;
	}
	needed = lua_rawlen(L, -1);
	for (lua_Unsigned i = 1; i <= needed; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i);
		MEM_ROOM(*list, *count);
		lua_getfield(L, -1, "program");
		(*list)[*count] = (struct needed_file){.source = script_text(L, -2, "source"),
		                                       .target = script_text(L, -2, "target"),
		                                       .program = lua_toboolean(L, -1)};
		lua_getfield(L, -2, "symbols");
		(*list)[(*count)++].symbols = lua_toboolean(L, -1);
		lua_pop(L, 3);
	}
	lua_settop(L, 0);
	return 0;
}

static bool runnable(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* @name in $PATH (execvp(3)'s way); free() it; NULL: nowhere. */
static char *search_path(const char *name)
{
	const char *path = getenv("PATH");

	if (!path || !*path)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		size_t len = strcspn(path, ":");
		char *full = mem_printf("%.*s/%s", (int)len, path, name);

		if (len > 0 && runnable(full))
			return full;
		free(full);
		if (path[len] == '\0')
			return NULL;
		path += len + 1;
	}
}

/* find_program(name[, optional]): absolute path. Not there: nil when optional, otherwise @name as
 * it is, and execve(2) will say why. */
static int find_program(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	char *found = strchr(name, '/') ? realpath(name, NULL) : search_path(name);

	if (found && runnable(found))
		lua_pushstring(L, found);
	else if (lua_toboolean(L, 2))
		lua_pushnil(L);
	else
		lua_pushstring(L, name);
	free(found);
	return 1;
}

/* is_file(path) */
static int is_file(lua_State *L)
{
	struct stat st;

	lua_pushboolean(L, stat(luaL_checkstring(L, 1), &st) == 0 && S_ISREG(st.st_mode));
	return 1;
}

static int folder_of(lua_State *L)
{
	int fd = open(luaL_checkstring(L, 1), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		luaL_error(L, "%s: %s", lua_tostring(L, 1), strerror(errno));
	return fd;
}

static const char *check_name(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);

	luaL_argcheck(L, name[0] && !strchr(name, '/') && strcmp(name, "..") != 0, 2,
	              "a file's name without a folder is wanted");
	return name;
}

/* files.write(folder, name, bytes): nothing, or what went wrong in words */
static int write_file(lua_State *L)
{
	const char *name = check_name(L);
	size_t len, done = 0;
	const char *bytes = luaL_checklstring(L, 3, &len);
	int folder = folder_of(L);
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	int error = fd < 0 ? errno : 0;

	while (fd >= 0 && done < len && !error) {
		ssize_t n = write(fd, bytes + done, len - done);

		if (n < 0 && errno != EINTR)
			error = errno;
		else if (n > 0)
			done += (size_t)n;
	}
	if (fd >= 0 && close(fd) < 0 && !error)
		error = errno;
	close(folder);
	if (!error)
		return 0;
	lua_pushfstring(L, "writing %s: %s", name, strerror(error));
	return 1;
}

/* files.read(folder, name): bytes, or nil when there is no such file */
static int read_file(lua_State *L)
{
	const char *name = check_name(L);
	int folder = folder_of(L);
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st = {0};
	luaL_Buffer b;
	ssize_t n = 0;

	close(folder);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	luaL_buffinit(L, &b);
	do {
		n = read(fd, luaL_prepbuffer(&b), LUAL_BUFFERSIZE);
		if (n > 0)
			luaL_addsize(&b, (size_t)n);
	} while (n > 0);
	close(fd);
	luaL_pushresult(&b);
	return 1;
}

/* chance_bytes(n, seed): n bytes of a linear congruential generator (POSIX's example of rand()):
 * the same for the same seed */
static int chance_bytes(lua_State *L)
{
	lua_Integer n = luaL_checkinteger(L, 1);
	uint32_t x = (uint32_t)luaL_checkinteger(L, 2);
	luaL_Buffer b;
	char *p;

	luaL_argcheck(L, n >= 0 && n <= (lua_Integer)64 << 20, 1,
	              "between 0 and 64 MiB are wanted");
	p = luaL_buffinitsize(L, &b, (size_t)n + 1);
	for (lua_Integer i = 0; i < n; i++) {
		x = (x * 1103515245u + 12345u) & 0x7fffffffu;
		p[i] = (char)(x >> 16);
	}
	luaL_pushresultsize(&b, (size_t)n);
	return 1;
}

void bind_files(lua_State *L)
{
	lua_pushcfunction(L, chance_bytes);
	lua_setfield(L, -2, "chance_bytes");
	lua_pushcfunction(L, find_program);
	lua_setfield(L, -2, "find_program");
	lua_pushcfunction(L, is_file);
	lua_setfield(L, -2, "is_file");
	lua_newtable(L);
	lua_pushcfunction(L, write_file);
	lua_setfield(L, -2, "write");
	lua_pushcfunction(L, read_file);
	lua_setfield(L, -2, "read");
	lua_setfield(L, -2, "files");
}
