/* SPDX-License-Identifier: MIT */
/* words.c - see format.h: texts that are safe to show */
#include "base/mem.h"
#include "base/text.h"
#include "report/format.h"
#include <string.h>

/* U+FFFE and U+FFFF are UTF-8, yet neither XML nor YAML takes them. */
static bool is_nonchar(const char *p)
{
	return strncmp(p, "\xef\xbf\xbe", 3) == 0 || strncmp(p, "\xef\xbf\xbf", 3) == 0;
}

/* As text_escape(), for stricter readers; without @quotes around it, \\ and \" are undone. */
static void add_safe(struct buf *out, const char *s, size_t len, bool quotes)
{
	struct buf escaped = {0};

	text_escape(&escaped, s, len, 0);
	for (const char *p = buf_text(&escaped); *p; p++) {
		if (is_nonchar(p)) {
			buf_printf(out, "\\xef\\xbf\\x%02x", (unsigned char)p[2]);
			p += 2;
		} else if (*p == '\\' && (p[1] == '\\' || p[1] == '"')) {
			buf_add(out, p + !quotes, quotes ? 2 : 1);
			p++;
		} else {
			buf_add(out, p, 1);
		}
	}
	buf_free(&escaped);
}

void report_line(struct buf *out, const char *s)
{
	if (s)
		add_safe(out, s, strlen(s), false);
}

void report_quoted(struct buf *out, const char *s)
{
	buf_str(out, "\"");
	if (s)
		add_safe(out, s, strlen(s), true);
	buf_str(out, "\"");
}

void report_block(struct buf *out, const char *s, const char *indent)
{
	while (s && *s) {
		size_t len = strcspn(s, "\n");
		size_t end = len > 0 && s[len - 1] == '\r' ? len - 1 : len;

		buf_str(out, end > 0 ? indent : "");
		for (size_t i = 0; i < end;) {
			size_t word = strcspn(s + i, "\t\n");

			if (word > end - i)
				word = end - i;
			add_safe(out, s + i, word, false);
			i += word;
			if (i < end) {
				buf_str(out, "\t");
				i++;
			}
		}
		buf_str(out, "\n");
		s += len + (s[len] == '\n');
	}
}

void report_label(struct buf *out, const struct result *result)
{
	const char *gap = "";

	for (size_t i = 0; i < result->parameter_count; i++) {
		buf_str(out, gap);
		report_line(out, result->parameters[i].name);
		buf_str(out, "=");
		report_line(out, result->parameters[i].value);
		gap = " ";
	}
	if (result->implementation && *result->implementation) {
		buf_printf(out, "%s(", gap);
		report_line(out, result->implementation);
		buf_str(out, ")");
	}
}

void report_name(struct buf *out, const struct result *result)
{
	struct buf label = {0};

	report_line(out, result->scenario);
	report_label(&label, result);
	if (label.len > 0)
		buf_printf(out, " %s", buf_text(&label));
	buf_free(&label);
}
