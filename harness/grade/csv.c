/* SPDX-License-Identifier: MIT */
/* csv.c - see csv.h */
#include "grade/csv.h"
#include "base/err.h"
#include "base/mem.h"
#include "grade/formats_own.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BOM       "\xef\xbb\xbf"
#define MOST_ROWS 1000000
#define MOST_CELL 10000 /* cells of a row */

struct reading {
	const char *name, *at; /* a text with a NUL at its end */
	size_t line;
	struct csv *csv;
	struct err *err;
};

static int wrong(const struct reading *r, size_t line, const char *what)
{
	return err_set(r->err, EINVAL, "%s, line %zu: %s", r->name, line, what);
}

/* The delimiter that the first row has most of, outside of quotes. */
static char guess_delimiter(const char *s)
{
	static const char known[] = {',', ';', '\t'};
	size_t count[sizeof known] = {0}, best = 0;
	bool quoted = false;

	for (; *s && (quoted || (*s != '\n' && *s != '\r')); s++) {
		quoted ^= *s == '"';
		for (size_t i = 0; i < sizeof known && !quoted; i++)
			count[i] += *s == known[i];
	}
	for (size_t i = 1; i < sizeof known; i++) {
		if (count[i] > count[best])
			best = i;
	}
	return known[best];
}

/* RFC 4180, section 2, 5 to 7: a quote within quotes is doubled. */
static int read_quoted(struct reading *r, struct buf *cell)
{
	size_t begin = r->line;

	for (r->at++; *r->at; r->at++) {
		if (*r->at == '"' && *++r->at != '"')
			return 0;
		r->line += *r->at == '\n';
		buf_add(cell, r->at, 1);
	}
	return wrong(r, begin, "the quote that opens a cell here is never closed");
}

static int read_cell(struct reading *r, struct csv_row *row)
{
	struct buf cell = {0};
	int rc = 0;

	if (*r->at == '"')
		rc = read_quoted(r, &cell);
	else
		while (*r->at && *r->at != r->csv->delimiter && *r->at != '\n' && *r->at != '\r')
			buf_add(&cell, r->at++, 1);
	if (rc == 0 && *r->at && *r->at != r->csv->delimiter && *r->at != '\n' && *r->at != '\r')
		rc = wrong(r, r->line, "there is more behind a cell's closing quote");
	if (rc == 0 && row->count == MOST_CELL)
		rc = wrong(r, r->line, "a row of more than 10,000 cells");
	if (rc < 0) {
		buf_free(&cell);
		return -1;
	}
	buf_add(&cell, "", 0);
	MEM_ROOM(row->cells, row->count);
	row->cells[row->count++] = buf_take(&cell);
	return 0;
}

static void free_row(struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		free(row->cells[i]);
	free(row->cells);
}

static int read_row(struct reading *r)
{
	struct csv_row row = {.line = r->line};
	int rc = 0;

	for (;;) {
		rc = read_cell(r, &row);
		if (rc < 0 || *r->at != r->csv->delimiter)
			break;
		r->at++;
	}
	r->at += *r->at == '\r';
	r->line += *r->at == '\n';
	r->at += *r->at == '\n';
	if (rc == 0 && r->csv->count == MOST_ROWS)
		rc = wrong(r, r->line, "more than a million rows");
	if (rc < 0 || (row.count == 1 && !*row.cells[0])) {
		free_row(&row);
		return rc;
	}
	MEM_ROOM(r->csv->rows, r->csv->count);
	r->csv->rows[r->csv->count++] = row;
	return 0;
}

static int check_utf8(const struct reading *r)
{
	size_t line = 1;
	uint32_t c;

	for (const char *s = r->at; *s;) {
		size_t n = formats_utf8(s, &c);

		if (n == 0)
			return wrong(r, line, "is not UTF-8: export it again as UTF-8");
		line += c == '\n';
		s += n;
	}
	return 0;
}

int csv_read(const char *name, const char *text, size_t len, struct csv *out, struct err *err)
{
	struct reading r = {
	    .name = name ? name : "the CSV file", .line = 1, .csv = out, .err = err};
	char *copy;
	int rc;

	*out = (struct csv){0};
	if (len > 0 && memchr(text, '\0', len))
		return err_set(err, EINVAL,
		               "%s is not UTF-8 (it has NULs): export it again as UTF-8", r.name);
	copy = len > 0 ? mem_copy(text, len) : mem_text("");
	r.at = strncmp(copy, BOM, strlen(BOM)) == 0 ? copy + strlen(BOM) : copy;
	out->delimiter = guess_delimiter(r.at);
	rc = check_utf8(&r);
	while (rc == 0 && *r.at)
		rc = read_row(&r);
	free(copy);
	if (rc < 0)
		csv_free(out);
	return rc;
}

void csv_free(struct csv *c)
{
	for (size_t i = 0; i < c->count; i++)
		free_row(&c->rows[i]);
	free(c->rows);
	*c = (struct csv){0};
}

const char *csv_cell(const struct csv_row *r, size_t column)
{
	return column < r->count ? r->cells[column] : "";
}

/* "-1.5", "10%", and the "-" that stands for nothing: no formulas. */
static bool is_number(const char *s)
{
	size_t digits;

	s += *s == '-' || *s == '+';
	digits = strspn(s, "0123456789");
	s += digits;
	if (digits > 0 && (*s == '.' || *s == ',')) {
		digits = strspn(s + 1, "0123456789");
		s += 1 + digits;
	}
	s += digits > 0 && *s == '%';
	return digits > 0 && !*s;
}

void csv_add(struct buf *out, const char *s, char delimiter, bool kept)
{
	const char stop[] = {delimiter, '"', '\n', '\r', ' ', '\t', '\'', '\0'};
	/* spreadsheets drop blanks in front */
	const char *first = s + strspn(s, " ");
	bool formula =
	    *first && strchr("=+-@\t\r", *first) && !is_number(first) && strcmp(first, "-") != 0;
	struct buf safe = {0};

	if (formula && !kept)
		buf_str(&safe, "'");
	if (kept) /* of UTF-8, since csv_read() looked */
		buf_str(&safe, s);
	else
		formats_text(&safe, s);
	if (!strpbrk(buf_text(&safe), stop)) {
		buf_str(out, buf_text(&safe));
		buf_free(&safe);
		return;
	}
	buf_str(out, "\"");
	for (const char *p = buf_text(&safe); *p; p++) {
		buf_add(out, p, 1);
		if (*p == '"')
			buf_str(out, "\"");
	}
	buf_str(out, "\"");
	buf_free(&safe);
}

bool csv_thousandths(const char *s, int64_t *value)
{
	int64_t whole = 0, part = 0, unit = 1000;
	size_t digits = strspn(s, "0123456789");

	if (digits == 0 || digits > 9)
		return false;
	for (; digits > 0; digits--)
		whole = whole * 10 + (*s++ - '0');
	if (*s == '.' || *s == ',') {
		/* what comes behind thousandths is noughts */
		for (s++; *s >= '0' && *s <= '9'; s++) {
			if (unit == 1 && *s != '0')
				return false;
			unit = unit > 1 ? unit / 10 : 1;
			part += (*s - '0') * unit;
		}
	}
	*value = whole * 1000 + part;
	return !*s;
}
