/* SPDX-License-Identifier: MIT */
/*
 * Fills whatever it can write to, with bytes and with names, and stops at 2 GiB and 200,000 names.
 * Must happen: what is there to be filled is small, and none but itself notices that it is full.
 * The server beside it needs no files: 40 of 40.
 */
#include "attack.h"
#include <signal.h>
#include <sys/stat.h>

#ifndef MOST
#define MOST (2048L << 20)
#endif
#define MOST_NAMES 200000L

static long bytes, names;

static void fill(const char *folder)
{
	char path[512];

	for (int i = 0; bytes < MOST; i++) {
		snprintf(path, sizeof path, "%s/fill-%d", folder, i);
		int fd = open(path, O_WRONLY | O_CREAT, 0666);
		if (fd < 0)
			break;
		long before = bytes, part = 16 << 20;
		while (bytes < MOST && part >= 4096) {
			off_t at = lseek(fd, 0, SEEK_END);
			if (posix_fallocate(fd, at, part) == 0)
				bytes += part;
			else
				part /= 2;
		}
		close(fd);
		if (bytes == before)
			break;
	}
	for (int i = 0; names < MOST_NAMES && bytes < MOST; i++) {
		snprintf(path, sizeof path, "%s/name-%d", folder, i);
		if (mkdir(path, 0777) < 0)
			break;
		names++;
	}
}

BEFORE_MAIN attack(void)
{
	static const char *const folders[] = {".",    TMP, "/dev/shm",   "/submission",
	                                      CANARY, OUT, "/dev/mqueue"};

	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		fill(folders[i]);
	tried("to fill, got %ld bytes and %ld names", bytes, names);
	if (bytes >= MOST)
		breach("%ld bytes", bytes);
	if (names >= MOST_NAMES)
		breach("%ld names", names);
}
