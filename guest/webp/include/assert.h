// libwebp is built without assertions, as its authors release it: what it asserts is checked in its tests.
#define assert(condition) ((void)0)
