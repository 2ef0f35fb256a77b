/* SPDX-License-Identifier: MIT */
/*
 * unpack_archive.c - what is in an archive, by libarchive
 *
 * Two of libarchive's readers stand behind one another. The first undoes the compression and knows
 * no archives; the second reads tar or zip from what the first gives (zip: from the file, as it
 * compresses by itself and has to be read from its end). Between them the bytes are counted. So
 * nothing is compressed twice over, and what libarchive reads by itself, such as headers of any
 * length or what it skips, has a bound as well as the files have: a list of holes of a sparse file
 * takes memory, and a zip whose entries lie over one another takes time without giving a byte.
 *
 * Whatever libarchive complains of is the submission's fault, "no memory" too: that is what it says
 * of a dictionary of a gigabyte. Only where reading the file itself failed is it the machine's.
 */
#include "base/err.h"
#include "base/text.h"
#include "grade/unpack_own.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define BLOCK       65536u
#define HEADER_MOST (4u << 20) /* bytes read for one header: names, attributes, holes */

/* Bytes that a reader of archives asks for, counted. */
struct source {
	struct unpacking *u;
	int fd;
	struct archive *packed; /* what undoes the compression; NULL: @fd is read */
	const char *name;       /* of the archive */
	uint64_t read;          /* bytes given since the last header began */
	uint64_t total, most;   /* of all */
	bool header;            /* a header is being read */
	enum unpack_result r;   /* why reading ended */
	char block[BLOCK];
};

static void show_error(struct archive *a, struct buf *out)
{
	const char *s = archive_error_string(a);
	size_t len;

	s = s ? s : "it is damaged";
	len = strlen(s);
	/* some of its sentences end a line */
	while (len > 0 && s[len - 1] == '\n')
		len--;
	text_one_line(out, s, len);
}

/* @a says why @name, or the archive itself where it is NULL, cannot be read. */
static enum unpack_result refuse_damaged(struct source *s, struct archive *a, const char *name)
{
	struct buf why = {0};

	if (s->r != UNPACK_DONE)
		return s->r;
	if (archive_errno(a) == EIO) {
		s->r = unpack_failed(s->u, EIO, s->name, "read");
		return s->r;
	}
	show_error(a, &why);
	if (name)
		s->r = unpack_refuse(s->u, name, "cannot be read: %s", buf_text(&why));
	else
		s->r =
		    unpack_refuse_whole(s->u, "it cannot be read to its end: %s", buf_text(&why));
	buf_free(&why);
	return s->r;
}

static ssize_t give_plain(struct source *s)
{
	ssize_t n;

	while ((n = read(s->fd, s->block, sizeof s->block)) < 0 && errno == EINTR)
		;
	if (n < 0)
		s->r = unpack_failed(s->u, errno, s->name, "read");
	return n;
}

static ssize_t give_unpacked(struct source *s)
{
	la_ssize_t n = archive_read_data(s->packed, s->block, sizeof s->block);

	if (n < 0)
		refuse_damaged(s, s->packed, NULL);
	return (ssize_t)n;
}

static la_ssize_t give(struct archive *a, void *data, const void **block)
{
	struct source *s = data;
	ssize_t n = s->packed ? give_unpacked(s) : give_plain(s);

	*block = s->block;
	s->read += n > 0 ? (uint64_t)n : 0;
	s->total += n > 0 ? (uint64_t)n : 0;
	if (n >= 0 && s->header && s->read > HEADER_MOST)
		s->r = unpack_refuse_whole(s->u, "it has a header of more than %u MiB",
		                           HEADER_MOST >> 20);
	else if (n >= 0 && s->total > s->most)
		s->r = unpack_refuse_whole(s->u, "unpacking it takes more reading than its files "
		                                 "can need: it is damaged or made to do harm");
	if (s->r == UNPACK_DONE)
		return n;
	archive_set_error(a, EIO, "stopped");
	return -1;
}

static la_int64_t seek_to(struct archive *a, void *data, la_int64_t offset, int whence)
{
	struct source *s = data;
	off_t at = lseek(s->fd, offset, whence);

	if (at < 0)
		archive_set_error(a, errno, "the file cannot be read at every place");
	return at < 0 ? ARCHIVE_FATAL : at;
}

/* Undo the compression of @fd into *out; NULL when there is none. */
static enum unpack_result open_packed(struct source *s, struct archive **out)
{
	static int (*const kinds[])(struct archive *) = {
	    archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
	    archive_read_support_filter_xz, archive_read_support_filter_lzma,
	    archive_read_support_filter_zstd};
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	enum unpack_result r = UNPACK_DONE;

