/* SPDX-License-Identifier: MIT */
/* source.c - see source.h */
#include "diff/source.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "evidence/casedir.h"
#include "savefile/link.h"
#include "savefile/offline.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACE_MOST ((size_t)1 << 26)
/* Names are looked up one by one; a capture of a backbone goes without. */
#define HOSTS_MOST 256

static char *shown(const char *s)
{
	struct buf b = {0};

	text_one_line(&b, s, strlen(s));
	return buf_take(&b);
}

static char *said(const char *s)
{
	return mem_text(s ? s : "");
}

/* Who sends from this address: by the name that others know, or by the address itself. */
static int host_of(struct timeline *tl, const struct packet_addr *a,
                   const struct diff_source *names)
{
	const struct timeline *others = names ? names->evidence.timeline : NULL;
	int host = timeline_host_of(tl, a), other;
	char text[46];

	if (host >= 0 || a->version == 0)
		return host;
	other = others ? timeline_host_of(others, a) : -1;
	if (other < 0 && timeline_host_count(tl) >= HOSTS_MOST)
		return -1;
	if (other >= 0)
		host = timeline_host_named(tl, timeline_host(others, other));
	if (host < 0)
		host = timeline_add_host(tl, other >= 0 ? timeline_host(others, other)
		                                        : packet_addr_text(a, text));
	timeline_add_address(tl, host, a);
	return host;
}

/* One whose hosts are called as in @names, as far as that is a case. */
static struct timeline *open_timeline(int64_t began, const struct diff_source *names)
{
	struct timeline *tl = timeline_open_read(began);

	if (!names || names->kind != SOURCE_CASE)
		return tl;
	for (int i = 0; i < timeline_host_count(names->evidence.timeline); i++)
		timeline_add_host(tl, timeline_host(names->evidence.timeline, i));
	if (strcmp(case_text(names->evidence.facts, "world"), "loop") == 0)
		timeline_share_addresses(tl);
	return tl;
}

char *diff_comment_value(const char *comment, const char *key)
{
	size_t len = strlen(key);

	for (const char *s = comment; *s; s += *s == '\n') {
		if (strncmp(s, key, len) == 0 && s[len] == '=') {
			struct buf value = {0};

			text_one_line(&value, s + len + 1, strcspn(s + len + 1, "\n"));
			return value.p ? buf_take(&value) : mem_text("");
		}
		s += strcspn(s, "\n");
	}
	return mem_text("");
}

/* Who sends or hears, as a comment of ours has it: then addresses need not speak for themselves. */
static void take_name(struct timeline *tl, const struct packet_addr *a, const char *comment,
                      const char *key)
{
	char *name = diff_comment_value(comment, key);
	bool nobody = !*name || strcmp(name, "wire") == 0 || strcmp(name, "nobody") == 0;

	if (!nobody && a->version != 0 && timeline_host_of(tl, a) < 0 &&
	    timeline_host_count(tl) < HOSTS_MOST) {
		int host = timeline_host_named(tl, name);

		timeline_add_address(tl, host < 0 ? timeline_add_host(tl, name) : host, a);
	}
	free(name);
}

/* The step that the packet to come belongs to: "line=12", "step=c: send("x")". */
static void take_step(struct timeline *tl, const char *comment, char **last)
{
	char *step = diff_comment_value(comment, "step"), *words = strstr(step, ": ");
	char *line = diff_comment_value(comment, "line");
	uint64_t number;

	if (words && strcmp(step, *last) != 0 && text_u64(line, strlen(line), &number) &&
	    number <= INT32_MAX) {
		free(*last);
		*last = mem_text(step);
		*words = '\0';
		timeline_begin_step(tl, step, (int)number, words + 2);
	}
	free(step);
	free(line);
}

/* What became of a packet, as a comment of ours has it. */
static void take_fate(struct timeline_packet *p, const char *comment)
{
	char *fate = diff_comment_value(comment, "fate");
	char *cause = diff_comment_value(comment, "cause");
	char *from = diff_comment_value(comment, "from");

	if (packet_fate_number(fate) >= 0)
		p->fate = (enum packet_fate)packet_fate_number(fate);
	if (*cause)
		timeline_set_cause(p, "%s", cause);
	if (strcmp(from, "wire") == 0)
		p->from = FROM_HARNESS;
	free(fate);
	free(cause);
	free(from);
}

bool diff_source_is_cut(const struct diff_source *s)
{
	return s->kind == SOURCE_REFERENCE && s->packets > timeline_packets(s->evidence.timeline);
}

