// What libwebp needs of it: `src/libwebp/runtime.rs` has the functions.
#ifndef SANDPRESS_STDLIB_H
#define SANDPRESS_STDLIB_H

#include <stddef.h>

void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void free(void* memory);
void qsort(void* items, size_t count, size_t size, int (*compare)(const void*, const void*));

static inline int abs(int number) { return number < 0 ? -number : number; }

#endif
