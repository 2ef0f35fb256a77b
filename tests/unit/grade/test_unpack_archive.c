/* SPDX-License-Identifier: MIT */
/* test_unpack_archive.c - archives come out as they went in; hostile ones are refused, and say why
 */
#include "pack.h"
#include "unpacking.h"

static const char *const formats[] = {"zip", "ustar", "pax", "gnutar"};
#define FORMATS (sizeof formats / sizeof *formats)

static void finish(struct pack *p, const char *name)
{
	pack_end(p);
	write_file(name, p->out.p, p->out.len);
	buf_free(&p->out);
}

static void empty_archives(void **state)
{
	struct pack p;

	(void)state;
	for (size_t i = 0; i < FORMATS; i++) {
		pack_begin(&p, formats[i], NULL);
		pack_folder(&p, "a/");
		finish(&p, "a.bin");
		refuses("a.bin", "there is no file in it");
	}
}

static void kinds(void **state)
{
	static const char *const filters[] = {NULL, "gzip", "bzip2", "xz", "lzma", "zstd"};
	struct pack p;

	(void)state;
	for (size_t i = 0; i < FORMATS; i++) {
		for (size_t k = 0; k < (i ? sizeof filters / sizeof *filters : 1); k++) {
			pack_begin(&p, formats[i], filters[k]);
			pack_folder(&p, "./");
			pack_file(&p, "./hello.c", "int main;\n");
			pack_entry(&p, "d//run", AE_IFREG | 06711, NULL, "x", 1);
			pack_folder(&p, "e/./f/");
			pack_folder(&p, "e/f/"); /* again */
			pack_file(&p, "\xc3\xa4\xe2\x82\xac.c", "");
			/* known by its bytes */
			finish(&p, "a.bin");
			takes("a.bin");
			target_is("755 d d\n755 f d/run\n755 d e\n755 d e/f\n644 f hello.c\n"
			          "644 f \xc3\xa4\xe2\x82\xac.c\n");
			file_is("into/hello.c", "int main;\n");
		}
	}
}

/* Holes are bytes: at the beginning, in the middle, at the end, and nothing else. */
static void sparse(void **state)
{
	static const char *const options[] = {"--format=gnu", "--format=pax --sparse-version=0.0",
	                                      "--format=pax --sparse-version=1.0"};
	struct unpack_limits few = unpack_usual;
	char line[256];

	(void)state;
	run("mkdir a && truncate -s 300001 a/hole a/holes && printf x | dd of=a/holes bs=1 "
	    "seek=100000 conv=notrunc status=none");
	few.file_bytes = 300000;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		snprintf(line, sizeof line, "tar -S %s -cf a.tar -C a holes hole", options[i]);
		run(line);
		takes("a.tar");
		run("cmp a/hole into/hole && cmp a/holes into/holes");
		refuses_within("a.tar", &few,
		               "entry 'holes' is larger than 300000 bytes, the "
		               "most that a file may have");
	}
}

static void passed_over(void **state)
{
	struct unpack_limits few = {
	    .entries = 2, .file_bytes = 8, .bytes = 8, .depth = 1, .path_bytes = 9};
	struct pack p;

	(void)state;
	for (size_t i = 0; i < FORMATS; i++) {
		pack_begin(&p, formats[i], NULL);
		pack_file(&p, "a/hello.c", "x");
		pack_file(&p, "__MACOSX/a/b/c/._hello.c", "more bytes");
		pack_file(&p, "a/.DS_Store", "Bud1");
		pack_file(&p, "._a", "");
		pack_file(&p, "a/.git/config", "x");
		pack_entry(&p, "a/.git/link", AE_IFLNK | 0777, "/etc/passwd", NULL, 0);
		finish(&p, "a.bin");
		takes_within("a.bin", &few);
		target_is("644 f hello.c\n");
	}
	/* a name that only resembles */
	pack_begin(&p, "pax", NULL);
	pack_file(&p, ".gitx/a", "x");
	pack_file(&p, "x.git", "x");
	finish(&p, "a.bin");
	takes("a.bin");
	target_is("755 d .gitx\n644 f .gitx/a\n644 f x.git\n");
	/* what is passed over leads nowhere either */
	pack_begin(&p, "pax", NULL);
	pack_file(&p, ".git/../../x", "x");
	finish(&p, "a.bin");
	refuses("a.bin", "entry '.git/../../x' leads out of the submission");
}

