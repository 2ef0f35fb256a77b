/* SPDX-License-Identifier: MIT */
/*
 * embedded.h - a file of the sources inside the executable (sockproof_embed() of CMakeLists.txt)
 */
#ifndef SOCKPROOF_BASE_EMBEDDED_H
#define SOCKPROOF_BASE_EMBEDDED_H
#include <stddef.h>

struct embedded {
	const char *name; /* without its folder */
	const unsigned char *data;
	size_t len;
};

#endif
