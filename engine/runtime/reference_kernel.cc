#include "engine/runtime/reference_kernel.h"

#include <utility>

#include "engine/kernels/reference_kernels.h"

namespace onebyone {
namespace {

class BoundReference : public BoundKernel {
 public:
  BoundReference(OpType op, const Attributes& attributes, std::vector<ConstTensorView> inputs,
                 std::vector<TensorView> outputs)
      : op_(op), attributes_(attributes), inputs_(std::move(inputs)), outputs_(std::move(outputs)) {}

  absl::Status Run() override { return RunReference(op_, attributes_, inputs_, outputs_); }

 private:
  const OpType op_;
  const Attributes& attributes_;  // of the kernel, which outlives this
  const std::vector<ConstTensorView> inputs_;
  const std::vector<TensorView> outputs_;
};

class ReferenceKernel : public Kernel {
 public:
  ReferenceKernel(OpType op, Attributes attributes, std::vector<ValueInfo> inputs, std::vector<ValueInfo> outputs)
      : op_(op), attributes_(std::move(attributes)), inputs_(std::move(inputs)), outputs_(std::move(outputs)) {}

  absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                    absl::Span<void* const> outputs, void* /*scratch*/) const override {
    std::vector<ConstTensorView> input_views;
    for (size_t i = 0; i < inputs_.size(); ++i) input_views.push_back({inputs_[i].type, inputs_[i].shape, inputs[i]});
    std::vector<TensorView> output_views;
    for (size_t i = 0; i < outputs_.size(); ++i)
      output_views.push_back({outputs_[i].type, outputs_[i].shape, outputs[i]});
    return std::make_unique<BoundReference>(op_, attributes_, std::move(input_views), std::move(output_views));
  }

 private:
  const OpType op_;
  const Attributes attributes_;
  const std::vector<ValueInfo> inputs_;
  const std::vector<ValueInfo> outputs_;
};

}  // namespace

std::shared_ptr<const Kernel> MakeReferenceKernel(OpType op, const Attributes& attributes,
                                                  std::vector<ValueInfo> inputs, std::vector<ValueInfo> outputs) {
  return std::make_shared<const ReferenceKernel>(op, attributes, std::move(inputs), std::move(outputs));
}

}  // namespace onebyone
