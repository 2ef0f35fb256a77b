/* SPDX-License-Identifier: MIT */
/* record.c - the case directory: capture, timeline, trace, verdict, what the programs wrote, how to
 * repeat it */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "capture/live.h"
#include "evidence/casedir.h"
#include "savefile/pcapng.h"
#include "script/play.h"
#include "script/script.h"
#include "script/script_own.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define LINKTYPE_RAW 101

static const char *const verdicts[] = {"pass", "fail", "skip", "error"};

/* A JSON text of @s: jansson refuses what is not UTF-8, and nothing here may be lost for that. */
static json_t *text(const char *s)
{
	json_t *j = json_string(s);
	struct buf b = {0};

	if (j)
		return j;
	for (; *s; s++)
		buf_printf(&b, (signed char)*s < 0 ? "\\x%02x" : "%c", (unsigned char)*s);
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

static int add_json(struct casedir *d, const char *name, json_t *j, struct err *err)
{
	char *bytes = json_dumps(j, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	struct buf b = {0};
	int rc;

	json_decref(j);
	if (!bytes)
		return err_set(err, 0, "%s cannot be written as JSON", name);
	buf_printf(&b, "%s\n", bytes);
	free(bytes);
	rc = casedir_add(d, name, b.p, b.len, err);
	buf_free(&b);
	return rc;
}

static json_t *parameters(const struct plan_case *c)
{
	json_t *j = json_object();

	for (size_t i = 0; i < c->parameter_count; i++) {
		const struct case_parameter *p = &c->parameters[i];

		json_object_set_new(j, p->name,
		                    p->number ? json_integer(strtoll(p->value, NULL, 10))
		                              : text(p->value));
	}
	return j;
}

static json_t *hosts(const struct play *p)
{
	json_t *list = json_array();

	for (int i = 0; i < world_hosts(p->world); i++) {
		struct host *h = world_host(p->world, i);
		json_t *host = json_object(), *set = json_object(), *addresses = json_array();
		const struct packet_addr *a;
		const char *const *pairs;
		size_t count = host_addresses(h, &a), sysctls = host_sysctls(h, &pairs);
		char shown[46];

		for (size_t k = 0; k < count; k++)
			json_array_append_new(addresses, text(packet_addr_text(&a[k], shown)));
		for (size_t k = 0; k < sysctls; k++)
			json_object_set_new(set, pairs[2 * k], text(pairs[2 * k + 1]));
		json_object_set_new(host, "name", text(host_name(h)));
		json_object_set_new(host, "addresses", addresses);
		json_object_set_new(host, "sysctls", set);
		json_array_append_new(list, host);
	}
	return list;
}

static const char *const links[] = {[LINK_TUN] = "tun", [LINK_VETH] = "veth", [LINK_LO] = "lo"};

static int add_case(struct casedir *d, const struct play *p, const struct plan_case *c,
                    const struct perform_setting *set, struct err *err)
{
	struct utsname u = {0};
	json_t *j = json_object();

	uname(&u);
	json_object_set_new(j, "scenario", text(c->scenario->name));
	json_object_set_new(j, "file", text(c->scenario->path));
	json_object_set_new(j, "parameters", parameters(c));
	json_object_set_new(j, "implementation", text(c->implementation));
	json_object_set_new(j, "command", text(set->command));
	json_object_set_new(j, "seed", json_integer((json_int_t)set->seed));
	json_object_set_new(j, "world", text(c->scenario->world));
	json_object_set_new(j, "link", text(links[world_link(p->world)]));
	json_object_set_new(j, "hosts", hosts(p));
	json_object_set_new(j, "sockproof", text(set->version));
	json_object_set_new(j, "kernel", text(u.release));
	json_object_set_new(j, "machine", text(u.machine));
	json_object_set_new(j, "libpcap", text(live_library()));
	json_object_set_new(j, "clock", text(set->qemu ? "virtual" : "real"));
	if (set->qemu) {
		json_object_set_new(j, "qemu", text(set->qemu));
		json_object_set_new(j, "ns_per_instruction",
		                    json_integer((json_int_t)set->ns_per_instruction));
	}
	return add_json(d, "case.json", j, err);
}

static int add_verdict(struct casedir *d, const struct plan_case *c, const struct outcome *o,
                       struct err *err)
{
	json_t *j = json_object();

	json_object_set_new(j, "verdict", text(verdicts[o->verdict]));
	json_object_set_new(j, "reason", text(o->reason));
	json_object_set_new(j, "explanation", o->explanation ? text(o->explanation) : json_null());
	json_object_set_new(j, "file", text(c->scenario->path));
	json_object_set_new(j, "line", json_integer(o->line));
	json_object_set_new(j, "duration_ms", json_real((double)o->duration / 1e6));
	return add_json(d, "verdict.json", j, err);
}

/* Facts about the whole file, as `key=value` lines. */
static char *section_comment(const struct plan_case *c, const struct perform_setting *set,
                             const struct outcome *o, int64_t packets)
{
	struct buf b = {0};

	buf_printf(&b, "scenario=%s\nimplementation=%s\n", c->scenario->name, c->implementation);
	for (size_t i = 0; i < c->parameter_count; i++)
		buf_printf(&b, "%s=%s\n", c->parameters[i].name, c->parameters[i].value);
	buf_printf(&b, "verdict=%s\npackets=%lld\nseed=%llu\nclock=%s\nlibpcap=%s\ncommand=%s",
	           verdicts[o->verdict], (long long)packets, (unsigned long long)set->seed,
	           set->qemu ? "virtual" : "real", live_library(), set->command);
	return buf_take(&b);
}

static int write_head(struct pcapng_writer *w, const struct play *p, const struct plan_case *c,
                      const struct perform_setting *set, const struct outcome *o, struct err *err)
{
	char *comment = section_comment(c, set, o, timeline_sealed_packets(p->tl));
	char *application = mem_printf("sockproof %s", set->version), os[200];
	struct pcapng_section section = {.os = os, .application = application, .comment = comment};
	struct pcapng_interface interface = {
	    .name = p->wire ? "wire" : host_interface(world_host(p->world, 0)),
	    .description = "direction as seen from the first host: out leaves it, in comes to it",
	    .linktype = LINKTYPE_RAW,
	    .snaplen = 262144,
	};
	struct utsname u = {0};
	int rc;

	uname(&u);
	snprintf(os, sizeof os, "%s %s", u.sysname, u.release);
	section.hardware = u.machine;
	rc = pcapng_write_section(w, &section, err);
	if (rc == 0)
		rc = pcapng_write_interface(w, &interface, err);
	free(application);
	free(comment);
	return rc;
}

static int write_names(struct pcapng_writer *w, const struct play *p, struct err *err)
{
	struct pcapng_name *names = NULL;
	char(*shown)[46] = NULL;
	size_t count = 0;
	int rc = 0;

	if (world_kind(p->world) == WORLD_LOOP)
		return 0; /* one address there speaks for every host */
	for (int i = 0; i < world_hosts(p->world); i++) {
		const struct packet_addr *list;
		size_t n = host_addresses(world_host(p->world, i), &list);

		for (size_t k = 0; k < n; k++) {
			MEM_ROOM(names, count);
			MEM_ROOM(shown, count);
			packet_addr_text(&list[k], shown[count]);
			names[count++].name = host_name(world_host(p->world, i));
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

static int write_packets(struct pcapng_writer *w, const struct play *p, struct err *err)
{
	const struct timeline *tl = p->tl;

	for (int64_t n = 1; n <= timeline_sealed_packets(tl); n++) {
		const struct timeline_packet *q = timeline_packet(tl, n);
		struct pcapng_packet packet = {
		    .at = timeline_wall(tl, q->kernel_at ? q->kernel_at : q->at),
		    .data = q->data,
		    .len = q->len,
		    .original_len = q->len,
		    .direction = timeline_src(tl, q) == timeline_host(tl, 0) ? CAPTURE_OUTBOUND
		                                                             : CAPTURE_INBOUND,
		    .id = (uint64_t)n,
		};
		char *comment = NULL;
		int rc;

		if (q->cause)
			comment =
			    mem_printf("fate=%s\ncause=%s", packet_fate_text(q->fate), q->cause);
		packet.comment = comment;
		rc = pcapng_write_packet(w, &packet, err);
		free(comment);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int add_capture(struct casedir *d, const struct play *p, const struct plan_case *c,
                       const struct perform_setting *set, const struct outcome *o, struct err *err)
{
	struct pcapng_writer w = {0};
	int rc = write_head(&w, p, c, set, o, err);

	if (rc == 0)
		rc = write_names(&w, p, err);
	if (rc == 0)
		rc = write_packets(&w, p, err);
	if (rc == 0)
		rc = casedir_add(d, "capture.pcapng", w.out.p, w.out.len, err);
	buf_free(&w.out);
	return rc;
}

/* <program>.stdout and .stderr, put together from the events that are evidence. */
static int add_outputs(struct casedir *d, const struct play *p, struct err *err)
{
	const struct timeline *tl = p->tl;
	static const char *const ending[] = {"stdout", "stderr"};

	for (size_t i = 0; i < timeline_count(tl); i++) {
		const struct event *start = timeline_get(tl, i);

		if (start->kind != EVENT_PROGRAM || strncmp(start->text, "started", 7) != 0)
			continue;
		for (int stream = 1; stream <= 2; stream++) {
			char *name = mem_printf("%s.%s", start->who, ending[stream - 1]);
			struct buf b = {0};
			int rc;

			for (size_t k = i; k < timeline_count(tl); k++) {
				const struct event *e = timeline_get(tl, k);

				if (e->kind == EVENT_OUTPUT && e->stream == stream &&
				    strcmp(e->who, start->who) == 0)
					buf_add(&b, e->data, e->len);
			}
			rc = casedir_add(d, name, buf_text(&b), b.len, err);
			buf_free(&b);
			free(name);
			if (rc < 0)
				return -1;
		}
	}
	return 0;
}

static int add_timeline(struct casedir *d, const struct play *p, const struct outcome *o,
                        struct err *err)
{
	struct buf b = {0};
	int rc;

	timeline_jsonl(p->tl, &b);
	rc = casedir_add(d, "timeline.jsonl", buf_text(&b), b.len, err);
	buf_free(&b);
	if (rc < 0)
		return -1;
	return casedir_add(d, "trace.txt", o->trace, strlen(o->trace), err);
}

int record_case(const struct play *p, const struct plan_case *c, const struct perform_setting *set,
                const struct outcome *o, struct err *err)
{
	struct casedir *d = casedir_begin(set->directory, err);
	int rc = -1;

	if (!d)
		return -1;
	if (add_case(d, p, c, set, err) == 0 && add_capture(d, p, c, set, o, err) == 0 &&
	    add_timeline(d, p, o, err) == 0 && add_outputs(d, p, err) == 0 &&
	    add_verdict(d, c, o, err) == 0)
		rc = casedir_commit(d, err);
	casedir_close(&d);
	return rc;
}
