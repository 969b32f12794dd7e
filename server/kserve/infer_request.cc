#include "server/kserve/infer_request.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/kserve/model_version.h"
#include "server/kserve/output_request.h"
#include "server/kserve/parameter_reader.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// A word of ours, or Triton's number: 1 is the most urgent, 0 the default.
v1::Priority ReadPriority(ParameterReader& parameters) {
  const std::string name = "priority";
  if (parameters.IsText(name)) return static_cast<v1::Priority>(parameters.Word(name, *v1::Priority_descriptor()));
  if (!parameters.Has(name)) return v1::PRIORITY_UNSPECIFIED;
  return parameters.Integer(name, 0, kMost) <= 1 ? v1::INTERACTIVE : v1::BULK;
}

// `form`: of every output that does not say otherwise.
absl::Status ReadParameters(const inference::ModelInferRequest& request, InferRequest& read, v1::FeatureRequest& form) {
  ParameterReader parameters(request.parameters(), "parameters");
  read.features.set_priority(ReadPriority(parameters));
  read.features.set_input_size(static_cast<v1::InputSize>(parameters.Word("input_size", *v1::InputSize_descriptor())));
  read.features.set_decode(static_cast<v1::Decode>(parameters.Word("decode", *v1::Decode_descriptor())));
  const int64_t timeout_us = parameters.Integer("timeout", 0, kMost);
  if (timeout_us > 0) read.timeout = absl::Microseconds(timeout_us);
  ReadFormParameters(parameters, form);
  return parameters.Finish();
}

}  // namespace

absl::StatusOr<InferRequest> ReadInferRequest(const inference::ModelInferRequest& request,
                                              const RequestLimits& limits) {
  if (request.outputs_size() > limits.max_features) {
    return InvalidField("outputs", absl::StrCat("wanted none (the model's default layers) or 1 to ",
                                                limits.max_features, ", got ", request.outputs_size()));
  }
  InferRequest read;
  read.features.set_model(request.model_name());
  ASSIGN_OR_RETURN(const int64_t version, ReadVersion(request.model_version(), "model_version"));
  read.features.set_version(version);
  v1::FeatureRequest form;
  RETURN_IF_ERROR(ReadParameters(request, read, form));
  if (request.outputs().empty() && form.ByteSizeLong() > 0) {
    return InvalidField("outputs", "wanted layers, for the parameters say how they are returned, got none");
  }
  for (int i = 0; i < request.outputs_size(); ++i) {
    ASSIGN_OR_RETURN(*read.features.add_features(),
                     ReadOutput(request.outputs(i), form, absl::StrCat("outputs[", i, "]")));
  }
  ASSIGN_OR_RETURN(read.tensor, ReadImageTensor(request, limits));
  read.tensor.images.all_or_nothing = true;
  return read;
}

}  // namespace onebyone
