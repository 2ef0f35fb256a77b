/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - packet patterns: tcpdump's letters, one line a packet or a run of bytes
 *
 *   [label:] who > who FLAGS [seq A[:B]] [ack N] [len N] [win N] [mss N] [wscale N] [sackOK] [ts]
 * [urg N]
 *            ["payload"] [after DURATION|label] [within DURATION] [× N|x N] [optional]
 *   [label:] who > who data "bytes" [after label] [within DURATION]
 *   [label:] who > who data N bytes	-- that many, whatever they are
 *   [label:] who > who udp ["payload"] [len N] …
 *   [label:] who > who icmp TYPE [CODE]	-- unreachable port|host|net|admin|protocol, echo,
 * reply, time-exceeded, too-big
 *
 * Blank lines and lines that begin with "--" or "#" are passed over; "--" ends a line anywhere.
 * Numbers are relative to the connection, win is scaled. PSH is compared only when written, the
 * other flags always. A line without len, a payload, seq A:B or P is a packet without payload (a
 * SYN may leave its payload to a line of data). after DURATION and within count from the packet of
 * the line before (shape: in that direction), or, when repeated (× N), from the packet before;
 * nothing is compared where there is none. `optional × N`: up to N. ICMP messages may be given by
 * number, too: icmp type 3 code 3.
 *
 * A filter is one line about one packet: without label, after, within, ×, optional. "who > who" may
 * be left out
 * ("R": either direction), and so may the flags ("server > client win 0"). data "x" fits a packet
 * that contains x, data N bytes one that carries N, data alone one that carries any.
 */
#ifndef SOCKPROOF_MATCH_PATTERN_H
#define SOCKPROOF_MATCH_PATTERN_H
#include "evidence/timeline.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct pattern; /* opaque: pattern.c */

/*
 * Read a pattern. hosts: the names that may stand in it, @host_count of them; 0: any name may.
 * Returns a pattern to be closed with pattern_close(), or NULL with @err set to
 * "line L, column C: what is wrong; what would be right" (L counts from 1 within @text).
 */
struct pattern *pattern_parse(const char *text, size_t len, const char *const *hosts,
                              int host_count, struct err *err);
/* As pattern_parse() for exactly one line, in which the hosts may be left out: a filter. */
struct pattern *pattern_parse_filter(const char *text, size_t len, const char *const *hosts,
                                     int host_count, struct err *err);
void pattern_close(struct pattern **p);

size_t pattern_lines(const struct pattern *p);
/* The line in normal words: no label, no comment, blanks made one, safe to print. The pattern's.
 * *number: where it stands within the text, from 1. */
const char *pattern_line_text(const struct pattern *p, size_t line, int *number);

/*
 * Does packet @p fit the filter? Flags of a filter: the letters written must be set; ACK ('.') is
 * compared only when it is the only letter (a pure ACK) or after S ("S." is not "S", "S" is not
 * "S."); "R" fits R and R., "R." only R. (as "F." only F. and FP.).
 */
bool pattern_fits(const struct pattern *filter, const struct timeline *tl,
                  const struct timeline_packet *p);

#endif
