/* SPDX-License-Identifier: MIT */
/* bind_program.c - programs for Lua; a program is light userdata, owned by the play */
#include "base/err.h"
#include "base/mem.h"
#include "script/bind.h"
#include "script/play.h"
#include "world/probe.h"
#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct program *check_program(lua_State *L)
{
	struct program *prog = lua_touserdata(L, 1);

	luaL_argcheck(L, prog != NULL, 1, "a program is wanted");
	return prog;
}

/* An array of strings at field @key of the table at 1 as a NULL-ended array; memory is Lua's
 * (userdata left on the stack). */
static const char *const *text_array(lua_State *L, const char *key)
{
	const char **list;
	lua_Unsigned count;

	if (lua_getfield(L, 1, key) == LUA_TNIL)
		return NULL;
	luaL_checktype(L, -1, LUA_TTABLE);
	count = lua_rawlen(L, -1);
	list = lua_newuserdatauv(L, (count + 1) * sizeof *list, 0);
	for (lua_Unsigned i = 0; i < count; i++) {
		lua_rawgeti(L, -2, (lua_Integer)i + 1);
		list[i] = luaL_checkstring(L, -1); /* stays alive in its table */
		lua_pop(L, 1);
	}
	list[count] = NULL;
	return list;
}

static lua_Integer int_field(lua_State *L, const char *key)
{
	lua_Integer value;

	lua_getfield(L, 1, key);
	value = luaL_optinteger(L, -1, 0);
	lua_pop(L, 1);
	return value;
}

static const char *text_field(lua_State *L, const char *key)
{
	const char *value;

	lua_getfield(L, 1, key);
	value = luaL_optstring(L, -1, NULL);
	return value; /* left on the stack: alive until the function returns */
}

/* What a program, living or dead, may do by itself is for the script to judge: true; or false and
 * errno's name. Anything else raises. */
static int answer(lua_State *L, int result, const struct err *err)
{
	char scratch[16];

	if (result < 0 && err->code != ESRCH && err->code != EPIPE && err->code != ETIMEDOUT)
		return bind_raise(L, err);
	lua_pushboolean(L, result == 0);
	lua_pushstring(L, result < 0 ? err_name(err->code, scratch) : NULL);
	return 2;
}

/* program_start{host=,name=,argv=,program=,env=,folder=,terminal=,line=,max_…,capabilities=}:
 * program; or nil, errno's name, text */
static int start(lua_State *L)
{
	struct play *p = bind_play(L);
	struct program_spec spec = {0};
	const char *const *capabilities;
	struct program *prog;
	char scratch[16];
	lua_Integer host;
	struct err err;

	luaL_checktype(L, 1, LUA_TTABLE);
	host = int_field(L, "host");
	luaL_argcheck(L, host >= 0 && host < world_hosts(p->world), 1, "no such host");
	spec.name = text_field(L, "name");
	spec.argv = text_array(L, "argv");
	spec.program = text_field(L, "program");
	spec.env = text_array(L, "env");
	spec.folder = text_field(L, "folder");
	lua_getfield(L, 1, "terminal");
	spec.terminal = lua_toboolean(L, -1);
	spec.max_output = (uint64_t)int_field(L, "max_output");
	spec.max_memory = (uint64_t)int_field(L, "max_memory");
	spec.max_file = (uint64_t)int_field(L, "max_file");
	spec.max_descriptors = (unsigned)int_field(L, "max_descriptors");
	spec.max_cpu_s = (unsigned)int_field(L, "max_cpu_s");
	spec.line = (int)int_field(L, "line");
	lua_getfield(L, 1, "traced");
	spec.traced = lua_toboolean(L, -1);
	capabilities = text_array(L, "capabilities");
	for (size_t i = 0; capabilities && capabilities[i]; i++)
		spec.capabilities |= program_capability(capabilities[i]);
	lua_getfield(L, 1, "jailed");
	if (lua_toboolean(L, -1)) {
		luaL_argcheck(L, p->jail != NULL, 1,
		              "only a submission that is graded is jailed (sockproof grade)");
		spec.jail = p->jail;
		if (!spec.max_descriptors)
			spec.max_descriptors = p->jail->descriptors;
		if (!spec.max_file)
			spec.max_file = p->jail->file_bytes;
	}
	prog = program_start(&spec, world_host(p->world, (int)host), p->loop, p->tl, &err);
	if (!prog) {
		lua_pushnil(L);
		lua_pushstring(L, err_name(err.code, scratch));
		lua_pushstring(L, err.text);
		return 3;
	}
	play_add_program(p, prog);
	lua_pushlightuserdata(L, prog);
	return 1;
}

