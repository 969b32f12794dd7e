#pragma once

#include <array>
#include <utility>

#include "absl/strings/string_view.h"
#include "onebyone/v1/tensor.pb.h"

namespace onebyone {

// What KServe v2 calls the types in which features are returned.
inline constexpr std::array<std::pair<absl::string_view, v1::DataType>, 4> kOutputDatatypes = {
    {{"FP32", v1::FLOAT32}, {"FP16", v1::FLOAT16}, {"BF16", v1::BFLOAT16}, {"UINT8", v1::UINT8}}};

// The only input's name.
inline constexpr absl::string_view kImageInput = "image";

}  // namespace onebyone
