/* SPDX-License-Identifier: MIT */
/*
 * html_overview.c - what the page shows before a case is opened; plain HTML
 *
 * What did not pass; a table of topics; each topic's scenarios with a map of their cases; what was
 * not steady, what was slow, what was skipped; where all this ran. page/overview.js filters it by
 * the data- attributes: data-i is a case's number, on whatever leads to it.
 */
#include "base/clock.h"
#include "base/text.h"
#include "report/html_own.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BROKEN_MOST  200 /* told in full; the maps have the others */
#define SLOWEST_MOST 12
#define SKIPS_MOST   40

static const struct {
	const char *sign, *class, *done;
} looks[VERDICT_COUNT] = {
    [VERDICT_PASS] = {"✓", "pass", "passed"},
    [VERDICT_FAIL] = {"✗", "fail", "failed"},
    [VERDICT_SKIP] = {"–", "skip", "skipped"},
    [VERDICT_ERROR] = {"!", "error", "errors"},
};

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* "c:close/half-close family=ipv4 (poll)", an opening tag of a link to it */
static void open_link(struct buf *out, const struct html *h, size_t i, const char *class)
{
	buf_printf(out, "<a class=\"%s\" data-i=\"%zu\" href=\"#case=", class, i);
	html_link(out, h->cases[i].key);
	buf_str(out, "\"");
}

static void named_link(struct buf *out, const struct html *h, size_t i)
{
	open_link(out, h, i, "to");
	buf_str(out, ">");
	html_text(out, h->cases[i].result.scenario);
	buf_str(out, "</a> <span class=\"label\">");
	html_text(out, h->cases[i].label);
	buf_str(out, "</span>");
}

static void badge(struct buf *out, enum verdict v)
{
	buf_printf(out, "<span class=\"badge %s\">%s</span> ", looks[v].class, verdict_text(v));
}

/* Four parts in proportion; told in words beside it. */
static void bar(struct buf *out, const size_t count[VERDICT_COUNT])
{
	buf_str(out, "<span class=\"bar\" aria-hidden=\"true\">");
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (count[v] > 0)
			buf_printf(out, "<i class=\"%s\" style=\"flex-grow:%zu\"></i>",
			           looks[v].class, count[v]);
	}
	buf_str(out, "</span>");
}

/* "3 failed, 1 error, 96 passed": what matters first */
static void counts(struct buf *out, const size_t count[VERDICT_COUNT])
{
	static const enum verdict order[] = {VERDICT_FAIL, VERDICT_ERROR, VERDICT_SKIP,
	                                     VERDICT_PASS};
	const char *gap = "";

	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		enum verdict v = order[i];

		if (count[v] == 0)
			continue;
		buf_printf(out, "%s<span class=\"n-%s\">%zu %s</span>", gap, looks[v].class,
		           count[v], v == VERDICT_ERROR && count[v] == 1 ? "error" : looks[v].done);
		gap = ", ";
	}
}

void html_title(const struct report_totals *t, struct buf *out)
{
	size_t all = 0, bad = t->count[VERDICT_FAIL] + t->count[VERDICT_ERROR];

	for (int v = 0; v < VERDICT_COUNT; v++)
		all += t->count[v];
	if (bad == 0 && t->count[VERDICT_PASS] == all)
		buf_printf(out, all == 1 ? "The only case passed" : "All %zu cases passed", all);
	else if (bad == 0 && t->count[VERDICT_PASS] > 0)
		buf_printf(out, "%zu of %zu cases passed, the others were skipped",
		           t->count[VERDICT_PASS], all);
	else if (bad == 0)
		buf_printf(out, "%zu case%s, nothing was played", all, plural(all));
	else if (t->count[VERDICT_ERROR] == 0)
		buf_printf(out, "%zu of %zu case%s failed", bad, all, plural(all));
	else if (t->count[VERDICT_FAIL] == 0)
		buf_printf(out, "%zu of %zu case%s ended in error", bad, all, plural(all));
	else
		buf_printf(out, "%zu of %zu cases failed, %zu ended in error",
		           t->count[VERDICT_FAIL], all, t->count[VERDICT_ERROR]);
}

/* The head ----------------------------------------------------------------------------------------
 */

