/* SPDX-License-Identifier: MIT */
/* kernel_file.c - images and modules read from files, compressed ones by the program that can */
#include "base/err.h"
#include "base/mem.h"
#include "vm/kernel_own.h"
#include "vm/tool.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODULE_MAX ((size_t)64 << 20) /* the largest of Debian's has 7 MB */

/* A file and nothing else: a FIFO would never answer. */
static int open_file(const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, EINVAL, "%s: is not a file", path);
}

int kernel_read(const char *path, size_t limit, struct buf *out, struct err *err)
{
	int fd = open_file(path, err);
	char chunk[16384];
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	while (limit > 0 && n != 0) {
		n = read(fd, chunk, limit < sizeof chunk ? limit : sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_sys(err, errno, "%s", path);
			close(fd);
			return -1;
		}
		buf_add(out, chunk, (size_t)n);
		limit -= (size_t)n;
	}
	close(fd);
	return 0;
}

static int read_packed(const char *path, const char *program, struct buf *out, struct err *err)
{
	const char *argv[] = {program, "-dc", NULL};
	int fd = open_file(path, err), rc;

	if (fd < 0)
		return -1;
	rc = vm_tool_output(argv, fd, MODULE_MAX, out, err);
	close(fd);
	if (rc == 0)
		return 0;
	if (err->code == ENOENT)
		return err_set(err, 0,
		               "%s: %s is not installed, which unpacks it: apt-get install %s",
		               path, program, strcmp(program, "xz") == 0 ? "xz-utils" : program);
	return err_wrap(err, "%s: cannot be unpacked", path);
}

int kernel_read_module(const char *path, struct buf *out, struct err *err)
{
	static const char *const packed[][2] = {{".xz", "xz"}, {".zst", "zstd"}, {".gz", "gzip"}};
	const char *end = strrchr(path, '.');

	for (size_t i = 0; end && i < sizeof packed / sizeof *packed; i++)
		if (strcmp(end, packed[i][0]) == 0)
			return read_packed(path, packed[i][1], out, err);
	if (kernel_read(path, MODULE_MAX + 1, out, err) < 0)
		return -1;
	return out->len <= MODULE_MAX
	           ? 0
	           : err_set(err, EFBIG, "%s: has more than %zu bytes", path, MODULE_MAX);
}
