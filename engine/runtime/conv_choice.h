#pragma once

#include <string>

#include "absl/container/btree_map.h"
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
  // All that `other` knows; it counts where both know.
  void Add(const ConvChoice& other) {
    for (const auto& [key, winograd] : other.winograd_) Set(key, winograd);
  }
  const absl::btree_map<std::string, bool>& by_key() const { return winograd_; }

 private:
  bool always_ = false;
  absl::btree_map<std::string, bool> winograd_;
};

// The choices of one network, by the threads that its plans run with: what is faster on one need not be on four.
using ConvChoices = absl::btree_map<int, ConvChoice>;

}  // namespace onebyone
