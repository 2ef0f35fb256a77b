/* SPDX-License-Identifier: MIT */
/* formats.c - the table; see formats.h */
#include "grade/formats.h"
#include <string.h>

const struct format formats[] = {
    {"gradescope", "results.json", "Gradescope's results.json", format_gradescope, NULL},
    {"classroom50", "result.json", "Classroom 50's result.json", format_classroom50, NULL},
    {"prairielearn", "results.json", "PrairieLearn's results.json", format_prairielearn, NULL},
    {"autolab", "autolab.txt", "Autolab's standard output: feedback and a last line of scores",
     format_autolab, NULL},
    {"check50", "check50.json", "JSON as check50 -o json writes it", format_check50, NULL},
    {"junit", "junit.xml", "JUnit's XML: a suite a submission", NULL, format_junit},
    {"canvas", "canvas.csv", "Canvas: an exported gradebook with one column filled in", NULL,
     format_canvas},
    {"moodle", "moodle.csv", "Moodle: a grading worksheet with grades and feedback", NULL,
     format_moodle},
    {"json", "marks.json", "everything; --merge reads it", NULL, format_json},
};

const size_t format_count = sizeof formats / sizeof *formats;

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < format_count; i++) {
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	return NULL;
}
