#include "engine/kernels/elementwise/companding.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace onebyone {
namespace {

class BoundExpand : public BoundKernel {
 public:
  BoundExpand(int64_t elements, const std::array<float, 256>& numbers, const void* src, void* dst)
      : elements_(elements),
        numbers_(numbers),
        src_(static_cast<const uint8_t*>(src)),
        dst_(static_cast<float*>(dst)) {}

  absl::Status Run() override {
    for (int64_t i = 0; i < elements_; ++i) dst_[i] = numbers_[src_[i]];
    return absl::OkStatus();
  }

 private:
  const int64_t elements_;
  const std::array<float, 256>& numbers_;
  const uint8_t* const src_;
  float* const dst_;
};

class Expand : public Kernel {
 public:
  Expand(int64_t elements, float scale) : elements_(elements) {
    for (size_t byte = 0; byte < numbers_.size(); ++byte) numbers_[byte] = scale * static_cast<float>(byte * byte);
  }

  absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                    absl::Span<void* const> outputs, void* /*scratch*/) const override {
    return std::make_unique<BoundExpand>(elements_, numbers_, inputs.front(), outputs.front());
  }

 private:
  const int64_t elements_;
  std::array<float, 256> numbers_ = {};
};

class BoundCompand : public BoundKernel {
 public:
  BoundCompand(int64_t elements, float scale, const void* src, void* dst)
      : elements_(elements),
        factor_(1.0F / scale),
        src_(static_cast<const float*>(src)),
        dst_(static_cast<uint8_t*>(dst)) {}

  absl::Status Run() override {
    for (int64_t i = 0; i < elements_; ++i) {
      const float number = src_[i] * factor_;
      const float root = std::sqrt(number > 0.0F ? number : 0.0F);  // this way round NaN becomes 0
      dst_[i] = static_cast<uint8_t>(std::min(std::nearbyint(root), 255.0F));
    }
    return absl::OkStatus();
  }

 private:
  const int64_t elements_;
  const float factor_;
  const float* const src_;
  uint8_t* const dst_;
};

class Compand : public Kernel {
 public:
  Compand(int64_t elements, float scale) : elements_(elements), scale_(scale) {}

  absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                    absl::Span<void* const> outputs, void* /*scratch*/) const override {
    return std::make_unique<BoundCompand>(elements_, scale_, inputs.front(), outputs.front());
  }

 private:
  const int64_t elements_;
  const float scale_;
};

}  // namespace

std::shared_ptr<const Kernel> MakeExpand(int64_t elements, float scale) {
  return std::make_shared<const Expand>(elements, scale);
}

std::shared_ptr<const Kernel> MakeCompand(int64_t elements, float scale) {
  return std::make_shared<const Compand>(elements, scale);
}

}  // namespace onebyone