static void passed_over_has_an_end(void **state)
{
	static const char too_much[] = "there is too much in it that is passed over (.git, "
	                               "__MACOSX and the like): leave that out";
	struct unpack_limits few = {
	    .entries = 2, .file_bytes = 100000, .bytes = 100000, .depth = 4, .path_bytes = 100};
	static char zeros[200001];
	struct pack p;

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		pack_begin(&p, "pax", "gzip");
		pack_file(&p, "a", "x");
		pack_entry(&p, ".git/a", AE_IFREG | 0644, NULL, zeros, 200000 + extra);
		finish(&p, "a.bin");
		if (extra)
			refuses_within("a.bin", &few, too_much);
		else
			takes_within("a.bin", &few);
		pack_begin(&p, "ustar", NULL);
		pack_file(&p, "a", "x");
		for (size_t i = 0; i < 32 + extra; i++)
			pack_file(&p, i % 2 ? ".DS_Store" : "__MACOSX/x", "");
		finish(&p, "a.bin");
		if (extra)
			refuses_within("a.bin", &few, too_much);
		else
			takes_within("a.bin", &few);
	}
}

static void hostile_names(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
	    {"a/../../x", "entry 'a/../../x' leads out of the submission"},
	    {"../x", "entry '../x' leads out of the submission"},
	    {"./../a/x", "entry './../a/x' leads out of the submission"},
	    {"a/..", "entry 'a/..' has '..' in its path"},
	    {"a/../x", "entry 'a/../x' has '..' in its path"},
	    {"/etc/x", "entry '/etc/x' leads out of the submission: its path begins with '/'"},
	    {"//x", "entry '//x' leads out of the submission: its path begins with '/'"},
	    {"a\nb", "entry 'a\\nb' has a line end or another control character in its name"},
	    {"a/\033]0;x\007",
	     "entry 'a/\\x1b]0;x\\x07' has a line end or another control character in its name"},
	    {"a\x7f", "entry 'a\\x7f' has a line end or another control character in its name"},
	    {"here", "entry 'here' is in it twice"},
	    {"./here", "entry 'here' is in it twice"},
	    {"folder//here", "entry 'folder/here' is in it twice"},
	    {"folder", "entry 'folder' is a file, and a folder of the same name is in it"},
	    {"here/x", "entry 'here/x' needs a folder where a file of the same name is"},
	    {"here/x/y", "entry 'here/x/y' needs a folder where a file of the same name is"},
	    {"a/b/c/d", "entry 'a/b/c/d' lies in 3 folders; it may lie in 2"},
	    {"012345678901234567890", "entry '012345678901234567890' has a path of 21 bytes; it "
	                              "may have 20"},
	    {".", "entry '.' is a file without a name"},
	};
	struct unpack_limits few = unpack_usual;
	struct pack p;

	few.depth = 2;
	few.path_bytes = 20;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t k = 0; k < FORMATS; k++) {
			pack_begin(&p, formats[k], k == 1 ? "gzip" : NULL);
			pack_file(&p, "here", "first");
			pack_file(&p, "folder/here", "first");
			pack_file(&p, cases[i].name, "second");
			finish(&p, "a.bin");
			refuses_within("a.bin", &few, cases[i].text);
			file_is("into/here", "first");
			file_is("into/folder/here", "first");
			/* nothing beside the target */
			run("test \"$(ls -A)\" = \"$(printf 'a.bin\\ninto')\"");
		}
	}
	pack_begin(&p, "pax", NULL);
	pack_file(&p, "here", "x");
	pack_folder(&p, "here/");
	finish(&p, "a.bin");
	refuses("a.bin", "entry 'here' needs a folder where a file of the same name is");
	/* the longest that is allowed, and bytes that are no text */
	pack_begin(&p, "ustar", NULL);
	pack_file(&p, "aa/bb/45678901234567", "x");
	pack_file(&p, "\xff\xfe", "x");
	finish(&p, "a.bin");
	takes_within("a.bin", &few);
	file_is("into/\xff\xfe", "x");
	pack_begin(&p, "ustar", NULL);
	pack_file(&p, "\xff\xc2\x9b/../../x", "x");
	finish(&p, "a.bin");
	refuses("a.bin", "entry '\\xff\\xc2\\x9b/../../x' leads out of the submission");
}

