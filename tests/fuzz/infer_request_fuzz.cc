#include "absl/status/status.h"
#include "server/intake/message_check.h"
#include "server/kserve/infer_request.h"
#include "server/request_codec.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/message_rule_check.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/tiny_models.h"

// A ModelInferRequest of KServe on its way from the wire to its check, as the fuzzer of ExtractFeaturesRequest.

namespace {

using onebyone::ImageSource;
using onebyone::testing::Require;

// How many bytes a picture that does not come encoded must have.
int64_t BytesOf(const ImageSource& source) {
  const int64_t element = source.form == ImageSource::Form::kNetworkInput ? 4 : 1;
  return 3 * source.height * source.width * element;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const onebyone::RequestLimits limits;
  static const auto* const rules = new onebyone::MessageRules(limits);
  grpc::ByteBuffer buffer = onebyone::testing::InSlices({reinterpret_cast<const char*>(data), size}, 61);
  inference::ModelInferRequest message;
  const absl::Status parsed = onebyone::ReadMessage(buffer, rules->model_infer(), message);
  if (!parsed.ok()) {
    Require(absl::IsInvalidArgument(parsed), "a message that is refused is INVALID_ARGUMENT");
    return 0;
  }
  onebyone::testing::RequireWithin(rules->model_infer(), message);
  absl::StatusOr<onebyone::InferRequest> request = onebyone::ReadInferRequest(message, limits);
  if (!request.ok()) {
    Require(absl::IsInvalidArgument(request.status()), "a request that cannot be said is INVALID_ARGUMENT");
    return 0;
  }
  for (const ImageSource& source : request->tensor.images.sources) {
    const bool fits =
        source.form == ImageSource::Form::kEncoded || BytesOf(source) == static_cast<int64_t>(source.bytes.size());
    Require(fits, "a picture has the bytes that its shape says");
    unsigned sum = 0;
    for (const char byte : source.bytes) sum += static_cast<unsigned char>(byte);  // each can be read
    Require(sum <= 255 * source.bytes.size(), "bytes are bytes");
  }
  const auto spec = onebyone::CheckRequest(request->features, std::move(request->tensor.images), limits,
                                           onebyone::testing::TinyModels());
  Require(!spec.ok() || spec->answer_bytes <= limits.max_answer_bytes, "the answer is within the limit");
  return 0;
}
