/* SPDX-License-Identifier: MIT */
/* unpack_names.c - what a folder holds, in an order that does not depend on the file system */
#include "grade/unpack_own.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int unpack_names_read(int dir, bool all, size_t most, struct unpack_names *names)
{
	/* a description of its own: reading moves it */
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), code;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	*names = (struct unpack_names){0};
	if (!d) {
		code = errno;
		if (fd >= 0)
			close(fd);
		errno = code;
		return -1;
	}
	while (names->count <= most && (errno = 0, e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    (!all && unpack_passes(e->d_name)))
			continue;
		MEM_ROOM(names->list, names->count);
		names->list[names->count++] = mem_text(e->d_name);
	}
	code = errno;
	closedir(d);
	if (names->count > 0)
		qsort(names->list, names->count, sizeof *names->list, by_bytes);
	if (code == 0)
		return 0;
	unpack_names_free(names);
	errno = code;
	return -1;
}

void unpack_names_free(struct unpack_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct unpack_names){0};
}