/* program_exe(p): the file that its first process runs (proc_pid_exe(5)), or nil */
static int exe_of(lua_State *L)
{
	char entry[40], file[PATH_MAX];
	ssize_t n;

	snprintf(entry, sizeof entry, "/proc/%d/exe", (int)program_pid(check_program(L)));
	n = readlink(entry, file, sizeof file);
	if (n < 0)
		return 0;
	lua_pushlstring(L, file, (size_t)n);
	return 1;
}

/* program_exited(p): nil; or "exited", status; or "killed", signal's name without SIG */
static int exited(lua_State *L)
{
	int status;

	if (!program_exited(check_program(L), &status))
		return 0;
	if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));

		lua_pushliteral(L, "killed");
		if (name)
			lua_pushstring(L, name);
		else
			lua_pushfstring(L, "%d", WTERMSIG(status));
		return 2;
	}
	lua_pushliteral(L, "exited");
	lua_pushinteger(L, WEXITSTATUS(status));
	return 2;
}

/* program_accounted(p): are the ends of processes that it made known? */
static int accounted(lua_State *L)
{
	lua_pushboolean(L, program_accounted(check_program(L)));
	return 1;
}

/* program_children_killed(p): { [signal's name without SIG] = its number, … } */
static int children_killed(lua_State *L)
{
	uint64_t signals;
	struct err err;

	if (program_children_killed(check_program(L), &signals, &err) < 0)
		return bind_raise(L, &err);
	lua_newtable(L);
	for (int sig = 1; sig < NSIG; sig++) {
		const char *name = sigabbrev_np(sig);

		if (!name || !(signals >> (sig - 1) & 1))
			continue;
		lua_pushinteger(L, sig);
		lua_setfield(L, -2, name);
	}
	return 1;
}

/* program_output(p, stream): bytes kept, bytes written in all, whether no writer is left */
static int output(lua_State *L)
{
	struct program *prog = check_program(L);
	int stream = (int)luaL_checkinteger(L, 2);
	const struct buf *b = program_output(prog, stream);

	lua_pushlstring(L, buf_text(b), b->len);
	lua_pushinteger(L, (lua_Integer)program_output_total(prog, stream));
	lua_pushboolean(L, program_output_closed(prog, stream));
	return 3;
}

/* program_output_size(p, stream): bytes written so far; cheap */
static int output_size(lua_State *L)
{
	lua_pushinteger(
	    L, (lua_Integer)program_output_total(check_program(L), (int)luaL_checkinteger(L, 2)));
	return 1;
}

/* program_input(p, bytes): true; or false, "ESRCH": it has ended, "EPIPE": it does not read */
static int input(lua_State *L)
{
	struct program *prog = check_program(L);
	struct err err;
	size_t len;
	const char *bytes = luaL_checklstring(L, 2, &len);

	return answer(L, program_input(prog, bytes, len, &err), &err);
}

static int input_end(lua_State *L)
{
	struct err err;

	return program_input_end(check_program(L), &err) < 0 ? bind_raise(L, &err) : 0;
}

/* The signal of a name without SIG; 0: none such. */
static int signal_number(const char *name)
{
	for (int sig = 1; sig < NSIG; sig++) {
		const char *known = sigabbrev_np(sig);

		if (known && strcmp(known, name) == 0)
			return sig;
	}
	return 0;
}

/* is_capability("net_admin"): can a program be left with it? */
static int is_capability(lua_State *L)
{
	lua_pushboolean(L, program_capability(luaL_checkstring(L, 1)) != 0);
	return 1;
}

/* is_signal("TERM") */
static int is_signal(lua_State *L)
{
	lua_pushboolean(L, signal_number(luaL_checkstring(L, 1)) != 0);
	return 1;
}

/* signal_number("TERM"): nil when there is none of that name */
static int signal_value(lua_State *L)
{
	int number = signal_number(luaL_checkstring(L, 1));

	if (number == 0)
		return 0;
	lua_pushinteger(L, number);
	return 1;
}

