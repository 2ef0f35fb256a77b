/* SPDX-License-Identifier: MIT */
/* diff.c - `sockproof diff`: where two cases or captures part */
#include "diff/diff.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/folder.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char help[] =
    "usage: sockproof diff A B [OPTION…]\n\n"
    "Two case directories or captures (pcap, pcapng), or one of each, compared by what they mean:\n"
    "where they part first, what differs behind, and of which kind it is. What a kernel may "
    "choose\n"
    "(segmentation, ACKs, windows, retransmissions, which direction spoke first) is told as "
    "manner\n"
    "and does not part them; ports that a kernel chose, sequence numbers and times are not "
    "compared.\n"
    "A and B may also be folders of many cases, such as two --out of `sockproof run`: they are\n"
    "compared case by case, by name.\n\n"
    "  --time TOLERANCE     times too: packets more than TOLERANCE apart (10ms, 1s) part\n"
    "  --format F           text (the default), json or html\n"
    "  --all                every difference and every row, not the first ones\n"
    "  --out FILE           there instead of standard output\n\n"
    "examples:\n"
    "  sockproof diff sockproof-out/close/half-close/reference/family-ipv4 \\\n"
    "                 sockproof-out/close/half-close/reference/family-ipv6\n"
    "  sockproof diff before after                     two runs, case by case\n"
    "  sockproof diff CASE-DIR capture.pcap --time 10ms\n"
    "  sockproof diff old.pcapng new.pcapng --format html --out diff.html\n\n"
    "exit status: 0 they mean the same, 1 they part, 2 wrong use, 4 what is there cannot be "
    "compared\n"
    "(damaged, captured in part, of a link type that is not read, nothing of IP in it) or a file\n"
    "cannot be written\n";

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML };

struct diff_options {
	const char *path[2], *out; /* borrowed from argv */
	enum format format;
	struct diff_setting set;
	struct diff_look look;
};

static int read_format(const char *text, enum format *format)
{
	static const char *const formats[] = {"text", "json", "html"};

	for (int i = 0; i < 3; i++) {
		if (strcmp(text, formats[i]) == 0) {
			*format = (enum format)i;
			return -1;
		}
	}
	return cli_complain(EXIT_USAGE, "--format %s: there are text, json and html", text);
}

