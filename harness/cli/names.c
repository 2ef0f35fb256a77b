/* SPDX-License-Identifier: MIT */
/* names.c - what a case is called: in words, as a folder, as the command that repeats it */
#include "base/digest.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "report/report.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

char *case_words(const struct plan_case *c)
{
	struct buf b = {0};

	buf_str(&b, c->scenario->name);
	for (size_t i = 0; i < c->parameter_count; i++) {
		const struct case_parameter *p = &c->parameters[i];

		/* "ipv6" says it all; "4" does not */
		if (strcmp(p->name, "family") == 0)
			buf_printf(&b, " %s", p->value);
		else
			buf_printf(&b, " %s=%s", p->name, p->value);
	}
	if (c->scenario->contract)
		buf_printf(&b, " %s", c->implementation);
	return buf_take(&b);
}

/* A folder name of any text: what is unusual becomes '-', and a digest keeps two texts apart. */
static void add_slug(struct buf *b, const char *text)
{
	uint64_t digest = digest_add(DIGEST_BEGIN, text, strlen(text));
	bool plain = isalnum((unsigned char)*text) && strlen(text) <= 60;
	const char *gap = "";
	size_t begin = b->len;

	for (const char *s = text; *s; s++)
		plain = plain && (isalnum((unsigned char)*s) || strchr("._-", *s));
	if (plain) {
		buf_str(b, text);
		return;
	}
	for (size_t i = 0; i < 60 && text[i]; i++) {
		if (isalnum((unsigned char)text[i]) || (b->len > begin && strchr("._", text[i]))) {
			buf_printf(b, "%s%c", gap, text[i]);
			gap = "";
		} else if (b->len > begin) {
			gap = "-";
		}
	}
	buf_printf(b, "%s%08x", b->len > begin ? "-" : "", (unsigned)(digest ^ digest >> 32));
}

/* A program of the contract as the report names it, "client:faulty/one-recv", in folders: what is
 * fixed of such a name is a folder of its own. A command line is one. */
static void add_implementation(struct buf *b, const char *name)
{
	static const char faulty[] = "faulty/";
	size_t role = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	if (role > 0 && name[role] == ':') {
		buf_printf(b, "%.*s/", (int)role, name);
		name += role + 1;
	}
	if (strncmp(name, faulty, strlen(faulty)) == 0) {
		buf_str(b, faulty);
		name += strlen(faulty);
	}
	add_slug(b, name);
}

char *case_directory(const struct plan_case *c, const char *out, const char *kernel)
{
	struct buf b = {0};

	buf_printf(&b, "%s/%s/", out, c->scenario->name);
	add_implementation(&b, c->implementation);
	for (size_t i = 0; i < c->parameter_count; i++) {
		struct buf one = {0};

		buf_printf(&one, "%s-%s", c->parameters[i].name, c->parameters[i].value);
		buf_str(&b, i == 0 ? "/" : "_");
		add_slug(&b, buf_text(&one));
		buf_free(&one);
	}
	if (kernel) {
		buf_str(&b, "/kernel-");
		add_slug(&b, kernel);
	}
	return buf_take(&b);
}

void cli_quote(struct buf *b, const char *text)
{
	if (text[strspn(
	        text,
	        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-")] ==
	    '\0') {
		buf_str(b, text);
		return;
	}
	buf_str(b, "'");
	for (; *text; text++)
		buf_printf(b, *text == '\'' ? "'\\''" : "%c", *text);
	buf_str(b, "'");
}

bool case_has(const struct plan_case *c, const char *name, const char *value)
{
	for (size_t i = 0; i < c->parameter_count; i++) {
		if (strcmp(c->parameters[i].name, name) == 0 &&
		    strcmp(c->parameters[i].value, value) == 0)
			return true;
	}
	return false;
}

struct result_parameter *case_parameters(const struct plan_case *c, size_t more)
{
	struct result_parameter *list = mem_zero(c->parameter_count + more + 1, sizeof *list);

	for (size_t i = 0; i < c->parameter_count; i++)
		list[i] = (struct result_parameter){.name = c->parameters[i].name,
		                                    .value = c->parameters[i].value,
		                                    .number = c->parameters[i].number};
	return list;
}

char *cli_typed(int argc, char **argv)
{
	struct buf b = {0};

	buf_str(&b, "sockproof");
	for (int i = 0; i < argc; i++) {
		buf_str(&b, " ");
		cli_quote(&b, argv[i]);
	}
	return buf_take(&b);
}

/* --impl of what the case was played with: as it was asked for, or one of the contract's own. */
static void add_impl(struct buf *b, const struct plan_case *c, const struct run_options *o)
{
	const struct scenario *sc = c->scenario;
	bool told = false;

	for (size_t i = 0; i < o->override_count; i++) {
		char *impl;

		if (strcmp(o->overrides[i].contract, sc->contract) != 0)
			continue;
		impl = mem_printf("%s%s%s=%s", sc->contract, o->overrides[i].role ? "." : "",
		                  o->overrides[i].role ? o->overrides[i].role : "",
		                  o->overrides[i].command);
		buf_str(b, " --impl ");
		cli_quote(b, impl);
		free(impl);
		told = true;
	}
	if (!told && strcmp(c->implementation, "reference") != 0) {
		const char *colon = strchr(c->implementation, ':');
		const char *name = colon ? colon + 1 : c->implementation;
		size_t faulty = strncmp(name, "faulty/", 7) == 0 ? 7 : 0;
		char *impl = mem_printf("%s%s%.*s=@%s", sc->contract, colon ? "." : "",
		                        colon ? (int)(colon - c->implementation) : 0,
		                        c->implementation, name + faulty);

		buf_str(b, " --impl ");
		cli_quote(b, impl);
		free(impl);
	}
}

static char *command(const char *program, const char *scenario, const struct plan_case *c,
                     const struct run_options *o, const char *kernel)
{
	const struct scenario *sc = c->scenario;
	struct buf b = {0};

	cli_quote(&b, program);
	buf_str(&b, " run ");
	cli_quote(&b, scenario);
	for (size_t i = 0; i < c->parameter_count; i++) {
		char *set = mem_printf("%s=%s", c->parameters[i].name, c->parameters[i].value);

		buf_str(&b, " --set ");
		cli_quote(&b, set);
		free(set);
	}
	if (sc->contract)
		add_impl(&b, c, o);
	for (size_t i = 0; i < sc->tag_count; i++) {
		if (strcmp(sc->tags[i], "timers") == 0 && !o->virtual_clock)
			buf_str(&b, " --slow");
	}
	if (o->deadline < 5 || o->deadline > 5)
		buf_printf(&b, " --deadline %g", o->deadline);
	if (o->pace > 0)
		buf_printf(&b, " --pace %lldus", (long long)(o->pace / 1000));
	if (o->seed != 1)
		buf_printf(&b, " --seed %llu", (unsigned long long)o->seed);
	if (o->virtual_clock)
		buf_str(&b, " --clock virtual");
	if (kernel) {
		buf_str(&b, " --kernel ");
		cli_quote(&b, kernel);
	}
	return buf_take(&b);
}

char *case_command(const struct plan_case *c, const struct run_options *o, const char *kernel)
{
	return command(program_invocation_name, c->scenario->path, c, o, kernel);
}

char *case_portable_command(const struct plan_case *c, const struct run_options *o,
                            const char *kernel)
{
	return command("sockproof", c->scenario->name, c, o, kernel);
}
