/* SPDX-License-Identifier: MIT */
/* grade_plan.c - from an assignment to the cases that each submission is marked by */
#include "base/err.h"
#include "base/mem.h"
#include "cli/grade.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The scenario of that name in the folder of the assignment or one above it, else below the root.
 */
static char *find_scenario(const struct grading *g, const char *name)
{
	char *folder = realpath(g->assignment->path, NULL), *found;

	while (folder && strrchr(folder, '/')) {
		*strrchr(folder, '/') = '\0';
		found = mem_printf("%s/scenarios/%s.lua", folder, name);
		if (access(found, R_OK) == 0) {
			free(folder);
			return found;
		}
		free(found);
	}
	free(folder);
	return mem_printf("%s/scenarios/%s.lua", g->places.root, name);
}

static bool fits(const struct plan_case *c, const struct assignment_test *t)
{
	for (size_t i = 0; i < t->where_count; i++) {
		if (!case_has(c, t->where[i].name, t->where[i].value))
			return false;
	}
	return true;
}

static int plan_scenario(struct grading *g, size_t test, const char *name,
                         const struct override *overrides, size_t override_count)
{
	const struct assignment *a = g->assignment;
	char *path = find_scenario(g, name);
	struct plan_case **cases = NULL;
	size_t count = 0, kept = 0;
	struct err err;
	struct scenario *sc =
	    script_load(g->script, path, name, g->places.root, g->places.exe_folder, &err);

	free(path);
	if (!sc)
		return cli_complain(EXIT_USAGE, "%s: test \"%s\": %s", a->path, a->tests[test].name,
		                    err.text);
	if (!sc->contract || strcmp(sc->contract, a->contract) != 0)
		return cli_complain(
		    EXIT_USAGE, "%s: test \"%s\": scenario %s is about %s, not about contract %s",
		    a->path, a->tests[test].name, name, sc->contract ? sc->contract : "no contract",
		    a->contract);
	if (script_plan(g->script, sc, overrides, override_count, &cases, &count, &err) < 0)
		return cli_complain(EXIT_USAGE, "%s: test \"%s\": %s", a->path, a->tests[test].name,
		                    err.text);
	for (size_t i = 0; i < count; i++) {
		if (!fits(cases[i], &a->tests[test]))
			continue;
		MEM_ROOM(g->cases, g->case_count);
		g->cases[g->case_count++] = (struct grade_case){.test = test, .c = cases[i]};
		kept++;
	}
	free(cases);
	if (kept == 0)
		return cli_complain(EXIT_USAGE,
		                    "%s: test \"%s\": no case of %s fits its `where`; sockproof "
		                    "show %s names the parameters",
		                    a->path, a->tests[test].name, name, name);
	return -1;
}

static const struct assignment_program *program_of(const struct assignment *a, const char *role)
{
	for (size_t i = 0; i < a->program_count; i++) {
		if (strcmp(a->programs[i].role, role) == 0)
			return &a->programs[i];
	}
	return NULL;
}

static int plan_test(struct grading *g, size_t i)
{
	const struct assignment_test *t = &g->assignment->tests[i];
	struct override *overrides = mem_zero(t->play_count + 1, sizeof *overrides);
	int status = -1;

	for (size_t k = 0; k < t->play_count; k++)
		overrides[k] =
		    (struct override){.contract = g->assignment->contract,
		                      .role = t->plays[k],
		                      .command = program_of(g->assignment, t->plays[k])->command,
		                      .jailed = true,
		                      .findings = t->findings};
	for (size_t k = 0; k < t->scenario_count && status < 0; k++)
		status = plan_scenario(g, i, t->scenarios[k], overrides, t->play_count);
	free(overrides);
	return status;
}

