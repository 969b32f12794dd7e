#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// In which numbers a network runs. Inputs, outputs and sums are float32 in each.
enum class Precision : uint8_t {
  kFloat32,
  kBFloat16,  // weights and the values between layers have 8 significant bits; wants a CPU that multiplies them itself
  kInt8,      // weights and the values between layers are bytes with a scale; wants a calibration
};

constexpr absl::string_view NameOf(Precision precision) {
  switch (precision) {
    case Precision::kBFloat16: return "bf16";
    case Precision::kInt8: return "int8";
    case Precision::kFloat32: break;
  }
  return "f32";
}

}  // namespace onebyone
