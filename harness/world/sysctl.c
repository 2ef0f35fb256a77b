/* SPDX-License-Identifier: MIT */
/*
 * sysctl.c - a host's sysctls: the ones that are always fixed, and the script's
 *
 * Both are kept with what the kernel had before, for the evidence: what a host is set to shapes
 * what is seen of it, whoever set it.
 *
 * /proc/sys/net shows the network namespace of whoever looks (net/sysctl_net.c), so a thread that
 * has entered a host reads and writes that host's.
 */
#include "base/err.h"
#include "base/mem.h"
#include "world/host.h"
#include "world/isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixed {
	const char *name;
	const char *value;
	bool
	    must; /* false: a kernel without it, or a user namespace that may not set it, will do */
};

/* What would differ from machine to machine, from run to run, or speak unasked.
 * Documentation/networking/ip-sysctl.rst */
static const struct fixed fixed_always[] = {
    /* copied from the machine's own namespace when this one was made */
    {"net/ipv4/ip_forward", "0", true},
    {"net/ipv4/conf/all/rp_filter", "0", true},
    {"net/ipv4/conf/default/rp_filter", "0", true},
    {"net/ipv4/conf/default/arp_notify", "0", true},
    {"net/ipv4/conf/all/log_martians", "0", false},
    {"net/ipv4/conf/default/log_martians", "0", false},
    {"net/ipv4/tcp_congestion_control", "reno", true},
    {"net/ipv4/tcp_rmem", "4096 131072 524288", false},
    {"net/ipv4/tcp_wmem", "4096 16384 1048576", false},
    /* a connection must not learn from the one before it */
    {"net/ipv4/tcp_no_metrics_save", "1", true},
    {"net/ipv4/ip_local_port_range", "40000 49999", true},
    /* programs have no capabilities, and a server may well listen on port 7 */
    {"net/ipv4/ip_unprivileged_port_start", "0", true},
    /* what depends on how fast this machine happens to be */
    {"net/ipv4/tcp_early_retrans", "0", false}, /* no tail loss probes */
    {"net/ipv4/tcp_autocorking", "0", false},
    {"net/ipv4/tcp_comp_sack_nr", "0", false}, /* every SACK at once */
    {"net/ipv4/tcp_invalid_ratelimit", "0", false},
    {"net/ipv4/tcp_rfc1337", "1", false}, /* a stray RST, which load makes, ends no TIME_WAIT */
    {"net/ipv4/icmp_ratelimit", "0", false},
    {"net/ipv4/icmp_msgs_per_sec", "1000000", false},
    {"net/ipv4/icmp_msgs_burst", "1000000", false},
};

static const struct fixed fixed_ipv6[] = {
    {"net/ipv6/conf/all/disable_ipv6", "0", true},
    {"net/ipv6/conf/default/addr_gen_mode", "1", true}, /* 1: no link-local address */
    {"net/ipv6/conf/default/router_solicitations", "0", true},
    {"net/ipv6/conf/default/accept_ra", "0", true},
    {"net/ipv6/conf/default/accept_dad", "0", true},
    {"net/ipv6/conf/default/dad_transmits", "0", true},
    {"net/ipv6/conf/default/ndisc_notify", "0", false},
    {"net/ipv6/auto_flowlabels", "0", false},
    {"net/ipv6/icmp/ratelimit", "0", false},
};

static int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	ssize_t n = write(fd, value, strlen(value));
	int code = n < 0 ? errno : 0;
	close(fd);
	return code;
}

static int get(const char *path, struct buf *out)
{
	char part[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	ssize_t n;
	while ((n = read(fd, part, sizeof part)) > 0)
		buf_add(out, part, (size_t)n);
	int code = n < 0 ? errno : 0;
	close(fd);
	return code;
}

/* The value at @path without its newline, free() it; NULL and *@code when it cannot be read. */
static char *value_of(const char *path, int *code)
{
	struct buf value = {0};

	*code = get(path, &value);
	if (*code) {
		buf_free(&value);
		return NULL;
	}
	if (value.len > 0 && value.p[value.len - 1] == '\n')
		value.p[value.len - 1] = '\0';
	return value.p ? buf_take(&value) : mem_text("");
}

/* What is there before it is set, as one would set it: the kernel puts tabs between the numbers of
 * one. free() it; NULL when it cannot be read. */
static char *value_before(const char *path)
{
	int code;
	char *value = value_of(path, &code);
	for (char *c = value; c && *c; c++) {
		if (*c == '\t')
			*c = ' ';
	}
	return value;
}

/* net/ipv4/ip_forward as people and the script write it: none of the fixed has a dot of its own. */
static char *dotted(const char *name)
{
	char *text = mem_text(name);
	for (char *c = text; *c; c++) {
		if (*c == '/')
			*c = '.';
	}
	return text;
}

/* first: this is the world's first namespace, the others get the same. */
static int put_all(struct world *w, bool first, const struct fixed *list, size_t count,
                   struct err *err)
{
	char path[128];
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof path, "/proc/sys/%s", list[i].name);
		char *before = first ? value_before(path) : NULL;
		int code = put(path, list[i].value);
		if (code && list[i].must) {
			free(before);
			return err_sys(err, code, "set sysctl %s to %s", list[i].name,
			               list[i].value);
		}
		if (!first || code || (before && strcmp(before, list[i].value) == 0)) {
			free(before);
			continue;
		}
		MEM_ROOM(w->fixed, w->fixed_count);
		w->fixed[w->fixed_count++] = (struct host_sysctl){.name = dotted(list[i].name),
		                                                  .value = mem_text(list[i].value),
		                                                  .before = before};
	}
	return 0;
}

