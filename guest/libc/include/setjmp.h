// There is no way in WebAssembly to leave many functions at once, other than a trap.
//
// libaom leaves them where memory is refused, which the host knows of and says so, and where it finds itself in a state that must not
// be, which is a trap elsewhere too. What it refuses because of what it was asked for it says before, in the ordinary way.
#ifndef SANDPRESS_SETJMP_H
#define SANDPRESS_SETJMP_H

typedef int jmp_buf[1];

#define setjmp(place) ((void)(place), 0)
static inline _Noreturn void longjmp(jmp_buf place, int value) {
    (void)place, (void)value;
    __builtin_trap();
}

#endif
