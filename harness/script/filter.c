/* SPDX-License-Identifier: MIT */
/* filter.c - see filter.h */
#include "script/filter.h"
#include "base/err.h"
#include "base/mem.h"
#include "match/pattern.h"
#include "script/play.h"
#include <lauxlib.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define FILTER_TYPE "sockproof.filter"

struct filter {
	const struct timeline *tl; /* borrowed from the play */
	struct pattern *pattern;
	struct bpf_program bpf;
	bool has_bpf;
	char *words;
};

int filter_hosts(const struct play *p, const char **names)
{
	int count = timeline_host_count(p->tl);

	for (int i = 0; i < count; i++)
		names[i] = timeline_host(p->tl, i);
	return count;
}

static int collect(lua_State *L)
{
	struct filter *f = luaL_checkudata(L, 1, FILTER_TYPE);

	pattern_close(&f->pattern);
	free(f->words);
	f->words = NULL;
	if (f->has_bpf)
		pcap_freecode(&f->bpf);
	f->has_bpf = false;
	return 0;
}

static int compile_bpf(struct filter *f, const char *text, char *why, size_t room)
{
	/* packets of the timeline are raw IP, whatever the interface */
	pcap_t *handle = pcap_open_dead(DLT_RAW, 65535);

	if (!handle)
		return -1;
	if (pcap_compile(handle, &f->bpf, text, 1, PCAP_NETMASK_UNKNOWN) == 0)
		f->has_bpf = true;
	else
		snprintf(why, room, "%s", pcap_geterr(handle));
	pcap_close(handle);
	return f->has_bpf ? 0 : -1;
}

struct filter *filter_push(lua_State *L, int arg, struct play *p)
{
	const char *names[PLAY_HOSTS];
	char why[256] = "out of memory";
	struct filter *f;
	struct err err;
	size_t len;
	const char *text = luaL_checklstring(L, arg, &len);

	f = lua_newuserdatauv(L, sizeof *f, 0);
	*f = (struct filter){.tl = p->tl};
	if (luaL_newmetatable(L, FILTER_TYPE)) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	f->words = mem_copy(text, len);
	f->pattern = pattern_parse_filter(text, len, names, filter_hosts(p, names), &err);
	if (!f->pattern && compile_bpf(f, text, why, sizeof why) < 0)
		luaL_error(L, "\"%s\" is no filter: as a pattern: %s; as a libpcap expression: %s",
		           text, err.text, why);
	return f;
}

struct filter *filter_check(lua_State *L, int arg)
{
	return luaL_checkudata(L, arg, FILTER_TYPE);
}

const char *filter_words(const struct filter *f)
{
	return f->words;
}

const struct pattern *filter_pattern(const struct filter *f)
{
	return f->pattern;
}

bool filter_fits(void *filter, const struct timeline_packet *p)
{
	struct filter *f = filter;
	struct pcap_pkthdr header = {.caplen = (bpf_u_int32)p->len, .len = (bpf_u_int32)p->len};

	if (f->pattern)
		return pattern_fits(f->pattern, f->tl, p);
	return pcap_offline_filter(&f->bpf, &header, p->data) != 0;
}
