/* SPDX-License-Identifier: MIT */
/*
 * clause.c - the words of a pattern line behind its hosts: flags, data, seq, ack, after, …
 */
#include "base/err.h"
#include "base/text.h"
#include "match/parse.h"
#include <assert.h>
#include <string.h>

#define TIMES_MAX  1000000
#define FLAGS_MEND "flags are letters of S F R P U E W and '.', or none"

static const char *const key_words[] = {
    [KEY_SEQ] = "seq",       [KEY_SEQ_END] = "seq", [KEY_ACK] = "ack",       [KEY_LEN] = "len",
    [KEY_WIN] = "win",       [KEY_MSS] = "mss",     [KEY_WSCALE] = "wscale", [KEY_URG] = "urg",
    [KEY_SACKOK] = "sackOK", [KEY_TS] = "ts",
};
static_assert(sizeof key_words / sizeof *key_words == KEY_COUNT, "a word for each key");

const char *key_text(enum key k)
{
	return key_words[k];
}

static bool read_flags(const struct token *t, uint8_t *flags)
{
	static const char letters[] = "FSRP.UEW"; /* in the order of their bits */

	*flags = 0;
	if (token_is(t, "none"))
		return true;
	for (size_t i = 0; i < t->len; i++) {
		const char *at = t->s[i] ? strchr(letters, t->s[i]) : NULL;
		if (!at || (*flags & 1u << (at - letters)))
			return false;
		*flags |= (uint8_t)(1u << (at - letters));
	}
	return true;
}

static int read_number(struct parse *ps, const char *word, uint64_t *value, struct err *err)
{
	if (ps->tok.kind != TOKEN_WORD || !text_u64(ps->tok.s, ps->tok.len, value))
		return lexer_fail(&ps->lx, ps->tok.column, err,
		                  "a number is missing here; write %s 1, for example", word);
	return parse_next(ps, err);
}

/* data "bytes" | data N bytes; a filter may say just data */
static int read_data(struct parse *ps, struct err *err)
{
	struct pattern_line *l = ps->line;

	l->kind = LINE_DATA;
	if (parse_next(ps, err) != 0)
		return -1;
	if (ps->tok.kind == TOKEN_TEXT) {
		if (ps->tok.bytes.len == 0)
			return lexer_fail(
			    &ps->lx, ps->tok.column, err,
			    "data \"\" is no data; write at least one byte, or leave the line out");
		l->has_payload = true;
		l->payload = ps->tok.bytes;
		ps->tok.bytes = (struct buf){0};
		return parse_next(ps, err);
	}
	l->any_bytes = true;
	if (ps->tok.kind == TOKEN_END && ps->pattern->filter)
		return 0;
	uint64_t *n = &l->value[KEY_LEN];
	if (ps->tok.kind != TOKEN_WORD || !text_u64(ps->tok.s, ps->tok.len, n) || *n == 0)
		return lexer_fail(&ps->lx, ps->tok.column, err,
		                  "which data is missing; write data \"bytes\" or data 5 bytes");
	if (parse_next(ps, err) != 0)
		return -1;
	if (!token_is(&ps->tok, "bytes") && !token_is(&ps->tok, "byte"))
		return lexer_fail(&ps->lx, ps->tok.column, err,
		                  "\"bytes\" is missing behind the number; write data 5 bytes");
	return parse_next(ps, err);
}

/* "type" and "type 5 code" want a number behind them. */
static bool ends_in_want(const struct buf *words)
{
	const char *last = words->len >= 4 ? words->p + words->len - 4 : "";

	return strcmp(last, "type") == 0 || strcmp(last, "code") == 0;
}

/* icmp TYPE [CODE]: the longest run of words that is a message, or the beginning of one */
static int read_icmp(struct parse *ps, struct err *err)
{
	struct buf words = {0};
	int column, result = -1;
	char text[64];

	ps->line->kind = LINE_ICMP;
	if (parse_next(ps, err) != 0)
		return -1;
	column = ps->tok.column;
	while (ps->tok.kind == TOKEN_WORD && words.len < 64) {
		size_t len = words.len;
		buf_printf(&words, "%s", len ? " " : "");
		buf_add(&words, ps->tok.s, ps->tok.len);
		if (!icmp_words_known(words.p)) {
			if (len == 0)
				goto out_unknown;
			words.p[len] = '\0';
			words.len = len;
			break;
		}
		if (parse_next(ps, err) != 0)
			goto out;
	}
	if (ends_in_want(&words) || (words.len == 0 && !ps->pattern->filter))
		goto out_unknown;
	if (words.len)
		ps->line->icmp = buf_take(&words);
	result = 0;
	goto out;
out_unknown:
	lexer_fail(&ps->lx, column, err,
	           "%s%s%s; there are unreachable port|host|net|admin|protocol, echo, reply, "
	           "time-exceeded, too-big, type N code N",
	           words.len ? "\"" : "the ICMP message is missing",
	           words.len ? token_text(&ps->tok, text) : "",
	           words.len ? "\" is no ICMP message" : "");
out:
	buf_free(&words);
	return result;
}

