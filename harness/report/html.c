/* SPDX-License-Identifier: MIT */
/* html.c - see html.h: results kept, cases packed side by side, the template filled */
#include "report/html.h"
#include "base/err.h"
#include "report/drawing.h"
#include "report/format.h"
#include "report/html_own.h"
#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Packed cases that lie in memory before they are written. */
#define BATCH        256
#define THREADS_MOST 64

struct html *html_open(const struct html_setting *setting)
{
	struct html *h = mem_zero(1, sizeof *h);

	h->set = setting;
	return h;
}

/* What is kept ------------------------------------------------------------------------------------
 */

static size_t topic_of(struct html *h, const char *scenario)
{
	size_t len = strcspn(scenario, "/");
	char *name = scenario[len] ? mem_copy(scenario, len) : mem_text("scenarios");

	for (size_t i = h->topic_count; i-- > 0;) {
		if (strcmp(h->topics[i].name, name) == 0) {
			free(name);
			return i;
		}
	}
	MEM_ROOM(h->topics, h->topic_count);
	h->topics[h->topic_count] = (struct html_topic){.name = name};
	return h->topic_count++;
}

static size_t scenario_of(struct html *h, const struct result *r)
{
	struct html_scenario *s;

	for (size_t i = h->scenario_count; i-- > 0;) {
		if (strcmp(h->scenarios[i].name, r->scenario) == 0)
			return i;
	}
	MEM_ROOM(h->scenarios, h->scenario_count);
	s = &h->scenarios[h->scenario_count];
	*s = (struct html_scenario){.name = mem_text(r->scenario),
	                            .title = mem_text(r->title),
	                            .why = mem_text(r->why ? r->why : ""),
	                            .source = mem_text(r->source ? r->source : ""),
	                            .topic = topic_of(h, r->scenario),
	                            .first = h->case_count};
	h->topics[s->topic].scenarios++;
	return h->scenario_count++;
}

static char *key_of(const struct html *h, const struct result *r)
{
	size_t len = strlen(h->set->out);

	if (!*r->directory)
		return mem_printf("case-%zu", h->case_count + 1);
	if (strncmp(r->directory, h->set->out, len) != 0)
		return mem_text(r->directory);
	return mem_text(r->directory + len + strspn(r->directory + len, "/"));
}

void html_result(struct html *h, const struct result *r)
{
	struct result_parameter *own = mem_zero(r->parameter_count + 1, sizeof *own);
	size_t scenario = scenario_of(h, r);
	struct html_scenario *s = &h->scenarios[scenario];
	struct html_topic *t = &h->topics[s->topic];
	struct buf label = {0};
	struct html_case *c;

	report_label(&label, r);
	for (size_t i = 0; i < r->parameter_count; i++)
		own[i] = (struct result_parameter){.name = mem_text(r->parameters[i].name),
		                                   .value = mem_text(r->parameters[i].value),
		                                   .number = r->parameters[i].number};
	MEM_ROOM(h->cases, h->case_count);
	c = &h->cases[h->case_count];
	*c = (struct html_case){.result = *r,
	                        .label = mem_text(buf_text(&label)),
	                        .key = key_of(h, r),
	                        .scenario = scenario};
	c->result.scenario = s->name;
	c->result.title = mem_text(r->title);
	c->result.parameters = own;
	c->result.implementation = mem_text(r->implementation ? r->implementation : "");
	c->result.reason = mem_text(r->reason ? r->reason : "");
	c->result.explanation = r->explanation ? mem_text(r->explanation) : NULL;
	c->result.file = mem_text(r->file ? r->file : "");
	c->result.directory = mem_text(r->directory ? r->directory : "");
	c->result.command = mem_text(r->command ? r->command : "");
	c->result.why = c->result.source = NULL; /* the scenario has them */
	s->last = h->case_count++;
	s->cases++;
	s->count[r->verdict]++;
	s->duration += r->duration;
	t->cases++;
	t->count[r->verdict]++;
	t->duration += r->duration;
	buf_free(&label);
}

static void free_case(struct html_case *c)
{
	const struct result *r = &c->result;

	for (size_t i = 0; i < r->parameter_count; i++) {
		free((char *)r->parameters[i].name);
		free((char *)r->parameters[i].value);
	}
	free((void *)r->parameters);
	free((char *)r->title);
	free((char *)r->implementation);
	free((char *)r->reason);
	free((char *)r->explanation);
	free((char *)r->file);
	free((char *)r->directory);
	free((char *)r->command);
	free(c->label);
	free(c->key);
}

