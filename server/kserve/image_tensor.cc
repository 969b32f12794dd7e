#include "server/kserve/image_tensor.h"

#include <algorithm>
#include <bit>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"
#include "server/kserve/datatypes.h"
#include "server/kserve/parameter_reader.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

using ::inference::InferTensorContents;
using ::inference::ModelInferRequest;

static_assert(std::endian::native == std::endian::little, "tensors are little-endian, read without swapping");

constexpr char kShape[] = "inputs[0].shape";
constexpr char kRaw[] = "raw_input_contents[0]";
constexpr char kContents[] = "inputs[0].contents";

// The shape, for messages; no more of it than tensors have.
std::string Text(const ModelInferRequest::InferInputTensor& input) {
  constexpr int kMostTold = 8;
  const auto begin = input.shape().begin();
  const int told = std::min(input.shape_size(), kMostTold);
  return absl::StrCat("[", absl::StrJoin(begin, begin + told, ", "), told < input.shape_size() ? ", ...]" : "]");
}

absl::Status CheckInputs(const ModelInferRequest& request) {
  if (request.inputs_size() != 1) {
    return InvalidField("inputs", absl::StrCat("wanted one, 'image', got ", request.inputs_size()));
  }
  const ModelInferRequest::InferInputTensor& input = request.inputs(0);
  if (input.name() != kImageInput) {
    return InvalidField("inputs[0].name", absl::StrCat("wanted 'image', got ", QuotedInput(input.name())));
  }
  RETURN_IF_ERROR(ParameterReader(input.parameters(), "inputs[0].parameters").Finish());
  const bool has_contents = input.contents().ByteSizeLong() > 0;
  if (request.raw_input_contents().empty()) {
    if (has_contents) return absl::OkStatus();
    return InvalidField("inputs[0]", "wanted its data in raw_input_contents or in contents, got none in either");
  }
  if (has_contents) {
    return InvalidField(kContents, "wanted data in contents or in raw_input_contents, got both");
  }
  if (request.raw_input_contents_size() == 1) return absl::OkStatus();
  return InvalidField("raw_input_contents",
                      absl::StrCat("wanted one for each input, 1, got ", request.raw_input_contents_size()));
}

// Nothing but the field of the datatype may be set.
absl::Status CheckContents(const InferTensorContents& contents, const std::string& wanted, absl::string_view datatype) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  contents.GetReflection()->ListFields(contents, &fields);
  for (const google::protobuf::FieldDescriptor* const field : fields) {
    if (field->name() == wanted) continue;
    return InvalidField(absl::StrCat(kContents, ".", field->name()),
                        absl::StrCat("wanted ", wanted, " for datatype ", datatype, ", got this"));
  }
  return absl::OkStatus();
}

absl::Status CheckCount(int64_t images, const RequestLimits& limits) {
  if (images >= 1 && images <= limits.max_images) return absl::OkStatus();
  return InvalidField(kShape, absl::StrCat("wanted 1 to ", limits.max_images, " images, got ", images));
}

// The bytes of one image of a tensor, of which the shape is known to have four dimensions.
absl::StatusOr<int64_t> BytesOfImage(const ModelInferRequest::InferInputTensor& input, int64_t element_bytes,
                                     const RequestLimits& limits) {
  RETURN_IF_ERROR(CheckCount(input.shape(0), limits));
  int64_t bytes = element_bytes;
  for (int i = 1; i < input.shape_size(); ++i) {
    const int64_t extent = input.shape(i);
    if (extent < 1) return InvalidField(kShape, absl::StrCat("wanted 1 or more in each dimension, got ", Text(input)));
    // Divided, for a product may overflow.
    if (extent > limits.max_message_bytes / bytes) {
      return InvalidField(kShape,
                          absl::StrCat("wanted at most ", limits.max_message_bytes, " bytes (max_message_bytes), got ",
                                       Text(input), " of ", element_bytes, " bytes"));
    }
    bytes *= extent;
  }
  return bytes;
}

