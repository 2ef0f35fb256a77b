/* SPDX-License-Identifier: MIT */
/* inspect_options.c - the command line of `sockproof inspect`, read strictly */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/inspect.h"
#include "inspect/inspect.h"
#include "inspect/sieve.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sockproof inspect CASE-DIR [OPTION…]\n"
    "       sockproof inspect CAPTURE [OPTION…]\n\n"
    "What happened in a case, from the directory that `sockproof run` left: its verdict in one\n"
    "sentence, its flows (DATA> is what the opener sent, <DATA what came back, RETR segments sent\n"
    "again), and its ladder: steps, output, packets and states in their order.\n\n"
    "Or the conversations of a capture, pcap or pcapng of any program (- is standard input): who\n"
    "spoke with whom, who opened and when, how it ended, packets, bytes and data each way (> is "
    "what\n"
    "FROM sent, < what came back; bytes are those of whole frames, as Wireshark counts them),\n"
    "retransmissions, resets, the time of the handshake. With --flow the ladder of one of them.\n\n"
    "  --format F   text (the default), svg, mermaid or json; of a capture text, json or csv\n"
    "  --flow N     only the packets and states of this flow, as they are numbered in the text\n"
    "  --axis A     of an SVG: event (even rows, the default) or time (to scale)\n"
    "  --graph      sequence numbers over time of one TCP connection, as SVG; --flow N says which\n"
    "               (without it the one of a case with the most bytes)\n"
    "  --all        a row for each packet, however many are alike\n"
    "  --out FILE   there instead of standard output\n"
    "of captures:\n"
    "  --sort KEY   opened (the default), bytes, packets, duration or retransmissions\n"
    "  --top N      only the first N of that order\n"
    "  --filter E   only frames that fit a libpcap filter expression (pcap-filter(7))\n\n"
    "examples:\n"
    "  sockproof inspect sockproof-out/close/half-close/reference/family-ipv4\n"
    "  sockproof inspect CASE-DIR --format svg --axis time --out ladder.svg\n"
    "  sockproof inspect CASE-DIR --graph --flow 2 --out graph.svg\n"
    "  sockproof inspect big.pcap --sort bytes --top 20\n"
    "  sockproof inspect big.pcap --flow 114395\n"
    "  sockproof inspect big.pcap --filter 'host 192.0.2.1 and port 80' --format csv\n"
    "  zcat big.pcap.gz | sockproof inspect -\n\n"
    "exit status: 0 told, 1 the capture is corrupt or cut short (what could be read is told),\n"
    "             2 wrong use, 4 the directory is damaged or FILE cannot be written\n";

static const char *const formats[] = {"text", "svg", "mermaid", "json", "csv"};
static const char *const axes[] = {"event", "time"};

static const struct option options[] = {{"format", required_argument, NULL, 'f'},
                                        {"axis", required_argument, NULL, 'a'},
                                        {"flow", required_argument, NULL, 'n'},
                                        {"graph", no_argument, NULL, 'g'},
                                        {"all", no_argument, NULL, 'A'},
                                        {"out", required_argument, NULL, 'o'},
                                        {"sort", required_argument, NULL, 's'},
                                        {"top", required_argument, NULL, 't'},
                                        {"filter", required_argument, NULL, 'e'},
                                        {"help", no_argument, NULL, 'h'},
                                        {0}};

/* Index of @text in @words, or -1 when it has complained. */
static int choose(const char *option, const char *text, const char *const *words, int count)
{
	struct buf known = {0};

	for (int i = 0; i < count; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
		buf_printf(&known, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", words[i]);
	}
	cli_complain(EXIT_USAGE, "--%s %s: there are %s", option, text, buf_text(&known));
	buf_free(&known);
	return -1;
}

/* These return -1 to go on, otherwise the exit status. */
static int read_count(const char *option, const char *text, uint64_t *out)
{
	if (text_u64(text, strlen(text), out) && *out > 0 && *out <= INT32_MAX)
		return -1;
	return cli_complain(EXIT_USAGE, "--%s %s: a number from 1 on is wanted", option, text);
}

static int read_order(struct inspect_request *r, const char *text)
{
	r->table_said = true;
	r->order = inspect_order_number(text);
	if (r->order >= 0)
		return -1;
	return cli_complain(
	    EXIT_USAGE, "--sort %s: there are opened, bytes, packets, duration and retransmissions",
	    text);
}

static int read_filter(struct inspect_request *r, const char *text)
{
	struct err err;

	r->filter = text;
	if (sieve_check(text, &err) == 0)
		return -1;
	return cli_complain(EXIT_USAGE, "--%s (pcap-filter(7) tells the words)", err.text);
}

static int read_format(struct inspect_request *r, const char *text)
{
	r->format_said = true;
	r->format = choose("format", text, formats, sizeof formats / sizeof *formats);
	return r->format < 0 ? EXIT_USAGE : -1;
}

static int read_axis(struct inspect_request *r, const char *text)
{
	r->axis_said = true;
	r->axis = choose("axis", text, axes, sizeof axes / sizeof *axes);
	return r->axis < 0 ? EXIT_USAGE : -1;
}

static int read_one(struct inspect_request *r, int c)
{
	switch (c) {
	case 'h':
		fputs(help, stdout);
		return EXIT_PASSED;
	case 'f':
		return read_format(r, optarg);
	case 'a':
		return read_axis(r, optarg);
	case 'n':
		return read_count("flow", optarg, &r->flow);
	case 'g':
		r->graph = true;
		return -1;
	case 'A':
		r->all = true;
		return -1;
	case 'o':
		r->out = optarg;
		return -1;
	case 's':
		return read_order(r, optarg);
	case 't':
		r->table_said = true;
		return read_count("top", optarg, &r->top);
	case 'e':
		return read_filter(r, optarg);
	default:
		return cli_complain(EXIT_USAGE, "sockproof inspect --help tells the options");
	}
}

static int check(const struct inspect_request *r)
{
	if (r->graph && r->format_said && r->format != FORMAT_SVG)
		return cli_complain(EXIT_USAGE, "--graph is drawn as svg only");
	if (r->graph && (r->axis_said || r->all))
		return cli_complain(EXIT_USAGE,
		                    "--axis and --all are for ladders, not for --graph");
	if (r->axis_said && r->format != FORMAT_SVG)
		return cli_complain(EXIT_USAGE,
		                    "--axis is for --format svg; the others have rows by event");
	return -1;
}

int inspect_request_read(struct inspect_request *r, int argc, char **argv)
{
	int c, status = -1;

	*r = (struct inspect_request){.order = INSPECT_OPENED};
	while (status < 0 && (c = getopt_long(argc, argv, "ho:", options, NULL)) != -1)
		status = read_one(r, c);
	if (status >= 0)
		return status;
	if (optind + 1 != argc) {
		fputs(help, stderr);
		return EXIT_USAGE;
	}
	r->path = argv[optind];
	return check(r);
}
