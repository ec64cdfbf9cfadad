// What libwebp and libaom need of it: `src/lib.rs` has the functions.
#ifndef SANDPRESS_STDLIB_H
#define SANDPRESS_STDLIB_H

#include <stddef.h>

void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* memory, size_t size);
void free(void* memory);
void qsort(void* items, size_t count, size_t size, int (*compare)(const void*, const void*));

static inline int abs(int number) { return number < 0 ? -number : number; }
static inline long long llabs(long long number) { return number < 0 ? -number : number; }
static inline _Noreturn void abort(void) { __builtin_trap(); }

// libaom reads options from texts with these, and chooses at random among pictures that move: neither is asked for.
#define strtol(...) 0
#define strtoul(...) 0
#define rand() 0
#define RAND_MAX 1

#endif
