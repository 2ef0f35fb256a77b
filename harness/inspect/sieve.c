/* SPDX-License-Identifier: MIT */
/* sieve.c - see sieve.h */
#include "inspect/sieve.h"
#include "base/err.h"
#include "base/mem.h"
#include "inspect/records.h"
#include "savefile/link.h"
#include <errno.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdlib.h>

struct program {
	uint32_t linktype;
	struct bpf_program code;
};

struct sieve {
	const char *expression;
	struct program *programs; /* one a link type */
	size_t count;
};

struct sieve *sieve_open(const char *expression)
{
	struct sieve *f = mem_zero(1, sizeof *f);

	f->expression = expression;
	return f;
}

void sieve_close(struct sieve **sieve)
{
	struct sieve *f = *sieve;

	if (!f)
		return;
	*sieve = NULL;
	for (size_t i = 0; i < f->count; i++)
		pcap_freecode(&f->programs[i].code);
	free(f->programs);
	free(f);
}

/* LINKTYPE_* of files are DLT_* but for raw IP (pcap-linktype(7)). */
static int dlt_of(uint32_t linktype)
{
	return linktype == LINK_RAW ? DLT_RAW : (int)linktype;
}

static int compile(const char *expression, uint32_t linktype, struct bpf_program *code,
                   struct err *err)
{
	pcap_t *p = pcap_open_dead(dlt_of(linktype), 262144);
	int rc = 0;

	if (!p)
		return err_set(err, ENOMEM, "libpcap opens nothing");
	if (pcap_compile(p, code, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		rc = err_set(err, EINVAL, "filter \"%s\": %s", expression, pcap_geterr(p));
	pcap_close(p);
	return rc;
}

int sieve_check(const char *expression, struct err *err)
{
	struct bpf_program code;

	if (compile(expression, LINK_ETHERNET, &code, err) < 0)
		return -1;
	pcap_freecode(&code);
	return 0;
}

int sieve_wants(struct sieve *f, const struct record *r, struct err *err)
{
	struct pcap_pkthdr h = {.caplen = r->len, .len = r->original};
	size_t i = 0;

	while (i < f->count && f->programs[i].linktype != r->linktype)
		i++;
	if (i == f->count) {
		MEM_ROOM(f->programs, f->count);
		f->programs[i].linktype = r->linktype;
		if (compile(f->expression, r->linktype, &f->programs[i].code, err) < 0)
			return -1;
		f->count++;
	}
	return pcap_offline_filter(&f->programs[i].code, &h, r->data) != 0;
}