static void free_table(struct html_table *t)
{
	for (size_t i = 0; i < t->columns * t->rows; i++)
		free((char *)t->cells[i]);
	free((void *)t->cells);
	free((char *)t->id);
	free((char *)t->title);
}

void html_table(struct html *h, const struct html_table *table)
{
	const char **cells = mem_zero(table->columns * table->rows + 1, sizeof *cells);

	for (size_t i = 0; i < table->columns * table->rows; i++)
		cells[i] = mem_text(table->cells[i]);
	MEM_ROOM(h->tables, h->table_count);
	h->tables[h->table_count++] = (struct html_table){.id = mem_text(table->id),
	                                                  .title = mem_text(table->title),
	                                                  .cells = cells,
	                                                  .columns = table->columns,
	                                                  .rows = table->rows};
}

void html_close(struct html **h)
{
	if (!*h)
		return;
	for (size_t i = 0; i < (*h)->case_count; i++)
		free_case(&(*h)->cases[i]);
	for (size_t i = 0; i < (*h)->scenario_count; i++) {
		free((*h)->scenarios[i].name);
		free((*h)->scenarios[i].title);
		free((*h)->scenarios[i].why);
		free((*h)->scenarios[i].source);
	}
	for (size_t i = 0; i < (*h)->topic_count; i++)
		free((*h)->topics[i].name);
	for (size_t i = 0; i < (*h)->table_count; i++)
		free_table(&(*h)->tables[i]);
	free((*h)->tables);
	free((*h)->cases);
	free((*h)->scenarios);
	free((*h)->topics);
	free(*h);
	*h = NULL;
}

/* Cases, packed side by side ----------------------------------------------------------------------
 */

struct batch {
	const struct html *h;
	size_t first, count;
	atomic_size_t next;
	struct buf packed[BATCH];
};

static void *pack_some(void *arg)
{
	struct batch *b = arg;
	size_t i;

	while ((i = atomic_fetch_add(&b->next, 1)) < b->count)
		html_case_pack(&b->h->cases[b->first + i], &b->packed[i]);
	return NULL;
}

static void pack_batch(struct batch *b, size_t threads)
{
	pthread_t more[THREADS_MOST];
	size_t count = 0;

	/* this thread is one of them; where no other can be made it does all */
	for (size_t i = 1; i < threads && i < b->count && count < THREADS_MOST; i++) {
		if (pthread_create(&more[count], NULL, pack_some, b) == 0)
			count++;
	}
	pack_some(b);
	for (size_t i = 0; i < count; i++)
		pthread_join(more[i], NULL);
}

/* An element that no browser runs or shows; its text is base64. */
static void put_packed(FILE *f, const char *kind, size_t number, const char *key,
                       const struct buf *packed)
{
	struct buf b = {0};

	buf_printf(&b, "<script type=\"application/octet-stream\" id=\"%s%zu\"", kind, number);
	if (key) {
		buf_str(&b, " data-key=\"");
		html_text(&b, key);
		buf_str(&b, "\"");
	}
	fprintf(f, "%s>", buf_text(&b));
	fwrite(buf_text(packed), 1, packed->len, f);
	fputs("</script>\n", f);
	buf_free(&b);
}

static void put_cases(const struct html *h, FILE *f)
{
	struct batch *b = mem_zero(1, sizeof *b);

	json_object_seed(0); /* before there are threads: jansson, "Thread safety" */
	b->h = h;
	for (; b->first < h->case_count; b->first += b->count) {
		b->count = h->case_count - b->first < BATCH ? h->case_count - b->first : BATCH;
		atomic_store(&b->next, 0);
		pack_batch(b, h->set->threads);
		for (size_t i = 0; i < b->count; i++) {
			put_packed(f, "d", b->first + i, h->cases[b->first + i].key, &b->packed[i]);
			buf_free(&b->packed[i]);
		}
	}
	free(b);
}

/* Each scenario's words and file, once for all its cases: {"why", "source"}. */
static void put_scenarios(const struct html *h, FILE *f)
{
	for (size_t i = 0; i < h->scenario_count; i++) {
		const struct html_scenario *s = &h->scenarios[i];
		struct buf why = {0}, source = {0}, packed = {0};
		json_t *o;
		char *text;

		report_block(&why, s->why, "");
		report_block(&source, s->source, "");
		o = json_pack("{ssss}", "why", buf_text(&why), "source", buf_text(&source));
		text = json_dumps(o, JSON_COMPACT);
		html_pack(&packed, text ? text : "{}", strlen(text ? text : "{}"));
		put_packed(f, "s", i, NULL, &packed);
		json_decref(o);
		free(text);
		buf_free(&why);
		buf_free(&source);
		buf_free(&packed);
	}
}

