/* disk.c stands between a program and the disk (LD_PRELOAD). The file that
 * TEST_DISK names says what a sync does: "slow" takes 20 ms, "hold"
 * waits until the file says something else, "fail" does not work; anything else
 * is a sync. Each sync that begins adds a byte to the file with ".syncs" behind
 * the name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *name(void) { return getenv("TEST_DISK"); }

static int says(const char *word) {
	char text[16] = "";
	int fd = open(name(), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof text - 1) < 0)
		text[0] = 0;
	close(fd);
	return strcmp(text, word) == 0;
}

static void count(void) {
	char path[4096];
	snprintf(path, sizeof path, "%s.syncs", name());
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, ".", 1) != 1)
		abort();
	close(fd);
}

static int sync_as_told(int fd, const char *function) {
	count();
	while (says("hold"))
		usleep(1000);
	if (says("slow"))
		usleep(20000);
	if (says("fail")) {
		errno = EIO;
		return -1;
	}
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, function);
	return next(fd);
}

int fsync(int fd) { return sync_as_told(fd, "fsync"); }
int fdatasync(int fd) { return sync_as_told(fd, "fdatasync"); }