static void when(struct buf *out)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[64] = "", machine[64] = "";

	if (!gmtime_r(&now, &tm))
		return;
	strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm);
	strftime(machine, sizeof machine, "%Y-%m-%dT%H:%MZ", &tm);
	buf_printf(out, "<time datetime=\"%s\">%s</time>", machine, text);
}

static void head(const struct html *h, const struct report_totals *t, struct buf *out)
{
	buf_str(out, "<h1>");
	if (h->set->title)
		html_text(out, h->set->title);
	else
		html_title(t, out);
	buf_str(out, "</h1>\n<p class=\"under\">Linux ");
	html_text(out, h->set->kernel);
	buf_printf(out, " · %s clock · sockproof ", h->set->clock);
	html_text(out, h->set->version);
	buf_str(out, " · ");
	when(out);
	buf_printf(out, " · %.1f s", (double)t->duration / (double)NS_PER_S);
	if (h->set->repeat > 1)
		buf_printf(out, " · each case %zu times", h->set->repeat);
	buf_str(out, "</p>\n");
	bar(out, t->count);
}

/* Without JavaScript it is not shown: it could do nothing. */
static void filters(const struct html *h, const struct report_totals *t, struct buf *out)
{
	buf_str(out, "<form id=\"filter\" role=\"search\" aria-label=\"Cases\" hidden>"
	             "<label class=\"grow\"><span class=\"sr\">Search: names, parameters, "
	             "implementations, reasons</span><input id=\"q\" type=\"search\" "
	             "placeholder=\"Search names, parameters, implementations, reasons\" "
	             "autocomplete=\"off\" spellcheck=\"false\"></label>"
	             "<label><span class=\"sr\">Topic</span><select id=\"topic\"><option "
	             "value=\"\">every topic</option>");
	for (size_t i = 0; i < h->topic_count; i++) {
		buf_str(out, "<option>");
		html_text(out, h->topics[i].name);
		buf_str(out, "</option>");
	}
	buf_str(out,
	        "</select></label><fieldset><legend class=\"sr\">Only cases with verdict</legend>");
	for (int v = 0; v < VERDICT_COUNT; v++)
		buf_printf(out,
		           "<label class=\"pick %s\"><input type=\"checkbox\" name=\"v\" "
		           "value=\"%s\"%s><span>%s <b>%zu</b> %s</span></label>",
		           looks[v].class, verdict_text((enum verdict)v),
		           t->count[v] ? "" : " disabled", looks[v].sign, t->count[v],
		           v == VERDICT_ERROR && t->count[v] == 1 ? "error" : looks[v].done);
	buf_printf(out,
	           "</fieldset><output id=\"shown\" for=\"q topic\">%zu case%s</output>"
	           "<button type=\"reset\" id=\"reset\" hidden>Clear</button></form>\n",
	           h->case_count, plural(h->case_count));
}

/* What did not pass -------------------------------------------------------------------------------
 */

/* Cases of one scenario that ended alike, one behind the other, are one card. */
static bool alike(const struct html *h, size_t a, size_t b)
{
	const struct html_case *x = &h->cases[a], *y = &h->cases[b];

	return x->scenario == y->scenario && x->result.verdict == y->result.verdict &&
	       x->result.line == y->result.line && strcmp(x->result.reason, y->result.reason) == 0;
}

static void broken_one(const struct html *h, size_t i, struct buf *out)
{
	const struct html_case *c = &h->cases[i];

	buf_printf(out, "<li data-i=\"%zu\">", i);
	open_link(out, h, i, "to");
	buf_str(out, ">");
	html_text(out, *c->label ? c->label : c->result.scenario);
	buf_str(out, "</a>");
	if (*c->result.directory) {
		buf_str(out, " <a class=\"at\" href=\"#case=");
		html_link(out, c->key);
		buf_str(out, "&amp;at=break\" aria-label=\"where they part: ");
		html_text(out, *c->label ? c->label : c->result.scenario);
		buf_str(out, "\">where they part</a>");
	}
	buf_str(out, "</li>\n");
}