/* The page ----------------------------------------------------------------------------------------
 */

static bool is(const char *name, size_t len, const char *field)
{
	return strlen(field) == len && memcmp(name, field, len) == 0;
}

static const struct embedded *part(const char *name, size_t len)
{
	for (size_t i = 0; i < page_parts_count; i++) {
		if (is(name, len, page_parts[i].name))
			return &page_parts[i];
	}
	return NULL;
}

/* What only this page has: a script that was slipped in could not know it. */
static void make_nonce(char text[33])
{
	unsigned char bytes[16];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		memset(bytes, 0, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

struct filling {
	const struct html *h;
	const struct report_totals *totals;
	char nonce[33];
	FILE *f;
};

static void put_buf(FILE *f, struct buf *b)
{
	fwrite(buf_text(b), 1, b->len, f);
	buf_free(b);
}

/* {{name}} of the template: a file of page/, or one of these. */
static void put_field(const struct filling *p, const char *name, size_t len)
{
	const struct embedded *file = part(name, len);
	struct buf b = {0};

	if (file) {
		fwrite(file->data, 1, file->len, p->f);
	} else if (is(name, len, "nonce")) {
		fputs(p->nonce, p->f);
	} else if (is(name, len, "title")) {
		html_title(p->totals, &b);
	} else if (is(name, len, "overview")) {
		html_overview(p->h, p->totals, &b);
	} else if (is(name, len, "drawing")) {
		drawing_colors(&b, false);
	} else if (is(name, len, "drawing-dark")) {
		drawing_colors(&b, true);
	} else if (is(name, len, "data")) {
		put_scenarios(p->h, p->f);
		put_cases(p->h, p->f);
	}
	put_buf(p->f, &b);
}

static void fill(const struct filling *p)
{
	const struct embedded *page = part("page.html", strlen("page.html"));
	const char *at = (const char *)page->data, *end = at + page->len;

	while (at < end) {
		const char *open = memmem(at, (size_t)(end - at), "{{", 2), *close;

		close = open ? memmem(open, (size_t)(end - open), "}}", 2) : NULL;
		if (!close) {
			fwrite(at, 1, (size_t)(end - at), p->f);
			return;
		}
		fwrite(at, 1, (size_t)(open - at), p->f);
		put_field(p, open + 2, (size_t)(close - open) - 2);
		at = close + 2;
	}
}

/* As page.html has it. */
#define OURS "<meta name=\"generator\" content=\"sockproof\">"

int html_place(const char *out, struct err *err)
{
	char *path = mem_printf("%s/report/index.html", out), head[512];
	FILE *f = fopen(path, "re");
	size_t len = f ? fread(head, 1, sizeof head, f) : 0;
	int rc = 0;

	if (len > 0 && !memmem(head, len, OURS, strlen(OURS)))
		rc = err_set(err, EEXIST, "%s is not a report of sockproof, and is left as it is",
		             path);
	if (f)
		fclose(f);
	free(path);
	return rc;
}

static int write_page(const struct filling *p, const char *made, const char *path, struct err *err)
{
	struct filling with = *p;
	bool bad;
	int code;

	with.f = fopen(made, "we");
	if (!with.f)
		return err_sys(err, errno, "%s", made);
	make_nonce(with.nonce);
	fill(&with);
	bad = fflush(with.f) != 0 || ferror(with.f);
	code = errno;
	if (fclose(with.f) != 0 && !bad) {
		bad = true;
		code = errno;
	}
	if (!bad && rename(made, path) == 0)
		return 0;
	err_sys(err, bad ? code : errno, "%s", path);
	unlink(made);
	return -1;
}

char *html_finish(struct html *h, const struct report_totals *totals, struct err *err)
{
	struct filling p = {.h = h, .totals = totals};
	char *folder = mem_printf("%s/report", h->set->out);
	char *path = mem_printf("%s/index.html", folder);
	char *made = mem_printf("%s/.index.html.%ld", folder, (long)getpid());
	int rc = 0;

	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		rc = err_sys(err, errno, "%s", folder);
	if (rc == 0)
		rc = write_page(&p, made, path, err);
	free(folder);
	free(made);
	if (rc == 0)
		return path;
	free(path);
	return NULL;
}
