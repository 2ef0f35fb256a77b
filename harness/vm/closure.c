/* SPDX-License-Identifier: MIT */
/*
 * closure.c - see closure.h
 *
 * Of each file that is started the first bytes decide, as in execve(2): ELF, or "#!". A file stands
 * in the closure under the path by which it was asked for. Where that is a link, or lies behind
 * one, there is a file of the same bytes under each path; so nobody has to know which folders are
 * links on this machine (/lib64, /bin).
 */
#include "vm/closure.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "vm/closure_own.h"
#include "vm/elf.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOADER       "/lib64/ld-linux-x86-64.so.2" /* of libraries, which name none (ABI, x86-64) */
#define SCRIPT_LINE  256 /* what the kernel reads of a first line (BINPRM_BUF_SIZE) */
#define SCRIPT_DEEP  5   /* interpreters that are scripts */
#define FOLDERS_DEEP 64

void closure_free(struct closure *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->files[i].source);
		free(c->files[i].target);
	}
	free(c->files);
	*c = (struct closure){0};
}

size_t closure_find(const struct closure *c, const char *target, bool *there)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(c->files[middle].target, target) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*there = low < c->count && strcmp(c->files[low].target, target) == 0;
	return low;
}

/* Is it the same file of the host, perhaps by another path? */
static bool same_file(const char *a, const char *b)
{
	struct stat one, other;

	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0 || (stat(a, &one) == 0 && stat(b, &other) == 0 &&
	                             one.st_dev == other.st_dev && one.st_ino == other.st_ino);
}

/* source: NULL for a folder. */
static int put(struct closure *c, const char *source, const char *target, bool starts,
               struct err *err)
{
	bool there;
	size_t at = closure_find(c, target, &there);

	if ((source && !*target) || strlen(target) >= PATH_MAX)
		return err_set(err, ENAMETOOLONG, "%s: no path for a file of a guest",
		               *target ? "longer than 4095 bytes" : "/");
	if (there) {
		struct closure_file *f = &c->files[at];
		if (!same_file(source, f->source))
			return err_set(err, EEXIST, "%s and %s cannot both be %s in a guest",
			               f->source ? f->source : "a folder",
			               source ? source : "a folder", target);
		f->starts = f->starts || starts;
		return 0;
	}
	MEM_ROOM(c->files, c->count);
	memmove(c->files + at + 1, c->files + at, (c->count - at) * sizeof *c->files);
	c->count++;
	c->files[at] = (struct closure_file){
	    .source = source ? mem_text(source) : NULL,
	    .target = mem_text(target),
	    .starts = starts,
	};
	return 0;
}

static void drop_last_part(struct buf *path)
{
	while (path->len > 0 && path->p[path->len - 1] != '/')
		path->len--;
	if (path->len > 0)
		path->len--;
	if (path->p)
		path->p[path->len] = '\0';
}

/* @path as one in a guest, where no folder is a link: without ".", ".." and "//". The folders that
 * a
 * ".." leads through must be there. */
static char *make_target(struct closure *c, const char *path, struct err *err)
{
	struct buf out = {0};

	for (const char *p = path + strspn(path, "/"); *p;) {
		size_t n = strcspn(p, "/");
		if (n == 2 && strncmp(p, "..", n) == 0) {
			if (out.len > 0 && put(c, NULL, out.p, false, err) < 0) {
				buf_free(&out);
				return NULL;
			}
			drop_last_part(&out);
		} else if (n != 1 || *p != '.') {
			buf_str(&out, "/");
			buf_add(&out, p, n);
		}
		p += n;
		p += strspn(p, "/");
	}
	return buf_take(&out);
}

/* A file of the host under its own path. */
static int put_file(struct closure *c, const char *path, bool starts, struct err *err)
{
	char *target = make_target(c, path, err);
	int r = target ? put(c, path, target, starts, err) : -1;

	free(target);
	return r;
}

int closure_read(const char *path, size_t max, struct buf *out, bool *executable, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO would wait */
	struct stat st;
	size_t begin = out->len;
	ssize_t n = 1;

	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, EINVAL, "%s is no regular file", path);
	}
	*executable = st.st_mode & 0111;
	while (n > 0 && out->len - begin < max) {
		char part[65536];
		size_t left = max - (out->len - begin);
		n = read(fd, part, left < sizeof part ? left : sizeof part);
		if (n > 0)
			buf_add(out, part, (size_t)n);
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	int code = errno;
	close(fd);
	return n < 0 ? err_sys(err, code, "read %s", path) : 0;
}

static int start(struct closure *c, const char *program, const char *target, int deep,
                 struct err *err);

