/* SPDX-License-Identifier: MIT */
/*
 * report.h - results told to people and machines: pretty, TAP 14, JUnit, JSON
 *
 * A report is fed the results in the order in which the cases were planned (the runner sees to
 * that) and writes to one stdio stream. Whatever a program printed is escaped for the format. No
 * state outside struct report.
 */
#ifndef SOCKPROOF_REPORT_REPORT_H
#define SOCKPROOF_REPORT_REPORT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct err;

enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_SKIP, VERDICT_ERROR, VERDICT_COUNT };
const char *verdict_text(enum verdict v); /* "pass", "fail", "skip", "error" */
int verdict_number(const char *name);     /* -1: none such */

struct result_parameter {
	const char *name, *value;
	bool number; /* JSON shows it as a number */
};

/* One case's result. Strings are owned by whoever made the result. */
struct result {
	const char *scenario; /* "connect/refused" */
	const char *title;    /* the scenario's */
	const struct result_parameter *parameters;
	size_t parameter_count;     /* in the matrix's order */
	const char *implementation; /* "reference", "poll", a command line */
	enum verdict verdict;
	const char *reason;      /* one line; "" for a pass */
	const char *explanation; /* several lines, or NULL */
	const char *file;        /* scenario file, for people */
	int line;                /* in it; 0: none */
	int64_t duration;        /* ns */
	const char *directory;   /* case directory; "" when none was written */
	const char *command;     /* that repeats this case */
	const char *why;         /* of the scenario, in its own words; "" or NULL: nothing said */
	const char *source;      /* text of the scenario file; NULL: not told */
	bool unsteady;           /* its repetitions were not alike */
};

struct report_totals {
	size_t count[VERDICT_COUNT];
	int64_t duration; /* ns, of the whole run */
};

struct report_setting {
	FILE *out;
	bool terminal; /* progress line and colours may be used; the caller knows about isatty(3)
	                  and NO_COLOR */
	bool color;
	const char *version; /* of sockproof */
	const char *kernel;  /* "6.18.44" */
	size_t cases;        /* planned */
	size_t repeat;       /* how often each is played; 0 as 1 */
	size_t columns;      /* terminal width; 0: unknown */
	bool verbose;        /* pretty: every case a line, not only what did not pass */
};

enum report_format { REPORT_PRETTY, REPORT_TAP, REPORT_JUNIT, REPORT_JSON };
int report_format_number(const char *name); /* -1: none such */

struct report; /* opaque; one small vtable inside: a file a format */

/* Copies @setting (its strings are borrowed until report_close()). NULL with @err set. */
struct report *report_open(enum report_format format, const struct report_setting *setting,
                           struct err *err);
/* Progress: how many are done, how many running, the name of one that runs. Only pretty on a
 * terminal shows it. */
void report_progress(struct report *r, size_t done, size_t running, const char *name);
/* The next result, in plan order; everything is copied. */
void report_result(struct report *r, const struct result *result);
/* Totals and the end; returns 0, or -1 with @err set when anything could not be written. */
int report_finish(struct report *r, const struct report_totals *totals, struct err *err);
void report_close(struct report **r);

#endif
