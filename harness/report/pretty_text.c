/* SPDX-License-Identifier: MIT */
/* pretty_text.c - see pretty_text.h */
#include "report/pretty_text.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/format.h"
#include <string.h>

#define NAME_COLUMNS 32 /* scenario names are padded to that */

/* ECMA-48, SGR */
#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define FAINT  "\033[2m"
#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"

static const struct {
	const char *sign, *color;
	const char *done; /* "2 failed" */
} looks[VERDICT_COUNT] = {
    [VERDICT_PASS] = {"✓", GREEN, "passed"},
    [VERDICT_FAIL] = {"✗", RED, "failed"},
    [VERDICT_SKIP] = {"-", YELLOW, "skipped"},
    [VERDICT_ERROR] = {"!", RED, "errors"},
};

static void colored(struct buf *out, bool on, const char *color, const char *text)
{
	if (on)
		buf_printf(out, "%s%s" PLAIN, color, text);
	else
		buf_str(out, text);
}

/* "3 cases, each 10 times" */
static void add_cases(struct buf *out, size_t cases, size_t repeat)
{
	buf_printf(out, "%zu case%s", cases, cases == 1 ? "" : "s");
	if (repeat > 1)
		buf_printf(out, ", %s%zu times", cases == 1 ? "" : "each ", repeat);
}

void pretty_head(struct buf *out, const struct report_setting *set)
{
	struct buf line = {0};

	buf_str(&line, "sockproof ");
	report_line(&line, set->version);
	buf_str(&line, " · Linux ");
	report_line(&line, set->kernel);
	buf_str(&line, " · ");
	add_cases(&line, set->cases, set->repeat);
	colored(out, set->color, FAINT, buf_text(&line));
	buf_str(out, "\n\n");
	buf_free(&line);
}

size_t pretty_count(const size_t count[VERDICT_COUNT])
{
	return count[VERDICT_PASS] + count[VERDICT_FAIL] + count[VERDICT_SKIP] +
	       count[VERDICT_ERROR];
}

static void add_count(struct buf *out, enum verdict v, size_t n)
{
	buf_printf(out, "%zu %s", n, v == VERDICT_ERROR && n == 1 ? "error" : looks[v].done);
}

/* What a whole scenario shows: its worst. */
static enum verdict worst(const size_t n[VERDICT_COUNT])
{
	if (n[VERDICT_ERROR])
		return VERDICT_ERROR;
	if (n[VERDICT_FAIL])
		return VERDICT_FAIL;
	return n[VERDICT_PASS] ? VERDICT_PASS : VERDICT_SKIP;
}

void pretty_group(struct buf *out, bool color, const char *scenario,
                  const size_t count[VERDICT_COUNT], int64_t duration)
{
	size_t all = pretty_count(count), width;
	enum verdict v = worst(count);
	struct buf name = {0};
	const char *gap = "  ";

	report_line(&name, scenario);
	width = text_width(buf_text(&name));
	colored(out, color, looks[v].color, looks[v].sign);
	buf_printf(out, " %s%*s  %3zu case%s  %.2f s", buf_text(&name),
	           width < NAME_COLUMNS ? (int)(NAME_COLUMNS - width) : 0, "", all,
	           all == 1 ? " " : "s", (double)duration / (double)NS_PER_S);
	for (int i = 0; count[VERDICT_PASS] < all && i < VERDICT_COUNT; i++) {
		if (count[i] == 0)
			continue;
		buf_str(out, gap);
		add_count(out, i, count[i]);
		gap = ", ";
	}
	buf_free(&name);
}

void pretty_case(struct buf *out, bool color, const struct result *result)
{
	const char *verdict = verdict_text(result->verdict);

	buf_str(out, "    ");
	colored(out, color, looks[result->verdict].color, verdict);
	buf_printf(out, "%*s", (int)(7 - strlen(verdict)), "");
	if (result->parameter_count > 0 || (result->implementation && *result->implementation)) {
		report_label(out, result);
		buf_str(out, "  ");
	}
	if (result->verdict == VERDICT_PASS)
		text_ns(out, result->duration);
	report_line(out, result->reason);
	buf_str(out, "\n");
}

static void field(struct buf *out, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	buf_printf(out, "  %-10s", label);
	report_line(out, value);
	buf_str(out, "\n");
}

void pretty_in_full(struct buf *out, bool color, const struct result *result)
{
	struct buf line = {0};

	buf_printf(&line,
	           "\nThe first %s: ", result->verdict == VERDICT_FAIL ? "failure" : "error");
	report_name(&line, result);
	colored(out, color, BOLD, buf_text(&line));
	buf_str(out, "\n");
	field(out, "title", result->title);
	field(out, "reason", result->reason);
	if (result->file && *result->file) {
		buf_consume(&line, line.len);
		buf_str(&line, result->file);
		if (result->line > 0)
			buf_printf(&line, ":%d", result->line);
		field(out, "at", buf_text(&line));
	}
	field(out, "evidence", result->directory);
	field(out, "repeat", result->command);
	if (result->explanation && *result->explanation) {
		buf_str(out, "\n");
		report_block(out, result->explanation, "    ");
	}
	buf_free(&line);
}

void pretty_sum(struct buf *out, bool color, size_t repeat, const struct report_totals *totals)
{
	const size_t *n = totals->count;
	size_t all = pretty_count(n);
	struct buf line = {0};
	const char *gap = ": ";
	bool bad = n[VERDICT_FAIL] > 0 || n[VERDICT_ERROR] > 0;

	add_cases(&line, all, repeat);
	for (int v = 0; v < VERDICT_COUNT; v++) {
		buf_str(&line, gap);
		add_count(&line, v, n[v]);
		gap = ", ";
	}
	buf_printf(&line, " in %.1f s", (double)totals->duration / (double)NS_PER_S);
	buf_str(out, "\n");
	colored(out, color, bad ? RED : GREEN, buf_text(&line));
	buf_str(out, "\n");
	buf_free(&line);
}

void pretty_cut(struct buf *out, const char *s, size_t columns)
{
	const char *end = s;

	if (text_width(s) > columns) {
		for (size_t n = 0; *end && n < columns; n++)
			for (end++; ((unsigned char)*end & 0xc0) == 0x80; end++)
				;
		buf_add(out, s, (size_t)(end - s));
	} else {
		buf_str(out, s);
	}
}
