/* SPDX-License-Identifier: MIT */
/*
 * page_catalogue.c - docs/catalogue.md: every scenario by topic, each with a ladder
 *
 * The ladder comes from a run of the scenario's first case. It holds only what every run of that
 * case must show (evidence/ladder.h), so the page is the same whenever it is made.
 */
#include "base/err.h"
#include "base/mem.h"
#include "cli/catalogue.h"
#include "cli/runner.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scenario as the page shows it. */
struct entry {
	struct scenario *scenario;
	struct plan_case **cases;
	size_t count;
	char *ladder;
};

struct page {
	struct entry *entries;
	size_t count;
	size_t *played; /* entry of each case that is played */
	int status;     /* -1, or why the page cannot be made */
};

static bool waits_for_timers(const struct scenario *sc)
{
	for (size_t i = 0; i < sc->tag_count; i++) {
		if (strcmp(sc->tags[i], "timers") == 0)
			return true;
	}
	return false;
}

static void result(void *arg, size_t index, const struct plan_case *c, const struct outcome *o)
{
	static const int statuses[] = {[OUTCOME_FAIL] = EXIT_FAILED,
	                               [OUTCOME_SKIP] = EXIT_MACHINE,
	                               [OUTCOME_ERROR] = EXIT_ERRED};
	struct page *p = arg;
	char *words;

	if (o->verdict == OUTCOME_PASS) {
		p->entries[p->played[index]].ladder = o->ladder ? mem_text(o->ladder) : NULL;
		return;
	}
	words = case_words(c);
	p->status = cli_complain(statuses[o->verdict], "%s has no ladder: %s", words, o->reason);
	free(words);
}

static void progress(void *arg, size_t done, size_t running, const char *name)
{
	(void)arg;
	(void)done;
	(void)running;
	(void)name;
}

/* One case of each, for its ladder. */
static int play(struct catalogue *c, struct page *p)
{
	struct run_options options = {
	    .jobs = option_usual_jobs(), .repeat = 1, .no_out = true, .deadline = 5, .seed = 1};
	struct runner_setting setting = {
	    .options = &options,
	    .version = SOCKPROOF_VERSION,
	    .ladder = true,
	    .listener = {.result = result, .progress = progress, .arg = p}};
	struct plan_case **cases = mem_zero(p->count, sizeof *cases);
	struct runner_totals totals = {0};
	size_t count = 0;
	struct err err;

	p->played = mem_zero(p->count, sizeof *p->played);
	for (size_t i = 0; i < p->count; i++) {
		if (p->entries[i].count == 0 || waits_for_timers(p->entries[i].scenario))
			continue;
		p->played[count] = i;
		cases[count++] = p->entries[i].cases[0];
	}
	p->status = runner_machine(&setting);
	if (p->status < 0 && runner_run(c->script, cases, count, &setting, &totals, &err) < 0)
		p->status = cli_complain(EXIT_ERRED, "%s", err.text);
	if (totals.interrupted)
		p->status = 130;
	free(cases);
	free(p->played);
	return p->status;
}

/* Values that parameter @k takes in the planned cases, each once. */
static void values(const struct entry *e, size_t k)
{
	for (size_t i = 0; i < e->count; i++) {
		const char *value = e->cases[i]->parameters[k].value;
		bool seen = false;

		for (size_t n = 0; n < i; n++)
			seen = seen || strcmp(e->cases[n]->parameters[k].value, value) == 0;
		if (!seen)
			printf("%s`%s`", i > 0 ? ", " : "", value);
	}
}

