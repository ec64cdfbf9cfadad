//! What libwebp and libaom take from a C library and Rust's own runtime does not have: in the sandbox, where there is no other.
//!
//! Memory is Rust's: two allocators in one module, each of which believes that all memory from its beginning on is its own, would
//! hand out the same bytes twice. The declarations are in `include/`.

#![cfg(target_arch = "wasm32")]
#![expect(unsafe_code, reason = "C has pointers: see the safety comments")]

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::ffi::{c_int, c_void};
use std::{ptr, slice};

/// Bytes before each block, in which its size is written: Rust wants to know it when memory comes back. As many as keep the
/// alignment that C promises.
const HEADER: usize = 16;

/// Takes memory by `take`, with a header.
fn block(size: usize, take: unsafe fn(Layout) -> *mut u8) -> *mut c_void {
    let layout = size.checked_add(HEADER).and_then(|size| Layout::from_size_align(size, HEADER).ok());
    let Some(layout) = layout else { return ptr::null_mut() };
    // SAFETY: the size is not zero, and the header is inside of what was allocated.
    unsafe {
        let start = take(layout);
        if start.is_null() {
            return ptr::null_mut();
        }
        start.cast::<usize>().write(layout.size());
        start.add(HEADER).cast()
    }
}

#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut c_void {
    block(size, alloc)
}

#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    count.checked_mul(size).map_or(ptr::null_mut(), |size| block(size, alloc_zeroed))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn free(memory: *mut c_void) {
    if memory.is_null() {
        return;
    }
    // SAFETY: C frees what `block` has given it, once: the header is before it, with the layout's size.
    unsafe {
        let start = memory.cast::<u8>().sub(HEADER);
        let size = start.cast::<usize>().read();
        dealloc(start, Layout::from_size_align_unchecked(size, HEADER));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(memory: *mut c_void, size: usize) -> *mut c_void {
    let moved = malloc(size);
    if !memory.is_null() && !moved.is_null() {
        // SAFETY: C gives back what `block` has given it, with the layout's size before it; as many bytes are copied as both have.
        unsafe {
            let old = memory.cast::<u8>().sub(HEADER).cast::<usize>().read() - HEADER;
            ptr::copy_nonoverlapping(memory.cast::<u8>(), moved.cast::<u8>(), old.min(size));
            free(memory);
        }
    }
    moved
}

/// Sorts items of `size` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn qsort(
    items: *mut c_void,
    count: usize,
    size: usize,
    compare: extern "C" fn(*const c_void, *const c_void) -> c_int,
) {
    if count < 2 || size == 0 {
        return;
    }
    // SAFETY: C has `count` items of `size` bytes there, and nobody else touches them during the call.
    let bytes = unsafe { slice::from_raw_parts_mut(items.cast::<u8>(), count * size) };
    let mut order: Vec<&[u8]> = bytes.chunks_exact(size).collect();
    order.sort_by(|one, other| compare(one.as_ptr().cast(), other.as_ptr().cast()).cmp(&0));
    let sorted = order.concat();
    bytes.copy_from_slice(&sorted);
}
