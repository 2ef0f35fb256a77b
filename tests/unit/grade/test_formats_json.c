/* SPDX-License-Identifier: MIT */
/* test_formats_json.c - marks.json holds everything, and only what it holds is believed */
#include "marks_fixture.h"

static void same_text(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void same_test(const struct mark_test *a, const struct mark_test *b)
{
	same_text(a->name, b->name);
	same_text(a->number, b->number);
	same_text(a->summary, b->summary);
	same_text(a->feedback, b->feedback);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->visibility, b->visibility);
	assert_int_equal(a->points, b->points);
	assert_int_equal(a->earned, b->earned);
	assert_int_equal(a->duration, b->duration);
	assert_int_equal(a->tag_count, b->tag_count);
	for (size_t i = 0; i < a->tag_count; i++)
		same_text(a->tags[i], b->tags[i]);
	assert_int_equal(a->case_count, b->case_count);
	for (size_t i = 0; i < a->case_count; i++) {
		same_text(a->cases[i].name, b->cases[i].name);
		same_text(a->cases[i].reason, b->cases[i].reason);
		same_text(a->cases[i].details, b->cases[i].details);
		same_text(a->cases[i].command, b->cases[i].command);
		assert_int_equal(a->cases[i].status, b->cases[i].status);
		assert_int_equal(a->cases[i].duration, b->cases[i].duration);
	}
}

static void same_mark(const struct mark *a, const struct mark *b)
{
	same_text(a->name, b->name);
	same_text(a->path, b->path);
	same_text(a->digest, b->digest);
	same_text(a->output, b->output);
	assert_int_equal(a->points, b->points);
	assert_int_equal(a->earned, b->earned);
	assert_int_equal(a->not_assessed, b->not_assessed);
	assert_int_equal(a->erred, b->erred);
	assert_int_equal(a->duration, b->duration);
	assert_int_equal(a->at, b->at);
	assert_int_equal(a->test_count, b->test_count);
	for (size_t i = 0; i < a->test_count; i++)
		same_test(&a->tests[i], &b->tests[i]);
}

/* Written, read, compared, and written again to the same bytes. */
static void comes_back(struct fixture *f)
{
	struct buf out = {0}, again = {0};
	struct mark_class c;
	struct err err = {0};

	assert_int_equal(format_json(&f->class, &f->set, &out, &err), 0);
	if (marks_json_read(out.p, out.len, &c, &err) < 0)
		fail_msg("%s", err.text);
	same_text(c.assignment, f->class.assignment);
	same_text(c.title, f->class.title);
	assert_int_equal(c.count, f->class.count);
	for (size_t i = 0; i < c.count; i++)
		same_mark(&c.marks[i], &f->class.marks[i]);
	assert_int_equal(format_json(&c, &f->set, &again, &err), 0);
	assert_string_equal(again.p, out.p);
	marks_json_free(&c);
	assert_null(c.marks);
	buf_free(&out);
	buf_free(&again);
}

static void back(void **state)
{
	char *text = make_long();
	struct fixture f;
	struct mark two[2];

	(void)state;
	fixture_lost(&f);
	comes_back(&f);
	fixture_hidden(&f);
	comes_back(&f);
	fixture_hostile(&f);
	f.tests[2].feedback = text;
	comes_back(&f);
	fixture_empty(&f);
	f.mark.path = f.mark.digest = NULL;
	comes_back(&f);
	f.class.title = NULL;
	f.class.count = 0;
	f.class.marks = NULL;
	comes_back(&f);
	fixture_tame(&f);
	two[0] = two[1] = f.mark;
	two[0].name = TEXT("a\xfe");
	two[1].name = TEXT("a\xff"); /* not UTF-8, and not alike */
	f.class.marks = two;
	f.class.count = 2;
	comes_back(&f);
	free(text);
}

/* What is written has these keys and no noise. */
static void shape(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_lost(&f);
	run_all(format_json, &f, &out);
	assert_has(out.p, "\"format\": \"sockproof/marks/1\",\n \"version\": \"0.1.0\",");
	assert_has(out.p, "\"points_thousandths\": 4500,\n   \"earned_thousandths\": 2600,\n"
	                  "   \"not_assessed_thousandths\": 4500,\n   \"erred\": true,");
	assert_has(out.p, "\"status\": \"not assessed\",\n     \"visibility\": \"visible\",");
	buf_free(&out);
	f.mark.name = TEXT("a\xff\"\n");
	run_all(format_json, &f, &out);
	assert_has(out.p, "\"name\": {\n    \"bytes\": \"a\\\\xff\\\\\\\"\\\\n\"\n   }");
	buf_free(&out);
}

static void refuses(const char *text, size_t len, const char *why)
{
	struct mark_class c = {.count = 77};
	struct err err = {0};

	assert_int_equal(marks_json_read(text, len, &c, &err), -1);
	assert_has(err.text, why);
	assert_null(c.marks);
	assert_int_equal(c.count, 0);
}

