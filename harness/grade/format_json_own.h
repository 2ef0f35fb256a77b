/* SPDX-License-Identifier: MIT */
/*
 * format_json_own.h - what the writer and the reader of marks.json share
 */
#ifndef SOCKPROOF_GRADE_FORMAT_JSON_OWN_H
#define SOCKPROOF_GRADE_FORMAT_JSON_OWN_H

#define FORMAT_JSON_NAME  "sockproof/marks/1"
#define FORMAT_JSON_BYTES "bytes" /* the key of a text that is not UTF-8 */

#endif
