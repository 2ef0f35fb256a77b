/* SPDX-License-Identifier: MIT */
/*
 * attack.h - what the programs of this folder share; e2e/hostile.sh lays it beside each of them
 *
 * where.h is made by hostile.sh for each run, so that an attacker knows all that could be known:
 *	ROOT		the source tree, with scenarios and tests
 *	OUT		where the grader writes
 *	CANARY		a folder that anybody may write to; a file in it is an attack that succeeded
 *	SOLUTION	a file with the solution, readable to anybody
 *	VICTIM		the pid of a process that nobody may touch
 *	SECRET		a variable of the grader's environment
 *	TMP		the usual folder for temporary files
 *	PORT		somebody listens on it on the machine, on loopback and on AWAY
 *	NAME		and on this abstract UNIX address
 *
 * "tried: …" on stderr shows that an attack was made, "BREACH: …" that it succeeded. What is broken
 * into is left alone, but for what hostile.sh has laid out for it.
 */
#ifndef ATTACK_H
#define ATTACK_H
#include "where.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The attack begins before main(): tests/hostile/NAME/attack.c beside a right server. */
#define BEFORE_MAIN __attribute__((constructor)) static void

__attribute__((format(printf, 2, 3), unused)) static void attack_say(const char *word,
                                                                     const char *format, ...)
{
	char text[1024];
	va_list ap;

	int n = snprintf(text, sizeof text, "%s: ", word);
	va_start(ap, format);
	vsnprintf(text + n, sizeof text - (size_t)n - 1, format, ap);
	va_end(ap);
	strcat(text, "\n");
	if (write(2, text, strlen(text)) < 0)
		_exit(99);
}

#define tried(...)  attack_say("tried", __VA_ARGS__)
#define breach(...) attack_say("BREACH", __VA_ARGS__)

/* A file that must not be seen. */
__attribute__((unused)) static void try_read(const char *path)
{
	char bytes[64];
	int fd = open(path, O_RDONLY);

	if (fd >= 0 && read(fd, bytes, sizeof bytes) > 0)
		breach("%s can be read", path);
	else if (fd >= 0 || access(path, F_OK) == 0)
		breach("%s can be seen", path);
	if (fd >= 0)
		close(fd);
}

/* A file that must not come to be. Its folder is hostile.sh's. */
__attribute__((unused)) static void try_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0666);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) > 0)
		breach("%s could be written", path);
	close(fd);
}
#endif
