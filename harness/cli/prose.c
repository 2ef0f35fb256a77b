/* SPDX-License-Identifier: MIT */
/* prose.c - texts of scenario and contract files, for a terminal and in Markdown */
#include "cli/catalogue.h"
#include <stdio.h>
#include <string.h>

static size_t indentation(const char *s, size_t len)
{
	size_t blanks = strspn(s, " \t");

	return blanks < len ? blanks : len;
}

static size_t least_indentation(const char *text)
{
	size_t least = SIZE_MAX;

	while (*text) {
		size_t len = strcspn(text, "\n"), blanks = indentation(text, len);

		if (blanks < len && blanks < least)
			least = blanks;
		text += len + (text[len] == '\n');
	}
	return least;
}

void prose_lines(const char *text,
                 void (*line)(void *arg, const char *s, size_t len, size_t deeper), void *arg)
{
	size_t least = least_indentation(text), blank = 0;
	bool begun = false;

	while (*text) {
		size_t len = strcspn(text, "\n"), blanks = indentation(text, len);

		/* empty lines count only between others */
		if (blanks == len) {
			blank++;
		} else {
			for (; begun && blank > 0; blank--)
				line(arg, "", 0, 0);
			blank = 0;
			begun = true;
			line(arg, text + blanks, len - blanks, blanks - least);
		}
		text += len + (text[len] == '\n');
	}
}

static void text_line(void *arg, const char *s, size_t len, size_t deeper)
{
	(void)arg;
	if (len > 0)
		printf("  %*s%.*s", (int)deeper, "", (int)len, s);
	puts("");
}

void prose_text(const char *text)
{
	prose_lines(text, text_line, NULL);
}

/* What stands in Markdown at the moment. */
struct markdown {
	bool block; /* within ``` */
	bool item;  /* within an item of a list, whose further lines are indented too */
	size_t blank;
};

static void put_inline(const char *s, size_t len, bool cell)
{
	bool code = false;

	for (size_t i = 0; i < len; i++) {
		code = code != (s[i] == '`');
		if (s[i] == '|' && cell)
			fputs("\\|", stdout);
		else if (s[i] == '<' && !code)
			fputs("&lt;", stdout);
		else if (s[i] == '*' && !code)
			fputs("\\*", stdout);
		else
			putchar(s[i] == '\n' ? ' ' : s[i]);
	}
}

void prose_inline(const char *s, bool cell)
{
	put_inline(s, strlen(s), cell);
}

static bool is_item(const char *s, size_t len)
{
	size_t digits = strspn(s, "0123456789");

	return (len > 2 && (s[0] == '-' || s[0] == '*') && s[1] == ' ') ||
	       (digits > 0 && digits + 1 < len && s[digits] == '.' && s[digits + 1] == ' ');
}

static void markdown_line(void *arg, const char *s, size_t len, size_t deeper)
{
	struct markdown *m = arg;
	bool block = len > 0 && deeper >= 2 && !m->item;

	if (len == 0) {
		m->blank++;
		return;
	}
	if (m->block && !block)
		puts("```");
	for (; m->blank > 0; m->blank--)
		puts("");
	if (block && !m->block)
		puts("```text");
	m->block = block;
	if (deeper == 0)
		m->item = is_item(s, len);
	if (block) {
		printf("%*s%.*s", (int)deeper - 2, "", (int)len, s);
	} else {
		printf("%*s", (int)deeper, "");
		/* the star of an item is no star to be shown */
		if (m->item && deeper == 0)
			putchar(*s);
		put_inline(s + (m->item && deeper == 0), len - (m->item && deeper == 0), false);
	}
	puts("");
}

void prose_markdown(const char *text)
{
	struct markdown m = {0};

	prose_lines(text, markdown_line, &m);
	if (m.block)
		puts("```");
}
