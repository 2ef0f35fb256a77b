/* SPDX-License-Identifier: MIT */
/*
 * drawing.h - what is drawn of a case: its ladder as SVG, text and Mermaid; a connection's graph
 *
 * Not to be taken for evidence/ladder.h, which tells in the catalogue what a scenario claims and is
 * the same from every run: these show what happened in one run, all of it, with times.
 *
 * All of them add to @out. SVG stands alone: its own styles, light and dark by what the reader
 * prefers, a title and a description. Each row of it is <g class="row" id="PREFIXrN"
 * data-event="N">; a packet's has data-packet="N" too, a run's data-packet="N-M"; a packet that
 * arrives in a later row has data-arrives="N" there. Everything that came from a program or a file
 * is escaped.
 */
#ifndef SOCKPROOF_REPORT_DRAWING_H
#define SOCKPROOF_REPORT_DRAWING_H
#include "report/scene.h"

struct buf;

enum drawing_axis {
	AXIS_EVENT, /* rows of even height */
	AXIS_TIME,  /* to scale, with a break where nothing happens for long */
};

struct drawing_setting {
	enum drawing_axis axis;
	/* before the ids of the SVG, so that several fit into one page; "" or NULL: nothing */
	const char *prefix;
	/* within a page: no styles of its own (drawing_style() goes into the page once) */
	bool bare;
};

void ladder_svg(const struct scene *s, const struct drawing_setting *set, struct buf *out);
/* 80 columns, no colours. */
void ladder_text(const struct scene *s, struct buf *out);
/* A sequenceDiagram. */
void ladder_mermaid(const struct scene *s, struct buf *out);

/* The rows, flows and states as one JSON object (scene_json.c tells its fields). */
void scene_json(const struct scene *s, struct buf *out);

/*
 * Time and sequence numbers of connection @index (from 0, as in the timeline's flow table): what
 * was sent, sent again, acknowledged, and the window. Returns -1, and adds nothing, when it is no
 * TCP connection.
 */
int graph_svg(const struct case_evidence *c, unsigned index, const struct drawing_setting *set,
              struct buf *out);

/* The style sheet that a ladder and a graph need, for both schemes: what stands in each SVG that is
 * not bare. */
void drawing_style(struct buf *out);
/* Its parts, for a page with a switch of its own: what is the same in both schemes and the light
 * colours, or the dark ones alone, to be put behind. */
void drawing_colors(struct buf *out, bool dark_only);

#endif
