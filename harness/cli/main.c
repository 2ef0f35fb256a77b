/* SPDX-License-Identifier: MIT */
/* main.c - sockproof: which subcommand */
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "vm/vm.h"
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    {"grade", cli_grade, "build and mark submissions: points, reasons, results for platforms"},
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

int cli_complain(enum exit_status status, const char *fmt, ...)
{
	struct buf words = {0}, shown = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&words, fmt, ap);
	va_end(ap);
	/* names of files and what programs said may hold anything */
	for (const char *s = buf_text(&words); *s; s += *s == '\n') {
		size_t len = strcspn(s, "\n");

		text_one_line(&shown, s, len);
		buf_str(&shown, "\n");
		s += len;
	}
	fprintf(stderr, "sockproof: %s", buf_text(&shown));
	buf_free(&words);
	buf_free(&shown);
	return status;
}

FILE *cli_out_open(const char *out)
{
	FILE *f = out ? fopen(out, "we") : stdout;

	if (!f)
		cli_complain(EXIT_ERRED, "%s: %s", out, strerror(errno));
	return f;
}

int cli_out_close(const char *out, FILE *f)
{
	bool bad = fflush(f) != 0 || ferror(f);
	int code = errno;

	if (out && fclose(f) != 0 && !bad) {
		bad = true;
		code = errno;
	}
	return bad ? cli_complain(EXIT_ERRED, "%s: %s", out ? out : "standard output",
	                          strerror(code))
	           : EXIT_PASSED;
}

int cli_out(const char *out, const struct buf *b)
{
	FILE *f = cli_out_open(out);

	if (!f)
		return EXIT_ERRED;
	fwrite(buf_text(b), 1, b->len, f);
	return cli_out_close(out, f);
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
