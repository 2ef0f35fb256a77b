/* SPDX-License-Identifier: MIT */
/* vm.c - see vm.h */
#include "vm/vm.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "vm/job.h"
#include "vm/kernel.h"
#include "vm/machine.h"
#include "vm/snapshot.h"
#include "vm/window.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define QEMU "qemu-system-x86_64"

/* A guest computes at a fifth to a tenth of this machine's speed, and its own limit (guest.c) is in
 * its own time; this one is for a guest that never answers at all. */
#define CASE_PATIENCE (170 * NS_PER_S)

/* What the harness needs of a kernel; '?': may be missing. */
static const char *const modules[] = {"tun",           "veth",           "inet_diag", "tcp_diag",
                                      "udp_diag",      "?raw_diag",      "unix_diag", "?af_packet_diag",
                                      "?netlink_diag", NULL};

struct vm {
	char *qemu, *qemu_version;
	struct vm_kernel kernel;
	struct snapshot snapshot;
	const char *version;
};

/* $PATH's, for this process; free() it. */
static char *find_qemu(void)
{
	const char *path = getenv("PATH");

	if (!path || !*path)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		size_t len = strcspn(path, ":");
		char *full = mem_printf("%.*s/%s", (int)len, path, QEMU);

		if (len > 0 && access(full, X_OK) == 0)
			return full;
		free(full);
		if (path[len] == '\0')
			return NULL;
		path += len + 1;
	}
}

/* "QEMU emulator version 7.2.22 (Debian …)": the number. NULL when it does not say. */
static char *version_of(const char *qemu)
{
	char line[200] = "", number[40];
	int pipe_ends[2];
	pid_t pid;
	ssize_t n = 0;

	if (pipe2(pipe_ends, O_CLOEXEC) < 0)
		return NULL;
	pid = fork();
	if (pid == 0) {
		int nothing = open("/dev/null", O_RDWR);

		if (dup2(pipe_ends[1], 1) < 0 || nothing < 0 || dup2(nothing, 2) < 0)
			_exit(127);
		execl(qemu, qemu, "--version", (char *)NULL);
		_exit(127);
	}
	close(pipe_ends[1]);
	if (pid > 0) {
		n = read(pipe_ends[0], line, sizeof line - 1);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(pipe_ends[0]);
	if (n <= 0 || sscanf(line, "QEMU emulator version %39[0-9.]", number) != 1)
		return NULL;
	return mem_text(number);
}

char *vm_qemu_version(void)
{
	char *qemu = find_qemu(), *version = qemu ? version_of(qemu) : NULL;

	free(qemu);
	return version;
}

struct vm *vm_open(const struct vm_setting *setting, bool *missing, struct err *err)
{
	struct vm *vm = mem_zero(1, sizeof *vm);
	struct snapshot_setting ss = {.kernel = &vm->kernel, .progress = setting->progress};
	int rc = -1;

	*missing = true;
	vm->snapshot.folder = -1;
	vm->version = setting->version;
	vm->qemu = find_qemu();
	vm->qemu_version = vm->qemu ? version_of(vm->qemu) : NULL;
	if (!vm->qemu)
		err_set(err, ENOENT, "no " QEMU "; apt-get install qemu-system-x86 brings it");
	else if (!vm->qemu_version)
		err_set(err, ENOEXEC, "%s does not tell its version", vm->qemu);
	else
		rc = vm_kernel_find(setting->kernel, modules, &vm->kernel, err);
	if (rc == 0) {
		*missing = false;
		ss.qemu = vm->qemu;
		ss.qemu_version = vm->qemu_version;
		rc = snapshot_get(&ss, &vm->snapshot, err);
	}
	if (rc < 0)
		vm_close(&vm);
	return vm;
}

void vm_close(struct vm **p)
{
	struct vm *vm = *p;

	if (!vm)
		return;
	*p = NULL;
	snapshot_free(&vm->snapshot);
	vm_kernel_free(&vm->kernel);
	free(vm->qemu);
	free(vm->qemu_version);
	free(vm);
}

const char *vm_release(const struct vm *vm)
{
	return vm->kernel.release;
}

const char *vm_qemu(const struct vm *vm)
{
	return vm->qemu_version;
}

/* Put the job into the window, let the guest run, take the result out of it. */
static int play(struct vm *vm, struct machine *m, const struct buf *job,
                const struct perform_setting *setting, struct outcome *out, struct err *err)
{
	struct window_head *head = machine_window(m);
	const char *payload = (const char *)head + WINDOW_PAYLOAD;
	char said[400];
	uint64_t len;
	int end;

	(void)vm;
	if (job->len > WINDOW_ROOM)
		return err_set(err, E2BIG,
		               "the programs of this case and what they need are %zu MiB; a guest "
		               "takes %d MiB",
		               job->len >> 20, WINDOW_MB - 1);
	memcpy((char *)head + WINDOW_PAYLOAD, job->p, job->len);
	*head = (struct window_head){.magic = WINDOW_MAGIC, .state = WINDOW_JOB, .len = job->len};
	end = machine_run(m, CASE_PATIENCE, NULL, NULL, err);
	if (end < 0)
		return -1;
	len = head->len;
	if (end == MACHINE_STOPPED && head->state == WINDOW_DONE && len <= WINDOW_ROOM)
		return job_result(payload, len, setting->directory, out, err);
	if (end == MACHINE_STOPPED && head->state == WINDOW_FAILED && len <= WINDOW_ROOM)
		return err_set(err, EIO, "the guest: %.*s", (int)(len < 800 ? len : 800), payload);
	machine_console(m, said, sizeof said);
	if (end == MACHINE_LATE)
		return err_set(err, ETIMEDOUT,
		               "the guest gave no answer within %d s of this machine's time; the last "
		               "it said: %s",
		               (int)(CASE_PATIENCE / NS_PER_S), said);
	return err_set(err, EIO, "the guest ended before it had a verdict; the last it said: %s", said);
}

static int perform(struct vm *vm, struct script *s, const struct plan_case *c,
                   const struct perform_setting *setting, struct outcome *out, struct err *err)
{
	const struct job_words words = {.qemu = vm->qemu_version,
	                                .ns_per_instruction = MACHINE_NS_PER_INSTRUCTION};
	struct machine_setting ms = {.qemu = vm->qemu, .memory = vm->snapshot.memory};
	struct machine *m;
	struct buf job = {0};
	int rc = job_pack(s, c, setting, &words, &job, err);

	if (rc == 0) {
		ms.state = open(vm->snapshot.state, O_RDONLY | O_CLOEXEC);
		if (ms.state < 0)
			rc = err_sys(err, errno, "%s", vm->snapshot.state);
	}
	if (rc == 0) {
		m = machine_start(&ms, err);
		close(ms.state);
		rc = m ? play(vm, m, &job, setting, out, err) : -1;
		machine_close(&m);
	}
	buf_free(&job);
	return rc;
}

void vm_perform(struct vm *vm, struct script *s, const struct plan_case *c,
                const struct perform_setting *setting, struct outcome *out)
{
	struct err err;

	*out = (struct outcome){0};
	if (perform(vm, s, c, setting, out, &err) == 0)
		return;
	outcome_free(out);
	*out = (struct outcome){
	    .verdict = OUTCOME_ERROR, .reason = mem_text(err.text), .trace = mem_text("")};
}
