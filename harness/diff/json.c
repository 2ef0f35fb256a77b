/* SPDX-License-Identifier: MIT */
/* json.c - a comparison for programs; docs/diff.md tells the fields */
#include "base/text.h"
#include "diff/diff_own.h"
#include <stdlib.h>
#include <string.h>

static json_t *text(const char *s)
{
	json_t *j;
	struct buf b = {0};

	if (!s)
		return json_null();
	j = json_string(s);
	if (j)
		return j;
	text_escape(&b, s, strlen(s), 0);
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

static json_t *source(const struct diff_source *s)
{
	static const char *const kinds[] = {"case", "reference", "capture"};
	json_t *o = json_object();
	char *verdict = diff_verdict(s);
	struct buf name = {0};

	json_object_set_new(o, "path", text(s->name));
	json_object_set_new(o, "kind", text(kinds[s->kind]));
	if (s->kind == SOURCE_CASE) {
		case_evidence_name(&s->evidence, &name);
		json_object_set_new(o, "case", text(buf_text(&name)));
		buf_free(&name);
	}
	if (*verdict)
		json_object_set_new(o, "verdict", text(verdict));
	json_object_set_new(o, "packets",
	                    json_integer(timeline_sealed_packets(s->evidence.timeline)));
	json_object_set_new(o, "left_out", json_integer(s->left_out));
	free(verdict);
	return o;
}

static json_t *place(const struct diff_place *p)
{
	json_t *o = json_object();

	if (p->packet > 0)
		json_object_set_new(o, "packet", json_integer(p->packet));
	if (p->step) {
		json_object_set_new(o, "line", json_integer(p->line));
		json_object_set_new(o, "step", text(p->step));
	}
	if (p->words)
		json_object_set_new(o, "words", text(p->words));
	return o;
}

static json_t *item(const struct diff *d, const struct diff_item *i)
{
	json_t *o = json_object();

	json_object_set_new(o, "kind", text(diff_kind_text(i->kind)));
	json_object_set_new(o, "parts", json_boolean(i->parts));
	json_object_set_new(o, "words", text(i->words));
	if (i->conversation >= 0)
		json_object_set_new(o, "conversation",
		                    text(d->conversations[i->conversation].name));
	json_object_set_new(o, "a", place(&i->side[0]));
	json_object_set_new(o, "b", place(&i->side[1]));
	return o;
}

static json_t *counts(const struct diff *d, bool parts)
{
	json_t *o = json_object();

	for (size_t i = 0; i < DIFF_KINDS; i++) {
		if (d->count[i][parts] > 0)
			json_object_set_new(o, diff_kind_text((enum diff_kind)i),
			                    json_integer((json_int_t)d->count[i][parts]));
	}
	return o;
}

json_t *diff_json(const struct diff *d)
{
	json_t *o = json_object(), *facts = json_array(), *items = json_array();

	for (size_t i = 0; i < d->fact_count; i++) {
		json_t *f = json_object();

		json_object_set_new(f, "name", text(d->facts[i].name));
		json_object_set_new(f, "a", text(d->facts[i].value[0]));
		json_object_set_new(f, "b", text(d->facts[i].value[1]));
		json_array_append_new(facts, f);
	}
	for (size_t i = 0; i < d->item_count; i++)
		json_array_append_new(items, item(d, &d->items[i]));
	json_object_set_new(o, "same", json_boolean(!d->parts));
	json_object_set_new(o, "a", source(d->source[0]));
	json_object_set_new(o, "b", source(d->source[1]));
	json_object_set_new(o, "facts", facts);
	json_object_set_new(o, "first", d->first >= 0 ? item(d, &d->items[d->first]) : json_null());
	json_object_set_new(o, "parts", counts(d, true));
	json_object_set_new(o, "manner", counts(d, false));
	json_object_set_new(o, "differences", items);
	return o;
}
