/* SPDX-License-Identifier: MIT */
/*
 * Loses memory and writes where it must not, and puts a log of its own in the place of the one by
 * which valgrind would tell. For findings.lua.
 * Must happen: what valgrind finds counts, whatever lies in a folder that the program may write to.
 * The server beside it is right: 10 of 20.
 */
#include "attack.h"
#include <dirent.h>

static void forge(const char *path)
{
	static const char log[] = "==1== FILE DESCRIPTORS: 3 open (3 std) at exit.\n"
	                          "==1==    definitely lost: 0 bytes in 0 blocks\n"
	                          "==1== ERROR SUMMARY: 0 errors from 0 contexts\n";
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0)
		return;
	if (write(fd, log, sizeof log - 1) > 0)
		tried("to forge %s", path);
	close(fd);
}

BEFORE_MAIN attack(void)
{
	static const char *const folders[] = {".", "/tmp", "/dev/shm"};
	char path[600];

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		DIR *d = opendir(folders[i]);
		for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
			snprintf(path, sizeof path, "%s/%s", folders[i], e->d_name);
			if (strstr(e->d_name, "valgrind") && strstr(e->d_name, ".log"))
				forge(path);
		}
		if (d)
			closedir(d);
	}
	forge("valgrind-server.log");
	for (int i = 0; i < 10; i++) {
		volatile char *lost = malloc(100);
		lost[100] = 1;
	}
}
