#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/model_loader.h"
#include "engine/runtime/executor.h"
#include "engine/tensor/tensor.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

// Runs a model on inputs that are ready, as far as some of its layers. One per thread.
class LayerRunner {
 public:
  // `layers`: names, no aliases. Errors of PlanFor and Executor::Use.
  static absl::StatusOr<LayerRunner> Create(const Model& model, const std::vector<std::string>& layers);
  // One for each thread; they share the plan.
  static absl::StatusOr<std::vector<LayerRunner>> CreateEach(const Model& model, const std::vector<std::string>& layers,
                                                             int threads);

  // `input`: float32 [1, 3, height, width] of the model's own size.
  absl::Status Run(const Tensor& input);
  // Layer `index` of the last run: float32 [1, C, H, W] or [1, C]. Valid until the next Run.
  ConstTensorView Map(size_t index) const { return executor_->Output(static_cast<int>(index)); }
  const Plan& plan() const { return *plan_; }

 private:
  LayerRunner(std::shared_ptr<const Plan> plan, std::unique_ptr<Executor> executor)
      : plan_(std::move(plan)), executor_(std::move(executor)) {}

  std::shared_ptr<const Plan> plan_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace onebyone
