#include "server/intake/message_rules.h"

#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {
namespace {

using Kind = FieldRule::Kind;
using Contents = inference::InferTensorContents;
using Infer = inference::ModelInferRequest;

// KServe: what has no limit of its own. More than the request may have in the end, so that the reader of the request
// says what is wrong with a few too many.
constexpr int64_t kMostParameters = 64;
constexpr int64_t kMostDimensions = 16;
constexpr int64_t kMostTensors = 16;
constexpr int64_t kMostUnused = 1024;  // elements of types that this server does not take

FieldRule Messages(int number, const char* name, int64_t most, const MessageRule& rule) {
  return {.number = number, .name = name, .kind = Kind::kMessage, .most = most, .message = &rule};
}

FieldRule Numbers(int number, const char* name, Kind kind, int64_t most) {
  return {.number = number, .name = name, .kind = kind, .most = most};
}

FieldRule Strings(int number, const char* name, int64_t most) { return {.number = number, .name = name, .most = most}; }

}  // namespace

MessageRules::MessageRules(const RequestLimits& limits)
    : feature_{{Messages(v1::FeatureRequest::kPoolingFieldNumber, "pooling", 1, flat_)}},
      extract_features_{{
          Messages(v1::ExtractFeaturesRequest::kImagesFieldNumber, "images", limits.max_images, flat_),
          Messages(v1::ExtractFeaturesRequest::kFeaturesFieldNumber, "features", limits.max_features, feature_),
      }},
      stream_features_{{Messages(v1::StreamFeaturesRequest::kRequestFieldNumber, "", 1, extract_features_)}},
      parameter_{{Messages(2, "value", 1, flat_)}},  // an entry of a map
      contents_{{
          Numbers(Contents::kBoolContentsFieldNumber, "bool_contents", Kind::kVarint, kMostUnused),
          Numbers(Contents::kIntContentsFieldNumber, "int_contents", Kind::kVarint, kMostUnused),
          Numbers(Contents::kInt64ContentsFieldNumber, "int64_contents", Kind::kVarint, kMostUnused),
          // A byte each on the wire, four in memory: which is to be no more than the largest message.
          Numbers(Contents::kUintContentsFieldNumber, "uint_contents", Kind::kVarint, limits.max_message_bytes / 4),
          Numbers(Contents::kUint64ContentsFieldNumber, "uint64_contents", Kind::kVarint, kMostUnused),
          Numbers(Contents::kFp32ContentsFieldNumber, "fp32_contents", Kind::kFixed32, limits.max_message_bytes / 4),
          Numbers(Contents::kFp64ContentsFieldNumber, "fp64_contents", Kind::kFixed64, kMostUnused),
          Strings(Contents::kBytesContentsFieldNumber, "bytes_contents", limits.max_images),
      }},
      input_{{
          Numbers(Infer::InferInputTensor::kShapeFieldNumber, "shape", Kind::kVarint, kMostDimensions),
          Messages(Infer::InferInputTensor::kParametersFieldNumber, "parameters", kMostParameters, parameter_),
          Messages(Infer::InferInputTensor::kContentsFieldNumber, "contents", 1, contents_),
      }},
      output_{{Messages(Infer::InferRequestedOutputTensor::kParametersFieldNumber, "parameters", kMostParameters,
                        parameter_)}},
      model_infer_{{
          Messages(Infer::kParametersFieldNumber, "parameters", kMostParameters, parameter_),
          Messages(Infer::kInputsFieldNumber, "inputs", kMostTensors, input_),
          Messages(Infer::kOutputsFieldNumber, "outputs", limits.max_features, output_),
          Strings(Infer::kRawInputContentsFieldNumber, "raw_input_contents", kMostTensors),
      }} {}

}  // namespace onebyone
