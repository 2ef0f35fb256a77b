/* SPDX-License-Identifier: MIT */
/* list.c - `sockproof list` and `sockproof show`: what there is, with its reasons and references */
#include "base/err.h"
#include "base/mem.h"
#include "cli/cli.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct catalogue {
	struct places places;
	struct discovery found;
	struct script *script;
};

static int open_catalogue(struct catalogue *c, char **paths, size_t count)
{
	struct err err;

	if (places_find(&c->places, &err) < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	if (discover(&c->found, paths, count, &c->places, &err) < 0)
		return cli_complain(EXIT_USAGE, "%s", err.text);
	c->script = script_open(&err);
	if (!c->script)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	return -1;
}

static void close_catalogue(struct catalogue *c)
{
	script_close(&c->script);
	discovery_free(&c->found);
	places_free(&c->places);
}

static struct scenario *load(struct catalogue *c, size_t i)
{
	const struct found *f = &c->found.list[i];
	struct err err;
	struct scenario *sc =
	    script_load(c->script, f->path, f->name, c->places.root, c->places.exe_folder, &err);

	if (!sc)
		cli_complain(EXIT_USAGE, "%s", err.text);
	return sc;
}

static size_t plan(struct catalogue *c, struct scenario *sc, struct plan_case ***cases)
{
	struct err err;
	size_t count = 0;

	*cases = NULL;
	if (script_plan(c->script, sc, NULL, 0, cases, &count, &err) < 0)
		cli_complain(EXIT_USAGE, "%s", err.text);
	return count;
}

static int list_all(struct catalogue *c)
{
	int status = EXIT_PASSED;

	for (size_t i = 0; i < c->found.count; i++) {
		struct scenario *sc = load(c, i);
		struct plan_case **cases;
		size_t count;

		if (!sc) {
			status = EXIT_USAGE;
			continue;
		}
		count = plan(c, sc, &cases);
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
	status = open_catalogue(&c, argv + 1, (size_t)argc - 1);
	if (status < 0)
		status = list_all(&c);
	close_catalogue(&c);
	return status;
}

/* Text with its common indentation taken away, and ours put in front. */
static void print_indented(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		size_t blanks = strspn(text, " \t");

		if (blanks > len)
			blanks = len;
		if (len > blanks)
			printf("  %.*s\n", (int)(len - blanks), text + blanks);
		else
			puts("");
		text += len + (text[len] == '\n');
	}
}

static void show_one(struct catalogue *c, struct scenario *sc)
{
	struct plan_case **cases;
	size_t count = plan(c, sc, &cases);

	printf("%s\n%s\n", sc->name, sc->title);
	printf("\nfile: %s\nworld: %s\n", sc->path, sc->world);
	if (sc->contract)
		printf("contract: %s (%s)\n", sc->contract, sc->contract_path);
	if (sc->why) {
		puts("\nwhy:");
		print_indented(sc->why);
	}
	if (sc->ref_count > 0)
		puts("\nreferences:");
	for (size_t i = 0; i < sc->ref_count; i++)
		printf("  %s\n", sc->refs[i]);
	printf("\n%zu case%s:\n", count, count == 1 ? "" : "s");
	for (size_t i = 0; i < count; i++) {
		char *words = case_words(cases[i]);

		printf("  %s\n", words);
		free(words);
	}
	free(cases);
}

int cli_show(int argc, char **argv)
{
	struct catalogue c = {0};
	int status;

	if (argc < 2 || argv[1][0] == '-') {
		bool help =
		    argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);

		fputs("usage: sockproof show NAME…\n\n"
		      "A scenario's title, reason, references and cases. NAME: as `sockproof list` "
		      "prints it, or a file.\n\n"
		      "examples:\n  sockproof show connect/refused\n  sockproof show ./my.lua\n",
		      help ? stdout : stderr);
		return help ? EXIT_PASSED : EXIT_USAGE;
	}
	status = open_catalogue(&c, argv + 1, (size_t)argc - 1);
	for (size_t i = 0; status < 0 && i < c.found.count; i++) {
		struct scenario *sc = load(&c, i);

		if (!sc)
			status = EXIT_USAGE;
		else
			show_one(&c, sc);
		if (i + 1 < c.found.count)
			puts("");
	}
	close_catalogue(&c);
	return status < 0 ? EXIT_PASSED : status;
}
