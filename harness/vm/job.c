/* SPDX-License-Identifier: MIT */
/* job.c - see job.h */
#include "vm/job.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "evidence/casedir.h"
#include "vm/closure.h"
#include "vm/cpio.h"
#include "world/isolate.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FORMAT 1 /* of job.json */

/* Takes @target. */
/* NOLINTNEXTLINE(readability-non-const-parameter): closure_free() frees it */
static void add_file(struct closure *c, const char *source, char *target)
{
	MEM_ROOM(c->files, c->count);
	c->files[c->count++] = (struct closure_file){.source = mem_text(source), .target = target};
}

static int add_needed(struct closure *c, struct script *s, const struct plan_case *k,
                      struct err *err)
{
	struct needed_file *list = NULL;
	size_t count = 0;
	bool symbols = false;
	int rc = script_needs(s, k, JOB_BUILT, &list, &count, err);

	for (size_t i = 0; i < count; i++) {
		if (rc == 0 && list[i].program)
			rc = closure_add_program(c, list[i].source, list[i].target, err);
		else if (rc == 0)
			rc = closure_add_path(c, list[i].source, err);
		symbols = symbols || list[i].symbols;
		free(list[i].source);
		free(list[i].target);
	}
	free(list);
	if (rc == 0 && symbols)
		rc = closure_keep_symbols(c, err);
	return rc;
}

static json_t *parameters(const struct plan_case *c)
{
	json_t *j = json_object();

	for (size_t i = 0; i < c->parameter_count; i++)
		json_object_set_new(j, c->parameters[i].name, json_string(c->parameters[i].value));
	return j;
}

static json_t *overrides(const struct perform_setting *setting)
{
	json_t *list = json_array();

	for (size_t i = 0; i < setting->override_count; i++) {
		const struct override *o = &setting->overrides[i];
		json_t *one =
		    json_pack("{s:s,s:s}", "contract", o->contract, "command", o->command);

		if (o->role)
			json_object_set_new(one, "role", json_string(o->role));
		json_array_append_new(list, one);
	}
	return list;
}

/* Are all of them names of the contract's own programs, and is the case one of those that are
 * planned without being told? Then nothing need be told: the job is the same whichever way the case
 * was asked for. */
static bool needless(struct script *s, const struct plan_case *c,
                     const struct perform_setting *setting)
{
	struct plan_case **cases = NULL;
	size_t count = 0;
	struct err ignored;
	bool found = false;

	for (size_t i = 0; i < setting->override_count; i++) {
		if (setting->overrides[i].command[0] != '@')
			return false;
	}
	if (script_plan(s, c->scenario, NULL, 0, &cases, &count, &ignored) < 0)
		count = 0;
	for (size_t i = 0; i < count; i++)
		found = found || strcmp(cases[i]->implementation, c->implementation) == 0;
	free(cases);
	return found;
}

static int add_description(struct script *s, const struct plan_case *c,
                           const struct perform_setting *setting, const struct job_words *words,
                           struct buf *out, struct err *err)
{
	json_t *j = json_pack("{s:i,s:s,s:s,s:o,s:o,s:I,s:f,s:b,s:s,s:s,s:s,s:i}", "format", FORMAT,
	                      "scenario", c->scenario->name, "implementation", c->implementation,
	                      "parameters", parameters(c), "overrides",
	                      needless(s, c, setting) ? json_array() : overrides(setting), "seed",
	                      (json_int_t)setting->seed, "deadline", setting->deadline, "ladder",
	                      setting->ladder, "version", setting->version, "qemu", words->qemu,
	                      "command", setting->command, "ns", (int)words->ns_per_instruction);
	char *text = j ? json_dumps(j, JSON_SORT_KEYS) : NULL;

	json_decref(j);
	if (!text)
		return err_set(err, EILSEQ,
		               "the case's parameters or its command are no UTF-8; a guest takes "
		               "no other");
	cpio_add(out, JOB_FILE, S_IFREG | 0644, text, strlen(text));
	free(text);
	return 0;
}

int job_pack(struct script *s, const struct plan_case *c, const struct perform_setting *setting,
             const struct job_words *words, struct buf *out, struct err *err)
{
	const struct scenario *sc = c->scenario;
	struct closure files = {0};
	int rc;

	add_file(&files, sc->path, mem_printf(JOB_ROOT "/scenarios/%s.lua", sc->name));
	if (sc->contract)
		add_file(&files, sc->contract_path,
		         mem_printf(JOB_ROOT "/servers/%s/contract.lua", sc->contract));
	rc = add_needed(&files, s, c, err);
	if (rc == 0)
		rc = closure_pack(&files, out, err);
	if (rc == 0)
		rc = add_description(s, c, setting, words, out, err);
	cpio_end(out);
	closure_free(&files);
	return rc;
}

