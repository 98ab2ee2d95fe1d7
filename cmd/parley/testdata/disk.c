/* disk.c stands between a program and the disk (LD_PRELOAD). The file that
 * TEST_DISK names says what becomes of a call:
 *
 *   slow                       a sync takes 20 ms
 *   hold                       a sync waits until the file says something else
 *   CALL OUTCOME SUFFIX EVERY  each EVERYth CALL on a file whose name ends in SUFFIX
 *                              has this OUTCOME: an error by its name; SHORT, half of
 *                              it is written; KILL, the program dies before it; TEAR,
 *                              the program dies when half of it is written
 *
 * and after anything else the disk is well. Each sync that begins adds a byte to
 * the file with ".syncs" behind the name, each fault one to that with ".faults". */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WELL, SHORT = -1, KILL = -2, TEAR = -3 }; /* or the number of an error */

static const struct {
	const char *name;
	int outcome;
} outcomes[] = {
	{"EACCES", EACCES}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"ENOLCK", ENOLCK}, {"ENOMEM", ENOMEM},
	{"ENOSPC", ENOSPC}, {"EROFS", EROFS}, {"ESTALE", ESTALE}, {"SHORT", SHORT}, {"KILL", KILL}, {"TEAR", TEAR},
};

static int open_file(const char *path, int flags) { return syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600); }

static void said(char *text, size_t size) {
	int fd = open_file(getenv("TEST_DISK"), O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = 0;
}

static void count(const char *what) {
	char path[4096];
	snprintf(path, sizeof path, "%s.%s", getenv("TEST_DISK"), what);
	int fd = open_file(path, O_WRONLY | O_APPEND | O_CREAT);
	if (fd < 0 || write(fd, ".", 1) != 1)
		abort();
	close(fd);
}

static int ends(const char *text, const char *suffix) {
	size_t n = strlen(text), m = strlen(suffix);
	return n >= m && strcmp(text + n - m, suffix) == 0;
}

static int outcome_of(const char *name) {
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		if (strcmp(outcomes[i].name, name) == 0)
			return outcomes[i].outcome;
	abort();
}

/* outcome is what becomes of a call on a file. */
static int outcome(const char *call, const char *path) {
	static int calls;
	char text[128], told[32], name[32], suffix[32];
	int every;
	said(text, sizeof text);
	if (sscanf(text, "%31s %31s %31s %d", told, name, suffix, &every) != 4)
		return WELL;
	if (strcmp(told, call) != 0 || !ends(path, suffix) || __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) % every != 0)
		return WELL;
	count("faults");
	int result = outcome_of(name);
	if (result == KILL)
		kill(getpid(), SIGKILL);
	return result;
}

static int outcome_on(const char *call, int fd) {
	char link[64], path[4096];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	path[n < 0 ? 0 : n] = 0;
	return outcome(call, path);
}

static int fails(int result) {
	if (result > 0)
		errno = result;
	return result > 0;
}

static int says(const char *word) {
	char text[128];
	said(text, sizeof text);
	return strcmp(text, word) == 0;
}

static int sync_as_told(int fd, const char *function) {
	count("syncs");
	while (says("hold"))
		usleep(1000);
	if (says("slow"))
		usleep(20000);
	if (fails(outcome_on("fsync", fd)))
		return -1;
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, function);
	return next(fd);
}

int fsync(int fd) { return sync_as_told(fd, "fsync"); }
int fdatasync(int fd) { return sync_as_told(fd, "fdatasync"); }

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
	int result = outcome_on("pwrite", fd);
	if (fails(result))
		return -1;
	if (result == SHORT || result == TEAR)
		size = (size + 1) / 2;
	ssize_t n = syscall(SYS_pwrite64, fd, data, size, at);
	if (result == TEAR)
		kill(getpid(), SIGKILL);
	return n;
}

ssize_t pread64(int fd, void *data, size_t size, off64_t at) {
	return fails(outcome_on("pread", fd)) ? -1 : syscall(SYS_pread64, fd, data, size, at);
}

int ftruncate64(int fd, off64_t size) {
	return fails(outcome_on("ftruncate", fd)) ? -1 : syscall(SYS_ftruncate, fd, size);
}

int open64(const char *path, int flags, ...) {
	va_list rest;
	va_start(rest, flags);
	int mode = flags & O_CREAT ? va_arg(rest, int) : 0;
	va_end(rest);
	return fails(outcome("open", path)) ? -1 : syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int unlink(const char *path) {
	return fails(outcome("unlink", path)) ? -1 : syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset) {
	if (fd >= 0 && fails(outcome_on("mmap", fd)))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
	return mmap64(at, size, protection, flags, fd, offset);
}

int fcntl64(int fd, int command, ...) {
	va_list rest;
	va_start(rest, command);
	long argument = va_arg(rest, long);
	va_end(rest);
	if (command == F_SETLK && fails(outcome_on(((struct flock *)argument)->l_type == F_UNLCK ? "unlock" : "lock", fd)))
		return -1;
	return syscall(SYS_fcntl, fd, command, argument);
}
