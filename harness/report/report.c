/* SPDX-License-Identifier: MIT */
/* report.c - see report.h: the verdicts' names, and which format is which */
#include "report/report.h"
#include "base/err.h"
#include "report/format.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[] = {"pass", "fail", "skip", "error"};
static_assert(sizeof verdict_names / sizeof *verdict_names == VERDICT_COUNT, "a name a verdict");

static const struct {
	const char *name;
	struct report *(*open)(const struct report_setting *set);
} formats[] = {
    [REPORT_PRETTY] = {"pretty", pretty_open},
    [REPORT_TAP] = {"tap", tap_report_open},
    [REPORT_JUNIT] = {"junit", junit_open},
    [REPORT_JSON] = {"json", json_open},
};
#define FORMATS (sizeof formats / sizeof *formats)
static_assert(FORMATS == REPORT_JSON + 1, "a row a format");

const char *verdict_text(enum verdict v)
{
	return (unsigned)v < VERDICT_COUNT ? verdict_names[v] : "unknown";
}

int verdict_number(const char *name)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (strcmp(name, verdict_names[i]) == 0)
			return i;
	return -1;
}

int report_format_number(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(name, formats[i].name) == 0)
			return (int)i;
	return -1;
}

struct report *report_open(enum report_format format, const struct report_setting *setting,
                           struct err *err)
{
	if ((size_t)format >= FORMATS) {
		err_set(err, EINVAL, "no report format has the number %d", (int)format);
		return NULL;
	}
	return formats[format].open(setting);
}

void report_progress(struct report *r, size_t done, size_t running, const char *name)
{
	if (r->ops->progress)
		r->ops->progress(r, done, running, name);
}

void report_result(struct report *r, const struct result *result)
{
	r->ops->result(r, result);
}

int report_finish(struct report *r, const struct report_totals *totals, struct err *err)
{
	errno = 0;
	if (r->ops->finish(r, totals, err) < 0)
		return -1;
	if (fflush(r->set.out) != 0 || ferror(r->set.out))
		return err_sys(err, errno ? errno : EIO, "cannot write the report");
	return 0;
}

void report_close(struct report **r)
{
	if (!*r)
		return;
	(*r)->ops->close(*r);
	free(*r);
	*r = NULL;
}
