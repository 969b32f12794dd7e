#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// In which numbers a network runs. Inputs, outputs and sums are float32 in each.
enum class Precision : uint8_t {
  kFloat32,
  kBFloat16,  // weights and the values between layers have 8 significant bits; wants a CPU that multiplies them itself
};

constexpr absl::string_view NameOf(Precision precision) { return precision == Precision::kBFloat16 ? "bf16" : "f32"; }

}  // namespace onebyone
