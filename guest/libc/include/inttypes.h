// The compiler's own leaves all but the types to a library that is not here.
#include <stdint.h>

// Nothing is printed: see `stdio.h`.
#define PRId64 "lld"
