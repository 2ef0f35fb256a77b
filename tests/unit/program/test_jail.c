/* SPDX-License-Identifier: MIT */
/*
 * test_jail.c - a jailed program: what it sees, may do and may take; and that it can still work
 *
 * Run as root and in a user namespace. The C programs are compiled in the jail itself, as a
 * submission is.
 */
#include "../isolated.h"
#include "base/clock.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/program.h"
#include "world/world.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE (60 * NS_PER_S) /* a fact that does not come at all; valgrind is slow */
#define MIB      (UINT64_C(1) << 20)

struct stage {
	struct world *world;
	struct loop *loop;
	struct timeline *tl;
	char *folder; /* the submission: in the scratch folder, compiled in the jail */
};

/* Says of each call what became of it: "mount EPERM". Where the kernel looks at arguments before
 * rights they are wrong: then EPERM is the filter's. */
static const char calls_c[] =
    "#define _GNU_SOURCE\n"
    "#include <errno.h>\n#include <linux/sched.h>\n#include <sched.h>\n#include <stdio.h>\n"
    "#include <string.h>\n#include <sys/ioctl.h>\n#include <sys/mman.h>\n#include <sys/mount.h>\n"
    "#include <sys/personality.h>\n#include <sys/prctl.h>\n#include <sys/ptrace.h>\n"
    "#include <sys/socket.h>\n#include <sys/syscall.h>\n#include <sys/wait.h>\n"
    "#include <unistd.h>\n"
    "#define TRY(name, call) do { errno = 0; long r = (long)(call);\\\n"
    " printf(\"%s %s\\n\", name, r < 0 ? strerrorname_np(errno) : \"done\"); } while (0)\n"
    "int main(void) {\n"
    "setvbuf(stdout, NULL, _IONBF, 0);\n"
    "TRY(\"mount\", syscall(SYS_mount, -1, -1, -1, 0, -1));\n"
    "TRY(\"umount\", umount2(\"/tmp\", 0xff00));\n"
    "TRY(\"chroot\", syscall(SYS_chroot, -1));\n"
    "TRY(\"pivot_root\", syscall(SYS_pivot_root, \".\", \".\"));\n"
    "TRY(\"open_tree\", syscall(SYS_open_tree, -100, \"/\", 1));\n"
    "TRY(\"unshare user\", unshare(CLONE_NEWUSER));\n"
    "TRY(\"unshare net\", unshare(CLONE_NEWNET));\n"
    "TRY(\"unshare time\", unshare(0x80));\n"
    "TRY(\"unshare files\", unshare(CLONE_FILES));\n"
    "TRY(\"clone user\", syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0));\n"
    "TRY(\"clone3\", syscall(SYS_clone3, NULL, 0));\n"
    "TRY(\"memfd_create\", memfd_create(\"x\", 0));\n"
    "TRY(\"setns\", setns(0, 0));\n"
    "TRY(\"ptrace\", ptrace(PTRACE_TRACEME, 0, 0, 0));\n"
    "TRY(\"process_vm_readv\", syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0));\n"
    "TRY(\"bpf\", syscall(SYS_bpf, 0, 0, 0));\n"
    "TRY(\"perf_event_open\", syscall(SYS_perf_event_open, 0, 0, 0, 0, 0));\n"
    "TRY(\"userfaultfd\", syscall(SYS_userfaultfd, 0));\n"
    "TRY(\"io_uring_setup\", syscall(SYS_io_uring_setup, 1, 0));\n"
    "TRY(\"keyctl\", syscall(SYS_keyctl, 0, 0, 0, 0, 0));\n"
    "TRY(\"open_by_handle_at\", syscall(SYS_open_by_handle_at, 0, 0, 0));\n"
    "TRY(\"init_module\", syscall(SYS_init_module, 0, 0, 0));\n"
    "TRY(\"kexec_load\", syscall(SYS_kexec_load, 0, 0, 0, 0));\n"
    "TRY(\"sethostname\", sethostname(\"x\", 1));\n"
    "TRY(\"personality ask\", personality(0xffffffff));\n"
    "TRY(\"personality linux\", personality(0));\n"
    "TRY(\"personality change\", personality(0x0040000));\n"
    "TRY(\"personality top\", personality(0x80000000));\n"
    "TRY(\"TIOCSTI\", ioctl(0, TIOCSTI, \"x\"));\n"
    "TRY(\"TIOCLINUX\", ioctl(0, TIOCLINUX, \"x\"));\n"
    "TRY(\"TIOCSTI high\", syscall(SYS_ioctl, 0, TIOCSTI | 1UL << 32, \"x\"));\n"
    "TRY(\"FIONREAD\", ioctl(0, FIONREAD, &errno));\n"
    "TRY(\"socket packet\", socket(AF_PACKET, SOCK_RAW, 0));\n"
    "TRY(\"socket vsock\", socket(AF_VSOCK, SOCK_STREAM, 0));\n"
    "TRY(\"socket alg\", socket(AF_ALG, SOCK_SEQPACKET, 0));\n"
    "TRY(\"socket high\", syscall(SYS_socket, AF_ALG | 1UL << 32, SOCK_SEQPACKET, 0));\n"
    "TRY(\"socket raw\", socket(AF_INET, SOCK_RAW, 1));\n"
    "TRY(\"socket raw 6\", socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, 58));\n"
    "TRY(\"socket diag\", socket(AF_NETLINK, SOCK_RAW, 4));\n"
    "TRY(\"socket route\", socket(AF_NETLINK, SOCK_RAW, 0));\n"
    "TRY(\"socket tcp\", socket(AF_INET, SOCK_STREAM, 0));\n"
    "TRY(\"socket udp\", socket(AF_INET6, SOCK_DGRAM, 0));\n"
    "TRY(\"socket unix\", socket(AF_UNIX, SOCK_SEQPACKET, 0));\n"
    "#ifdef __x86_64__\n"
    "TRY(\"x32 getpid\", syscall(0x40000000 | SYS_getpid));\n"
    "{ long r; __asm__ volatile(\"int $0x80\" : \"=a\"(r) : \"a\"(20L) : \"memory\", \"r8\", "
    "\"r9\", \"r10\", \"r11\"); printf(\"32 bits getpid %s\\n\", (int)r < 0 ? "
    "strerrorname_np(-(int)r) : \"done\"); }\n"
    "#endif\n"
    "return 0; }\n";

