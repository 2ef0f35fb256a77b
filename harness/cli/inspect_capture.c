/* SPDX-License-Identifier: MIT */
/* inspect_capture.c - `sockproof inspect FILE`: the conversations of a capture */
#include "base/err.h"
#include "base/text.h"
#include "cli/cli.h"
#include "inspect/sieve.h"
#include "inspect/inspect.h"
#include "inspect/table.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: sockproof inspect FILE [OPTION…]\n\n"
    "The conversations of a capture: who spoke with whom, who opened and when, how it ended, "
    "packets,\n"
    "bytes and data each way, retransmissions, resets, the time of the handshake. FILE: pcap or "
    "pcapng\n"
    "of any program; - is the standard input. > is what FROM sent, < what came back; bytes are "
    "those of\n"
    "whole frames, as Wireshark's conversations count them, data is what TCP or UDP carried.\n\n"
    "      --format F    text, json or csv (default text)\n"
    "      --sort KEY    opened, bytes, packets, duration or retransmissions (default opened)\n"
    "      --top N       only the first N of that order\n"
    "      --filter E    only frames that fit a libpcap filter expression (pcap-filter(7))\n\n"
    "examples:\n"
    "  sockproof inspect capture.pcapng\n"
    "  sockproof inspect big.pcap --sort bytes --top 20\n"
    "  sockproof inspect big.pcap --filter 'host 192.0.2.1 and port 80' --format csv\n"
    "  zcat big.pcap.gz | sockproof inspect -\n\n"
    "exit status: 1 when the capture is corrupt or cut short; what could be read is shown\n";

enum { OPT_FORMAT = 256, OPT_SORT, OPT_TOP, OPT_FILTER };

static const struct option long_options[] = {
    {"format", required_argument, NULL, OPT_FORMAT},
    {"sort", required_argument, NULL, OPT_SORT},
    {"top", required_argument, NULL, OPT_TOP},
    {"filter", required_argument, NULL, OPT_FILTER},
    {"help", no_argument, NULL, 'h'},
    {0},
};

typedef void table_fn(FILE *out, const struct inspection *i, const struct table *t);

struct options {
	const char *file;
	table_fn *write;
	enum inspect_order order;
	uint64_t top;
	struct inspect_options engine;
};

/* Each of these returns -1 to go on, otherwise the exit status. */
static int read_format(struct options *o, const char *text)
{
	static const struct {
		const char *name;
		table_fn *write;
	} formats[] = {{"text", table_text}, {"json", table_json}, {"csv", table_csv}};

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (strcmp(formats[i].name, text) == 0) {
			o->write = formats[i].write;
			return -1;
		}
	}
	return cli_complain(EXIT_USAGE, "--format %s: there are text, json and csv", text);
}

static int read_order(struct options *o, const char *text)
{
	int order = inspect_order_number(text);

	if (order < 0)
		return cli_complain(
		    EXIT_USAGE,
		    "--sort %s: there are opened, bytes, packets, duration and retransmissions",
		    text);
	o->order = (enum inspect_order)order;
	return -1;
}

static int read_one(struct options *o, int c)
{
	struct err err;

	switch (c) {
	case OPT_FORMAT:
		return read_format(o, optarg);
	case OPT_SORT:
		return read_order(o, optarg);
	case OPT_TOP:
		if (text_u64(optarg, strlen(optarg), &o->top) && o->top > 0)
			return -1;
		return cli_complain(EXIT_USAGE, "--top %s: a number from 1 on is wanted", optarg);
	case OPT_FILTER:
		o->engine.filter = optarg;
		return sieve_check(optarg, &err) == 0
		           ? -1
		           : cli_complain(EXIT_USAGE, "--%s (pcap-filter(7) tells the words)",
		                          err.text);
	case 'h':
		fputs(help, stdout);
		return EXIT_PASSED;
	default:
		return cli_complain(EXIT_USAGE, "sockproof inspect --help tells the options");
	}
}

static int read_options(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){.write = table_text, .top = UINT64_MAX};
	while ((c = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		int status = read_one(o, c);

		if (status >= 0)
			return status;
	}
	if (argc - optind != 1) {
		fputs(help, stderr);
		return EXIT_USAGE;
	}
	o->file = argv[optind];
	return -1;
}

static bool is_standard_input(const char *file)
{
	return strcmp(file, "-") == 0;
}

/* Returns a descriptor, or -1 when it has complained. */
static int open_file(const char *file)
{
	struct stat st;
	int fd;

	if (is_standard_input(file))
		return STDIN_FILENO;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		cli_complain(EXIT_USAGE, "%s: %s", file, strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		cli_complain(EXIT_USAGE, "%s is a folder; a capture is wanted", file);
		close(fd);
		return -1;
	}
	return fd;
}

static int tell(const struct options *o, const struct inspection *i, const struct err *broken)
{
	size_t *sorted = inspect_sorted(i, o->order), count = inspect_count(i);
	struct table table = {.name = is_standard_input(o->file) ? "standard input" : o->file,
	                      .flows = sorted,
	                      .count = o->top < count ? (size_t)o->top : count,
	                      .broken = broken};
	int status = EXIT_PASSED;

	o->write(stdout, i, &table);
	free(sorted);
	if (fflush(stdout) != 0 || ferror(stdout))
		status = cli_complain(EXIT_ERRED, "writing the table: %s", strerror(errno));
	if (broken)
		status = cli_complain(EXIT_FAILED, "%s: %s; what was read before is above",
		                      table.name, broken->text);
	return status;
}

int cli_inspect_capture(int argc, char **argv)
{
	struct inspection *i;
	struct options o;
	struct err err;
	int status = read_options(&o, argc, argv), fd, rc;

	if (status >= 0)
		return status;
	fd = open_file(o.file);
	if (fd < 0)
		return EXIT_USAGE;
	i = inspect_open();
	rc = inspect_fd(i, fd, &o.engine, &err);
	status = tell(&o, i, rc < 0 ? &err : NULL);
	inspect_close(&i);
	if (fd != STDIN_FILENO)
		close(fd);
	return status;
}