static void broken_cases(const struct html *h, size_t first, size_t last, struct buf *out)
{
	const struct html_case *c = &h->cases[first];
	const struct result *r = &c->result;

	buf_printf(out, "<li class=\"%s\"><h3>", looks[r->verdict].class);
	badge(out, r->verdict);
	html_text(out, r->scenario);
	buf_str(out, " <small>");
	html_text(out, r->title);
	buf_str(out, "</small></h3><p class=\"reason\">");
	html_text(out, r->reason);
	if (*r->file) {
		buf_str(out, " <span class=\"dim\">");
		html_text(out, r->file);
		if (r->line > 0)
			buf_printf(out, ":%d", r->line);
		buf_str(out, "</span>");
	}
	buf_str(out, "</p><ul class=\"ones\">\n");
	for (size_t i = first; i <= last; i++)
		broken_one(h, i, out);
	buf_str(out, "</ul>");
	if (r->explanation) {
		buf_printf(out,
		           "<details><summary>Expected and found%s</summary><pre "
		           "class=\"explained scroll\" tabindex=\"0\">",
		           last > first ? ", in the first of them" : "");
		html_block(out, r->explanation);
		buf_str(out, "</pre></details>");
	}
	buf_str(out, "</li>\n");
}

static void broken(const struct html *h, const struct report_totals *t, struct buf *out)
{
	size_t told = 0, all = t->count[VERDICT_FAIL] + t->count[VERDICT_ERROR], last;

	if (all == 0)
		return;
	buf_str(out, "<section id=\"broken\" class=\"list\"><h2>What did not pass</h2><ol "
	             "class=\"cards\">\n");
	for (size_t i = 0; i < h->case_count && told < BROKEN_MOST; i = last + 1) {
		enum verdict v = h->cases[i].result.verdict;

		last = i;
		if (v != VERDICT_FAIL && v != VERDICT_ERROR)
			continue;
		while (last + 1 < h->case_count && alike(h, i, last + 1))
			last++;
		broken_cases(h, i, last, out);
		told += last - i + 1;
	}
	buf_str(out, "</ol>");
	if (told < all)
		buf_printf(out, "<p class=\"dim\">And %zu more: see the topics below.</p>",
		           all - told);
	buf_str(out, "</section>\n");
}

/* Topics ------------------------------------------------------------------------------------------
 */

static void number_cell(struct buf *out, size_t n, const char *class)
{
	if (n > 0)
		buf_printf(out, "<td class=\"num n-%s\">%zu</td>", class, n);
	else
		buf_str(out, "<td class=\"num none\">0</td>");
}

static void topics(const struct html *h, struct buf *out)
{
	buf_str(out, "<section id=\"topics\"><h2>Verdicts by topic</h2><div class=\"scroll\" "
	             "role=\"region\" aria-label=\"Verdicts by topic\" tabindex=\"0\"><table "
	             "class=\"plain\"><thead><tr><th scope=\"col\">Topic</th><th scope=\"col\" "
	             "class=\"wide\"><span class=\"sr\">Share</span></th><th scope=\"col\" "
	             "class=\"num\">Scenarios</th><th scope=\"col\" class=\"num\">Cases</th>"
	             "<th scope=\"col\" class=\"num\">Passed</th><th scope=\"col\" "
	             "class=\"num\">Failed</th><th scope=\"col\" class=\"num\">Skipped</th><th "
	             "scope=\"col\" class=\"num\">Errors</th><th scope=\"col\" "
	             "class=\"num\">Time</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < h->topic_count; i++) {
		const struct html_topic *t = &h->topics[i];

		buf_printf(out, "<tr data-t=\"%zu\"><th scope=\"row\"><a href=\"#topic-%zu\">", i,
		           i);
		html_text(out, t->name);
		buf_str(out, "</a></th><td class=\"wide\">");
		bar(out, t->count);
		buf_printf(out, "</td><td class=\"num\">%zu</td><td class=\"num\">%zu</td>",
		           t->scenarios, t->cases);
		number_cell(out, t->count[VERDICT_PASS], "pass");
		number_cell(out, t->count[VERDICT_FAIL], "fail");
		number_cell(out, t->count[VERDICT_SKIP], "skip");
		number_cell(out, t->count[VERDICT_ERROR], "error");
		buf_printf(out, "<td class=\"num\">%.1f s</td></tr>\n",
		           (double)t->duration / (double)NS_PER_S);
	}
	buf_str(out, "</tbody></table></div></section>\n");
}

