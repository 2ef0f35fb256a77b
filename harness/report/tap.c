/* SPDX-License-Identifier: MIT */
/*
 * tap.c - Test Anything Protocol, version 14: a line a case, as soon as there is one
 *
 * Whatever is not a pass or a skip carries a YAML block. Its strings are double-quoted: C's
 * escapes are YAML's there (YAML 1.2.2, section 5.7).
 */
#include "base/clock.h"
#include "base/mem.h"
#include "report/format.h"
#include <string.h>

struct tap {
	struct report base;
	size_t seen;
};

static void yaml_string(struct buf *out, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	buf_printf(out, "  %s: ", key);
	report_quoted(out, value);
	buf_str(out, "\n");
}

static void yaml_explanation(struct buf *out, const char *text)
{
	if (!text || !*text)
		return;
	/* Where the text's first line is itself indented, a 2 says how far the block is. */
	buf_printf(out, "  explanation: |%s\n", text[strspn(text, "\r\n")] == ' ' ? "2" : "");
	report_block(out, text, "    ");
}

static void yaml(struct buf *out, const struct result *result)
{
	buf_str(out, "  ---\n");
	yaml_string(out, "message", result->reason);
	buf_printf(out, "  severity: %s\n", verdict_text(result->verdict));
	yaml_string(out, "title", result->title);
	yaml_string(out, "file", result->file);
	if (result->line > 0)
		buf_printf(out, "  line: %d\n", result->line);
	buf_printf(out, "  duration_ms: %.3f\n", (double)result->duration / (double)NS_PER_MS);
	yaml_string(out, "directory", result->directory);
	yaml_string(out, "command", result->command);
	yaml_explanation(out, result->explanation);
	buf_str(out, "  ...\n");
}

/* On a test's line "#" would start a directive, and a backslash escapes. */
static void escape(struct buf *out, const struct buf *safe)
{
	for (const char *p = buf_text(safe); *p; p++) {
		if (*p == '#' || *p == '\\')
			buf_str(out, "\\");
		buf_add(out, p, 1);
	}
}

static void tap_result(struct report *r, const struct result *result)
{
	struct tap *t = (struct tap *)r;
	bool bad = result->verdict == VERDICT_FAIL || result->verdict == VERDICT_ERROR;
	struct buf out = {0}, name = {0}, reason = {0};

	report_name(&name, result);
	report_line(&reason, result->reason);
	buf_printf(&out, "%s %zu - ", bad ? "not ok" : "ok", ++t->seen);
	escape(&out, &name);
	if (result->verdict == VERDICT_SKIP) {
		buf_str(&out, " # SKIP ");
		escape(&out, &reason);
	}
	buf_str(&out, "\n");
	if (bad)
		yaml(&out, result);
	fputs(buf_text(&out), r->set.out);
	fflush(r->set.out);
	buf_free(&name);
	buf_free(&reason);
	buf_free(&out);
}

static int tap_finish(struct report *r, const struct report_totals *totals, struct err *err)
{
	const struct tap *t = (struct tap *)r;
	const size_t *n = totals->count;

	(void)err;
	fprintf(r->set.out, "# pass %zu, fail %zu, skip %zu, error %zu\n", n[VERDICT_PASS],
	        n[VERDICT_FAIL], n[VERDICT_SKIP], n[VERDICT_ERROR]);
	if (t->seen < r->set.cases)
		fprintf(r->set.out, "Bail out! %zu of %zu cases were run\n", t->seen, r->set.cases);
	return 0;
}

static void tap_close(struct report *r)
{
	(void)r;
}

static const struct report_ops tap_ops = {
    .result = tap_result,
    .finish = tap_finish,
    .close = tap_close,
};

struct report *tap_report_open(const struct report_setting *set)
{
	struct tap *t = mem_zero(1, sizeof *t);
	struct buf head = {0};

	t->base.ops = &tap_ops;
	t->base.set = *set;
	buf_printf(&head, "TAP version 14\n1..%zu%s\n# sockproof ", set->cases,
	           set->cases ? "" : " # SKIP no cases");
	report_line(&head, set->version);
	buf_str(&head, ", Linux ");
	report_line(&head, set->kernel);
	if (set->repeat > 1)
		buf_printf(&head, ", each case %zu times", set->repeat);
	buf_str(&head, "\n");
	fputs(buf_text(&head), set->out);
	fflush(set->out);
	buf_free(&head);
	return &t->base;
}
