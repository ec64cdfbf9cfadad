// What SSE3 adds to SSE2 is beside what SSSE3 does.
#include <tmmintrin.h>
