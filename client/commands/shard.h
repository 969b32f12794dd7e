#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// One of `count` parts of all images, the `index`th from 0.
struct Shard {
  int index = 0;
  int count = 1;
};

inline constexpr int kMaxShards = 1'000'000;

// "I/N": INVALID_ARGUMENT unless 0 <= I < N <= kMaxShards.
absl::StatusOr<Shard> ParseShard(absl::string_view text);

// Whether the image of this name belongs to the shard. Each name belongs to one shard of a count, whatever other images
// there are, on every machine; the shards of many images are of about equal size.
bool IsInShard(absl::string_view image_name, const Shard& shard);

}  // namespace onebyone