absl::Status WrongSize(absl::string_view field, const ModelInferRequest::InferInputTensor& input, int64_t wanted,
                       absl::string_view unit, int64_t got) {
  return InvalidField(field, absl::StrCat("shape ", Text(input), " of ", input.datatype(), ": wanted ", wanted, " ",
                                          unit, ", got ", got));
}

// N times a length and so many bytes.
absl::Status ReadRawStrings(absl::string_view raw, int64_t count, std::vector<ImageSource>& sources) {
  constexpr size_t kLengthBytes = 4;
  for (int64_t i = 0; i < count; ++i) {
    const auto ends_early = [i](absl::string_view what, size_t wanted, size_t got) {
      return InvalidField(kRaw, absl::StrCat("image[", i, "]: the data ends early: wanted ", wanted, " bytes of ", what,
                                             ", got ", got));
    };
    if (raw.size() < kLengthBytes) return ends_early("its length", kLengthBytes, raw.size());
    size_t length = 0;
    for (size_t byte = 0; byte < kLengthBytes; ++byte) {
      length |= static_cast<size_t>(static_cast<uint8_t>(raw[byte])) << (8 * byte);
    }
    raw.remove_prefix(kLengthBytes);
    if (raw.size() < length) return ends_early("the image", length, raw.size());
    sources.push_back({.bytes = raw.substr(0, length)});
    raw.remove_prefix(length);
  }
  if (raw.empty()) return absl::OkStatus();
  return InvalidField(
      kRaw, absl::StrCat("wanted nothing after the last of ", count, " images, got ", raw.size(), " more bytes"));
}

absl::StatusOr<ImageTensor> ReadEncoded(const ModelInferRequest& request, const RequestLimits& limits) {
  const ModelInferRequest::InferInputTensor& input = request.inputs(0);
  const bool fits = input.shape_size() == 1 || (input.shape_size() == 2 && input.shape(1) == 1);
  if (!fits) return InvalidField(kShape, absl::StrCat("BYTES: wanted [N] or [N, 1], got ", Text(input)));
  const int64_t count = input.shape(0);
  RETURN_IF_ERROR(CheckCount(count, limits));
  ImageTensor tensor;
  tensor.images.sources.reserve(count);
  if (!request.raw_input_contents().empty()) {
    RETURN_IF_ERROR(ReadRawStrings(request.raw_input_contents(0), count, tensor.images.sources));
    return tensor;
  }
  const InferTensorContents& contents = input.contents();
  RETURN_IF_ERROR(CheckContents(contents, "bytes_contents", "BYTES"));
  if (contents.bytes_contents_size() != count) {
    return WrongSize(absl::StrCat(kContents, ".bytes_contents"), input, count, "elements",
                     contents.bytes_contents_size());
  }
  for (const std::string& content : contents.bytes_contents()) tensor.images.sources.push_back({.bytes = content});
  return tensor;
}

// `bytes` of all images, one after the other.
void Split(absl::string_view bytes, const ImageSource& image, int64_t bytes_of_image, ImageTensor& tensor) {
  for (size_t begin = 0; begin < bytes.size(); begin += bytes_of_image) {
    ImageSource source = image;
    source.bytes = bytes.substr(begin, bytes_of_image);
    tensor.images.sources.push_back(source);
  }
}

// One byte a pixel and colour, out of the four that they have in `contents`.
absl::Status Narrow(const google::protobuf::RepeatedField<uint32_t>& values, std::vector<uint8_t>& bytes) {
  bytes.resize(values.size());
  for (int i = 0; i < values.size(); ++i) {
    if (values[i] > 255) {
      return InvalidField(absl::StrCat(kContents, ".uint_contents[", i, "]"),
                          absl::StrCat("UINT8: wanted 0 to 255, got ", values[i]));
    }
    bytes[i] = static_cast<uint8_t>(values[i]);
  }
  return absl::OkStatus();
}

