#include "client/load/target/input_tensor.h"

#include <cstring>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/render/rgb_pixels.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxElements = int64_t{1} << 28;
constexpr size_t kWordLength = 16;

std::string InWords(const std::vector<int64_t>& shape) { return absl::StrCat("[", absl::StrJoin(shape, ","), "]"); }

absl::StatusOr<int64_t> Elements(const InputTensor& input) {
  int64_t elements = 1;
  for (const int64_t side : input.shape) {
    if (side < 1 || elements > kMaxElements / side) {
      return absl::InvalidArgumentError(absl::StrCat("input '", input.name, "': want sides above 0 and at most ",
                                                     kMaxElements, " elements, got ", InWords(input.shape)));
    }
    elements *= side;
  }
  return elements;
}

// Length and bytes of one element of a BYTES tensor; protocol and machines are little-endian.
void AppendBytes(absl::string_view bytes, std::string& content) {
  const auto length = static_cast<uint32_t>(bytes.size());
  content.append(reinterpret_cast<const char*>(&length), sizeof(length));
  content.append(bytes.data(), bytes.size());
}

// Where a tensor holds the three colours.
struct PictureLayout {
  int64_t height = 0;
  int64_t width = 0;
  bool channels_first = false;
};

absl::StatusOr<PictureLayout> LayoutOf(const InputTensor& input) {
  const std::vector<int64_t>& shape = input.shape;
  if (shape.size() == 3 && shape[0] == 3) return PictureLayout{shape[1], shape[2], true};
  if (shape.size() == 3 && shape[2] == 3) return PictureLayout{shape[0], shape[1], false};
  return absl::InvalidArgumentError(absl::StrCat("input '", input.name, "': want [3,H,W] or [H,W,3] for pictures, got ",
                                                 InWords(shape), "; --input random sends random values of any shape"));
}

template <typename Element>
std::string Rearranged(const std::vector<uint8_t>& rgb, const PictureLayout& layout, float scale) {
  const auto pixels = static_cast<size_t>(layout.height * layout.width);
  std::string content(3 * pixels * sizeof(Element), '\0');
  for (size_t pixel = 0; pixel < pixels; ++pixel) {
    for (size_t c = 0; c < 3; ++c) {
      const auto value = static_cast<Element>(static_cast<float>(rgb[3 * pixel + c]) * scale);
      const size_t at = layout.channels_first ? c * pixels + pixel : 3 * pixel + c;
      std::memcpy(&content[at * sizeof(Element)], &value, sizeof(Element));
    }
  }
  return content;
}

template <typename Element>
void AppendElement(Element value, std::string& content) {
  content.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

using AppendRandom = void (*)(SeededRandom&, std::string&);

template <typename Integer>
void AppendSmall(SeededRandom& random, std::string& content) {
  AppendElement<Integer>(static_cast<Integer>(random.Bits() % 100), content);
}

const std::map<std::string, AppendRandom>& RandomByDatatype() {
  static const auto& table = *new std::map<std::string, AppendRandom>{
      {"BOOL", [](SeededRandom& random, std::string& content) { AppendElement<uint8_t>(random.Bits() & 1, content); }},
      {"UINT8", AppendSmall<uint8_t>},
      {"UINT16", AppendSmall<uint16_t>},
      {"UINT32", AppendSmall<uint32_t>},
      {"UINT64", AppendSmall<uint64_t>},
      {"INT8", AppendSmall<int8_t>},
      {"INT16", AppendSmall<int16_t>},
      {"INT32", AppendSmall<int32_t>},
      {"INT64", AppendSmall<int64_t>},
      // 0.5 to 1: exponent -1, whatever the mantissa.
      {"FP16",
       [](SeededRandom& random, std::string& content) {
         AppendElement<uint16_t>(static_cast<uint16_t>(0x3800 | (random.Bits() & 0x3FF)), content);
       }},
      {"BF16",
       [](SeededRandom& random, std::string& content) {
         AppendElement<uint16_t>(static_cast<uint16_t>(0x3F00 | (random.Bits() & 0x7F)), content);
       }},
      {"FP32", [](SeededRandom& random,
                  std::string& content) { AppendElement<float>(static_cast<float>(random.Uniform()), content); }},
      {"FP64", [](SeededRandom& random, std::string& content) { AppendElement<double>(random.Uniform(), content); }},
      {"BYTES",
       [](SeededRandom& random, std::string& content) {
         std::string word(kWordLength, 'a');
         for (char& c : word) c = static_cast<char>('a' + random.Bits() % 26);
         AppendBytes(word, content);
       }},
  };
  return table;
}

}  // namespace

