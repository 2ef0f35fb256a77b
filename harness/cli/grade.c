/* SPDX-License-Identifier: MIT */
/* grade.c - `sockproof grade`, the program sockproof-grade: submissions against an assignment */
#include "cli/grade.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "grade/formats.h"
#include "grade/stage.h"
#include "report/html.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A gradebook larger than this is none. */
#define ROSTER_MOST ((size_t)64 << 20)
#define USUAL_OUT   "sockproof-grades"

static const char help[] =
    "usage: sockproof grade ASSIGNMENT SUBMISSION… [OPTION…]\n"
    "       sockproof grade --merge DIR… [OPTION…]\n\n"
    "Build and mark submissions. ASSIGNMENT: a file, or the name of one in scenarios/assignments.\n"
    "SUBMISSION: a folder, a source file, or an archive.\n\n"
    "  -j N               so many cases at once (4 for each core)\n"
    "      --format F     also write results as F; several times for several:\n"
    "                     FORMATS\n"
    "      --only TEST    only this test, by name or number, and those it depends on\n"
    "      --deadline S   seconds that a wait lasts (what the assignment says, or 5)\n"
    "      --fresh        mark everything anew; otherwise what has not changed since it was\n"
    "                     marked in DIR keeps its marks\n"
    "      --roster FILE  the gradebook that Canvas or Moodle exported, to be filled in\n"
    "      --shard I/N    only each Nth submission by name, from the Ith on: for N machines\n"
    "      --merge        the DIRs of shards, instead of an assignment and submissions:\n"
    "                     their marks as one class's\n"
    "      --out DIR      results, evidence and what was built go there (sockproof-grades;\n"
    "                     of a submission that is the folder one is in, beside that)\n"
    "  -h, --help\n\n"
    "examples:\n"
    "  sockproof grade echo-server handed-in/*                  everybody\n"
    "  sockproof grade echo-server . --only 'echoes a line'     one test, at home\n"
    "  sockproof grade echo-server alice.zip --format gradescope\n"
    "  sockproof grade echo-server handed-in/* --shard 1/3 --out part1\n"
    "  sockproof grade --merge part1 part2 part3 --format canvas --roster export.csv\n\n"
    "For each submission DIR/NAME/ has the results; evidence/N/ a case directory for each case\n"
    "of test N; source/ what was handed in; built/ what became of it.\n"
    "exit status: 0 every test of every submission passed, 1 something failed, 2 wrong use,\n"
    "             3 this machine cannot, 4 the harness erred: then marks are not complete\n";

enum {
	OPT_FORMAT = 256,
	OPT_ONLY,
	OPT_DEADLINE,
	OPT_OUT,
	OPT_FRESH,
	OPT_SHARD,
	OPT_MERGE,
	OPT_ROSTER
};

