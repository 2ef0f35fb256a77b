/* SPDX-License-Identifier: MIT */
/*
 * scene_json.c - a scene as one JSON object, for other programs that draw
 *
 * {"title", "verdict", "sentence", "hosts": [], "flows": [{"name", "ended", "packets", "bytes",
 * "retransmitted"}], "rows": [{"kind", "event", "at_ns", "host", "who", "words", "mark", "line",
 * "first", "last", "arrow", "from", "to", "flow", "other", "kernel_at_ns", …}], "states": [{"row",
 * "host", "flow", "state", "asked"}]}. Numbers of flows are from 1, rows from 0. A packet's "at_ns"
 * is when it came onto the link, or arrived; "kernel_at_ns" when the sending kernel showed it.
 */
#include "base/mem.h"
#include "report/drawing.h"
#include <assert.h>
#include <jansson.h>

static const char *const kinds[] = {"step",    "expect", "call",   "output", "input",
                                    "program", "state",  "wire",   "note",   "packet",
                                    "arrival", "run",    "verdict"};
static_assert(sizeof kinds / sizeof *kinds == SCENE_VERDICT + 1, "a word for each kind");

static const char *const arrows[] = {"none", "whole",      "leaves", "arrives",
                                     "lost", "lost-later", "kept"};
static_assert(sizeof arrows / sizeof *arrows == ARROW_KEPT + 1, "a word for each arrow");

static void set(json_t *o, const char *key, json_t *value)
{
	json_object_set_new(o, key, value);
}

static void set_text(json_t *o, const char *key, const char *text)
{
	if (*text)
		set(o, key, json_string(text));
}

static void set_host(json_t *o, const char *key, const struct scene *s, int host)
{
	if (host >= 0)
		set(o, key, json_string(s->hosts[host]));
}

static json_t *row_json(const struct scene *s, const struct scene_row *r)
{
	json_t *o = json_object();

	set(o, "kind", json_string(kinds[r->kind]));
	if (r->kind != SCENE_VERDICT)
		set(o, "event", json_integer((json_int_t)r->event));
	set(o, "at_ns", json_integer(r->at));
	if (r->took > 0)
		set(o, "took_ns", json_integer(r->took));
	set_host(o, "host", s, r->host);
	set_text(o, "who", r->who);
	set_text(o, "words", r->words);
	set_text(o, "mark", r->mark);
	set_text(o, "step", r->step);
	if (r->line > 0)
		set(o, "line", json_integer(r->line));
	if (r->branch > 0)
		set(o, "branch", json_integer(r->branch));
	if (r->failed)
		set(o, "failed", json_true());
	if (r->divergence)
		set(o, "divergence", json_true());
	if (r->first > 0) {
		set(o, "first", json_integer(r->first));
		set(o, "last", json_integer(r->last));
	}
	if (r->kind == SCENE_RUN)
		set(o, "steps", json_integer((json_int_t)r->steps));
	if (r->flow >= 0)
		set(o, "flow", json_integer(r->flow + 1));
	if (r->arrow == ARROW_NONE)
		return o;
	if (r->kernel_at != 0)
		set(o, "kernel_at_ns", json_integer(r->kernel_at));
	set(o, "arrow", json_string(arrows[r->arrow]));
	set(o, "from", json_string(r->from >= 0 ? s->hosts[r->from] : "wire"));
	set(o, "to", json_string(r->to >= 0 ? s->hosts[r->to] : "nobody"));
	if (r->arrow == ARROW_LEAVES || r->kind == SCENE_ARRIVAL)
		set(o, "other", json_integer((json_int_t)r->other));
	return o;
}

static json_t *flow_json(const struct scene_flow *f)
{
	json_t *o = json_object(), *bytes = json_array();

	set(o, "name", json_string(f->name));
	set_text(o, "ended", f->ended);
	set(o, "packets", json_integer((json_int_t)f->packets));
	json_array_append_new(bytes, json_integer((json_int_t)f->bytes[0]));
	json_array_append_new(bytes, json_integer((json_int_t)f->bytes[1]));
	set(o, "bytes", bytes);
	set(o, "retransmitted", json_integer((json_int_t)f->retransmitted));
	return o;
}

static json_t *change_json(const struct scene *s, const struct scene_change *c)
{
	json_t *o = json_object();

	set(o, "row", json_integer((json_int_t)c->row));
	if (c->end >= 0) {
		set_host(o, "host", s, s->ends[c->end].host);
		set(o, "flow", json_integer(s->ends[c->end].flow + 1));
		set(o, "side", json_integer(s->ends[c->end].side));
	}
	set(o, "state", json_string(c->state));
	set(o, "asked", json_boolean(c->asked));
	if (c->differs)
		set(o, "differs", json_true());
	return o;
}

static int to_buf(const char *p, size_t len, void *arg)
{
	buf_add(arg, p, len);
	return 0;
}

void scene_json(const struct scene *s, struct buf *out)
{
	json_t *o = json_object(), *hosts = json_array(), *flows = json_array(),
	       *rows = json_array(), *states = json_array();

	for (size_t i = 0; i < s->host_count; i++)
		json_array_append_new(hosts, json_string(s->hosts[i]));
	for (size_t i = 0; i < s->flow_count; i++)
		json_array_append_new(flows, flow_json(&s->flows[i]));
	for (size_t i = 0; i < s->row_count; i++)
		json_array_append_new(rows, row_json(s, &s->rows[i]));
	for (size_t i = 0; i < s->change_count; i++)
		json_array_append_new(states, change_json(s, &s->changes[i]));
	set(o, "title", json_string(s->title));
	set(o, "verdict", json_string(s->verdict));
	set(o, "sentence", json_string(s->sentence));
	set(o, "hosts", hosts);
	set(o, "flows", flows);
	set(o, "rows", rows);
	set(o, "states", states);
	json_dump_callback(o, to_buf, out, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	buf_str(out, "\n");
	json_decref(o);
}
