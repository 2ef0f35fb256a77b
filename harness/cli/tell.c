/* SPDX-License-Identifier: MIT */
/* tell.c - what is wrong, on stderr; and what was asked for, to a file or stdout */
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>

int cli_complain(enum exit_status status, const char *fmt, ...)
{
	struct buf words = {0}, shown = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&words, fmt, ap);
	va_end(ap);
	/* names of files and what programs said may hold anything */
	for (const char *s = buf_text(&words); *s; s += *s == '\n') {
		size_t len = strcspn(s, "\n");

		text_one_line(&shown, s, len);
		buf_str(&shown, "\n");
		s += len;
	}
	fprintf(stderr, "sockproof: %s", buf_text(&shown));
	buf_free(&words);
	buf_free(&shown);
	return status;
}

FILE *cli_out_open(const char *out)
{
	FILE *f = out ? fopen(out, "we") : stdout;

	if (!f)
		cli_complain(EXIT_ERRED, "%s: %s", out, strerror(errno));
	return f;
}

int cli_out_close(const char *out, FILE *f)
{
	bool bad = fflush(f) != 0 || ferror(f);
	int code = errno;

	if (out && fclose(f) != 0 && !bad) {
		bad = true;
		code = errno;
	}
	return bad ? cli_complain(EXIT_ERRED, "%s: %s", out ? out : "standard output",
	                          strerror(code))
	           : EXIT_PASSED;
}

int cli_out(const char *out, const struct buf *b)
{
	FILE *f = cli_out_open(out);

	if (!f)
		return EXIT_ERRED;
	fwrite(buf_text(b), 1, b->len, f);
	return cli_out_close(out, f);
}
