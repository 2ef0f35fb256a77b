/* SPDX-License-Identifier: MIT */
/*
 * inspect.h - what `sockproof inspect` was asked for: of a case directory, or of a capture
 */
#ifndef SOCKPROOF_CLI_INSPECT_H
#define SOCKPROOF_CLI_INSPECT_H
#include "evidence/load.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inspect_flow;

enum inspect_format {
	FORMAT_TEXT,
	FORMAT_SVG,
	FORMAT_MERMAID,
	FORMAT_JSON,
	FORMAT_CSV,
};

struct inspect_request {
	const char *path, *out; /* borrowed from argv */
	int format, axis;
	uint64_t flow; /* from 1; 0: all */
	bool graph, all, format_said, axis_said;
	/* of a capture */
	const char *filter; /* NULL: none */
	int order;          /* enum inspect_order */
	uint64_t top;       /* 0: all */
	bool table_said;    /* --sort or --top */
};

/* Read the command line. Returns -1 to go on, otherwise the exit status. */
int inspect_request_read(struct inspect_request *r, int argc, char **argv);

/* Each returns an exit status. */
int inspect_capture(const struct inspect_request *r);
/* The ladder or graph of @c, its connection @flow (from 1; 0: all). @table: what the table says of
 * the conversation that @c is, for the ladder's head to say the same; NULL: it is a case. */
int inspect_draw(const struct inspect_request *r, const struct case_evidence *c, int flow,
                 const struct inspect_flow *table);

#endif