static const struct option long_options[] = {
    {"format", required_argument, NULL, OPT_FORMAT},
    {"only", required_argument, NULL, OPT_ONLY},
    {"deadline", required_argument, NULL, OPT_DEADLINE},
    {"out", required_argument, NULL, OPT_OUT},
    {"fresh", no_argument, NULL, OPT_FRESH},
    {"shard", required_argument, NULL, OPT_SHARD},
    {"merge", no_argument, NULL, OPT_MERGE},
    {"roster", required_argument, NULL, OPT_ROSTER},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static void list_formats(struct buf *b, const char *gap)
{
	for (size_t i = 0; i < format_count; i++)
		buf_printf(b, "%s%s", i > 0 ? gap : "", formats[i].name);
}

static int show_help(void)
{
	static const char place[] = "FORMATS";
	const char *at = strstr(help, place);
	struct buf b = {0};

	list_formats(&b, ", ");
	printf("%.*s%s%s", (int)(at - help), help, buf_text(&b), at + sizeof place - 1);
	buf_free(&b);
	return EXIT_PASSED;
}

static int add_format(struct grading *g, const char *name)
{
	const struct format *f = format_find(name);
	struct buf b = {0};

	if (!f) {
		list_formats(&b, ", ");
		cli_complain(EXIT_USAGE, "--format %s: there are %s", name, buf_text(&b));
		buf_free(&b);
		return EXIT_USAGE;
	}
	MEM_ROOM(g->formats, g->format_count);
	g->formats[g->format_count++] = f;
	return -1;
}

static int read_shard(struct grading *g, const char *text)
{
	const char *slash = strchr(text, '/');

	if (slash && text_u64(text, (size_t)(slash - text), &g->shard) &&
	    text_u64(slash + 1, strlen(slash + 1), &g->shards) && g->shard >= 1 &&
	    g->shard <= g->shards)
		return -1;
	return cli_complain(EXIT_USAGE, "--shard %s: which of how many is wanted, such as 2/3",
	                    text);
}

static int read_roster(struct grading *g, char *path)
{
	struct err err;

	buf_free(&g->roster);
	if (file_read(AT_FDCWD, path, ROSTER_MOST, &g->roster, &err) < 0)
		return cli_complain(EXIT_USAGE, "--roster %s", err.text);
	g->roster_name = path;
	return -1;
}

static int read_one(struct grading *g, int c)
{
	switch (c) {
	case 'j':
		return option_jobs(optarg, &g->options.jobs);
	case OPT_FORMAT:
		return add_format(g, optarg);
	case OPT_ONLY:
		g->only = optarg;
		return -1;
	case OPT_DEADLINE:
		return option_deadline(optarg, &g->options.deadline);
	case OPT_OUT:
		g->options.out = optarg;
		return -1;
	case OPT_FRESH:
		g->fresh = true;
		return -1;
	case OPT_SHARD:
		return read_shard(g, optarg);
	case OPT_MERGE:
		g->merge = true;
		return -1;
	case OPT_ROSTER:
		return read_roster(g, optarg);
	case 'h':
		return show_help();
	default:
		return cli_complain(EXIT_USAGE, "sockproof grade --help tells the options");
	}
}

static bool is_result(const char *name)
{
	for (size_t i = 0; i < format_count; i++) {
		if (strcmp(formats[i].file, name) == 0)
			return true;
	}
	return strcmp(name, "report") == 0;
}

/* "alice" of "handed-in/alice.tar.gz"; what no folder may be called is left out; free() it. */
static char *name_of(const char *path)
{
	static const char *const endings[] = {".zip",     ".tar",    ".tgz",     ".tar.gz",
	                                      ".tar.bz2", ".tar.xz", ".tar.zst", ".c"};
	char *whole = realpath(path, NULL), *name;
	const char *last = strrchr(whole ? whole : path, '/');

	name = mem_text(last ? last + 1 : path);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t len = strlen(name), end = strlen(endings[i]);

		if (len > end && strcmp(name + len - end, endings[i]) == 0)
			name[len - end] = '\0';
	}
	if (strcmp(name, "") == 0 || name[0] == '.') {
		free(name);
		name = mem_text("submission");
	}
	/* the class's own files lie beside the submissions' folders */
	if (is_result(name)) {
		char *other = mem_printf("%s_", name);

		free(name);
		name = other;
	}
	free(whole);
	return name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct subject *)a)->name, ((const struct subject *)b)->name);
}

static void free_subject(struct grading *g, struct subject *s);

/* Those of this machine: by name, so that every machine shares them out alike. */
static void keep_shard(struct grading *g)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->subject_count && g->shards > 0; i++) {
		if (i % g->shards == g->shard - 1)
			g->subjects[kept++] = g->subjects[i];
		else
			free_subject(g, &g->subjects[i]);
	}
	if (g->shards > 0)
		g->subject_count = kept;
}

static int find_subjects(struct grading *g, char **paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct subject s = {.path = mem_text(paths[i]), .name = name_of(paths[i])};
		struct stat st;

		MEM_ROOM(g->subjects, g->subject_count);
		s.folder = mem_printf("%s/%s", g->options.out, s.name);
		g->subjects[g->subject_count++] = s;
		if (lstat(paths[i], &st) < 0)
			return cli_complain(EXIT_USAGE, "%s: %s", paths[i], strerror(errno));
	}
	qsort(g->subjects, g->subject_count, sizeof *g->subjects, by_name);
	for (size_t i = 1; i < g->subject_count; i++) {
		if (strcmp(g->subjects[i].name, g->subjects[i - 1].name) == 0)
			return cli_complain(EXIT_USAGE,
			                    "%s and %s would both be called \"%s\" in the results; "
			                    "grade them apart, each with its own --out",
			                    g->subjects[i - 1].path, g->subjects[i].path,
			                    g->subjects[i].name);
	}
	keep_shard(g);
	return -1;
}

/* Better to know before the work than after, and before anything is removed. */
static int claim_folders(const struct grading *g)
{
	struct err err;
	int r = html_place(g->options.out, &err);

	for (size_t i = 0; i < g->subject_count && r == 0; i++)
		r = stage_claim(g->subjects[i].folder, &err);
	return r < 0 ? cli_complain(EXIT_USAGE, "%s", err.text) : -1;
}

/* Results do not go into what was handed in: of `grade echo-server .` they go beside it. */
static void choose_out(struct grading *g, char **paths, size_t count)
{
	char *here = realpath(".", NULL);

	for (size_t i = 1; i < count && here && !g->options.out; i++) {
		char *path = realpath(paths[i], NULL);
		size_t len = path ? strlen(path) : 0;

		if (path && strncmp(here, path, len) == 0 &&
		    (here[len] == '\0' || here[len] == '/') && strrchr(path, '/') > path) {
			*strrchr(path, '/') = '\0';
			g->beside = mem_printf("%s/" USUAL_OUT, path);
			g->options.out = g->beside;
		}
		free(path);
	}
	if (!g->options.out)
		g->options.out = USUAL_OUT;
	free(here);
}

