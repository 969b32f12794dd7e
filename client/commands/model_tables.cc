#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/commands/models.h"
#include "client/commands/text_table.h"

namespace onebyone {
namespace {

constexpr auto kRight = TextTable::Align::kRight;

// 1234567 as 1.23 M.
std::string Abbreviate(int64_t count) {
  const auto value = static_cast<double>(count);
  if (count >= 1'000'000'000) return absl::StrFormat("%.2f G", value * 1e-9);
  if (count >= 1'000'000) return absl::StrFormat("%.2f M", value * 1e-6);
  if (count >= 1'000) return absl::StrFormat("%.1f k", value * 1e-3);
  return absl::StrCat(count);
}

// One number where both sides are equal, as nearly always.
std::string Sides(double height, double width) {
  return height == width ? absl::StrFormat("%g", height) : absl::StrFormat("%gx%g", height, width);
}

std::string NumberList(const google::protobuf::RepeatedField<float>& numbers) {
  return absl::StrJoin(numbers, ", ",
                       [](std::string* out, float n) { absl::StrAppend(out, absl::StrFormat("%g", n)); });
}

std::string StoredReductions(const v1::Layer& layer) {
  return absl::StrJoin(layer.reductions(), ", ", [](std::string* out, const v1::StoredReduction& reduction) {
    const bool is_head = reduction.kind() == v1::StoredReduction::HEAD;
    absl::StrAppend(out, reduction.name(), is_head ? " (head) to " : " to ", reduction.max_channels());
    if (!reduction.explained_variance().empty()) {
      const double share = *reduction.explained_variance().rbegin();
      absl::StrAppend(out, absl::StrFormat(" (%.1f %% of variance)", 100 * share));
    }
  });
}

std::string FormatInput(const v1::InputRules& input) {
  return absl::StrCat("input: ", input.height(), "x", input.width(), " ", input.color(), ", shorter side resized to ",
                      input.resize_shorter_side(), " (", input.resize_filter(), "), centre cropped; (pixel * ",
                      absl::StrFormat("%g", input.scale()), " - [", NumberList(input.mean()), "]) / [",
                      NumberList(input.std()), "]\n");
}

std::string FormatNative(const v1::NativeInput& native) {
  if (native.max_pixels() == 0) return "";  // a server that does not tell
  return absl::StrCat("native: height and width rounded down to multiples of ",
                      Sides(native.stride_y(), native.stride_x()), ", at most ", native.max_pixels(), " pixels\n");
}

// The smallest input that the layer can be computed from.
std::string LeastNative(const v1::Layer& layer) {
  return layer.is_fully_convolutional() ? absl::StrCat(layer.least_native_height(), "x", layer.least_native_width())
                                        : "-";
}

std::string FormatPrecisions(const v1::GetModelResponse& model) {
  if (model.precisions().empty()) return "";
  return absl::StrCat("precision: ",
                      absl::StrJoin(model.precisions(), ", ",
                                    [](std::string* out, const v1::Precision& precision) {
                                      absl::StrAppend(out, precision.name(), precision.active() ? " (active)" : "");
                                    }),
                      "\n");
}

std::string FormatLayers(const v1::GetModelResponse& model) {
  int64_t whole = 0;
  for (const v1::Layer& layer : model.layers()) whole = std::max(whole, layer.multiply_adds());
  TextTable table({{"LAYER"},
                   {"CHANNELS", kRight},
                   {"SIZE", kRight},
                   {"STRIDE", kRight},
                   {"FIELD", kRight},
                   {"MULTIPLY-ADDS", kRight},
                   {"SHARE", kRight},
                   {"PARAMETERS", kRight},
                   {"NATIVE FROM", kRight},
                   {"ALIASES"},
                   {"REDUCTIONS"}});
  for (const v1::Layer& layer : model.layers()) {
    const double share =
        whole > 0 ? 100.0 * static_cast<double>(layer.multiply_adds()) / static_cast<double>(whole) : 0;
    table.AddRow({layer.name(), absl::StrCat(layer.channels()),
                  layer.is_vector() ? "vector" : absl::StrCat(layer.height(), "x", layer.width()),
                  layer.is_vector() ? "-" : Sides(layer.stride_y(), layer.stride_x()),
                  layer.is_vector() ? "-" : Sides(layer.receptive_field_height(), layer.receptive_field_width()),
                  Abbreviate(layer.multiply_adds()), absl::StrFormat("%.1f %%", share), Abbreviate(layer.parameters()),
                  LeastNative(layer), absl::StrJoin(layer.aliases(), ", "), StoredReductions(layer)});
  }
  return table.ToString();
}

}  // namespace

std::string FormatModels(const v1::ListModelsResponse& response) {
  if (response.models().empty()) return "no models\n";
  TextTable table({{"MODEL"}, {"VERSION", kRight}, {"DEFAULT"}, {"STATE"}, {"DEFAULT LAYERS"}, {"DESCRIPTION"}});
  for (const v1::ModelSummary& model : response.models()) {
    std::string state = model.ready() ? "ready" : "not ready";
    if (!model.message().empty()) absl::StrAppend(&state, ": ", model.message());
    table.AddRow({model.name(), absl::StrCat(model.version()), model.is_default() ? "yes" : "", state,
                  absl::StrJoin(model.default_layers(), ", "), model.description()});
  }
  return table.ToString();
}

std::string FormatModel(const v1::GetModelResponse& model) {
  const v1::ModelSummary& summary = model.summary();
  std::string text =
      absl::StrCat(summary.name(), " version ", summary.version(), summary.is_default() ? " (default)" : "", "\n");
  if (!summary.description().empty()) absl::StrAppend(&text, summary.description(), "\n");
  absl::StrAppend(&text, FormatInput(model.input()), FormatNative(model.native()), FormatPrecisions(model));
  if (!model.sha256().empty()) absl::StrAppend(&text, "sha256: ", model.sha256(), "\n");
  return absl::StrCat(text, "\n", FormatLayers(model));
}

}  // namespace onebyone
