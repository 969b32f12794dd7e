#include "client/commands/shard.h"

#include <cstdint>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace onebyone {
namespace {

// FNV-1a, and MurmurHash3's finalizer so that the high bits depend on every byte. Both are public and simple enough for
// other software to find an image's shard; absl::Hash differs from run to run.
uint64_t StableHash(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

}  // namespace

absl::StatusOr<Shard> ParseShard(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('/', 1));
  Shard shard;
  const bool numbers = absl::SimpleAtoi(parts.first, &shard.index) && absl::SimpleAtoi(parts.second, &shard.count);
  if (!numbers || shard.index < 0 || shard.index >= shard.count || shard.count > kMaxShards) {
    return absl::InvalidArgumentError(
        absl::StrCat("want I/N with 0 <= I < N <= ", kMaxShards, ", such as 0/4, got '", text, "'"));
  }
  return shard;
}

bool IsInShard(absl::string_view image_name, const Shard& shard) {
  const absl::uint128 scaled = absl::uint128(StableHash(image_name)) * static_cast<uint64_t>(shard.count);
  return absl::Uint128High64(scaled) == static_cast<uint64_t>(shard.index);
}

}  // namespace onebyone
