/* SPDX-License-Identifier: MIT */
/*
 * junit.c - JUnit's XML as CI services read it: a testsuite a scenario, a testcase a case
 *
 * The counts stand in front of what they count, so all is held until the end. XML 1.0 (section
 * 2.2) has no way to write most control characters: they come as \xNN.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "report/format.h"
#include <stdlib.h>
#include <string.h>

struct junit {
	struct report base;
	struct buf done;  /* testsuites that are complete */
	struct buf suite; /* the testcases of the current one */
	char *scenario;   /* its name, NULL before the first */
	size_t count[VERDICT_COUNT];
	int64_t duration;
};

/* @safe comes from report_line() or report_block(): nothing below a blank but tab and newline. */
static void xml_escape(struct buf *out, const char *safe)
{
	for (const char *p = safe; *p; p++) {
		if (*p == '&')
			buf_str(out, "&amp;");
		else if (*p == '<')
			buf_str(out, "&lt;");
		else if (*p == '>')
			buf_str(out, "&gt;");
		else if (*p == '"')
			buf_str(out, "&quot;");
		else
			buf_add(out, p, 1);
	}
}

static void attribute(struct buf *out, const char *name, const char *value)
{
	struct buf safe = {0};

	report_line(&safe, value);
	buf_printf(out, " %s=\"", name);
	xml_escape(out, buf_text(&safe));
	buf_str(out, "\"");
	buf_free(&safe);
}

static void block(struct buf *out, const char *text)
{
	struct buf safe = {0};

	report_block(&safe, text, "");
	xml_escape(out, buf_text(&safe));
	buf_free(&safe);
}

static void counts(struct buf *out, const size_t n[VERDICT_COUNT], int64_t duration)
{
	size_t all = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		all += n[v];
	buf_printf(out,
	           " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.6f\"",
	           all, n[VERDICT_FAIL], n[VERDICT_ERROR], n[VERDICT_SKIP],
	           (double)duration / (double)NS_PER_S);
}

static void property(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "\t\t\t<property name=\"%s\"", name);
	attribute(out, "value", value);
	buf_str(out, "/>\n");
}

static void end_suite(struct junit *j)
{
	if (!j->scenario)
		return;
	buf_str(&j->done, "\t<testsuite");
	attribute(&j->done, "name", j->scenario);
	counts(&j->done, j->count, j->duration);
	buf_str(&j->done, ">\n\t\t<properties>\n");
	property(&j->done, "version", j->base.set.version);
	property(&j->done, "kernel", j->base.set.kernel);
	buf_str(&j->done, "\t\t</properties>\n");
	buf_str(&j->done, buf_text(&j->suite));
	buf_str(&j->done, "\t</testsuite>\n");
	buf_consume(&j->suite, j->suite.len);
	memset(j->count, 0, sizeof j->count);
	j->duration = 0;
	free(j->scenario);
	j->scenario = NULL;
}

/* The element that says what became of a case; a pass has none. */
static void outcome(struct buf *out, const struct result *result)
{
	static const char *const elements[VERDICT_COUNT] = {NULL, "failure", "skipped", "error"};
	const char *element = elements[result->verdict];

	if (!element)
		return;
	buf_printf(out, "\t\t\t<%s", element);
	attribute(out, "message", result->reason);
	if (result->verdict == VERDICT_SKIP) {
		buf_str(out, "/>\n");
		return;
	}
	attribute(out, "type", verdict_text(result->verdict));
	buf_str(out, ">");
	block(out, result->explanation);
	buf_printf(out, "</%s>\n", element);
}

static void system_out(struct buf *out, const struct result *result)
{
	struct buf text = {0};

	if (result->directory && *result->directory) {
		buf_str(&text, "evidence: ");
		report_line(&text, result->directory);
		buf_str(&text, "\n");
	}
	if (result->command && *result->command) {
		buf_str(&text, "repeat: ");
		report_line(&text, result->command);
		buf_str(&text, "\n");
	}
	if (text.len > 0) {
		buf_str(out, "\t\t\t<system-out>");
		xml_escape(out, buf_text(&text));
		buf_str(out, "</system-out>\n");
	}
	buf_free(&text);
}

static void testcase(struct buf *out, const struct result *result)
{
	struct buf label = {0};

	report_label(&label, result);
	buf_str(out, "\t\t<testcase");
	attribute(out, "classname", result->scenario);
	attribute(out, "name", label.len ? buf_text(&label) : result->title);
	if (result->file)
		attribute(out, "file", result->file);
	if (result->line > 0)
		buf_printf(out, " line=\"%d\"", result->line);
	buf_printf(out, " time=\"%.6f\">\n", (double)result->duration / (double)NS_PER_S);
	outcome(out, result);
	system_out(out, result);
	buf_str(out, "\t\t</testcase>\n");
	buf_free(&label);
}

static void junit_result(struct report *r, const struct result *result)
{
	struct junit *j = (struct junit *)r;

	if (j->scenario && strcmp(j->scenario, result->scenario) != 0)
		end_suite(j);
	if (!j->scenario)
		j->scenario = mem_text(result->scenario);
	j->count[result->verdict]++;
	j->duration += result->duration;
	testcase(&j->suite, result);
}

static int junit_finish(struct report *r, const struct report_totals *totals, struct err *err)
{
	struct junit *j = (struct junit *)r;
	struct buf head = {0};

	(void)err;
	end_suite(j);
	buf_str(&head, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	buf_str(&head, " name=\"sockproof\"");
	counts(&head, totals->count, totals->duration);
	buf_str(&head, ">\n");
	fputs(buf_text(&head), r->set.out);
	fputs(buf_text(&j->done), r->set.out);
	fputs("</testsuites>\n", r->set.out);
	buf_free(&head);
	return 0;
}

static void junit_close(struct report *r)
{
	struct junit *j = (struct junit *)r;

	buf_free(&j->done);
	buf_free(&j->suite);
	free(j->scenario);
}

static const struct report_ops junit_ops = {
    .result = junit_result,
    .finish = junit_finish,
    .close = junit_close,
};

struct report *junit_open(const struct report_setting *set)
{
	struct junit *j = mem_zero(1, sizeof *j);

	j->base.ops = &junit_ops;
	j->base.set = *set;
	return &j->base;
}
