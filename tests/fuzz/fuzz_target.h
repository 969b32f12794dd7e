#pragma once

#include <cstddef>
#include <cstdint>

// What every fuzzer defines, by the name that libFuzzer calls: takes any bytes, and ends the process where something
// does not hold. Deterministic, bounded in time and memory, leaves nothing behind that the next input could notice.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