static void scenario(const struct html *h, size_t s, struct buf *out)
{
	const struct html_scenario *sc = &h->scenarios[s];
	const char *slash = strchr(sc->name, '/');

	buf_printf(out, "<article class=\"scenario\" data-s=\"%zu\" data-name=\"", s);
	html_text(out, sc->name);
	buf_str(out, "\"><header><h4>");
	html_text(out, slash ? slash + 1 : sc->name);
	buf_str(out, "</h4><p>");
	html_text(out, sc->title);
	buf_str(out, "</p></header>");
	html_map(h, s, out);
	buf_str(out, "</article>\n");
}

static void by_topic(const struct html *h, struct buf *out)
{
	buf_str(out, "<section id=\"cases\"><h2>Cases</h2><p class=\"dim\" id=\"legend\">Each mark "
	             "is a case and leads to what happened: <span class=\"key\"><span class=\"c "
	             "pass\">✓</span> "
	             "passed</span> <span class=\"key\"><span class=\"c fail\">✗</span> "
	             "failed</span> <span class=\"key\"><span class=\"c skip\">–</span> "
	             "skipped</span> <span class=\"key\"><span class=\"c error\">!</span> "
	             "error</span></p>\n");
	for (size_t t = 0; t < h->topic_count; t++) {
		buf_printf(out, "<section class=\"topic\" id=\"topic-%zu\" data-t=\"%zu\"><h3>", t,
		           t);
		html_text(out, h->topics[t].name);
		buf_printf(out, " <small>%zu case%s: ", h->topics[t].cases,
		           plural(h->topics[t].cases));
		counts(out, h->topics[t].count);
		buf_str(out, "</small></h3><div class=\"scenarios\">\n");
		for (size_t s = 0; s < h->scenario_count; s++) {
			if (h->scenarios[s].topic == t)
				scenario(h, s, out);
		}
		buf_str(out, "</div></section>\n");
	}
	buf_str(out, "<p id=\"nothing\" hidden>No case is like that.</p></section>\n");
}

/* Slow, unsteady, skipped -------------------------------------------------------------------------
 */

static void unsteady(const struct html *h, struct buf *out)
{
	bool any = false;

	if (h->set->repeat < 2)
		return;
	buf_str(out, "<section id=\"unsteady\" class=\"list\"><h2>Not the same each time</h2>");
	for (size_t i = 0; i < h->case_count; i++) {
		if (!h->cases[i].result.unsteady)
			continue;
		buf_printf(out, "%s<li data-i=\"%zu\"><p class=\"what\">",
		           any ? "" : "<ol class=\"cards\">\n", i);
		named_link(out, h, i);
		buf_str(out, "</p><p class=\"reason\">");
		html_text(out, h->cases[i].result.reason);
		buf_str(out, "</p></li>\n");
		any = true;
	}
	if (any)
		buf_str(out, "</ol></section>\n");
	else
		buf_printf(out,
		           "<p>Each case was played %zu times, and each left the same normalised "
		           "trace every time.</p></section>\n",
		           h->set->repeat);
}

static void slowest(const struct html *h, struct buf *out)
{
	size_t list[SLOWEST_MOST], count = 0;

	for (size_t i = 0; i < h->case_count; i++) {
		size_t at = count < SLOWEST_MOST ? count++ : count - 1;

		if (at == SLOWEST_MOST - 1 && i >= SLOWEST_MOST &&
		    h->cases[list[at]].result.duration >= h->cases[i].result.duration)
			continue;
		for (;
		     at > 0 && h->cases[list[at - 1]].result.duration < h->cases[i].result.duration;
		     at--)
			list[at] = list[at - 1];
		list[at] = i;
	}
	if (count < 2)
		return;
	buf_str(out, "<section id=\"slowest\" class=\"list\"><h2>Slowest</h2><table "
	             "class=\"plain\"><thead><tr><th scope=\"col\" class=\"num\">Time</th><th "
	             "scope=\"col\">Case</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "<tr data-i=\"%zu\"><td class=\"num\">%.2f s</td><td>", list[i],
		           (double)h->cases[list[i]].result.duration / (double)NS_PER_S);
		named_link(out, h, list[i]);
		buf_str(out, "</td></tr>\n");
	}
	buf_str(out, "</tbody></table></section>\n");
}

