/* SPDX-License-Identifier: MIT */
/*
 * html_case.c - what the page shows of one case, as packed JSON
 *
 * {"expected", "happened", "reason", "explanation", "file", "line", "command", "directory",
 * "facts": [[name, value]], "ladders": {"event", "time"}, "graphs": [[name, SVG, packets]],
 * "packets": [[n, at, from, to, words, fate, cause, base64, bytes, seen by the sender's
 * kernel or null]], "outputs": [[name, stream,
 * text, bytes, shown of them or 0]], "states": [[at, host, who, words, line]], "sockets": [[host,
 * protocol, state, local, remote, owner, receive queue, send queue]], "hosts": [[name, addresses,
 * sysctls]], "harness_sysctls", "files": [name]}. Of graphs, packets and outputs these are the
 * first; "graph_count", "packet_count" and "output_count" are how many there are. "damaged" instead
 * of what is read from the case directory when that cannot be read. page/case.js reads it, and says
 * what is not all.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "evidence/load.h"
#include "report/drawing.h"
#include "report/format.h"
#include "report/html_own.h"
#include <dirent.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a page shows of long things, and says so; the files of the case directory have all of it. */
#define GRAPHS_BYTES ((size_t)384 * 1024) /* of SVG; the first is drawn however long it is */
#define PACKETS_MOST 5000
#define BYTES_MOST   ((size_t)24 * 1024) /* of packets, in all; behind that their heads only */
#define BYTES_HEAD   96
#define OUTPUT_MOST  ((size_t)12 * 1024) /* of each stream */
#define OUTPUTS_MOST 40                  /* programs' streams */

/* A JSON text of anything; jansson refuses what is not UTF-8. */
static json_t *line(const char *s)
{
	struct buf b = {0};
	json_t *j;

	report_line(&b, s);
	j = json_stringn(buf_text(&b), b.len);
	buf_free(&b);
	return j;
}

static json_t *block(const char *s)
{
	struct buf b = {0};
	json_t *j;

	report_block(&b, s, "");
	j = json_stringn(buf_text(&b), b.len);
	buf_free(&b);
	return j;
}

static json_t *taken(struct buf *b)
{
	json_t *j = json_stringn(buf_text(b), b->len);

	buf_free(b);
	return j;
}

/* Rounded as drawing_at() does it: the page may not say of one moment two things. */
static json_t *milliseconds(int64_t ns)
{
	char text[32];

	snprintf(text, sizeof text, "%.3f", (double)ns / (double)NS_PER_MS);
	return json_real(strtod(text, NULL));
}

/* Pictures ----------------------------------------------------------------------------------------
 */

static void add_ladders(json_t *o, const struct case_evidence *c)
{
	static const char *const axes[] = {[AXIS_EVENT] = "event", [AXIS_TIME] = "time"};
	struct scene_setting how = {0};
	json_t *ladders = json_object();
	struct scene s;

	scene_make(&s, c, &how);
	for (int axis = AXIS_EVENT; axis <= AXIS_TIME; axis++) {
		struct drawing_setting set = {.axis = (enum drawing_axis)axis,
		                              .prefix = axis == AXIS_EVENT ? "e-" : "t-",
		                              .bare = true};
		struct buf b = {0};

		ladder_svg(&s, &set, &b);
		json_object_set_new(ladders, axes[axis], taken(&b));
	}
	json_object_set_new(o, "ladders", ladders);
	json_object_set_new(o, "happened", line(s.sentence));
	scene_free(&s);
}

/* The TCP connections, as they were opened; of many those that come first. */
static void add_graphs(json_t *o, const struct case_evidence *c)
{
	const struct flow_table *t = timeline_flows(c->timeline);
	json_t *graphs = json_array();
	size_t bytes = 0, count = 0;

	for (size_t i = 0; i < flow_count(t); i++)
		count += flow_get(t, i)->protocol == IPPROTO_TCP;
	for (size_t i = 0; i < flow_count(t) && bytes < GRAPHS_BYTES; i++) {
		char *prefix = mem_printf("g%zu-", i + 1);
		struct drawing_setting set = {.prefix = prefix, .bare = true};
		struct buf b = {0};

		if (graph_svg(c, (unsigned)i, &set, &b) == 0) {
			const struct flow *f = flow_get(t, i);
			uint64_t packets = f->side[0].packets + f->side[1].packets;
			char *name = mem_printf("connection %zu", i + 1);

			bytes += b.len;
			json_array_append_new(
			    graphs, json_pack("[soI]", name, taken(&b), (json_int_t)packets));
			free(name);
		}
		buf_free(&b);
		free(prefix);
	}
	json_object_set_new(o, "graphs", graphs);
	json_object_set_new(o, "graph_count", json_integer((json_int_t)count));
}

/* Evidence ----------------------------------------------------------------------------------------
 */

