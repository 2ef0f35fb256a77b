/* SPDX-License-Identifier: MIT */
/*
 * format.h - what report.c and the formats share; private to harness/report
 *
 * A format embeds struct report as its first member and fills in the functions. Texts that come
 * from scenarios or programs pass through the helpers below, or through the format's own escape.
 */
#ifndef SOCKPROOF_REPORT_FORMAT_H
#define SOCKPROOF_REPORT_FORMAT_H
#include "report/report.h"

struct buf;

struct report_ops {
	void (*progress)(struct report *r, size_t done, size_t running,
	                 const char *name); /* or NULL */
	void (*result)(struct report *r, const struct result *result);
	/* Write the end. Returns 0, or -1 with @err set; report.c looks at the stream's own errors.
	 */
	int (*finish)(struct report *r, const struct report_totals *totals, struct err *err);
	void (*close)(struct report *r); /* what the format holds; report.c frees @r itself */
};

struct report {
	const struct report_ops *ops;
	struct report_setting set;
};

/* Each makes its struct with mem_zero(), sets ops and set, and may write its head. */
struct report *pretty_open(const struct report_setting *set);
struct report *tap_report_open(const struct report_setting *set);
struct report *junit_open(const struct report_setting *set);
struct report *json_open(const struct report_setting *set);

/*
 * Add @s (NULL: nothing) as one harmless line of valid UTF-8: control bytes and what is not UTF-8
 * as \n or \xNN. Quotes and backslashes stay as they are: this is for people.
 */
void report_line(struct buf *out, const char *s);

/* Add @s between double quotes, escaped as in C: a YAML string too. */
void report_quoted(struct buf *out, const char *s);

/* Add @s line by line, each behind @indent and with a newline at its end. Tabs stay; the rest as
 * report_line(). */
void report_block(struct buf *out, const char *s, const char *indent);

/* Add "family=ipv4 backlog=0 (poll)", as report_line() would. */
void report_label(struct buf *out, const struct result *result);

/* As report_label(), with the scenario's name in front. */
void report_name(struct buf *out, const struct result *result);

#endif
