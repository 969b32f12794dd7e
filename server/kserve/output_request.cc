#include "server/kserve/output_request.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "server/kserve/datatypes.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

constexpr int32_t kMost = std::numeric_limits<int32_t>::max();

// "HxW", or a number for both.
void ReadGrid(ParameterReader& parameters, v1::Pooling& pooling) {
  const std::string name = "grid";
  if (!parameters.IsText(name)) {
    const auto side = static_cast<int32_t>(parameters.Integer(name, 1, kMost));
    pooling.set_grid_height(side);
    pooling.set_grid_width(side);
    return;
  }
  const std::string text = parameters.Text(name);
  const std::vector<absl::string_view> sides = absl::StrSplit(text, 'x');
  int32_t height = 0;
  int32_t width = 0;
  if (sides.size() != 2 || !absl::SimpleAtoi(sides[0], &height) || !absl::SimpleAtoi(sides[1], &width) || height < 1 ||
      width < 1) {
    return parameters.Refuse(
        name, absl::StrCat("wanted HEIGHTxWIDTH, as \"2x3\", or one number for both, got ", QuotedInput(text)));
  }
  pooling.set_grid_height(height);
  pooling.set_grid_width(width);
}

v1::DataType ReadDataType(ParameterReader& parameters) {
  const std::string name = "data_type";
  const std::string got = parameters.Text(name);
  const auto* const found = std::find_if(kOutputDatatypes.begin(), kOutputDatatypes.end(),
                                         [&got](const auto& datatype) { return datatype.first == got; });
  if (found != kOutputDatatypes.end()) return found->second;
  parameters.Refuse(name, absl::StrCat("wanted FP32, FP16, BF16 or UINT8, got ", QuotedInput(got)));
  return v1::DATA_TYPE_UNSPECIFIED;
}

}  // namespace

void ReadFormParameters(ParameterReader& parameters, v1::FeatureRequest& feature) {
  if (parameters.Has("channels")) feature.set_channels(static_cast<int32_t>(parameters.Integer("channels", 0, kMost)));
  if (parameters.Has("reduction")) {
    feature.set_reduction(static_cast<v1::Reduction>(parameters.Word("reduction", *v1::Reduction_descriptor())));
  }
  if (parameters.Has("reduction_name")) feature.set_reduction_name(parameters.Text("reduction_name"));
  if (parameters.Has("seed")) feature.set_seed(parameters.Unsigned("seed"));
  if (parameters.Has("pooling")) {
    feature.mutable_pooling()->set_kind(
        static_cast<v1::Pooling::Kind>(parameters.Word("pooling", *v1::Pooling::Kind_descriptor())));
  }
  if (parameters.Has("grid")) ReadGrid(parameters, *feature.mutable_pooling());
  if (parameters.Has("exponent")) feature.mutable_pooling()->set_exponent(parameters.Number("exponent"));
  if (parameters.Has("l2_normalize")) feature.set_l2_normalize(parameters.Boolean("l2_normalize"));
  if (parameters.Has("data_type")) feature.set_data_type(ReadDataType(parameters));
  if (parameters.Has("layout")) {
    feature.set_layout(static_cast<v1::Layout>(parameters.Word("layout", *v1::Layout_descriptor())));
  }
  if (parameters.Has("uint8_range")) {
    feature.set_uint8_range(static_cast<v1::Uint8Range>(parameters.Word("uint8_range", *v1::Uint8Range_descriptor())));
  }
}

absl::StatusOr<v1::FeatureRequest> ReadOutput(const inference::ModelInferRequest::InferRequestedOutputTensor& output,
                                              const v1::FeatureRequest& form, const std::string& path) {
  ParameterReader parameters(output.parameters(), absl::StrCat(path, ".parameters"));
  v1::FeatureRequest feature = form;
  feature.set_layer(output.name());
  ReadFormParameters(parameters, feature);
  RETURN_IF_ERROR(parameters.Finish());
  return feature;
}

}  // namespace onebyone
