/* SPDX-License-Identifier: MIT */
/*
 * jail_group.c - a cgroup for one program: no more processes and no more memory than is said
 *
 * Theory. A limit that holds for all processes of a program together is the kernel's to keep, in a
 * cgroup (cgroups(7)); version 1 has a tree of them for each kind of limit, version 2 one for all.
 * Somebody owns each part of such a tree: systemd, a container's engine, a batch system. Whoever
 * makes groups in another's part is counted wrong there, or stands in the way when that part is
 * taken down. So a group is made below the one that the harness is in, and only where that is ours:
 * it is the topmost one that can be seen (the machine's, or a container's own), or it is marked as
 * handed over (Delegate=yes in systemd: the extended attribute "delegate").
 *
 * A group is a folder that must be removed by somebody, and a harness can be killed. Its owner
 * holds a lock on the folder, which ends with the owner; whoever makes a group looks first for
 * those of that name without a lock, and removes them. While anything lives in one that cannot
 * succeed.
 */
#include "base/err.h"
#include "program/program_own.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NAME    "sockproof-jail-"
#define HARNESS "/sockproof-harness" /* version 2: who makes groups must be in one itself */

static const char *const controllers[JAIL_LIMITS] = {"pids", "memory"};

/* Where groups of a limit can be made. */
struct place {
	char *path;
	bool version2;
};

/* Is @word in the list @list, between commas? */
static bool listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; *list; list += strcspn(list, ","), list += *list == ',') {
		if (strcspn(list, ",") == n && strncmp(list, word, n) == 0)
			return true;
	}
	return false;
}

/* The cgroup that this process is in, for version 1's controller or (NULL) version 2: free() it. */
static char *own_group(const char *controller)
{
	char *line = NULL, *found = NULL;
	size_t room = 0;
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && !found && getline(&line, &room, f) > 0) {
		char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;
		if (!path)
			continue;
		*path++ = '\0';
		path[strcspn(path, "\n")] = '\0';
		if (controller ? listed(names + 1, controller)
		               : names[1] == '\0' && strncmp(line, "0:", 2) == 0)
			found = mem_text(path);
	}
	if (f)
		fclose(f);
	free(line);
	return found;
}

/* @group as a path below the mount that shows @root of the tree at @point; NULL: not in it. */
static char *below(const char *point, const char *root, const char *group, bool *top)
{
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);

	if (strncmp(group, root, n) != 0 || (group[n] != '/' && group[n] != '\0'))
		return NULL;
	*top = strcmp(group + n, "/") == 0 || group[n] == '\0';
	return mem_printf("%s%s", point, *top ? "" : group + n);
}

/* proc_pid_mountinfo(5). Paths with blanks in them are not found: nobody mounts cgroups there. */
static bool mount_shows(const char *line, const char *controller, char *root, char *point)
{
	char type[32], options[256];
	const char *rest = strstr(line, " - ");

	if (!rest || sscanf(rest, " - %31s %*s %255s", type, options) != 2 ||
	    sscanf(line, "%*s %*s %*s %4095s %4095s", root, point) != 2)
		return false;
	return controller ? strcmp(type, "cgroup") == 0 && listed(options, controller)
	                  : strcmp(type, "cgroup2") == 0;
}

static bool handed_over(const char *path)
{
	static const char *const names[] = {"trusted.delegate", "user.delegate"};
	char value[4];

	for (size_t i = 0; i < 2; i++) {
		if (getxattr(path, names[i], value, sizeof value) == 1 && value[0] == '1')
			return true;
	}
	return false;
}

/* The group that the harness left for one below it. */
static void leave_out_own(char *group)
{
	const size_t n = strlen(group), last = strlen(HARNESS);

	if (n >= last && strcmp(group + n - last, HARNESS) == 0)
		group[n == last ? 1 : n - last] = '\0';
}

/* Fills @out, whose path is never NULL then; the caller releases it whatever is returned. */
static int find(const char *controller, struct place *out, struct err *err)
{
	char *line = NULL, root[PATH_MAX], point[PATH_MAX];
	const char *version1 = controller;
	size_t room = 0;
	bool top = false;
	char *group = own_group(controller);

	if (!group) {
		version1 = NULL;
		group = own_group(NULL);
	}
	if (group && !version1)
		leave_out_own(group);
	FILE *f = fopen("/proc/self/mountinfo", "re");
	while (f && group && !out->path && getline(&line, &room, f) > 0) {
		if (mount_shows(line, version1, root, point))
			out->path = below(point, root, group, &top);
	}
	if (f)
		fclose(f);
	free(line);
	out->version2 = !version1;
	int r = 0;
	if (!out->path)
		r = err_set(err, ENOENT, "there is no cgroup for it that can be seen");
	else if (!top && !handed_over(out->path))
		r = err_set(err, EPERM,
		            "the cgroup %s is not the harness's own: run it by systemd-run with "
		            "-p Delegate=yes, or in a container",
		            group);
	free(group);
	return r;
}

