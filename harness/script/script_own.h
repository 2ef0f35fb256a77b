/* SPDX-License-Identifier: MIT */
/* script_own.h - what the files of harness/script/ share; nobody else includes it */
#ifndef SOCKPROOF_SCRIPT_SCRIPT_OWN_H
#define SOCKPROOF_SCRIPT_SCRIPT_OWN_H
#include "base/embedded.h"
#include "script/script.h"
#include <lua.h>

struct buf;
struct play;

struct script {
	lua_State *L;
	size_t memory; /* bytes that Lua holds */
	int lib;       /* registry reference of the library's table */
	struct scenario **scenarios;
	size_t scenario_count;
	struct plan_case **cases;
	size_t case_count;
};

/* The library's files in order of loading, as CMake put them into the executable. */
extern const struct embedded script_library[];
extern const size_t script_library_count;

/* Functions of the library that need the operating system: find_program, files. Into the table on
 * top. */
void bind_files(lua_State *L);

/* Into @o what else case.lua's perform() tells, in the table at @at (no table: nothing). */
void outcome_take(struct outcome *o, lua_State *L, int at);

/*
 * The socket tables of all hosts as they are now, into *@out (json_decref() it): a list of {"host",
 * "protocol", "state", "local", "remote", "receive_queue", "send_queue", "owner"}. -1 with @err
 * set: this thread is lost between namespaces.
 */
struct json_t;
int record_sockets(const struct play *p, struct json_t **out, struct err *err);

/* Write the case directory; sockets: of record_sockets(), or NULL. 0, or -1 with @err set. */
int record_case(const struct play *p, const struct plan_case *c,
                const struct perform_setting *setting, const struct outcome *o,
                struct json_t *sockets, struct err *err);

/* Its captures: capture.pcapng, timeline.pcapng, taps.pcapng (docs/captures.md). */
struct casedir;
int record_captures(struct casedir *d, const struct play *p, const struct plan_case *c,
                    const struct perform_setting *setting, const struct outcome *o,
                    struct err *err);

/* The whole of @path; free() it. NULL with @err set. */
char *read_whole(const char *path, size_t *len, struct err *err);

/* lib.load(text, path, what): leaves the declaration on the stack. *source: the file's text; free()
 * it. */
int script_file(struct script *s, const char *path, const char *what, char **source,
                struct err *err);
/* The same of a text that is there already; it stays the caller's. */
int script_text_as(struct script *s, const char *text, size_t len, const char *path,
                   const char *what, struct err *err);

/* Field @key of the table at @at as text or as a list of texts; the caller's. */
char *script_text(lua_State *L, int at, const char *key);
char **script_list(lua_State *L, int at, const char *key, size_t *count);
void script_list_free(char **list, size_t count);
/* The list of { name, value } at field @key of the table on top; free with the other. */
struct case_parameter *script_pairs(lua_State *L, const char *key, size_t *count);
void script_pairs_free(struct case_parameter *list, size_t count);

/* Put the raised value on top of @L into words: "<path>:<line>: …". */
void script_raised(struct script *s, const char *path, struct err *err);

#endif
