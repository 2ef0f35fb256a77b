/* SPDX-License-Identifier: MIT */
/*
 * files.c - what programs of a host read as /etc/hosts and /etc/resolv.conf
 *
 * The files lie in the private folder and are mounted over the programs' own; they are always
 * rewritten in place, so that a program that runs already sees the change.
 */
#include "base/err.h"
#include "base/mem.h"
#include "world/host.h"
#include "world/isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	struct buf text = {0};
	const char *folder = isolate_private();
	if (!folder)
		return 0;
	/* two worlds of one process must not share files: the address of the host tells them apart
	 */
	h->hosts_path = mem_printf("%s/hosts-%d-%p", folder, h->index, (void *)h);
	h->resolver_path = mem_printf("%s/resolv.conf-%d-%p", folder, h->index, (void *)h);
	buf_str(&text, "127.0.0.1\tlocalhost\n::1\tlocalhost\n");
	add_hosts(&text, h->world, 4);
	add_hosts(&text, h->world, 6);
	int r = host_set_hosts(h, buf_text(&text), err);
	buf_free(&text);
	return r < 0 ? -1 : host_set_resolver(h, "", err);
}

void files_remove(struct host *h)
{
	if (h->hosts_path)
		unlink(h->hosts_path);
	if (h->resolver_path)
		unlink(h->resolver_path);
}

int host_set_hosts(struct host *h, const char *text, struct err *err)
{
	if (!h->hosts_path)
		return err_set(err, ENOENT,
		               "no folder for the hosts file of %s: isolate_settle() first",
		               h->name);
	return write_file(h->hosts_path, text, err);
}

int host_set_resolver(struct host *h, const char *text, struct err *err)
{
	if (!h->resolver_path)
		return err_set(err, ENOENT,
		               "no folder for the resolver file of %s: isolate_settle() first",
		               h->name);
	return write_file(h->resolver_path, text, err);
}

const char *host_hosts_path(const struct host *h)
{
	return h->hosts_path;
}

const char *host_resolver_path(const struct host *h)
{
	return h->resolver_path;
}