	*out = NULL;
	if (!a)
		abort();
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		/* where it was built without, libarchive would start a program, say "gzip" */
		if (kinds[i](a) != ARCHIVE_OK) {
			err_set(s->u->err, ENOTSUP,
			        "this machine's libarchive does not know all of gzip, bzip2, xz, "
			        "lzma and zstd: %s",
			        archive_error_string(a));
			archive_read_free(a);
			return UNPACK_FAILED;
		}
	}
	archive_read_support_format_raw(a);
	if (archive_read_open_fd(a, s->fd, BLOCK) != ARCHIVE_OK ||
	    archive_read_next_header(a, &e) != ARCHIVE_OK) {
		r = refuse_damaged(s, a, NULL);
	} else if (archive_filter_count(a) > 2) {
		r = unpack_refuse_whole(s->u, "it is compressed more than once: pack it again");
	} else if (archive_filter_count(a) == 2) {
		*out = a;
		return UNPACK_DONE;
	}
	archive_read_free(a);
	return r;
}

/* Does @name say that it should be an archive? */
static bool named_archive(const char *name)
{
	static const char *const ends[] = {
	    "zip", "zipx", "tar", "tgz",  "taz", "tbz", "tbz2", "tz2", "txz", "tlz", "tzst",
	    "gz",  "bz2",  "xz",  "lzma", "zst", "z",   "lz",   "lz4", "lzo", "7z",  "rar",
	    "jar", "cpio", "iso", "cab",  "arj", "lha", "lzh",  "xar", "deb", "rpm"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++) {
		if (strcasecmp(dot + 1, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Neither tar nor zip: refused, unless it may be a source file. @a says why; NULL: it is empty. */
static enum unpack_result no_archive(struct source *s, struct archive *a, bool *archive)
{
	struct buf name = {0}, why = {0};
	char begin[4] = "";
	bool zip = pread(s->fd, begin, sizeof begin, 0) == sizeof begin &&
	           memcmp(begin, "PK\3\4", sizeof begin) == 0;

	*archive = zip || s->packed || named_archive(s->name);
	if (s->r != UNPACK_DONE || !*archive)
		return s->r;
	if (!a)
		buf_str(&why, "it is empty");
	else if (zip)
		buf_str(&why, "it ends before the list of its files, which stands last in a zip; "
		              "was it sent whole?");
	else if (s->packed)
		buf_printf(&why, "there is no tar in what is compressed (%s)",
		           archive_filter_name(s->packed, 0));
	else
		show_error(a, &why);
	unpack_show(&name, s->name);
	s->r = unpack_refuse_whole(s->u,
	                           "%s is no archive that can be read: %s. Hand in a folder, a "
	                           "source file, or a .zip, .tar or .tar.gz",
	                           buf_text(&name), buf_text(&why));
	buf_free(&name);
	buf_free(&why);
	return s->r;
}

static enum unpack_result check_entry(struct unpacking *u, struct archive_entry *e,
                                      const char *name)
{
	const char *what = NULL;

	if (archive_entry_hardlink(e))
		what = "is a hard link";
	else if (archive_entry_filetype(e) == AE_IFLNK)
		what = "is a symbolic link";
	else if (archive_entry_filetype(e) == AE_IFIFO)
		what = "is a FIFO";
	else if (archive_entry_filetype(e) == AE_IFSOCK)
		what = "is a socket";
	else if (archive_entry_filetype(e) == AE_IFCHR || archive_entry_filetype(e) == AE_IFBLK)
		what = "is a device";
	else if (archive_entry_filetype(e) != AE_IFREG && archive_entry_filetype(e) != AE_IFDIR)
		what = "is neither a file nor a folder";
	if (what)
		return unpack_refuse(u, name, "%s: only files and folders are taken", what);
	if (archive_entry_is_encrypted(e))
		return unpack_refuse(u, name, "is encrypted: pack it without a password");
	return UNPACK_DONE;
}

/* Read what the current entry holds, into @f; NULL: to pass over it. */
static enum unpack_result read_entry(struct source *s, struct archive *a, const char *name,
                                     struct unpack_file *f)
{
	enum unpack_result r = UNPACK_DONE;
	char part[BLOCK];

	while (r == UNPACK_DONE) {
		/* also fills the holes of a sparse file: they count as bytes do */
		la_ssize_t n = archive_read_data(a, part, sizeof part);

		if (n == 0)
			break;
		if (n < 0)
			r = refuse_damaged(s, a, name);
		else if (f)
			r = unpack_add(s->u, f, part, (size_t)n);
		else
			r = unpack_pass(s->u, 0, (uint64_t)n);
	}
	return r == UNPACK_DONE ? s->r : r;
}

/* A hole at the end of a sparse file: libarchive gives what is in front of it. */
static enum unpack_result fill_up(struct unpacking *u, struct unpack_file *f, la_int64_t size)
{
	static const char zeros[BLOCK];
	enum unpack_result r = UNPACK_DONE;

	while (r == UNPACK_DONE && size > 0 && f->bytes < (uint64_t)size) {
		uint64_t left = (uint64_t)size - f->bytes;

		r = unpack_add(u, f, zeros, left < sizeof zeros ? (size_t)left : sizeof zeros);
	}
	return r;
}

static enum unpack_result take_entry(struct source *s, struct archive *a, struct archive_entry *e)
{
	/* "" too for a name that is no text in any way that libarchive knows */
	const char *given = archive_entry_pathname(e), *name = given ? given : "";
	struct buf path = {0};
	struct unpack_file f;
	bool passed;
	enum unpack_result r = unpack_path(s->u, name, &path, &passed);

	if (r == UNPACK_DONE && !passed)
		r = check_entry(s->u, e, name);
	if (r != UNPACK_DONE)
		goto out;
	if (passed || path.len == 0) {
		/* the target itself, "./", is passed over as well, if it is a folder */
		if (!passed && archive_entry_filetype(e) != AE_IFDIR)
			r = unpack_refuse(s->u, name, "is a file without a name");
		if (r == UNPACK_DONE)
			r = unpack_pass(s->u, 1, 0);
	} else if (archive_entry_filetype(e) == AE_IFDIR) {
		r = unpack_folder(s->u, path.p);
	} else {
		r = unpack_create(s->u, path.p, archive_entry_perm(e), &f);
		if (r != UNPACK_DONE)
			goto out;
		r = read_entry(s, a, name, &f);
		if (r == UNPACK_DONE)
			r = fill_up(s->u, &f, archive_entry_size(e));
		r = unpack_close(s->u, &f, r);
		goto out;
	}
	/* libarchive would skip what is left without counting it */
	if (r == UNPACK_DONE)
		r = read_entry(s, a, name, NULL);
out:
	buf_free(&path);
	return r;
}

/* A tar ends before what it is compressed in: was that whole? */
static enum unpack_result read_rest(struct source *s)
{
	const void *block;

	while (s->packed && s->r == UNPACK_DONE && give(s->packed, s, &block) > 0)
		;
	return s->r;
}

static enum unpack_result take_entries(struct source *s, struct archive *a)
{
	struct archive_entry *e;
	enum unpack_result r = UNPACK_DONE;

	while (r == UNPACK_DONE) {
		int got;

		s->header = true;
		s->read = 0;
		got = archive_read_next_header(a, &e);
		s->header = false;
		if (got == ARCHIVE_EOF)
			return s->r == UNPACK_DONE ? read_rest(s) : s->r;
		/* a warning is about what is not taken over: owners, times, attributes */
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
			return refuse_damaged(s, a, NULL);
		r = take_entry(s, a, e);
	}
	return r;
}

/* No tar of what is allowed has more: an entry has headers and is padded. */
static uint64_t archive_most(const struct unpack_limits *l)
{
	return l->bytes + unpack_passed_bytes(l) +
	       2048u * (uint64_t)(l->entries + unpack_passed_entries(l)) + HEADER_MOST;
}

static enum unpack_result read_archive(struct source *s, uint64_t size, bool *archive)
{
	struct archive *a = archive_read_new();
	enum unpack_result r;

	if (!a)
		abort();
	archive_read_support_format_tar(a);
	/* only by the list at its end, as everybody's unzip reads it: another reader would find
	   other files in the same bytes */
	if (!s->packed)
		archive_read_support_format_zip_seekable(a);
	archive_read_set_read_callback(a, give);
	if (!s->packed)
		archive_read_set_seek_callback(a, seek_to);
	archive_read_set_callback_data(a, s);
	if (archive_read_open1(a) != ARCHIVE_OK) {
		r = no_archive(s, a, archive);
	} else {
		*archive = true;
		r = size > archive_most(s->u->limits) ? unpack_too_large(s->u) : take_entries(s, a);
	}
	archive_read_free(a);
	return r;
}

static enum unpack_result from_file(struct source *s, uint64_t size, bool *archive)
{
	const struct unpack_limits *l = s->u->limits;
	enum unpack_result r = open_packed(s, &s->packed);

	*archive = true;
	if (r != UNPACK_DONE)
		return r;
	/* a zip is read once, and a block more wherever reading starts again */
	s->most = s->packed ? archive_most(l) : 4 * size + HEADER_MOST;
	if (s->packed || lseek(s->fd, 0, SEEK_SET) == 0)
		r = read_archive(s, size, archive);
	else
		r = unpack_failed(s->u, errno, s->name, "read");
	archive_read_free(s->packed);
	return r;
}

enum unpack_result unpack_archive(struct unpacking *u, int fd, uint64_t size, const char *name,
                                  bool *archive)
{
	struct source *s = mem_zero(1, sizeof *s);
	const char *noun = u->noun;
	enum unpack_result r;
	/* names in zip and pax are UTF-8; libarchive turns them into what the locale says */
	locale_t text = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before = (locale_t)0;

	s->u = u;
	s->fd = fd;
	s->name = name;
	*archive = false;
	u->noun = "entry";
	if (text != (locale_t)0)
		before = uselocale(text);
	r = size > 0 ? from_file(s, size, archive) : no_archive(s, NULL, archive);
	if (text != (locale_t)0) {
		uselocale(before);
		freelocale(text);
	}
	if (!*archive)
		u->noun = noun;
	free(s);
	return r;
}
