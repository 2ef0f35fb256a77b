/* SPDX-License-Identifier: MIT */
/* bind_evidence.c - the timeline for Lua: write steps and notes, look up packets, flows and events
 */
#include "base/err.h"
#include "base/mem.h"
#include "evidence/ladder.h"
#include "script/bind.h"
#include "script/play.h"
#include <lauxlib.h>
#include <netinet/in.h>
#include <string.h>

/* event(kind, who, line, text[, varies[, branch[, host[, flow, side]]]]): index */
static int add_event(lua_State *L)
{
	static const char *const kinds[] = {"step",    "program", "state", "note",
	                                    "verdict", "input",   NULL};
	static const enum event_kind values[] = {EVENT_STEP, EVENT_PROGRAM, EVENT_STATE,
	                                         EVENT_NOTE, EVENT_VERDICT, EVENT_INPUT};
	int kind = luaL_checkoption(L, 1, NULL, kinds);
	struct event *e = timeline_add(bind_play(L)->tl, values[kind], luaL_checkstring(L, 2),
	                               (int)luaL_checkinteger(L, 3), "%s", luaL_checkstring(L, 4));

	e->varies = lua_toboolean(L, 5);
	e->branch = (int)luaL_optinteger(L, 6, 0);
	e->host = (int)luaL_optinteger(L, 7, -1);
	e->flow = (int)luaL_optinteger(L, 8, -1);
	e->side = (int)luaL_optinteger(L, 9, 0);
	lua_pushinteger(L, (lua_Integer)e->index);
	return 1;
}

/* step(who, line, words): packets from here on are of this step */
static int begin_step(lua_State *L)
{
	timeline_begin_step(bind_play(L)->tl, luaL_checkstring(L, 1), (int)luaL_checkinteger(L, 2),
	                    luaL_checkstring(L, 3));
	return 0;
}

/* event_of_packet(number): index of its event */
static int event_of_packet(lua_State *L)
{
	struct timeline_packet *p = timeline_packet(bind_play(L)->tl, luaL_checkinteger(L, 1));

	luaL_argcheck(L, p != NULL, 1, "no such packet");
	lua_pushinteger(L, (lua_Integer)p->event);
	return 1;
}

/* event_of_output(who, stream, bytes): index of the output event with which @who had written @bytes
 * bytes; nil before */
static int event_of_output(lua_State *L)
{
	struct timeline *tl = bind_play(L)->tl;
	const char *who = luaL_checkstring(L, 1);
	int stream = (int)luaL_checkinteger(L, 2);
	size_t want = (size_t)luaL_checkinteger(L, 3), have = 0;

	for (size_t i = 0; i < timeline_count(tl); i++) {
		const struct event *e = timeline_get(tl, i);

		if (e->kind != EVENT_OUTPUT || e->stream != stream || strcmp(e->who, who) != 0)
			continue;
		have += e->len;
		if (have >= want) {
			lua_pushinteger(L, (lua_Integer)i);
			return 1;
		}
	}
	return 0;
}

static struct flow *check_flow(lua_State *L, int arg)
{
	struct flow_table *t = timeline_flows(bind_play(L)->tl);
	lua_Integer i = luaL_checkinteger(L, arg);

	luaL_argcheck(L, i >= 0 && (size_t)i < flow_count(t), arg, "no such flow");
	return flow_get(t, (size_t)i);
}

/* flow_find("tcp"|"udp", address, port, address, port): index, or nil */
static int find(lua_State *L)
{
	static const char *const names[] = {"tcp", "udp", NULL};
	static const uint8_t protocols[] = {IPPROTO_TCP, IPPROTO_UDP};
	int protocol = luaL_checkoption(L, 1, NULL, names);
	struct packet_end a, b;
	struct flow *f;

	bind_end(L, 2, &a);
	bind_end(L, 4, &b);
	f = flow_find(timeline_flows(bind_play(L)->tl), protocols[protocol], &a, &b);
	if (!f)
		return 0;
	lua_pushinteger(L, f->index);
	return 1;
}

/* flow_end("tcp"|"udp", address, port, address, port): index, and which end the first of the two is
 * (0: the opener); nothing: no such flow */
static int find_end(lua_State *L)
{
	struct packet_end a;
	int pushed = find(L);

	if (pushed == 0)
		return 0;
	bind_end(L, 2, &a);
	const struct flow *f =
	    flow_get(timeline_flows(bind_play(L)->tl), (size_t)lua_tointeger(L, -1));
	lua_pushinteger(L, packet_end_equal(&f->side[0].end, &a) ? 0 : 1);
	return 2;
}

/* flow_on(port, nth): index of the nth flow (from 1) whose answering end has @port; nil when there
 * is none yet */
