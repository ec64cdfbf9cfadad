// The compiler's own leaves all but the types to a library that is not here.
#include <stdint.h>