static int put_libraries(struct closure *c, const char *loader, const char *program,
                         struct err *err)
{
	struct buf paths = {0};
	int r = loader_list(loader, program, &paths, err);

	if (r == 0)
		r = put_file(c, loader, true, err);
	for (size_t at = 0; r == 0 && at < paths.len; at += strlen(paths.p + at) + 1)
		r = put_file(c, paths.p + at, true, err);
	buf_free(&paths);
	return r;
}

/* What a script's first line asks for; false when it is none that the kernel takes. */
static bool script_line(const char *p, size_t len, char interpreter[SCRIPT_LINE],
                        char argument[SCRIPT_LINE])
{
	const char *newline;

	if (len < 2 || memcmp(p, "#!", 2) != 0)
		return false;
	len = len < SCRIPT_LINE ? len : SCRIPT_LINE;
	newline = memchr(p, '\n', len);
	char *line = mem_copy(p + 2, (size_t)(newline ? newline - p : (ptrdiff_t)len) - 2);
	const char *name = line + strspn(line, " \t");
	size_t n = strcspn(name, " \t");
	const char *more = name + n + strspn(name + n, " \t");
	memcpy(interpreter, name, n);
	interpreter[n] = '\0';
	snprintf(argument, SCRIPT_LINE, "%s", more);
	for (n = strlen(argument); n > 0 && strchr(" \t", argument[n - 1]); n--)
		argument[n - 1] = '\0';
	free(line);
	return *interpreter != '\0';
}

/* The program that "env ARGUMENT" starts: its name, in @argument. With -S the argument is several
 * words, some of them options or variables; without, it is one. */
static const char *env_name(char *argument)
{
	char *rest = NULL;

	if (strncmp(argument, "-S", 2) != 0)
		return argument;
	for (char *word = strtok_r(argument + 2, " \t", &rest); word;
	     word = strtok_r(NULL, " \t", &rest)) {
		if (*word != '-' && !strchr(word, '='))
			return word;
	}
	return "";
}

/* As env(1) looks it up. */
static int start_by_name(struct closure *c, const char *script, const char *name, int deep,
                         struct err *err)
{
	struct buf shown = {0};

	if (*name == '/')
		return start(c, name, name, deep, err);
	for (const char *folder = PATH_DEFAULT; *name && *folder;) {
		int n = (int)strcspn(folder, ":");
		char *path = mem_printf("%.*s/%s", n, folder, name);
		struct stat st;
		bool found = stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
		int r = found ? start(c, path, path, deep, err) : 0;
		free(path);
		if (found)
			return r;
		folder += n + (folder[n] == ':');
	}
	text_escape(&shown, name, strlen(name), 200);
	err_set(err, ENOENT, "%s needs %s, which is not in %s", script, buf_text(&shown),
	        PATH_DEFAULT);
	buf_free(&shown);
	return CANNOT;
}

static int put_interpreter(struct closure *c, const char *script, const char *name, char *argument,
                           int deep, struct err *err)
{
	struct buf shown = {0};
	const char *base = strrchr(name, '/');

	if (deep >= SCRIPT_DEEP) {
		err_set(err, ELOOP, "%s: its interpreter is a script, and so on, too often",
		        script);
		return CANNOT;
	}
	if (*name != '/' || access(name, F_OK) < 0) {
		text_escape(&shown, name, strlen(name), 200);
		err_set(err, ENOENT, "%s needs %s, which is not there", script, buf_text(&shown));
		buf_free(&shown);
		return CANNOT;
	}
	int r = start(c, name, name, deep + 1, err);
	if (r == 0 && strcmp(base, "/env") == 0 && *argument)
		r = start_by_name(c, script, env_name(argument), deep + 1, err);
	return r;
}

/* What the file @path with these bytes needs to start. library: it may be one. */
static int put_needs(struct closure *c, const char *path, const struct buf *bytes, bool library,
                     int deep, struct err *err)
{
	char interpreter[SCRIPT_LINE], argument[SCRIPT_LINE];
	struct elf elf;
	int r = elf_read(buf_text(bytes), bytes->len, &elf, err);

	if (r < 0) {
		err_wrap(err, "%s", path);
		return CANNOT;
	}
	if (r > 0 && elf.interpreter)
		return put_libraries(c, elf.interpreter, path, err);
	if (r > 0)
		return library && elf.dynamic ? put_libraries(c, LOADER, path, err) : 0;
	if (script_line(buf_text(bytes), bytes->len, interpreter, argument))
		return put_interpreter(c, path, interpreter, argument, deep, err);
	err_set(err, ENOEXEC, "%s is no program: neither ELF nor a script that begins with #!",
	        path);
	return CANNOT;
}