static void long_names(void **state)
{
	char name[300], text[256];
	struct pack p;

	(void)state;
	memset(name, 'n', sizeof name);
	name[256] = '\0';
	snprintf(text, sizeof text, "entry '%.200s…' has a name of more than 255 bytes", name);
	pack_begin(&p, "pax", NULL);
	pack_file(&p, name, "x");
	finish(&p, "a.bin");
	refuses("a.bin", text);
	pack_begin(&p, "pax", NULL);
	pack_file(&p, name + 1, "x");
	finish(&p, "a.bin");
	takes("a.bin");
}

/* libarchive's names end at a NUL: what is in front of it is held against the rules. */
static void names_with_nul(void **state)
{
	struct pack p;

	(void)state;
	for (size_t i = 0; i < FORMATS; i++) {
		pack_begin(&p, formats[i], NULL);
		pack_file(&p, "other", "x");
		pack_file(&p, "QQQQQ", "x");
		pack_end(&p);
		if (i == 0) {
			pack_replace(&p.out, "QQQQQ", "\0/../");
			write_file("a.bin", p.out.p, p.out.len);
			refuses("a.bin", "entry '' has no name");
		}
		buf_free(&p.out);
	}
}

static void other_kinds(void **state)
{
	static const struct {
		unsigned mode;
		const char *link, *text;
	} cases[] = {
	    {AE_IFLNK | 0777, "/etc/passwd", "is a symbolic link"},
	    {AE_IFLNK | 0777, "hello.c", "is a symbolic link"},
	    {0, "hello.c", "is a hard link"},
	    {0, "/etc/passwd", "is a hard link"},
	    {AE_IFIFO | 0644, NULL, "is a FIFO"},
	    {AE_IFCHR | 0666, NULL, "is a device"},
	    {AE_IFBLK | 0666, NULL, "is a device"},
	};
	struct pack p;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t k = 0; k < FORMATS; k++) {
			/* in a zip libarchive writes links alone */
			if (k == 0 && i > 1)
				continue;
			pack_begin(&p, formats[k], NULL);
			pack_file(&p, "hello.c", "x");
			pack_entry(&p, "d/x", cases[i].mode, cases[i].link, NULL, 0);
			pack_file(&p, "d/x/passwd", "x");
			finish(&p, "a.bin");
			snprintf(text, sizeof text,
			         "entry 'd/x' %s: only files and folders are taken", cases[i].text);
			refuses("a.bin", text);
			target_is("644 f hello.c\n");
		}
	}
	/* a socket: no writer makes one, so its mode is put into a zip's list */
	pack_begin(&p, "zip", NULL);
	pack_entry(&p, "x", AE_IFREG | 0753, NULL, "x", 1);
	pack_end(&p);
	pack_replace(&p.out, "\xeb\x81", "\xeb\xc1");
	write_file("a.bin", p.out.p, p.out.len);
	buf_free(&p.out);
	refuses("a.bin", "entry 'x' is a socket: only files and folders are taken");
}

static void encrypted(void **state)
{
	static const char *const options[] = {"zip:encryption=zipcrypt", "zip:encryption=aes256"};
	struct pack p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		pack_begin_with(&p, "zip", NULL, options[i]);
		pack_file(&p, "hello.c", "secret");
		finish(&p, "a.zip");
		refuses("a.zip", "entry 'hello.c' is encrypted: pack it without a password");
	}
}

