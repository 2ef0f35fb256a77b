/* SPDX-License-Identifier: MIT */
/*
 * report_fixture.h - results, tame and hostile, and a report written into memory
 */
#ifndef SOCKPROOF_TESTS_REPORT_FIXTURE_H
#define SOCKPROOF_TESTS_REPORT_FIXTURE_H
/* cmocka.h wants these in front of it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "report/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTILE       "a\033[31mred\a \xff\xfe \xc2\x9b <b>&amp;\"'` ]]> # TODO \\ \xef\xbf\xbf end"
#define HOSTILE_LINES "  first\r\n...\n---\n\n\tok 1 - forged\nnot ok 2\nBail out!\n" HOSTILE

static const struct result_parameter fixture_tame[] = {
    {(char[]){"family"}, (char[]){"ipv4"}, false},
    {(char[]){"backlog"}, (char[]){"4"}, true},
};
static const struct result_parameter fixture_hostile[] = {
    {(char[]){HOSTILE}, (char[]){HOSTILE}, false},
    {(char[]){"n"}, (char[]){"1e999"}, true},
};

static inline struct result fixture_result(enum verdict v)
{
	return (struct result){
	    .scenario = "connect/refused",
	    .title = "A closed port refuses the connection",
	    .parameters = fixture_tame,
	    .parameter_count = 2,
	    .implementation = "reference",
	    .verdict = v,
	    .reason = v == VERDICT_PASS ? "" : "expected \"R.\", got nothing",
	    .explanation = v == VERDICT_PASS ? NULL : "expected  actual\n  R.      -\n",
	    .file = "scenarios/connect/refused.lua",
	    .line = 12,
	    .duration = 40 * NS_PER_MS + 1234,
	    .directory = "out/0001",
	    .command = "sockproof run connect/refused --set family=ipv4",
	};
}

static inline struct result fixture_attack(enum verdict v)
{
	return (struct result){
	    .scenario = HOSTILE,
	    .title = HOSTILE,
	    .parameters = fixture_hostile,
	    .parameter_count = 2,
	    .implementation = HOSTILE,
	    .verdict = v,
	    .reason = HOSTILE "\nok 7 - forged",
	    .explanation = HOSTILE_LINES,
	    .file = HOSTILE,
	    .line = 0,
	    .duration = 1,
	    .directory = HOSTILE,
	    .command = HOSTILE,
	};
}

/* All texts missing, but for the scenario's name. */
static inline struct result fixture_bare(enum verdict v)
{
	return (struct result){.scenario = "bare", .verdict = v};
}

struct fixture {
	struct report *report;
	struct report_setting set;
	struct report_totals totals;
	char *text; /* after fixture_end() */
	size_t len;
};

static inline void fixture_begin(struct fixture *f, enum report_format format, size_t cases)
{
	struct err err;

	f->set.out = open_memstream(&f->text, &f->len);
	assert_non_null(f->set.out);
	f->set.version = "0.1.0";
	f->set.kernel = "6.18.44";
	f->set.cases = cases;
	f->report = report_open(format, &f->set, &err);
	assert_non_null(f->report);
}

static inline void fixture_add(struct fixture *f, struct result result)
{
	f->totals.count[result.verdict]++;
	f->totals.duration += result.duration;
	report_result(f->report, &result);
}

static inline void fixture_end(struct fixture *f)
{
	struct err err;

	assert_int_equal(report_finish(f->report, &f->totals, &err), 0);
	report_close(&f->report);
	assert_null(f->report);
	assert_int_equal(fclose(f->set.out), 0);
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static inline void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in:\n%s", part, text);
}

/* Valid UTF-8 (RFC 3629) without control characters but tab and newline. */
static inline void assert_harmless(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		int more = *p < 0x80 ? 0 : *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;

		if ((*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f ||
		    (*p >= 0x80 && *p < 0xc2) || *p > 0xf4 || (*p == 0xc2 && p[1] < 0xa0))
			fail_msg("byte 0x%02x at %td of:\n%s", *p, (const char *)p - text, text);
		for (p++; more > 0; more--, p++)
			assert_true(*p >= 0x80 && *p <= 0xbf);
	}
}

#endif
