/* SPDX-License-Identifier: MIT */
/* show.c - `sockproof show`: one scenario or contract with its reasons; the pages of docs/ */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/catalogue.h"
#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: sockproof show NAME… [--format text|markdown]\n"
    "       sockproof show --format markdown\n\n"
    "A scenario's title, needs, reason, references, the faulty programs that it is there to tell, "
    "and\n"
    "its cases; a contract's promise, how it is started, its programs, and the scenarios that "
    "judge it.\n"
    "NAME: a scenario as `sockproof list` prints it, or its file; a contract, or its contract.lua. "
    "In\n"
    "Markdown: the page of a contract (docs/contracts/); and without NAME the catalogue of all "
    "scenarios\n"
    "(docs/catalogue.md), with a ladder of packets each, for which one case of each is played.\n\n"
    "examples:\n"
    "  sockproof show connect/refused\n"
    "  sockproof show ./my.lua\n"
    "  sockproof show tcp-echo\n"
    "  sockproof show tcp-echo --format markdown > docs/contracts/tcp-echo.md\n";

static void show_list(const char *what, char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("%s%s%s", i > 0 ? ", " : what, list[i], i + 1 < count ? "" : "\n");
}

/* What it declares, when it differs from what is usual. */
static void show_declared(const struct scenario *sc)
{
	bool usual = sc->host_count == 2 && strcmp(sc->hosts[0], "client") == 0 &&
	             strcmp(sc->hosts[1], "server") == 0;

	printf("file: %s\nworld: %s\n", sc->path, sc->world);
	if (!usual)
		show_list("hosts: ", sc->hosts, sc->host_count);
	show_list("needs: ", sc->needs, sc->need_count);
	show_list("tags: ", sc->tags, sc->tag_count);
	if (sc->deadline > 0)
		printf("deadline: %g s\n", sc->deadline);
	if (sc->contract)
		printf("contract: %s (%s)\n", sc->contract, sc->contract_path);
}

/* Faulty programs of its contract that name it as the scenario they die in. */
static int show_told(struct catalogue *c, const struct scenario *sc)
{
	struct err err;
	struct contract *k = NULL;
	bool any = false;

	if (!sc->contract)
		return -1;
	k = script_contract(c->script, sc->contract_path, sc->contract, &err);
	if (!k)
		return cli_complain(EXIT_USAGE, "%s", err.text);
	for (size_t i = 0; i < k->role_count; i++) {
		const struct contract_role *r = &k->roles[i];

		for (size_t n = 0; n < r->faulty_count; n++) {
			const struct contract_program *p = &r->faulty[n];

			if (!p->dies_in || strcmp(p->dies_in, sc->name) != 0)
				continue;
			fputs(any ? "" : "\nfaulty programs that die in it:\n", stdout);
			char *name = k->role_count > 1 ? mem_printf("%s: %s", r->name, p->name)
			                               : mem_text(p->name);
			printf("  %-26s %s\n", name, p->fault ? p->fault : "");
			free(name);
			any = true;
		}
	}
	contract_free(&k);
	return -1;
}

static int show_scenario(struct catalogue *c, struct scenario *sc)
{
	struct plan_case **cases;
	size_t count = catalogue_plan(c, sc, &cases);
	int status;

	printf("%s\n%s\n\n", sc->name, sc->title);
	show_declared(sc);
	if (sc->why) {
		puts("\nwhy:");
		prose_text(sc->why);
	}
	if (sc->ref_count > 0)
		puts("\nreferences:");
	for (size_t i = 0; i < sc->ref_count; i++)
		printf("  %s\n", sc->refs[i]);
	status = show_told(c, sc);
	printf("\n%zu case%s:\n", count, count == 1 ? "" : "s");
	for (size_t i = 0; i < count; i++) {
		char *words = case_words(cases[i]);

		printf("  %s\n", words);
		free(words);
	}
	free(cases);
	return status;
}

static void show_programs(const char *what, const struct contract_program *list, size_t count)
{
	if (count > 0)
		printf("  %s:\n", what);
	for (size_t i = 0; i < count; i++)
		printf("    %-20s %s%s%s%s\n", list[i].name, list[i].fault ? list[i].fault : "",
		       list[i].dies_in ? " (dies in " : "", list[i].dies_in ? list[i].dies_in : "",
		       list[i].dies_in ? ")" : "");
}

static void show_role(const struct contract_role *r)
{
	printf("\n%s: %s\n", r->name, r->command);
	if (r->port >= 0)
		printf("  port: %d%s\n", r->port, r->port == 0 ? ", which the kernel chooses" : "");
	for (size_t i = 0; i < r->default_count; i++)
		printf("  %s: %s\n", r->defaults[i].name, r->defaults[i].value);
	show_programs("correct", r->correct, r->correct_count);
	show_programs("faulty", r->faulty, r->faulty_count);
}

