/* SPDX-License-Identifier: MIT */
/*
 * pcapng.c - writing draft-ietf-opsawg-pcapng: section, interface, names, packet and journal
 * blocks, little-endian
 */
#include "savefile/pcapng.h"
#include "base/err.h"
#include "packet/packet.h"
#include "savefile/pcapng_format.h"
#include <errno.h>
#include <string.h>

/* Option and name lengths are 16 bits wide. */
#define TEXT_MAX 65535u

static void put16(struct buf *b, uint16_t v)
{
	uint8_t raw[] = {(uint8_t)v, (uint8_t)(v >> 8)};

	buf_add(b, raw, sizeof raw);
}

static void put32(struct buf *b, uint32_t v)
{
	put16(b, (uint16_t)v);
	put16(b, (uint16_t)(v >> 16));
}

static void put64(struct buf *b, uint64_t v)
{
	put32(b, (uint32_t)v);
	put32(b, (uint32_t)(v >> 32));
}

static void put_padded(struct buf *b, const void *p, size_t len)
{
	static const uint8_t zeros[3];

	buf_add(b, p, len);
	buf_add(b, zeros, -len & 3);
}

static void put_option(struct buf *b, uint16_t code, const void *p, size_t len)
{
	put16(b, code);
	put16(b, (uint16_t)len);
	put_padded(b, p, len);
}

/* A NULL text is no option. */
static void put_text(struct buf *b, uint16_t code, const char *text)
{
	if (text)
		put_option(b, code, text, strlen(text));
}

/* Both lengths are filled in by end_block(). Returns where the block begins. */
static size_t begin_block(struct buf *b, uint32_t type)
{
	size_t start = b->len;

	put32(b, type);
	put32(b, 0);
	return start;
}

static void end_block(struct buf *b, size_t start)
{
	uint32_t len = (uint32_t)(b->len - start) + 4;

	put32(b, len);
	memcpy(b->p + start + 4, b->p + b->len - 4, 4);
}

static int check_text(const char *what, const char *text, size_t room, struct err *err)
{
	size_t len = text ? strlen(text) : 0;

	if (len > room)
		return err_set(err, E2BIG, "%s has %zu bytes; pcapng has room for %zu", what, len,
		               room);
	return 0;
}

int pcapng_write_section(struct pcapng_writer *w, const struct pcapng_section *s, struct err *err)
{
	static const uint8_t unknown_length[8] = {255, 255, 255, 255, 255, 255, 255, 255};
	size_t start;

	if (check_text("the section's hardware", s->hardware, TEXT_MAX, err) < 0 ||
	    check_text("the section's os", s->os, TEXT_MAX, err) < 0 ||
	    check_text("the section's application", s->application, TEXT_MAX, err) < 0 ||
	    check_text("the section's comment", s->comment, TEXT_MAX, err) < 0)
		return -1;
	start = begin_block(&w->out, BLOCK_SECTION);
	put32(&w->out, PCAPNG_MAGIC);
	put16(&w->out, 1); /* version 1.0 */
	put16(&w->out, 0);
	buf_add(&w->out, unknown_length, sizeof unknown_length);
	put_text(&w->out, OPT_COMMENT, s->comment);
	put_text(&w->out, SHB_HARDWARE, s->hardware);
	put_text(&w->out, SHB_OS, s->os);
	put_text(&w->out, SHB_APPLICATION, s->application);
	put_option(&w->out, OPT_END, NULL, 0);
	end_block(&w->out, start);
	/* interfaces are numbered within their section */
	w->interfaces = 0;
	w->snaplen = 0;
	return 0;
}

/* if_filter: one byte says how it is written, 0 for libpcap's language. */
static void put_filter(struct buf *b, const char *filter)
{
	size_t len = strlen(filter);

	put16(b, IF_FILTER);
	put16(b, (uint16_t)(len + 1));
	buf_add(b, "", 1);
	buf_add(b, filter, len);
	buf_add(b, "\0\0\0", -(len + 1) & 3);
}

int pcapng_write_interface(struct pcapng_writer *w, const struct pcapng_interface *i,
                           struct err *err)
{
	static const uint8_t nanoseconds = 9;
	size_t start;

	if (check_text("the interface's name", i->name, TEXT_MAX, err) < 0 ||
	    check_text("the interface's description", i->description, TEXT_MAX, err) < 0 ||
	    check_text("the interface's filter", i->filter, TEXT_MAX - 1, err) < 0)
		return -1;
	start = begin_block(&w->out, BLOCK_INTERFACE);
	put16(&w->out, i->linktype);
	put16(&w->out, 0);
	put32(&w->out, i->snaplen);
	put_text(&w->out, IF_NAME, i->name);
	put_text(&w->out, IF_DESCRIPTION, i->description);
	put_option(&w->out, IF_TSRESOL, &nanoseconds, 1);
	if (i->filter)
		put_filter(&w->out, i->filter);
	put_option(&w->out, OPT_END, NULL, 0);
	end_block(&w->out, start);
	w->interfaces++;
	if (i->snaplen > 0 && (w->snaplen == 0 || i->snaplen < w->snaplen))
		w->snaplen = i->snaplen;
	return 0;
}