/* Returns -1 to go on, otherwise the exit status. */
static int read_options(struct diff_options *o, int argc, char **argv)
{
	static const struct option options[] = {
	    {"time", required_argument, NULL, 't'}, {"format", required_argument, NULL, 'f'},
	    {"all", no_argument, NULL, 'a'},        {"out", required_argument, NULL, 'o'},
	    {"help", no_argument, NULL, 'h'},       {0}};
	int c, status = -1;

	while (status < 0 && (c = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		switch (c) {
		case 'h':
			fputs(help, stdout);
			return EXIT_PASSED;
		case 't':
			o->set.time = true;
			if (!text_duration(optarg, strlen(optarg), &o->set.tolerance))
				status = cli_complain(EXIT_USAGE,
				                      "--time %s: a duration such as 10ms or 1s is "
				                      "wanted",
				                      optarg);
			break;
		case 'f':
			status = read_format(optarg, &o->format);
			break;
		case 'a':
			o->look.all = true;
			break;
		case 'o':
			o->out = optarg;
			break;
		default:
			return cli_complain(EXIT_USAGE, "sockproof diff --help tells the options");
		}
	}
	if (status >= 0)
		return status;
	if (optind + 2 != argc) {
		fputs(help, stderr);
		return EXIT_USAGE;
	}
	o->path[0] = argv[optind];
	o->path[1] = argv[optind + 1];
	return -1;
}

static void add_json(json_t *j, struct buf *out)
{
	char *text = json_dumps(j, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	buf_printf(out, "%s\n", text ? text : "null");
	free(text);
	json_decref(j);
}

static void show(const struct diff_options *o, const struct diff *d, struct buf *out)
{
	switch (o->format) {
	case FORMAT_TEXT:
		diff_text(d, &o->look, out);
		break;
	case FORMAT_JSON:
		add_json(diff_json(d), out);
		break;
	case FORMAT_HTML:
		diff_html_head("Two recordings compared", out);
		diff_html(d, &o->look, out);
		diff_html_foot(out);
	}
}

static int complain(const struct err *err)
{
	return cli_complain(err->code == ENOENT || err->code == ENOTDIR ? EXIT_USAGE : EXIT_ERRED,
	                    "%s", err->text);
}

/* A case knows who has which address, and a capture does not: the case is read first. */
static int open_both(struct diff_source s[2], const char *const path[2])
{
	enum diff_source_kind kind;
	struct err err;
	int first = 0;

	if (diff_source_kind(path[0], &kind, &err) == 0 && kind != SOURCE_CASE)
		first = 1;
	if (diff_source_open(&s[first], path[first], NULL, &err) < 0)
		return complain(&err);
	if (diff_source_open(&s[1 - first], path[1 - first],
	                     s[first].kind == SOURCE_CASE ? &s[first] : NULL, &err) < 0 ||
	    diff_sources_check(&s[0], &s[1], &err) < 0)
		return complain(&err);
	return -1;
}

static int compare_two(const struct diff_options *o)
{
	struct diff_source s[2] = {0};
	int status = open_both(s, o->path);
	struct buf out = {0};
	struct diff d;

	if (status < 0) {
		diff_make(&d, &s[0], &s[1], &o->set);
		show(o, &d, &out);
		status = cli_out(o->out, &out);
		if (status == EXIT_PASSED)
			status = d.parts ? EXIT_FAILED : EXIT_PASSED;
		diff_free(&d);
		buf_free(&out);
	}
	diff_source_free(&s[0]);
	diff_source_free(&s[1]);
	return status;
}

/* Two folders of cases. */
struct many {
	const struct diff_options *o;
	struct buf out;
	json_t *list;
	size_t same, parted, single[2], damaged;
};

static void tell_single(struct many *m, const char *name, int side)
{
	m->single[side]++;
	if (m->o->format == FORMAT_JSON) {
		json_t *j = json_object();

		json_object_set_new(j, "name", json_string(name));
		json_object_set_new(j, "only_in", json_string(side == 0 ? "a" : "b"));
		json_array_append_new(m->list, j);
		return;
	}
	if (m->o->format == FORMAT_HTML) {
		buf_str(&m->out, "<p><code>");
		text_html(&m->out, name);
		buf_printf(&m->out, ": only in %s</code></p>\n", side == 0 ? "A" : "B");
	} else
		buf_printf(&m->out, "%s: only in %s\n", name, side == 0 ? "A" : "B");
}

static void tell_pair(struct many *m, const char *name, const struct diff *d)
{
	m->same += !d->parts;
	m->parted += d->parts;
	if (m->o->format == FORMAT_JSON) {
		json_t *j = diff_json(d);

		json_object_set_new(j, "name", json_string(name));
		json_array_append_new(m->list, j);
	} else if (d->parts && m->o->format == FORMAT_HTML) {
		buf_str(&m->out, "<h2>");
		text_html(&m->out, name);
		buf_str(&m->out, "</h2>\n");
		diff_html(d, &m->o->look, &m->out);
	} else if (d->parts) {
		buf_printf(&m->out, "\n=== %s\n", name);
		diff_text(d, &m->o->look, &m->out);
	}
}

/* What is wrong with it was complained of. */
static void tell_damaged(struct many *m, const char *name)
{
	m->damaged++;
	if (m->o->format == FORMAT_JSON)
		json_array_append_new(m->list, json_pack("{s:s,s:b}", "name", name, "damaged", 1));
	else if (m->o->format == FORMAT_HTML) {
		buf_str(&m->out, "<h2>");
		text_html(&m->out, name);
		buf_str(&m->out, "</h2>\n<p>damaged: not compared</p>\n");
	} else
		buf_printf(&m->out, "\n=== %s\ndamaged: not compared\n", name);
}

static int compare_one(void *arg, const char *name, bool a, bool b)
{
	struct many *m = arg;
	struct buf shown = {0};
	struct diff_source s[2] = {0};
	struct diff d;

	text_escape(&shown, name, strlen(name), 0);
	if (!a || !b) {
		tell_single(m, buf_text(&shown), a ? 0 : 1);
	} else {
		char *pa = mem_printf("%s/%s", m->o->path[0], name),
		     *pb = mem_printf("%s/%s", m->o->path[1], name);
		const char *const path[2] = {pa, pb};

		if (open_both(s, path) < 0) {
			diff_make(&d, &s[0], &s[1], &m->o->set);
			tell_pair(m, buf_text(&shown), &d);
			diff_free(&d);
		} else {
			tell_damaged(m, buf_text(&shown));
		}
		diff_source_free(&s[0]);
		diff_source_free(&s[1]);
		free(pa);
		free(pb);
	}
	buf_free(&shown);
	return 0;
}

static void conclude(struct many *m)
{
	struct buf sum = {0};

	buf_printf(&sum, "%zu case%s the same, %zu part%s", m->same,
	           m->same == 1 ? " means" : "s mean", m->parted, m->parted == 1 ? "s" : "");
	for (int side = 0; side < 2; side++) {
		if (m->single[side] > 0)
			buf_printf(&sum, ", %zu only in %s", m->single[side],
			           side == 0 ? "A" : "B");
	}
	if (m->damaged > 0)
		buf_printf(&sum, ", %zu damaged and not compared", m->damaged);
	if (m->o->format == FORMAT_JSON) {
		add_json(m->list, &m->out);
	} else if (m->o->format == FORMAT_HTML) {
		struct buf page = {0};

		diff_html_head("Two runs compared", &page);
		buf_printf(&page, "<p>%s</p>\n", buf_text(&sum));
		buf_add(&page, buf_text(&m->out), m->out.len);
		diff_html_foot(&page);
		buf_free(&m->out);
		m->out = page;
	} else {
		buf_printf(&m->out, "%s%s\n", m->out.len > 0 ? "\n" : "", buf_text(&sum));
	}
	buf_free(&sum);
}

static int compare_many(const struct diff_options *o)
{
	struct many m = {.o = o, .list = json_array()};
	struct err err;
	int status;

	if (folder_pairs(o->path[0], o->path[1], compare_one, &m, &err) < 0) {
		json_decref(m.list);
		buf_free(&m.out);
		return complain(&err);
	}
	if (m.same + m.parted + m.single[0] + m.single[1] + m.damaged == 0) {
		json_decref(m.list);
		return cli_complain(EXIT_USAGE,
		                    "%s and %s hold no case; a case directory has a case.json",
		                    o->path[0], o->path[1]);
	}
	conclude(&m);
	if (o->format != FORMAT_JSON)
		json_decref(m.list);
	status = cli_out(o->out, &m.out);
	buf_free(&m.out);
	if (status != EXIT_PASSED)
		return status;
	if (m.damaged > 0)
		return EXIT_ERRED;
	return m.parted + m.single[0] + m.single[1] > 0 ? EXIT_FAILED : EXIT_PASSED;
}

int cli_diff(int argc, char **argv)
{
	struct diff_options o = {.look = {.columns = 100}};
	struct winsize size = {0};
	int status = read_options(&o, argc, argv);

	if (status >= 0)
		return status;
	if (!o.out && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60)
		o.look.columns = size.ws_col;
	if (folder_of_cases(o.path[0]) && folder_of_cases(o.path[1]))
		return compare_many(&o);
	return compare_two(&o);
}
