/* SPDX-License-Identifier: MIT */
/*
 * json.c - one JSON object with the totals and every case, written at the end
 *
 * {"version", "kernel", "totals": {"pass", "fail", "skip", "error"}, "duration_ms",
 * "cases": [{"scenario", "title", "parameters", "implementation", "verdict", "reason",
 * "explanation", "file", "line", "duration_ms", "directory", "command"}]}. Strings keep their
 * bytes where these are UTF-8; other bytes come as \xNN in the string's text.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "report/format.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>

struct json {
	struct report base;
	json_t *cases;
	bool broken; /* jansson had no memory */
};

static json_t *string(const char *s)
{
	struct buf safe = {0};
	json_t *value;

	if (!s)
		return json_null();
	value = json_string(s);
	if (!value) {
		if (strchr(s, '\n'))
			report_block(&safe, s, "");
		else
			report_line(&safe, s);
		value = json_string(buf_text(&safe));
		buf_free(&safe);
	}
	return value;
}

/* Milliseconds, in steps of a microsecond: more digits would be noise. */
static json_t *milliseconds(int64_t ns)
{
	int64_t us = ns / NS_PER_US;

	return json_real((double)us / 1000.0);
}

static json_t *parameter(const struct result_parameter *p)
{
	json_t *value;

	if (!p->number || !p->value)
		return string(p->value);
	value = json_loads(p->value, JSON_DECODE_ANY, NULL);
	if (json_is_number(value))
		return value;
	json_decref(value);
	return string(p->value);
}

static json_t *parameters(const struct result *result)
{
	json_t *object = json_object();
	struct buf name = {0};

	for (size_t i = 0; i < result->parameter_count; i++) {
		buf_consume(&name, name.len);
		report_line(&name, result->parameters[i].name);
		if (json_object_set_new(object, buf_text(&name),
		                        parameter(&result->parameters[i])) < 0) {
			json_decref(object);
			object = NULL;
			break;
		}
	}
	buf_free(&name);
	return object;
}

static void json_result(struct report *r, const struct result *result)
{
	struct json *j = (struct json *)r;
	json_t *one = json_object();
	int failed = 0;

	failed |= json_object_set_new(one, "scenario", string(result->scenario));
	failed |= json_object_set_new(one, "title", string(result->title));
	failed |= json_object_set_new(one, "parameters", parameters(result));
	failed |= json_object_set_new(one, "implementation", string(result->implementation));
	failed |= json_object_set_new(one, "verdict", string(verdict_text(result->verdict)));
	failed |= json_object_set_new(one, "reason", string(result->reason));
	failed |= json_object_set_new(one, "explanation", string(result->explanation));
	failed |= json_object_set_new(one, "file", string(result->file));
	failed |= json_object_set_new(one, "line",
	                              result->line > 0 ? json_integer(result->line) : json_null());
	failed |= json_object_set_new(one, "duration_ms", milliseconds(result->duration));
	failed |= json_object_set_new(one, "directory", string(result->directory));
	failed |= json_object_set_new(one, "command", string(result->command));
	failed |= json_array_append_new(j->cases, one);
	if (failed)
		j->broken = true;
}

static json_t *totals_object(const struct report_totals *totals)
{
	json_t *object = json_object();

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (json_object_set_new(object, verdict_text(v),
		                        json_integer((json_int_t)totals->count[v])) < 0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

static int json_finish(struct report *r, const struct report_totals *totals, struct err *err)
{
	struct json *j = (struct json *)r;
	json_t *root = json_object();
	int failed = j->broken;

	failed |= json_object_set_new(root, "version", string(r->set.version));
	failed |= json_object_set_new(root, "kernel", string(r->set.kernel));
	failed |= json_object_set_new(root, "repeat",
	                              json_integer(r->set.repeat ? (json_int_t)r->set.repeat : 1));
	failed |= json_object_set_new(root, "totals", totals_object(totals));
	failed |= json_object_set_new(root, "duration_ms", milliseconds(totals->duration));
	failed |= json_object_set(root, "cases", j->cases);
	if (failed) {
		json_decref(root);
		return err_sys(err, ENOMEM, "cannot make the JSON report");
	}
	failed = json_dumpf(root, r->set.out, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
	json_decref(root);
	if (failed)
		return err_sys(err, errno ? errno : EIO, "cannot write the JSON report");
	fputs("\n", r->set.out);
	return 0;
}

static void json_close(struct report *r)
{
	json_decref(((struct json *)r)->cases);
}

static const struct report_ops json_ops = {
    .result = json_result,
    .finish = json_finish,
    .close = json_close,
};

struct report *json_open(const struct report_setting *set)
{
	struct json *j = mem_zero(1, sizeof *j);

	j->base.ops = &json_ops;
	j->base.set = *set;
	j->cases = json_array();
	return &j->base;
}
