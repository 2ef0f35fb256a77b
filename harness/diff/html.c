/* SPDX-License-Identifier: MIT */
/*
 * html.c - a comparison as a page that stands alone: no script, no network, light and dark
 *
 * All texts of a diff are one line of UTF-8 without control characters; here only what HTML takes
 * for its own is escaped.
 */
#include "base/text.h"
#include "diff/diff_own.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Rows that are shown around one that differs; what is alike between is folded. */
#define AROUND 3u
/* Longer ones are for `--format json`. */
#define ROWS_MOST 4000u

static const char style[] =
    ":root{color-scheme:light dark;--line:#8884;--part:#c62828;--part-bg:#c6282822;"
    "--manner-bg:#b5890022;--dim:#767676}"
    "@media(prefers-color-scheme:dark){:root{--part:#ff8a80;--dim:#9a9a9a}}"
    "body{font:15px/1.45 system-ui,sans-serif;max-width:78rem;margin:1.5rem auto;padding:0 1rem}"
    "h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2rem}h3{font-size:1rem}"
    /* break-word, unlike anywhere, leaves a column as wide as its longest word; what may hold
     * bytes of packets has a width of its own to break at */
    "h1,p,code,th,td{overflow-wrap:break-word}"
    "code,.w{font-family:ui-monospace,monospace;font-size:.85rem}"
    ".w{overflow-wrap:anywhere;min-width:15rem}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.15rem "
    ".5rem;border-bottom:1px solid "
    "var(--line)}"
    ".what th:first-child{white-space:nowrap}.what td{width:50%;min-width:8rem;"
    "overflow-wrap:anywhere}.items td:first-child{white-space:nowrap}"
    ".items td:nth-child(2){min-width:15rem}.items td.w{width:32%}"
    ".scroll{overflow-x:auto}.rows{table-layout:fixed;min-width:40rem}"
    ".rows col.n{width:3.6rem}.rows col.m{width:2.2rem}"
    "tr.parts td{background:var(--part-bg)}tr.manner td{background:var(--manner-bg)}"
    "tr.first td{font-weight:600}tr.first td:first-child{box-shadow:inset 4px 0 "
    "var(--part)}tr.fold td{color:var(--dim)}"
    ".n{color:var(--dim);text-align:right}.part{color:var(--part);font-weight:600}"
    /* no room for four columns: A below what it is about, B below A */
    "@media(max-width:40rem){.items thead{display:none}.items tr{display:block;"
    "border-bottom:1px solid var(--line);padding:.3rem 0}.items "
    "td:nth-child(n){display:block;border:0;"
    "width:auto;min-width:0}.items td.w:not(:empty)::before{content:'A "
    "';font-weight:600}.items td.w:last-child:not(:empty)::before{content:'B '}"
    ".items td:first-child{color:var(--dim)}}"
    "@media print{body{max-width:none}}";

/* As text_html(), of a text that may be missing. */
static void put_text(struct buf *out, const char *s)
{
	if (s)
		text_html(out, s);
}

static void put_line(struct buf *out, const char *s)
{
	struct buf line = {0};

	text_one_line(&line, s, strlen(s));
	text_html(out, buf_text(&line));
	buf_free(&line);
}

void diff_html_head(const char *title, struct buf *out)
{
	buf_str(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	             "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
	             "<title>");
	put_line(out, title);
	buf_printf(out, "</title><style>%s</style></head>\n<body><main><h1>", style);
	put_line(out, title);
	buf_str(out, "</h1>\n");
}

void diff_html_foot(struct buf *out)
{
	buf_str(out, "</main></body></html>\n");
}

