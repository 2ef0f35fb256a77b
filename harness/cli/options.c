/* SPDX-License-Identifier: MIT */
/* options.c - the command line of `sockproof run`, read strictly */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "report/report.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: sockproof run [PATH…] [OPTION…]\n\n"
    "Plays scenarios, each with every choice of its parameters and every implementation of its\n"
    "contract, and judges them. PATH: a scenario file, a folder of them, or a name as `sockproof "
    "list`\n"
    "prints it; without one every scenario of ./scenarios (or of sockproof's own).\n\n"
    "  -j, --jobs N         cases under way at once (default: four a core; waiting costs nothing)\n"
    "  -k WORDS             only cases whose name, parameters and implementation hold all these "
    "words\n"
    "      --set K=V        only cases whose parameter K is V\n"
    "      --impl C=CMD     judge this program as implementation of contract C; in CMD {port}, "
    "{address},\n"
    "                       {family}, {dir} and the contract's own names are filled in. C.ROLE "
    "where a\n"
    "                       contract has several roles; @NAME instead of CMD for one of its own\n"
    "      --repeat N       each case N times; its normalised trace must be the same each time\n"
    "      --slow           also cases tagged \"timers\", which wait for the kernel's long timers\n"
    "      --pace D         wait 300ms, say, before each step of a script, while programs and\n"
    "                       kernels go on and packets wait: what hangs on pace shows\n"
    "      --deadline S     seconds until a wait for a fact gives up (default 5)\n"
    "      --seed N         seed of whatever a script draws by chance (default 1)\n"
    "      --clock C        real: this kernel, now (the default). virtual: a kernel in a virtual\n"
    "                       machine whose time counts instructions; waiting costs nothing, every\n"
    "                       run is the same\n"
    "      --kernel K       the virtual clock on this kernel: a version that ci/kernels fetched\n"
    "                       (6.1), or a bzImage's file. Several: every case on each, and where\n"
    "                       they differ\n"
    "      --against DIR    only the main case of each scenario, compared with its reference in\n"
    "                       DIR; to part from it is to fail. --accept: show where they part, then\n"
    "                       renew it, and write those that are missing\n"
    "      --format F       pretty, tap, junit or json (default pretty)\n"
    "      --out DIR        where case directories go (default sockproof-out); --no-out: nowhere\n"
    "      --no-report      no page for a browser in DIR/report/index.html\n"
    "  -v, --verbose        a line for every case\n\n"
    "examples:\n"
    "  sockproof run scenarios/backlog --set family=ipv6\n"
    "  sockproof run close/half-close --impl 'tcp-echo=./a.out {port}'\n"
    "  sockproof run -k 'half-close ipv4' --impl tcp-echo=@spin-on-eof\n"
    "  sockproof run --format junit > results.xml\n"
    "  sockproof run --repeat 200 -j 8\n"
    "  sockproof run --against captures\n"
    "  sockproof run connect/filtered --clock virtual\n"
    "  sockproof run scenarios/close --kernel 5.10 --kernel 6.1 --kernel 6.12\n";

enum {
	OPT_SET = 256,
	OPT_IMPL,
	OPT_REPEAT,
	OPT_SLOW,
	OPT_DEADLINE,
	OPT_PACE,
	OPT_SEED,
	OPT_CLOCK,
	OPT_KERNEL,
	OPT_AGAINST,
	OPT_ACCEPT,
	OPT_FORMAT,
	OPT_OUT,
	OPT_NO_OUT,
	OPT_NO_REPORT
};

static const struct option long_options[] = {
    {"jobs", required_argument, NULL, 'j'},
    {"set", required_argument, NULL, OPT_SET},
    {"impl", required_argument, NULL, OPT_IMPL},
    {"repeat", required_argument, NULL, OPT_REPEAT},
    {"slow", no_argument, NULL, OPT_SLOW},
    {"deadline", required_argument, NULL, OPT_DEADLINE},
    {"pace", required_argument, NULL, OPT_PACE},
    {"seed", required_argument, NULL, OPT_SEED},
    {"clock", required_argument, NULL, OPT_CLOCK},
    {"kernel", required_argument, NULL, OPT_KERNEL},
    {"against", required_argument, NULL, OPT_AGAINST},
    {"accept", no_argument, NULL, OPT_ACCEPT},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"out", required_argument, NULL, OPT_OUT},
    {"no-out", no_argument, NULL, OPT_NO_OUT},
    {"no-report", no_argument, NULL, OPT_NO_REPORT},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static bool count_of(const char *text, size_t most, size_t *out)
{
	uint64_t v;

	if (!text_u64(text, strlen(text), &v) || v == 0 || v > most)
		return false;
	*out = (size_t)v;
	return true;
}

static int read_set(struct run_options *o, char *text)
{
	char *equals = strchr(text, '=');

	if (!equals || equals == text)
		return cli_complain(EXIT_USAGE,
		                    "--set %s: write --set NAME=VALUE, such as --set family=ipv6",
		                    text);
	*equals = '\0';
	MEM_ROOM(o->narrowings, o->narrowing_count);
	o->narrowings[o->narrowing_count++] = (struct narrowing){.name = text, .value = equals + 1};
	return -1;
}

static int read_impl(struct run_options *o, char *text)
{
	char *equals = strchr(text, '='), *dot;

	if (!equals || equals == text || !equals[1])
		return cli_complain(EXIT_USAGE,
		                    "--impl %s: write --impl 'CONTRACT=COMMAND', such as --impl "
		                    "'tcp-echo=./a.out {port}'",
		                    text);
	*equals = '\0';
	dot = strchr(text, '.');
	if (dot)
		*dot = '\0';
	MEM_ROOM(o->overrides, o->override_count);
	o->overrides[o->override_count++] = (struct override){
	    .contract = text, .role = dot ? dot + 1 : NULL, .command = equals + 1};
	return -1;
}

