#include "engine/runtime/compiled_model.h"

#include <atomic>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/nearest_name.h"
#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"
#include "engine/kernels/onednn/threads.h"
#include "engine/passes/absorb_quantization.h"
#include "engine/runtime/layer_graph.h"
#include "engine/runtime/lowering.h"
#include "engine/runtime/measured_choices.h"
#include "engine/runtime/network_forms.h"
#include "engine/runtime/shared_cache.h"

namespace onebyone {
namespace {

// What the layers of a query are known by, whatever the input's size.
std::string KeyOfLayers(const PlanQuery& query) {
  std::string key = absl::StrCat(query.native ? "native " : "", query.batch);
  for (const LayerQuery& layer : query.layers) {
    absl::StrAppend(&key, "\n", layer.layer);
    if (layer.reduction != nullptr) {
      absl::StrAppend(&key, "\t", layer.reduction->name, "\t", layer.channels, "\t",
                      reinterpret_cast<uintptr_t>(layer.reduction->weights.data()));
    }
  }
  return key;
}

std::string KeyOf(const PlanQuery& query) {
  return absl::StrCat(query.height, "x", query.width, "t", query.threads, " ", KeyOfLayers(query));
}

class CompiledNetwork : public CompiledModel {
 public:
  CompiledNetwork(NetworkForms network, std::vector<LayerInfo> layers, const Shape& image,
                  const CompileOptions& options)
      : network_(std::move(network)),
        layers_(std::move(layers)),
        channels_(image.rank() == 4 ? image[1] : 0),
        height_(image.rank() == 4 ? image[2] : 0),
        width_(image.rank() == 4 ? image[3] : 0),
        native_sizes_(network_.native(), layers_, height_, width_),
        options_(options),
        prepared_(options.max_plans),
        plans_(options.max_plans),
        native_plans_(options.max_native_plans),
        choices_(options.kernel_cache, options.model_hash) {
    for (const Graph::Output& output : network_.imported().outputs()) output_layers_.push_back(output.name);
    for (const LayerInfo& layer : layers_) by_name_[layer.name] = &layer;
  }

  const std::vector<LayerInfo>& layers() const override { return layers_; }
  const LayerInfo* FindLayer(const std::string& name) const override {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }
  const std::vector<std::string>& output_layers() const override { return output_layers_; }
  Precision precision() const override { return options_.precision; }
  int64_t input_channels() const override { return channels_; }
  int64_t input_height() const override { return height_; }
  int64_t input_width() const override { return width_; }

  const NativeSizes& native_sizes() const override { return native_sizes_; }

  absl::StatusOr<std::shared_ptr<const Plan>> PlanFor(const PlanQuery& query) override {
    if (query.layers.empty()) return absl::InvalidArgumentError("layers: want at least one, got none");
    if (query.native) {
      for (const LayerQuery& layer : query.layers) {
        RETURN_IF_ERROR(native_sizes_.Check(layer.layer, query.height, query.width));
      }
    }
    SharedCache<Plan>& plans = query.native ? native_plans_ : plans_;
    return plans.FindOrMake(KeyOf(query), [&] { return CompilePlan(query); });
  }

  int native_plans() const override { return native_plans_.size(); }
  int64_t native_compilations() const override { return native_compilations_; }

  int64_t convs_measured() const override {
    const absl::MutexLock lock(&choices_mutex_);
    return choices_.measured();
  }

 private:
  absl::StatusOr<std::shared_ptr<const Plan>> CompilePlan(const PlanQuery& query) {
    const ScopedThreads threads(query.threads);
    if (query.native) ++native_compilations_;
    const auto prepare = [&]() -> absl::StatusOr<std::shared_ptr<const Graph>> {
      ASSIGN_OR_RETURN(Graph layers, PrepareLayers(network_, query, options_));
      return std::make_shared<const Graph>(std::move(layers));
    };
    ASSIGN_OR_RETURN(const std::shared_ptr<const Graph> layers, prepared_.FindOrMake(KeyOfLayers(query), prepare));
    Graph graph = *layers;
    SetInputShapes(graph, query);
    RETURN_IF_ERROR(InferShapes(graph));
    const auto fields = InferReceptiveFields(graph);
    std::vector<std::optional<ReceptiveFields>> output_fields;
    for (const Graph::Output& output : graph.outputs()) output_fields.push_back(fields[output.value]);
    RETURN_IF_ERROR(FinishLayers(graph, options_));

    ASSIGN_OR_RETURN(const std::shared_ptr<Plan> plan, LowerAs(graph, query));
    for (size_t i = 0; i < output_fields.size(); ++i) plan->outputs[i].field = output_fields[i];
    return plan;
  }

