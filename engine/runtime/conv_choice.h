#pragma once

#include <array>
#include <optional>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "engine/kernels/onednn/onednn_kernels.h"

namespace onebyone {

// All that are tried of a convolution by itself, the ordinary one first.
inline constexpr std::array kConvVariants = {
    ConvVariant{ConvVariant::Algorithm::kDirect, 0},
    ConvVariant{ConvVariant::Algorithm::kDirect, 1},
    ConvVariant{ConvVariant::Algorithm::kWinograd, 0},
    ConvVariant{ConvVariant::Algorithm::kWinograd, 1},
};

// What siblings are known by that run as one (see sibling_groups.h).
inline constexpr ConvVariant kMergedVariant = {ConvVariant::Algorithm::kMerged, 0};

// "direct", "direct.1", "winograd", ..., "merged".
std::string NameOf(const ConvVariant& variant);
// Nothing for a name that no variant has.
std::optional<ConvVariant> FindConvVariant(absl::string_view name);

// Which kernels convolutions run by, by what they compute (shapes, window, layouts, activation), and which groups of
// siblings run as one, by StepGroup::key. Not thread-safe while it is changed.
class ConvChoice {
 public:
  // The same for all convolutions that compute the same from the same layouts.
  static std::string KeyOf(const ConvSpec& spec);

  // A choice that takes `variant` wherever it can, to measure it.
  static ConvChoice Always(const ConvVariant& variant);

  // The ordinary one where nothing is known.
  ConvVariant For(const std::string& key) const;
  bool Knows(const std::string& key) const { return variants_.contains(key); }
  void Set(const std::string& key, const ConvVariant& variant) { variants_[key] = variant; }
  // All that `other` knows; it counts where both know.
  void Add(const ConvChoice& other) {
    for (const auto& [key, variant] : other.variants_) Set(key, variant);
  }
  const absl::btree_map<std::string, ConvVariant>& by_key() const { return variants_; }

 private:
  ConvVariant otherwise_;
  absl::btree_map<std::string, ConvVariant> variants_;
};

// The choices of one network, by the threads that its plans run with: what is faster on one need not be on four.
using ConvChoices = absl::btree_map<int, ConvChoice>;

}  // namespace onebyone
