#pragma once

#include <cstdint>

namespace onebyone {

// How urgent a request is. Bulk requests take what interactive ones leave, and a small share of the lanes at least.
enum class Priority : uint8_t { kInteractive, kBulk };

// Of the images that lanes take while both kinds wait, one in so many is a bulk one: a flood of interactive requests
// slows bulk work down and never stops it.
inline constexpr int kBulkOneIn = 8;

}  // namespace onebyone