static int show_contract(struct catalogue *c, const struct contract *k)
{
	struct scenarios all = {0};
	int status = catalogue_all(c, &all);

	printf("%s\n%s\n\nfile: %s\n\npromise:\n", k->name, k->title, k->path);
	prose_text(k->promise);
	if (k->ref_count > 0)
		puts("\nreferences:");
	for (size_t i = 0; i < k->ref_count; i++)
		printf("  %s\n", k->refs[i]);
	for (size_t i = 0; i < k->role_count; i++)
		show_role(&k->roles[i]);
	puts("\nscenarios:");
	for (size_t i = 0; i < all.count; i++) {
		if (all.list[i]->contract && strcmp(all.list[i]->contract, k->name) == 0)
			printf("  %-26s %s\n", all.list[i]->name, all.list[i]->title);
	}
	free(all.list);
	return status;
}

/* The contract at @path, as text or as its page. */
static int tell_contract(const char *path, bool markdown)
{
	struct catalogue c = {0};
	struct contract *k = NULL;
	char *folder = mem_text(path), *name;
	struct err err;
	int status = catalogue_open(&c, NULL, 0);

	*strrchr(folder, '/') = '\0';
	name = strrchr(folder, '/') ? strrchr(folder, '/') + 1 : folder;
	if (status < 0) {
		k = script_contract(c.script, path, name, &err);
		if (!k)
			status = cli_complain(EXIT_USAGE, "%s", err.text);
		else
			status = markdown ? page_contract(&c, k) : show_contract(&c, k);
	}
	contract_free(&k);
	free(folder);
	catalogue_close(&c);
	return status;
}

static int tell_scenarios(char *path)
{
	struct catalogue c = {0};
	int status = catalogue_open(&c, &path, 1);

	for (size_t i = 0; status < 0 && i < c.found.count; i++) {
		struct scenario *sc = catalogue_load(&c, i);

		status = sc ? show_scenario(&c, sc) : EXIT_USAGE;
		if (i + 1 < c.found.count)
			puts("");
	}
	catalogue_close(&c);
	return status;
}

static bool is_scenario(char *name, const struct places *places)
{
	struct discovery d;
	struct err ignored;
	bool there = discover(&d, &name, 1, places, &ignored) == 0;

	discovery_free(&d);
	return there;
}

/* The contract that may have been meant, or NULL; free() it. */
static char *contract_alike(const char *name, const struct places *places)
{
	char *folder = mem_printf("%s/servers", places->root), *best = NULL;
	size_t least = SIZE_MAX;
	DIR *dir = opendir(folder);
	const struct dirent *e;

	free(folder);
	while (dir && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.' || !text_alike(name, e->d_name, &least))
			continue;
		free(best);
		best = mem_text(e->d_name);
	}
	if (dir)
		closedir(dir);
	return best;
}

static int tell(char *name, bool markdown)
{
	struct catalogue where = {0};
	struct err err;
	char *contract, *meant = NULL;
	int status;

	if (places_find(&where.places, &err) < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	contract = catalogue_contract(&where, name);
	if (!contract && !is_scenario(name, &where.places))
		meant = contract_alike(name, &where.places);
	places_free(&where.places);
	if (meant) {
		status = cli_complain(EXIT_USAGE, "%s: no such contract; did you mean \"%s\"?",
		                      name, meant);
		free(meant);
		return status;
	}
	if (!contract && markdown)
		return cli_complain(EXIT_USAGE,
		                    "%s: no contract; in Markdown there are contracts, and without "
		                    "a name the catalogue of all scenarios",
		                    name);
	status = contract ? tell_contract(contract, markdown) : tell_scenarios(name);
	free(contract);
	return status;
}

static int tell_catalogue(void)
{
	struct catalogue c = {0};
	struct scenarios all = {0};
	int status = catalogue_open(&c, NULL, 0);

	if (status < 0)
		status = catalogue_all(&c, &all);
	if (status < 0)
		status = page_catalogue(&c, &all);
	free(all.list);
	catalogue_close(&c);
	return status;
}

static int read_format(const char *text, bool *markdown)
{
	*markdown = strcmp(text, "markdown") == 0;
	if (*markdown || strcmp(text, "text") == 0)
		return -1;
	return cli_complain(EXIT_USAGE, "--format %s: there are text and markdown", text);
}

int cli_show(int argc, char **argv)
{
	static const struct option options[] = {
	    {"format", required_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'}, {0}};
	bool markdown = false;
	int c, status = -1;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_PASSED;
		}
		if (c != 'f')
			return cli_complain(EXIT_USAGE, "sockproof show --help tells the options");
		status = read_format(optarg, &markdown);
		if (status >= 0)
			return status;
	}
	if (optind == argc && !markdown) {
		fputs(help, stderr);
		return EXIT_USAGE;
	}
	if (optind == argc)
		status = tell_catalogue();
	for (int i = optind; i < argc && status < 0; i++) {
		if (i > optind)
			puts("");
		status = tell(argv[i], markdown);
	}
	return status < 0 ? EXIT_PASSED : status;
}
