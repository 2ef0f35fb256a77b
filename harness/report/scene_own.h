/* SPDX-License-Identifier: MIT */
/*
 * scene_own.h - what the files that make a scene share
 */
#ifndef SOCKPROOF_REPORT_SCENE_OWN_H
#define SOCKPROOF_REPORT_SCENE_OWN_H
#include "evidence/timeline.h"
#include "report/scene.h"

struct scene_texts {
	char **list;
	size_t count;
};

/* The scene frees @text when it is freed itself. Returns it. */
const char *scene_keep(struct scene *s, char *text);

/* Fill ends and changes from the rows, which are whole yet (scene_state.c). @end_of_flow: for each
 * flow of the timeline the index of its side 0's end, -1: none. */
void scene_states(struct scene *s, const struct timeline *tl, const int *end_of_flow);

/* Make stretches of alike rows one row; rows that changes speak of stay (scene_run.c). */
void scene_collapse(struct scene *s, const struct timeline *tl);

#endif
