/* clock.c stands between a program and the clock (LD_PRELOAD). The file that
 * TEST_CLOCK names begins with the nanoseconds, an int64, by which the time of day
 * is off, and with the nanoseconds since 1970, another, at which it stands still
 * unless that is 0.
 *
 * Go asks the kernel's shared object (vdso(7)) and no library, so that faketime(1)
 * is lost on it. Before Go starts, the object that its loader names is replaced by a
 * copy whose symbols lead to where they led, but for clock_gettime. */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int (*kernels)(clockid_t, struct timespec *);
static volatile const int64_t *told;

static int our_clock_gettime(clockid_t clock, struct timespec *at) {
	int result = kernels(clock, at);
	if (clock != CLOCK_REALTIME)
		return result;
	int64_t now = told[1] ? told[1] : at->tv_sec * 1000000000LL + at->tv_nsec + told[0];
	at->tv_sec = now / 1000000000;
	at->tv_nsec = now % 1000000000;
	return result;
}

static const void *section(const char *object, uint32_t type) {
	const Elf64_Ehdr *head = (const void *)object;
	const Elf64_Shdr *sections = (const void *)(object + head->e_shoff);
	for (int i = 0; i < head->e_shnum; i++)
		if (sections[i].sh_type == type)
			return &sections[i];
	abort();
}

static char *replaced(const char *object) {
	const Elf64_Ehdr *head = (const void *)object;
	const Elf64_Shdr *symbols = section(object, SHT_DYNSYM), *names = section(object, SHT_STRTAB);
	size_t size = head->e_shoff + head->e_shnum * sizeof(Elf64_Shdr);
	char *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(copy, object, size);
	Elf64_Sym *symbol = (Elf64_Sym *)(copy + symbols->sh_offset);
	for (size_t i = 0; i < symbols->sh_size / sizeof *symbol; i++, symbol++) {
		const char *name = object + names->sh_offset + symbol->st_name;
		if (symbol->st_shndx == SHN_UNDEF)
			continue;
		if (strcmp(name, "__vdso_clock_gettime") == 0 || strcmp(name, "__kernel_clock_gettime") == 0) {
			kernels = (void *)(object + symbol->st_value);
			symbol->st_value = (char *)our_clock_gettime - copy;
		} else {
			symbol->st_value += object - copy;
		}
	}
	return copy;
}

__attribute__((constructor)) static void replace(void) {
	extern char **environ;
	char **end = environ;
	while (*end++)
		;
	int fd = open(getenv("TEST_CLOCK"), O_RDONLY | O_CLOEXEC);
	told = mmap(NULL, 16, PROT_READ, MAP_SHARED, fd, 0);
	if (told == MAP_FAILED)
		abort();
	for (Elf64_auxv_t *entry = (Elf64_auxv_t *)end; entry->a_type != AT_NULL; entry++)
		if (entry->a_type == AT_SYSINFO_EHDR)
			entry->a_un.a_val = (uint64_t)replaced((char *)entry->a_un.a_val);
	if (!kernels)
		abort();
}
