/* SPDX-License-Identifier: MIT */
/* inspect_capture.c - `sockproof inspect FILE`: the conversations of a capture, or one of them
 * drawn */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/inspect.h"
#include "inspect/inspect.h"
#include "inspect/table.h"
#include "savefile/link.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_standard_input(const char *file)
{
	return strcmp(file, "-") == 0;
}

/* Returns a descriptor, or -1 when it has complained. */
static int open_file(const char *file)
{
	int fd;

	if (is_standard_input(file))
		return STDIN_FILENO;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		cli_complain(EXIT_USAGE, "%s: %s%s", file, strerror(errno),
		             errno == ENOENT
		                 ? "; a case directory is what `sockproof run` leaves below "
		                   "sockproof-out, one a case"
		                 : "");
	return fd;
}

static void close_file(int fd)
{
	if (fd != STDIN_FILENO)
		close(fd);
}

/* Where the capture is broken; what was read before has been told. */
static int complain_broken(const struct inspect_request *r, const struct err *broken)
{
	struct buf name = {0};

	text_escape(&name, r->path, strlen(r->path), 0);
	cli_complain(EXIT_FAILED, "%s: %s; what was read before it is told", buf_text(&name),
	             broken->text);
	buf_free(&name);
	return EXIT_FAILED;
}

static int write_table(const struct inspect_request *r, const struct inspection *i,
                       const struct table *table)
{
	FILE *f = cli_out_open(r->out);

	if (!f)
		return EXIT_ERRED;
	if (r->format == FORMAT_JSON)
		table_json(f, i, table);
	else if (r->format == FORMAT_CSV)
		table_csv(f, i, table);
	else
		table_text(f, i, table);
	return cli_out_close(r->out, f);
}

static int tell(const struct inspect_request *r, const struct inspection *i,
                const struct err *broken)
{
	size_t *sorted = inspect_sorted(i, (enum inspect_order)r->order), count = inspect_count(i);
	struct table table = {.name = is_standard_input(r->path) ? "standard input" : r->path,
	                      .flows = sorted,
	                      .count = r->top > 0 && r->top < count ? (size_t)r->top : count,
	                      .broken = broken};
	int status = write_table(r, i, &table);

	free(sorted);
	return status == EXIT_PASSED && broken ? complain_broken(r, broken) : status;
}

static int inspect_table(const struct inspect_request *r, int fd)
{
	struct inspect_options o = {.filter = r->filter};
	struct inspection *i = inspect_open();
	struct err err;
	int rc = inspect_fd(i, fd, &o, &err);
	int status = tell(r, i, rc < 0 ? &err : NULL);

	inspect_close(&i);
	return status;
}

/* One conversation as a case that nobody judged: what draws a case's ladder draws it too. */
struct drawn {
	struct frame {
		uint64_t number;
		int64_t at;
		uint8_t *data; /* the datagram */
		size_t len;
	} * frame;
	size_t count;
};

/* A conversation that fills memory is for --filter, not for a picture. */
#define DRAWN_MOST 200000u

static void name_host(struct timeline *tl, const struct packet_addr *a)
{
	char text[46];

	if (timeline_host_of(tl, a) < 0)
		timeline_add_address(tl, timeline_add_host(tl, packet_addr_text(a, text)), a);
}

static int keep_frame(void *arg, const struct record *record, struct err *err)
{
	struct drawn *d = arg;
	struct link_payload in = link_strip(record->linktype, record->data, record->len);

	if (!in.ip)
		return 0;
	if (record->len < record->original)
		return err_set(
		    err, EINVAL,
		    "frame %llu was captured only in part, %u of %u bytes: what it says of "
		    "its stream cannot be drawn; capture without a snap length",
		    (unsigned long long)record->number, record->len, record->original);
	if (d->count == DRAWN_MOST)
		return err_set(err, E2BIG,
		               "more than %u packets in it: too many to draw; --filter "
		               "narrows it down",
		               DRAWN_MOST);
	MEM_ROOM(d->frame, d->count);
	d->frame[d->count++] = (struct frame){.number = record->number,
	                                      .at = record->at,
	                                      .data = mem_copy(in.ip, in.len),
	                                      .len = in.len};
	return 0;
}

static int by_number(const void *x, const void *y)
{
	const struct frame *a = x, *b = y;

	return (a->number > b->number) - (a->number < b->number);
}

