/* SPDX-License-Identifier: MIT */
/* test_html.c - the report for a browser: what gets into the page, and how. tests/e2e/page.sh looks
 * at it in one. */
#include "../bytes.h"
#include "base/err.h"
#include "report/html_own.h"
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static char folder[] = "/tmp/sockproof-html-XXXXXX";

static const struct html_setting plain = {.out = folder,
                                          .version = "0",
                                          .kernel = "6.1",
                                          .libpcap = "libpcap",
                                          .clock = "real",
                                          .command = "sockproof run <b>",
                                          .threads = 3};

static void add(struct html *h, const char *scenario, const char *implementation,
                enum verdict verdict, const char *reason, const char *const *pairs)
{
	struct result_parameter p[4];
	struct result r = {.scenario = scenario,
	                   .title = "title",
	                   .parameters = p,
	                   .implementation = implementation,
	                   .verdict = verdict,
	                   .reason = reason,
	                   .file = "x.lua",
	                   .directory = "",
	                   .command = "again"};

	for (; pairs && pairs[2 * r.parameter_count]; r.parameter_count++)
		p[r.parameter_count] =
		    (struct result_parameter){.name = pairs[2 * r.parameter_count],
		                              .value = pairs[2 * r.parameter_count + 1]};
	html_result(h, &r);
}

static char *read_page(struct html *h)
{
	struct report_totals totals = {0};
	struct err err;
	struct stat st;
	char *path, *text;
	FILE *f;

	for (size_t i = 0; i < h->case_count; i++)
		totals.count[h->cases[i].result.verdict]++;
	path = html_finish(h, &totals, &err);
	if (!path)
		fail_msg("%s", err.text);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	text = mem_zero((size_t)st.st_size + 1, 1);
	assert_int_equal(fread(text, 1, (size_t)st.st_size, f), st.st_size);
	fclose(f);
	free(path);
	return text;
}

/* What html_pack() made, undone by zlib and a decoder of our own. */
static void unpack(const char *packed, size_t len, struct buf *out)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf gz = {0};
	z_stream z = {0};
	char piece[4096];
	int rc = Z_OK;

	assert_int_equal(len % 4, 0);
	for (size_t i = 0; i < len; i += 4) {
		unsigned v = 0;

		for (size_t k = 0; k < 4; k++) {
			const char *at = strchr(digits, packed[i + k]);

			v = v << 6 | (packed[i + k] == '=' ? 0 : (unsigned)(at - digits));
		}
		for (int k = 0; k < 3 - (packed[i + 2] == '=') - (packed[i + 3] == '='); k++)
			buf_add(&gz, &(char){(char)(v >> (16 - 8 * k))}, 1);
	}
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (Bytef *)gz.p;
	z.avail_in = (uInt)gz.len;
	while (rc == Z_OK) {
		z.next_out = (Bytef *)piece;
		z.avail_out = sizeof piece;
		rc = inflate(&z, Z_NO_FLUSH);
		buf_add(out, piece, sizeof piece - z.avail_out);
	}
	assert_int_equal(rc, Z_STREAM_END);
	inflateEnd(&z);
	buf_free(&gz);
}

static void bytes_come_back(void **state)
{
	char bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 7);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		struct buf packed = {0}, back = {0};

		html_pack(&packed, bytes, len);
		unpack(buf_text(&packed), packed.len, &back);
		assert_int_equal(back.len, len);
		assert_memory_equal(buf_text(&back), bytes, len);
		buf_free(&packed);
		buf_free(&back);
	}
}

static void texts_are_escaped(void **state)
{
	struct buf b = {0};

	(void)state;
	html_text(&b, "a<b>&\"'\x1b[31m\xff\n");
	assert_string_equal(buf_text(&b), "a&lt;b&gt;&amp;&quot;&#39;\\x1b[31m\\xff\\n");
	b.len = 0;
	html_link(&b, "a b/c%\"<>");
	assert_string_equal(buf_text(&b), "a%20b/c%25%22%3C%3E");
	buf_free(&b);
}