/* program_signal(p, "SIGTERM"): true, or false when it has ended; raises for a name that is none */
static int send_signal(lua_State *L)
{
	struct program *prog = check_program(L);
	const char *name = luaL_checkstring(L, 2);
	struct err err;
	int sig;

	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	sig = signal_number(name);
	if (sig == 0)
		return luaL_error(L, "no signal SIG%s; write one such as SIGTERM", name);
	lua_pushboolean(L, program_signal(prog, sig, &err) == 0);
	return 1;
}

/* program_kill(p): SIGKILL to all of it */
static int kill_all(lua_State *L)
{
	struct err err;

	return program_kill(check_program(L), &err) < 0 ? bind_raise(L, &err) : 0;
}

/* program_freeze(p): true; or false, "ESRCH": it has ended, "ETIMEDOUT": it cannot be stopped */
static int freeze(lua_State *L)
{
	struct err err;

	return answer(L, program_freeze(check_program(L), &err), &err);
}

/* program_thaw(p): true; or false, "ESRCH" */
static int thaw(lua_State *L)
{
	struct err err;

	return answer(L, program_thaw(check_program(L), &err), &err);
}

/* program_rest(p): "runs", "sleeps", "stopped", "gone" */
static int rest(lua_State *L)
{
	static const char *const names[] = {[PROGRAM_RUNS] = "runs",
	                                    [PROGRAM_SLEEPS] = "sleeps",
	                                    [PROGRAM_STOPPED] = "stopped",
	                                    [PROGRAM_GONE] = "gone"};
	struct err err;
	int r = (int)program_rest(check_program(L), &err);

	if (r < 0)
		return bind_raise(L, &err);
	lua_pushstring(L, names[r]);
	return 1;
}

/* program_pid(p): its first process, as the harness sees it */
static int pid_of(lua_State *L)
{
	lua_pushinteger(L, program_pid(check_program(L)));
	return 1;
}

/* program_processes(p): live ones, zombies */
static int processes(lua_State *L)
{
	size_t count, zombies;
	struct err err;
	pid_t *pids = program_processes(check_program(L), &count, &zombies, &err);

	if (!pids)
		return bind_raise(L, &err);
	free(pids);
	lua_pushinteger(L, (lua_Integer)count);
	lua_pushinteger(L, (lua_Integer)zombies);
	return 2;
}

static int cpu_time(lua_State *L)
{
	struct err err;
	int64_t ns = program_cpu_time(check_program(L), &err);

	if (ns < 0)
		return bind_raise(L, &err);
	lua_pushinteger(L, ns);
	return 1;
}

/* program_inodes(p): { [inode] = true, … } of the sockets its processes hold, and how many */
static int inodes(lua_State *L)
{
	struct err err = {0};
	size_t count = 0;
	uint32_t *list = program_socket_inodes(check_program(L), &count, &err);

	if (!list)
		return bind_raise(L, &err);
	lua_createtable(L, 0, (int)count);
	for (size_t i = 0; i < count; i++) {
		lua_pushboolean(L, 1);
		lua_rawseti(L, -2, list[i]);
	}
	free(list);
	lua_pushinteger(L, (lua_Integer)count);
	return 2;
}

/* program_descriptors(p): how many; nil: it has ended */
static int descriptors(lua_State *L)
{
	struct err err;
	int count = program_descriptors(check_program(L), &err);

	if (count < 0)
		return err.code == ESRCH ? 0 : bind_raise(L, &err);
	lua_pushinteger(L, count);
	return 1;
}

/* can_trace(): true, or false and why not */
static int can_trace(lua_State *L)
{
	struct probe_answer a;

	probe_trace(&a);
	lua_pushboolean(L, a.works);
	lua_pushstring(L, a.detail);
	return 2;
}

/* can_account(): true, or false and why not */
static int can_account(lua_State *L)
{
	struct probe_answer a;

	probe_accounting(&a);
	lua_pushboolean(L, a.works);
	lua_pushstring(L, a.detail);
	return 2;
}

/* program_calls(p): how many calls of a traced program have ended */
static int calls(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)program_calls(check_program(L)));
	return 1;
}

/* program_call(p, i): from 1: name, arguments' words, whether on a socket, result, errno's name or
 * nil, index of its event */