static void add_frame(struct timeline *tl, const struct frame *f, int64_t at)
{
	struct timeline_packet *p;
	struct packet packet;

	packet_decode(&packet, f->data, f->len);
	name_host(tl, &packet.src.addr);
	name_host(tl, &packet.dst.addr);
	p = timeline_add_packet(tl, at, timeline_host_of(tl, &packet.src.addr), f->data, f->len);
	p->fate = FATE_DELIVERED;
	p->delivered_at = p->at;
	timeline_set_cause(p, "frame %llu", (unsigned long long)f->number);
}

/* The frames in the order of the file, which they did not come in where datagrams were in pieces;
 * they are ours no more. A ladder's times never go back. */
static struct timeline *timeline_of(struct drawn *d)
{
	struct timeline *tl = timeline_open();
	int64_t latest = 0;

	if (d->count > 1)
		qsort(d->frame, d->count, sizeof *d->frame, by_number);
	for (size_t i = 0; i < d->count; i++) {
		struct frame *f = &d->frame[i];

		if (i == 0 || f->at > latest)
			latest = f->at;
		add_frame(tl, f, timeline_began(tl) + latest - d->frame[0].at);
		free(f->data);
	}
	free(d->frame);
	return tl;
}

static json_t *facts_of(const struct inspect_request *r, const struct inspect_flow *f)
{
	uint64_t pieces = f->side[0].fragments + f->side[1].fragments;
	struct buf name = {0};
	json_t *facts;

	text_escape(&name, r->path, strlen(r->path), 0);
	buf_printf(&name, ", conversation %llu", (unsigned long long)r->flow);
	if (pieces > 0)
		buf_printf(&name, "; %llu more frames hold fragments", (unsigned long long)pieces);
	facts = json_pack("{s:s}", "scenario", buf_text(&name));
	buf_free(&name);
	return facts;
}

static int draw(const struct inspect_request *r, struct drawn *d, const struct inspect_flow *f)
{
	struct case_evidence c = {.timeline = timeline_of(d)};
	int status;

	c.facts = facts_of(r, f);
	c.verdict = json_object();
	status = inspect_draw(r, &c, r->graph ? 1 : 0, f);
	case_evidence_free(&c);
	return status;
}

static const char *how_many(const struct inspection *i, char words[static 40])
{
	size_t count = inspect_count(i);

	snprintf(words, 40, count == 1 ? "is 1 conversation" : "are %zu conversations", count);
	return words;
}

static int inspect_flow(const struct inspect_request *r, int fd)
{
	struct drawn d = {0};
	struct inspect_options o = {
	    .filter = r->filter, .watch = (size_t)r->flow, .on_packet = keep_frame, .arg = &d};
	struct inspection *i = inspect_open();
	struct inspect_flow f;
	struct err err;
	int rc = inspect_fd(i, fd, &o, &err), status;
	char words[40];

	if (d.count > 0) {
		f = inspect_get(i, (size_t)r->flow - 1);
		status = draw(r, &d, &f);
	} else if (rc < 0) {
		status = cli_complain(EXIT_FAILED, "--flow %llu: %s: %s",
		                      (unsigned long long)r->flow, r->path, err.text);
	} else {
		status = cli_complain(EXIT_USAGE, "--flow %llu: there %s in %s",
		                      (unsigned long long)r->flow, how_many(i, words), r->path);
	}
	if (rc < 0 && status == EXIT_PASSED)
		status = complain_broken(r, &err);
	inspect_close(&i);
	return status;
}

static int check(const struct inspect_request *r)
{
	bool picture = r->format == FORMAT_SVG || r->format == FORMAT_MERMAID || r->graph ||
	               r->all || r->axis_said;

	if (r->flow == 0 && picture)
		return cli_complain(EXIT_USAGE,
		                    "%s is a capture; to draw a conversation of it say which: "
		                    "--flow N",
		                    r->path);
	if (r->flow > 0 && (r->table_said || r->format == FORMAT_CSV))
		return cli_complain(EXIT_USAGE, "--sort, --top and csv are for the table of all "
		                                "conversations, not for --flow");
	return -1;
}

int inspect_capture(const struct inspect_request *r)
{
	int status = check(r), fd;

	if (status >= 0)
		return status;
	fd = open_file(r->path);
	if (fd < 0)
		return EXIT_USAGE;
	status = r->flow > 0 ? inspect_flow(r, fd) : inspect_table(r, fd);
	close_file(fd);
	return status;
}
