/* SPDX-License-Identifier: MIT */
/* audit.c - `sockproof audit`: every program of a contract, correct and faulty, against every
 * scenario */
#include "cli/audit.h"
#include "base/clock.h"
#include "base/err.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* s. A correct program never lets it pass: to be patient on a busy machine costs nothing. */
#define CORRECT_DEADLINE 20

static const char help[] =
    "usage: sockproof audit [CONTRACT…] [OPTION…]\n\n"
    "How good are the scenarios? Plays every program that a contract names, correct and faulty,\n"
    "against every scenario of the contract, with every choice of its parameters, and prints a\n"
    "matrix: a row a program, a column a scenario. A faulty program must die in the scenario that\n"
    "its contract names (dies_in), for a reason that contains the one it names (reason; \"…\" "
    "stands\n"
    "for anything); a correct one must die nowhere.\n\n"
    "Expectations that are idle are listed: lines of scenarios that say what must hold, and that "
    "no\n"
    "faulty program breaks. A contract says how many there may be (idle_expectations). So that "
    "the\n"
    "first failure of a case does not hide what the lines behind it would tell, a faulty "
    "program's\n"
    "script goes on behind it, until five more waits have run out; verdict and reason are those "
    "of\n"
    "the first. When a program has died in a scenario, its further cases there are played while "
    "the\n"
    "scenario has idle expectations. Without CONTRACT: all that the scenarios here name.\n\n"
    "  -j, --jobs N      cases under way at once (default: four a core)\n"
    "      --deadline S  seconds until a wait for a fact gives up with a faulty program (default "
    "2);\n"
    "                    correct ones have 20\n"
    "      --all         every case, also where nothing more can be learned of idle expectations\n"
    "      --slow        also scenarios tagged \"timers\", which wait for the kernel's long "
    "timers\n"
    "      --format F    pretty or json (default pretty)\n\n"
    "exit status: 0 every faulty program dies as its contract says, 1 one does not, or a correct\n"
    "             one fails, or more expectations than allowed are idle,\n"
    "             2 wrong use, 3 this machine cannot, 4 a case ended in error\n\n"
    "examples:\n"
    "  sockproof audit\n"
    "  sockproof audit tcp-echo -j 16\n"
    "  sockproof audit --format json | jq '.contracts[].programs[] | select(.fate == "
    "\"survives\")'\n"
    "  sockproof run --impl tcp-echo=@spin-on-eof      one of them by itself, with its evidence\n";

enum { OPT_DEADLINE = 256, OPT_ALL, OPT_SLOW, OPT_FORMAT };

static const struct option long_options[] = {
    {"jobs", required_argument, NULL, 'j'},
    {"deadline", required_argument, NULL, OPT_DEADLINE},
    {"all", no_argument, NULL, OPT_ALL},
    {"slow", no_argument, NULL, OPT_SLOW},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int read_one(struct audit *a, int c)
{
	switch (c) {
	case 'j':
		return option_jobs(optarg, &a->options.jobs);
	case OPT_DEADLINE:
		return option_deadline(optarg, &a->deadline);
	case OPT_ALL:
		a->all = true;
		return -1;
	case OPT_SLOW:
		a->options.slow = true;
		return -1;
	case OPT_FORMAT:
		a->json = strcmp(optarg, "json") == 0;
		if (a->json || strcmp(optarg, "pretty") == 0)
			return -1;
		return cli_complain(EXIT_USAGE, "--format %s: there are pretty and json", optarg);
	case 'h':
		fputs(help, stdout);
		return EXIT_PASSED;
	default:
		return cli_complain(EXIT_USAGE, "sockproof audit --help tells the options");
	}
}

static int read_options(struct audit *a, int argc, char **argv)
{
	int c;

	a->options = (struct run_options){.jobs = option_usual_jobs(),
	                                  .repeat = 1,
	                                  .no_out = true,
	                                  .deadline = CORRECT_DEADLINE,
	                                  .seed = 1};
	a->deadline = 2;
	while ((c = getopt_long(argc, argv, "j:h", long_options, NULL)) != -1) {
		int status = read_one(a, c);

		if (status >= 0)
			return status;
	}
	a->names = argv + optind;
	a->name_count = (size_t)(argc - optind);
	return -1;
}

static int exit_status(const struct audit *a)
{
	if (a->errors > 0)
		return EXIT_ERRED;
	if (a->over_budget + a->correct_failures + a->fates[FATE_SURVIVES] +
	        a->fates[FATE_ELSEWHERE] + a->fates[FATE_OTHER_REASON] +
	        a->fates[FATE_NO_SCENARIO] >
	    0)
		return EXIT_FAILED;
	return EXIT_PASSED;
}

static int audit(struct audit *a)
{
	struct runner_setting setting = {.options = &a->options, .version = SOCKPROOF_VERSION};
	int64_t began = clock_now();
	struct err err;
	int status;

	if ((status = audit_find(a)) >= 0 || (status = runner_machine(&setting)) >= 0 ||
	    (status = audit_play(a, &setting)) >= 0)
		return status;
	a->duration = clock_now() - began;
	audit_judge(a);
	status = exit_status(a);
	if (!a->json)
		audit_print(a, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
	else if (audit_json(a, &err) < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	if (fflush(stdout) != 0 || ferror(stdout))
		return cli_complain(EXIT_ERRED, "the report could not be written: %s",
		                    strerror(errno));
	return status;
}

int cli_audit(int argc, char **argv)
{
	struct audit a = {0};
	int status = read_options(&a, argc, argv);

	if (status < 0)
		status = audit(&a);
	audit_free(&a);
	return status;
}
