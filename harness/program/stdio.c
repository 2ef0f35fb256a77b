/* SPDX-License-Identifier: MIT */
/*
 * stdio.c - what a program reads and writes: pipes, or a pseudo-terminal
 *
 * The pseudo-terminal is an ordinary one (lines are edited, ^C and ^D work) with two things off, so
 * that what is read from it is what the program wrote: ECHO, and the newline's turning into CR LF
 * (ONLCR, termios(3)).
 */
#include "base/err.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/program_own.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define READ_ROOM   65536u
#define DRAIN_MOST  (2u << 20) /* a pipe holds at most 1 MiB (pipe(7), pipe-max-size) */
#define END_OF_FILE 0x04       /* VEOF: ^D */

static int unblock(int fd, struct err *err)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_sys(err, errno, "O_NONBLOCK");
	return 0;
}

/* ours: 0 when we read, 1 when we write. */
static int open_pipe(int ours, int *our_fd, int *their_fd, struct err *err)
{
	int fd[2];
	if (pipe2(fd, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	*our_fd = fd[ours];
	*their_fd = fd[!ours];
	return unblock(*our_fd, err);
}

static int tame(int slave, struct err *err)
{
	struct termios t;
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	if (tcgetattr(slave, &t) < 0)
		return err_sys(err, errno, "tcgetattr");
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	t.c_oflag &= ~(tcflag_t)ONLCR;
	if (tcsetattr(slave, TCSANOW, &t) < 0 || ioctl(slave, TIOCSWINSZ, &size) < 0)
		return err_sys(err, errno, "tcsetattr");
	return 0;
}

static int open_terminal(struct program *p, struct stdio_ends *theirs, struct err *err)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (master < 0)
		return err_sys(err, errno, "open a pseudo-terminal");
	p->out[0].fd = master;
	/* epoll(7) takes a descriptor once: reading and writing are watched apart */
	p->in.fd = fcntl(master, F_DUPFD_CLOEXEC, 0);
	if (p->in.fd < 0 || unlockpt(master) < 0)
		return err_sys(err, errno, "open a pseudo-terminal");
	/* by the master and not by name: /dev/pts may be another one here (ioctl_tty(2)) */
	theirs->fd[0] = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (theirs->fd[0] < 0)
		return err_sys(err, errno, "TIOCGPTPEER");
	theirs->fd[1] = fcntl(theirs->fd[0], F_DUPFD_CLOEXEC, 0);
	if (theirs->fd[1] < 0)
		return err_sys(err, errno, "open a pseudo-terminal");
	return tame(theirs->fd[0], err);
}

int stdio_open(struct program *p, struct stdio_ends *theirs, struct err *err)
{
	if (p->terminal) {
		if (open_terminal(p, theirs, err) < 0)
			return -1;
	} else {
		if (open_pipe(1, &p->in.fd, &theirs->fd[0], err) < 0 ||
		    open_pipe(0, &p->out[0].fd, &theirs->fd[1], err) < 0)
			return -1;
	}
	return open_pipe(0, &p->out[1].fd, &theirs->fd[2], err);
}

void stdio_close_theirs(struct stdio_ends *theirs)
{
	for (int i = 0; i < 3; i++) {
		if (theirs->fd[i] >= 0)
			close(theirs->fd[i]);
		theirs->fd[i] = -1;
	}
}

static void stream_close(struct stream *s)
{
	loop_remove(s->program->loop, &s->watch);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static void stream_take(struct stream *s, const char *bytes, size_t len)
{
	struct program *p = s->program;
	uint64_t room = p->max_output > s->kept.len ? p->max_output - s->kept.len : 0;
	size_t kept = len < room ? len : (size_t)room;
	bool overflows = s->total <= p->max_output && len > room;
	s->total += len;
	if (kept > 0) {
		buf_add(&s->kept, bytes, kept);
		timeline_add_bytes(p->tl, EVENT_OUTPUT, p->name, s->number, bytes, kept);
	}
	/* once: evidence that is cut says so where it is cut */
	if (overflows)
		timeline_add(p->tl, EVENT_PROGRAM, p->name, 0,
		             "wrote more than %" PRIu64 " bytes to its %s: the rest is not kept",
		             p->max_output, s->number == 1 ? "stdout" : "stderr");
}

/* One read(2). Returns how many bytes, 0 when there is nothing now or never again, -1 with @err
 * set. */
static ssize_t stream_read(struct stream *s, struct err *err)
{
	char bytes[READ_ROOM];
	ssize_t n;
	do
		n = read(s->fd, bytes, sizeof bytes);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		stream_take(s, bytes, (size_t)n);
		return n;
	}
	if (n < 0 && errno == EAGAIN)
		return 0;
	/* a pseudo-terminal's other end is closed: EIO, and only after all its bytes
	 * (drivers/tty/n_tty.c) */
	if (n == 0 || errno == EIO) {
		stream_close(s);
		return 0;
	}
	return err_sys(err, errno, "read what %s wrote", s->program->name);
}

static int on_output(void *arg, uint32_t events, struct err *err)
{
	(void)events;
	return stream_read(arg, err) < 0 ? -1 : 0;
}

int stdio_watch(struct program *p, struct err *err)
{
	for (int i = 0; i < 2; i++) {
		struct stream *s = &p->out[i];
		s->watch = loop_add(p->loop, s->fd, EPOLLIN, on_output, s, err);
		if (!s->watch)
			return -1;
	}
	return 0;
}

int stdio_drain(struct program *p, struct err *err)
{
	for (int i = 0; i < 2; i++) {
		ssize_t n = 1;
		for (size_t all = 0; p->out[i].fd >= 0 && n > 0 && all < DRAIN_MOST;
		     all += (size_t)n) {
			n = stream_read(&p->out[i], err);
			if (n < 0)
				return -1;
		}
	}
	return 0;
}

static void input_close(struct program *p)
{
	loop_remove(p->loop, &p->in.watch);
	if (p->in.fd >= 0)
		close(p->in.fd);
	p->in.fd = -1;
	buf_free(&p->in.queue);
}

void stdio_close(struct program *p)
{
	input_close(p);
	for (int i = 0; i < 2; i++) {
		stream_close(&p->out[i]);
		buf_free(&p->out[i].kept);
	}
}

/* write(2), with EPIPE as an answer and SIGPIPE kept from this process, whatever it does about
 * signals. */
static ssize_t write_quietly(int fd, const void *p, size_t len)
{
	const struct timespec now = {0};
	sigset_t pipe_only, before, pending;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, &pipe_only, &before);
	ssize_t n = write(fd, p, len);
	int code = errno;
	if (n < 0 && code == EPIPE && !sigismember(&pending, SIGPIPE)) {
		while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR)
			;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = code;
	return n;
}