int parse_kind(struct parse *ps, struct err *err)
{
	struct pattern_line *l = ps->line;
	char text[64];

	ps->start = ps->tok.column;
	if (token_is(&ps->tok, "data"))
		return read_data(ps, err);
	if (token_is(&ps->tok, "icmp"))
		return read_icmp(ps, err);
	if (token_is(&ps->tok, "udp")) {
		l->kind = LINE_UDP;
		return parse_next(ps, err);
	}
	if (ps->tok.kind == TOKEN_WORD && read_flags(&ps->tok, &l->flags)) {
		l->kind = LINE_FLAGS;
		return parse_next(ps, err);
	}
	l->kind = LINE_ANY;
	if (ps->pattern
	        ->filter) /* "server > client", "win 0": parse_clause() knows, or complains */
		return 0;
	if (ps->tok.kind == TOKEN_END)
		return lexer_fail(&ps->lx, ps->tok.column, err,
		                  "what they send is missing; write flags, data, udp or icmp");
	return lexer_fail(&ps->lx, ps->tok.column, err,
	                  "\"%s\" is no flags, nor data, udp or icmp; " FLAGS_MEND,
	                  token_text(&ps->tok, text));
}

static int twice(struct parse *ps, const char *word, struct err *err)
{
	return lexer_fail(&ps->lx, ps->tok.column, err, "%s is given twice; leave one out", word);
}

/* seq A | seq A:B */
static int read_seq(struct parse *ps, struct err *err)
{
	struct pattern_line *l = ps->line;
	const struct token *t = &ps->tok;
	const char *colon = t->kind == TOKEN_WORD ? memchr(t->s, ':', t->len) : NULL;
	size_t first = colon ? (size_t)(colon - t->s) : t->len;

	if (t->kind != TOKEN_WORD || !text_u64(t->s, first, &l->value[KEY_SEQ]) ||
	    (colon && !text_u64(colon + 1, t->len - first - 1, &l->value[KEY_SEQ_END])))
		return lexer_fail(&ps->lx, t->column, err,
		                  "a sequence number is missing here; write seq 1, or seq 1:14");
	if (colon && l->value[KEY_SEQ_END] < l->value[KEY_SEQ])
		return lexer_fail(
		    &ps->lx, t->column, err,
		    "the end of the sequence is before its beginning; write seq 1:14");
	l->given[KEY_SEQ_END] = colon != NULL;
	return parse_next(ps, err);
}

static int read_key(struct parse *ps, enum key k, struct err *err)
{
	struct pattern_line *l = ps->line;

	if (l->given[k])
		return twice(ps, key_words[k], err);
	l->given[k] = true;
	if (parse_next(ps, err) != 0)
		return -1;
	if (k == KEY_SACKOK || k == KEY_TS)
		return 0;
	if (k == KEY_SEQ)
		return read_seq(ps, err);
	return read_number(ps, key_words[k], &l->value[k], err);
}

static int read_literal(struct parse *ps, struct err *err)
{
	if (ps->line->has_payload)
		return twice(ps, "the payload", err);
	ps->line->has_payload = true;
	ps->line->payload = ps->tok.bytes;
	ps->tok.bytes = (struct buf){0};
	return parse_next(ps, err);
}

static int read_after(struct parse *ps, struct err *err)
{
	struct pattern_line *l = ps->line;

	if (parse_next(ps, err) != 0)
		return -1;
	if (ps->tok.kind != TOKEN_WORD)
		return lexer_fail(
		    &ps->lx, ps->tok.column, err,
		    "after what is missing; write a duration such as 40ms, or a line's label");
	if (text_duration(ps->tok.s, ps->tok.len, &l->after)) {
		if (l->has_after)
			return twice(ps, "after DURATION", err);
		l->has_after = true;
	} else {
		if (l->after_label)
			return twice(ps, "after label", err);
		l->after_label = mem_copy(ps->tok.s, ps->tok.len);
		l->after_column = ps->tok.column;
	}
	return parse_next(ps, err);
}

static int read_within(struct parse *ps, struct err *err)
{
	struct pattern_line *l = ps->line;

	if (l->has_within)
		return twice(ps, "within", err);
	l->has_within = true;
	if (parse_next(ps, err) != 0)
		return -1;
	if (ps->tok.kind != TOKEN_WORD || !text_duration(ps->tok.s, ps->tok.len, &l->within))
		return lexer_fail(&ps->lx, ps->tok.column, err,
		                  "a duration is missing here; write within 40ms, or 1.5s");
	return parse_next(ps, err);
}

/* "× 3", "×3", "x 3", "x3": how many bytes of the token are the sign; 0: it is none */
static size_t times_sign(const struct token *t)
{
	size_t sign = 0;
	uint64_t n;

	if (t->kind != TOKEN_WORD)
		return 0;
	if (t->len >= 2 && memcmp(t->s, "×", 2) == 0)
		sign = 2;
	else if (t->s[0] == 'x')
		sign = 1;
	return sign == t->len || text_u64(t->s + sign, t->len - sign, &n) ? sign : 0;
}