/* In the guest ------------------------------------------------------------------------------- */

static json_t *read_description(struct err *err)
{
	json_error_t why;
	json_t *j = json_load_file("/" JOB_FILE, 0, &why);

	if (!j)
		err_set(err, EINVAL, "/" JOB_FILE ": %s", why.text);
	else if (json_integer_value(json_object_get(j, "format")) != FORMAT) {
		err_set(err, EINVAL, "/" JOB_FILE " is of another sockproof");
		json_decref(j);
		j = NULL;
	}
	return j;
}

int job_seed(uint64_t *seed, struct err *err)
{
	json_t *j = read_description(err);

	if (!j)
		return -1;
	*seed = (uint64_t)json_integer_value(json_object_get(j, "seed"));
	json_decref(j);
	return 0;
}

static bool same_case(const struct plan_case *c, const char *implementation, json_t *wanted)
{
	if (strcmp(c->implementation, implementation) != 0 ||
	    json_object_size(wanted) != c->parameter_count)
		return false;
	for (size_t i = 0; i < c->parameter_count; i++) {
		const char *value =
		    json_string_value(json_object_get(wanted, c->parameters[i].name));

		if (!value || strcmp(value, c->parameters[i].value) != 0)
			return false;
	}
	return true;
}

static const char *word(json_t *j, const char *key)
{
	const char *text = json_string_value(json_object_get(j, key));

	return text ? text : "";
}

/* The case that is meant; planned as the host planned it. */
static struct plan_case *find_case(struct script *s, json_t *j, struct err *err)
{
	json_t *list = json_object_get(j, "overrides"), *wanted = json_object_get(j, "parameters");
	size_t count = json_array_size(list), planned = 0;
	struct override *o = mem_zero(count + 1, sizeof *o);
	struct plan_case **cases = NULL, *found = NULL;
	char *path = mem_printf(JOB_ROOT "/scenarios/%s.lua", word(j, "scenario"));
	struct scenario *sc = script_load(s, path, word(j, "scenario"), JOB_ROOT, JOB_BUILT, err);

	for (size_t i = 0; i < count; i++) {
		json_t *one = json_array_get(list, i);

		o[i] = (struct override){.contract = word(one, "contract"),
		                         .role = json_string_value(json_object_get(one, "role")),
		                         .command = word(one, "command")};
	}
	if (sc && script_plan(s, sc, o, count, &cases, &planned, err) == 0) {
		for (size_t i = 0; i < planned && !found; i++) {
			if (same_case(cases[i], word(j, "implementation"), wanted))
				found = cases[i];
		}
		if (!found)
			err_set(err, ENOENT, "the guest finds no such case in %s", path);
	}
	free(cases);
	free(path);
	free(o);
	return found;
}

static int add_evidence(struct buf *out, const char *name, struct err *err)
{
	char *path = mem_printf(JOB_EVIDENCE "/%s", name),
	     *inside = mem_printf("evidence/%s", name);
	char piece[65536];
	struct buf bytes = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), rc = 0;
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, piece, sizeof piece)) > 0)
		buf_add(&bytes, piece, (size_t)n);
	if (n < 0)
		rc = err_sys(err, errno, "%s", path);
	else
		cpio_add(out, inside, S_IFREG | 0644, buf_text(&bytes), bytes.len);
	if (fd >= 0)
		close(fd);
	buf_free(&bytes);
	free(path);
	free(inside);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_all_evidence(struct buf *out, struct err *err)
{
	char **names = NULL;
	size_t count = 0;
	DIR *d = opendir(JOB_EVIDENCE);
	const struct dirent *e;
	int rc = 0;

	if (!d)
		return 0; /* a case that was skipped leaves none */
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		MEM_ROOM(names, count);
		names[count++] = mem_text(e->d_name);
	}
	closedir(d);
	if (count > 0)
		qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count; i++) {
		if (rc == 0)
			rc = add_evidence(out, names[i], err);
		free(names[i]);
	}
	free(names);
	return rc;
}