static int start(struct closure *c, const char *program, const char *target, int deep,
                 struct err *err)
{
	struct buf bytes = {0};
	bool executable, there;
	size_t at = closure_find(c, target, &there);

	if (there && c->files[at].starts)
		return put(c, program, target, true, err);
	int r = closure_read(program, CLOSURE_MAX, &bytes, &executable, err);
	if (r == 0 && !executable) {
		err_set(err, EACCES, "%s is not executable (chmod +x)", program);
		r = CANNOT;
	} else if (r < 0) {
		r = CANNOT;
	}
	if (r == 0)
		r = put_needs(c, program, &bytes, false, deep, err);
	buf_free(&bytes);
	return r == 0 ? put(c, program, target, true, err) : r;
}

int closure_add_program(struct closure *c, const char *program, const char *target, struct err *err)
{
	if (*program != '/' || *target != '/')
		return err_set(err, EINVAL, "%s as %s: both must be absolute", program, target);
	char *clean = make_target(c, target, err);
	int r = clean ? start(c, program, clean, 0, err) : -1;
	free(clean);
	return r == 0 ? 0 : -1;
}

/* A file that was met, not one that is to be started: it may be anything. */
static int put_any(struct closure *c, const char *path, struct err *err)
{
	struct buf bytes = {0};
	bool executable;
	int r = closure_read(path, SCRIPT_LINE, &bytes, &executable, err);
	bool elf = bytes.len >= 4 && memcmp(bytes.p, "\177ELF", 4) == 0;
	bool script = bytes.len >= 2 && memcmp(bytes.p, "#!", 2) == 0 && executable;

	if (r == 0 && elf) {
		buf_consume(&bytes, bytes.len);
		r = closure_read(path, CLOSURE_MAX, &bytes, &executable, err);
	}
	if (r == 0 && (elf || script)) {
		r = put_needs(c, path, &bytes, true, 0, err);
		/* an object file, a library for another machine: nobody asked to start it */
		if (r == CANNOT && !executable)
			r = 0;
	}
	buf_free(&bytes);
	return r;
}

/* The folders that we are in, to notice a link that leads back. */
struct within {
	const struct within *outer;
	dev_t dev;
	ino_t ino;
	int deep;
};

static int put_folder(struct closure *c, const char *path, const struct within *here,
                      struct err *err);

static int put_entry(struct closure *c, const char *path, const struct within *outer,
                     struct err *err)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ELOOP
		           ? 0 /* a link to nothing is nothing in the guest */
		           : err_sys(err, errno, "%s", path);
	if (S_ISREG(st.st_mode)) {
		r = put_any(c, path, err);
		return r < 0 ? -1 : put_file(c, path, r == 0, err);
	}
	if (!S_ISDIR(st.st_mode))
		return 0;
	struct within here = {outer, st.st_dev, st.st_ino, outer ? outer->deep + 1 : 0};
	for (const struct within *w = outer; w; w = w->outer) {
		if (w->dev == here.dev && w->ino == here.ino)
			return 0;
	}
	if (here.deep >= FOLDERS_DEEP)
		return err_set(err, ELOOP, "%s: folders within folders, more than %d deep", path,
		               FOLDERS_DEEP);
	return put_folder(c, path, &here, err);
}

static int put_folder(struct closure *c, const char *path, const struct within *here,
                      struct err *err)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	char *target = make_target(c, path, err);
	int r = target ? put(c, NULL, target, false, err) : -1;

	free(target);
	if (!d && r == 0)
		r = err_sys(err, errno, "%s", path);
	while (r == 0 && (errno = 0, e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		char *inner = mem_printf("%s/%s", path, e->d_name);
		r = put_entry(c, inner, here, err);
		free(inner);
	}
	if (r == 0 && errno)
		r = err_sys(err, errno, "read %s", path);
	if (d)
		closedir(d);
	return r;
}

int closure_add_path(struct closure *c, const char *path, struct err *err)
{
	struct stat st;

	if (*path != '/')
		return err_set(err, EINVAL, "%s: a path of a guest is absolute", path);
	if (stat(path, &st) < 0)
		return err_sys(err, errno, "%s", path);
	if (S_ISDIR(st.st_mode) && path[strspn(path, "/.")] == '\0')
		return err_set(err, EINVAL, "%s: not all of a machine goes to a guest", path);
	if (S_ISDIR(st.st_mode))
		return put_entry(c, path, NULL, err);
	int r = put_any(c, path, err);
	return r == 0 ? put_file(c, path, true, err) : -1;
}
