/* SPDX-License-Identifier: MIT */
/*
 * record_capture.c - the captures of a case directory
 *
 * Theory. capture.pcapng has each packet once, numbered as reports number them: one interface of
 * LINKTYPE_RAW, since libpcap 1.10 opens no file with two of them. timeline.pcapng has the very
 * same blocks and, between them, a journal entry for every other event, in the timeline's order; so
 * it costs a copy, not a second encoding. taps.pcapng is record_taps.c's. What is said of a packet
 * stands in its comment as `key=value` lines; captures/sockproof.lua makes fields of them, and
 * docs/captures.md lists the keys. Nothing here may differ between two runs under the virtual
 * clock.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "capture/live.h"
#include "evidence/casedir.h"
#include "script/record_own.h"
#include "script/script_own.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define LINKTYPE_RAW 101
/* Bytes of one value, before what cannot be shown is escaped. */
#define VALUE_MAX 2048
/* An option has room for 65535 bytes (draft-ietf-opsawg-pcapng, 3.5): 60 are left for a number. */
#define COMMENT_MAX 65475u

void record_key(struct buf *comment, const char *key, const char *value)
{
	size_t len = strlen(value), before = comment->len;
	bool cut = len > VALUE_MAX;

	if (cut)
		len = VALUE_MAX;
	/* not inside a character of UTF-8 */
	while (cut && len > 0 && ((unsigned char)value[len] & 0xc0) == 0x80)
		len--;
	buf_printf(comment, "%s%s=", comment->len > 0 ? "\n" : "", key);
	text_one_line(comment, value, len);
	if (cut)
		buf_str(comment, "…");
	if (comment->len > COMMENT_MAX) /* no room for this one */
		comment->p[comment->len = before] = '\0';
}

static void number_key(struct buf *comment, const char *key, int64_t value)
{
	buf_printf(comment, "%s%s=%" PRId64, comment->len > 0 ? "\n" : "", key, value);
}

/* What the script set a host's sysctls to, each once, where the kernel's own value is another. */
static void add_sysctls(struct buf *comment, struct host *h)
{
	const struct host_sysctl *list;
	size_t count = host_sysctls(h, &list);

	for (size_t i = 0; i < count; i++) {
		const struct host_sysctl *first = NULL, *last = &list[i];
		char *key, *value;

		for (size_t k = 0; k < count; k++) {
			if (strcmp(list[k].name, list[i].name) != 0)
				continue;
			first = first ? first : &list[k];
			last = &list[k];
		}
		if (first != &list[i] || (first->before && strcmp(first->before, last->value) == 0))
			continue;
		key = mem_printf("sysctl.%s.%s", host_name(h), last->name);
		value = mem_printf("%s (kernel: %s)", last->value,
		                   first->before ? first->before : "unknown");
		record_key(comment, key, value);
		free(key);
		free(value);
	}
}

/* What the harness set them to in every host, on one line: case.json has the kernel's own values.
 */
static void add_fixed(struct buf *comment, const struct world *w)
{
	const struct host_sysctl *list;
	size_t count = world_sysctls(w, &list);
	struct buf all = {0};

	for (size_t i = 0; i < count; i++)
		buf_printf(&all, "%s%s=%s", i > 0 ? ", " : "", list[i].name, list[i].value);
	if (count > 0)
		record_key(comment, "harness_sysctls", buf_text(&all));
	buf_free(&all);
}

static void add_facts(struct buf *comment, const struct record *r)
{
	const struct plan_case *c = r->plan;
	struct utsname u = {0};

	uname(&u);
	record_key(comment, "scenario", c->scenario->name);
	record_key(comment, "implementation", c->implementation);
	record_key(comment, "verdict", outcome_verdict_text(r->outcome->verdict));
	buf_printf(comment, "\npackets=%lld", (long long)timeline_sealed_packets(r->play->tl));
	buf_printf(comment, "\nseed=%llu", (unsigned long long)r->setting->seed);
	record_key(comment, "command", r->setting->command);
	record_key(comment, "kernel", u.release);
	record_key(comment, "libpcap", live_library());
	record_key(comment, "clock", r->setting->qemu ? "virtual" : "real");
	add_fixed(comment, r->play->world);
	for (int i = 0; i < world_hosts(r->play->world); i++)
		add_sysctls(comment, world_host(r->play->world, i));
	/* last: a parameter may be called as one of the facts, and who looks for those takes the
	 * first */
	for (size_t i = 0; i < c->parameter_count; i++)
		record_key(comment, c->parameters[i].name, c->parameters[i].value);
}