#define PACE_MOST (10 * NS_PER_S)

int option_deadline(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	if (*end || end == text || !(*out > 0) || *out > 3600)
		return cli_complain(EXIT_USAGE,
		                    "--deadline %s: seconds between 0 and 3600 are wanted", text);
	return -1;
}

int option_jobs(const char *text, size_t *out)
{
	if (count_of(text, 512, out))
		return -1;
	return cli_complain(EXIT_USAGE, "-j %s: a number from 1 to 512 is wanted", text);
}

size_t cli_cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (size_t)n : 1;
}

/* Waiting costs nothing. */
size_t option_usual_jobs(void)
{
	return 4 * cli_cores();
}

static int read_clock(struct run_options *o, const char *text)
{
	if (strcmp(text, "real") == 0) {
		o->real_clock = true;
		return -1;
	}
	o->virtual_clock = strcmp(text, "virtual") == 0;
	if (o->virtual_clock)
		return -1;
	return cli_complain(EXIT_USAGE, "--clock %s: there are real and virtual", text);
}

static int read_one(struct run_options *o, int c)
{
	switch (c) {
	case 'j':
		return option_jobs(optarg, &o->jobs);
	case OPT_REPEAT:
		return count_of(optarg, 1000000, &o->repeat)
		           ? -1
		           : cli_complain(EXIT_USAGE,
		                          "--repeat %s: a number from 1 to 1000000 is wanted",
		                          optarg);
	case 'k':
		o->words = optarg;
		return -1;
	case OPT_SET:
		return read_set(o, optarg);
	case OPT_IMPL:
		return read_impl(o, optarg);
	case OPT_SLOW:
		o->slow = true;
		return -1;
	case OPT_DEADLINE:
		return option_deadline(optarg, &o->deadline);
	case OPT_PACE:
		return text_duration(optarg, strlen(optarg), &o->pace) && o->pace <= PACE_MOST
		           ? -1
		           : cli_complain(EXIT_USAGE,
		                          "--pace %s: a time of 10 s at most is wanted: 300ms",
		                          optarg);
	case OPT_SEED:
		return text_u64(optarg, strlen(optarg), &o->seed)
		           ? -1
		           : cli_complain(EXIT_USAGE, "--seed %s: a whole number is wanted",
		                          optarg);
	case OPT_CLOCK:
		return read_clock(o, optarg);
	case OPT_KERNEL:
		MEM_ROOM(o->kernels, o->kernel_count);
		o->kernels[o->kernel_count++] = optarg;
		return -1;
	case OPT_AGAINST:
		o->against = optarg;
		return -1;
	case OPT_ACCEPT:
		o->accept = true;
		return -1;
	case OPT_FORMAT:
		o->format = report_format_number(optarg);
		return o->format >= 0
		           ? -1
		           : cli_complain(EXIT_USAGE,
		                          "--format %s: there are pretty, tap, junit and json",
		                          optarg);
	case OPT_OUT:
		o->out = optarg;
		return -1;
	case OPT_NO_OUT:
		o->no_out = true;
		return -1;
	case OPT_NO_REPORT:
		o->no_report = true;
		return -1;
	case 'v':
		o->verbose = true;
		return -1;
	case 'h':
		fputs(help, stdout);
		return EXIT_PASSED;
	default:
		return cli_complain(EXIT_USAGE, "sockproof run --help tells the options");
	}
}

/* A reference is one case of one program on one kernel, with its capture. */
static int check_accept(const struct run_options *o)
{
	if (!o->against)
		return cli_complain(EXIT_USAGE, "--accept goes with --against DIR: what it says is "
		                                "written there");
	if (o->no_out)
		return cli_complain(EXIT_USAGE, "--accept takes captures from --out; leave "
		                                "--no-out away");
	if (o->override_count > 0)
		return cli_complain(EXIT_USAGE, "--accept takes no --impl: a reference is of a "
		                                "contract's own program");
	if (o->kernel_count > 1)
		return cli_complain(EXIT_USAGE, "--accept takes one --kernel at the most");
	return -1;
}

int run_options_read(struct run_options *o, int argc, char **argv)
{
	int c, status;

	*o = (struct run_options){.jobs = option_usual_jobs(),
	                          .repeat = 1,
	                          .out = "sockproof-out",
	                          .format = REPORT_PRETTY,
	                          .deadline = 5,
	                          .seed = 1};
	while ((c = getopt_long(argc, argv, "j:k:vh", long_options, NULL)) != -1) {
		status = read_one(o, c);
		if (status >= 0)
			return status;
	}
	/* the real clock is this machine's kernel: to name one is to ask for the other clock */
	if (o->kernel_count > 0 && o->real_clock)
		return cli_complain(EXIT_USAGE, "--kernel goes with --clock virtual; the real "
		                                "clock runs on this machine's kernel");
	o->virtual_clock = o->virtual_clock || o->kernel_count > 0;
	if (o->pace > 0 && o->virtual_clock)
		return cli_complain(EXIT_USAGE, "--pace is for the real clock: under the virtual "
		                                "one nothing is kept from its processor");
	if (o->accept && (status = check_accept(o)) >= 0)
		return status;
	o->paths = argv + optind;
	o->path_count = (size_t)(argc - optind);
	return -1;
}

void run_options_free(struct run_options *o)
{
	free(o->narrowings);
	free(o->overrides);
	free(o->kernels);
	*o = (struct run_options){0};
}
