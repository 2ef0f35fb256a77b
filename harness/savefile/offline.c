/* SPDX-License-Identifier: MIT */
/* offline.c - see offline.h */
#include "savefile/offline.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "savefile/link.h"
#include "savefile/pcapng_read.h"
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

struct capture_file {
	char *path;
	struct pcapng_reader *ng; /* one of these two */
	pcap_t *classic;
	int64_t number;
	struct pcapng_section none;
};

static struct capture_file *make(const char *path)
{
	struct capture_file *f = mem_zero(1, sizeof *f);

	f->path = mem_text(path);
	return f;
}

/* Does @stream begin like pcapng? It is at its start again afterwards. Returns -1 with @err set. */
static int sniff(FILE *stream, bool *ng, struct err *err)
{
	static const uint8_t section[] = {0x0a, 0x0d, 0x0d, 0x0a};
	uint8_t first[4];
	size_t got;

	errno = 0;
	got = fread(first, 1, sizeof first, stream);
	if (got != sizeof first) {
		if (ferror(stream))
			return err_sys(err, errno, "at byte %zu: reading", got);
		return err_set(err, EBADMSG, "at byte %zu: the file ends, too short for a capture",
		               got);
	}
	*ng = memcmp(first, section, sizeof first) == 0;
	if (fseek(stream, 0, SEEK_SET) != 0)
		return err_sys(err, errno, "going back to the start (a pipe cannot be read)");
	return 0;
}

/* @stream becomes the file's, or is closed. */
static int attach(struct capture_file *f, FILE *stream, struct err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	bool ng = false;

	if (sniff(stream, &ng, err) < 0) {
		fclose(stream);
		return -1;
	}
	if (ng) {
		f->ng = pcapng_reader_open(stream);
		return 0;
	}
	f->classic =
	    pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, text);
	if (f->classic)
		return 0;
	fclose(stream);
	return err_set(err, EBADMSG, "at byte 0: neither pcap nor pcapng: %s", text);
}

static struct capture_file *open_stream(const char *path, FILE *stream, struct err *err)
{
	struct capture_file *f = make(path);

	if (attach(f, stream, err) == 0)
		return f;
	err_wrap(err, "%s", path);
	capture_file_close(&f);
	return NULL;
}

struct capture_file *capture_file_open(const char *path, struct err *err)
{
	FILE *stream = fopen(path, "rbe");

	if (!stream) {
		err_sys(err, errno, "%s", path);
		return NULL;
	}
	return open_stream(path, stream, err);
}

struct capture_file *capture_file_open_memory(const void *p, size_t len, struct err *err)
{
	/* "r": fmemopen(3) does not write there */
	FILE *stream = len > 0 ? fmemopen((void *)(uintptr_t)p, len, "r") : NULL;

	if (!stream) {
		err_set(err, EBADMSG, "memory: at byte 0: the file ends, too short for a capture");
		return NULL;
	}
	return open_stream("memory", stream, err);
}

void capture_file_close(struct capture_file **file)
{
	struct capture_file *f = *file;

	if (!f)
		return;
	*file = NULL;
	pcapng_reader_close(&f->ng);
	if (f->classic)
		pcap_close(f->classic);
	free(f->path);
	free(f);
}

/* libpcap hands out DLT_* numbers; they are the file's LINKTYPE_* but for raw IP
 * (pcap-linktype(7)). */
static uint32_t linktype_of(int dlt)
{
	return dlt == DLT_RAW ? LINK_RAW : (uint32_t)dlt;
}

static int next_classic(struct capture_file *f, struct capture_packet *p, struct err *err)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	long at = ftell(pcap_file(f->classic));
	int rc = pcap_next_ex(f->classic, &h, &data);

	*p = (struct capture_packet){0};
	if (rc == PCAP_ERROR_BREAK)
		return 0;
	if (rc != 1)
		return err_set(err, EBADMSG, "at byte %ld: %s", at, pcap_geterr(f->classic));
	p->at = (int64_t)h->ts.tv_sec * NS_PER_S + (int64_t)h->ts.tv_usec;
	p->data = data;
	p->len = h->caplen;
	p->original_len = h->len;
	p->linktype = linktype_of(pcap_datalink(f->classic));
	return 1;
}

int capture_file_next(struct capture_file *f, struct capture_packet *p, struct err *err)
{
	struct link_payload in;
	int rc = f->ng ? pcapng_reader_next(f->ng, p, err) : next_classic(f, p, err);

	if (rc < 0)
		return err_wrap(err, "%s", f->path);
	if (rc == 0)
		return 0;
	in = link_strip(p->linktype, p->data, p->len);
	p->number = ++f->number;
	p->ip = in.ip;
	p->ip_len = in.len;
	if (p->direction == CAPTURE_UNKNOWN)
		p->direction = in.direction;
	return 1;
}

const struct pcapng_section *capture_file_section(const struct capture_file *f)
{
	return f->ng ? pcapng_reader_section(f->ng) : &f->none;
}
