#include "engine/workbench/add_reduction_command.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/float_array.h"
#include "engine/model_loader.h"
#include "engine/workbench/reduction_store.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxChannels = 4096;  // of a head: one of more would be a map larger than any that a network has
constexpr size_t kMaxName = 200;

absl::Status At(absl::string_view flag, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(flag, ": ", status.message()));
}

// `source`: what gives the channels that the convolution takes.
absl::StatusOr<PointwiseConvolution> ReadStage(const HeadStage& stage, int64_t in_channels, absl::string_view source) {
  PointwiseConvolution convolution;
  convolution.relu = stage.relu;
  absl::StatusOr<Tensor> weights = ReadFloatArray(stage.weights, /*rank=*/2);
  if (!weights.ok()) return At("--weights", weights.status());
  const Shape shape = weights->shape();
  if (shape[1] != in_channels || shape[0] > kMaxChannels) {
    return absl::InvalidArgumentError(absl::StrCat("--weights: ", stage.weights, ": want [K, ", in_channels,
                                                   "] with K up to ", kMaxChannels, ", since ", source, " has ",
                                                   in_channels, " channels, got ", shape.ToString()));
  }
  convolution.weights = *std::move(weights);
  if (stage.bias.empty()) return convolution;
  absl::StatusOr<Tensor> bias = ReadFloatArray(stage.bias, /*rank=*/1);
  if (!bias.ok()) return At("--bias", bias.status());
  if (bias->elements() != shape[0]) {
    return absl::InvalidArgumentError(absl::StrCat("--bias: ", stage.bias, ": want [", shape[0],
                                                   "], a number for each row of the weights, got ",
                                                   bias->shape().ToString()));
  }
  convolution.bias = *std::move(bias);
  return convolution;
}

absl::StatusOr<Reduction> ReadHead(const AddReductionOptions& options, const LayerInfo& layer) {
  Reduction head;
  head.name = options.name;
  head.layer = layer.name;
  head.kind = Reduction::Kind::kHead;
  int64_t channels = layer.channels;
  std::string source = absl::StrCat("layer '", layer.name, "'");
  if (options.stages.size() == 2) {
    ASSIGN_OR_RETURN(head.hidden, ReadStage(options.stages.front(), channels, source));
    channels = head.hidden->out_channels();
    source = "the convolution before";
  }
  const absl::StatusOr<PointwiseConvolution> last = ReadStage(options.stages.back(), channels, source);
  RETURN_IF_ERROR(last.status());
  head.weights = last->weights;
  head.bias = last->bias;
  head.relu = last->relu;
  return head;
}

absl::Status CheckOptions(const AddReductionOptions& options) {
  if (options.name.empty() || options.name.size() > kMaxName) {
    return absl::InvalidArgumentError(
        absl::StrCat("--name: want 1 to ", kMaxName, " bytes, got ", options.name.size()));
  }
  if (options.stages.empty() || options.stages.size() > 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("--weights: want one convolution or a chain of two, got ", options.stages.size()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunAddReduction(const AddReductionOptions& options, std::ostream& out) {
  RETURN_IF_ERROR(CheckOptions(options));
  ASSIGN_OR_RETURN(
      const std::shared_ptr<const Model> model,
      LoadModel(options.bundle, PrecisionChoice::kFloat32, {.convolution = CompileOptions::Convolution::kExact}));
  ASSIGN_OR_RETURN(const LayerInfo* layer, model->ResolveLayer(options.layer));
  ASSIGN_OR_RETURN(Reduction head, ReadHead(options, *layer));
  const auto shared = std::make_shared<const Reduction>(std::move(head));
  RETURN_IF_ERROR(StoreReductions(model->bundle, {shared}));
  out << "head '" << shared->name << "' of layer '" << layer->name << "': " << layer->channels << " channels";
  if (shared->hidden.has_value()) out << " to " << shared->hidden->out_channels();
  out << " to " << shared->max_channels() << "; stored in " << model->bundle.folder << "\n";
  return absl::OkStatus();
}

}  // namespace onebyone