int record_section(struct pcapng_writer *w, const struct record *r, struct err *err)
{
	char *application = mem_printf("sockproof %s", r->setting->version), os[200];
	struct pcapng_section section = {.os = os, .application = application};
	struct buf comment = {0};
	struct utsname u = {0};
	int rc;

	uname(&u);
	snprintf(os, sizeof os, "%s %s", u.sysname, u.release);
	add_facts(&comment, r);
	section.hardware = u.machine;
	section.comment = buf_text(&comment);
	rc = pcapng_write_section(w, &section, err);
	buf_free(&comment);
	free(application);
	return rc;
}

void record_place(struct buf *out, const struct host *h)
{
	const struct packet_addr *list;
	size_t count = host_addresses(h, &list);

	buf_str(out, host_interface(h));
	for (size_t i = 0; i < count; i++) {
		char shown[46];

		buf_printf(out, " %s", packet_addr_text(&list[i], shown));
	}
}

static int write_interface(struct pcapng_writer *w, const struct record *r, struct err *err)
{
	const struct play *p = r->play;
	struct pcapng_interface interface = {
	    .name = p->wire ? "wire" : host_interface(world_host(p->world, 0)),
	    .linktype = LINKTYPE_RAW,
	    .snaplen = RECORD_SNAPLEN,
	};
	struct buf words = {0};
	int rc;

	buf_printf(&words,
	           "out leaves %s, in comes to it; hosts:", host_name(world_host(p->world, 0)));
	for (int i = 0; i < world_hosts(p->world); i++) {
		buf_printf(&words, "%s %s ", i > 0 ? "," : "", host_name(world_host(p->world, i)));
		record_place(&words, world_host(p->world, i));
	}
	interface.description = buf_text(&words);
	rc = pcapng_write_interface(w, &interface, err);
	buf_free(&words);
	return rc;
}

int record_names(struct pcapng_writer *w, const struct record *r, struct err *err)
{
	struct world *world = r->play->world;
	struct pcapng_name *names = NULL;
	char(*shown)[46] = NULL;
	size_t count = 0;
	int rc = 0;

	if (world_kind(world) == WORLD_LOOP)
		return 0; /* one address there speaks for every host */
	for (int i = 0; i < world_hosts(world); i++) {
		const struct packet_addr *list;
		size_t n = host_addresses(world_host(world, i), &list);

		for (size_t k = 0; k < n; k++) {
			MEM_ROOM(names, count);
			MEM_ROOM(shown, count);
			packet_addr_text(&list[k], shown[count]);
			names[count++].name = host_name(world_host(world, i));
		}
	}
	for (size_t i = 0; i < count; i++)
		names[i].address = shown[i];
	if (count > 0)
		rc = pcapng_write_names(w, names, count, err);
	free(names);
	free(shown);
	return rc;
}

/* The text of a line of the scenario file, from 1, without what is around it. */
static void source_line(struct buf *out, const char *source, int line)
{
	size_t len;

	for (; line > 1 && source; line--) {
		source = strchr(source, '\n');
		source = source ? source + 1 : NULL;
	}
	if (!source)
		return;
	source += strspn(source, " \t");
	len = strcspn(source, "\n");
	while (len > 0 && strchr(" \t\r", source[len - 1]))
		len--;
	buf_add(out, source, len);
}

/* The packet where evidence and expectation part. */
static void add_failure(struct buf *comment, const struct record *r)
{
	const struct outcome *o = r->outcome;
	struct buf expected = {0};

	record_key(comment, "failed", o->reason);
	number_key(comment, "failed_line", o->line);
	source_line(&expected, r->plan->scenario->source, o->line);
	record_key(comment, "expected", buf_text(&expected));
	buf_free(&expected);
	if (o->pattern_line > 0)
		number_key(comment, "pattern_line", o->pattern_line);
}

