#pragma once

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/kernels/kernel.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/op/attributes.h"
#include "engine/tensor/shape.h"

// Internal to engine/kernels/onednn: the only place, with its .cc files, that knows dnnl names.

namespace onebyone::onednn {

// The one CPU engine of the process.
const dnnl::engine& CpuEngine();

dnnl::memory::data_type ElementType(Layout layout);
dnnl::memory::dims Dims(const Shape& shape);
dnnl::memory::desc Describe(const Shape& shape, Layout layout);

// UNIMPLEMENTED for "no such kernel", RESOURCE_EXHAUSTED for no memory, else INTERNAL. `what` names the operator.
absl::Status ToStatus(const char* what, const dnnl::error& error);

// A primitive with its operands told by where they come from.
class PrimitiveKernel : public Kernel {
 public:
  struct Operand {
    int argument;  // DNNL_ARG_...
    dnnl::memory::desc desc;
    enum class From : uint8_t { kInput, kOutput, kConstant } from;
    int index = 0;  // of the input or output
    const void* constant = nullptr;
  };

  PrimitiveKernel(dnnl::primitive primitive, std::vector<Operand> operands, const dnnl::memory::desc& scratch,
                  std::vector<std::shared_ptr<const void>> keep_alive = {})
      : primitive_(std::move(primitive)),
        operands_(std::move(operands)),
        scratch_(scratch),
        keep_alive_(std::move(keep_alive)) {}

  int64_t scratch_bytes() const override { return static_cast<int64_t>(scratch_.get_size()); }
  absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                    absl::Span<void* const> outputs, void* scratch) const override;

 private:
  const dnnl::primitive primitive_;
  const std::vector<Operand> operands_;
  const dnnl::memory::desc scratch_;
  const std::vector<std::shared_ptr<const void>> keep_alive_;
};

// Attributes that let the caller own the scratch memory.
dnnl::primitive_attr CallersScratch();

// Appends `activation` to what a primitive does to its result.
void AppendActivation(dnnl::post_ops& post_ops, const Activation& activation);

struct EltwiseAlgorithm {
  dnnl::algorithm algorithm;
  float alpha;
  float beta;
};
EltwiseAlgorithm AlgorithmOf(const Activation& activation);

// Runs `make`, which may throw dnnl::error, and turns what it throws into a status.
template <typename Make>
auto Guard(const char* what, Make&& make) -> decltype(make()) {
  try {
    return make();
  } catch (const dnnl::error& error) {
    return ToStatus(what, error);
  }
}

}  // namespace onebyone::onednn