static void add_packets(json_t *o, const struct timeline *tl)
{
	json_t *list = json_array();
	size_t bytes = 0;

	for (int64_t n = 1; n <= timeline_sealed_packets(tl) && n <= PACKETS_MOST; n++) {
		const struct timeline_packet *p = timeline_packet(tl, n);
		size_t len = bytes > BYTES_MOST && p->len > BYTES_HEAD ? BYTES_HEAD : p->len;
		const char *role = timeline_packet_role(p);
		struct buf words = {0}, data = {0};
		json_t *row = json_array();

		bytes += p->len;
		timeline_packet_text(tl, p, false, &words);
		html_base64(&data, p->data, len);
		json_array_append_new(row, json_integer(n));
		json_array_append_new(row, milliseconds(p->at - timeline_began(tl)));
		json_array_append_new(row, line(timeline_src(tl, p)));
		json_array_append_new(row, line(timeline_dst(tl, p)));
		json_array_append_new(row, line(buf_text(&words)));
		json_array_append_new(row, json_string(packet_fate_text(p->fate)));
		json_array_append_new(row, line(p->cause ? p->cause : role ? role : ""));
		json_array_append_new(row, taken(&data));
		json_array_append_new(row, json_integer((json_int_t)p->len));
		json_array_append_new(row, p->kernel_at
		                               ? milliseconds(p->kernel_at - timeline_began(tl))
		                               : json_null());
		json_array_append_new(list, row);
		buf_free(&words);
	}
	json_object_set_new(o, "packets", list);
	json_object_set_new(o, "packet_count",
	                    json_integer((json_int_t)timeline_sealed_packets(tl)));
}

/* What @who wrote into @stream, put together. */
static json_t *output(const struct timeline *tl, const char *who, int stream)
{
	static const char *const names[] = {"stdin", "stdout", "stderr"};
	struct buf all = {0}, shown = {0};
	json_t *row = json_array();

	for (size_t k = 0; k < timeline_sealed_count(tl); k++) {
		const struct event *e = timeline_get(tl, k);

		if (e->kind == EVENT_OUTPUT && e->stream == stream && strcmp(e->who, who) == 0)
			buf_add(&all, e->data, e->len);
	}
	for (const char *p = buf_text(&all),
	                *end = p + (all.len < OUTPUT_MOST ? all.len : OUTPUT_MOST);
	     p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl : end) - p);

		text_one_line(&shown, p, len);
		if (nl)
			buf_str(&shown, "\n");
		p += len + (nl != NULL);
	}
	json_array_append_new(row, line(who));
	json_array_append_new(row, json_string(names[stream]));
	json_array_append_new(row, taken(&shown));
	json_array_append_new(row, json_integer((json_int_t)all.len));
	json_array_append_new(row,
	                      json_integer(all.len > OUTPUT_MOST ? (json_int_t)OUTPUT_MOST : 0));
	buf_free(&all);
	return row;
}

static bool wrote(const struct timeline *tl, const struct event *first, size_t before)
{
	for (size_t k = 0; k < before; k++) {
		const struct event *e = timeline_get(tl, k);

		if (e->kind == EVENT_OUTPUT && e->stream == first->stream &&
		    strcmp(e->who, first->who) == 0)
			return true;
	}
	return false;
}

static void add_outputs(json_t *o, const struct timeline *tl)
{
	json_t *list = json_array();
	size_t count = 0;

	for (size_t i = 0; i < timeline_sealed_count(tl); i++) {
		const struct event *e = timeline_get(tl, i);

		if (e->kind != EVENT_OUTPUT || e->stream < 1 || e->stream > 2 || wrote(tl, e, i))
			continue;
		if (count++ < OUTPUTS_MOST)
			json_array_append_new(list, output(tl, e->who, e->stream));
	}
	json_object_set_new(o, "outputs", list);
	json_object_set_new(o, "output_count", json_integer((json_int_t)count));
}

static void add_states(json_t *o, const struct timeline *tl)
{
	json_t *list = json_array();

	for (size_t i = 0; i < timeline_sealed_count(tl); i++) {
		const struct event *e = timeline_get(tl, i);
		json_t *row;

		if (e->kind != EVENT_STATE)
			continue;
		row = json_array();
		json_array_append_new(row, milliseconds(e->at - timeline_began(tl)));
		json_array_append_new(row, line(e->host >= 0 ? timeline_host(tl, e->host) : ""));
		json_array_append_new(row, line(e->who));
		json_array_append_new(row, line(e->text));
		json_array_append_new(row, json_integer(e->line));
		json_array_append_new(list, row);
	}
	json_object_set_new(o, "states", list);
}

/* "net.ipv4.tcp_rmem = 4096 131072 524288 (kernel: …)", a line each. */
static void add_harness_sysctls(json_t *o, json_t *sysctls)
{
	struct buf all = {0};
	const char *name;
	json_t *one;

	json_object_foreach(sysctls, name, one)
	{
		buf_str(&all, all.len > 0 ? "\n" : "");
		report_line(&all, name);
		buf_str(&all, " = ");
		report_line(&all, case_text(one, "value"));
		buf_str(&all, " (kernel: ");
		report_line(&all, *case_text(one, "kernel") ? case_text(one, "kernel") : "unknown");
		buf_str(&all, ")");
	}
	json_object_set_new(o, "harness_sysctls", taken(&all));
}

