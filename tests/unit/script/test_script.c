/* SPDX-License-Identifier: MIT */
/* test_script.c - scenario and contract files: what is read, which cases become of it, what is
 * refused and in which words */
#include "base/err.h"
#include "base/mem.h"
#include "script/script.h"
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ok(call)                                                                                   \
	do {                                                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s", #call, err.text);                                       \
	} while (0)

static char root[] = "/tmp/sockproof-test-script-XXXXXX";
static struct script *s;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int open_script(void **state)
{
	struct err err = {0};
	(void)state;
	ok(s = script_open(&err));
	return 0;
}

static int close_script(void **state)
{
	(void)state;
	script_close(&s);
	assert_null(s);
	script_close(&s);
	return 0;
}

/* @path below the root with its folders; the whole path, free() it. */
static char *write_file(const char *path, const char *text)
{
	char *full = mem_printf("%s/%s", root, path);
	for (char *c = full + strlen(root) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*c = '/';
	}
	FILE *f = fopen(full, "we");
	assert_non_null(f);
	assert_int_equal(fputs(text, f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
	return full;
}

static struct scenario *load_from(const char *path, const char *text, struct err *err)
{
	char *full = write_file(path, text), *exe = mem_printf("%s/build", root);
	struct scenario *sc = script_load(s, full, "group/name", root, exe, err);
	free(full);
	free(exe);
	return sc;
}

static struct scenario *load(const char *text)
{
	struct err err = {0};
	struct scenario *sc = load_from("scenarios/group/name.lua", text, &err);
	ok(sc != NULL);
	return sc;
}

/* "implementation a=1 b=x; …", free() it. */
static char *planned(struct scenario *sc, const struct override *o, size_t count, struct err *err)
{
	struct plan_case **cases = NULL;
	struct buf text = {0};
	size_t n = 0;
	if (script_plan(s, sc, o, count, &cases, &n, err) < 0) {
		assert_int_equal(n, 0);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(cases[i]->scenario, sc);
		buf_printf(&text, "%s%s", i ? "; " : "", cases[i]->implementation);
		for (size_t k = 0; k < cases[i]->parameter_count; k++)
			buf_printf(&text, " %s=%s", cases[i]->parameters[k].name,
			           cases[i]->parameters[k].value);
	}
	free(cases);
	return buf_take(&text);
}

static void expect_plan(struct scenario *sc, const char *role, const char *command,
                        const char *wanted)
{
	struct err err = {0};
	struct override o = {.contract = "echo", .role = role, .command = command};
	char *text = planned(sc, &o, role ? 1 : 0, &err);
	ok(text != NULL);
	assert_string_equal(text, wanted);
	free(text);
}

#define RUN "  run = function(t) end,\n"

static void reads_every_field(void **state)
{
	(void)state;
	struct scenario *sc = load("-- a comment\n"
	                           "return scenario {\n"
	                           "  title = \"A title\", why = [[because]],\n"
	                           "  refs = { \"RFC 1\", \"RFC 2\" }, tags = { \"slow\" },\n"
	                           "  hosts = { \"client\", \"server\", \"third\" },\n"
	                           "  needs = { \"wire\" }, deadline = 2,\n" RUN "}\n");
	assert_string_equal(sc->name, "group/name");
	assert_string_equal(sc->title, "A title");
	assert_string_equal(sc->why, "because");
	assert_int_equal(sc->ref_count, 2);
	assert_string_equal(sc->refs[1], "RFC 2");
	assert_int_equal(sc->tag_count, 1);
	assert_string_equal(sc->tags[0], "slow");
	assert_int_equal(sc->host_count, 3);
	assert_string_equal(sc->hosts[2], "third");
	assert_true(sc->needs_wire);
	assert_string_equal(sc->world, "wire");
	assert_null(sc->contract);
	assert_null(sc->contract_path);
	assert_int_equal(sc->line, 2);
	assert_non_null(strstr(sc->source, "-- a comment\nreturn scenario"));
}

static void has_defaults(void **state)
{
	(void)state;
	struct scenario *sc = load("return scenario { title = \"x\",\n" RUN "}\n");
	assert_null(sc->why);
	assert_int_equal(sc->ref_count, 0);
	assert_int_equal(sc->tag_count, 0);
	assert_int_equal(sc->host_count, 2);
	assert_string_equal(sc->hosts[0], "client");
	assert_string_equal(sc->hosts[1], "server");
	assert_false(sc->needs_wire);
	assert_string_equal(sc->world, "wire");
	expect_plan(sc, NULL, NULL, "reference");
	sc = load("return scenario { title = \"x\", world = \"loop\",\n" RUN "}");
	assert_string_equal(sc->world, "loop");
}

/* Names sorted, values as listed, the last name the fastest. */
static void plans_in_order(void **state)
{
	struct err err = {0};
	struct plan_case **cases = NULL;
	size_t count = 0;
	(void)state;
	struct scenario *sc = load(
	    "return scenario { title = \"x\",\n"
	    "  matrix = { size = { 20, 3 }, family = { \"ipv6\", \"ipv4\" }, b = { true } },\n" RUN
	    "}\n");
	expect_plan(sc, NULL, NULL,
	            "reference b=true family=ipv6 size=20; reference b=true family=ipv6 size=3; "
	            "reference b=true family=ipv4 size=20; reference b=true family=ipv4 size=3");
	ok(script_plan(s, sc, NULL, 0, &cases, &count, &err) == 0);
	assert_int_equal(count, 4);
	assert_true(cases[0]->parameters[2].number);
	assert_false(cases[0]->parameters[1].number);
	assert_false(cases[0]->parameters[0].number);
	/* appended */
	ok(script_plan(s, sc, NULL, 0, &cases, &count, &err) == 0);
	assert_int_equal(count, 8);
	free(cases);
}

static void where_narrows(void **state)
{
	(void)state;
	struct scenario *sc = load("return scenario { title = \"x\",\n"
	                           "  matrix = { a = { 1, 2, 3 }, b = { 1, 2, 3 } },\n"
	                           "  where = function(p) return p.a < p.b end,\n" RUN "}\n");
	expect_plan(sc, NULL, NULL, "reference a=1 b=2; reference a=1 b=3; reference a=2 b=3");
	sc = load("return scenario { title = \"x\", matrix = { a = { 1 } },\n"
	          "  where = function(p) return false end,\n" RUN "}\n");
	expect_plan(sc, NULL, NULL, "");
}

static void where_that_breaks(void **state)
{
	struct err err = {0};
	char *line = mem_printf("%s/scenarios/group/name.lua:3: ", root);
	(void)state;
	struct scenario *sc = load("return scenario { title = \"x\", matrix = { a = { 1 } },\n"
	                           "  where = function(p)\n"
	                           "    return p.a.b.c end,\n" RUN "}\n");
	assert_null(planned(sc, NULL, 0, &err));
	if (!strstr(err.text, line))
		fail_msg("%s", err.text);
	free(line);
	/* the next one is planned all the same */
	expect_plan(load("return scenario { title = \"x\",\n" RUN "}"), NULL, NULL, "reference");
}

/* What is wrong, where, and the mend. The path stands in front. */
static void expect_refused(const char *text, const char *line_and_words)
{
	struct err err = {0};
	char *wanted = mem_printf("%s/scenarios/group/name.lua:%s", root, line_and_words);
	if (load_from("scenarios/group/name.lua", text, &err))
		fail_msg("taken: %s", text);
	if (strncmp(err.text, wanted, strlen(wanted)) != 0)
		fail_msg("\"%s\"; expected \"%s\"", err.text, wanted);
	free(wanted);
}

static void refuses(void **state)
{
	(void)state;
	expect_refused("return scenario {\n  title = = 1,\n}\n", "2: Lua: unexpected symbol");
	expect_refused("return scenario {\n  title = \"x\"\n" RUN "}\n", "3: Lua: '}' expected");
	expect_refused("\n\nreturn scenario { title = \"x\" }\n",
	               "3: scenario has no \"run\"; add run = …");
	expect_refused("return scenario {\n" RUN "}\n",
	               "1: scenario has no \"title\"; add title = …");
	expect_refused("return scenario {\n  title = \"x\",\n  matrx = {},\n" RUN "}\n",
	               "3: scenario: unknown key \"matrx\"; did you mean \"matrix\"?");
	expect_refused("return scenario {\n  title = \"x\",\n  why = 7,\n" RUN "}\n",
	               "3: scenario: why must be a string, not 7");
	expect_refused("return scenario {\n  title = \"x\",\n\n  matrix = { family = { \"ipv4\", "
	               "\"ipv5\" } },\n" RUN "}\n",
	               "4: no family \"ipv5\"; there are \"ipv4\" and \"ipv6\"");
	expect_refused("return scenario {\n  title = \"x\",\n  matrix = { a = 1 },\n" RUN "}\n",
	               "3: matrix: \"a\" must be a list");
	expect_refused("return scenario {\n  title = \"x\",\n  matrix = { a = {} },\n" RUN "}\n",
	               "3: matrix: \"a\" must be a list");
	expect_refused("return scenario {\n  title = \"x\",\n  world = \"moon\",\n" RUN "}\n",
	               "3: world = \"moon\"; there are \"wire\" and \"loop\"");
	expect_refused("return scenario {\n  title = \"x\",\n  hosts = { \"one\" },\n" RUN "}\n",
	               "3: hosts: from two to eight names");
	expect_refused("return scenario {\n  title = \"x\",\n  hosts = { \"a\", \"a\" },\n" RUN
	               "}\n",
	               "3: hosts: \"a\" is no name for a host, or stands there twice");
	expect_refused("return scenario {\n  title = \"x\",\n  hosts = { \"a\", \"wire\" },\n" RUN
	               "}\n",
	               "3: hosts: \"wire\" is no name");
	expect_refused("return scenario \"x\"\n", "");
	expect_refused("local x = 1\n", "");
	expect_refused("return 7\n", "");
	expect_refused("\nlocal x = os.time()\n", "2: unknown name \"os\"");
	expect_refused("\n\nglobal = 1\n", "3: \"global\" is not declared; write local global = …");
	expect_refused("local n = nil\nlocal x = n.field\n", "2: attempt to index a nil value");
	expect_refused("\nerror(\"of its own\")\n", "2: of its own");
	expect_refused("\x1bLua", ""); /* no compiled Lua */
}

static void no_such_file(void **state)
{
	struct err err = {0};
	(void)state;
	assert_null(script_load(s, "/no/such/file.lua", "x", root, root, &err));
	assert_int_equal(err.code, ENOENT);
	assert_string_equal(err.text, "/no/such/file.lua: No such file or directory");
	assert_null(script_load(s, root, "x", root, root, &err));
	assert_int_equal(err.code, EISDIR);
}

#define CONTRACT                                                                                   \
	"return contract { title = \"Echo\", promise = \"all comes back\",\n"                      \
	"  roles = {\n"                                                                            \
	"    server = { command = \"{program} {port}\", port = 0,\n"                               \
	"      implementations = { reference = {}, poll = {}, select = { families = { \"ipv4\" } " \
	"},\n"                                                                                     \
	"        [\"a-first\"] = { declines = { \"group/name\" } } },\n"                           \
	"      faulty = { [\"one-recv\"] = \"takes one recv() for all\" } },\n"                    \
	"  } }\n"

static const char uses_echo[] = "return scenario { title = \"x\", contract = \"echo\",\n"
                                "  matrix = { family = { \"ipv4\", \"ipv6\" } },\n" RUN "}\n";

static void plans_implementations(void **state)
{
	(void)state;
	free(write_file("servers/echo/contract.lua", CONTRACT));
	struct scenario *sc = load(uses_echo);
	char *folder = mem_printf("%s/servers/echo", root);
	char *contract = mem_printf("%s/contract.lua", folder);
	assert_string_equal(sc->contract, "echo");
	assert_string_equal(sc->contract_path, contract);
	assert_string_equal(sc->program_folder, folder);
	free(folder);
	free(contract);
	expect_plan(sc, NULL, NULL,
	            "poll family=ipv4; poll family=ipv6; reference family=ipv4; "
	            "reference family=ipv6; select family=ipv4");
	expect_plan(sc, "server", "@poll", "poll family=ipv4; poll family=ipv6");
	expect_plan(sc, "server", "@select", "select family=ipv4");
	expect_plan(sc, "server", "@a-first", "");
	expect_plan(sc, "server", "@one-recv",
	            "faulty/one-recv family=ipv4; faulty/one-recv family=ipv6");
	expect_plan(sc, "server", "./mine {port}",
	            "./mine {port} family=ipv4; ./mine {port} family=ipv6");
}

static void overrides_that_are_wrong(void **state)
{
	struct err err = {0};
	(void)state;
	free(write_file("servers/echo/contract.lua", CONTRACT));
	struct scenario *sc = load(uses_echo);
	struct override o = {.contract = "echo", .role = "sever", .command = "x"};
	assert_null(planned(sc, &o, 1, &err));
	assert_string_equal(err.text, "--impl echo.sever: the contract has no role \"sever\"");
	o = (struct override){.contract = "echo", .role = "server", .command = "@pol"};
	assert_null(planned(sc, &o, 1, &err));
	assert_non_null(
	    strstr(err.text, "no implementation \"@pol\" of server; did you mean \"poll\"?"));
	/* of another contract: not this scenario's business */
	o = (struct override){.contract = "other", .role = "sever", .command = "@nothing"};
	char *text = planned(sc, &o, 1, &err);
	ok(text != NULL);
	assert_non_null(strstr(text, "reference family=ipv4"));
	free(text);
	/* the later of two wins */
	struct override two[] = {{.contract = "echo", .role = "server", .command = "@select"},
	                         {.contract = "echo", .role = "server", .command = "@poll"}};
	text = planned(sc, two, 2, &err);
	ok(text != NULL);
	assert_string_equal(text, "poll family=ipv4; poll family=ipv6");
	free(text);
	/* and where there is no contract, nothing is replaced */
	o = (struct override){.contract = "echo", .role = "server", .command = "x"};
	text = planned(load("return scenario { title = \"x\",\n" RUN "}"), &o, 1, &err);
	ok(text != NULL);
	assert_string_equal(text, "reference");
	free(text);
}

/* One role changes at a time, the others are played by the reference. */
static void plans_roles(void **state)
{
	(void)state;
	free(write_file("servers/echo/contract.lua",
	                "return contract { title = \"Echo\", promise = \"all\",\n"
	                "  roles = {\n"
	                "    server = { command = \"{program}\", implementations = { reference = "
	                "{}, poll = {} } },\n"
	                "    client = { command = \"{program}\", implementations = { reference = "
	                "{}, other = {} } },\n"
	                "  } }\n"));
	struct scenario *sc =
	    load("return scenario { title = \"x\", contract = \"echo\",\n" RUN "}");
	expect_plan(sc, NULL, NULL, "client:other; reference; server:poll");
	expect_plan(sc, "server", "@poll", "server:poll");
	expect_plan(sc, "client", "mine", "client:mine");
}

static void contracts_that_are_wrong(void **state)
{
	struct err err = {0};
	(void)state;
	char *contract = write_file("servers/echo/contract.lua",
	                            "return contract {\n  title = \"Echo\", promise = \"x\",\n"
	                            "  rolls = {},\n}\n");
	char *wanted =
	    mem_printf("%s:3: contract: unknown key \"rolls\"; did you mean \"roles\"?", contract);
	assert_null(load_from("scenarios/group/name.lua", uses_echo, &err));
	assert_string_equal(err.text, wanted);
	free(wanted);
	free(contract);
	contract =
	    write_file("servers/echo/contract.lua", "return contract {\n  title = \"Echo\",\n"
	                                            "  promise = \"x\" roles = {} }\n");
	wanted = mem_printf("%s:3: Lua: '}' expected", contract);
	assert_null(load_from("scenarios/group/name.lua", uses_echo, &err));
	assert_memory_equal(err.text, wanted, strlen(wanted));
	free(wanted);
	free(contract);
	assert_null(load_from("scenarios/group/name.lua",
	                      "\nreturn scenario { title = \"x\", contract = \"absent\",\n" RUN "}",
	                      &err));
	wanted = mem_printf("%s/scenarios/group/name.lua:2: no contract \"absent\"; it would be "
	                    "servers/absent/contract.lua",
	                    root);
	assert_memory_equal(err.text, wanted, strlen(wanted));
	assert_int_equal(err.code, ENOENT);
	free(wanted);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, open_script, close_script)

int main(void)
{
	const struct CMUnitTest list[] = {
	    EACH(reads_every_field),
	    EACH(has_defaults),
	    EACH(plans_in_order),
	    EACH(where_narrows),
	    EACH(where_that_breaks),
	    EACH(refuses),
	    EACH(no_such_file),
	    EACH(plans_implementations),
	    EACH(overrides_that_are_wrong),
	    EACH(plans_roles),
	    EACH(contracts_that_are_wrong),
	};
	return cmocka_run_group_tests(list, make_root, remove_root);
}