/* At each limit it is taken, and refused with one more. */
static void limits(void **state)
{
	struct unpack_limits few = {
	    .entries = 4, .file_bytes = 2048, .bytes = 3000, .depth = 3, .path_bytes = 20};
	char bytes[4000] = "";
	struct pack p;

	(void)state;
	for (size_t i = 0; i < FORMATS; i++) {
		pack_begin(&p, formats[i], i ? "gzip" : NULL);
		pack_entry(&p, "a", AE_IFREG | 0644, NULL, bytes, 2048);
		pack_entry(&p, "b/c/d", AE_IFREG | 0644, NULL, bytes, 952);
		finish(&p, "a.bin");
		takes_within("a.bin", &few);
		few.bytes = 2999;
		refuses_within("a.bin", &few,
		               "it has more than 2999 bytes, the most that a "
		               "submission may have");
		few.bytes = 3000;
		few.file_bytes = 2047;
		refuses_within("a.bin", &few,
		               "entry 'a' is larger than 2047 bytes, the most that a file may "
		               "have");
		few.file_bytes = 2048;
		few.entries = 3;
		refuses_within("a.bin", &few,
		               "it holds more than 3 files and folders, the most "
		               "that a submission may have");
		few.entries = 4;
	}
	/* a folder said again and again makes nothing, and yet has an end */
	few = (struct unpack_limits){
	    .entries = 4, .bytes = 9000, .file_bytes = 9000, .path_bytes = 9};
	pack_begin(&p, "ustar", NULL);
	for (size_t i = 0; i < 5; i++)
		pack_folder(&p, "a/");
	finish(&p, "a.bin");
	refuses_within("a.bin", &few,
	               "it holds more than 4 files and folders, the most that a "
	               "submission may have");
}

static long long target_bytes(void)
{
	long long bytes = 0;
	FILE *f =
	    popen("find into -type f -printf '%s\\n' | awk '{n += $1} END {print n + 0}'", "re");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lld", &bytes), 1);
	pclose(f);
	return bytes;
}

static void bombs(void **state)
{
	static const char *const filters[] = {"gzip", "bzip2", "xz", "zstd"};
	struct unpack_limits few = unpack_usual;
	size_t len = 3u << 20;
	char *zeros = mem_zero(len, 1);
	struct pack p;
	struct buf b = {0};

	(void)state;
	few.file_bytes = 1u << 20;
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		pack_begin(&p, "ustar", filters[i]);
		pack_entry(&p, "zeros", AE_IFREG | 0644, NULL, zeros, len);
		finish(&p, "a.bin");
		few.bytes = unpack_usual.bytes;
		refuses_within("a.bin", &few,
		               "entry 'zeros' is larger than 1 MiB, the most that a file may have");
		assert_true(target_bytes() <= 1 << 20);
		few.bytes = 512u << 10;
		refuses_within("a.bin", &few,
		               "it has more than 512 KiB, the most that a submission "
		               "may have");
		assert_true(target_bytes() <= 512 << 10);
	}
	pack_begin(&p, "zip", NULL);
	pack_entry(&p, "zeros", AE_IFREG | 0644, NULL, zeros, len);
	finish(&p, "a.bin");
	refuses_within("a.bin", &few,
	               "it has more than 512 KiB, the most that a submission may have");
	/* one more layer of compression */
	pack_begin(&p, "ustar", "gzip");
	pack_file(&p, "a", "x");
	pack_end(&p);
	pack_raw(&b, "gzip", p.out.p, p.out.len);
	write_file("a.bin", b.p, b.len);
	refuses("a.bin", "it is compressed more than once: pack it again");
	buf_free(&p.out);
	buf_free(&b);
	free(zeros);
}

/* The checksum of a tar's first header, made right (POSIX pax, "ustar Interchange Format"). */
static void tar_sum(struct buf *b)
{
	unsigned sum = 0;

	memset(b->p + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)b->p[i];
	snprintf(b->p + 148, 8, "%06o", sum);
}