static void take_packets(struct diff_source *s)
{
	char *text = diff_comment_value(s->comment, "packets");
	uint64_t n;

	s->packets = text_u64(text, strlen(text), &n) && n < INT64_MAX
	                 ? (int64_t)n
	                 : timeline_packets(s->evidence.timeline);
	free(text);
}

/* Of a link type that we do not know: it may hold anything. */
static int cannot_read(const char *name, const struct capture_packet *q, struct err *err)
{
	struct buf type = {0};

	link_text(&type, q->linktype);
	err_set(err, 0,
	        "%s: frame %" PRId64 " has the %s, which is not read here: what it carried cannot "
	        "be compared",
	        name, q->number, buf_text(&type));
	buf_free(&type);
	return -1;
}

static int add_packets(struct diff_source *s, struct capture_file *f,
                       const struct diff_source *names, struct err *err)
{
	struct timeline *tl = NULL;
	struct capture_packet q;
	char *step = mem_text("");
	int rc;

	while ((rc = capture_file_next(f, &q, err)) > 0) {
		struct timeline_packet *p;
		struct packet d;

		if (!q.ip && !link_is_known(q.linktype)) {
			rc = cannot_read(s->name, &q, err);
			break;
		}
		if (!q.ip) {
			s->left_out++; /* ARP and its like */
			continue;
		}
		if (q.len < q.original_len) {
			rc = err_set(err, 0,
			             "%s: frame %" PRId64
			             " was captured only in part, %zu of %zu bytes: what it "
			             "carried cannot be compared; capture without a snap length",
			             s->name, q.number, q.len, q.original_len);
			break;
		}
		if (!tl)
			tl = open_timeline(q.at, names);
		packet_decode(&d, q.ip, q.ip_len);
		if (q.comment && !names) {
			take_name(tl, &d.src.addr, q.comment, "from");
			take_name(tl, &d.dst.addr, q.comment, "to");
		}
		int from = host_of(tl, &d.src.addr, names);

		host_of(tl, &d.dst.addr, names);
		if (q.comment)
			take_step(tl, q.comment, &step);
		p = timeline_add_packet(tl, q.at, from, q.ip, q.ip_len);
		p->fate = FATE_DELIVERED;
		if (q.comment)
			take_fate(p, q.comment);
	}
	free(step);
	s->evidence.timeline = tl ? tl : open_timeline(0, names);
	return rc;
}

/* Of @f, which is closed; NULL: @err says why it could not be opened. */
static int read_capture(struct diff_source *s, const char *name, struct capture_file *f,
                        const struct diff_source *names, struct err *err)
{
	const struct pcapng_section *section;

	if (!f)
		return -1;
	*s = (struct diff_source){.kind = SOURCE_CAPTURE, .name = shown(name)};
	if (add_packets(s, f, names, err) < 0) {
		diff_source_free(s);
		capture_file_close(&f);
		return -1;
	}
	section = capture_file_section(f);
	s->comment = said(section->comment);
	s->os = said(section->os);
	s->application = said(section->application);
	capture_file_close(&f);
	take_packets(s);
	return 0;
}

int diff_source_of_capture(struct diff_source *s, const char *name, const void *p, size_t len,
                           const struct diff_source *names, struct err *err)
{
	*s = (struct diff_source){0};
	return read_capture(s, name, capture_file_open_memory(p, len, err), names, err);
}

/* The capture in the file @file, called @name. */
static int open_capture(struct diff_source *s, const char *file, const char *name,
                        const struct diff_source *names, struct err *err)
{
	return read_capture(s, name, capture_file_open(file, err), names, err);
}

char *diff_trace_read(const char *path, struct err *err)
{
	struct buf b = {0}, lines = {0};
	int rc = file_read(AT_FDCWD, path, TRACE_MOST, &b, err);

	if (rc == 0 && b.len > 0 && memchr(b.p, '\0', b.len))
		rc = err_set(err, 0, "%s: a NUL byte is in it", path);
	for (const char *p = buf_text(&b); rc == 0 && *p;) {
		size_t len = strcspn(p, "\n");

		text_one_line(&lines, p, len);
		buf_add(&lines, p + len, p[len] == '\n');
		p += len + (p[len] == '\n');
	}
	buf_free(&b);
	if (rc == 0)
		return lines.p ? buf_take(&lines) : mem_text("");
	return NULL;
}

