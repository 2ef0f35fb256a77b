/* SPDX-License-Identifier: MIT */
/* page_contract.c - the page of a contract in docs/contracts/ */
#include "base/mem.h"
#include "cli/catalogue.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void page_anchor(const char *name)
{
	putchar('#');
	for (; *name; name++) {
		if (isalnum((unsigned char)*name) || *name == '-' || *name == '_')
			putchar(tolower((unsigned char)*name));
	}
}

static void scenario_link(const char *name)
{
	printf("[%s](../catalogue.md", name);
	page_anchor(name);
	putchar(')');
}

/* A program's name, as a link to its source where that is one C file beside the contract. */
static void program_link(const struct contract *k, const struct contract_program *p, bool faulty)
{
	char *folder = mem_text(k->path), *source;

	*strrchr(folder, '/') = '\0';
	source = mem_printf("%s/%s%s.c", folder, faulty ? "faulty/" : "", p->program);
	if (access(source, R_OK) == 0)
		printf("[%s](../../servers/%s/%s%s.c)", p->name, k->name, faulty ? "faulty/" : "",
		       p->program);
	else
		fputs(p->name, stdout);
	free(source);
	free(folder);
}

/* What is filled in for {word} of a command. */
static void placeholder(const struct contract_role *r, const char *word, size_t len)
{
	static const struct {
		const char *name, *meaning;
	} known[] = {
	    {"program", "the program under test"},
	    {"address", "the address of its host, unless the scenario gives another"},
	    {"family", "ipv4 or ipv6"},
	    {"dir", "a scratch folder"},
	};

	printf("| `{%.*s}` | ", (int)len, word);
	if (len == 7 && strncmp(word, "address", 7) == 0 && r->port < 0) {
		puts("whom to connect to: given by the scenario |");
		return;
	}
	for (size_t i = 0; i < r->default_count; i++) {
		if (strlen(r->defaults[i].name) == len &&
		    strncmp(r->defaults[i].name, word, len) == 0) {
			printf("`%s` unless the scenario says otherwise |\n", r->defaults[i].value);
			return;
		}
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strlen(known[i].name) == len && strncmp(known[i].name, word, len) == 0) {
			printf("%s |\n", known[i].meaning);
			return;
		}
	}
	if (len == 4 && strncmp(word, "port", 4) == 0 && r->port >= 0)
		printf("`%d`%s |\n", r->port,
		       r->port == 0 ? ", so that the kernel chooses: where it listens is asked of "
		                      "the kernel"
		                    : " unless the scenario says otherwise");
	else
		puts("given by the scenario |");
}

static void placeholders(const struct contract_role *r)
{
	const char *at = r->command;

	if (!strchr(at, '{'))
		return;
	puts("\n| in it | is |\n|---|---|");
	while ((at = strchr(at, '{')) != NULL) {
		size_t len = strcspn(at + 1, "}");

		placeholder(r, at + 1, len);
		at += 1 + len;
	}
}

/* The command with a student's program in place of {program}. */
static void own_command(const struct contract *k, const struct contract_role *r)
{
	const char *rest = strncmp(r->command, "{program}", 9) == 0 ? r->command + 9 : NULL;

	if (!rest)
		return;
	printf(
	    "\nTo have your own judged:\n\n```sh\nsockproof run --impl '%s%s%s=./a.out%s'\n```\n",
	    k->name, k->role_count > 1 ? "." : "", k->role_count > 1 ? r->name : "", rest);
}

static void correct_programs(const struct contract *k, const struct contract_role *r)
{
	printf("\nCorrect ones: ");
	for (size_t i = 0; i < r->correct_count; i++) {
		const struct contract_program *p = &r->correct[i];

		fputs(i > 0 ? ", " : "", stdout);
		program_link(k, p, false);
		for (size_t n = 0; n < p->family_count; n++)
			printf("%s%s", n > 0 ? ", " : " (", p->families[n]);
		fputs(p->family_count > 0 ? " only)" : "", stdout);
		for (size_t n = 0; n < p->declined; n++)
			printf("%s%s", n > 0 ? ", " : " (not in ", p->declines[n]);
		fputs(p->declined > 0 ? ")" : "", stdout);
	}
	puts(r->correct_count > 0 ? "." : "none of ours.");
}

static void role(const struct contract *k, const struct contract_role *r)
{
	printf("\n### %s\n\nIn host `%s`:\n\n```text\n%s\n```\n", r->name, r->host, r->command);
	placeholders(r);
	correct_programs(k, r);
	own_command(k, r);
}

static void faults(const struct contract *k)
{
	bool head = false;

	for (size_t i = 0; i < k->role_count; i++) {
		const struct contract_role *r = &k->roles[i];

		for (size_t n = 0; n < r->faulty_count; n++) {
			const struct contract_program *p = &r->faulty[n];

			if (!head)
				puts("\n## What goes wrong in it\n\nEach is a program that has "
				     "just this "
				     "fault.\n\n| program | its fault | told by |\n|---|---|---|");
			head = true;
			printf("| %s%s", k->role_count > 1 ? r->name : "",
			       k->role_count > 1 ? ": " : "");
			program_link(k, p, true);
			fputs(" | ", stdout);
			prose_inline(p->fault, true);
			fputs(" | ", stdout);
			if (p->dies_in)
				scenario_link(p->dies_in);
			puts(" |");
		}
	}
}

/* What an audit is held to. */
static void idle_expectations(const struct contract *k)
{
	size_t faulty = 0, idle = k->idle_expectations;

	for (size_t i = 0; i < k->role_count; i++)
		faulty += k->roles[i].faulty_count;
	if (faulty > 0)
		printf(
		    "\nOf what the scenarios above expect, at most %zu expectation%s may be idle, "
		    "so that none of these programs breaks %s: `sockproof audit %s` counts "
		    "them.\n",
		    idle, idle == 1 ? "" : "s", idle == 1 ? "it" : "them", k->name);
}

static void judges(const struct contract *k, const struct scenarios *all)
{
	bool any = false;

	puts("\n## Scenarios that judge it\n");
	for (size_t i = 0; i < all->count; i++) {
		const struct scenario *sc = all->list[i];

		if (!sc->contract || strcmp(sc->contract, k->name) != 0)
			continue;
		any = true;
		fputs("- ", stdout);
		scenario_link(sc->name);
		fputs(": ", stdout);
		prose_inline(sc->title, false);
		puts("");
	}
	if (!any)
		puts("None yet.");
}

int page_contract(struct catalogue *c, const struct contract *k)
{
	struct scenarios all = {0};
	int status = catalogue_all(c, &all);

	if (status < 0) {
		printf("<!-- made by ci/docs of servers/%s/contract.lua -->\n# %s\n\n", k->name,
		       k->name);
		prose_inline(k->title, false);
		puts(".\n\n## What it promises\n");
		prose_markdown(k->promise);
		puts("\n## How it is started");
		for (size_t i = 0; i < k->role_count; i++)
			role(k, &k->roles[i]);
		judges(k, &all);
		faults(k);
		idle_expectations(k);
		if (k->ref_count > 0)
			puts("\n## References\n");
		for (size_t i = 0; i < k->ref_count; i++) {
			fputs("- ", stdout);
			prose_inline(k->refs[i], false);
			puts("");
		}
	}
	free(all.list);
	return status;
}
