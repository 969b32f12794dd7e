#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/kserve/image_tensor.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"

// raw_input_contents of a BYTES tensor: a length before each element. The pictures are the bytes between the lengths,
// neither more nor less; written again they are the input.

namespace {

using onebyone::ImageTensor;
using onebyone::ReadImageTensor;
using onebyone::testing::Require;

// `pictures` as KServe frames them.
std::string Framed(const std::vector<onebyone::ImageSource>& pictures) {
  std::string raw;
  for (const onebyone::ImageSource& picture : pictures) {
    for (int byte = 0; byte < 4; ++byte) raw.push_back(static_cast<char>(picture.bytes.size() >> 8 * byte));
    raw.append(picture.bytes.data(), picture.bytes.size());
  }
  return raw;
}

}  // namespace

// The first byte says how many elements the shape promises, the second how it is written.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  onebyone::testing::Choices choices(data, size);
  const int64_t count = choices.Below(80);
  const bool as_column = choices.Flip();
  inference::ModelInferRequest request;
  auto& input = *request.add_inputs();
  input.set_name("image");
  input.set_datatype("BYTES");
  input.add_shape(count);
  if (as_column) input.add_shape(1);
  request.add_raw_input_contents(std::string(choices.Rest()));

  const onebyone::RequestLimits limits;
  const absl::StatusOr<ImageTensor> tensor = ReadImageTensor(request, limits);
  if (!tensor.ok()) {
    Require(absl::IsInvalidArgument(tensor.status()), "a tensor that is refused is INVALID_ARGUMENT");
    return 0;
  }
  const auto& pictures = tensor->images.sources;
  Require(static_cast<int64_t>(pictures.size()) == count, "there are as many pictures as the shape says");
  Require(count >= 1 && count <= limits.max_images, "pictures are within the limit");
  const std::string& raw = request.raw_input_contents(0);
  for (const onebyone::ImageSource& picture : pictures) {
    Require(
        picture.bytes.data() >= raw.data() && picture.bytes.data() + picture.bytes.size() <= raw.data() + raw.size(),
        "pictures lie in the request");
  }
  Require(Framed(pictures) == raw, "the pictures and their lengths are the input");
  return 0;
}
