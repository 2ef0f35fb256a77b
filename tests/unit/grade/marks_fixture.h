/* SPDX-License-Identifier: MIT */
/*
 * marks_fixture.h - marks, tame and hostile, and what all their formats have to hold to
 *
 * Texts of a fixture are literals or made by whoever changes them: fixture_free() releases only
 * what stands in `made`.
 */
#ifndef SOCKPROOF_TESTS_MARKS_FIXTURE_H
#define SOCKPROOF_TESTS_MARKS_FIXTURE_H
/* cmocka.h wants these in front of it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "grade/formats.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* HTML, an escape sequence, a C1 control, no UTF-8, a noncharacter, a right-to-left override. */
#define HOSTILE                                                                                    \
	"=cmd|'x'!A1 \033[31mred\a \xff\xfe \xc2\x9b <b>&amp;\"'` ]]> \xef\xbf\xbf \xe2\x80\xae; " \
	"end"
#define HOSTILE_LINES "+1\r\n\n{\"scores\":{\"forged\":100}}\n\t@x\n" HOSTILE
#define SECRET        "XYZZY" /* in every text of a test that is not visible */

#define TEXT(s) ((char *)(uintptr_t)(s))

struct fixture {
	struct mark_test tests[8];
	struct mark mark;
	struct mark_class class;
	struct buf notes;
	struct format_setting set;
};

/* Two tests of 2.5 and 2 points: the first passed, the second failed with 0.1 point earned. */
static inline void fixture_tame(struct fixture *f)
{
	memset(f, 0, sizeof *f);
	f->tests[0] = (struct mark_test){.name = TEXT("echoes a line"),
	                                 .number = TEXT("1"),
	                                 .status = MARK_PASSED,
	                                 .points = 2500,
	                                 .earned = 2500,
	                                 .summary = TEXT("all of it came back"),
	                                 .feedback = TEXT("12 of 12 bytes came back.\n"),
	                                 .duration = 40 * NS_PER_MS};
	f->tests[1] = (struct mark_test){.name = TEXT("many clients"),
	                                 .number = TEXT("2.1"),
	                                 .status = MARK_FAILED,
	                                 .points = 2000,
	                                 .earned = 100,
	                                 .summary = TEXT("the second client got no answer"),
	                                 .feedback = TEXT("expected: pong\nfound: nothing"),
	                                 .duration = 60 * NS_PER_MS};
	f->mark = (struct mark){.name = TEXT("alice"),
	                        .path = TEXT("in/alice.zip"),
	                        .digest = TEXT("00ff"),
	                        .tests = f->tests,
	                        .test_count = 2,
	                        .output = TEXT("cc: 1 warning\n"),
	                        .duration = 100 * NS_PER_MS,
	                        .at = INT64_C(1795651200) * NS_PER_S + 123456789};
	f->class = (struct mark_class){.assignment = TEXT("echo-server"),
	                               .title = TEXT("Echo server"),
	                               .marks = &f->mark,
	                               .count = 1};
	f->set = (struct format_setting){.version = "0.1.0",
	                                 .kernel = "6.18.44",
	                                 .assignment = "echo-server",
	                                 .classroom = "cs50",
	                                 .submission = "submit/2026",
	                                 .commit = "https://x/commit/1",
	                                 .release = "https://x/release/1",
	                                 .notes = &f->notes};
	mark_sum(&f->mark);
}

static inline void fixture_add(struct fixture *f, struct mark_test t)
{
	f->tests[f->mark.test_count++] = t;
	mark_sum(&f->mark);
}

static inline struct mark_test fixture_test(const char *name, enum mark_status status)
{
	return (struct mark_test){.name = TEXT(name),
	                          .number = TEXT(""),
	                          .status = status,
	                          .points = 3000,
	                          .earned = status == MARK_PASSED ? 3000 : 0,
	                          .summary = TEXT("no /dev/net/tun"),
	                          .feedback = TEXT("")};
}

/* And one that this machine cannot check, one in which the harness erred. */
static inline void fixture_lost(struct fixture *f)
{
	fixture_tame(f);
	fixture_add(f, fixture_test("over the wire", MARK_NOT_ASSESSED));
	f->tests[2].points = 1500;
	fixture_add(f, fixture_test("broken", MARK_ERROR));
}

/* And tests that a student may not see, passed and failed. */
static inline void fixture_hidden(struct fixture *f)
{
	fixture_tame(f);
	for (int v = MARK_HIDDEN; v <= MARK_AFTER_PUBLISHED; v++) {
		struct mark_test t =
		    fixture_test(SECRET " name", v == MARK_HIDDEN ? MARK_PASSED : MARK_ERROR);

		t.visibility = (enum mark_visibility)v;
		t.points = 7000000;
		t.earned = t.earned ? t.points : 0;
		t.summary = TEXT(SECRET " summary");
		t.feedback = TEXT(SECRET " feedback");
		fixture_add(f, t);
	}
}