static void put_sources(const struct diff *d, struct buf *out)
{
	buf_str(out,
	        "<div class=\"scroll\" tabindex=\"0\"><table class=\"what\"><thead><tr><th></th>"
	        "<th>A</th><th>B</th></tr></thead><tbody><tr><th scope=\"row\">what</th>");
	for (int side = 0; side < 2; side++) {
		struct buf name = {0};

		if (d->source[side]->kind == SOURCE_CASE)
			case_evidence_name(&d->source[side]->evidence, &name);
		buf_str(out, "<td>");
		put_text(out, buf_text(&name));
		buf_printf(out, "%s<code>", name.len > 0 ? "<br>" : "");
		put_text(out, d->source[side]->name);
		buf_str(out, "</code></td>");
		buf_free(&name);
	}
	buf_str(out, "</tr>");
	if (d->source[0]->left_out + d->source[1]->left_out > 0)
		buf_printf(out,
		           "<tr><th scope=\"row\">frames without IP, left out</th><td>%" PRId64
		           "</td><td>%" PRId64 "</td></tr>",
		           d->source[0]->left_out, d->source[1]->left_out);
	for (size_t i = 0; i < d->fact_count; i++) {
		buf_str(out, "<tr><th scope=\"row\">");
		put_text(out, d->facts[i].name);
		for (int side = 0; side < 2; side++) {
			buf_printf(out, "</%s><td>", side == 0 ? "th" : "td");
			put_text(out, d->facts[i].value[side] ? d->facts[i].value[side] : "–");
		}
		buf_str(out, "</td></tr>");
	}
	buf_str(out, "</tbody></table></div>\n");
}

static void put_cell(const struct diff *d, int side, int64_t number, struct buf *out)
{
	char *words;

	if (number == 0) {
		buf_str(out, "<td class=\"n\"></td><td class=\"w\"></td>");
		return;
	}
	words = diff_packet_words(d->source[side], number, true);
	buf_printf(out, "<td class=\"n\">%" PRId64 "</td><td class=\"w\">", number);
	put_text(out, words);
	buf_str(out, "</td>");
	free(words);
}

static void put_kinds(unsigned kinds, struct buf *out)
{
	const char *gap = " title=\"";

	for (int i = 0; i < DIFF_KINDS; i++) {
		if (!(kinds & 1u << i))
			continue;
		buf_printf(out, "%s%s", gap, diff_kind_text((enum diff_kind)i));
		gap = ", ";
	}
	if (kinds)
		buf_str(out, "\"");
}

static void put_row(const struct diff *d, const struct diff_row *row, bool first, struct buf *out)
{
	buf_printf(out, "<tr class=\"%s%s\">",
	           row->parts   ? "parts"
	           : row->kinds ? "manner"
	                        : "same",
	           first ? " first" : "");
	put_cell(d, 0, row->packet[0], out);
	buf_str(out, "<td");
	put_kinds(row->kinds, out);
	buf_printf(out, ">%s</td>", row->parts ? "≠" : row->kinds ? "~" : "");
	put_cell(d, 1, row->packet[1], out);
	buf_str(out, "</tr>\n");
}

static bool near_difference(const struct diff_conversation *v, size_t at)
{
	size_t begin = at < AROUND ? 0 : at - AROUND;

	if (at < AROUND)
		return true;
	for (size_t i = begin; i < v->row_count && i <= at + AROUND; i++) {
		if (v->rows[i].kinds || v->rows[i].parts)
			return true;
	}
	return false;
}

static bool is_first(const struct diff *d, size_t v, const struct diff_row *row)
{
	const struct diff_item *item = d->first >= 0 ? &d->items[d->first] : NULL;

	return item && item->conversation == (int)v &&
	       ((item->side[0].packet > 0 && item->side[0].packet == row->packet[0]) ||
	        (item->side[1].packet > 0 && item->side[1].packet == row->packet[1]));
}

static void put_conversation(const struct diff *d, size_t index, const struct diff_look *look,
                             struct buf *out)
{
	const struct diff_conversation *v = &d->conversations[index];
	size_t folded = 0, shown = 0;

