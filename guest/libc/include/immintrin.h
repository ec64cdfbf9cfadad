// All of it.
#include <smmintrin.h>