absl::StatusOr<InputTensor> ResolveInput(const inference::ModelMetadataResponse::TensorMetadata& metadata,
                                         int pictures_per_call, const std::vector<int64_t>& known) {
  InputTensor input = {.name = metadata.name(), .datatype = metadata.datatype()};
  const std::vector<int64_t> told(metadata.shape().begin(), metadata.shape().end());
  const bool has_batch = !told.empty() && (told.front() == -1 || told.size() == 4 || metadata.datatype() == "BYTES");
  if (has_batch && told.front() != -1 && told.front() != pictures_per_call) {
    return absl::InvalidArgumentError(absl::StrCat("input '", input.name, "': want ", told.front(),
                                                   " pictures a call, as ", InWords(told), " says, got ",
                                                   pictures_per_call));
  }
  if (!has_batch && pictures_per_call != 1) {
    return absl::InvalidArgumentError(absl::StrCat("input '", input.name, "': want one picture a call, for ",
                                                   InWords(told), " has no dimension for more, got ",
                                                   pictures_per_call));
  }
  input.shape.assign(told.begin() + (has_batch ? 1 : 0), told.end());
  if (!known.empty()) input.shape = known;
  for (int64_t& side : input.shape) {
    if (side == -1 && input.datatype == "BYTES") side = 1;
    if (side > 0) continue;
    return absl::InvalidArgumentError(absl::StrCat("input '", input.name, "': want --input-shape, for its metadata ",
                                                   InWords(told), " leaves dimensions open"));
  }
  input.call_shape = input.shape;
  if (has_batch) input.call_shape.insert(input.call_shape.begin(), pictures_per_call);
  return input;
}

absl::StatusOr<std::string> PictureContent(const Picture& picture, const InputTensor& input) {
  if (input.datatype == "BYTES") {
    std::string content;
    AppendBytes(picture.content, content);
    return content;
  }
  if (input.datatype != "UINT8" && input.datatype != "FP32") {
    return absl::InvalidArgumentError(absl::StrCat("input '", input.name,
                                                   "': want BYTES, UINT8 or FP32 for pictures, got ", input.datatype,
                                                   "; --input random sends random values of any type"));
  }
  RETURN_IF_ERROR(Elements(input).status());
  ASSIGN_OR_RETURN(const PictureLayout layout, LayoutOf(input));
  auto rgb = RgbPixels(picture.content, static_cast<int32_t>(layout.width), static_cast<int32_t>(layout.height));
  if (!rgb.ok()) return absl::InvalidArgumentError(absl::StrCat(picture.name, ": ", rgb.status().message()));
  if (input.datatype == "UINT8") return Rearranged<uint8_t>(*rgb, layout, 1);
  return Rearranged<float>(*rgb, layout, 1.0F / 255);
}

absl::StatusOr<std::string> RandomContent(const InputTensor& input, SeededRandom& random) {
  const auto found = RandomByDatatype().find(input.datatype);
  if (found == RandomByDatatype().end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("input '", input.name, "': want a datatype of KServe v2, got '", input.datatype, "'"));
  }
  ASSIGN_OR_RETURN(const int64_t elements, Elements(input));
  std::string content;
  for (int64_t i = 0; i < elements; ++i) found->second(random, content);
  return content;
}

}  // namespace onebyone
