/* SPDX-License-Identifier: MIT */
/* inspect.c - `sockproof inspect`: what happened in a case, from its directory */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "evidence/load.h"
#include "report/drawing.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: sockproof inspect CASE-DIR [OPTION…]\n\n"
    "What happened in a case, from the directory that `sockproof run` left: its verdict in one\n"
    "sentence, its flows, and its ladder: steps, output, packets and states in their order.\n\n"
    "  --format F   text (80 columns, the default), svg, mermaid or json\n"
    "  --axis A     of an SVG: event (even rows, the default) or time (to scale)\n"
    "  --flow N     only the packets and states of this flow, as they are numbered at the top\n"
    "  --graph      sequence numbers over time of one TCP connection, as SVG; --flow N says which\n"
    "               (without it the one with the most bytes)\n"
    "  --all        a row for each packet, however many are alike\n"
    "  --out FILE   there instead of standard output\n\n"
    "examples:\n"
    "  sockproof inspect sockproof-out/close/half-close/reference/family-ipv4\n"
    "  sockproof inspect CASE-DIR --format svg --axis time --out ladder.svg\n"
    "  sockproof inspect CASE-DIR --graph --flow 2 --out graph.svg\n"
    "  sockproof inspect CASE-DIR --format mermaid\n\n"
    "exit status: 0 told, 2 wrong use, 4 the directory is damaged or FILE cannot be written\n";

enum format { FORMAT_TEXT, FORMAT_SVG, FORMAT_MERMAID, FORMAT_JSON, FORMAT_COUNT };
static const char *const formats[] = {"text", "svg", "mermaid", "json"};
static const char *const axes[] = {"event", "time"};

struct inspect_options {
	const char *path, *out; /* borrowed from argv */
	int format, axis;
	int flow; /* from 1; 0: all */
	bool graph, all, format_said, axis_said;
};

