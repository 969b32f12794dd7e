#pragma once

#include <gmock/gmock.h>

#include <random>
#include <vector>

#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/tensor/aligned_buffer.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {

// Uniform in -1..1, the same for the same seed.
inline Tensor RandomTensor(const Shape& shape, uint32_t seed) {
  Tensor tensor = *Tensor::Create(DataType::kFloat32, shape);
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  for (int64_t i = 0; i < tensor.elements(); ++i) tensor.As<float>()[i] = uniform(random);
  return tensor;
}

inline void RunKernel(const Kernel& kernel, const std::vector<const void*>& inputs, void* output) {
  AlignedBuffer scratch = *AlignedBuffer::Create(static_cast<size_t>(kernel.scratch_bytes()));
  auto bound = kernel.Bind(inputs, {output}, scratch.data());
  ASSERT_THAT(bound, IsOk());
  ASSERT_THAT((*bound)->Run(), IsOk());
}

// Brings plain tensors into the kernel's layout, runs it, and brings the result back to plain.
inline Tensor RunInLayout(const Kernel& kernel, const std::vector<Tensor>& inputs, Layout input_layout,
                          const Shape& output, Layout output_layout) {
  std::vector<AlignedBuffer> buffers;
  std::vector<const void*> addresses;
  for (const Tensor& input : inputs) {
    buffers.push_back(*AlignedBuffer::Create(static_cast<size_t>(LayoutBytes(input.shape(), input_layout))));
    RunKernel(**MakeReorder(input.shape(), Layout::kPlain, input_layout), {input.data()}, buffers.back().data());
    addresses.push_back(buffers.back().data());
  }
  AlignedBuffer out = *AlignedBuffer::Create(static_cast<size_t>(LayoutBytes(output, output_layout)));
  RunKernel(kernel, addresses, out.data());
  Tensor result = *Tensor::Create(DataType::kFloat32, output);
  RunKernel(**MakeReorder(output, output_layout, Layout::kPlain), {out.data()}, result.data());
  return result;
}

}  // namespace onebyone::testing