/* share N: MiB of System V shared memory, of which it keeps none mapped; eat N: MiB that it can
 * write to; fork N: processes that it can make at one time; serve: talks to itself over TCP by
 * name; send PATH: to a UNIX datagram socket; sleep: says what it is. */
static const char work_c[] =
    "#include <errno.h>\n#include <netdb.h>\n#include <pthread.h>\n#include <stdio.h>\n"
    "#include <stdlib.h>\n#include <string.h>\n#include <sys/shm.h>\n#include "
    "<sys/socket.h>\n#include <sys/un.h>\n"
    "#include <sys/wait.h>\n#include <unistd.h>\n"
    "static void *peer(void *to) { struct addrinfo *a, h = {.ai_socktype = SOCK_STREAM};\n"
    " if (getaddrinfo(\"localhost\", to, &h, &a)) exit(5);\n"
    " for (; a; a = a->ai_next) { int s = socket(a->ai_family, SOCK_STREAM, 0);\n"
    "  if (connect(s, a->ai_addr, a->ai_addrlen) == 0) { if (write(s, \"hello\", 5) != 5) "
    "exit(6); close(s); return NULL; } close(s); } exit(7); }\n"
    "int main(int argc, char **argv) {\n"
    "setvbuf(stdout, NULL, _IONBF, 0);\n"
    "int most = argc > 2 ? atoi(argv[2]) : 0, n = 0;\n"
    "if (!strcmp(argv[1], \"eat\")) { while (n < most) { char *p = malloc(1 << 20);\n"
    "  if (!p) break; memset(p, 1, 1 << 20); n++; } printf(\"%d MiB\\n\", n); }\n"
    "if (!strcmp(argv[1], \"share\")) { while (n < most) { char *p;\n"
    "  int id = shmget(IPC_PRIVATE, 1 << 20, 0600);\n"
    "  if (id < 0 || (p = shmat(id, NULL, 0)) == (void *)-1) break;\n"
    "  memset(p, 1, 1 << 20); shmdt(p); n++; } printf(\"%d MiB\\n\", n); }\n"
    "if (!strcmp(argv[1], \"fork\")) { while (n < most) { pid_t p = fork();\n"
    "  if (p == 0) { pause(); _exit(0); } if (p < 0) break; n++; }\n"
    "  printf(\"%d processes\\n\", n); }\n"
    "if (!strcmp(argv[1], \"serve\")) { struct addrinfo *a, h = {.ai_flags = AI_PASSIVE,\n"
    "  .ai_family = AF_INET, .ai_socktype = SOCK_STREAM};\n"
    "  if (getaddrinfo(NULL, \"7000\", &h, &a)) return 2; pthread_t t; char b[9] = \"\";\n"
    "  int l = socket(a->ai_family, SOCK_STREAM, 0), on = 1;\n"
    "  setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);\n"
    "  if (bind(l, a->ai_addr, a->ai_addrlen) || listen(l, 5)) return 3;\n"
    "  pthread_create(&t, NULL, peer, \"7000\"); int c = accept(l, NULL, NULL);\n"
    "  ssize_t got = read(c, b, 8); printf(\"got %d %s\\n\", (int)got, b);\n"
    "  pthread_join(t, NULL); }\n"
    "if (!strcmp(argv[1], \"send\")) { struct sockaddr_un u = {.sun_family = AF_UNIX};\n"
    "  int s = socket(AF_UNIX, SOCK_DGRAM, 0); strcpy(u.sun_path, argv[2]);\n"
    "  puts(\"ready\"); (void)getchar();\n"
    "  if (sendto(s, \"hello\", 5, 0, (void *)&u, sizeof u) != 5) { perror(\"sendto\"); "
    "return 4; } puts(\"sent\"); }\n"
    "return 0; }\n";