static void hostile_results_stay_texts(void **state)
{
	static const char evil[] = "</script><script>alert(1)</script>{{data}}<!--";
	static const char *const pairs[] = {evil, evil, NULL};
	struct html *h = html_open(&plain);
	char *page;

	(void)state;
	add(h, evil, evil, VERDICT_FAIL, evil, pairs);
	add(h, "close/skips", evil, VERDICT_SKIP, evil, NULL);
	page = read_page(h);
	assert_null(strstr(page, "<script>alert"));
	assert_null(strstr(page, "<!--"));
	assert_non_null(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	assert_non_null(strstr(page, "sockproof run &lt;b&gt;"));
	free(page);
	html_close(&h);
}

static void map_is(struct html *h, const char *const *rows)
{
	struct buf b = {0};
	const char *at;

	html_map(h, 0, &b);
	at = buf_text(&b);
	for (; *rows; rows++) {
		const char *found = strstr(at, *rows);

		if (!found)
			fail_msg("\"%s\" is not in, or not behind the one before: %s", *rows,
			         buf_text(&b));
		at = found + strlen(*rows);
	}
	buf_free(&b);
}

static void a_map_of_implementations(void **state)
{
	static const char *const one[] = {"family", "ipv4", NULL};
	static const char *const two[] = {"family", "ipv6", NULL};
	static const char *const rows[] = {
	    ">poll</th>",     ">epoll</th>",          "family=ipv4", "class=\"c pass\"",
	    "class=\"c fail", "family=ipv6",          "<td></td>",   "class=\"c error",
	    "error: family=", "ipv6 (epoll), 0 ns\"", NULL};
	struct html *h = html_open(&plain);

	(void)state;
	add(h, "a/b", "poll", VERDICT_PASS, "", one);
	add(h, "a/b", "epoll", VERDICT_FAIL, "why", one);
	add(h, "a/b", "epoll", VERDICT_ERROR, "why", two);
	map_is(h, rows);
	html_close(&h);
}

/* One implementation: the parameter with the most values goes across. */
static void a_map_of_parameters(void **state)
{
	static const char *const pairs[][5] = {{"family", "ipv4", "size", "1"},
	                                       {"family", "ipv4", "size", "2"},
	                                       {"family", "ipv4", "size", "3"},
	                                       {"family", "ipv6", "size", "1"}};
	static const char *const rows[] = {
	    "corner\">size</td>", ">1</th>",     ">2</th>", ">3</th>",
	    "family=ipv4",        "family=ipv6", NULL};
	struct html *h = html_open(&plain);

	(void)state;
	for (size_t i = 0; i < 4; i++)
		add(h, "a/b", "reference", VERDICT_PASS, "", pairs[i]);
	map_is(h, rows);
	html_close(&h);
}

static void title_is(size_t pass, size_t fail, size_t skip, size_t error, const char *expected)
{
	struct report_totals t = {.count = {pass, fail, skip, error}};
	struct buf b = {0};

	html_title(&t, &b);
	assert_string_equal(buf_text(&b), expected);
	buf_free(&b);
}

static void titles(void **state)
{
	(void)state;
	title_is(1, 0, 0, 0, "The only case passed");
	title_is(7, 0, 0, 0, "All 7 cases passed");
	title_is(5, 0, 2, 0, "5 of 7 cases passed, the others were skipped");
	title_is(0, 0, 2, 0, "2 cases, nothing was played");
	title_is(5, 1, 1, 0, "1 of 7 cases failed");
	title_is(5, 0, 1, 1, "1 of 7 cases ended in error");
	title_is(4, 2, 0, 1, "2 of 7 cases failed, 1 ended in error");
}

/* More than are packed at once, by several threads: each is there, in order. */
static void many_cases_in_order(void **state)
{
	struct html *h = html_open(&plain);
	char *page, *at;

	(void)state;
	for (size_t i = 0; i < 700; i++) {
		char *name = mem_printf("topic/%zu", i);

		add(h, name, "reference", VERDICT_PASS, "", NULL);
		free(name);
	}
	at = page = read_page(h);
	for (size_t i = 0; i < 700; i++) {
		char *mark = mem_printf("id=\"d%zu\" data-key=\"case-%zu\">", i, i + 1);

		at = strstr(at, mark);
		if (!at)
			fail_msg("%s is not there, or not in order", mark);
		free(mark);
	}
	free(page);
	html_close(&h);
}

static void a_damaged_directory_is_told(void **state)
{
	char *directory = mem_printf("%s/a case", folder);
	char *file = mem_printf("%s/case.json", directory);
	struct html *h = html_open(&plain);
	struct result r = {.scenario = "a/b",
	                   .title = "t",
	                   .implementation = "reference",
	                   .verdict = VERDICT_FAIL,
	                   .reason = "why",
	                   .directory = directory,
	                   .command = "again"};
	struct buf back = {0};
	char *page, *at;
	FILE *f;

	(void)state;
	assert_int_equal(mkdir(directory, 0700), 0);
	f = fopen(file, "we");
	assert_non_null(f);
	fputs("{ \"scenario\": ", f);
	fclose(f);
	html_result(h, &r);
	page = read_page(h);
	assert_non_null(strstr(page, "#case=a%20case\""));
	at = strstr(page, "data-key=\"a case\">");
	assert_non_null(at);
	at += strlen("data-key=\"a case\">");
	unpack(at, strcspn(at, "<"), &back);
	if (!strstr(buf_text(&back), "\"damaged\":\"") || !strstr(buf_text(&back), "case.json"))
		fail_msg("it does not say what is damaged: %s", buf_text(&back));
	assert_non_null(strstr(buf_text(&back), "\"reason\":\"why\""));
	buf_free(&back);
	free(page);
	html_close(&h);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(directory), 0);
	free(file);
	free(directory);
}

static void where_it_cannot_be_written(void **state)
{
	static const struct html_setting nowhere = {
	    .out = "/nonexistent/out", .version = "", .kernel = "", .clock = "real"};
	struct html *h = html_open(&nowhere);
	struct report_totals totals = {0};
	struct err err;

	(void)state;
	assert_null(html_finish(h, &totals, &err));
	assert_non_null(strstr(err.text, "/nonexistent/out/report"));
	html_close(&h);
	assert_null(h);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char *page = mem_printf("%s/report/index.html", folder);
	char *report = mem_printf("%s/report", folder);

	(void)state;
	unlink(page);
	rmdir(report);
	free(page);
	free(report);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_come_back),
	    cmocka_unit_test(texts_are_escaped),
	    cmocka_unit_test(hostile_results_stay_texts),
	    cmocka_unit_test(a_map_of_implementations),
	    cmocka_unit_test(a_map_of_parameters),
	    cmocka_unit_test(titles),
	    cmocka_unit_test(many_cases_in_order),
	    cmocka_unit_test(a_damaged_directory_is_told),
	    cmocka_unit_test(where_it_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