static int on_room(void *arg, uint32_t events, struct err *err);

static int input_flush(struct program *p, struct err *err)
{
	struct input *in = &p->in;
	while (in->queue.len > 0) {
		ssize_t n = write_quietly(in->fd, in->queue.p, in->queue.len);
		if (n > 0) {
			timeline_add_bytes(p->tl, EVENT_INPUT, p->name, 0, in->queue.p, (size_t)n);
			buf_consume(&in->queue, (size_t)n);
		} else if (n < 0 && errno == EAGAIN) {
			break;
		} else if (n < 0 && (errno == EPIPE || errno == EIO)) {
			input_close(p); /* nobody will ever read it */
			return 0;
		} else if (n < 0 && errno != EINTR) {
			return err_sys(err, errno, "write to %s", p->name);
		}
	}
	if (in->queue.len == 0) {
		loop_remove(p->loop, &in->watch);
		if (in->ended && !p->terminal)
			input_close(p);
	} else if (!in->watch) {
		in->watch = loop_add(p->loop, in->fd, EPOLLOUT, on_room, p, err);
		return in->watch ? 0 : -1;
	}
	return 0;
}

static int on_room(void *arg, uint32_t events, struct err *err)
{
	(void)events;
	return input_flush(arg, err);
}

int program_input(struct program *p, const void *bytes, size_t len, struct err *err)
{
	if (p->in.ended)
		return err_set(err, EINVAL, "the end of its standard input was given to %s already",
		               p->name);
	if (p->exited)
		return err_set(err, ESRCH, "%s has ended", p->name);
	if (p->in.fd < 0)
		return err_set(err, EPIPE, "%s has closed its standard input", p->name);
	if (len == 0)
		return 0;
	buf_add(&p->in.queue, bytes, len);
	p->in.inside_a_line = ((const char *)bytes)[len - 1] != '\n';
	return input_flush(p, err);
}

int program_input_end(struct program *p, struct err *err)
{
	static const char twice[] = {END_OF_FILE, END_OF_FILE};
	if (p->in.ended)
		return 0;
	p->in.ended = true;
	if (p->in.fd < 0)
		return 0;
	/* inside a line the first ^D only hands over what is there (termios(3), VEOF) */
	if (p->terminal)
		buf_add(&p->in.queue, twice, p->in.inside_a_line ? 2 : 1);
	return input_flush(p, err);
}