  absl::StatusOr<std::shared_ptr<Plan>> LowerAs(const Graph& graph, const PlanQuery& query) {
    const bool is_measured = options_.convolution == CompileOptions::Convolution::kMeasured && !query.native;
    if (is_measured && !options_.every_conv.has_value() && !options_.reference_only) {
      const absl::MutexLock lock(&choices_mutex_);
      return choices_.LowerFastest(graph, options_.precision, query.threads, weights_);
    }
    const ConvChoice every = ConvChoice::Always(options_.every_conv.value_or(ConvVariant()));
    return Lower(graph, {.reference_only = options_.reference_only, .precision = options_.precision, .choice = &every},
                 weights_);
  }

  const NetworkForms network_;
  const std::vector<LayerInfo> layers_;
  const int64_t channels_, height_, width_;
  const NativeSizes native_sizes_;
  const CompileOptions options_;
  std::vector<std::string> output_layers_;
  std::map<std::string, const LayerInfo*> by_name_;
  SharedCache<Graph> prepared_;  // the layers of plans
  SharedCache<Plan> plans_;
  SharedCache<Plan> native_plans_;
  std::atomic<int64_t> native_compilations_{0};
  WeightCache weights_;
  mutable absl::Mutex choices_mutex_;
  MeasuredChoices choices_ ABSL_GUARDED_BY(choices_mutex_);
};

// Bytes and scales of other software, where the network has them, become a float network and ranges.
absl::Status TakeOverQuantization(Graph& graph, const PlanQuery& size, CompileOptions& options) {
  Calibration calibration = options.calibration == nullptr ? Calibration{} : *options.calibration;
  Graph absorbed = graph;
  SetInputShapes(absorbed, size);
  RETURN_IF_ERROR(InferShapesOnly(absorbed));
  ASSIGN_OR_RETURN(const int rewrites, AbsorbQuantization{calibration.ranges}.Run(absorbed));
  if (rewrites > 0) {
    graph = std::move(absorbed);
    options.calibration = std::make_shared<const Calibration>(std::move(calibration));
  }
  if (options.calibration != nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "precision: int8: want a calibrated bundle, got one without a calibration; run onebyone-model calibrate");
}

}  // namespace

absl::StatusOr<std::shared_ptr<CompiledModel>> CompiledModel::Compile(Graph graph, int64_t height, int64_t width,
                                                                      const CompileOptions& given) {
  CompileOptions options = given;
  if (graph.inputs().empty()) return absl::InvalidArgumentError("network: want an input, got none");
  if (options.precision == Precision::kBFloat16 && !HasBFloat16()) {
    return absl::FailedPreconditionError(
        "precision: bf16: want a CPU with AVX512_BF16 or AMX, got one without; use f32");
  }
  const PlanQuery size = {.batch = 1, .height = height, .width = width};
  if (options.precision == Precision::kInt8) RETURN_IF_ERROR(TakeOverQuantization(graph, size, options));
  Graph shaped = graph;
  SetInputShapes(shaped, size);
  RETURN_IF_ERROR(InferShapes(shaped));
  std::vector<LayerInfo> layers = DescribeLayers(shaped);
  ASSIGN_OR_RETURN(NetworkForms network, NetworkForms::Create(std::move(graph), shaped, !options.reference_only));
  const Shape image = shaped.value(shaped.inputs().front()).shape;
  return std::make_shared<CompiledNetwork>(std::move(network), std::move(layers), image, options);
}

}  // namespace onebyone
