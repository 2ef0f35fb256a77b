/* SPDX-License-Identifier: MIT */
/* test_formats_class.c - a file for the class: JUnit, Canvas' gradebook, Moodle's worksheet */
#include "grade/csv.h"
#include "grade/formats_own.h"
#include "marks_fixture.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Another reader than our own eyes. */
static void check_xml(const struct buf *out)
{
	FILE *reader;
	int status;

	if (access("/usr/bin/xmllint", X_OK) < 0)
		return;
	reader = popen("/usr/bin/xmllint --noout --huge -", "w");
	assert_non_null(reader);
	assert_int_equal(fwrite(out->p, 1, out->len, reader), out->len);
	status = pclose(reader);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void junit(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_lost(&f);
	fixture_add(&f, fixture_test("after it", MARK_NOT_RUN));
	run_all(format_junit, &f, &out);
	check_xml(&out);
	assert_has(out.p, "<testsuite name=\"alice\" tests=\"5\" failures=\"1\" errors=\"1\" "
	                  "skipped=\"2\" time=\"0.100000\">");
	assert_has(out.p, "<property name=\"version\" value=\"0.1.0\"/>");
	assert_has(out.p,
	           "<testcase classname=\"alice\" name=\"2.1 many clients\" time=\"0.060000\">\n"
	           "\t\t\t<failure message=\"failed, 0.1 of 2 points: the second client got no "
	           "answer\" type=\"fail\">the second client got no answer\n"
	           "expected: pong\nfound: nothing\n</failure>");
	assert_has(out.p, "<skipped message=\"not assessed, 1.5 points do not count: no ");
	assert_has(out.p, "<error message=\"error, 3 points do not count: no /dev/net/tun\" "
	                  "type=\"error\">The grader itself failed here: that is not this ");
	assert_has(out.p, "<skipped message=\"not run, 0 of 3 points: no /dev/net/tun\"/>");
	buf_free(&out);
	buf_free(&f.notes);
}

static void junit_others(void **state)
{
	char *text = make_long();
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_hostile(&f);
	f.tests[1].feedback = text;
	run_all(format_junit, &f, &out);
	check_xml(&out);
	assert_has_not(out.p, "<b>");
	assert_has_not(out.p, "]]>");
	assert_has(out.p, "\\x1b[31mred\\x07 \xef\xbf\xbd\xef\xbf\xbd ");
	buf_free(&out);
	buf_free(&f.notes);
	free(text);
	fixture_hidden(&f);
	run_all(format_junit, &f, &out);
	check_xml(&out);
	assert_has(out.p, "tests=\"2\"");
	assert_has_not(out.p, SECRET);
	assert_has(f.notes.p, "21000 points of tests that are not visible are not in junit.xml\n");
	buf_free(&out);
	f.set.hidden_too = true;
	run_all(format_junit, &f, &out);
	assert_has(out.p, SECRET " name");
	buf_free(&out);
	buf_free(&f.notes);
	fixture_empty(&f);
	f.mark.output = TEXT("refused: a link");
	run_all(format_junit, &f, &out);
	check_xml(&out);
	assert_has(out.p, "<skipped message=\"no test was run: refused: a link\"/>");
	buf_free(&out);
	f.class.count = 0;
	run_all(format_junit, &f, &out);
	check_xml(&out);
	assert_has(out.p, "tests=\"0\"");
	buf_free(&out);
}

static void read_back(const struct buf *out, struct csv *csv)
{
	struct err err = {0};

	if (csv_read("ours", out->p, out->len, csv, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < csv->count; i++)
		assert_int_equal(csv->rows[i].count, csv->rows[0].count);
}

static const char gradebook[] =
    "\xef\xbb\xbfStudent,ID,SIS User ID,SIS Login ID,Section,Other (1),Echo server (4711),Final "
    "Score\r\n"
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,3,4.50,(read only)\r\n"
    "\"Doe, Alice\",101,=S1,ALICE,L1,2,,50\r\n"
    "\"=cmd|'x'!A1, Bob\",102,-S2,bob@x.org,\"L1\nL2\",1,-1.5,10\r\n"
    "\"Excused, Eve\",103,S3,eve,L1,1,EX,10\r\n"
    "\"Doe, Dan\",104,S4,dan,L1,1,7,10\r\n";

static void with_gradebook(struct fixture *f, const char *text)
{
	f->set.roster = text;
	f->set.roster_len = strlen(text);
	f->set.roster_name = "grades.csv";
}

static void canvas(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_tame(&f);
	with_gradebook(&f, gradebook);
	run_all(format_canvas, &f, &out);
	/* only the students' columns and the one that is filled in: IDs as they were, names guarded
	 */
	assert_string_equal(out.p,
	                    "Student,ID,\"SIS User ID\",\"SIS Login ID\",Section,\"Echo server "
	                    "(4711)\"\r\n"
	                    ",,,,,\r\n"
	                    "\"    Points Possible\",,,,,4.50\r\n"
	                    "\"Doe, Alice\",101,=S1,ALICE,L1,2.6\r\n"
	                    "\"'=cmd|'x'!A1, Bob\",102,-S2,bob@x.org,\"L1\nL2\",-1.5\r\n"
	                    "\"Excused, Eve\",103,S3,eve,L1,EX\r\n"
	                    "\"Doe, Dan\",104,S4,dan,L1,7\r\n");
	assert_string_equal(buf_text(&f.notes), "");
	buf_free(&out);
}

static void place(const char *name, const char *in)
{
	struct fixture f;
	struct buf out = {0};

	fixture_tame(&f);
	with_gradebook(&f, gradebook);
	f.mark.name = TEXT(name);
	run_all(format_canvas, &f, &out);
	if (in)
		assert_has(out.p, in);
	else
		assert_has_not(out.p, "2.6");
	buf_free(&out);
	buf_free(&f.notes);
}

static void canvas_places(void **state)
{
	(void)state;
	place("104", "dan,L1,2.6");
	place("s4", "dan,L1,2.6");
	place("Doe, Dan", "dan,L1,2.6");
	place("doedan_104_9_server.c", "dan,L1,2.6");
	place("doedan_LATE_104_9_server", "dan,L1,2.6");
	place("doedan_10_4_server", NULL);
	place("doedan_104", NULL);
	place("nobody", NULL);
	place("", NULL);
	place("eve", NULL); /* excused she stays */
}

/* Two submissions for one row, an error, Canvas' points: nothing is written in silence. */
static void canvas_notes(void **state)
{
	struct fixture f, g;
	struct mark both[3];
	struct buf out = {0};

	(void)state;
	fixture_tame(&f);
	fixture_lost(&g);
	with_gradebook(&f, gradebook);
	both[0] = both[1] = f.mark;
	both[1].name = TEXT("101");
	both[2] = g.mark;
	both[2].name = TEXT("dan");
	f.class.marks = both;
	f.class.count = 3;
	run_all(format_canvas, &f, &out);
	assert_has_not(out.p, "2.6");
	assert_has(out.p, "dan,L1,7\r\n");
	assert_has(f.notes.p, "101: line 4 of grades.csv fits another submission, too: neither");
	assert_has(f.notes.p, "dan: Canvas' cell stays \"7\", since the grader failed\n");
	assert_has(f.notes.p, "dan: 4.5 of 9 points do not count, since the grader itself failed");
	buf_free(&out);
	buf_free(&f.notes);
	fixture_tame(&f);
	fixture_add(&f, fixture_test("more", MARK_NOT_ASSESSED));
	with_gradebook(&f, gradebook);
	run_all(format_canvas, &f, &out);
	assert_has(f.notes.p,
	           "Canvas counts \"Echo server (4711)\" of 4.50 points, the assignment has "
	           "7.5: grades are written in the assignment's points\n"
	           "alice: 3 of 7.5 points do not count: this machine cannot check them\n");
	buf_free(&out);
	buf_free(&f.notes);
}

static void refuses(format_all *format, struct fixture *f, const char *why)
{
	struct buf out = {0};
	struct err err = {0};

	assert_int_equal(format(&f->class, &f->set, &out, &err), -1);
	assert_has(err.text, why);
	assert_int_equal(out.len, 0);
}

static void canvas_refuses(void **state)
{
	struct fixture f;

	(void)state;
	fixture_tame(&f);
	refuses(format_canvas, &f, "export the gradebook");
	with_gradebook(&f, gradebook);
	f.set.column = "Echo";
	refuses(format_canvas, &f, "grades.csv has no column \"Echo\": make the assignment");
	with_gradebook(&f, "Student,ID,Section,E (1),E (2)\n");
	f.set.column = "E";
	refuses(format_canvas, &f,
	        "grades.csv has 2 columns \"E\": name one with its number, \"E (2)\"");
	with_gradebook(&f, "Student;Mark\n");
	refuses(format_canvas, &f, "no gradebook that Canvas exported");
	with_gradebook(&f, "");
	refuses(format_canvas, &f, "no gradebook that Canvas exported");
	with_gradebook(&f, "Student,ID,Section\nJos\xe9,1,L\n");
	refuses(format_canvas, &f, "grades.csv, line 2: is not UTF-8: export it again as UTF-8");
	with_gradebook(&f, "Student,ID,Section\n\"a\n\"b,1,L\n");
	refuses(format_canvas, &f, "line 3: there is more behind a cell's closing quote");
	with_gradebook(&f, "Student,ID,Section\na,\"1\n\n");
	refuses(format_canvas, &f, "line 2: the quote that opens a cell here is never closed");
	with_gradebook(&f, gradebook);
	f.set.roster_len = sizeof gradebook;
	refuses(format_canvas, &f, "is not UTF-8 (it has NULs)");
}

static const char worksheet[] =
    "Identifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum Grade\",\"Online text\","
    "\"Last modified (grade)\",\"Feedback comments\"\n"
    "\"Participant 11\",\"@Alice\",+alice@x.org,Submitted,-,4.50,\"=evil()\",-,\n"
    "\"Participant 111\",\"Bob\",bob@x.org,Submitted,3.00,4.50,,\"Monday, 1 June\",\"-well "
    "done\"\n";

static void moodle(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_tame(&f);
	with_gradebook(&f, worksheet);
	f.mark.name = TEXT("Alice A_11_assignsubmission_file");
	f.tests[1].feedback = TEXT("<b>=\"1\"</b>\n");
	run_all(format_moodle, &f, &out);
	assert_string_equal(
	    out.p,
	    "Identifier,\"Full name\",\"Email address\",\"Maximum Grade\",Grade,\"Last modified "
	    "(grade)\",\"Feedback comments\"\r\n"
	    "\"Participant 11\",\"'@Alice\",\"'+alice@x.org\",4.50,2.6,-,\"<pre>cc: 1 warning\n\n"
	    "passed: 1 echoes a line (2.5 of 2.5 points)\nall of it came back\n"
	    "12 of 12 bytes came back.\n\n"
	    "failed: 2.1 many clients (0.1 of 2 points)\nthe second client got no answer\n"
	    "&lt;b&gt;=&quot;1&quot;&lt;/b&gt;\n</pre>\"\r\n"
	    "\"Participant 111\",Bob,bob@x.org,4.50,3.00,\"Monday, 1 June\",\"-well done\"\r\n");
	assert_string_equal(buf_text(&f.notes), "");
	buf_free(&out);
}

/* Grade and feedback go together, or not at all; hidden tests count, and are not named. */
static void moodle_together(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_lost(&f);
	with_gradebook(&f, worksheet);
	f.mark.name = TEXT("bob@X.ORG");
	run_all(format_moodle, &f, &out);
	assert_has(out.p, ",3.00,\"Monday, 1 June\",\"-well done\"\r\n");
	assert_has_not(out.p, "<pre>");
	assert_has(f.notes.p, "Moodle's row stays as it is, since the grader failed");
	assert_has(f.notes.p, "Moodle's maximum is 4.50, the assignment has 9 points");
	buf_free(&out);
	buf_free(&f.notes);
	fixture_hidden(&f);
	f.mark.test_count = 3; /* without those that erred */
	mark_sum(&f.mark);
	with_gradebook(&f, worksheet);
	f.mark.name = TEXT("Bob");
	f.set.hidden_too = true; /* students read the feedback all the same */
	run_all(format_moodle, &f, &out);
	assert_has(out.p, ",7002.6,");
	assert_has_not(out.p, SECRET);
	buf_free(&out);
	buf_free(&f.notes);
	/* without the column for feedback */
	with_gradebook(&f, "Grade;Identifier;Last modified (grade)\n;Participant 11;-\n");
	f.mark.name = TEXT("participant 11");
	run_all(format_moodle, &f, &out);
	assert_string_equal(out.p, "Identifier;Grade;\"Last modified (grade)\"\r\n"
	                           "\"Participant 11\";7002.6;-\r\n");
	assert_has(f.notes.p, "grades go without feedback");
	buf_free(&out);
	buf_free(&f.notes);
}

static void moodle_refuses(void **state)
{
	struct fixture f;

	(void)state;
	fixture_tame(&f);
	refuses(format_moodle, &f, "download the grading worksheet");
	with_gradebook(&f, "Identifier,Grade\nParticipant 1,\n");
	refuses(format_moodle, &f, "grades.csv has no column \"Last modified (grade)\"");
}

static void hostile(void **state)
{
	char *text = make_long();
	struct fixture f;
	struct buf out = {0};
	struct csv csv;

	(void)state;
	fixture_hostile(&f);
	f.set.column = "Echo server";
	with_gradebook(&f, gradebook);
	run_all(format_canvas, &f, &out);
	read_back(&out, &csv);
	assert_int_equal(csv.count, 7);
	csv_free(&csv);
	buf_free(&out);
	buf_free(&f.notes);
	fixture_hostile(&f);
	with_gradebook(&f, worksheet);
	f.mark.name = TEXT("Participant 11");
	f.tests[0].feedback = text;
	f.mark.test_count = 2;
	mark_sum(&f.mark);
	run_all(format_moodle, &f, &out);
	read_back(&out, &csv);
	assert_has(csv.rows[1].cells[6], "<pre>+1\n\n{&quot;scores&quot;");
	assert_has(csv.rows[1].cells[6], "\\x1b[31mred\\x07 \xef\xbf\xbd\xef\xbf\xbd ");
	assert_has(csv.rows[1].cells[6], " bytes are shown]</pre>");
	assert_has_not(csv.rows[1].cells[6], "<b>");
	assert_true(strlen(csv.rows[1].cells[6]) <= 32767);
	assert_true(strlen(csv.rows[1].cells[6]) > 15000);
	assert_has(f.notes.p, "Participant 11: feedback is cut");
	csv_free(&csv);
	buf_free(&out);
	buf_free(&f.notes);
	free(text);
}

static void nothing(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_tame(&f);
	f.class.count = 0;
	with_gradebook(&f, gradebook);
	run_all(format_canvas, &f, &out);
	assert_has(out.p, "\"Doe, Alice\",101,=S1,ALICE,L1,\r\n");
	buf_free(&out);
	with_gradebook(&f, worksheet);
	run_all(format_moodle, &f, &out);
	assert_has(out.p, "\"'+alice@x.org\",4.50,-,-,\r\n");
	buf_free(&out);
	/* a submission without tests: 0 points */
	fixture_empty(&f);
	with_gradebook(&f, worksheet);
	f.mark.name = TEXT("Bob");
	run_all(format_moodle, &f, &out);
	assert_has(out.p, "4.50,0,\"Monday, 1 June\",<pre></pre>\r\n");
	buf_free(&out);
	buf_free(&f.notes);
}

static void cell(const char *s, bool kept, const char *expected)
{
	struct buf out = {0};

	csv_add(&out, s, ',', kept);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void cells(void **state)
{
	(void)state;
	cell("=1+1", false, "\"'=1+1\"");
	cell("+1+1", false, "\"'+1+1\"");
	cell("-1+1", false, "\"'-1+1\"");
	cell("@SUM(A1)", false, "\"'@SUM(A1)\"");
	cell("\tx", false, "\"'\tx\"");
	cell("\rx", false, "\"'\\x0dx\"");
	cell("  =1", false, "\"'  =1\"");
	cell("=1", true, "=1");
	cell("-1.5", false, "-1.5");
	cell("+10,5%", false, "\"+10,5%\"");
	cell("-", false, "-");
	cell("a\"b", false, "\"a\"\"b\"");
	cell("a,b", false, "\"a,b\"");
	cell("a\nb", false, "\"a\nb\"");
	cell("a\xff", false, "a\xef\xbf\xbd");
	cell("", false, "");
	cell("-1.5.1", false, "\"'-1.5.1\"");
}

static void numbers(void **state)
{
	int64_t v = 0;

	(void)state;
	assert_true(csv_thousandths("10", &v) && v == 10000);
	assert_true(csv_thousandths("10.00", &v) && v == 10000);
	assert_true(csv_thousandths("2,5", &v) && v == 2500);
	assert_true(csv_thousandths("0.33300000", &v) && v == 333);
	assert_false(csv_thousandths("0.3333", &v));
	assert_false(csv_thousandths("", &v));
	assert_false(csv_thousandths("(read only)", &v));
	assert_false(csv_thousandths("1e3", &v));
	assert_false(csv_thousandths("99999999999999999999", &v));
}

static void safe(const char *s, const char *lines, const char *line)
{
	struct buf out = {0};

	formats_text(&out, s);
	assert_string_equal(out.p, lines);
	buf_free(&out);
	formats_line(&out, s);
	assert_string_equal(out.p, line);
	buf_free(&out);
}

static void texts(void **state)
{
	(void)state;
	safe("a\tb\r\nc\rd", "a\tb\nc\\x0dd", "a\\tb\\x0d\\nc\\x0dd");
	safe("\033[1m\x7f\xc2\x85", "\\x1b[1m\\x7f\\x85", "\\x1b[1m\\x7f\\x85");
	/* overlong, surrogate, beyond Unicode, cut off, a continuation alone */
	safe("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd");
	safe("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
	     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	safe("\xf4\x90\x80\x80|", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|",
	     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|");
	safe("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd");
	safe("\x80z", "\xef\xbf\xbdz", "\xef\xbf\xbdz");
	safe("\xef\xbf\xbe\xf0\x9f\x98\x80", "\xef\xbf\xbd\xf0\x9f\x98\x80",
	     "\xef\xbf\xbd\xf0\x9f\x98\x80");
	safe("\xe2\x80\xae\xe2\x81\xa6x", "\\u202e\\u2066x", "\\u202e\\u2066x");
	safe(NULL, "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(junit),          cmocka_unit_test(junit_others),
	    cmocka_unit_test(canvas),         cmocka_unit_test(canvas_places),
	    cmocka_unit_test(canvas_notes),   cmocka_unit_test(canvas_refuses),
	    cmocka_unit_test(moodle),         cmocka_unit_test(moodle_together),
	    cmocka_unit_test(moodle_refuses), cmocka_unit_test(hostile),
	    cmocka_unit_test(nothing),        cmocka_unit_test(cells),
	    cmocka_unit_test(numbers),        cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