void record_comment(struct buf *comment, const struct record *r, const struct timeline_packet *p)
{
	const struct timeline *tl = r->play->tl;
	struct buf step = {0};

	record_key(comment, "from", timeline_host(tl, p->from));
	record_key(comment, "to", p->to < 0 ? "nobody" : timeline_host(tl, p->to));
	if (p->step) {
		number_key(comment, "line", p->step->line);
		buf_printf(&step, "%s: %s", p->step->who, p->step->words);
		record_key(comment, "step", buf_text(&step));
		buf_free(&step);
	}
	record_key(comment, "fate", packet_fate_text(p->fate));
	if (p->cause)
		record_key(comment, "cause", p->cause);
	if (p->number == r->outcome->packet)
		add_failure(comment, r);
}

static int write_packet(struct pcapng_writer *w, const struct record *r,
                        const struct timeline_packet *q, struct err *err)
{
	const struct timeline *tl = r->play->tl;
	struct pcapng_packet packet = {
	    .at = timeline_wall(tl, q->kernel_at ? q->kernel_at : q->at),
	    .data = q->data,
	    .len = q->len,
	    .original_len = q->len,
	    .direction =
	        timeline_src(tl, q) == timeline_host(tl, 0) ? CAPTURE_OUTBOUND : CAPTURE_INBOUND,
	    .id = (uint64_t)q->number,
	};
	struct buf comment = {0};
	int rc;

	record_comment(&comment, r, q);
	packet.comment = buf_text(&comment);
	rc = pcapng_write_packet(w, &packet, err);
	buf_free(&comment);
	return rc;
}

/* A field of a journal entry, of text. */
static struct pcapng_field field(const char *name, const char *text)
{
	return (struct pcapng_field){.name = name, .value = text, .len = strlen(text)};
}

/* What the entry says in Wireshark's list. */
static void message(struct buf *out, const struct event *e)
{
	text_one_line(out, e->who, strlen(e->who));
	buf_str(out, ": ");
	if (e->kind == EVENT_OUTPUT)
		buf_str(out, e->stream == 2 ? "stderr " : "stdout ");
	else if (e->kind == EVENT_INPUT)
		buf_str(out, "stdin ");
	if (!e->data) {
		text_one_line(out, e->text, strlen(e->text));
		return;
	}
	buf_str(out, "\"");
	text_escape(out, e->data, e->len, VALUE_MAX);
	buf_printf(out, "\"%s", e->len > VALUE_MAX ? "…" : "");
}

struct entry {
	const char *kind, *who, *message, *priority; /* priority: syslog(3)'s */
	int64_t at, packet;
	int line;
};

static int write_entry(struct pcapng_writer *w, const struct record *r, const struct entry *e,
                       struct err *err)
{
	const struct timeline *tl = r->play->tl;
	char wall[24], since[24], line[24], packet[24];
	struct pcapng_field f[10];
	size_t n = 0;

	snprintf(wall, sizeof wall, "%" PRId64, timeline_wall(tl, e->at) / NS_PER_US);
	snprintf(since, sizeof since, "%" PRId64, (e->at - timeline_began(tl)) / NS_PER_US);
	snprintf(line, sizeof line, "%d", e->line);
	snprintf(packet, sizeof packet, "%" PRId64, e->packet);
	f[n++] = field("__REALTIME_TIMESTAMP", wall);
	f[n++] = field("__MONOTONIC_TIMESTAMP", since);
	f[n++] = field("MESSAGE", e->message);
	f[n++] = field("PRIORITY", e->priority);
	f[n++] = field("_TRANSPORT", e->kind);
	f[n++] = field("SYSLOG_IDENTIFIER", e->who);
	f[n++] = field("SOCKPROOF_KIND", e->kind); /* by this an entry is known as ours */
	if (e->line > 0) {
		f[n++] = field("CODE_FILE", r->plan->scenario->name);
		f[n++] = field("CODE_LINE", line);
	}
	if (e->packet > 0)
		f[n++] = field("SOCKPROOF_PACKET", packet);
	return pcapng_write_journal(w, f, n, err);
}

