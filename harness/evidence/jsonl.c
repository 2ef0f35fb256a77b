/* SPDX-License-Identifier: MIT */
/*
 * jsonl.c - the timeline as JSON lines, for other programs
 *
 * Times are nanoseconds since the case began. "data" is the bytes as text_escape() writes them.
 */
#include "base/mem.h"
#include "base/text.h"
#include "evidence/casedir.h"
#include <jansson.h>
#include <string.h>

/* Any bytes are taken: what is not UTF-8 is escaped, so that the line stays JSON. */
static json_t *text_json(const char *s)
{
	json_t *j = json_string(s);
	struct buf escaped = {0};

	if (j)
		return j;
	text_escape(&escaped, s, strlen(s), 0);
	j = json_string(buf_text(&escaped));
	buf_free(&escaped);
	return j;
}

static json_t *bytes_json(const void *p, size_t len)
{
	struct buf escaped = {0};
	json_t *j;

	text_escape(&escaped, p, len, 0);
	j = json_stringn(buf_text(&escaped), escaped.len);
	buf_free(&escaped);
	return j;
}

static void set_time(json_t *o, const char *key, const struct timeline *tl, int64_t at)
{
	if (at != 0)
		json_object_set_new(o, key, json_integer(at - timeline_began(tl)));
}

static void add_packet(json_t *o, const struct timeline *tl, const struct timeline_packet *p)
{
	json_object_set_new(o, "packet", json_integer(p->number));
	json_object_set_new(o, "from", text_json(timeline_host(tl, p->from)));
	json_object_set_new(o, "to", text_json(p->to < 0 ? "nobody" : timeline_host(tl, p->to)));
	json_object_set_new(o, "len", json_integer((json_int_t)p->len));
	json_object_set_new(o, "fate", json_string(packet_fate_text(p->fate)));
	set_time(o, "kernel_at_ns", tl, p->kernel_at);
	set_time(o, "delivered_at_ns", tl, p->delivered_at);
	if (p->note.flow) {
		json_object_set_new(o, "flow", json_integer((json_int_t)p->note.flow->index + 1));
		json_object_set_new(o, "direction", json_integer(p->note.dir));
		if (p->note.retransmission)
			json_object_set_new(o, "retransmission", json_true());
	}
	if (p->cause)
		json_object_set_new(o, "cause", text_json(p->cause));
}

static json_t *event_json(const struct timeline *tl, const struct event *e)
{
	const struct timeline_packet *p = timeline_packet(tl, e->packet);
	json_t *o = json_object();

	json_object_set_new(o, "n", json_integer((json_int_t)e->index));
	json_object_set_new(o, "at_ns", json_integer(e->at - timeline_began(tl)));
	json_object_set_new(o, "kind", json_string(event_kind_text(e->kind)));
	json_object_set_new(o, "who", text_json(e->who));
	if (e->data) {
		if (e->kind == EVENT_OUTPUT)
			json_object_set_new(o, "stream",
			                    json_string(e->stream == 2 ? "stderr" : "stdout"));
		json_object_set_new(o, "len", json_integer((json_int_t)e->len));
		json_object_set_new(o, "data", bytes_json(e->data, e->len));
	} else {
		json_object_set_new(o, "text", text_json(e->text));
	}
	if (e->line > 0)
		json_object_set_new(o, "line", json_integer(e->line));
	if (e->branch > 0)
		json_object_set_new(o, "branch", json_integer(e->branch));
	if (e->kind == EVENT_PACKET && p)
		add_packet(o, tl, p);
	else if (e->packet > 0)
		json_object_set_new(o, "packet", json_integer(e->packet));
	if (e->host >= 0)
		json_object_set_new(o, "host", text_json(timeline_host(tl, e->host)));
	if (e->flow >= 0) {
		json_object_set_new(o, "flow", json_integer(e->flow + 1));
		json_object_set_new(o, "direction", json_integer(e->side));
	}
	if (e->kind == EVENT_CALL)
		json_object_set_new(o, "took_ns", json_integer(e->took));
	if (e->varies)
		json_object_set_new(o, "varies", json_true());
	return o;
}

static int to_buf(const char *p, size_t len, void *arg)
{
	buf_add(arg, p, len);
	return 0;
}

void timeline_jsonl(const struct timeline *tl, struct buf *out)
{
	for (size_t i = 0; i < timeline_sealed_count(tl); i++) {
		json_t *o = event_json(tl, timeline_get(tl, i));

		json_dump_callback(o, to_buf, out, JSON_COMPACT);
		json_decref(o);
		buf_add(out, "\n", 1);
	}
}