static int check_names(const struct pcapng_name *names, size_t count, struct err *err)
{
	struct packet_addr a;

	for (size_t i = 0; i < count; i++) {
		if (!packet_addr_parse(names[i].address, &a))
			return err_set(err, EINVAL, "\"%s\" is no IP address", names[i].address);
		/* 16 bytes of address and the name's NUL share the record */
		if (check_text("a host's name", names[i].name, TEXT_MAX - 17, err) < 0)
			return -1;
	}
	return 0;
}

int pcapng_write_names(struct pcapng_writer *w, const struct pcapng_name *names, size_t count,
                       struct err *err)
{
	size_t start;

	if (check_names(names, count, err) < 0)
		return -1;
	start = begin_block(&w->out, BLOCK_NAMES);
	for (size_t i = 0; i < count; i++) {
		size_t name_len = strlen(names[i].name) + 1, addr_len;
		struct packet_addr a;

		packet_addr_parse(names[i].address, &a);
		addr_len = a.version == 4 ? 4 : 16;
		put16(&w->out, a.version == 4 ? NRB_IPV4 : NRB_IPV6);
		put16(&w->out, (uint16_t)(addr_len + name_len));
		buf_add(&w->out, a.bytes, addr_len);
		put_padded(&w->out, names[i].name, name_len);
	}
	put32(&w->out, 0); /* nrb_record_end */
	end_block(&w->out, start);
	return 0;
}

static int check_packet(const struct pcapng_writer *w, const struct pcapng_packet *p,
                        struct err *err)
{
	if (p->interface >= w->interfaces)
		return err_set(err, EINVAL, "interface %u was not written: there are %u",
		               p->interface, w->interfaces);
	if (p->at < 0)
		return err_set(err, ERANGE, "a packet's time is before 1970");
	if (p->len > PCAPNG_PACKET_MAX || p->original_len > UINT32_MAX)
		return err_set(err, E2BIG, "a packet of %zu bytes: readers take at most %u", p->len,
		               PCAPNG_PACKET_MAX);
	/* libpcap stops reading at a packet beyond the interface's snap length */
	if (w->snaplen > 0 && p->len > w->snaplen)
		return err_set(err, E2BIG, "a packet of %zu bytes is over the snap length of %u",
		               p->len, w->snaplen);
	if (p->original_len < p->len)
		return err_set(err, EINVAL, "%zu bytes captured of a packet of %zu", p->len,
		               p->original_len);
	return check_text("a packet's comment", p->comment, TEXT_MAX, err);
}

int pcapng_write_packet(struct pcapng_writer *w, const struct pcapng_packet *p, struct err *err)
{
	struct buf *b = &w->out;
	size_t start;

	if (check_packet(w, p, err) < 0)
		return -1;
	start = begin_block(b, BLOCK_PACKET);
	put32(b, p->interface);
	put32(b, (uint32_t)((uint64_t)p->at >> 32));
	put32(b, (uint32_t)p->at);
	put32(b, (uint32_t)p->len);
	put32(b, (uint32_t)p->original_len);
	put_padded(b, p->data, p->len);
	put_text(b, OPT_COMMENT, p->comment);
	if (p->direction != CAPTURE_UNKNOWN) {
		put16(b, EPB_FLAGS);
		put16(b, 4);
		put32(b, (uint32_t)p->direction); /* bits 0-1: 1 inbound, 2 outbound */
	}
	if (p->id > 0) {
		put16(b, EPB_PACKETID);
		put16(b, 8);
		put64(b, p->id);
	}
	if (p->comment || p->direction != CAPTURE_UNKNOWN || p->id > 0)
		put_option(b, OPT_END, NULL, 0);
	end_block(b, start);
	return 0;
}

/* https://systemd.io/JOURNAL_EXPORT_FORMATS: a line, or, for what is none, the length before the
 * bytes. */
static void put_field(struct buf *b, const struct pcapng_field *f)
{
	buf_str(b, f->name);
	if (f->len > 0 && memchr(f->value, '\n', f->len)) {
		buf_add(b, "\n", 1);
		put64(b, f->len);
	} else {
		buf_add(b, "=", 1);
	}
	buf_add(b, f->value, f->len);
	buf_add(b, "\n", 1);
}

int pcapng_write_journal(struct pcapng_writer *w, const struct pcapng_field *fields, size_t count,
                         struct err *err)
{
	size_t start, len = 0;

	if (count == 0 || strcmp(fields[0].name, "__REALTIME_TIMESTAMP") != 0)
		return err_set(err, EINVAL, "a journal entry begins with __REALTIME_TIMESTAMP");
	for (size_t i = 0; i < count; i++)
		len += strlen(fields[i].name) + fields[i].len + 10;
	if (len > PCAPNG_PACKET_MAX)
		return err_set(err, E2BIG, "a journal entry of %zu bytes: readers take at most %u",
		               len, PCAPNG_PACKET_MAX);
	start = begin_block(&w->out, BLOCK_JOURNAL);
	for (size_t i = 0; i < count; i++)
		put_field(&w->out, &fields[i]);
	buf_add(&w->out, "\0\0\0", -(w->out.len - start) & 3);
	end_block(&w->out, start);
	return 0;
}