	buf_str(out, "<h3><code>");
	put_text(out, v->name);
	buf_str(out, "</code></h3><div class=\"scroll\" tabindex=\"0\"><table class=\"rows\">"
	             "<colgroup><col class=\"n\"><col><col class=\"m\"><col class=\"n\"><col>"
	             "</colgroup><thead><tr><th colspan=\"2\">A</th><th></th>"
	             "<th colspan=\"2\">B</th></tr></thead><tbody>\n");
	for (size_t i = 0; i <= v->row_count; i++) {
		bool show =
		    i < v->row_count && shown < ROWS_MOST && (look->all || near_difference(v, i));

		if (i < v->row_count && !show) {
			folded++;
			continue;
		}
		if (folded > 0)
			buf_printf(out,
			           "<tr class=\"fold\"><td></td><td colspan=\"4\">… %zu %s</td>"
			           "</tr>\n",
			           folded, shown < ROWS_MOST ? "alike" : "more");
		folded = 0;
		if (i == v->row_count)
			break;
		put_row(d, &v->rows[i], is_first(d, index, &v->rows[i]), out);
		shown++;
	}
	buf_str(out, "</tbody></table></div>\n");
}

static void put_items(const struct diff *d, bool parts, struct buf *out)
{
	size_t count = 0, shown = 0;

	for (size_t i = 0; i < DIFF_KINDS; i++)
		count += d->count[i][parts];
	if (count == 0)
		return;
	buf_printf(
	    out,
	    "<h3>%s</h3><div class=\"scroll\" tabindex=\"0\"><table class=\"items\"><thead><tr>"
	    "<th>kind</th><th>what</th><th>A</th><th>B</th></tr></thead><tbody>\n",
	    parts ? "What parts" : "In manner only");
	for (size_t i = 0; i < d->item_count; i++) {
		const struct diff_item *item = &d->items[i];

		if (item->parts != parts)
			continue;
		shown++;
		buf_printf(out, "<tr%s><td>%s</td><td>",
		           (int)i == d->first ? " class=\"first\"" : "",
		           diff_kind_text(item->kind));
		put_text(out, item->words);
		for (int side = 0; side < 2; side++) {
			buf_str(out, "</td><td class=\"w\">");
			if (item->side[side].packet > 0)
				buf_printf(out, "%" PRId64 " ", item->side[side].packet);
			put_text(out, item->side[side].words);
			if (!item->side[side].step)
				continue;
			buf_printf(out, "<br><span class=\"n\">line %d", item->side[side].line);
			if (item->side[side].packet > 0) { /* otherwise it is the step itself */
				buf_str(out, ": ");
				put_text(out, item->side[side].step);
			}
			buf_str(out, "</span>");
		}
		buf_str(out, "</td></tr>\n");
	}
	buf_str(out, "</tbody></table></div>\n");
	if (count > shown)
		buf_printf(out, "<p>… and %zu more</p>\n", count - shown);
}

static bool has_part(const struct diff_conversation *v)
{
	for (size_t i = 0; i < v->row_count; i++) {
		if (v->rows[i].parts)
			return true;
	}
	return false;
}

void diff_html(const struct diff *d, const struct diff_look *look, struct buf *out)
{
	put_sources(d, out);
	if (d->first >= 0) {
		buf_printf(out, "<p><span class=\"part\">They part first in %s:</span> ",
		           diff_kind_text(d->items[d->first].kind));
		put_text(out, d->items[d->first].words);
		buf_str(out, "</p>\n");
	} else {
		buf_str(out, "<p>They mean the same.</p>\n");
	}
	for (size_t i = 0; i < d->conversation_count; i++) {
		if (has_part(&d->conversations[i]))
			put_conversation(d, i, look, out);
	}
	put_items(d, true, out);
	for (size_t i = 0; i < d->conversation_count; i++) {
		if (!has_part(&d->conversations[i]))
			put_conversation(d, i, look, out);
	}
	put_items(d, false, out);
}