int sysctl_fix(struct world *w, bool first, struct err *err)
{
	w->has_ipv6 = access("/proc/sys/net/ipv6", F_OK) ==
	              0; /* ipv6.disable=1 on the kernel's command line */
	if (put_all(w, first, fixed_always, sizeof fixed_always / sizeof fixed_always[0], err) < 0)
		return -1;
	if (!w->has_ipv6)
		return 0;
	return put_all(w, first, fixed_ipv6, sizeof fixed_ipv6 / sizeof fixed_ipv6[0], err);
}

/* What the kernel had before the harness fixed it; NULL: it did not, or it was the same. */
static const char *before_fixed(const struct world *w, const char *path)
{
	const char *name = path + strlen("/proc/sys/");
	for (size_t i = 0; i < w->fixed_count; i++) {
		const char *a = w->fixed[i].name, *b = name;
		while (*a && (*a == *b || (*a == '.' && *b == '/'))) {
			a++;
			b++;
		}
		if (*a == *b)
			return w->fixed[i].before;
	}
	return NULL;
}

/* "net.ipv4.x" or "net/ipv4/x" to its path; sysctl(8)'s rule: the first separator decides. NULL:
 * not below net. */
static char *path_of(const char *name)
{
	size_t first = strcspn(name, "./");
	if (first != 3 || strncmp(name, "net", 3) != 0 || name[first] == '\0')
		return NULL;
	char *path = mem_printf("/proc/sys/%s", name);
	if (name[first] == '.') {
		for (char *c = path; *c; c++) {
			if (*c == '.')
				*c = '/';
			else if (*c == '/' && c >= path + strlen("/proc/sys/"))
				*c = '.'; /* an interface with a dot:
				             net.ipv4.conf.eth0/1.forwarding */
		}
	}
	if (strstr(path, "/../") || strstr(path, "//")) {
		free(path);
		return NULL;
	}
	return path;
}

static int no_such(struct err *err, const char *name)
{
	return err_set(err, ENOENT, "no sysctl below net: %s", name);
}

int machine_sysctl_set(const char *name, const char *value, struct err *err)
{
	char *path = path_of(name);
	if (!path)
		return no_such(err, name);
	int outer = isolate_outer_network(), home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int code = home < 0 || setns(outer, CLONE_NEWNET) < 0 ? errno : put(path, value);
	if (home >= 0 && setns(home, CLONE_NEWNET) < 0)
		code = errno;
	if (home >= 0)
		close(home);
	free(path);
	return code ? err_sys(err, code, "set the machine's sysctl %s to \"%s\"", name, value) : 0;
}

int host_sysctl_set(struct host *h, const char *name, const char *value, struct err *err)
{
	char *path = path_of(name);
	if (!path)
		return no_such(err, name);
	if (host_enter(h, err) < 0) {
		free(path);
		return -1;
	}
	const char *own = before_fixed(h->world, path);
	char *before = own ? mem_text(own) : value_before(path);
	int code = put(path, value);
	free(path);
	if (host_leave(h, err) < 0) {
		free(before);
		return -1;
	}
	if (code) {
		free(before);
		return err_sys(err, code, "set sysctl %s of %s to \"%s\"", name, h->name, value);
	}
	MEM_ROOM(h->sysctls, h->sysctl_count);
	h->sysctls[h->sysctl_count++] = (struct host_sysctl){
	    .name = mem_text(name), .value = mem_text(value), .before = before};
	return 0;
}

char *host_sysctl_get(struct host *h, const char *name, struct err *err)
{
	char *path = path_of(name), *value;
	int code;
	if (!path) {
		no_such(err, name);
		return NULL;
	}
	if (host_enter(h, err) < 0) {
		free(path);
		return NULL;
	}
	value = value_of(path, &code);
	free(path);
	if (host_leave(h, err) < 0) {
		free(value);
		return NULL;
	}
	if (!value)
		err_sys(err, code, "read sysctl %s of %s", name, h->name);
	return value;
}

size_t host_sysctls(const struct host *h, const struct host_sysctl **list)
{
	*list = h->sysctls;
	return h->sysctl_count;
}

void sysctl_free(struct host_sysctl *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(list[i].name);
		free(list[i].value);
		free(list[i].before);
	}
	free(list);
}

size_t world_sysctls(const struct world *w, const struct host_sysctl **list)
{
	*list = w->fixed;
	return w->fixed_count;
}
