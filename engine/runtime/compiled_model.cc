#include "engine/runtime/compiled_model.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/nearest_name.h"
#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/kernels/onednn/threads.h"
#include "engine/passes/absorb_quantization.h"
#include "engine/passes/append_reduction.h"
#include "engine/passes/dense_to_conv.h"
#include "engine/passes/elide_concat.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/fuse_activation.h"
#include "engine/passes/mark_convolutions.h"
#include "engine/passes/pipeline.h"
#include "engine/passes/prune_to_layers.h"
#include "engine/passes/quantize_int8.h"
#include "engine/passes/remove_identity.h"
#include "engine/runtime/lowering.h"
#include "engine/runtime/measured_choices.h"
#include "engine/runtime/plan_cache.h"

namespace onebyone {
namespace {

// Gives the inputs known shapes: the image the asked one, free extents of others the batch.
absl::Status SetInputShapes(Graph& graph, const PlanQuery& query) {
  for (size_t i = 0; i < graph.inputs().size(); ++i) {
    Value& input = graph.value(graph.inputs()[i]);
    const bool is_image = i == 0 && input.shape.rank() == 4;
    for (int axis = 0; axis < input.shape.rank(); ++axis) {
      int64_t& extent = input.shape[axis];
      if (is_image && axis == 2 && query.height > 0) extent = query.height;
      if (is_image && axis == 3 && query.width > 0) extent = query.width;
      if (extent == Shape::kUnknown || (axis == 0 && is_image)) extent = query.batch;
    }
  }
  return InferShapes(graph);
}

std::string KeyOf(const PlanQuery& query) {
  std::string key = absl::StrCat(query.batch, "x", query.height, "x", query.width, "t", query.threads);
  for (const LayerQuery& layer : query.layers) {
    absl::StrAppend(&key, "\n", layer.layer);
    if (layer.reduction != nullptr) {
      absl::StrAppend(&key, "\t", layer.reduction->name, "\t", layer.channels, "\t",
                      reinterpret_cast<uintptr_t>(layer.reduction->weights.data()));
    }
  }
  return key;
}

bool IsProduced(const Graph& graph, const std::string& name) {
  const ValueId id = graph.FindValue(name);
  if (id == kNoValue) return false;
  const Value& value = graph.value(id);
  return value.producer != kNoNode || value.constant != nullptr || graph.inputs().front() == id;
}

class CompiledNetwork : public CompiledModel {
 public:
  CompiledNetwork(Graph imported, Graph folded, std::vector<LayerInfo> layers, int64_t channels, int64_t height,
                  int64_t width, const CompileOptions& options)
      : imported_(std::move(imported)),
        folded_(std::move(folded)),
        layers_(std::move(layers)),
        channels_(channels),
        height_(height),
        width_(width),
        options_(options),
        plans_(options.max_plans),
        choices_(options.kernel_cache, options.model_hash) {
    for (const Graph::Output& output : imported_.outputs()) output_layers_.push_back(output.name);
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

  absl::StatusOr<std::shared_ptr<const Plan>> PlanFor(const PlanQuery& query) override {
    if (query.layers.empty()) return absl::InvalidArgumentError("layers: want at least one, got none");
    const std::string key = KeyOf(query);
    if (auto plan = plans_.Find(key)) return plan;
    absl::MutexLock lock(&compile_mutex_);
    if (auto plan = plans_.Find(key)) return plan;  // another thread was faster
    ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, CompilePlan(query));
    plans_.Insert(key, plan);
    return plan;
  }

  int64_t convs_measured() const override {
    const absl::MutexLock lock(&compile_mutex_);
    return choices_.measured();
  }

 private:
  // Layers that folding has swallowed are found in the graph as it was imported.
  const Graph& GraphFor(const PlanQuery& query) const {
    for (const LayerQuery& layer : query.layers) {
      if (!IsProduced(folded_, layer.layer)) return imported_;
    }
    return folded_;
  }

  absl::StatusOr<std::shared_ptr<const Plan>> CompilePlan(const PlanQuery& query)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(compile_mutex_) {
    const ScopedThreads threads(query.threads);
    Graph graph = GraphFor(query);
    PruneToLayers prune;
    for (const LayerQuery& layer : query.layers) prune.layers.push_back(layer.layer);
    RETURN_IF_ERROR(prune.Run(graph).status());
    graph.RemoveUnneeded();
    RETURN_IF_ERROR(SetInputShapes(graph, query));
    const auto fields = InferReceptiveFields(graph);
    std::vector<std::optional<ReceptiveFields>> output_fields;
    for (const Graph::Output& output : graph.outputs()) output_fields.push_back(fields[output.value]);
    RETURN_IF_ERROR(Optimise(graph, query));

    ASSIGN_OR_RETURN(const std::shared_ptr<Plan> plan, LowerAs(graph, query.threads));
    for (size_t i = 0; i < output_fields.size(); ++i) plan->outputs[i].field = output_fields[i];
    return plan;
  }

