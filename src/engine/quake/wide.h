// Vectors of eight and sixteen floats in the compiler's own notation, and the mark of a function that is compiled for
// several instruction sets and chosen when the program starts. Such functions call nothing that is not inlined.
#pragma once

#include <cstdint>

// The choice is made before the thread sanitizer has begun, which its own code in the chooser does not survive.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ANLAN_WIDE
#endif
#endif
#ifndef ANLAN_WIDE
#define ANLAN_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif

namespace anlan::quake {

typedef float F8 __attribute__((vector_size(32)));
typedef float F16 __attribute__((vector_size(64)));
typedef int32_t I16 __attribute__((vector_size(64)));

}  // namespace anlan::quake