absl::StatusOr<ImageTensor> ReadPixelTensor(const ModelInferRequest& request, const RequestLimits& limits) {
  const ModelInferRequest::InferInputTensor& input = request.inputs(0);
  if (input.shape_size() != 4 || input.shape(3) != 3) {
    return InvalidField(kShape, absl::StrCat("UINT8: wanted [N, height, width, 3], got ", Text(input)));
  }
  ASSIGN_OR_RETURN(const int64_t bytes_of_image, BytesOfImage(input, 1, limits));
  const int64_t wanted = input.shape(0) * bytes_of_image;
  const ImageSource image = {.form = ImageSource::Form::kPixels, .height = input.shape(1), .width = input.shape(2)};
  ImageTensor tensor;
  if (!request.raw_input_contents().empty()) {
    const std::string& raw = request.raw_input_contents(0);
    if (static_cast<int64_t>(raw.size()) != wanted) return WrongSize(kRaw, input, wanted, "bytes", raw.size());
    Split(raw, image, bytes_of_image, tensor);
    return tensor;
  }
  const InferTensorContents& contents = input.contents();
  RETURN_IF_ERROR(CheckContents(contents, "uint_contents", "UINT8"));
  if (contents.uint_contents_size() != wanted) {
    return WrongSize(absl::StrCat(kContents, ".uint_contents"), input, wanted, "elements",
                     contents.uint_contents_size());
  }
  RETURN_IF_ERROR(Narrow(contents.uint_contents(), tensor.pixels));
  tensor.images.other_bytes = wanted * static_cast<int64_t>(sizeof(uint32_t));
  Split({reinterpret_cast<const char*>(tensor.pixels.data()), tensor.pixels.size()}, image, bytes_of_image, tensor);
  return tensor;
}

absl::StatusOr<ImageTensor> ReadNetworkInput(const ModelInferRequest& request, const RequestLimits& limits) {
  const ModelInferRequest::InferInputTensor& input = request.inputs(0);
  if (input.shape_size() != 4 || input.shape(1) != 3) {
    return InvalidField(kShape, absl::StrCat("FP32: wanted [N, 3, height, width], got ", Text(input)));
  }
  ASSIGN_OR_RETURN(const int64_t bytes_of_image, BytesOfImage(input, sizeof(float), limits));
  const int64_t wanted = input.shape(0) * bytes_of_image;
  const ImageSource image = {
      .form = ImageSource::Form::kNetworkInput, .height = input.shape(2), .width = input.shape(3)};
  absl::string_view bytes;
  if (!request.raw_input_contents().empty()) {
    bytes = request.raw_input_contents(0);
    if (static_cast<int64_t>(bytes.size()) != wanted) return WrongSize(kRaw, input, wanted, "bytes", bytes.size());
  } else {
    const InferTensorContents& contents = input.contents();
    RETURN_IF_ERROR(CheckContents(contents, "fp32_contents", "FP32"));
    const auto& values = contents.fp32_contents();
    bytes = {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
    if (static_cast<int64_t>(bytes.size()) != wanted) {
      return WrongSize(absl::StrCat(kContents, ".fp32_contents"), input, wanted / static_cast<int64_t>(sizeof(float)),
                       "elements", values.size());
    }
  }
  ImageTensor tensor;
  Split(bytes, image, bytes_of_image, tensor);
  return tensor;
}

}  // namespace

absl::StatusOr<ImageTensor> ReadImageTensor(const ModelInferRequest& request, const RequestLimits& limits) {
  RETURN_IF_ERROR(CheckInputs(request));
  const std::string& datatype = request.inputs(0).datatype();
  if (datatype == "BYTES") return ReadEncoded(request, limits);
  if (datatype == "UINT8") return ReadPixelTensor(request, limits);
  if (datatype == "FP32") return ReadNetworkInput(request, limits);
  return InvalidField("inputs[0].datatype",
                      absl::StrCat("wanted BYTES (encoded images), UINT8 (pixels) or FP32 (the network's input), got ",
                                   QuotedInput(datatype)));
}

}  // namespace onebyone
