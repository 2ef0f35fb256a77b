/* SPDX-License-Identifier: MIT */
/*
 * facts.c - what was different before anything happened: parameters, implementation, kernel,
 * sysctls
 *
 * No difference in what happened, but often the reason of one.
 */
#include "base/text.h"
#include "diff/diff_own.h"
#include <stdlib.h>
#include <string.h>

static char *value_text(const json_t *j)
{
	struct buf b = {0};

	if (!j || json_is_null(j))
		return NULL;
	if (json_is_string(j))
		text_one_line(&b, json_string_value(j), json_string_length(j));
	else if (json_is_integer(j))
		buf_printf(&b, "%lld", (long long)json_integer_value(j));
	else
		return NULL;
	return b.p ? buf_take(&b) : mem_text("");
}

void diff_add_fact(struct diff *d, const char *name, char *a, char *b)
{
	struct buf line = {0};

	if ((!a && !b) || (a && b && strcmp(a, b) == 0)) {
		free(a);
		free(b);
		return;
	}
	text_one_line(&line, name, strlen(name));
	MEM_ROOM(d->facts, d->fact_count);
	d->facts[d->fact_count++] =
	    (struct diff_fact){.name = line.p ? buf_take(&line) : mem_text(""), .value = {a, b}};
}

/* The members of two objects, those of A first. */
static void add_members(struct diff *d, const char *prefix, json_t *a, json_t *b)
{
	const char *key;
	json_t *value;

	json_object_foreach(a, key, value)
	{
		char *name = mem_printf("%s %s", prefix, key);

		diff_add_fact(d, name, value_text(value), value_text(json_object_get(b, key)));
		free(name);
	}
	json_object_foreach(b, key, value)
	{
		char *name = mem_printf("%s %s", prefix, key);

		if (!json_object_get(a, key))
			diff_add_fact(d, name, NULL, value_text(value));
		free(name);
	}
}

static json_t *host_named(const json_t *hosts, const char *name)
{
	for (size_t i = 0; i < json_array_size(hosts); i++) {
		json_t *host = json_array_get(hosts, i);

		if (strcmp(case_text(host, "name"), name) == 0)
			return host;
	}
	return NULL;
}

static void add_sysctls(struct diff *d, const json_t *a, const json_t *b)
{
	for (size_t i = 0; i < json_array_size(a); i++) {
		json_t *host = json_array_get(a, i), *other;

		other = host_named(b, case_text(host, "name"));
		if (other)
			add_members(d, case_text(host, "name"), json_object_get(host, "sysctls"),
			            json_object_get(other, "sysctls"));
	}
}

static void add_cases(struct diff *d, json_t *a, json_t *b)
{
	static const char *const keys[] = {"scenario", "implementation", "world",  "link",
	                                   "seed",     "clock",          "kernel", "machine",
	                                   "libpcap",  "sockproof",      "qemu"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		diff_add_fact(d, keys[i], value_text(json_object_get(a, keys[i])),
		              value_text(json_object_get(b, keys[i])));
	add_members(d, "parameter", json_object_get(a, "parameters"),
	            json_object_get(b, "parameters"));
	add_sysctls(d, json_object_get(a, "hosts"), json_object_get(b, "hosts"));
}

static char *line_of(const char *s)
{
	struct buf b = {0};

	if (!*s)
		return NULL;
	text_one_line(&b, s, strlen(s));
	return buf_take(&b);
}

/* The port that was asked for; 0: a kernel chose it. */
static unsigned fixed_port(const struct flow *f)
{
	unsigned port = f->side[1].end.port;

	return port < 32768 ? port : 0;
}

void diff_facts(struct comparing *c)
{
	const struct diff_source *a = c->d->source[0], *b = c->d->source[1];

	if (a->kind == SOURCE_CASE && b->kind == SOURCE_CASE) {
		add_cases(c->d, a->evidence.facts, b->evidence.facts);
	} else if (*a->os && *b->os) {
		diff_add_fact(c->d, "system", line_of(a->os), line_of(b->os));
		diff_add_fact(c->d, "made by", line_of(a->application), line_of(b->application));
	}
	for (size_t i = 0; i < c->d->conversation_count; i++) {
		const struct diff_conversation *v = &c->d->conversations[i];

		if (v->flow[0] && v->flow[1] && fixed_port(v->flow[0]) != fixed_port(v->flow[1]))
			diff_add_fact(c->d, "conversation", mem_text(v->name),
			              diff_flow_name(b, v->flow[1]));
	}
}