/* What libarchive reads by itself: it takes time or memory, and no file gets larger by it. */
static void beside_the_files(void **state)
{
	struct unpack_limits few = {
	    .entries = 1, .file_bytes = 9, .bytes = 9, .depth = 1, .path_bytes = 9};
	char line[512];
	struct pack p;
	struct buf b = {0}, packed = {0};

	(void)state;
	/* a GNU sparse file's list of holes, which goes on and on */
	pack_begin(&p, "gnutar", NULL);
	pack_file(&p, "a", "x");
	pack_end(&p);
	buf_add(&b, p.out.p, 512);
	b.p[156] = 'S';
	memset(b.p + 124, '0', 11);
	memset(b.p + 386, '0', 96 + 1 + 12);
	b.p[482] = 1;
	tar_sum(&b);
	memset(line, '0', sizeof line);
	line[504] = 1;
	for (size_t i = 0; i < (5u << 20) / sizeof line; i++)
		buf_add(&b, line, sizeof line);
	write_file("a.bin", b.p, b.len);
	refuses("a.bin", "it has a header of more than 4 MiB");
	/* zeros behind the end of a tar */
	b.len = 0;
	buf_add(&b, p.out.p, p.out.len);
	memset(line, 0, sizeof line);
	for (size_t i = 0; i < (5u << 20) / sizeof line; i++)
		buf_add(&b, line, sizeof line);
	write_file("a.bin", b.p, b.len);
	takes("a.bin");
	refuses_within("a.bin", &few,
	               "it has more than 9 bytes, the most that a submission may have");
	pack_raw(&packed, "gzip", b.p, b.len);
	write_file("a.bin", packed.p, packed.len);
	takes("a.bin");
	refuses_within("a.bin", &few,
	               "unpacking it takes more reading than its files can need: it is damaged or "
	               "made to do harm");
	buf_free(&p.out);
	buf_free(&packed);
	buf_free(&b);
}

/* Fifty entries that are nearly the same bytes: each takes the time of reading them. */
static void entries_over_one_another(void **state)
{
	struct buf packed = {0}, b = {0};

	(void)state;
	/* deflate (RFC 1951, 3.2.4): stored blocks of no bytes, then one of no bytes that is last
	 */
	for (size_t i = 0; i < (2u << 20) / 5; i++)
		buf_add(&packed, "\0\0\0\xff\xff", 5);
	buf_add(&packed, "\1\0\0\xff\xff", 5);
	pack_zip_overlapping(&b, 2, packed.p, packed.len);
	write_file("a.zip", b.p, b.len);
	takes("a.zip");
	target_is("644 f 000\n644 f 001\n");
	b.len = 0;
	pack_zip_overlapping(&b, 50, packed.p, packed.len);
	write_file("a.zip", b.p, b.len);
	refuses("a.zip", "unpacking it takes more reading than its files can need: it is damaged "
	                 "or made to do harm");
	buf_free(&b);
	buf_free(&packed);
}

/* What a header says of a size is not what decides. */
static void lies(void **state)
{
	static const char zeros[50000];
	struct unpack_limits few = unpack_usual;
	struct pack p;
	struct buf b = {0};

	(void)state;
	/* a file of 8 GiB minus one, so it says */
	pack_begin(&p, "ustar", NULL);
	pack_file(&p, "a", "x");
	pack_end(&p);
	memcpy(p.out.p + 124, "77777777777", 11);
	tar_sum(&p.out);
	write_file("a.tar", p.out.p, p.out.len);
	refuses_as("a.tar", "entry 'a' cannot be read: ");
	buf_free(&p.out);
	/* a zip's entry that says one byte, and is 200,000: stored blocks, the last of them last */
	for (size_t i = 0; i < 4; i++) {
		buf_add(&b, i == 3 ? "\1\120\303\257\74" : "\0\120\303\257\74", 5); /* 50,000 */
		buf_add(&b, zeros, 50000);
	}
	struct buf zip = {0};
	pack_zip_one(&zip, b.p, b.len, 1);
	write_file("a.zip", zip.p, zip.len);
	refuses_as("a.zip", "entry '000' cannot be read: ");
	few.file_bytes = 100000;
	refuses_within("a.zip", &few,
	               "entry '000' is larger than 100000 bytes, the most that a file may have");
	buf_free(&zip);
	buf_free(&b);
}

