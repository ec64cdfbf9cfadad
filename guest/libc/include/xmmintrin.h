// What there is of SSE is beside what SSE2 adds.
#include <emmintrin.h>
