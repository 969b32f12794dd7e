#include "server/model_description.h"

#include <algorithm>
#include <string>
#include <vector>

namespace onebyone {
namespace {

std::string NameOf(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::kBilinear: return "bilinear";
    case ResizeFilter::kArea: return "area";
    case ResizeFilter::kAntialias: break;
  }
  return "antialias";
}

void DescribeInput(const PreprocessOptions& options, v1::InputRules& rules) {
  rules.set_height(static_cast<int32_t>(options.height));
  rules.set_width(static_cast<int32_t>(options.width));
  rules.set_resize_shorter_side(static_cast<int32_t>(options.resize_shorter_side));
  rules.set_resize_filter(NameOf(options.filter));
  rules.set_color(options.color == ColorOrder::kBgr ? "bgr" : "rgb");
  for (const float mean : options.mean) rules.add_mean(mean);
  for (const float std : options.std) rules.add_std(std);
  rules.set_scale(options.scale);
}

void DescribeNative(const NativeSizes& sizes, int64_t max_pixels, v1::NativeInput& native) {
  native.set_stride_y(static_cast<int32_t>(sizes.stride_height()));
  native.set_stride_x(static_cast<int32_t>(sizes.stride_width()));
  native.set_max_pixels(max_pixels);
}

void DescribeLayer(const Model& model, const LayerInfo& layer, v1::Layer& description) {
  const Bundle& bundle = model.bundle;
  description.set_name(layer.name);
  std::vector<std::string> aliases;
  for (const auto& [alias, name] : bundle.aliases) {
    if (name == layer.name) aliases.push_back(alias);
  }
  std::sort(aliases.begin(), aliases.end());
  for (std::string& alias : aliases) description.add_aliases(std::move(alias));
  description.set_channels(static_cast<int32_t>(layer.channels));
  description.set_height(static_cast<int32_t>(layer.height));
  description.set_width(static_cast<int32_t>(layer.width));
  description.set_is_vector(layer.is_vector);
  description.set_stride_y(layer.field.height.stride);
  description.set_stride_x(layer.field.width.stride);
  description.set_receptive_field_height(layer.field.height.size);
  description.set_receptive_field_width(layer.field.width.size);
  description.set_multiply_adds(layer.multiply_adds);
  description.set_parameters(layer.parameters);
  if (const NativeSizes::Least* least = model.compiled->native_sizes().FindLeast(layer.name)) {
    description.set_is_fully_convolutional(true);
    description.set_least_native_height(static_cast<int32_t>(least->height));
    description.set_least_native_width(static_cast<int32_t>(least->width));
  }
  for (const std::shared_ptr<const Reduction>& reduction : bundle.reductions) {
    if (reduction->layer != layer.name) continue;
    v1::StoredReduction& stored = *description.add_reductions();
    stored.set_name(reduction->name);
    stored.set_max_channels(static_cast<int32_t>(reduction->max_channels()));
    stored.set_kind(reduction->kind == Reduction::Kind::kHead ? v1::StoredReduction::HEAD
                                                              : v1::StoredReduction::FITTED);
    stored.set_has_fixed_range(!reduction->ranges.empty());
    stored.mutable_explained_variance()->Add(reduction->explained_variance.begin(),
                                             reduction->explained_variance.end());
  }
}

// Float32, which every model can run in, those that the calibration states, and the one that the model runs in.
void DescribePrecisions(const Model& model, v1::GetModelResponse& response) {
  const Precision active = model.compiled->precision();
  const auto add = [&](Precision precision, double cosine) {
    v1::Precision& description = *response.add_precisions();
    description.set_name(std::string(NameOf(precision)));
    description.set_cosine_to_float32(cosine);
    description.set_active(precision == active);
  };
  add(Precision::kFloat32, 1);
  bool active_told = active == Precision::kFloat32;
  if (model.bundle.calibration != nullptr) {
    for (const Fidelity& fidelity : model.bundle.calibration->fidelities) {
      add(fidelity.precision, fidelity.pooled_cosine);
      active_told = active_told || fidelity.precision == active;
    }
  }
  if (!active_told) add(active, /*cosine=*/0);
}

}  // namespace

v1::ModelSummary Summarize(const ModelEntry& entry, const ModelSet& models) {
  v1::ModelSummary summary;
  summary.set_name(entry.name);
  summary.set_version(entry.version());
  summary.set_is_default(entry.name == models.default_model);
  for (const ModelAlias& alias : models.aliases) {
    if (alias.model == entry.name && (alias.version == 0 || alias.version == entry.version())) {
      summary.add_aliases(alias.name);
    }
  }
  summary.set_ready(entry.model != nullptr);
  summary.set_message(std::string(entry.status.message()));
  if (entry.model == nullptr) return summary;
  summary.set_description(entry.model->bundle.description);
  for (const std::string& layer : entry.model->DefaultLayers()) summary.add_default_layers(layer);
  return summary;
}

v1::GetModelResponse Describe(const Model& model, const v1::ModelSummary& summary, int64_t max_native_pixels) {
  v1::GetModelResponse response;
  *response.mutable_summary() = summary;
  DescribeInput(model.bundle.preprocess, *response.mutable_input());
  DescribeNative(model.compiled->native_sizes(), max_native_pixels, *response.mutable_native());
  for (const LayerInfo& layer : model.compiled->layers()) DescribeLayer(model, layer, *response.add_layers());
  DescribePrecisions(model, response);
  response.set_sha256(model.bundle.sha256);
  return response;
}

}  // namespace onebyone