static int call(lua_State *L)
{
	struct program *prog = check_program(L);
	lua_Integer i = luaL_checkinteger(L, 2);
	char scratch[16];

	luaL_argcheck(L, i >= 1 && (size_t)i <= program_calls(prog), 2, "no such call");
	struct program_call c = program_call(prog, (size_t)i - 1);
	bool failed = c.result < 0 && c.result >= -4095;
	lua_pushstring(L, c.name);
	lua_pushstring(L, c.given);
	lua_pushboolean(L, c.on_socket);
	lua_pushinteger(L, failed ? -1 : (lua_Integer)c.result);
	if (failed)
		lua_pushstring(L, err_name((int)-c.result, scratch));
	else
		lua_pushnil(L);
	lua_pushinteger(L, (lua_Integer)c.event);
	return 6;
}

/* program_call_known(name): is it watched here? */
static int call_known(lua_State *L)
{
	lua_pushboolean(L, program_call_name(luaL_checkstring(L, 1)) != NULL);
	return 1;
}

/* program_fault(p, {action=,names={},sockets={bool},nth=,times=,code=,bytes=}): number; or nil,
 * text. Names are of program_call_known(). */
static int fault(lua_State *L)
{
	static const char *const actions[] = {"fail", "shorten", "interrupt", NULL};
	struct program *prog = check_program(L);
	struct fault f = {0};
	struct err err;

	luaL_checktype(L, 2, LUA_TTABLE);
	lua_getfield(L, 2, "action");
	f.action = (enum fault_action)luaL_checkoption(L, -1, NULL, actions);
	lua_replace(L, 1); /* int_field() reads the table at 1 */
	lua_pushvalue(L, 2);
	lua_replace(L, 1);
	f.nth = (uint64_t)int_field(L, "nth");
	f.times = (uint64_t)int_field(L, "times");
	f.code = (int)int_field(L, "code");
	f.bytes = (uint64_t)int_field(L, "bytes");
	lua_getfield(L, 1, "names");
	lua_getfield(L, 1, "sockets");
	for (int i = 0; i < 16 && lua_rawgeti(L, -2, i + 1) != LUA_TNIL; i++) {
		f.names[i] = program_call_name(luaL_checkstring(L, -1));
		luaL_argcheck(L, f.names[i] != NULL, 2, "no such call");
		lua_pop(L, 1);
		lua_rawgeti(L, -1, i + 1);
		if (lua_toboolean(L, -1))
			f.sockets |= 1u << i;
		lua_pop(L, 1);
	}
	int number = program_fault(prog, &f, &err);
	if (number < 0) {
		lua_pushnil(L);
		lua_pushstring(L, err.text);
		return 2;
	}
	lua_pushinteger(L, number);
	return 1;
}

/* program_unwatched(p): how it makes calls that are not watched; nil: it does not */
static int unwatched(lua_State *L)
{
	lua_pushstring(L, program_unwatched(check_program(L))); /* nil of NULL */
	return 1;
}

/* program_fault_count(p, number): how often it acted */
static int fault_count(lua_State *L)
{
	struct program *prog = check_program(L);

	lua_pushinteger(L, (lua_Integer)program_fault_count(prog, (int)luaL_checkinteger(L, 2)));
	return 1;
}

void bind_program(lua_State *L, struct play *p)
{
	static const struct luaL_Reg rows[] = {
	    {"program_start", start},
	    {"program_exited", exited},
	    {"program_exe", exe_of},
	    {"program_accounted", accounted},
	    {"program_children_killed", children_killed},
	    {"program_output", output},
	    {"program_output_size", output_size},
	    {"program_input", input},
	    {"program_input_end", input_end},
	    {"program_signal", send_signal},
	    {"is_capability", is_capability},
	    {"is_signal", is_signal},
	    {"program_kill", kill_all},
	    {"program_freeze", freeze},
	    {"program_thaw", thaw},
	    {"program_rest", rest},
	    {"program_pid", pid_of},
	    {"program_processes", processes},
	    {"program_cpu_time", cpu_time},
	    {"program_inodes", inodes},
	    {"program_descriptors", descriptors},
	    {"signal_number", signal_value},
	    {"can_trace", can_trace},
	    {"can_account", can_account},
	    {"program_calls", calls},
	    {"program_call", call},
	    {"program_call_known", call_known},
	    {"program_fault", fault},
	    {"program_fault_count", fault_count},
	    {"program_unwatched", unwatched},
	    {NULL, NULL},
	};

	bind_functions(L, p, rows);
}
