/* SPDX-License-Identifier: MIT */
/*
 * html_map.c - a scenario's cases as a map: parameters by implementation, a mark a case
 *
 * Columns are implementations where there are several, otherwise the values of the parameter that
 * has the most; rows are the choices of all that is left.
 */
#include "base/text.h"
#include "report/html_own.h"
#include <stdlib.h>
#include <string.h>

struct names {
	char **list;
	size_t count;
};

struct map {
	const struct html *h;
	size_t scenario;
	const char *across; /* the parameter of the columns; NULL: implementations */
	struct names rows, columns;
};

static const char *const signs[VERDICT_COUNT] = {
    [VERDICT_PASS] = "✓", [VERDICT_FAIL] = "✗", [VERDICT_SKIP] = "–", [VERDICT_ERROR] = "!"};

static size_t add_name(struct names *n, const char *name)
{
	for (size_t i = 0; i < n->count; i++) {
		if (strcmp(n->list[i], name) == 0)
			return i;
	}
	MEM_ROOM(n->list, n->count);
	n->list[n->count] = mem_text(name);
	return n->count++;
}

static void free_names(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->list[i]);
	free(n->list);
	*n = (struct names){0};
}

static bool of(const struct map *m, size_t i)
{
	return m->h->cases[i].scenario == m->scenario;
}

/* The first of the scenario's cases from @i on; SIZE_MAX: there is none. */
static size_t next_of(const struct map *m, size_t i)
{
	const struct html_scenario *s = &m->h->scenarios[m->scenario];

	for (i = i > s->first ? i : s->first; i <= s->last; i++) {
		if (of(m, i))
			return i;
	}
	return SIZE_MAX;
}

static const char *column_of(const struct map *m, const struct result *r)
{
	if (!m->across)
		return r->implementation;
	for (size_t k = 0; k < r->parameter_count; k++) {
		if (strcmp(r->parameters[k].name, m->across) == 0)
			return r->parameters[k].value;
	}
	return "";
}

/* Its parameters but that of the columns. */
static void row_of(const struct map *m, const struct result *r, struct buf *out)
{
	for (size_t k = 0; k < r->parameter_count; k++) {
		if (m->across && strcmp(r->parameters[k].name, m->across) == 0)
			continue;
		buf_printf(out, "%s%s=%s", out->len > 0 ? " " : "", r->parameters[k].name,
		           r->parameters[k].value);
	}
	buf_str(out, "");
}

static void choose_columns(struct map *m)
{
	const struct result *first = &m->h->cases[m->h->scenarios[m->scenario].first].result;
	struct names seen = {0};
	size_t most = 0;

	for (size_t i = next_of(m, 0); i != SIZE_MAX; i = next_of(m, i + 1))
		add_name(&seen, m->h->cases[i].result.implementation);
	most = seen.count;
	free_names(&seen);
	if (most > 1)
		return;
	most = 0;
	for (size_t k = 0; k < first->parameter_count; k++) {
		struct map with = {.across = first->parameters[k].name};

		for (size_t i = next_of(m, 0); i != SIZE_MAX; i = next_of(m, i + 1))
			add_name(&seen, column_of(&with, &m->h->cases[i].result));
		if (seen.count > most) {
			most = seen.count;
			m->across = with.across;
		}
		free_names(&seen);
	}
}

static void cell(const struct map *m, size_t i, struct buf *out)
{
	const struct html_case *c = &m->h->cases[i];
	struct buf time = {0};

	text_ns(&time, c->result.duration);
	buf_printf(out, "<a class=\"c %s\" data-i=\"%zu\" href=\"#case=",
	           verdict_text(c->result.verdict), i);
	html_link(out, c->key);
	buf_printf(out, "\" aria-label=\"%s: ", verdict_text(c->result.verdict));
	html_text(out, *c->label ? c->label : c->result.scenario);
	buf_printf(out, ", %s\">%s</a>", buf_text(&time), signs[c->result.verdict]);
	buf_free(&time);
}

/* One row without a name needs no head. */
static bool has_rows(const struct map *m)
{
	return m->rows.count > 1 || (m->rows.count == 1 && *m->rows.list[0]);
}

static void head(const struct map *m, struct buf *out)
{
	buf_str(out, "<thead><tr>");
	if (has_rows(m)) {
		buf_str(out, "<td class=\"corner\">");
		html_text(out, m->across ? m->across : "");
		buf_str(out, "</td>");
	}
	for (size_t i = 0; i < m->columns.count; i++) {
		buf_str(out, "<th scope=\"col\">");
		if (m->across && !has_rows(m)) {
			html_text(out, m->across);
			buf_str(out, "=");
		}
		html_text(out, m->columns.list[i]);
		buf_str(out, "</th>");
	}
	buf_str(out, "</tr></thead><tbody>\n");
}

/* place: number from 1 of the case at each row and column, 0: none. */
static void body(const struct map *m, const size_t *place, struct buf *out)
{
	for (size_t row = 0; row < m->rows.count; row++) {
		buf_str(out, "<tr>");
		if (has_rows(m)) {
			buf_str(out, "<th scope=\"row\">");
			html_text(out, m->rows.list[row]);
			buf_str(out, "</th>");
		}
		for (size_t column = 0; column < m->columns.count; column++) {
			size_t i = place[row * m->columns.count + column];

			buf_str(out, "<td>");
			if (i > 0)
				cell(m, i - 1, out);
			buf_str(out, "</td>");
		}
		buf_str(out, "</tr>\n");
	}
}

void html_map(const struct html *h, size_t scenario, struct buf *out)
{
	struct map m = {.h = h, .scenario = scenario};
	struct buf row = {0};
	size_t *place;

	choose_columns(&m);
	for (size_t i = next_of(&m, 0); i != SIZE_MAX; i = next_of(&m, i + 1)) {
		row.len = 0;
		row_of(&m, &h->cases[i].result, &row);
		add_name(&m.rows, buf_text(&row));
		add_name(&m.columns, column_of(&m, &h->cases[i].result));
	}
	place = mem_zero(m.rows.count * m.columns.count + 1, sizeof *place);
	for (size_t i = next_of(&m, 0); i != SIZE_MAX; i = next_of(&m, i + 1)) {
		row.len = 0;
		row_of(&m, &h->cases[i].result, &row);
		place[add_name(&m.rows, buf_text(&row)) * m.columns.count +
		      add_name(&m.columns, column_of(&m, &h->cases[i].result))] = i + 1;
	}
	buf_str(out, "<div class=\"scroll\"><table class=\"map\">");
	head(&m, out);
	body(&m, place, out);
	buf_str(out, "</tbody></table></div>");
	free(place);
	free_names(&m.rows);
	free_names(&m.columns);
	buf_free(&row);
}