static bool same_skip(const struct html *h, size_t a, size_t b)
{
	return h->cases[b].result.verdict == VERDICT_SKIP &&
	       strcmp(h->cases[a].result.reason, h->cases[b].result.reason) == 0;
}

/* One reason: its cases are told by its first one. */
static bool skip_group(const struct html *h, size_t i, struct buf *out)
{
	size_t alike = 0;

	for (size_t k = 0; k < i; k++) {
		if (same_skip(h, i, k))
			return false;
	}
	for (size_t k = i; k < h->case_count; k++)
		alike += same_skip(h, i, k);
	buf_str(out, "<li><details><summary>");
	html_text(out, h->cases[i].result.reason);
	buf_printf(out, " <span class=\"dim\">%zu case%s</span></summary><ul>", alike,
	           plural(alike));
	for (size_t k = i; k < h->case_count; k++) {
		if (!same_skip(h, i, k))
			continue;
		buf_printf(out, "<li data-i=\"%zu\">", k);
		named_link(out, h, k);
		buf_str(out, "</li>\n");
	}
	buf_str(out, "</ul></details></li>\n");
	return true;
}

static void skipped(const struct html *h, const struct report_totals *t, struct buf *out)
{
	size_t reasons = 0;

	if (t->count[VERDICT_SKIP] == 0)
		return;
	buf_str(out, "<section id=\"skipped\" class=\"list\"><h2>Skipped, and why</h2><ul "
	             "class=\"cards\">\n");
	for (size_t i = 0; i < h->case_count && reasons < SKIPS_MOST; i++) {
		if (h->cases[i].result.verdict == VERDICT_SKIP)
			reasons += skip_group(h, i, out);
	}
	buf_str(out, "</ul></section>\n");
}

static void fact(struct buf *out, const char *name, const char *value, bool code)
{
	if (!value || !*value)
		return;
	buf_printf(out, "<dt>%s</dt><dd%s>", name, code ? " class=\"mono\"" : "");
	html_text(out, value);
	buf_str(out, "</dd>");
}

static void environment(const struct html *h, struct buf *out)
{
	buf_str(out, "<section id=\"environment\"><h2>Environment</h2><dl class=\"facts\">");
	fact(out, "Command", h->set->command, true);
	fact(out, "Kernel", h->set->kernel, false);
	fact(out, "Clock", h->set->clock, false);
	fact(out, "sockproof", h->set->version, false);
	fact(out, "libpcap", h->set->libpcap, false);
	buf_str(out, "</dl></section>\n");
}

static void table(const struct html_table *t, struct buf *out)
{
	buf_printf(out, "<section id=\"%s\"><h2>", t->id);
	html_text(out, t->title);
	buf_str(out, "</h2><div class=\"scroll\" role=\"region\" aria-label=\"");
	html_text(out, t->title);
	buf_str(out, "\" tabindex=\"0\"><table class=\"plain\">");
	for (size_t row = 0; row < t->rows; row++) {
		buf_str(out, row == 0 ? "<thead><tr>" : "<tr>");
		for (size_t k = 0; k < t->columns; k++) {
			/* a row is about what stands in its first cell */
			buf_str(out, row == 0 ? "<th scope=\"col\">"
			             : k == 0 ? "<th scope=\"row\">"
			                      : "<td>");
			html_text(out, t->cells[row * t->columns + k]);
			buf_str(out, row == 0 || k == 0 ? "</th>" : "</td>");
		}
		buf_str(out, row == 0 ? "</tr></thead><tbody>\n" : "</tr>\n");
	}
	buf_str(out, "</tbody></table></div></section>\n");
}

void html_overview(const struct html *h, const struct report_totals *totals, struct buf *out)
{
	head(h, totals, out);
	for (size_t i = 0; i < h->table_count; i++)
		table(&h->tables[i], out);
	filters(h, totals, out);
	buf_str(out, "<noscript><p class=\"note\">This overview is whole without JavaScript; what "
	             "happened in each case is packed and needs it. The case directories beside "
	             "this file have the same.</p></noscript>\n");
	broken(h, totals, out);
	unsteady(h, out);
	topics(h, out);
	by_topic(h, out);
	buf_str(out, "<div class=\"two\">");
	slowest(h, out);
	skipped(h, totals, out);
	buf_str(out, "</div>");
	environment(h, out);
}
