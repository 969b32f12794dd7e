#include "client/commands/load_question.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr int64_t kMostUrgent = 1;  // as Triton counts
constexpr int64_t kLessUrgent = 2;

class Parameters {
 public:
  explicit Parameters(inference::ModelInferRequest& request) : request_(request) {}

  void Integer(const std::string& name, int64_t value) { Of(name).set_int64_param(value); }
  void Word(const std::string& name, const std::string& value) { Of(name).set_string_param(value); }
  void Number(const std::string& name, double value) { Of(name).set_double_param(value); }
  void Yes(const std::string& name) { Of(name).set_bool_param(true); }

 private:
  inference::InferParameter& Of(const std::string& name) { return (*request_.mutable_parameters())[name]; }
  inference::ModelInferRequest& request_;
};

std::string DatatypeOf(v1::DataType type) {
  switch (type) {
    case v1::FLOAT32: return "FP32";
    case v1::FLOAT16: return "FP16";
    case v1::BFLOAT16: return "BF16";
    case v1::UINT8: return "UINT8";
    default: return "";
  }
}

void AddPooling(const v1::Pooling& pooling, Parameters& parameters) {
  parameters.Word("pooling", absl::AsciiStrToLower(v1::Pooling::Kind_Name(pooling.kind())));
  if (pooling.grid_height() > 0) {
    parameters.Word("grid", absl::StrCat(pooling.grid_height(), "x", pooling.grid_width()));
  }
  if (pooling.exponent() > 0) parameters.Number("exponent", pooling.exponent());
}

}  // namespace

v1::ExtractFeaturesRequest FeatureQuestion(const LoadTargetOptions& target, const LoadWorkOptions& work) {
  v1::ExtractFeaturesRequest request = target.question;
  FillRequest(work.features, request);
  return request;
}

inference::ModelInferRequest InferRequest(const LoadTargetOptions& target, const LoadWorkOptions& work) {
  inference::ModelInferRequest request;
  request.set_model_name(target.question.model());
  if (target.question.version() > 0) request.set_model_version(absl::StrCat(target.question.version()));
  for (const std::string& layer : work.features.layers) request.add_outputs()->set_name(layer);
  Parameters parameters(request);
  const v1::FeatureRequest& feature = work.features.feature;
  if (feature.channels() > 0) parameters.Integer("channels", feature.channels());
  if (!feature.reduction_name().empty()) parameters.Word("reduction_name", feature.reduction_name());
  if (feature.reduction() != v1::REDUCTION_UNSPECIFIED) {
    parameters.Word("reduction", absl::AsciiStrToLower(v1::Reduction_Name(feature.reduction())));
  }
  if (feature.seed() > 0) parameters.Integer("seed", static_cast<int64_t>(feature.seed()));
  if (feature.has_pooling()) AddPooling(feature.pooling(), parameters);
  if (feature.l2_normalize()) parameters.Yes("l2_normalize");
  if (feature.data_type() != v1::DATA_TYPE_UNSPECIFIED) parameters.Word("data_type", DatatypeOf(feature.data_type()));
  if (feature.uint8_range() != v1::UINT8_RANGE_UNSPECIFIED) {
    parameters.Word("uint8_range", absl::AsciiStrToLower(v1::Uint8Range_Name(feature.uint8_range())));
  }
  if (feature.layout() != v1::LAYOUT_UNSPECIFIED) {
    parameters.Word("layout", absl::AsciiStrToLower(v1::Layout_Name(feature.layout())));
  }
  if (work.features.input_size != v1::INPUT_SIZE_UNSPECIFIED) {
    parameters.Word("input_size", absl::AsciiStrToLower(v1::InputSize_Name(work.features.input_size)));
  }
  if (target.question.priority() == v1::INTERACTIVE) parameters.Integer("priority", kMostUrgent);
  if (target.question.priority() == v1::BULK) parameters.Integer("priority", kLessUrgent);
  return request;
}

}  // namespace onebyone
