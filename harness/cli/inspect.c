/* SPDX-License-Identifier: MIT */
/* inspect.c - `sockproof inspect`: what happened in a case, from its directory; or in a capture */
#include "cli/inspect.h"
#include "base/err.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "inspect/inspect.h"
#include "report/drawing.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The TCP connection with the most bytes; -1: there is none. */
static int busiest(const struct case_evidence *c)
{
	struct flow_table *t = timeline_flows(c->timeline);
	uint64_t most = 0;
	int found = -1;

	for (size_t i = 0; i < flow_count(t); i++) {
		const struct flow *f = flow_get(t, i);
		uint64_t bytes = f->side[0].bytes + f->side[1].bytes;

		if (f->protocol == 6 && (found < 0 || bytes > most)) {
			most = bytes;
			found = (int)i;
		}
	}
	return found;
}

static int draw_graph(const struct inspect_request *o, const struct case_evidence *c, int wanted)
{
	int flow = wanted > 0 ? wanted - 1 : busiest(c);
	struct drawing_setting set = {0};
	struct buf b = {0};
	int status;

	if (flow < 0)
		return cli_complain(EXIT_USAGE, "%s: there is no TCP connection in it to draw",
		                    o->path);
	if (graph_svg(c, (unsigned)flow, &set, &b) < 0)
		return cli_complain(
		    EXIT_USAGE, "--flow %llu is no TCP connection; --graph draws sequence numbers",
		    (unsigned long long)o->flow);
	status = cli_out(o->out, &b);
	buf_free(&b);
	return status;
}

/* One conversation in the words of its table: a datagram in pieces counts once there, and a head of
 * our own would not know pieces for one. More than one flow: a SYN-ACK changed the numbers in the
 * middle of it, and each is told as it is. */
static void say_as_table(struct scene *s, const struct inspect_flow *t, struct buf *name)
{
	bool tcp = t->protocol == 6;
	struct scene_flow *f;

	if (s->flow_count > 1)
		return;
	if (s->flow_count == 0) {
		s->flows = mem_grow(s->flows, 1, sizeof *s->flows);
		s->flows[0] = (struct scene_flow){.ends = {-1, -1}, .tcp = tcp};
		s->flow_count = 1;
	}
	f = &s->flows[0];
	for (int n = 0; n < 2; n++) {
		char address[46];

		buf_printf(name, "%s%s:%u", n == 0 ? (tcp ? "tcp " : "udp ") : " > ",
		           packet_addr_text(&t->side[n].end.addr, address), t->side[n].end.port);
		f->bytes[n] = t->side[n].payload;
	}
	f->name = buf_text(name);
	f->ended = tcp || t->ended != FLOW_OPEN ? flow_end_text(t->ended) : "";
	f->packets = t->side[0].packets + t->side[1].packets;
	f->retransmitted = t->side[0].retransmissions + t->side[1].retransmissions;
}

static int draw_ladder(const struct inspect_request *o, const struct case_evidence *c, int flow,
                       const struct inspect_flow *table)
{
	struct scene_setting how = {.flow = flow, .every_row = o->all};
	struct drawing_setting set = {.axis = o->axis == 1 ? AXIS_TIME : AXIS_EVENT};
	struct scene s;
	struct buf b = {0}, name = {0};
	int status;

	scene_make(&s, c, &how);
	if (table)
		say_as_table(&s, table, &name);
	if (o->format == FORMAT_SVG)
		ladder_svg(&s, &set, &b);
	else if (o->format == FORMAT_MERMAID)
		ladder_mermaid(&s, &b);
	else if (o->format == FORMAT_JSON)
		scene_json(&s, &b);
	else
		ladder_text(&s, &b);
	scene_free(&s);
	buf_free(&name);
	status = cli_out(o->out, &b);
	buf_free(&b);
	return status;
}

int inspect_draw(const struct inspect_request *r, const struct case_evidence *c, int flow,
                 const struct inspect_flow *table)
{
	return r->graph ? draw_graph(r, c, flow) : draw_ladder(r, c, flow, table);
}

static bool has_capture(const char *directory)
{
	char *path = mem_printf("%s/capture.pcapng", directory);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

static int complain(const struct inspect_request *o, const struct err *err)
{
	if (err->code == ENOTDIR)
		return cli_complain(EXIT_USAGE, "%s", err->text);
	if (err->code == ENOENT)
		return cli_complain(EXIT_USAGE,
		                    "%s; a case directory is what `sockproof run` leaves below "
		                    "sockproof-out, one a case",
		                    err->text);
	return cli_complain(EXIT_ERRED, "%s; a case is shown whole or not at all%s", err->text,
	                    has_capture(o->path)
	                        ? ", and what can be read of its packets is shown by inspecting "
	                          "capture.pcapng"
	                        : "");
}

static int inspect_case(const struct inspect_request *o)
{
	struct case_evidence c;
	struct err err;
	int status;

	if (case_evidence_load(&c, o->path, &err) < 0)
		return complain(o, &err);
	if (o->flow > flow_count(timeline_flows(c.timeline)))
		status = cli_complain(EXIT_USAGE, "--flow %llu: there %s %zu in %s",
		                      (unsigned long long)o->flow,
		                      flow_count(timeline_flows(c.timeline)) == 1 ? "is" : "are",
		                      flow_count(timeline_flows(c.timeline)), o->path);
	else
		status = inspect_draw(o, &c, (int)o->flow, NULL);
	case_evidence_free(&c);
	return status;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int cli_inspect(int argc, char **argv)
{
	struct inspect_request r;
	int status = inspect_request_read(&r, argc, argv);

	if (status >= 0)
		return status;
	if (!is_folder(r.path))
		return inspect_capture(&r);
	if (r.table_said || r.filter || r.format == FORMAT_CSV)
		return cli_complain(EXIT_USAGE,
		                    "%s is a case directory; --sort, --top, --filter and csv are "
		                    "for captures, such as the capture.pcapng in it",
		                    r.path);
	return inspect_case(&r);
}
