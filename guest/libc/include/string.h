// What libwebp and libaom need of it. Rust's runtime has the functions that are declared only.
#ifndef SANDPRESS_STRING_H
#define SANDPRESS_STRING_H

#include <stddef.h>

void* memcpy(void* restrict to, const void* restrict from, size_t count);
void* memmove(void* to, const void* from, size_t count);
void* memset(void* to, int byte, size_t count);
int memcmp(const void* one, const void* other, size_t count);
size_t strlen(const char* text);

static inline int strcmp(const char* one, const char* other) {
    for (; *one && *one == *other; one++, other++) {}
    return (unsigned char)*one - (unsigned char)*other;
}

static inline int strncmp(const char* one, const char* other, size_t count) {
    for (; count && *one && *one == *other; one++, other++, count--) {}
    return count ? (unsigned char)*one - (unsigned char)*other : 0;
}

#endif
