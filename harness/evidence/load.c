/* SPDX-License-Identifier: MIT */
/*
 * load.c - see load.h
 *
 * Theory. What a packet is in its flow, its words and who speaks follow from its bytes and the
 * packets before it: timeline_add_packet() finds them again. What only the run could know (where a
 * packet came from, its fate, the times, the cause) is taken from timeline.jsonl. A capture's time
 * is the wall clock's and the timeline's is counted from the beginning of the case: the first
 * packet, which has both, tells when that was.
 */
#include "evidence/load.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "evidence/casedir.h"
#include "savefile/link.h"
#include "savefile/offline.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CASE     CASEDIR_MARK
#define VERDICT  CASEDIR_VERDICT
#define TIMELINE CASEDIR_TIMELINE
#define CAPTURE  "capture.pcapng"

/* 36 years either way: sums of two such times fit an int64_t. */
#define TIME_MOST (INT64_C(1) << 60)
/* A file of a case directory is read whole. */
#define FILE_MOST (INT64_C(1) << 30)

struct reading {
	struct case_evidence *c;
	struct capture_file *capture; /* NULL: there is none */
	json_t **lines;               /* timeline.jsonl */
	size_t count;
	size_t line;        /* under way, from 1 */
	const json_t *step; /* the last that a packet was of; borrowed from @lines */
};