static int on(lua_State *L)
{
	struct flow_table *t = timeline_flows(bind_play(L)->tl);
	lua_Integer port = luaL_checkinteger(L, 1), nth = luaL_checkinteger(L, 2);

	for (size_t i = 0; i < flow_count(t); i++) {
		if (flow_get(t, i)->side[1].end.port == port && --nth == 0) {
			lua_pushinteger(L, (lua_Integer)i);
			return 1;
		}
	}
	return 0;
}

static void push_side(lua_State *L, struct timeline *tl, const struct flow_side *s)
{
	char text[46];
	int host = timeline_host_of(tl, &s->end.addr);

	lua_newtable(L);
	bind_set_text(L, "host", host >= 0 ? timeline_host(tl, host) : "?");
	bind_set_text(L, "address", packet_addr_text(&s->end.addr, text));
	bind_set_int(L, "port", s->end.port);
	bind_set_int(L, "isn", s->isn);
	bind_set_int(L, "next", (long long)s->next);
	bind_set_int(L, "acked", (long long)s->acked);
	bind_set_int(L, "bytes", (long long)s->bytes);
	bind_set_int(L, "packets", (long long)s->packets);
	bind_set_int(L, "retransmitted", (long long)s->retransmitted);
	bind_set_bool(L, "fin", s->fin);
	bind_set_bool(L, "rst", s->rst);
}

/* flow_info(index): what is known of it; [1] the opener's side, [2] the other */
static int info(lua_State *L)
{
	struct timeline *tl = bind_play(L)->tl;
	struct flow *f = check_flow(L, 1);

	lua_newtable(L);
	for (int i = 0; i < 2; i++) {
		push_side(L, tl, &f->side[i]);
		lua_rawseti(L, -2, i + 1);
	}
	bind_set_text(L, "ended", flow_end_text(f->ended));
	bind_set_int(L, "closed_first", f->closed_first + 1);
	bind_set_text(L, "protocol", f->protocol == IPPROTO_TCP ? "tcp" : "udp");
	return 1;
}

/* flow_stream(index, side): the bytes that side 1 or 2 sent */
static int stream(lua_State *L)
{
	struct flow *f = check_flow(L, 1);
	lua_Integer side = luaL_checkinteger(L, 2);

	luaL_argcheck(L, side == 1 || side == 2, 2, "1 or 2");
	lua_pushlstring(L, (const char *)f->side[side - 1].stream, f->side[side - 1].bytes);
	return 1;
}

/* Did @p bring its receiver that: the byte at @offset of the stream (from 0), the end of it, or a
 * reset? */
static bool brings(const struct timeline_packet *p, const char *what, uint64_t offset,
                   const char *byte)
{
	const struct flow_note *n = &p->note;
	uint64_t seq = offset + 1; /* the first byte's */

	if (*what == 'r')
		return p->packet.tcp.flags & TCP_RST;
	if (*what == 'e')
		return p->packet.tcp.flags & TCP_FIN;
	/* urgent bytes stand in the stream and not in what is read: then it is another byte there
	 */
	return n->seq <= seq && seq < n->seq + p->packet.payload_len &&
	       p->data[p->packet.payload_off + (seq - n->seq)] == (uint8_t)*byte;
}

/* packet_bringing(flow, side, "byte"|"end"|"reset"[, offset, byte]): number of the first packet of
 * that side (1, 2) that was delivered and brought it; nil: none did */
static int packet_bringing(lua_State *L)
{
	static const char *const names[] = {"byte", "end", "reset", NULL};
	struct timeline *tl = bind_play(L)->tl;
	const struct flow *f = check_flow(L, 1);
	lua_Integer side = luaL_checkinteger(L, 2);
	const char *what = names[luaL_checkoption(L, 3, NULL, names)];
	uint64_t offset = (uint64_t)luaL_optinteger(L, 4, 0);
	const char *byte = luaL_optstring(L, 5, "");

	for (int64_t n = f->first_number; n <= f->last_number; n++) {
		const struct timeline_packet *p = timeline_packet(tl, n);

		if (p->note.flow != f || p->note.dir != side - 1 || !p->delivered_at ||
		    p->packet.protocol != IPPROTO_TCP || !brings(p, what, offset, byte))
			continue;
		lua_pushinteger(L, n);
		return 1;
	}
	return 0;
}

/* datagram_to(host, port, bytes): number of the last datagram that was delivered to that port of
 * the host with these bytes in it; nil: there is none */
