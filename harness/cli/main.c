/* SPDX-License-Identifier: MIT */
/* main.c - sockproof: which subcommand */
#include "base/err.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "vm/vm.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int exec_grade(int argc, char **argv);

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *purpose;
} commands[] = {
    {"run", cli_run, "play scenarios and judge them"},
    {"list", cli_list, "what scenarios there are, a line each"},
    {"show", cli_show, "one scenario: what it claims, why, and its cases"},
    {"inspect", cli_inspect, "what happened in a case: its ladder, its flows, its graphs"},
    {"diff", cli_diff, "where two cases or captures part, and what kind of difference it is"},
    {"audit", cli_audit, "how good the scenarios are: every program of a contract against each"},
    {"grade", exec_grade, "build and mark submissions: points, reasons, results for platforms"},
    {"doctor", cli_doctor, "what this machine can do, and the command that mends what it cannot"},
};

static void usage(FILE *out)
{
	fputs("sockproof - a deterministic test harness for socket behaviour\n\n"
	      "usage: sockproof COMMAND [ARGUMENT…]\n\n",
	      out);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].purpose);
	fputs(
	    "\nexamples:\n"
	    "  sockproof run                                   every scenario, every "
	    "implementation\n"
	    "  sockproof run scenarios/close -j 4              those of one topic\n"
	    "  sockproof run --impl 'tcp-echo=./a.out {port}'  your own server\n"
	    "  sockproof inspect CASE-DIR                      what happened, packet by packet\n"
	    "  sockproof diff CASE-DIR CASE-DIR                where two of them part\n"
	    "  sockproof audit tcp-echo                        do its scenarios tell every fault?\n"
	    "  sockproof COMMAND --help                        all about one command\n\n"
	    "exit status: 0 all passed or skipped, 1 something failed, 2 wrong use,\n"
	    "             3 this machine cannot, 4 the harness erred\n",
	    out);
}

/*
 * Grading is a program of its own, beside this one: what it unpacks archives with brings 40 MB of
 * libraries, which every guest would have to hold.
 */
static int exec_grade(int argc, char **argv)
{
	struct places places;
	struct err err;
	char *path;

	(void)argc;
	if (places_find(&places, &err) < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	path = mem_printf("%s/sockproof-grade", places.exe_folder);
	execv(path, argv);
	return cli_complain(EXIT_ERRED, "%s: %s; it is built together with sockproof", path,
	                    strerror(errno));
}

int main(int argc, char **argv)
{
	/* the process 1 of a guest that vm_open() boots: the kernel calls it by this name */
	if (getpid() == 1 && argc > 0 && strcmp(argv[0], "/init") == 0)
		vm_guest();
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return EXIT_PASSED;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("sockproof " SOCKPROOF_VERSION);
		return EXIT_PASSED;
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	return cli_complain(EXIT_USAGE, "there is no command \"%s\"; sockproof --help lists them",
	                    argv[1]);
}