/* With the first @old of a good file (@f's) made into @new. */
static void refuses_changed(struct fixture *f, const char *old, const char *new, const char *why)
{
	struct buf out = {0}, changed = {0};
	char *at;

	run_all(format_json, f, &out);
	at = strstr(out.p, old);
	if (!at)
		fail_msg("no %s in %s", old, out.p);
	buf_add(&changed, out.p, (size_t)(at - out.p));
	buf_str(&changed, new);
	buf_str(&changed, at + strlen(old));
	refuses(changed.p, changed.len, why);
	buf_free(&out);
	buf_free(&changed);
}

static void doubts(void **state)
{
	static const struct {
		const char *old, *new, *why;
	} changes[] = {
	    {"marks/1", "marks/2", "format: is not \"sockproof/marks/1\""},
	    {"\"version\"", "\"vorsion\"", "version: is missing"},
	    {"\"version\"", "\"more\": 1, \"version\"", "has a key that is not known"},
	    {"\"version\"", "\"format\": 1, \"version\"", "duplicate object key"},
	    {"\"echo-server\"", "7", "assignment: is no text"},
	    {"\"marks\": [", "\"marks\": [7,", "marks[0]: is no object"},
	    {"\"marks\": [", "\"marks\": {},\"x\": [", "has a key that is not known"},
	    {"\"alice\"", "\"\"", "marks[0].name: is empty"},
	    {"\"alice\"", "null", "marks[0].name: is no text"},
	    {"\"alice\"", "{\"bytes\": \"\\\\q\"}", "marks[0].name: unknown escape"},
	    {"\"alice\"", "{\"bytes\": \"a\\\\0\"}", "marks[0].name: has a NUL"},
	    {"\"alice\"", "{\"byte\": \"a\"}", "marks[0].name: is neither a text nor"},
	    {"\"alice\"", "{\"bytes\": \"a\", \"b\": 1}", "marks[0].name: is neither a text nor"},
	    {"\"alice\"", "\"a\\u0000b\"", "NUL"},
	    {"\"alice\"", "\"a\xff\"", "unable to decode byte 0xff"},
	    {"\"at_ns\": 1", "\"at_ns\": -1", "marks[0].at_ns: is out of range"},
	    {"\"at_ns\": ", "\"at_ns\": 0.", "marks[0].at_ns: is no whole number"},
	    {"\"at_ns\": ", "\"at_ns\": 99999999999", "line"},
	    {"\"earned_thousandths\": 2600", "\"earned_thousandths\": 2601",
	     "marks[0]: its sums are not those of its tests"},
	    {"\"not_assessed_thousandths\": 4500", "\"not_assessed_thousandths\": 0",
	     "marks[0]: its sums are not those of its tests"},
	    {"\"erred\": true", "\"erred\": false",
	     "marks[0]: its sums are not those of its tests"},
	    {"\"erred\": true", "\"erred\": 1", "marks[0].erred: is neither true nor false"},
	    {"\"status\": \"passed\"", "\"status\": \"fine\"",
	     "marks[0].tests[0].status: is no status"},
	    {"\"visibility\": \"visible\"", "\"visibility\": 1",
	     "marks[0].tests[0].visibility: is no visibility"},
	    {"\"points_thousandths\": 2500", "\"points_thousandths\": 1000000001",
	     "marks[0].tests[0].points_thousandths: is out of range"},
	    {"\"earned_thousandths\": 2500", "\"earned_thousandths\": 2501",
	     "marks[0].tests[0].earned_thousandths: is out of range"},
	    {"\"earned_thousandths\": 2500", "\"earned_thousandths\": -1",
	     "marks[0].tests[0].earned_thousandths: is out of range"},
	    {"\"earned_thousandths\": 0", "\"earned_thousandths\": 1",
	     "marks[0].tests[2].earned_thousandths: is more than 0"},
	    {"\"summary\": \"", "\"summary\": null, \"x\": \"", "marks[0].tests[0]: has a key"},
	    {"\"tags\": []", "\"tags\": 1", "marks[0].tests[0].tags: is no list"},
	    {"\"tags\": []", "\"tags\": [\"a\", 1]", "marks[0].tests[0].tags: is no text"},
	    {"\"cases\": []", "\"cases\": [{}]", "marks[0].tests[0].cases[0].name: is missing"},
	    {"\"tests\": [", "\"tests\": 1, \"cases\": [", "marks[0]: has a key"},
	};
	struct fixture f;

	(void)state;
	fixture_lost(&f);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		refuses_changed(&f, changes[i].old, changes[i].new, changes[i].why);
	refuses("", 0, "line");
	refuses("[]", 2, "format: is not");
	refuses("{}", 2, "format: is not");
	refuses("{\"format\": \"sockproof/marks/1\"", 30, "line 1");
}

/* No two alike, and in order: the last part of a cut or joined file does not pass for a class. */
static void order(void **state)
{
	struct mark two[2];
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_tame(&f);
	two[0] = two[1] = f.mark;
	f.class.marks = two;
	f.class.count = 2;
	run_all(format_json, &f, &out);
	refuses(out.p, out.len, "marks[1].name: is not behind the one before it");
	for (size_t len = 0; len < out.len - 1; len += 7)
		refuses(out.p, len, "line");
	buf_free(&out);
}

static void deep(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_str(&b, "[");
	refuses(b.p, b.len, "depth");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(back),  cmocka_unit_test(shape), cmocka_unit_test(doubts),
	    cmocka_unit_test(order), cmocka_unit_test(deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