static int open_reference(struct diff_source *s, const char *path, const struct diff_source *names,
                          struct err *err)
{
	char *capture = mem_printf("%s/" REFERENCE_CAPTURE, path);
	char *trace = mem_printf("%s/" REFERENCE_TRACE, path);
	char *text = diff_trace_read(trace, err);
	int rc = text ? open_capture(s, capture, path, names, err) : -1;

	free(capture);
	free(trace);
	if (rc < 0) {
		free(text);
		return -1;
	}
	s->kind = SOURCE_REFERENCE;
	s->trace = text;
	return 0;
}

void diff_source_of_case(struct diff_source *s, const char *name, struct case_evidence *c)
{
	struct buf trace = {0};
	const char *kernel = case_text(c->facts, "kernel");

	*s = (struct diff_source){.kind = SOURCE_CASE, .name = shown(name), .evidence = *c};
	timeline_trace_steps(c->timeline, &trace, &s->steps);
	s->trace = trace.p ? buf_take(&trace) : mem_text("");
	s->packets = timeline_packets(s->evidence.timeline);
	s->comment = said("");
	s->os = mem_printf("Linux %s", kernel);
	s->application = mem_printf("sockproof %s", case_text(c->facts, "sockproof"));
	*c = (struct case_evidence){0};
}

static bool has(const char *folder, const char *name)
{
	char *path = mem_printf("%s/%s", folder, name);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

int diff_source_kind(const char *path, enum diff_source_kind *kind, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(err, errno, "%s", path);
	if (!S_ISDIR(st.st_mode))
		*kind = SOURCE_CAPTURE;
	else if (casedir_is_one(path))
		*kind = SOURCE_CASE;
	else if (has(path, REFERENCE_TRACE))
		*kind = SOURCE_REFERENCE;
	else
		return err_set(err, ENOENT,
		               "%s is a folder without " CASEDIR_MARK
		               "; a case directory is what `sockproof run` leaves below "
		               "sockproof-out, one a case",
		               path);
	return 0;
}

int diff_source_open(struct diff_source *s, const char *path, const struct diff_source *names,
                     struct err *err)
{
	struct case_evidence c;

	*s = (struct diff_source){0};
	if (diff_source_kind(path, &s->kind, err) < 0)
		return -1;
	if (s->kind == SOURCE_CAPTURE)
		return open_capture(s, path, path, names, err);
	if (s->kind == SOURCE_REFERENCE)
		return open_reference(s, path, names, err);
	if (case_evidence_load(&c, path, err) < 0)
		return -1;
	diff_source_of_case(s, path, &c);
	return 0;
}

int diff_sources_check(const struct diff_source *a, const struct diff_source *b, struct err *err)
{
	int64_t packets =
	    timeline_packets(a->evidence.timeline) + timeline_packets(b->evidence.timeline);

	/* two that have traces are compared by these */
	if (packets > 0 || a->left_out + b->left_out == 0 ||
	    (a->kind != SOURCE_CAPTURE && b->kind != SOURCE_CAPTURE))
		return 0;
	return err_set(err, 0,
	               "nothing in %s and %s can be compared: of %" PRId64 " and %" PRId64
	               " frames none holds IP",
	               a->name, b->name, a->left_out, b->left_out);
}

void diff_source_free(struct diff_source *s)
{
	case_evidence_free(&s->evidence);
	free(s->name);
	free(s->trace);
	free(s->steps.list);
	free(s->comment);
	free(s->os);
	free(s->application);
	*s = (struct diff_source){0};
}

static void add_end(const struct diff_source *s, const struct packet_end *e, struct buf *out)
{
	int host = timeline_host_of(s->evidence.timeline, &e->addr);
	char text[46];

	if (host >= 0 && strchr(timeline_host(s->evidence.timeline, host), ':') == NULL)
		buf_printf(out, "%s:%u", timeline_host(s->evidence.timeline, host), e->port);
	else
		buf_printf(out, e->addr.version == 6 ? "[%s]:%u" : "%s:%u",
		           packet_addr_text(&e->addr, text), e->port);
}

char *diff_flow_name(const struct diff_source *s, const struct flow *f)
{
	struct buf b = {0};

	buf_str(&b, f->protocol == IPPROTO_TCP ? "tcp " : "udp ");
	add_end(s, &f->side[0].end, &b);
	buf_str(&b, " > ");
	add_end(s, &f->side[1].end, &b);
	return buf_take(&b);
}