/* Index of @text in @words, or -1 when it has complained. */
static int choose(const char *option, const char *text, const char *const *words, int count)
{
	struct buf known = {0};

	for (int i = 0; i < count; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
		buf_printf(&known, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", words[i]);
	}
	cli_complain(EXIT_USAGE, "--%s %s: there are %s", option, text, buf_text(&known));
	buf_free(&known);
	return -1;
}

static int read_flow(const char *text, int *flow)
{
	uint64_t n;

	if (!text_u64(text, strlen(text), &n) || n == 0 || n > INT32_MAX)
		return cli_complain(EXIT_USAGE, "--flow %s: a flow's number, from 1", text);
	*flow = (int)n;
	return -1;
}

/* Returns -1 to go on, otherwise the exit status. */
static int read_options(struct inspect_options *o, int argc, char **argv)
{
	static const struct option options[] = {
	    {"format", required_argument, NULL, 'f'}, {"axis", required_argument, NULL, 'a'},
	    {"flow", required_argument, NULL, 'n'},   {"graph", no_argument, NULL, 'g'},
	    {"all", no_argument, NULL, 'A'},          {"out", required_argument, NULL, 'o'},
	    {"help", no_argument, NULL, 'h'},         {0}};
	int c, status = -1;

	while (status < 0 && (c = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		switch (c) {
		case 'h':
			fputs(help, stdout);
			return EXIT_PASSED;
		case 'f':
			o->format = choose("format", optarg, formats, FORMAT_COUNT);
			o->format_said = true;
			status = o->format < 0 ? EXIT_USAGE : -1;
			break;
		case 'a':
			o->axis = choose("axis", optarg, axes, 2);
			o->axis_said = true;
			status = o->axis < 0 ? EXIT_USAGE : -1;
			break;
		case 'n':
			status = read_flow(optarg, &o->flow);
			break;
		case 'g':
			o->graph = true;
			break;
		case 'A':
			o->all = true;
			break;
		case 'o':
			o->out = optarg;
			break;
		default:
			return cli_complain(EXIT_USAGE,
			                    "sockproof inspect --help tells the options");
		}
	}
	if (status >= 0)
		return status;
	if (optind + 1 != argc) {
		fputs(help, stderr);
		return EXIT_USAGE;
	}
	o->path = argv[optind];
	return -1;
}

static int check_options(struct inspect_options *o)
{
	if (o->graph && o->format_said && o->format != FORMAT_SVG)
		return cli_complain(EXIT_USAGE, "--graph is drawn as svg only");
	if (o->graph && (o->axis_said || o->all))
		return cli_complain(EXIT_USAGE,
		                    "--axis and --all are for ladders, not for --graph");
	if (o->axis_said && o->format != FORMAT_SVG)
		return cli_complain(EXIT_USAGE,
		                    "--axis is for --format svg; the others have rows by event");
	return -1;
}

static int put(const struct inspect_options *o, const struct buf *b)
{
	FILE *f = o->out ? fopen(o->out, "we") : stdout;
	bool bad = !f || fwrite(buf_text(b), 1, b->len, f) != b->len || fflush(f) != 0;
	int code = errno;

	if (f && o->out && fclose(f) != 0 && !bad) {
		bad = true;
		code = errno;
	}
	if (bad)
		return cli_complain(EXIT_ERRED, "%s: %s", o->out ? o->out : "standard output",
		                    strerror(code));
	return EXIT_PASSED;
}

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

static int draw_graph(const struct inspect_options *o, const struct case_evidence *c)
{
	int flow = o->flow > 0 ? o->flow - 1 : busiest(c);
	struct drawing_setting set = {0};
	struct buf b = {0};
	int status;

	if (flow < 0)
		return cli_complain(EXIT_USAGE, "%s: there is no TCP connection in it to draw",
		                    o->path);
	if (graph_svg(c, (unsigned)flow, &set, &b) < 0)
		return cli_complain(
		    EXIT_USAGE, "--flow %d is no TCP connection; --graph draws sequence numbers",
		    o->flow);
	status = put(o, &b);
	buf_free(&b);
	return status;
}

static int draw_ladder(const struct inspect_options *o, const struct case_evidence *c)
{
	struct scene_setting how = {.flow = o->flow, .every_row = o->all};
	struct drawing_setting set = {.axis = o->axis == 1 ? AXIS_TIME : AXIS_EVENT};
	struct scene s;
	struct buf b = {0};
	int status;

	scene_make(&s, c, &how);
	if (o->format == FORMAT_SVG)
		ladder_svg(&s, &set, &b);
	else if (o->format == FORMAT_MERMAID)
		ladder_mermaid(&s, &b);
	else if (o->format == FORMAT_JSON)
		scene_json(&s, &b);
	else
		ladder_text(&s, &b);
	scene_free(&s);
	status = put(o, &b);
	buf_free(&b);
	return status;
}

static int inspect_case(const struct inspect_options *o)
{
	struct case_evidence c;
	struct err err;
	int status;

	if (case_evidence_load(&c, o->path, &err) < 0)
		return cli_complain(
		    err.code == ENOENT || err.code == ENOTDIR ? EXIT_USAGE : EXIT_ERRED, "%s%s",
		    err.text,
		    err.code == ENOENT ? "; a case directory is what `sockproof run` leaves below "
		                         "sockproof-out, one a case"
		                       : "");
	if (o->flow > 0 && (size_t)o->flow > flow_count(timeline_flows(c.timeline)))
		status = cli_complain(EXIT_USAGE, "--flow %d: there are %zu in %s", o->flow,
		                      flow_count(timeline_flows(c.timeline)), o->path);
	else
		status = o->graph ? draw_graph(o, &c) : draw_ladder(o, &c);
	case_evidence_free(&c);
	return status;
}

int cli_inspect(int argc, char **argv)
{
	struct inspect_options o = {0};
	int status = read_options(&o, argc, argv);

	if (status < 0)
		status = check_options(&o);
	return status < 0 ? inspect_case(&o) : status;
}