static int write_event(struct pcapng_writer *w, const struct record *r, const struct event *e,
                       struct err *err)
{
	struct buf words = {0};
	struct entry entry = {.kind = event_kind_text(e->kind),
	                      .who = e->who,
	                      .priority = "6",
	                      .at = e->at,
	                      .packet = e->packet,
	                      .line = e->line};
	int rc;

	message(&words, e);
	entry.message = buf_text(&words);
	rc = write_entry(w, r, &entry, err);
	buf_free(&words);
	return rc;
}

/* The last entry: what came of it all. */
static int write_verdict(struct pcapng_writer *w, const struct record *r, struct err *err)
{
	const struct timeline *tl = r->play->tl;
	const struct outcome *o = r->outcome;
	struct entry entry = {
	    .kind = "verdict",
	    .who = "verdict",
	    .priority = o->verdict == OUTCOME_FAIL || o->verdict == OUTCOME_ERROR ? "3" : "6",
	    .at = timeline_sealed_at(tl),
	    .packet = o->packet,
	    .line = o->line};
	struct buf words = {0};
	int rc;

	buf_str(&words, outcome_verdict_text(o->verdict));
	if (*o->reason) {
		size_t len = strlen(o->reason);

		buf_str(&words, ": ");
		text_one_line(&words, o->reason, len < VALUE_MAX ? len : VALUE_MAX);
	}
	entry.message = buf_text(&words);
	rc = write_entry(w, r, &entry, err);
	buf_free(&words);
	return rc;
}

/* Head and packets of @capture, where block @ends[n - 1] to @ends[n] is packet n, with the other
 * events in between. */
static int write_timeline(struct pcapng_writer *w, const struct record *r,
                          const struct pcapng_writer *capture, const size_t *ends, struct err *err)
{
	const struct timeline *tl = r->play->tl;
	int rc = 0;

	w->interfaces = capture->interfaces;
	w->snaplen = capture->snaplen;
	buf_add(&w->out, capture->out.p, ends[0]);
	for (size_t i = 0; i < timeline_sealed_count(tl) && rc == 0; i++) {
		const struct event *e = timeline_get(tl, i);

		if (e->kind == EVENT_PACKET)
			buf_add(&w->out, capture->out.p + ends[e->packet - 1],
			        ends[e->packet] - ends[e->packet - 1]);
		else
			rc = write_event(w, r, e, err);
	}
	return rc == 0 ? write_verdict(w, r, err) : -1;
}

static int write_capture(struct pcapng_writer *w, const struct record *r, size_t *ends,
                         struct err *err)
{
	const struct timeline *tl = r->play->tl;

	if (record_section(w, r, err) < 0 || write_interface(w, r, err) < 0 ||
	    record_names(w, r, err) < 0)
		return -1;
	ends[0] = w->out.len;
	for (int64_t n = 1; n <= timeline_sealed_packets(tl); n++) {
		if (write_packet(w, r, timeline_packet(tl, n), err) < 0)
			return -1;
		ends[n] = w->out.len;
	}
	return 0;
}

static int add(struct casedir *d, const char *name, const struct pcapng_writer *w, struct err *err)
{
	return casedir_add(d, name, w->out.p, w->out.len, err);
}

int record_captures(struct casedir *d, const struct play *p, const struct plan_case *c,
                    const struct perform_setting *set, const struct outcome *o, struct err *err)
{
	const struct record r = {.play = p, .plan = c, .setting = set, .outcome = o};
	struct pcapng_writer capture = {0}, timeline = {0}, taps = {0};
	size_t *ends = mem_zero((size_t)timeline_sealed_packets(p->tl) + 1, sizeof *ends);
	int rc = -1;

	if (write_capture(&capture, &r, ends, err) == 0 &&
	    add(d, "capture.pcapng", &capture, err) == 0 &&
	    write_timeline(&timeline, &r, &capture, ends, err) == 0 &&
	    add(d, "timeline.pcapng", &timeline, err) == 0)
		rc = 0;
	/* one tap alone has nobody to be paired with */
	if (rc == 0 && p->tap_count > 1) {
		rc = record_taps(&taps, &r, err);
		if (rc == 0)
			rc = add(d, "taps.pcapng", &taps, err);
	}
	buf_free(&capture.out);
	buf_free(&timeline.out);
	buf_free(&taps.out);
	free(ends);
	return rc;
}
