#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "engine/kernels/onednn/onednn_kernels.h"

namespace onebyone {

// Which convolutions run as Winograd, by what they compute (shapes, window, activation). Not thread-safe while it is
// changed.
class ConvChoice {
 public:
  // 3x3, stride 1, one group, blocked: what Winograd kernels take.
  static bool IsCandidate(const ConvSpec& spec);
  // The same for all convolutions that compute the same.
  static std::string KeyOf(const ConvSpec& spec);

  // A choice that takes Winograd wherever it can, to measure it.
  static ConvChoice AlwaysWinograd();

  bool IsWinograd(const ConvSpec& spec) const;
  bool Knows(const std::string& key) const { return winograd_.contains(key); }
  void Set(const std::string& key, bool winograd) { winograd_[key] = winograd; }

 private:
  bool always_ = false;
  absl::flat_hash_map<std::string, bool> winograd_;
};

}  // namespace onebyone