static int datagram_to(lua_State *L)
{
	struct timeline *tl = bind_play(L)->tl;
	lua_Integer host = luaL_checkinteger(L, 1), port = luaL_checkinteger(L, 2);
	size_t len;
	const char *bytes = luaL_checklstring(L, 3, &len);

	for (int64_t n = timeline_packets(tl); n > 0; n--) {
		const struct timeline_packet *p = timeline_packet(tl, n);

		if (p->to != host || !p->delivered_at || p->packet.protocol != IPPROTO_UDP ||
		    p->packet.dst.port != port || p->packet.payload_len != len ||
		    memcmp(p->data + p->packet.payload_off, bytes, len) != 0)
			continue;
		lua_pushinteger(L, n);
		return 1;
	}
	return 0;
}

/* packet_count(): highest number so far */
static int packet_count(lua_State *L)
{
	lua_pushinteger(L, timeline_packets(bind_play(L)->tl));
	return 1;
}

/* packet_text(number): the packet in a pattern's words */
static int packet_text(lua_State *L)
{
	struct timeline *tl = bind_play(L)->tl;
	struct timeline_packet *p = timeline_packet(tl, luaL_checkinteger(L, 1));
	struct buf b = {0};

	luaL_argcheck(L, p != NULL, 1, "no such packet");
	timeline_packet_text(tl, p, true, &b);
	lua_pushstring(L, buf_text(&b));
	buf_free(&b);
	return 1;
}

/* packet_time(number): ns; the kernel's where it is known */
static int packet_time(lua_State *L)
{
	struct timeline_packet *p = timeline_packet(bind_play(L)->tl, luaL_checkinteger(L, 1));
	struct err err;

	luaL_argcheck(L, p != NULL, 1, "no such packet");
	if (play_times(bind_play(L), &err) < 0)
		return bind_raise(L, &err);
	lua_pushinteger(L, p->kernel_at ? p->kernel_at : p->at);
	return 1;
}

/* first_fragment(): number of the first packet that is a piece of a datagram, the host that sent it
 * (-1: the harness), its source port (0: it has none); nothing where all are whole */
static int first_fragment(lua_State *L)
{
	struct timeline *tl = bind_play(L)->tl;

	for (int64_t n = 1; n <= timeline_packets(tl); n++) {
		const struct timeline_packet *p = timeline_packet(tl, n);

		if (!p->packet.fragment)
			continue;
		lua_pushinteger(L, n);
		lua_pushinteger(L, p->from);
		lua_pushinteger(L, p->packet.has_ports ? p->packet.src.port : 0);
		return 3;
	}
	return 0;
}

/* The row @i (from 1) of the list on top, as the Lua state holds it. */
static const char *ladder_row(lua_State *L, lua_Integer i)
{
	const char *text;

	lua_rawgeti(L, -1, i);
	lua_getfield(L, -1, "text");
	text = luaL_checkstring(L, -1);
	lua_pop(L, 2);
	return text;
}

/* ladder({ { flow = 0, lines = { { text = "client > server S" }, … } }, … }): the ladder's text */
static int ladder(lua_State *L)
{
	size_t count = lua_rawlen(L, 1);
	struct ladder_flow *flows = lua_newuserdatauv(L, (count + 1) * sizeof *flows, 0);
	struct buf out = {0};

	for (size_t i = 0; i < count; i++) {
		const char **rows;
		size_t lines;

		lua_rawgeti(L, 1, (lua_Integer)i + 1);
		lua_getfield(L, -1, "flow");
		lua_getfield(L, -2, "lines");
		lines = lua_rawlen(L, -1);
		flows[i] =
		    (struct ladder_flow){.flow = (int)luaL_checkinteger(L, -2), .count = lines};
		/* belongs to the list of rows from here on */
		rows = lua_newuserdatauv(L, (lines + 1) * sizeof *rows, 0);
		lua_setfield(L, -2, "rows");
		for (size_t k = 0; k < lines; k++)
			rows[k] = ladder_row(L, (lua_Integer)k + 1);
		flows[i].rows = rows;
		lua_pop(L, 3);
	}
	timeline_ladder(bind_play(L)->tl, flows, count, &out);
	lua_pushlstring(L, buf_text(&out), out.len);
	buf_free(&out);
	return 1;
}

void bind_evidence(lua_State *L, struct play *p)
{
	static const struct luaL_Reg rows[] = {
	    {"event", add_event},
	    {"begin_step", begin_step},
	    {"event_of_packet", event_of_packet},
	    {"event_of_output", event_of_output},
	    {"flow_find", find},
	    {"flow_end", find_end},
	    {"flow_on", on},
	    {"flow_info", info},
	    {"flow_stream", stream},
	    {"first_fragment", first_fragment},
	    {"ladder", ladder},
	    {"datagram_to", datagram_to},
	    {"packet_bringing", packet_bringing},
	    {"packet_count", packet_count},
	    {"packet_text", packet_text},
	    {"packet_time", packet_time},
	    {NULL, NULL},
	};

	bind_functions(L, p, rows);
}