const char *case_text(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

/* One line and harmless on a terminal: for messages. */
static void add_shown(struct buf *out, const char *s)
{
	text_escape(out, s, strlen(s), 200);
}

static int bad_key(const struct reading *r, struct err *err, const char *key, const char *what)
{
	return err_set(err, 0, TIMELINE ": line %zu: \"%s\" %s", r->line, key, what);
}

/* The reader of captures knows no name for what it was given. */
static int bad_capture(struct err *err)
{
	static const char unnamed[] = "memory: ";
	size_t skip = strlen(unnamed);

	if (strncmp(err->text, unnamed, skip) == 0)
		memmove(err->text, err->text + skip, strlen(err->text + skip) + 1);
	return err_wrap(err, CAPTURE);
}

/* A whole number between @low and @high. must: it has to be there; otherwise @value stays. */
static int get_int(const struct reading *r, const json_t *o, const char *key, bool must,
                   int64_t low, int64_t high, int64_t *value, struct err *err)
{
	const json_t *j = json_object_get(o, key);

	if (!j)
		return must ? bad_key(r, err, key, "is missing") : 0;
	if (!json_is_integer(j))
		return bad_key(r, err, key, "is no whole number");
	if (json_integer_value(j) < low || json_integer_value(j) > high)
		return err_set(err, 0,
		               TIMELINE ": line %zu: \"%s\" is %lld; it lies between %lld and %lld",
		               r->line, key, (long long)json_integer_value(j), (long long)low,
		               (long long)high);
	*value = json_integer_value(j);
	return 0;
}

/* NULL with @err set when it is missing or no text. */
static const char *get_text(const struct reading *r, const json_t *o, const char *key,
                            struct err *err)
{
	const json_t *j = json_object_get(o, key);

	if (!json_is_string(j)) {
		bad_key(r, err, key, j ? "is no text" : "is missing");
		return NULL;
	}
	return json_string_value(j);
}

static json_t *parse_object(const char *name, const char *p, size_t len, struct err *err)
{
	json_error_t at;
	struct buf why = {0};
	json_t *j = json_loadb(p ? p : "", len, JSON_REJECT_DUPLICATES, &at);

	if (json_is_object(j))
		return j;
	if (j) {
		err_set(err, 0, "%s: it is no JSON object", name);
	} else {
		add_shown(&why, at.text);
		err_set(err, 0, "%s: line %d, column %d: %s", name, at.line, at.column,
		        buf_text(&why));
		buf_free(&why);
	}
	json_decref(j);
	return NULL;
}

static int add_host(struct timeline *tl, const json_t *host, struct err *err)
{
	const char *name = json_string_value(json_object_get(host, "name"));
	const json_t *addresses = json_object_get(host, "addresses");
	struct packet_addr a;
	struct buf shown = {0};
	int index;

	if (!name || !*name)
		return err_set(err, 0, CASE ": a host has no name");
	text_one_line(&shown, name, strlen(name));
	index = timeline_add_host(tl, buf_text(&shown));
	buf_free(&shown);
	for (size_t i = 0; i < json_array_size(addresses); i++) {
		const char *text = json_string_value(json_array_get(addresses, i));

		if (!text || !packet_addr_parse(text, &a)) {
			add_shown(&shown, text ? text : "no text");
			err_set(err, 0, CASE ": a host has the address \"%s\", which is none",
			        buf_text(&shown));
			buf_free(&shown);
			return -1;
		}
		timeline_add_address(tl, index, &a);
	}
	return 0;
}

static int add_hosts(struct timeline *tl, const json_t *facts, struct err *err)
{
	const json_t *hosts = json_object_get(facts, "hosts");

	if (!json_is_array(hosts))
		return err_set(err, 0, CASE ": \"hosts\" is no list");
	for (size_t i = 0; i < json_array_size(hosts); i++) {
		if (add_host(tl, json_array_get(hosts, i), err) < 0)
			return -1;
	}
	if (strcmp(case_text(facts, "world"), "loop") == 0)
		timeline_share_addresses(tl);
	return 0;
}

/* Where programs of the case lay: its trace tells their last parts only. */
static int add_places(struct timeline *tl, const json_t *facts, struct err *err)
{
	const json_t *places = json_object_get(facts, "places");

	for (size_t i = 0; i < json_array_size(places); i++) {
		const char *path = json_string_value(json_array_get(places, i));

		if (!path || !strchr(path, '/'))
			return err_set(err, 0, CASE ": one of its \"places\" is no path");
		timeline_add_place(tl, path);
	}
	return 0;
}

static int read_lines(struct reading *r, const char *p, size_t len, struct err *err)
{
	for (size_t at = 0; at < len;) {
		const char *end = memchr(p + at, '\n', len - at);
		char name[64];
		json_t *j;

		snprintf(name, sizeof name, TIMELINE ": line %zu", r->count + 1);
		if (!end)
			return err_set(err, 0, "%s: cut short at byte %zu: no newline ends it",
			               name, len);
		j = parse_object(name, p + at, (size_t)(end - (p + at)), err);
		if (!j)
			return -1;
		MEM_ROOM(r->lines, r->count);
		r->lines[r->count++] = j;
		at = (size_t)(end - p) + 1;
	}
	return 0;
}

static bool is_packet(const json_t *o)
{
	return strcmp(case_text(o, "kind"), "packet") == 0;
}

/* When did the case begin, in ns since 1970? 0 where no packet tells. */
static int find_began(struct reading *r, const struct capture_packet *first, int64_t *began,
                      struct err *err)
{
	*began = 0;
	for (size_t i = 0; first && i < r->count; i++) {
		int64_t at = 0;

		if (!is_packet(r->lines[i]))
			continue;
		r->line = i + 1;
		if (get_int(r, r->lines[i], "at_ns", true, -TIME_MOST, TIME_MOST, &at, err) < 0 ||
		    get_int(r, r->lines[i], "kernel_at_ns", false, -TIME_MOST, TIME_MOST, &at,
		            err) < 0)
			return -1;
		if (first->at < 0 || first->at > 4 * TIME_MOST)
			return err_set(err, 0, CAPTURE ": packet 1 has no time that could be one");
		*began = first->at - at;
		return 0;
	}
	return 0;
}

/* The index of a host by name. The wire's own packets are FROM_HARNESS, and so is nobody. */
static int get_host(const struct reading *r, const json_t *o, const char *key, int *host,
                    struct err *err)
{
	const char *name = get_text(r, o, key, err);

	if (!name)
		return -1;
	*host = timeline_host_named(r->c->timeline, name);
	if (*host >= 0 || strcmp(name, "wire") == 0 || strcmp(name, "nobody") == 0 ||
	    strcmp(name, "?") == 0)
		return 0;
	return bad_key(r, err, key, "names no host of " CASE);
}

static int get_time(const struct reading *r, const json_t *o, const char *key, int64_t *at,
                    struct err *err)
{
	int64_t since = INT64_MIN;

	if (get_int(r, o, key, false, -TIME_MOST, TIME_MOST, &since, err) < 0)
		return -1;
	*at = since == INT64_MIN ? 0 : timeline_began(r->c->timeline) + since;
	return 0;
}

/* What only the run could know of a packet. */
static int set_packet(struct reading *r, const json_t *o, struct timeline_packet *p,
                      struct err *err)
{
	const char *fate = get_text(r, o, "fate", err);
	int number = fate ? packet_fate_number(fate) : 0;

	if (!fate || get_host(r, o, "from", &p->from, err) < 0 ||
	    get_host(r, o, "to", &p->to, err) < 0 ||
	    get_time(r, o, "kernel_at_ns", &p->kernel_at, err) < 0 ||
	    get_time(r, o, "delivered_at_ns", &p->delivered_at, err) < 0)
		return -1;
	if (number < 0)
		return bad_key(r, err, "fate", "is none that a packet can have");
	p->fate = (enum packet_fate)number;
	if (json_object_get(o, "cause")) {
		const char *cause = get_text(r, o, "cause", err);

		if (!cause)
			return -1;
		timeline_set_cause(p, "%s", cause);
	}
	return 0;
}

/* The step that a packet is of begins before it, unless it is that of the packet before. */
static int begin_step(struct reading *r, const json_t *o, struct err *err)
{
	const json_t *step = json_object_get(o, "step");
	const char *who, *words;
	struct buf name = {0};
	int64_t line = 0;

	if (!step || (r->step && json_equal(step, r->step)))
		return 0;
	who = get_text(r, step, "who", err);
	words = who ? get_text(r, step, "words", err) : NULL;
	if (!words || get_int(r, step, "line", false, 0, INT32_MAX, &line, err) < 0)
		return -1;
	text_one_line(&name, who, strlen(who));
	timeline_begin_step(r->c->timeline, buf_text(&name), (int)line, words);
	buf_free(&name);
	r->step = step;
	return 0;
}

static int add_packet(struct reading *r, const json_t *o, int64_t at, struct err *err)
{
	struct timeline *tl = r->c->timeline;
	struct timeline_packet *p;
	struct capture_packet q;
	int64_t number = 0, len = 0;
	int from, rc;

	if (get_int(r, o, "packet", true, 1, INT64_MAX, &number, err) < 0 ||
	    get_int(r, o, "len", true, 0, INT64_MAX, &len, err) < 0 ||
	    get_host(r, o, "from", &from, err) < 0 || begin_step(r, o, err) < 0)
		return -1;
	if (number != timeline_packets(tl) + 1)
		return err_set(err, 0, TIMELINE ": line %zu: packet %lld where packet %lld is next",
		               r->line, (long long)number, (long long)timeline_packets(tl) + 1);
	rc = r->capture ? capture_file_next(r->capture, &q, err) : 0;
	if (rc < 0)
		return bad_capture(err);
	if (rc == 0)
		return err_set(err, 0,
		               CAPTURE " ends before packet %lld, which " TIMELINE
		                       " tells of in line %zu",
		               (long long)number, r->line);
	/* one that the wire damaged may be no IP datagram any more */
	if (q.linktype != LINK_RAW)
		return err_set(err, 0,
		               CAPTURE ": packet %lld has the link type %u, not %u (raw IP)",
		               (long long)number, (unsigned)q.linktype, (unsigned)LINK_RAW);
	if (len != (int64_t)q.len)
		return err_set(
		    err, 0, TIMELINE ": line %zu: packet %lld has %lld bytes here, %zu in " CAPTURE,
		    r->line, (long long)number, (long long)len, q.len);
	p = timeline_add_packet(tl, at, from, q.data, q.len);
	if (!json_object_get(o, "step"))
		p->step = NULL;
	return set_packet(r, o, p, err);
}

static int set_data(struct reading *r, const json_t *o, struct event *e, struct err *err)
{
	const char *data = get_text(r, o, "data", err);
	const char *stream = case_text(o, "stream");
	struct buf bytes = {0};
	struct err why;
	int64_t len = 0;
	size_t at = 0;
	int rc = 0;

	if (!data || get_int(r, o, "len", true, 0, INT64_MAX, &len, err) < 0)
		return -1;
	if (text_unescape(&bytes, data, strlen(data), &at, &why) < 0)
		rc = err_set(err, 0, TIMELINE ": line %zu: \"data\" at character %zu: %s", r->line,
		             at, why.text);
	else if ((int64_t)bytes.len != len)
		rc = err_set(err, 0, TIMELINE ": line %zu: \"len\" is %lld, \"data\" has %zu bytes",
		             r->line, (long long)len, bytes.len);
	else
		timeline_set_bytes(e,
		                   strcmp(stream, "stderr") == 0 ? 2
		                   : *stream                     ? 1
		                                                 : 0,
		                   buf_text(&bytes), bytes.len);
	buf_free(&bytes);
	return rc;
}

static int add_event(struct reading *r, const json_t *o, enum event_kind kind, int64_t at,
                     struct err *err)
{
	const char *who = get_text(r, o, "who", err), *text = "";
	bool data = json_object_get(o, "data") != NULL;
	int64_t line = 0, branch = 0, flow = 0, side = 0;
	struct buf name = {0};
	struct event *e;

	if (who && !data)
		text = get_text(r, o, "text", err);
	if (!who || !text)
		return -1;
	text_one_line(&name, who, strlen(who));
	e = timeline_add_read(r->c->timeline, kind, at, buf_text(&name), text);
	buf_free(&name);
	if ((data && set_data(r, o, e, err) < 0) ||
	    get_int(r, o, "line", false, 0, INT32_MAX, &line, err) < 0 ||
	    get_int(r, o, "branch", false, 0, INT16_MAX, &branch, err) < 0 ||
	    get_int(r, o, "packet", false, 0, INT64_MAX, &e->packet, err) < 0 ||
	    get_int(r, o, "took_ns", false, 0, TIME_MOST, &e->took, err) < 0)
		return -1;
	if (json_object_get(o, "host") && get_host(r, o, "host", &e->host, err) < 0)
		return -1;
	if (get_int(r, o, "flow", false, 1, INT32_MAX, &flow, err) < 0 ||
	    get_int(r, o, "direction", false, 0, 1, &side, err) < 0)
		return -1;
	e->flow = (int)flow - 1;
	e->side = (int)side;
	e->line = (int)line;
	e->branch = (int)branch;
	e->varies = json_is_true(json_object_get(o, "varies"));
	return 0;
}

static int add_line(struct reading *r, const json_t *o, struct err *err)
{
	const char *word = get_text(r, o, "kind", err);
	int kind = word ? event_kind_number(word) : 0;
	int64_t n = 0, at = 0, next = (int64_t)(r->line - 1);

	if (!word || get_int(r, o, "n", true, next, next, &n, err) < 0 ||
	    get_int(r, o, "at_ns", true, -TIME_MOST, TIME_MOST, &at, err) < 0)
		return -1;
	if (kind < 0)
		return bad_key(r, err, "kind", "is no kind of event known here");
	at += timeline_began(r->c->timeline);
	if (kind == EVENT_PACKET)
		return add_packet(r, o, at, err);
	return add_event(r, o, (enum event_kind)kind, at, err);
}

static int nothing_left(struct reading *r, struct err *err)
{
	struct capture_packet q;
	int rc = r->capture ? capture_file_next(r->capture, &q, err) : 0;

	if (rc < 0)
		return bad_capture(err);
	if (rc > 0)
		return err_set(err, 0,
		               CAPTURE " has packet %lld, which " TIMELINE " does not tell of",
		               (long long)q.number);
	return 0;
}

/* The first packet's time is wanted before the first packet's turn: the file is opened twice. */
static int open_capture(struct reading *r, const struct case_files *f, struct capture_packet *first,
                        bool *has, struct err *err)
{
	struct capture_file *look = capture_file_open_memory(f->capture, f->capture_len, err);
	int rc = look ? capture_file_next(look, first, err) : -1;

	capture_file_close(&look);
	if (rc >= 0)
		r->capture = capture_file_open_memory(f->capture, f->capture_len, err);
	if (rc < 0 || !r->capture)
		return bad_capture(err);
	*has = rc > 0;
	return 0;
}

static int read_all(struct reading *r, const struct case_files *f, struct err *err)
{
	struct capture_packet first;
	bool has = false;
	int64_t began;

	r->c->facts = parse_object(CASE, f->case_json, f->case_len, err);
	r->c->verdict =
	    r->c->facts ? parse_object(VERDICT, f->verdict_json, f->verdict_len, err) : NULL;
	if (!r->c->verdict || read_lines(r, f->timeline_jsonl, f->timeline_len, err) < 0 ||
	    open_capture(r, f, &first, &has, err) < 0 ||
	    find_began(r, has ? &first : NULL, &began, err) < 0)
		return -1;
	r->c->timeline = timeline_open_read(began);
	if (add_hosts(r->c->timeline, r->c->facts, err) < 0 ||
	    add_places(r->c->timeline, r->c->facts, err) < 0)
		return -1;
	for (size_t i = 0; i < r->count; i++) {
		r->line = i + 1;
		if (add_line(r, r->lines[i], err) < 0)
			return -1;
	}
	return nothing_left(r, err);
}

int case_evidence_parse(struct case_evidence *c, const struct case_files *files, struct err *err)
{
	struct reading r = {.c = c};
	int rc;

	*c = (struct case_evidence){0};
	rc = read_all(&r, files, err);
	capture_file_close(&r.capture);
	for (size_t i = 0; i < r.count; i++)
		json_decref(r.lines[i]);
	free(r.lines);
	if (rc < 0)
		case_evidence_free(c);
	return rc;
}

/* @missing: the file that is not there (ENOENT). */
static int read_directory(struct case_evidence *c, int dir, const char **missing, struct err *err)
{
	static const char *const names[] = {CASE, VERDICT, TIMELINE, CAPTURE};
	struct buf file[4] = {0};
	int rc = 0;

	for (size_t i = 0; i < 4 && rc == 0; i++) {
		*missing = names[i];
		rc = file_read(dir, names[i], FILE_MOST, &file[i], err);
	}
	if (rc == 0) {
		struct case_files f = {
		    .case_json = file[0].p,
		    .case_len = file[0].len,
		    .verdict_json = file[1].p,
		    .verdict_len = file[1].len,
		    .timeline_jsonl = file[2].p,
		    .timeline_len = file[2].len,
		    .capture = file[3].p,
		    .capture_len = file[3].len,
		};
		rc = case_evidence_parse(c, &f, err);
	}
	for (size_t i = 0; i < 4; i++)
		buf_free(&file[i]);
	return rc;
}

int case_evidence_load(struct case_evidence *c, const char *path, struct err *err)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
	const char *missing = "";

	*c = (struct case_evidence){0};
	if (dir < 0)
		return err_sys(err, errno, "%s", path);
	rc = read_directory(c, dir, &missing, err);
	close(dir);
	/* with a part of the files it is a case, and a damaged one */
	if (rc < 0 && err->code == ENOENT && casedir_is_one(path))
		err_set(err, 0, "%s is missing, and every case directory has it", missing);
	return rc < 0 ? err_wrap(err, "%s", path) : 0;
}

void case_evidence_free(struct case_evidence *c)
{
	timeline_close(&c->timeline);
	json_decref(c->facts);
	json_decref(c->verdict);
	*c = (struct case_evidence){0};
}

static void add_parameter(struct buf *out, const char *key, const json_t *value)
{
	const char *text = json_string_value(value);

	buf_str(out, " ");
	text_one_line(out, key, strlen(key));
	buf_str(out, "=");
	if (text)
		text_one_line(out, text, strlen(text));
	else if (json_is_integer(value))
		buf_printf(out, "%lld", (long long)json_integer_value(value));
}

void case_evidence_name(const struct case_evidence *c, struct buf *out)
{
	json_t *parameters = json_object_get(c->facts, "parameters"), *value;
	const char *name = case_text(c->facts, "scenario"), *key;
	const char *by = case_text(c->facts, "implementation");

	text_one_line(out, name, strlen(name));
	json_object_foreach(parameters, key, value)
	{
		add_parameter(out, key, value);
	}
	if (*by) {
		buf_str(out, " (");
		text_one_line(out, by, strlen(by));
		buf_str(out, ")");
	}
}