int job_play(struct script *s, struct buf *out, struct err *err)
{
	json_t *j = read_description(err);
	struct plan_case *c = j ? find_case(s, j, err) : NULL;
	struct perform_setting setting = {
	    .use_tun = true, .directory = JOB_EVIDENCE, .ends_with_process = true};
	struct outcome o = {0};
	struct buf packed = {0};
	int rc = -1;

	if (c) {
		setting.scratch = isolate_scratch();
		setting.seed = (uint64_t)json_integer_value(json_object_get(j, "seed"));
		setting.deadline = json_number_value(json_object_get(j, "deadline"));
		setting.ladder = json_is_true(json_object_get(j, "ladder"));
		setting.version = word(j, "version");
		setting.command = word(j, "command");
		setting.qemu = word(j, "qemu");
		setting.ns_per_instruction = (unsigned)json_integer_value(json_object_get(j, "ns"));
		script_perform(s, c, &setting, &o);
		outcome_pack(&o, &packed);
		cpio_add(out, JOB_OUTCOME, S_IFREG | 0644, packed.p, packed.len);
		rc = add_all_evidence(out, err);
		cpio_end(out);
		buf_free(&packed);
		outcome_free(&o);
	}
	json_decref(j);
	return rc;
}

/* On the host again -------------------------------------------------------------------------- */

static bool is_capture(const char *name)
{
	static const char ending[] = ".pcapng";
	size_t len = strlen(name);

	return len >= sizeof ending - 1 && strcmp(name + len - (sizeof ending - 1), ending) == 0;
}

static int take_entry(const struct cpio_entry *e, struct casedir *d, struct outcome *o, bool *told,
                      struct err *err)
{
	static const char below[] = "evidence/";

	if (strcmp(e->name, JOB_OUTCOME) == 0 && !*told) {
		uint64_t sum = o->digest;

		*told = outcome_unpack(e->bytes, e->len, o) == 1;
		o->digest = sum;
		return *told ? 0 : err_set(err, EBADMSG, "the guest's outcome is none");
	}
	if (strncmp(e->name, below, sizeof below - 1) != 0)
		return err_set(err, EBADMSG,
		               "the guest's result holds \"%.100s\", which nobody asked for",
		               e->name);
	/* what must be the same in every run; the verdict's words may name a folder of this machine
	 */
	if (is_capture(e->name) || strcmp(e->name + sizeof below - 1, "timeline.jsonl") == 0)
		o->digest = digest_add(o->digest ? o->digest : DIGEST_BEGIN, e->bytes, e->len);
	if (!d)
		return 0;
	return casedir_add(d, e->name + sizeof below - 1, e->bytes, e->len, err);
}

/* The guest's words with this machine's path of a file; @text is free()d. */
static char *with_path(char *text, const char *there, const char *here)
{
	struct buf b = {0};
	const char *at = text, *next;

	if (!text || !strstr(text, there))
		return text;
	for (; (next = strstr(at, there)) != NULL; at = next + strlen(there)) {
		buf_add(&b, at, (size_t)(next - at));
		buf_str(&b, here);
	}
	buf_str(&b, at);
	free(text);
	return buf_take(&b);
}

void job_own_paths(const struct plan_case *c, struct outcome *o)
{
	char *there = mem_printf(JOB_ROOT "/scenarios/%s.lua", c->scenario->name);

	o->reason = with_path(o->reason, there, c->scenario->path);
	o->explanation = with_path(o->explanation, there, c->scenario->path);
	free(there);
}

int job_result(const void *bytes, size_t len, const struct perform_setting *setting,
               struct outcome *o, struct err *err)
{
	struct casedir *d = NULL;
	struct cpio_entry e;
	size_t at = 0;
	bool told = false;
	int more, rc = 0;

	*o = (struct outcome){0};
	if (setting->directory && !(d = casedir_begin(setting->directory, err)))
		return -1;
	while (rc == 0 && (more = cpio_next(bytes, len, &at, &e, err)) != 0)
		rc = more < 0 ? -1 : take_entry(&e, d, o, &told, err);
	if (rc == 0 && !told)
		rc = err_set(err, EBADMSG, "the guest's result holds no outcome");
	/* what the guest did not record, nobody did */
	if (rc == 0)
		o->recorded = o->recorded && perform_records(setting, o);
	if (rc == 0 && o->recorded)
		rc = casedir_commit(d, err);
	casedir_close(&d);
	if (rc < 0)
		outcome_free(o);
	return rc;
}