static int put(int dir, const char *name, const char *text, struct err *err)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	int code = errno;

	if (fd >= 0)
		close(fd);
	return n < 0 ? err_sys(err, code, "write %s to the cgroup's %s", text, name) : 0;
}

/* Version 2: limits of a kind exist below only where that was said above. */
static int enable(const char *path, const char *controller, struct err *err)
{
	char text[40];
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_sys(err, errno, "open %s", path);
	snprintf(text, sizeof text, "+%s", controller);
	int r = put(dir, "cgroup.subtree_control", text, err);
	close(dir);
	return r;
}

void program_jail_prepare(void)
{
	struct place place = {0};
	struct err ignored;
	char *path = NULL;

	/* a limit that cannot be had is told by program_jail_lacks() */
	if (find(controllers[JAIL_MEMORY], &place, &ignored) == 0 && place.path && place.version2 &&
	    handed_over(place.path)) {
		path = mem_printf("%s" HARNESS, place.path);
		if (mkdir(path, 0755) == 0 || errno == EEXIST) {
			int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (dir >= 0) {
				put(dir, "cgroup.procs", "0", &ignored);
				close(dir);
			}
		}
	}
	free(path);
	free(place.path);
}

/* Groups whose owner was killed. */
static void sweep(const char *path)
{
	DIR *dir = opendir(path);

	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		if (strncmp(e->d_name, NAME, strlen(NAME)) != 0)
			continue;
		int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR); /* EBUSY: something lives */
		close(fd);
	}
	if (dir)
		closedir(dir);
}

/* Make the folder and lock it. Somebody who sweeps may have come between. */
static int make_folder(const char *path, struct err *err)
{
	struct stat there, mine;

	for (int i = 0; i < 100; i++) {
		if (mkdir(path, 0755) < 0)
			return err_sys(err, errno, "make the cgroup %s", path);
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX) == 0 && stat(path, &there) == 0 && fstat(fd, &mine) == 0 &&
		    there.st_ino == mine.st_ino)
			return fd;
		close(fd);
	}
	return err_set(err, EAGAIN, "the cgroup %s is removed again and again", path);
}

static int set_limit(const struct jail_group *g, enum jail_limit limit, bool version2,
                     uint64_t value, struct err *err)
{
	struct err ignored;
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	if (limit == JAIL_PROCESSES)
		return put(g->dir, "pids.max", text, err);
	if (put(g->dir, version2 ? "memory.max" : "memory.limit_in_bytes", text, err) < 0)
		return -1;
	/* where there is swap to be counted: none of it; and who takes too much ends whole */
	if (version2) {
		put(g->dir, "memory.swap.max", "0", &ignored);
		put(g->dir, "memory.oom.group", "1", &ignored);
	} else {
		put(g->dir, "memory.memsw.limit_in_bytes", text, &ignored);
	}
	return 0;
}

void jail_group_remove(struct jail_group *g)
{
	if (g->join >= 0)
		close(g->join);
	if (g->path)
		rmdir(g->path); /* EBUSY: the next one sweeps it away */
	if (g->dir >= 0)
		close(g->dir);
	free(g->path);
	*g = (struct jail_group){.dir = -1, .join = -1};
}

static int make(const char *path, struct jail_group *out, struct err *err)
{
	int dir = make_folder(path, err);

	if (dir < 0)
		return -1;
	*out = (struct jail_group){.path = mem_text(path), .dir = dir, .join = -1};
	out->join = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	return out->join < 0 ? err_sys(err, errno, "open %s/cgroup.procs", path) : 0;
}

int jail_group_make(enum jail_limit limit, uint64_t value, uint64_t id,
                    const struct jail_group *same, struct jail_group *out, bool *reused,
                    struct err *err)
{
	struct place place = {0};
	char *path = NULL;

	*reused = false;
	int r = find(controllers[limit], &place, err);
	if (r == 0 && place.path && place.version2)
		r = enable(place.path, controllers[limit], err);
	if (r == 0 && place.path) {
		path = mem_printf("%s/" NAME "%llx", place.path, (unsigned long long)id);
		*reused = same && same->path && strcmp(same->path, path) == 0;
		if (!*reused) {
			sweep(place.path);
			r = make(path, out, err);
		}
	}
	if (r == 0)
		r = set_limit(*reused ? same : out, limit, place.version2, value, err);
	if (r < 0)
		jail_group_remove(out);
	free(path);
	free(place.path);
	return r;
}