static struct program *start(struct stage *s, struct program_spec spec, struct jail_spec jail)
{
	struct err err = {0};
	spec.name = "jailed";
	spec.jail = &jail;
	if (!jail.folder)
		jail.folder = s->folder;
	struct program *p = program_start(&spec, world_host(s->world, 0), s->loop, s->tl, &err);
	ok(p != NULL);
	return p;
}

static struct program *start_shell(struct stage *s, const char *script, struct jail_spec jail)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	return start(s, (struct program_spec){.argv = argv}, jail);
}

static void step(struct stage *s)
{
	struct err err = {0};
	int n = loop_step(s->loop, clock_now() + PATIENCE, &err);
	ok(n > 0);
}

static int wait_exit(struct stage *s, struct program *p)
{
	int status = -1;
	while (!program_exited(p, &status))
		step(s);
	return status;
}

static void wait_output(struct stage *s, struct program *p, const char *text)
{
	while (!strstr(buf_text(program_output(p, 1)), text) && !program_output_closed(p, 1))
		step(s);
	assert_non_null(strstr(buf_text(program_output(p, 1)), text));
}

/* Run to its end; what it wrote, free() it. */
static char *run(struct stage *s, struct program *p, int wanted)
{
	int status = wait_exit(s, p);
	char *text =
	    mem_printf("%s%s", buf_text(program_output(p, 1)), buf_text(program_output(p, 2)));
	if (status != wanted)
		print_error("status 0x%x: %s\n", (unsigned)status, text);
	assert_int_equal(status, wanted);
	program_close(&p);
	return text;
}

static void holds(struct stage *s, const char *script, struct jail_spec jail, const char *expected)
{
	char *text = run(s, start_shell(s, script, jail), 0);
	if (strcmp(text, expected) != 0)
		print_error("%s\n", script);
	assert_string_equal(text, expected);
	free(text);
}