  absl::StatusOr<std::shared_ptr<Plan>> LowerAs(const Graph& graph, int threads)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(compile_mutex_) {
    const bool is_measured = options_.convolution == CompileOptions::Convolution::kMeasured;
    if (is_measured && !options_.every_conv.has_value() && !options_.reference_only) {
      return choices_.LowerFastest(graph, options_.precision, threads, weights_);
    }
    const ConvChoice every = ConvChoice::Always(options_.every_conv.value_or(ConvVariant()));
    return Lower(graph, {.reference_only = options_.reference_only, .precision = options_.precision, .choice = &every},
                 weights_);
  }

  absl::Status Optimise(Graph& graph, const PlanQuery& query) const {
    for (size_t i = 0; i < query.layers.size(); ++i) {
      const LayerQuery& layer = query.layers[i];
      if (layer.reduction == nullptr) continue;
      const AppendReduction append = {static_cast<int>(i), layer.reduction, layer.channels};
      RETURN_IF_ERROR(append.Run(graph).status());
    }
    RETURN_IF_ERROR(InferShapes(graph));
    if (options_.reference_only) return absl::OkStatus();
    RETURN_IF_ERROR(RemoveIdentity{}.Run(graph).status());
    RETURN_IF_ERROR(FoldBatchNorm{}.Run(graph).status());  // finds something only in the imported graph
    if (options_.precision == Precision::kInt8) {
      const MarkConvolutions mark = {options_.calibration->float_layers, options_.calibration->winograd_layers,
                                     options_.calibration->companded_layers};
      RETURN_IF_ERROR(mark.Run(graph).status());
    }
    RETURN_IF_ERROR(FuseActivation{}.Run(graph).status());
    graph.RemoveUnneeded();
    RETURN_IF_ERROR(InferShapes(graph));
    if (options_.precision == Precision::kInt8) {
      RETURN_IF_ERROR(QuantizeInt8{*options_.calibration}.Run(graph).status());
    }
    // Last: needs final shapes, and every branch at its final producer.
    RETURN_IF_ERROR(ElideConcat{ChannelBlock()}.Run(graph).status());
    graph.RemoveUnneeded();
    return absl::OkStatus();
  }

  const Graph imported_;
  const Graph folded_;
  const std::vector<LayerInfo> layers_;
  const int64_t channels_, height_, width_;
  const CompileOptions options_;
  std::vector<std::string> output_layers_;
  absl::flat_hash_map<std::string, const LayerInfo*> by_name_;
  PlanCache plans_;
  mutable absl::Mutex compile_mutex_;
  WeightCache weights_;
  MeasuredChoices choices_ ABSL_GUARDED_BY(compile_mutex_);
};

// Bytes and scales of other software, where the network has them, become a float network and ranges.
absl::Status TakeOverQuantization(Graph& graph, Graph& shaped, const PlanQuery& size, CompileOptions& options) {
  Calibration calibration = options.calibration == nullptr ? Calibration{} : *options.calibration;
  ASSIGN_OR_RETURN(const int rewrites, AbsorbQuantization{calibration.ranges}.Run(shaped));
  if (rewrites > 0) {
    RETURN_IF_ERROR(SetInputShapes(shaped, size));
    graph = shaped;
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
  Graph shaped = graph;
  const PlanQuery size = {.batch = 1, .height = height, .width = width};
  RETURN_IF_ERROR(SetInputShapes(shaped, size));
  if (options.precision == Precision::kInt8) RETURN_IF_ERROR(TakeOverQuantization(graph, shaped, size, options));
  std::vector<LayerInfo> layers = DescribeLayers(shaped);
  Graph folded = graph;
  if (!options.reference_only) RETURN_IF_ERROR(FoldBatchNorm{}.Run(folded).status());
  const Shape input = shaped.value(shaped.inputs().front()).shape;
  const bool is_image = input.rank() == 4;
  return std::make_shared<CompiledNetwork>(std::move(graph), std::move(folded), std::move(layers),
                                           is_image ? input[1] : 0, is_image ? input[2] : 0, is_image ? input[3] : 0,
                                           options);
}

}  // namespace onebyone
