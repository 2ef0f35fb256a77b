/* SPDX-License-Identifier: MIT */
/*
 * files.c - what programs of a host read as /etc/hosts, /etc/resolv.conf and the like
 *
 * The files lie in the private folder and are mounted over the programs' own; they are always
 * rewritten in place, so that a program that runs already sees the change. How this machine looks
 * names up (nsswitch.conf(5), host.conf(5), gai.conf(5)) must not show in a case, so those are
 * written too. /etc/services and /etc/protocols are the machine's until a script sets them, and
 * then for programs that are started later.
 */
#include "base/err.h"
#include "base/mem.h"
#include "world/host.h"
#include "world/isolate.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *target, *first; /* NULL: the machine's own */
} list[] = {
    [HOST_FILE_HOSTS] = {"/etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n"},
    [HOST_FILE_RESOLVER] = {"/etc/resolv.conf", ""},
    [HOST_FILE_NSSWITCH] = {"/etc/nsswitch.conf",
                            "passwd: files\ngroup: files\nhosts: files dns\nnetworks: files\n"
                            "protocols: files\nservices: files\n"},
    [HOST_FILE_HOST_CONF] = {"/etc/host.conf", "multi on\n"},
    [HOST_FILE_GAI_CONF] = {"/etc/gai.conf", ""},
    [HOST_FILE_SERVICES] = {"/etc/services", NULL},
    [HOST_FILE_PROTOCOLS] = {"/etc/protocols", NULL},
};
static_assert(sizeof list / sizeof list[0] == HOST_FILE_COUNT, "each file has its place");

static int write_file(const char *path, const char *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, errno, "write %s", path);
	for (size_t at = 0, len = strlen(text); at < len;) {
		ssize_t n = write(fd, text + at, len - at);
		if (n < 0) {
			int code = errno;
			close(fd);
			return err_sys(err, code, "write %s", path);
		}
		at += (size_t)n;
	}
	return close(fd) < 0 ? err_sys(err, errno, "close %s", path) : 0;
}

static void add_hosts(struct buf *text, const struct world *w, int version)
{
	char address[46];
	for (int i = 0; i < w->count; i++) {
		const struct packet_addr *a = host_address(&w->hosts[i], version);
		if (a)
			buf_printf(text, "%s\t%s\n", packet_addr_text(a, address),
			           w->hosts[i].name);
	}
}

int files_write_first(struct host *h, struct err *err)
{
	if (!isolate_private())
		return 0;
	for (int i = 0; i < HOST_FILE_COUNT; i++) {
		struct buf text = {0};
		if (!list[i].first)
			continue;
		buf_str(&text, list[i].first);
		if (i == HOST_FILE_HOSTS) {
			add_hosts(&text, h->world, 4);
			add_hosts(&text, h->world, 6);
		}
		int r = host_set_file(h, i, buf_text(&text), err);
		buf_free(&text);
		if (r < 0)
			return -1;
	}
	return 0;
}

void files_remove(struct host *h)
{
	for (int i = 0; i < HOST_FILE_COUNT; i++) {
		if (h->files[i])
			unlink(h->files[i]);
	}
}

int host_set_file(struct host *h, enum host_file which, const char *text, struct err *err)
{
	const char *target = list[which].target;
	if (!isolate_private())
		return err_set(err, ENOENT, "no folder for %s of %s: isolate_settle() first",
		               target, h->name);
	/* two worlds of one process must not share files: the address of the host tells them apart
	 */
	if (!h->files[which])
		h->files[which] = mem_printf("%s/%s-%d-%p", isolate_private(),
		                             strrchr(target, '/') + 1, h->index, (void *)h);
	return write_file(h->files[which], text, err);
}

const char *host_file_path(const struct host *h, enum host_file which)
{
	return h->files[which];
}

const char *host_file_target(enum host_file which)
{
	return list[which].target;
}