static void put(const char *folder, const char *name, const char *text)
{
	char *path = mem_printf("%s/%s", folder, name);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static int open_stage(void **state)
{
	struct err err = {0};
	const char *names[] = {"client", "server"};
	struct stage *s = mem_zero(1, sizeof *s);
	s->world = world_open(WORLD_LOOP, names, 2, false, &err);
	if (!s->world)
		print_error("%s\n", err.text);
	s->loop = loop_open(&err);
	s->tl = timeline_open();
	s->folder = mem_printf("%s/build", isolate_scratch());
	*state = s;
	return s->world && s->loop && mkdir(s->folder, 0755) == 0 ? 0 : -1;
}

static int close_stage(void **state)
{
	struct stage *s = *state;
	timeline_close(&s->tl);
	loop_close(&s->loop);
	world_close(&s->world);
	free(s->folder);
	free(s);
	return 0;
}

/* First: the others need what it makes. */
static void builds(void **state)
{
	struct stage *s = *state;
	const char *argv[] = {"make", "-s", "-j2", NULL};
	put(s->folder, "calls.c", calls_c);
	put(s->folder, "work.c", work_c);
	put(s->folder, "Makefile",
	    "CC = gcc\nCFLAGS = -O1 -w -pthread\nall: calls work\nclean:\n\trm -f calls work\n");
	char *text = run(s,
	                 start(s, (struct program_spec){.argv = argv, .folder = "/submission"},
	                       (struct jail_spec){.writable = true, .memory = 1024 * MIB}),
	                 0);
	assert_string_equal(text, "");
	free(text);
	char *made = mem_printf("%s/work", s->folder);
	assert_int_equal(access(made, X_OK), 0);
	free(made);
}

static void sees_no_more_than_it_needs(void **state)
{
	struct stage *s = *state;
	struct jail_spec jail = {0};
	char *script =
	    mem_printf("cd /; for i in *; do case $i in bin|sbin|lib|lib32|lib64|libx32|"
	               "usr|dev|etc|proc|submission|tmp|var) ;; *) echo $i;; esac; done");
	holds(s, script, jail, "");
	free(script);
	holds(s,
	      "ls /var /tmp /dev; cd /etc; ls -d passwd group shadow ssh hostname 2>/dev/null; :",
	      jail,
	      "/dev:\nfd\nfull\nnull\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n\n"
	      "/tmp:\n\n/var:\ntmp\ngroup\npasswd\n");
	holds(s, "ls /submission", jail, "Makefile\ncalls\ncalls.c\nwork\nwork.c\n");
	script = mem_printf("ls -d %s %s /work /root /home /proc/1/root/work /proc/1/cwd/home "
	                    "/sys/fs /run 2>/dev/null; pwd",
	                    isolate_private(), s->folder);
	char *expected = mem_printf("%s\n%s\n", s->folder, isolate_scratch());
	holds(s, script, jail, expected);
	free(script);
	free(expected);
}

static void hidden_is_hidden(void **state)
{
	struct stage *s = *state;
	const char *const hidden[] = {"/usr/share/zoneinfo", "/etc/passwd", "/no/such/place", NULL};
	holds(s, "ls /usr/share/zoneinfo | grep -c Europe", (struct jail_spec){0}, "1\n");
	holds(s, "ls /usr/share/zoneinfo; cat /etc/passwd", (struct jail_spec){.hidden = hidden},
	      "");
}

static void writes_where_it_may(void **state)
{
	struct stage *s = *state;
	/* Were the jail broken, this would be the machine: what is there is opened and not written
	 * to, changes of mode change nothing, and what could be made is removed. */
	holds(s,
	      "for f in /etc/passwd /submission/work /proc/self/comm /usr/bin/env "
	      "/proc/irq/default_smp_affinity; do (: >>$f) 2>/dev/null && echo $f; done; "
	      "for d in / /usr /etc /dev /submission /var /proc; do f=$d/sockproof-jail-test; "
	      "(: >>$f) 2>/dev/null && echo $f && rm $f; done; "
	      "chmod 0666 /dev/null 2>/dev/null && echo null; "
	      "chmod 0755 /usr/bin/env 2>/dev/null && echo env; "
	      "for d in /tmp /dev/shm . /var/tmp; do f=$d/sockproof-jail-test; echo x >$f || "
	      "echo $f; rm $f; done; "
	      "echo x >/dev/stdout; echo x >/dev/null; head -c2 /dev/zero | wc -c",
	      (struct jail_spec){0}, "x\n2\n");
}

/* What the harness put there before is the program's, and the way out of a link is not. */
static void scratch_is_its_own(void **state)
{
	struct stage *s = *state;
	char *outside = mem_printf("/tmp/sockproof-jail-%s", geteuid() ? "x" : "outside");
	char *link = mem_printf("%s/link", isolate_scratch());
	struct stat before, after;
	FILE *f = fopen(outside, "we");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(stat(outside, &before), 0);
	assert_int_equal(symlink(outside, link), 0);
	put(isolate_scratch(), "placed", "one\n");
	holds(s, "echo two >>placed; cat placed; cat link 2>/dev/null || echo none; id -u >mine",
	      (struct jail_spec){0}, "one\ntwo\nnone\n");
	assert_int_equal(stat(outside, &after), 0);
	assert_int_equal(before.st_uid, after.st_uid);
	/* and the harness writes to it still */
	put(isolate_scratch(), "placed", "three\n");
	put(isolate_scratch(), "mine", "three\n");
	unlink(link);
	unlink(outside);
	free(link);
	free(outside);
}

static bool other_user(void)
{
	struct buf lacks = {0};
	program_jail_lacks(&lacks);
	bool other = !strstr(buf_text(&lacks), "another user");
	buf_free(&lacks);
	return other;
}

static void is_nobody_else(void **state)
{
	struct stage *s = *state;
	struct stat st;
	assert_int_equal(stat("/proc/self/ns/pid", &st), 0);
	unsigned user = other_user() ? 2000000000u + (unsigned)(st.st_ino & 0x0fffffff) : 0;
	const char *name = user ? "submission" : "root";
	char *expected =
	    mem_printf("uid=%u(%s) gid=%u(%s) groups=%u(%s)\n", user, name, user, name, user, name);
	if (user) /* in a user namespace groups cannot be given up */
		holds(s, "id", (struct jail_spec){0}, expected);
	holds(s, "grep -hE '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -d '\\t'",
	      (struct jail_spec){0},
	      "CapInh:0000000000000000\nCapPrm:0000000000000000\nCapEff:0000000000000000\n"
	      "CapBnd:0000000000000000\nCapAmb:0000000000000000\nNoNewPrivs:1\nSeccomp:2\n");
	free(expected);
}

static void sees_no_other_process(void **state)
{
	struct stage *s = *state;
	holds(s,
	      "tr -d '\\0' </proc/1/cmdline; for f in /proc/1/fd/*; do readlink $f; done; "
	      "for f in environ maps mem root/etc cwd; do "
	      "ls /proc/1/$f/ >/dev/null 2>&1 && echo $f; head -c1 /proc/1/$f 2>/dev/null; done; "
	      "cd /proc; echo [0-9]*",
	      (struct jail_spec){0}, "1 2\n");
}

static void calls_are_refused(void **state)
{
	struct stage *s = *state;
	holds(s, "/submission/calls", (struct jail_spec){0},
	      "mount EPERM\numount EPERM\nchroot EPERM\npivot_root EPERM\nopen_tree EPERM\n"
	      "unshare user EPERM\nunshare net EPERM\nunshare time EPERM\nunshare files done\n"
	      "clone user EPERM\nclone3 ENOSYS\nmemfd_create EPERM\nsetns EPERM\nptrace EPERM\n"
	      "process_vm_readv EPERM\nbpf EPERM\nperf_event_open EPERM\nuserfaultfd EPERM\n"
	      "io_uring_setup EPERM\nkeyctl EPERM\nopen_by_handle_at EPERM\ninit_module EPERM\n"
	      "kexec_load EPERM\nsethostname EPERM\npersonality ask done\n"
	      "personality linux done\npersonality change EPERM\npersonality top EPERM\n"
	      "TIOCSTI EPERM\nTIOCLINUX EPERM\nTIOCSTI high EPERM\nFIONREAD done\n"
	      "socket packet EPERM\nsocket vsock EPERM\nsocket alg EPERM\nsocket high EPERM\n"
	      "socket raw EPERM\nsocket raw 6 EPERM\nsocket diag EPERM\nsocket route done\n"
	      "socket tcp done\nsocket udp done\nsocket unix done\n"
#ifdef __x86_64__
	      "x32 getpid EPERM\n32 bits getpid EPERM\n"
#endif
	);
}

static long number(char *text)
{
	long n = strtol(text, NULL, 10);
	free(text);
	return n;
}

static void memory_ends(void **state)
{
	struct stage *s = *state;
	const struct jail_spec jail = {.memory = 128 * MIB};
	/* the harness may have more than that: it is not what is limited */
	void *room = mmap(NULL, 1024 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(room != MAP_FAILED);
	struct program *p = start_shell(s, "exec /submission/work eat 64", jail);
	assert_int_equal(number(run(s, p, 0)), 64);
	p = start_shell(s, "exec /submission/work share 128", jail);
	assert_in_range(number(run(s, p, 0)), 0, 16);
	p = start_shell(s, "exec /submission/work eat 512", jail);
	/* refused by its own limit, or killed by its cgroup's */
	int status = wait_exit(s, p);
	long eaten = strtol(buf_text(program_output(p, 1)), NULL, 10);
	assert_true((status == 0 && eaten < 128) || status == SIGKILL || status == 137 << 8);
	program_close(&p);
	munmap(room, 1024 * MIB);
}

static void processes_end(void **state)
{
	struct stage *s = *state;
	struct jail_spec jail = {.processes = 20};
	struct program *p = start_shell(s, "exec /submission/work fork 15", jail);
	assert_int_equal(number(run(s, p, 0)), 15);
	p = start_shell(s, "exec /submission/work fork 2000", jail);
	long made = number(run(s, p, 0));
	if (other_user())
		assert_int_equal(made, 19);
	else /* the harness's own count too; and a pid namespace's last resort */
		assert_in_range(made, 16, 330);
	/* one after the other they may be many */
	holds(s, "i=0; while [ $i -lt 700 ]; do (:); i=$((i+1)); done; echo $i", jail, "700\n");
}

/* Two programs of a case run at one time, and both have what they were promised. */
static void two_at_one_time(void **state)
{
	struct stage *s = *state;
	struct program *first = start_shell(s, "echo up; cat >/dev/null", (struct jail_spec){0});
	wait_output(s, first, "up");
	holds(s, "cat /submission/Makefile | head -1", (struct jail_spec){0}, "CC = gcc\n");
	program_close(&first);
}

static void tmp_ends(void **state)
{
	struct stage *s = *state;
	const struct jail_spec jail = {.tmp_bytes = MIB, .tmp_inodes = 20};
	holds(s,
	      "f=/tmp/sockproof-jail-test; head -c 4194304 /dev/zero >$f 2>/dev/null; wc -c <$f; "
	      "rm $f",
	      jail, "1048576\n");
	holds(s,
	      "f=/tmp/sockproof-jail-test; i=0; while [ $i -lt 100 ] && (: >$f$i) 2>/dev/null; do "
	      "i=$((i+1)); done; echo $i files; rm $f*",
	      jail, "19 files\n");
}

static void servers_work(void **state)
{
	struct stage *s = *state;
	holds(s, "/submission/work serve", (struct jail_spec){0}, "got 5 hello\n");
	holds(s, "getent hosts server | grep -c server; id -un | grep -c .; uname -n",
	      (struct jail_spec){0}, "1\n1\nclient\n");
}

/* A socket that the harness makes while the program runs. */
static void unix_sockets_work(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	struct sockaddr_un u = {.sun_family = AF_UNIX};
	char got[8] = "";
	snprintf(u.sun_path, sizeof u.sun_path, "%s/late", isolate_scratch());
	const char *argv[] = {"/submission/work", "send", u.sun_path, NULL};
	struct program *p = start(s, (struct program_spec){.argv = argv}, (struct jail_spec){0});
	wait_output(s, p, "ready");
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	mode_t before = umask(0);
	assert_int_equal(bind(fd, (struct sockaddr *)&u, sizeof u), 0);
	umask(before);
	ok(program_input(p, "\n", 1, &err) == 0);
	free(run(s, p, 0));
	/* said to have been sent: it is there */
	assert_int_equal(recv(fd, got, sizeof got, MSG_DONTWAIT), 5);
	close(fd);
	unlink(u.sun_path);
}

static void tools_work(void **state)
{
	struct stage *s = *state;
	if (access("/usr/bin/valgrind", X_OK) == 0)
		holds(s, "valgrind -q --error-exitcode=97 /submission/work serve",
		      (struct jail_spec){0}, "got 5 hello\n");
	const char *argv[] = {"/submission/work", "serve", NULL};
	struct program *p =
	    start(s, (struct program_spec){.argv = argv, .traced = true}, (struct jail_spec){0});
	assert_int_equal(wait_exit(s, p), 0);
	bool found = false;
	for (size_t i = 0; i < program_calls(p); i++)
		found |= strcmp(program_call(p, i).name, "listen") == 0;
	assert_true(found);
	program_close(&p);
}

static void terminals_work(void **state)
{
	struct stage *s = *state;
	const char *argv[] = {"/bin/sh", "-c", "test -t 0 && echo x >/dev/tty", NULL};
	char *text = run(
	    s,
	    start(s, (struct program_spec){.argv = argv, .terminal = true}, (struct jail_spec){0}),
	    0);
	assert_string_equal(text, "x\n");
	free(text);
}

static void capabilities_are_refused(void **state)
{
	struct stage *s = *state;
	struct err err = {0};
	const char *argv[] = {"/bin/true", NULL};
	const struct jail_spec jail = {.folder = s->folder};
	struct program_spec spec = {.name = "p",
	                            .argv = argv,
	                            .jail = &jail,
	                            .capabilities = program_capability("net_raw")};
	assert_null(program_start(&spec, world_host(s->world, 0), s->loop, s->tl, &err));
	assert_int_equal(err.code, EINVAL);
}

/* Each line names what is lacking and why. */
static void says_what_it_lacks(void **state)
{
	struct buf lacks = {0};
	(void)state;
	size_t count = program_jail_lacks(&lacks), lines = 0;
	for (const char *at = buf_text(&lacks); (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	print_message("%s", buf_text(&lacks));
	assert_int_equal(lines, count);
	buf_free(&lacks);
}

/* The cgroup of a jailed process in the tree of version 1's controller, or (empty) of version 2. */
static char *group_of(struct stage *s, const char *controller)
{
	char *script =
	    mem_printf("sed -n 's/^[0-9]*:%s:\\(.*\\)$/\\1/p' /proc/self/cgroup", controller);
	char *path = run(s, start_shell(s, script, (struct jail_spec){0}), 0);
	free(script);
	path[strcspn(path, "\n")] = '\0';
	return path;
}

/* One is gone with its program, and one whose owner was killed with the next program. */
static void groups_are_removed(void **state)
{
	struct stage *s = *state;
	static const struct {
		const char *controller, *point;
	} trees[] = {{"pids", "/sys/fs/cgroup/pids"}, {"", "/sys/fs/cgroup"}};
	char *own = NULL, *path = NULL;
	for (size_t i = 0; i < 2 && !path; i++) {
		own = group_of(s, trees[i].controller);
		if (strstr(own, "/sockproof-jail-"))
			path = mem_printf("%s%s", trees[i].point, own);
		free(own);
	}
	if (!path)
		skip(); /* no group could be made */
	assert_int_equal(access(path, F_OK), -1);
	strcpy(strrchr(path, '-'), "-1");
	assert_int_equal(mkdir(path, 0755), 0);
	holds(s, "echo", (struct jail_spec){0}, "\n");
	assert_int_equal(access(path, F_OK), -1);
	free(path);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(builds),
	    cmocka_unit_test(sees_no_more_than_it_needs),
	    cmocka_unit_test(hidden_is_hidden),
	    cmocka_unit_test(writes_where_it_may),
	    cmocka_unit_test(scratch_is_its_own),
	    cmocka_unit_test(is_nobody_else),
	    cmocka_unit_test(sees_no_other_process),
	    cmocka_unit_test(calls_are_refused),
	    cmocka_unit_test(memory_ends),
	    cmocka_unit_test(processes_end),
	    cmocka_unit_test(groups_are_removed),
	    cmocka_unit_test(two_at_one_time),
	    cmocka_unit_test(tmp_ends),
	    cmocka_unit_test(servers_work),
	    cmocka_unit_test(unix_sockets_work),
	    cmocka_unit_test(tools_work),
	    cmocka_unit_test(terminals_work),
	    cmocka_unit_test(capabilities_are_refused),
	    cmocka_unit_test(says_what_it_lacks),
	};
	return cmocka_run_group_tests(list, open_stage, close_stage);
}

int main(void)
{
	program_jail_prepare();
	return run_isolated(tests);
}