static int read_times(struct parse *ps, size_t sign, struct err *err)
{
	uint64_t n = 0;
	int column = ps->tok.column;

	if (ps->line->times != 1)
		return twice(ps, "×", err);
	if (sign < ps->tok.len) {
		text_u64(ps->tok.s + sign, ps->tok.len - sign, &n);
		if (parse_next(ps, err) != 0)
			return -1;
	} else if (parse_next(ps, err) != 0 || read_number(ps, "×", &n, err) != 0) {
		return -1;
	}
	if (n < 1 || n > TIMES_MAX)
		return lexer_fail(&ps->lx, column, err,
		                  "so many times cannot be; write × 1 to × %d", TIMES_MAX);
	ps->line->times = (int)n;
	return 0;
}

static int unknown(struct parse *ps, struct err *err)
{
	char text[64];

	if (ps->line->kind == LINE_ANY && ps->tok.column == ps->start)
		return lexer_fail(&ps->lx, ps->tok.column, err,
		                  "\"%s\" is no word of a filter; " FLAGS_MEND
		                  ", or write data, udp, icmp, seq, ack, len, win",
		                  token_text(&ps->tok, text));
	return lexer_fail(
	    &ps->lx, ps->tok.column, err,
	    "\"%s\" is not known here; there are seq, ack, len, win, mss, wscale, sackOK, ts, urg, "
	    "\"payload\", after, within, ×, optional",
	    token_text(&ps->tok, text));
}

int parse_clause(struct parse *ps, struct err *err)
{
	size_t sign = times_sign(&ps->tok);
	bool order = sign || token_is(&ps->tok, "after") || token_is(&ps->tok, "within") ||
	             token_is(&ps->tok, "optional");
	char text[64];

	if (order && ps->pattern->filter)
		return lexer_fail(&ps->lx, ps->tok.column, err,
		                  "\"%s\" says nothing about one packet; leave it out of a filter",
		                  token_text(&ps->tok, text));
	if (ps->tok.kind == TOKEN_TEXT)
		return read_literal(ps, err);
	for (int k = 0; k < KEY_COUNT; k++)
		if (k != KEY_SEQ_END && token_is(&ps->tok, key_words[k]))
			return read_key(ps, (enum key)k, err);
	if (token_is(&ps->tok, "after"))
		return read_after(ps, err);
	if (token_is(&ps->tok, "within"))
		return read_within(ps, err);
	if (sign)
		return read_times(ps, sign, err);
	if (!token_is(&ps->tok, "optional"))
		return unknown(ps, err);
	if (ps->line->optional)
		return twice(ps, "optional", err);
	ps->line->optional = true;
	return parse_next(ps, err);
}

/* Which words go with which kind of line? Returns the first that does not, or NULL. */
static const char *stranger(const struct pattern_line *l)
{
	bool tcp = l->kind == LINE_FLAGS || l->kind == LINE_ANY;
	bool len = tcp || l->kind == LINE_UDP;

	for (int k = 0; k < KEY_COUNT; k++)
		if (l->given[k] && !(k == KEY_LEN ? len : tcp))
			return key_words[k];
	if (l->has_payload && l->kind == LINE_ICMP)
		return "a payload";
	if (l->kind == LINE_DATA && l->times > 1)
		return "×";
	if (l->kind == LINE_DATA && l->optional)
		return "optional";
	return NULL;
}

/* The payload's length is said in up to three ways: do they agree? */
static bool lengths_agree(const struct pattern_line *l)
{
	uint64_t span = l->value[KEY_SEQ_END] - l->value[KEY_SEQ];
	bool has_span = l->given[KEY_SEQ_END], has_len = l->given[KEY_LEN];

	if (has_len && l->has_payload && l->kind != LINE_DATA &&
	    l->value[KEY_LEN] != l->payload.len)
		return false;
	if (has_span && l->has_payload && span != l->payload.len)
		return false;
	return !has_span || !has_len || span == l->value[KEY_LEN];
}

int parse_check(struct parse *ps, struct err *err)
{
	const struct pattern_line *l = ps->line;
	const char *word = stranger(l);

	if (word)
		return lexer_fail(&ps->lx, ps->start, err, "%s does not go with %s; leave it out",
		                  word,
		                  l->kind == LINE_DATA  ? "data, which may span packets"
		                  : l->kind == LINE_UDP ? "udp"
		                                        : "icmp");
	if (!lengths_agree(l))
		return lexer_fail(
		    &ps->lx, ps->start, err,
		    "len, seq and payload say different lengths; leave out all but one");
	if (l->kind == LINE_FLAGS && l->given[KEY_ACK] && !(l->flags & TCP_ACK) &&
	    !ps->pattern->filter)
		return lexer_fail(
		    &ps->lx, ps->start, err,
		    "without the ACK flag there is no ack; write '.' behind the letters");
	if (l->has_after && l->has_within && l->after > l->within)
		return lexer_fail(
		    &ps->lx, ps->start, err,
		    "within is shorter than after, so nothing fits; make within longer");
	return 0;
}
