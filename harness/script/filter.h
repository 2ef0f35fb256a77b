/* SPDX-License-Identifier: MIT */
/*
 * filter.h - which packets: one pattern line, or a libpcap filter expression, as Lua userdata
 */
#ifndef SOCKPROOF_SCRIPT_FILTER_H
#define SOCKPROOF_SCRIPT_FILTER_H
#include "evidence/timeline.h"
#include <lua.h>
#include <stdbool.h>

struct filter; /* lives as long as its Lua userdata */
struct play;

/* The text at @arg as a filter, pushed as userdata: a pattern line, else a libpcap expression; a
 * Lua error when it is neither. */
struct filter *filter_push(lua_State *L, int arg, struct play *p);
/* The userdata at @arg. */
struct filter *filter_check(lua_State *L, int arg);
bool filter_fits(void *filter, const struct timeline_packet *p);
/* The filter as it was written; lives as long as the filter. */
const char *filter_words(const struct filter *f);
/* The pattern inside, NULL when it is a libpcap expression. */
const struct pattern *filter_pattern(const struct filter *f);

/* Host names that patterns of this play may use: PLAY_HOSTS at most, returns how many. */
int filter_hosts(const struct play *p, const char **names);

#endif
