#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/kernels/onednn/onednn_kernels.h"
#include "tests/onednn/kernel_runner.h"

namespace onebyone::testing {

// One element by the definition, in double, with a ReLU.
inline double PlainConv(const ConvSpec& spec, const Tensor& src, int64_t k, int64_t y, int64_t x) {
  const Window& window = spec.attributes.window;
  const Shape& w = spec.weights->shape();
  const int64_t first = k / (spec.dst[1] / spec.attributes.groups) * w[1];
  double sum = spec.bias->As<float>()[k];
  for (int64_t c = 0; c < w[1]; ++c) {
    for (int64_t i = 0; i < w[2]; ++i) {
      for (int64_t j = 0; j < w[3]; ++j) {
        const int64_t row = y * window.strides[0] - window.pads_begin[0] + i * window.dilations[0];
        const int64_t column = x * window.strides[1] - window.pads_begin[1] + j * window.dilations[1];
        if (row < 0 || column < 0 || row >= spec.src[2] || column >= spec.src[3]) continue;
        sum += static_cast<double>(src.As<float>()[((first + c) * spec.src[2] + row) * spec.src[3] + column]) *
               spec.weights->As<float>()[((k * w[1] + c) * w[2] + i) * w[3] + j];
      }
    }
  }
  return std::max(sum, 0.0);
}

// The largest difference from the definition, as a share of the largest value.
inline double ErrorOf(const Kernel& kernel, const ConvSpec& spec) {
  const Tensor src = RandomTensor(spec.src, 1);
  const Tensor got = RunInLayout(kernel, {src}, spec.src_layout, spec.dst, spec.dst_layout);
  double largest = 0.0;
  double difference = 0.0;
  const float* element = got.As<float>();
  for (int64_t k = 0; k < spec.dst[1]; ++k) {
    for (int64_t y = 0; y < spec.dst[2]; ++y) {
      for (int64_t x = 0; x < spec.dst[3]; ++x, ++element) {
        const double wanted = PlainConv(spec, src, k, y, x);
        largest = std::max(largest, wanted);
        difference = std::max(difference, std::abs(wanted - *element));
      }
    }
  }
  EXPECT_GT(largest, 0.0);
  return difference / largest;
}

}  // namespace onebyone::testing
