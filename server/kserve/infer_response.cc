#include "server/kserve/infer_response.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "inference/grpc_service.pb.h"
#include "server/answer_parts.h"
#include "server/kserve/datatypes.h"

namespace onebyone {
namespace {

using ::inference::ModelInferResponse;

std::string DatatypeOf(v1::DataType type) {
  const auto* const found = std::find_if(kOutputDatatypes.begin(), kOutputDatatypes.end(),
                                         [type](const auto& datatype) { return datatype.second == type; });
  return std::string(found->first);
}

// Of the bytes of all images: image by image, each channel by channel.
void WriteQuantization(const v1::ExtractFeaturesResponse& features, int index,
                       ModelInferResponse::InferOutputTensor& output) {
  std::string scales;
  std::string zero_points;
  for (const v1::ImageResult& result : features.results()) {
    const v1::FeatureMap& map = result.features(index);
    for (const float scale : map.scale()) absl::StrAppendFormat(&scales, "%s%.9g", scales.empty() ? "" : ",", scale);
    for (const int32_t zero : map.zero_point()) absl::StrAppend(&zero_points, zero_points.empty() ? "" : ",", zero);
  }
  (*output.mutable_parameters())["scale"].set_string_param(std::move(scales));
  (*output.mutable_parameters())["zero_point"].set_string_param(std::move(zero_points));
}

// Of all images, one after the other: no copy makes one of them.
AnswerParts TakeContents(v1::ExtractFeaturesResponse& features, int index) {
  AnswerParts contents;
  for (v1::ImageResult& result : *features.mutable_results()) {
    contents.Append(std::move(*result.mutable_features(index)->mutable_content()));
  }
  return contents;
}

}  // namespace

grpc::ByteBuffer MakeInferAnswer(v1::ExtractFeaturesResponse features, const std::string& id) {
  ModelInferResponse response;
  response.set_id(id);
  response.set_model_name(features.model());
  response.set_model_version(absl::StrCat(features.version()));
  for (int i = 0; i < features.results(0).features_size(); ++i) {
    const v1::FeatureMap& first = features.results(0).features(i);
    ModelInferResponse::InferOutputTensor& output = *response.add_outputs();
    output.set_name(first.layer());
    output.set_datatype(DatatypeOf(first.data_type()));
    output.add_shape(features.results_size());
    output.mutable_shape()->MergeFrom(first.shape());
    if (first.data_type() == v1::UINT8) WriteQuantization(features, i, output);
    auto& parameters = *output.mutable_parameters();
    if (!first.reduction().empty()) parameters["reduction"].set_string_param(first.reduction());
    if (first.has_explained_variance()) {
      parameters["explained_variance"].set_double_param(first.explained_variance());
    }
  }
  AnswerParts parts;
  parts.Append(response.SerializeAsString());
  for (int i = 0; i < response.outputs_size(); ++i) {
    parts.AppendField(ModelInferResponse::kRawOutputContentsFieldNumber, TakeContents(features, i));
  }
  return parts.ToBuffer();
}

}  // namespace onebyone