static void facts(const struct entry *e)
{
	const struct scenario *sc = e->scenario;

	printf("\n- %zu case%s", e->count, e->count == 1 ? "" : "s");
	for (size_t k = 0; e->count > 0 && k < e->cases[0]->parameter_count; k++) {
		printf("%s%s ", k > 0 ? "; " : ": ", e->cases[0]->parameters[k].name);
		values(e, k);
	}
	puts("");
	if (sc->contract)
		printf("- contract: [%s](contracts/%s.md)\n", sc->contract, sc->contract);
	if (strcmp(sc->world, "wire") != 0)
		printf("- world: %s\n", sc->world);
	for (size_t i = 0; i < sc->tag_count; i++)
		printf("%s%s%s", i > 0 ? ", " : "- tags: ", sc->tags[i],
		       i + 1 < sc->tag_count ? "" : "\n");
	for (size_t i = 0; i < sc->ref_count; i++) {
		fputs(i > 0 ? "; " : "- see: ", stdout);
		prose_inline(sc->refs[i], false);
	}
	if (sc->ref_count > 0)
		puts("");
}

static void ladder(const struct entry *e)
{
	const struct plan_case *c = e->cases[0];

	if (!e->ladder || !*e->ladder)
		return;
	fputs("\nOn the link", stdout);
	for (size_t k = 0; k < c->parameter_count; k++)
		printf("%s%s %s", k > 0 ? ", " : " with ", c->parameters[k].name,
		       c->parameters[k].value);
	printf(":\n\n```text\n%s```\n", e->ladder);
}

static void entry(const struct entry *e)
{
	const struct scenario *sc = e->scenario;

	printf("\n### %s\n\n**", sc->name);
	prose_inline(sc->title, false);
	printf("** ([script](../scenarios/%s.lua))\n", sc->name);
	if (sc->why) {
		puts("");
		prose_markdown(sc->why);
	}
	facts(e);
	ladder(e);
}

static size_t topic_length(const struct entry *e)
{
	return strcspn(e->scenario->name, "/");
}

static bool same_topic(const struct entry *a, const struct entry *b)
{
	size_t len = topic_length(a);

	return len == topic_length(b) && strncmp(a->scenario->name, b->scenario->name, len) == 0;
}

static void contents(const struct page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const char *name = p->entries[i].scenario->name;
		int len = (int)topic_length(&p->entries[i]);

		if (i == 0 || !same_topic(&p->entries[i - 1], &p->entries[i]))
			printf("%s- [%.*s](#%.*s): ", i > 0 ? "\n" : "", len, name, len, name);
		else
			fputs(", ", stdout);
		printf("[%s](", name[len] ? name + len + 1 : name);
		page_anchor(name);
		putchar(')');
	}
	puts("");
}

static void print_page(const struct page *p)
{
	size_t cases = 0;

	for (size_t i = 0; i < p->count; i++)
		cases += p->entries[i].count;
	printf(
	    "<!-- made by ci/docs of scenarios/ -->\n# Catalogue\n\n"
	    "%zu scenarios, %zu cases with the correct programs. `sockproof run NAME` plays one, "
	    "`sockproof show NAME` tells of it.\n\n"
	    "A ladder shows packets as a script's pattern names them, or else what each side said: "
	    "SYN, data, FIN, RST, without pure\nACKs, retransmissions and the cuts between "
	    "segments. One side's packets are in their order. Between the two sides the\norder is "
	    "the script's telling, not a claim. The letters are tcpdump's: S is SYN, a dot ACK, F "
	    "FIN, R RST.\n\n",
	    p->count, cases);
	contents(p);
	for (size_t i = 0; i < p->count; i++) {
		const struct entry *e = &p->entries[i];

		if (i == 0 || !same_topic(&p->entries[i - 1], e))
			printf("\n## %.*s\n", (int)topic_length(e), e->scenario->name);
		entry(e);
	}
}

int page_catalogue(struct catalogue *c, const struct scenarios *all)
{
	struct page p = {.count = all->count};
	int status;

	p.entries = mem_zero(all->count, sizeof *p.entries);
	for (size_t i = 0; i < all->count; i++) {
		p.entries[i].scenario = all->list[i];
		p.entries[i].count = catalogue_plan(c, all->list[i], &p.entries[i].cases);
	}
	status = play(c, &p);
	if (status < 0)
		print_page(&p);
	for (size_t i = 0; i < p.count; i++) {
		free(p.entries[i].cases);
		free(p.entries[i].ladder);
	}
	free(p.entries);
	return status;
}