static char *hostile_tags[] = {TEXT(HOSTILE), TEXT("")};
static struct mark_case hostile_cases[] = {{.name = TEXT(HOSTILE),
                                            .status = MARK_FAILED,
                                            .reason = TEXT(HOSTILE),
                                            .details = TEXT(HOSTILE_LINES),
                                            .command = TEXT(HOSTILE)},
                                           {.name = TEXT(""), .reason = TEXT("")}};

static inline void fixture_hostile(struct fixture *f)
{
	fixture_lost(f);
	for (size_t i = 0; i < f->mark.test_count; i++) {
		f->tests[i].name = f->tests[i].number = f->tests[i].summary = TEXT(HOSTILE);
		f->tests[i].feedback = TEXT(HOSTILE_LINES);
		f->tests[i].tags = hostile_tags;
		f->tests[i].tag_count = 2;
		f->tests[i].cases = hostile_cases;
		f->tests[i].case_count = 2;
	}
	f->mark.name = f->mark.path = f->mark.digest = TEXT(HOSTILE);
	f->mark.output = TEXT(HOSTILE_LINES);
	f->class.title = f->class.assignment = TEXT(HOSTILE);
	f->set.assignment = f->set.classroom = f->set.commit = f->set.release = HOSTILE;
	f->set.version = f->set.kernel = HOSTILE;
	f->set.submission = "submit/" HOSTILE;
}

static inline void fixture_empty(struct fixture *f)
{
	fixture_tame(f);
	f->mark.test_count = 0;
	f->mark.output = NULL;
	mark_sum(&f->mark);
}

/* Two million bytes, of characters that JSON, XML and HTML make longer. In long lines: what looks
 * for their ends reads all of it each time under the sanitizer's strict_string_checks. */
static inline char *make_long(void)
{
	struct buf b = {0};

	while (b.len < 2000000) {
		for (int i = 0; i < 1000; i++)
			buf_str(&b, "<\033\"\xc3\xa4\xff&");
		buf_str(&b, "\n");
	}
	return buf_take(&b);
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%.4000s", part, text);
}

static inline void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in:\n%.4000s", part, text);
}

/* Valid UTF-8 (RFC 3629) without NUL and without control characters but tab, LF and CR LF. */
static inline void assert_harmless(const struct buf *b)
{
	const unsigned char *p = (const unsigned char *)buf_text(b);

	assert_int_equal(strlen((const char *)p), b->len);
	while (*p) {
		int more = *p < 0x80 ? 0 : *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;

		if ((*p < 0x20 && *p != '\n' && *p != '\t' && !(*p == '\r' && p[1] == '\n')) ||
		    *p == 0x7f || (*p >= 0x80 && *p < 0xc2) || *p > 0xf4 ||
		    (*p == 0xc2 && p[1] < 0xa0))
			fail_msg("byte 0x%02x at %td", *p, (const char *)p - b->p);
		for (p++; more > 0; more--, p++)
			assert_true(*p >= 0x80 && *p <= 0xbf);
	}
	assert_has_not(b->p, "\xef\xbf\xbf");
	assert_has_not(b->p, "\xe2\x80\xae");
	assert_null(strcasestr(b->p, "nan"));
	assert_null(strstr(b->p, "000000000"));
}

static inline void run_one(format_one *format, struct fixture *f, struct buf *out)
{
	struct err err = {0};

	if (format(&f->mark, &f->set, out, &err) < 0)
		fail_msg("%s", err.text);
	assert_harmless(out);
}

static inline void run_all(format_all *format, struct fixture *f, struct buf *out)
{
	struct err err = {0};

	if (format(&f->class, &f->set, out, &err) < 0)
		fail_msg("%s", err.text);
	assert_harmless(out);
}

/* The whole of @text as JSON; without duplicate keys. */
static inline json_t *parse(const char *text)
{
	json_error_t e;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &e);

	if (!root)
		fail_msg("line %d: %s in:\n%.4000s", e.line, e.text, text);
	return root;
}

/* Member @key of @o, which has to be of @type. */
static inline json_t *member(const json_t *o, const char *key, json_type type)
{
	json_t *value = json_object_get(o, key);

	if (!value ||
	    (json_typeof(value) != type && !(type == JSON_REAL && json_is_integer(value)) &&
	     !(type == JSON_TRUE && json_is_boolean(value))))
		fail_msg("no %s of that type", key);
	return value;
}

static inline const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(member(o, key, JSON_STRING));
}

/* A number, as thousandths. */
static inline int64_t number_of(const json_t *o, const char *key)
{
	double d = json_number_value(member(o, key, JSON_REAL));

	return (int64_t)(d * 1000 + (d < 0 ? -0.5 : 0.5));
}

/* No other keys than these, which NULL ends. */
static inline void only_keys(const json_t *o, const char *const *keys)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		size_t i = 0;

		while (keys[i] && strcmp(keys[i], key) != 0)
			i++;
		if (!keys[i])
			fail_msg("a key %s that the format does not have", key);
	}
}

#endif
