/* SPDX-License-Identifier: MIT */
/* record.c - the case directory: captures (record_capture.c), timeline, trace, verdict, what the
 * programs wrote, how to repeat it */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "capture/live.h"
#include "evidence/casedir.h"
#include "script/play.h"
#include "script/script.h"
#include "script/script_own.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

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
		const struct host_sysctl *sysctl;
		size_t count = host_addresses(h, &a), sysctls = host_sysctls(h, &sysctl);
		char shown[46];

		for (size_t k = 0; k < count; k++)
			json_array_append_new(addresses, text(packet_addr_text(&a[k], shown)));
		for (size_t k = 0; k < sysctls; k++)
			json_object_set_new(set, sysctl[k].name, text(sysctl[k].value));
		json_object_set_new(host, "name", text(host_name(h)));
		json_object_set_new(host, "addresses", addresses);
		json_object_set_new(host, "sysctls", set);
		json_array_append_new(list, host);
	}
	return list;
}

/* What the harness set in every host to other than the kernel's own value. */
static json_t *harness_sysctls(const struct play *p)
{
	const struct host_sysctl *list;
	size_t count = world_sysctls(p->world, &list);
	json_t *all = json_object();

	for (size_t i = 0; i < count; i++) {
		json_t *one = json_object();

		json_object_set_new(one, "value", text(list[i].value));
		json_object_set_new(one, "kernel",
		                    list[i].before ? text(list[i].before) : json_null());
		json_object_set_new(all, list[i].name, one);
	}
	return all;
}

static json_t *places(const struct timeline *tl)
{
	json_t *list = json_array();

	for (size_t i = 0; i < timeline_place_count(tl); i++)
		json_array_append_new(list, text(timeline_place(tl, i)));
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
	json_object_set_new(j, "harness_sysctls", harness_sysctls(p));
	json_object_set_new(j, "places", places(p->tl));
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

static int add_verdict(struct casedir *d, const struct play *p, const struct plan_case *c,
                       const struct outcome *o, struct err *err)
{
	json_t *j = json_object();

	json_object_set_new(j, "verdict", text(outcome_verdict_text(o->verdict)));
	json_object_set_new(j, "reason", text(o->reason));
	json_object_set_new(j, "explanation", o->explanation ? text(o->explanation) : json_null());
	json_object_set_new(j, "file", text(c->scenario->path));
	json_object_set_new(j, "line", json_integer(o->line));
	json_object_set_new(j, "packet", o->packet > 0 ? json_integer(o->packet) : json_null());
	json_object_set_new(j, "pattern_line",
	                    o->pattern_line > 0 ? json_integer(o->pattern_line) : json_null());
	json_object_set_new(j, "at_ns",
	                    json_integer(timeline_sealed_at(p->tl) - timeline_began(p->tl)));
	json_object_set_new(j, "duration_ms", json_real((double)o->duration / 1e6));
	return add_json(d, "verdict.json", j, err);
}

/* <program>.stdout and .stderr, put together from the events that are evidence: what was written
 * behind the seal is not. */
static int add_outputs(struct casedir *d, const struct play *p, struct err *err)
{
	const struct timeline *tl = p->tl;
	static const char *const ending[] = {"stdout", "stderr"};

	for (size_t i = 0; i < timeline_sealed_count(tl); i++) {
		const struct event *start = timeline_get(tl, i);

		if (start->kind != EVENT_PROGRAM || strncmp(start->text, "started", 7) != 0)
			continue;
		for (int stream = 1; stream <= 2; stream++) {
			char *name = mem_printf("%s.%s", start->who, ending[stream - 1]);
			struct buf b = {0};
			int rc;

			for (size_t k = i; k < timeline_sealed_count(tl); k++) {
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

static int add_sockets(struct casedir *d, json_t *sockets, struct err *err)
{
	return sockets ? add_json(d, "sockets.json", json_incref(sockets), err) : 0;
}

int record_case(const struct play *p, const struct plan_case *c, const struct perform_setting *set,
                const struct outcome *o, json_t *sockets, struct err *err)
{
	struct casedir *d = casedir_begin(set->directory, err);
	int rc = -1;

	if (!d)
		return -1;
	if (add_case(d, p, c, set, err) == 0 && record_captures(d, p, c, set, o, err) == 0 &&
	    add_timeline(d, p, o, err) == 0 && add_outputs(d, p, err) == 0 &&
	    add_sockets(d, sockets, err) == 0 && add_verdict(d, p, c, o, err) == 0)
		rc = casedir_commit(d, err);
	casedir_close(&d);
	return rc;
}
