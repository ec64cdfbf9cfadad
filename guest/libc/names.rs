//! What `re_rav1d` takes from the crate `libc`: names of sizes, and of its own errors by C's numbers. See `rustc.sh`.
#![no_std]
#![allow(non_camel_case_types)]

pub type intptr_t = isize;
pub type off_t = i64;
pub type ptrdiff_t = isize;
pub type uintptr_t = usize;

// Any numbers would do that differ and are not zero. These are Linux'.
pub const ENOENT: i32 = 2;
pub const EIO: i32 = 5;
pub const EAGAIN: i32 = 11;
pub const ENOMEM: i32 = 12;
pub const EINVAL: i32 = 22;
pub const ERANGE: i32 = 34;
pub const ENOPROTOOPT: i32 = 92;