static void damaged(void **state)
{
	struct pack p;
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < 6000; i++)
		buf_printf(&text, "%zu", i * 2654435761u);
	for (size_t i = 0; i < FORMATS; i++) {
		pack_begin(&p, formats[i], i == 1 ? "gzip" : i == 2 ? "xz" : NULL);
		pack_entry(&p, "hello.c", AE_IFREG | 0644, NULL, text.p, text.len);
		pack_end(&p);
		/* cut at many places: in its headers, its content, its end */
		for (size_t cut = 1; cut < 60; cut++) {
			size_t len = p.out.len * cut / 60;
			char *refusal;

			/* the blocks at the end of a bare tar tell nothing */
			if (i == 3 && len >= 512 + (text.len + 511) / 512 * 512)
				break;
			write_file("a.tar.gz", p.out.p, len);
			if (try_within("a.tar.gz", &unpack_usual, &refusal) != UNPACK_REFUSED)
				fail_msg("%s of %zu bytes cut at %zu was taken", formats[i],
				         p.out.len, len);
			free(refusal);
		}
		write_file("a.tar.gz", p.out.p, p.out.len - 1);
		if (i < 3)
			refuses_as("a.tar.gz", i ? "it cannot be read to its end: "
			                         : "a.tar.gz is no archive that can be read: it "
			                           "ends before the list of its files");
		/* a byte of the content */
		p.out.p[p.out.len / 2] ^= 0x10;
		write_file("a.tar.gz", p.out.p, p.out.len);
		/* (of gzip's own checksum libarchive takes no notice) */
		if (i == 0)
			refuses_as("a.tar.gz", "entry 'hello.c' cannot be read: ");
		else if (i == 2)
			refuses_as("a.tar.gz", "it cannot be read to its end: ");
		buf_free(&p.out);
	}
	buf_free(&text);
}

static void no_archive(void **state)
{
	static const char *const names[] = {"hello.zip", "hello.TAR", "hello.tar.gz", "hello.tgz",
	                                    "hello.7z",  "hello.rar", "hello.tar.xz"};
	struct buf b = {0};
	struct pack p;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char text[128];

		for (size_t empty = 0; empty < 2; empty++) {
			text_file(names[i], empty ? "" : "int main;\n");
			snprintf(text, sizeof text,
			         "%s is no archive that can be read: ", names[i]);
			refuses_as(names[i], text);
		}
	}
	/* compressed, and no tar */
	pack_raw(&b, "gzip", "int main;\n", 10);
	write_file("hello.c", b.p, b.len);
	refuses("hello.c",
	        "hello.c is no archive that can be read: there is no tar in what is compressed "
	        "(gzip). Hand in a folder, a source file, or a .zip, .tar or .tar.gz");
	buf_free(&b);
	/* kinds that libarchive knows, and that are not among those that are taken */
	pack_begin(&p, "7zip", NULL);
	pack_file(&p, "a", "x");
	finish(&p, "hello.7z");
	refuses_as("hello.7z", "hello.7z is no archive that can be read: ");
	pack_begin(&p, "cpio", NULL);
	pack_file(&p, "a", "x");
	finish(&p, "hello");
	takes("hello");
	target_is("644 f hello\n");
	pack_begin(&p, "ustar", "compress");
	pack_file(&p, "a", "x");
	finish(&p, "hello");
	takes("hello");
	target_is("644 f hello\n");
	/* a zip that ends early, whatever it is called */
	pack_begin(&p, "zip", NULL);
	pack_file(&p, "a", "x");
	pack_end(&p);
	write_file("hello", p.out.p, p.out.len - 30);
	refuses_as("hello", "hello is no archive that can be read: it ends before the list");
	buf_free(&p.out);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(empty_archives),
	    T(kinds),
	    T(sparse),
	    T(passed_over),
	    T(passed_over_has_an_end),
	    T(hostile_names),
	    T(long_names),
	    T(names_with_nul),
	    T(other_kinds),
	    T(encrypted),
	    T(limits),
	    T(bombs),
	    T(beside_the_files),
	    T(entries_over_one_another),
	    T(lies),
	    T(damaged),
	    T(no_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
