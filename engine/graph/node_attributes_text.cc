#include "engine/graph/node_attributes_text.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace onebyone {
namespace {

using Parts = std::vector<std::string>;

template <typename Numbers>
bool AllAre(const Numbers& numbers, int64_t value) {
  return std::all_of(numbers.begin(), numbers.end(), [&](int64_t number) { return number == value; });
}

std::string Sizes(const SpatialVector& numbers) { return absl::StrJoin(numbers, "x"); }

std::string List(const std::vector<int64_t>& numbers) { return absl::StrCat("[", absl::StrJoin(numbers, ", "), "]"); }

std::string TextOf(const Activation& activation) {
  switch (activation.kind) {
    case Activation::Kind::kRelu: return "relu";
    case Activation::Kind::kLeakyRelu: return absl::StrCat("leaky relu ", activation.slope);
    case Activation::Kind::kClip: return absl::StrCat("clip ", activation.low, " to ", activation.high);
    case Activation::Kind::kSigmoid: return "sigmoid";
  }
  return "unknown";
}

void Describe(const Window& window, Parts& parts) {
  if (!window.kernel.empty()) parts.push_back(absl::StrCat("kernel ", Sizes(window.kernel)));
  if (!AllAre(window.strides, 1)) parts.push_back(absl::StrCat("stride ", Sizes(window.strides)));
  if (!AllAre(window.dilations, 1)) parts.push_back(absl::StrCat("dilation ", Sizes(window.dilations)));
  if (window.auto_pad == Window::AutoPad::kSameUpper) parts.emplace_back("pads same upper");
  if (window.auto_pad == Window::AutoPad::kSameLower) parts.emplace_back("pads same lower");
  if (AllAre(window.pads_begin, 0) && AllAre(window.pads_end, 0)) return;
  parts.push_back(absl::StrCat("pads ", Sizes(window.pads_begin)));
  if (window.pads_begin != window.pads_end) absl::StrAppend(&parts.back(), " to ", Sizes(window.pads_end));
}

void Describe(std::monostate, Parts&) {}

void Describe(const ConvAttributes& conv, Parts& parts) {
  Describe(conv.window, parts);
  if (conv.groups != 1) parts.push_back(absl::StrCat("groups ", conv.groups));
  if (conv.activation.has_value()) parts.push_back(TextOf(*conv.activation));
}

void Describe(const PoolAttributes& pool, Parts& parts) {
  Describe(pool.window, parts);
  if (pool.ceil_mode) parts.emplace_back("ceil");
  if (pool.count_include_pad) parts.emplace_back("padding counts");
  if (pool.column_major_indices) parts.emplace_back("column-major indices");
}

void Describe(const BatchNormalizationAttributes& norm, Parts& parts) {
  parts.push_back(absl::StrCat("epsilon ", norm.epsilon));
}

// Relu and Sigmoid say it by their names.
void Describe(const ActivationAttributes& attributes, Parts& parts) {
  const Activation::Kind kind = attributes.activation.kind;
  if (kind == Activation::Kind::kLeakyRelu || kind == Activation::Kind::kClip) {
    parts.push_back(TextOf(attributes.activation));
  }
}

void Describe(const LrnAttributes& lrn, Parts& parts) {
  parts = {absl::StrCat("size ", lrn.size), absl::StrCat("alpha ", lrn.alpha), absl::StrCat("beta ", lrn.beta),
           absl::StrCat("bias ", lrn.bias)};
}

void Describe(const AxisAttributes& attributes, Parts& parts) {
  parts.push_back(absl::StrCat("axis ", attributes.axis));
}

void Describe(const SoftmaxAttributes& softmax, Parts& parts) {
  parts.push_back(absl::StrCat("axis ", softmax.axis));
  if (softmax.flatten_to_2d) parts.emplace_back("flattened to 2d");
}

void Describe(const GemmAttributes& gemm, Parts& parts) {
  if (gemm.alpha != 1.0F) parts.push_back(absl::StrCat("alpha ", gemm.alpha));
  if (gemm.beta != 1.0F) parts.push_back(absl::StrCat("beta ", gemm.beta));
  if (gemm.transpose_a) parts.emplace_back("A transposed");
  if (gemm.transpose_b) parts.emplace_back("B transposed");
}

void Describe(const FlattenAttributes& flatten, Parts& parts) {
  if (flatten.axis != 1) parts.push_back(absl::StrCat("axis ", flatten.axis));
}

void Describe(const ReshapeAttributes& reshape, Parts& parts) {
  parts.push_back(absl::StrCat("shape ", List(reshape.shape)));
  if (reshape.allow_zero) parts.emplace_back("0 is 0");
}

void Describe(const AxesAttributes& attributes, Parts& parts) {
  if (!attributes.axes.empty()) parts.push_back(absl::StrCat("axes ", List(attributes.axes)));
}

void Describe(const TransposeAttributes& transpose, Parts& parts) {
  if (!transpose.permutation.empty()) parts.push_back(absl::StrCat("permutation ", List(transpose.permutation)));
}

void Describe(const PadAttributes& pad, Parts& parts) {
  if (pad.mode == PadAttributes::Mode::kReflect) parts.emplace_back("reflect");
  if (pad.mode == PadAttributes::Mode::kEdge) parts.emplace_back("edge");
  parts.push_back(absl::StrCat("pads ", List(pad.begin), " to ", List(pad.end)));
  if (pad.value != 0.0F) parts.push_back(absl::StrCat("value ", pad.value));
}

void Describe(const CastAttributes& cast, Parts& parts) { parts.push_back(absl::StrCat("to ", NameOf(cast.to))); }

void Describe(const ReduceMeanAttributes& mean, Parts& parts) {
  if (!mean.axes.empty()) parts.push_back(absl::StrCat("axes ", List(mean.axes)));
  if (!mean.keep_dims) parts.emplace_back("axes dropped");
}

void Describe(const QuantizeAttributes& dequantize, Parts& parts) {
  if (dequantize.axis != 1) parts.push_back(absl::StrCat("axis ", dequantize.axis));
}

}  // namespace

std::string AttributesText(const Attributes& attributes) {
  Parts parts;
  std::visit([&](const auto& of_operator) { Describe(of_operator, parts); }, attributes);
  return absl::StrJoin(parts, ", ");
}

}  // namespace onebyone
