/* SPDX-License-Identifier: MIT */
/* tool.c - see tool.h */
#include "vm/tool.h"
#include "base/err.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The file that a name means by PATH; free() it. NULL: there is none. posix_spawnp(3) would look
 * too, but may tell by nothing but an exit status that it found none. */
static char *program_file(const char *name)
{
	const char *path = getenv("PATH");
	char *list = mem_text(path ? path : "/usr/bin:/bin"), *rest = list, *file = NULL;

	for (char *folder; !file && (folder = strsep(&rest, ":")) != NULL;) {
		file = mem_printf("%s/%s", *folder ? folder : ".", name);
		if (access(file, X_OK) < 0) {
			free(file);
			file = NULL;
		}
	}
	free(list);
	return file;
}

/* Start @file with @output for standard output. 0, or an errno value. */
static int start(pid_t *pid, const char *file, const char *const *argv, int input, int output)
{
	posix_spawn_file_actions_t actions;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0)
		return rc;
	if (input >= 0)
		rc = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	else
		rc = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
		                                      0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
		                                      O_WRONLY, 0);
	/* it writes into none of argv's texts: execve(3p), RATIONALE */
	if (rc == 0)
		rc =
		    posix_spawn(pid, file, &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static int read_all(int fd, size_t limit, struct buf *out, const char *name, struct err *err)
{
	char chunk[16384];
	size_t total = 0;

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "read the output of %s", name);
		total += (size_t)n;
		if (total > limit)
			return err_set(err, EFBIG, "%s writes more than %zu bytes", name, limit);
		buf_add(out, chunk, (size_t)n);
	}
}

static int ended_well(pid_t pid, const char *name, struct err *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "wait for %s", name);
	if (WIFSIGNALED(status))
		return err_set(err, 0, "%s was killed by signal %d", name, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, 0, "%s ended with status %d", name, WEXITSTATUS(status));
	return 0;
}

int vm_tool_output(const char *const *argv, int input, size_t limit, struct buf *out,
                   struct err *err)
{
	char *file = program_file(argv[0]);
	struct err late;
	int ends[2], rc;
	pid_t pid;

	if (!file)
		return err_set(err, ENOENT, "%s is not installed", argv[0]);
	if (pipe2(ends, O_CLOEXEC) < 0) {
		free(file);
		return err_sys(err, errno, "pipe2");
	}
	rc = start(&pid, file, argv, input, ends[1]);
	free(file);
	close(ends[1]);
	if (rc != 0) {
		close(ends[0]);
		return err_sys(err, rc, "start %s", argv[0]);
	}
	rc = read_all(ends[0], limit, out, argv[0], err);
	/* one that still writes is stopped by that */
	close(ends[0]);
	if (rc < 0) {
		kill(pid, SIGKILL);
		ended_well(pid, argv[0], &late);
		return -1;
	}
	return ended_well(pid, argv[0], err);
}

char *vm_qemu_version(struct err *err)
{
	static const char *const argv[] = {VM_QEMU, "--version", NULL};
	static const char before[] = "QEMU emulator version ";
	struct buf out = {0};
	char *version = NULL;

	if (vm_tool_output(argv, -1, 65536, &out, err) == 0) {
		if (out.len && strncmp(out.p, before, sizeof before - 1) == 0) {
			out.p[strcspn(out.p, "\n")] = '\0';
			version = mem_text(out.p + sizeof before - 1);
		} else {
			err_set(err, 0, "%s --version does not say a version", VM_QEMU);
		}
	}
	buf_free(&out);
	return version;
}
