#include "server/kserve/model_metadata.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/kserve/datatypes.h"

namespace onebyone {
namespace {

constexpr char kPlatform[] = "onebyone_onnx";  // <project>_<format>

// Without the batch.
std::vector<int64_t> ShapeOf(const LayerInfo& layer) {
  if (layer.is_vector) return {layer.channels};
  return {layer.channels, layer.height, layer.width};
}

// The default layers under the names that the bundle gives them. A model that has loaded has them.
template <typename Add>
void ForEachOutput(const Model& model, Add add) {
  for (const std::string& name : model.DefaultLayers()) add(name, ShapeOf(**model.ResolveLayer(name)));
}

}  // namespace

inference::ModelMetadataResponse MetadataOf(const Model& model, const std::vector<int64_t>& versions) {
  inference::ModelMetadataResponse metadata;
  metadata.set_name(model.bundle.name);
  for (const int64_t version : versions) metadata.add_versions(absl::StrCat(version));
  metadata.set_platform(kPlatform);
  auto& input = *metadata.add_inputs();
  input.set_name(std::string(kImageInput));
  input.set_datatype("BYTES");
  for (const int64_t extent : {-1, 1}) input.add_shape(extent);  // perf_analyzer wants one beside the batch
  ForEachOutput(model, [&metadata](const std::string& name, const std::vector<int64_t>& shape) {
    auto& output = *metadata.add_outputs();
    output.set_name(name);
    output.set_datatype("FP32");
    output.add_shape(-1);
    output.mutable_shape()->Add(shape.begin(), shape.end());
  });
  return metadata;
}

inference::ModelConfig ConfigOf(const Model& model, int max_images, int lanes) {
  inference::ModelConfig config;
  config.set_name(model.bundle.name);
  config.set_platform(kPlatform);
  config.set_backend("onebyone");
  config.set_default_model_filename("model.onnx");
  config.set_max_batch_size(max_images);
  inference::ModelInput& input = *config.add_input();
  input.set_name(std::string(kImageInput));
  input.set_data_type(inference::TYPE_STRING);
  input.add_dims(1);
  ForEachOutput(model, [&config](const std::string& name, const std::vector<int64_t>& shape) {
    inference::ModelOutput& output = *config.add_output();
    output.set_name(name);
    output.set_data_type(inference::TYPE_FP32);
    output.mutable_dims()->Add(shape.begin(), shape.end());
  });
  inference::ModelInstanceGroup& group = *config.add_instance_group();
  group.set_name("lanes");
  group.set_count(lanes);
  group.set_kind(inference::ModelInstanceGroup::KIND_CPU);
  for (const LayerInfo& layer : model.compiled->layers()) {
    (*config.mutable_parameters())[absl::StrCat("layer/", layer.name)].set_string_value(
        absl::StrCat("[-1,", absl::StrJoin(ShapeOf(layer), ","), "]"));
  }
  return config;
}

}  // namespace onebyone
