/* SPDX-License-Identifier: MIT */
/* catalogue.c - see catalogue.h: finding and loading */
#include "cli/catalogue.h"
#include "base/err.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int catalogue_open(struct catalogue *c, char *const *paths, size_t count)
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

void catalogue_close(struct catalogue *c)
{
	script_close(&c->script);
	discovery_free(&c->found);
	places_free(&c->places);
}

struct scenario *catalogue_load(struct catalogue *c, size_t i)
{
	const struct found *f = &c->found.list[i];
	struct err err;
	struct scenario *sc =
	    script_load(c->script, f->path, f->name, c->places.root, c->places.exe_folder, &err);

	if (!sc)
		cli_complain(EXIT_USAGE, "%s", err.text);
	return sc;
}

size_t catalogue_plan(struct catalogue *c, struct scenario *sc, struct plan_case ***cases)
{
	struct err err;
	size_t count = 0;

	*cases = NULL;
	if (script_plan(c->script, sc, NULL, 0, cases, &count, &err) < 0)
		cli_complain(EXIT_USAGE, "%s", err.text);
	return count;
}

static char *readable(char *path)
{
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *catalogue_contract(const struct catalogue *c, const char *name)
{
	static const char file[] = "contract.lua";
	size_t len = strlen(name), own = strlen(file);
	char *path;

	if (len > own && name[len - own - 1] == '/' && strcmp(name + len - own, file) == 0)
		return readable(mem_text(name));
	if (strchr(name, '/'))
		return NULL;
	path = readable(mem_printf("servers/%s/%s", name, file));
	return path ? path : readable(mem_printf("%s/servers/%s/%s", c->places.root, name, file));
}

int catalogue_all(struct catalogue *c, struct scenarios *all)
{
	for (size_t i = 0; i < c->found.count; i++) {
		struct scenario *sc = catalogue_load(c, i);

		if (!sc)
			return EXIT_USAGE;
		MEM_ROOM(all->list, all->count);
		all->list[all->count++] = sc;
	}
	return -1;
}