/* What a format wants from outside is asked for before the work and not after it. */
static int check_formats(const struct grading *g)
{
	for (size_t i = 0; i < g->format_count; i++) {
		const char *name = g->formats[i]->name;
		bool fills = strcmp(name, "canvas") == 0 || strcmp(name, "moodle") == 0;

		if (fills && !g->roster_name)
			return cli_complain(
			    EXIT_USAGE,
			    "--format %s: the file that it exported is filled in; give "
			    "it with --roster FILE",
			    name);
		if (strcmp(name, "classroom50") == 0 && !getenv("CLASSROOM"))
			return cli_complain(
			    EXIT_USAGE,
			    "--format classroom50: its runner says in CLASSROOM, "
			    "SUBMISSION_TAG and others what is graded, and they are not "
			    "set");
	}
	return -1;
}

static int read_options(struct grading *g, int argc, char **argv)
{
	int c;

	g->options = (struct run_options){
	    .jobs = option_usual_jobs(), .repeat = 1, .seed = 1, .no_report = true};
	while ((c = getopt_long(argc, argv, "j:h", long_options, NULL)) != -1) {
		int status = read_one(g, c);

		if (status >= 0)
			return status;
	}
	if (!g->merge && argc - optind < 2)
		return cli_complain(EXIT_USAGE,
		                    "an assignment and submissions are wanted, such as: "
		                    "sockproof grade echo-server handed-in/*");
	if (g->merge && argc == optind)
		return cli_complain(EXIT_USAGE, "--merge: the folders of shards are wanted, such "
		                                "as: sockproof grade --merge part1 part2");
	c = check_formats(g);
	if (c >= 0)
		return c;
	choose_out(g, argv + optind, (size_t)(argc - optind));
	if (mkdir(g->options.out, 0777) < 0 && errno != EEXIST)
		return cli_complain(EXIT_USAGE, "--out %s: %s; name a folder that can be made",
		                    g->options.out, strerror(errno));
	/* the case's process and the program's jail look from elsewhere */
	g->out = realpath(g->options.out, NULL);
	if (!g->out)
		return cli_complain(EXIT_USAGE, "--out %s: %s", g->options.out, strerror(errno));
	g->options.out = g->out;
	if (g->merge)
		return grade_merge(g, argv + optind, (size_t)(argc - optind));
	g->assignment_path = argv[optind];
	return find_subjects(g, argv + optind + 1, (size_t)(argc - optind - 1));
}

static int grade(struct grading *g)
{
	int64_t began = clock_now();
	struct err err;
	int status;

	if (places_find(&g->places, &err) < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	g->script = script_open(&err);
	if (!g->script)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	if ((status = grade_plan(g)) >= 0 || (status = claim_folders(g)) >= 0 ||
	    (status = grade_play(g)) >= 0)
		return status;
	struct mark_class all = {.assignment = g->assignment->name,
	                         .title = g->assignment->title,
	                         .marks = grade_marked(g),
	                         .count = g->subject_count};
	status = grade_tell(g, &all);
	int told = grade_page(g, &all, began);
	status = told > status ? told : status;
	for (size_t i = 0; i < all.count; i++)
		free(all.marks[i].tests);
	free(all.marks);
	return status;
}

static void free_subject(struct grading *g, struct subject *s)
{
	for (size_t i = 0; s->cases && i < g->assignment->test_count; i++) {
		struct mark_test one = {.cases = s->cases[i], .case_count = s->case_counts[i]};
		struct mark_test *list = mem_copy(&one, sizeof one);
		struct mark m = {.tests = list, .test_count = 1};

		mark_free(&m);
	}
	mark_free(&s->mark);
	marks_json_free(&s->recalled);
	free(s->cases);
	free(s->case_counts);
	free(s->name);
	free(s->path);
	free(s->folder);
	free(s->why);
	free(s->build_output);
}

/* argv[0]: "grade", as sockproof(1) was told (main.c) */
int main(int argc, char **argv)
{
	struct grading g = {.command = cli_typed(argc, argv)};
	int status = read_options(&g, argc, argv);

	if (status < 0)
		status = grade(&g);
	for (size_t i = 0; i < g.subject_count; i++)
		free_subject(&g, &g.subjects[i]);
	free(g.subjects);
	free(g.cases);
	free(g.levels);
	free(g.formats);
	free(g.out);
	free(g.command);
	free(g.beside);
	buf_free(&g.roster);
	assignment_free(&g.assignment);
	script_close(&g.script);
	places_free(&g.places);
	return status;
}