/* What the files said, as far as they are the objects they should be: cleaned of what is no text
 * for people. */
static void add_facts(json_t *o, const json_t *facts)
{
	static const char *const keys[] = {"kernel", "machine", "libpcap", "sockproof",
	                                   "clock",  "qemu",    "world",   "link"};
	json_t *list = json_array(), *hosts = json_array(), *host;
	const char *name;
	size_t i;
	json_t *value;

	for (i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (*case_text(facts, keys[i]))
			json_array_append_new(
			    list, json_pack("[so]", keys[i], line(case_text(facts, keys[i]))));
	}
	if (json_is_integer(json_object_get(facts, "seed")))
		json_array_append_new(list,
		                      json_pack("[sO]", "seed", json_object_get(facts, "seed")));
	json_object_set_new(o, "facts", list);
	json_array_foreach(json_object_get(facts, "hosts"), i, host)
	{
		struct buf addresses = {0}, sysctls = {0};
		size_t k;

		json_array_foreach(json_object_get(host, "addresses"), k, value)
		{
			buf_str(&addresses, k > 0 ? ", " : "");
			report_line(&addresses, json_string_value(value));
		}
		json_object_foreach(json_object_get(host, "sysctls"), name, value)
		{
			buf_str(&sysctls, sysctls.len > 0 ? "\n" : "");
			report_line(&sysctls, name);
			buf_str(&sysctls, " = ");
			report_line(&sysctls, json_string_value(value));
		}
		json_array_append_new(hosts, json_pack("[ooo]", line(case_text(host, "name")),
		                                       taken(&addresses), taken(&sysctls)));
	}
	json_object_set_new(o, "hosts", hosts);
	add_harness_sysctls(o, json_object_get(facts, "harness_sysctls"));
}

static int shown_file(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void add_files(json_t *o, const char *directory)
{
	json_t *files = json_array();
	struct dirent **list;
	int count = scandir(directory, &list, shown_file, alphasort);

	for (int i = 0; i < count; i++) {
		json_array_append_new(files, line(list[i]->d_name));
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	json_object_set_new(o, "files", files);
}

/* Rows of sockets.json, which older runs have not: texts cleaned, columns as the page has them. */
static void add_sockets(json_t *o, const char *directory)
{
	static const char *const texts[] = {"host",  "protocol", "state",
	                                    "local", "remote",   "owner"};
	char *path = mem_printf("%s/sockets.json", directory);
	json_t *list = json_array(), *all = json_load_file(path, 0, NULL), *row;
	size_t i;

	json_array_foreach(all, i, row)
	{
		json_t *shown = json_array();

		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			json_array_append_new(shown, line(case_text(row, texts[k])));
		json_array_append_new(
		    shown, json_integer(json_integer_value(json_object_get(row, "receive_queue"))));
		json_array_append_new(
		    shown, json_integer(json_integer_value(json_object_get(row, "send_queue"))));
		json_array_append_new(list, shown);
	}
	json_object_set_new(o, "sockets", list);
	json_decref(all);
	free(path);
}

static void add_evidence(json_t *o, const char *directory)
{
	struct case_evidence c;
	struct err err;

	add_files(o, directory);
	if (case_evidence_load(&c, directory, &err) < 0) {
		json_object_set_new(o, "damaged", line(err.text));
		return;
	}
	add_ladders(o, &c);
	add_graphs(o, &c);
	add_packets(o, c.timeline);
	add_outputs(o, c.timeline);
	add_states(o, c.timeline);
	add_sockets(o, directory);
	add_facts(o, c.facts);
	case_evidence_free(&c);
}

static int to_buf(const char *p, size_t len, void *arg)
{
	buf_add(arg, p, len);
	return 0;
}

void html_case_pack(const struct html_case *c, struct buf *out)
{
	const struct result *r = &c->result;
	json_t *o = json_object();
	struct buf text = {0};

	json_object_set_new(o, "verdict", json_string(verdict_text(r->verdict)));
	json_object_set_new(o, "expected", line(r->title));
	json_object_set_new(o, "reason", line(r->reason));
	if (r->explanation)
		json_object_set_new(o, "explanation", block(r->explanation));
	json_object_set_new(o, "file", line(r->file));
	json_object_set_new(o, "line", json_integer(r->line));
	json_object_set_new(o, "command", line(r->command));
	json_object_set_new(o, "directory", line(r->directory));
	json_object_set_new(o, "duration", milliseconds(r->duration));
	if (*r->directory)
		add_evidence(o, r->directory);
	json_dump_callback(o, to_buf, &text, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(o);
	html_pack(out, text.p, text.len);
	buf_free(&text);
}