/* The build is a scenario too: it has evidence, a deadline and a verdict as any other. */
static int plan_build(struct grading *g)
{
	const struct assignment *a = g->assignment;
	struct plan_case **cases = NULL;
	struct buf text = {0};
	size_t count = 0;
	struct err err;

	buf_printf(&text,
	           "return scenario {\n"
	           "  title = \"The submission is built\",\n"
	           "  world = \"loop\",\n"
	           "  deadline = %u,\n"
	           "  run = function(t)\n"
	           "    t.client:run { \"/bin/sh\", \"-c\", [=====[%s]=====], name = \"build\", "
	           "folder = \"/submission\", jailed = true,\n"
	           "      max_cpu_s = %u, max_descriptors = 1024 }:exits(0)\n"
	           "  end,\n"
	           "}\n",
	           a->build_seconds, a->build_command, a->build_seconds);
	g->build = script_load_text(g->script, buf_text(&text), "build", &err);
	buf_free(&text);
	if (!g->build || script_plan(g->script, g->build, NULL, 0, &cases, &count, &err) < 0)
		return cli_complain(EXIT_USAGE, "%s: build: %s", a->path, err.text);
	g->build_case = cases[0];
	free(cases);
	return -1;
}

static bool wanted(const struct grading *g, const struct assignment_test *t)
{
	return !g->only || strcmp(g->only, t->name) == 0 || strcmp(g->only, t->number) == 0;
}

/* What a wanted test depends on is wanted too. Tests only depend on earlier ones. */
static int set_levels(struct grading *g)
{
	const struct assignment *a = g->assignment;
	bool any = false;

	g->levels = mem_zero(a->test_count, sizeof *g->levels);
	for (size_t i = a->test_count; i-- > 0;) {
		if (wanted(g, &a->tests[i]))
			g->levels[i] = 1;
		for (size_t k = 0; k < a->tests[i].after_count && g->levels[i]; k++)
			g->levels[a->tests[i].after[k]] = 1;
		any |= g->levels[i] > 0;
	}
	if (!any)
		return cli_complain(EXIT_USAGE, "--only %s: %s has no test of that name or number",
		                    g->only, a->path);
	for (size_t i = 0; i < a->test_count; i++) {
		for (size_t k = 0; k < a->tests[i].after_count && g->levels[i]; k++) {
			size_t before = g->levels[a->tests[i].after[k]];

			if (g->levels[i] <= before)
				g->levels[i] = before + 1;
		}
		if (g->levels[i] > g->level_count)
			g->level_count = g->levels[i];
	}
	return -1;
}

/* Better to know before any submission is taken. */
static int check_files(const struct grading *g)
{
	const struct assignment *a = g->assignment;
	int status = -1;

	for (size_t i = 0; i < a->file_count && status < 0; i++) {
		char *path = grade_staff_file(a, i);

		if (access(path, R_OK) < 0)
			status = cli_complain(EXIT_USAGE, "%s: build: files: %s: %s", a->path, path,
			                      strerror(errno));
		free(path);
	}
	return status;
}

/* A path, or the name of one of ours: "echo-server". */
static char *find_assignment(const struct grading *g)
{
	if (strchr(g->assignment_path, '/') || access(g->assignment_path, R_OK) == 0)
		return mem_text(g->assignment_path);
	return mem_printf("%s/scenarios/assignments/%s.lua", g->places.root, g->assignment_path);
}

int grade_plan(struct grading *g)
{
	char *path = find_assignment(g), *name;
	int status = -1;
	struct err err;

	name = mem_text(strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	if (strlen(name) > 4 && strcmp(name + strlen(name) - 4, ".lua") == 0)
		name[strlen(name) - 4] = '\0';
	g->assignment = script_assignment(g->script, path, name, &err);
	free(name);
	free(path);
	if (!g->assignment)
		return cli_complain(EXIT_USAGE, "%s", err.text);
	if (g->options.deadline == 0)
		g->options.deadline = g->assignment->deadline > 0 ? g->assignment->deadline : 5;
	status = check_files(g);
	if (status < 0)
		status = set_levels(g);
	for (size_t i = 0; i < g->assignment->test_count && status < 0; i++) {
		if (g->levels[i] > 0)
			status = plan_test(g, i);
	}
	return status >= 0 ? status : plan_build(g);
}
