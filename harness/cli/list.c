/* SPDX-License-Identifier: MIT */
/* list.c - `sockproof list`: what scenarios there are, a line each */
#include "cli/catalogue.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int list_all(struct catalogue *c)
{
	int status = EXIT_PASSED;

	for (size_t i = 0; i < c->found.count; i++) {
		struct scenario *sc = catalogue_load(c, i);
		struct plan_case **cases;
		size_t count;

		if (!sc) {
			status = EXIT_USAGE;
			continue;
		}
		count = catalogue_plan(c, sc, &cases);
		free(cases);
		printf("%-26s %3zu case%s  %s%s%s%s\n", sc->name, count, count == 1 ? " " : "s",
		       sc->title, sc->contract ? "  (" : "", sc->contract ? sc->contract : "",
		       sc->contract ? ")" : "");
	}
	return status;
}

int cli_list(int argc, char **argv)
{
	struct catalogue c = {0};
	int status;

	if (argc > 1 && argv[1][0] == '-') {
		bool help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;

		fputs("usage: sockproof list [PATH…]\n\n"
		      "One line a scenario: name, number of cases, title, contract.\n\n"
		      "examples:\n  sockproof list\n  sockproof list scenarios/backlog\n",
		      help ? stdout : stderr);
		return help ? EXIT_PASSED : EXIT_USAGE;
	}
	status = catalogue_open(&c, argv + 1, (size_t)argc - 1);
	if (status < 0)
		status = list_all(&c);
	catalogue_close(&c);
	return status;
}
