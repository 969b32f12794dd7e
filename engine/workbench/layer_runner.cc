#include "engine/workbench/layer_runner.h"

#include <cstring>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/workbench/layer_choice.h"

namespace onebyone {

absl::StatusOr<LayerRunner> LayerRunner::Create(const Model& model, const std::vector<std::string>& layers) {
  PlanQuery query;
  for (const std::string& layer : layers) query.layers.push_back(WholeLayer(layer));
  query.height = model.bundle.preprocess.height;
  query.width = model.bundle.preprocess.width;
  ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, model.compiled->PlanFor(query));
  std::unique_ptr<Executor> executor = Executor::Create({});
  RETURN_IF_ERROR(executor->Use(plan));
  return LayerRunner(std::move(plan), std::move(executor));
}

absl::StatusOr<std::vector<LayerRunner>> LayerRunner::CreateEach(const Model& model,
                                                                 const std::vector<std::string>& layers, int threads) {
  std::vector<LayerRunner> runners;
  for (int i = 0; i < threads; ++i) {
    ASSIGN_OR_RETURN(LayerRunner runner, Create(model, layers));
    runners.push_back(std::move(runner));
  }
  return runners;
}

absl::Status LayerRunner::Run(const Tensor& input) {
  std::memcpy(executor_->Input().data, input.data(), input.bytes());
  return executor_->Run(nullptr);
}

}  // namespace onebyone
