#include "engine/import/wire_limits.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// The low three bits of a tag (https://protobuf.dev/programming-guides/encoding/).
enum WireType : uint8_t { kVarint = 0, kFixed64 = 1, kDelimited = 2, kFixed32 = 5 };

absl::Status Broken() { return absl::InvalidArgumentError("the file is cut or is no ONNX model"); }

absl::Status TooMuch(absl::string_view what, int64_t limit) {
  return absl::InvalidArgumentError(absl::StrCat("want at most ", limit, " ", what, ", got more"));
}

// Takes a number off the front of `rest`.
absl::StatusOr<uint64_t> TakeVarint(absl::string_view& rest) {
  constexpr size_t kLongest = 10;
  uint64_t number = 0;
  for (size_t i = 0; i < kLongest && i < rest.size(); ++i) {
    const auto byte = static_cast<uint8_t>(rest[i]);
    number |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) {
      rest.remove_prefix(i + 1);
      return number;
    }
  }
  return Broken();
}

absl::StatusOr<absl::string_view> TakeBytes(absl::string_view& rest, uint64_t length) {
  if (length > rest.size()) return Broken();
  const absl::string_view taken = rest.substr(0, length);
  rest.remove_prefix(length);
  return taken;
}

class WireWalk {
 public:
  explicit WireWalk(const WireLimits& limits) : limits_(limits) {}

  absl::Status Message(absl::string_view rest, const Descriptor& descriptor, int depth) {
    if (depth > limits_.max_depth) return TooMuch("messages within another", limits_.max_depth);
    while (!rest.empty()) {
      ASSIGN_OR_RETURN(const uint64_t tag, TakeVarint(rest));
      const FieldDescriptor* field = descriptor.FindFieldByNumber(static_cast<int>((tag >> 3) & 0x1FFFFFFF));
      if (field == nullptr) RETURN_IF_ERROR(CountPart());
      RETURN_IF_ERROR(Field(rest, field, tag & 7, depth));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Field(absl::string_view& rest, const FieldDescriptor* field, uint64_t wire_type, int depth) {
    switch (wire_type) {
      case kVarint: RETURN_IF_ERROR(CountList(field, 1)); return TakeVarint(rest).status();
      case kFixed64: return TakeBytes(rest, 8).status();
      case kFixed32: return TakeBytes(rest, 4).status();
      case kDelimited: break;
      default: return Broken();  // groups, which ONNX has none of
    }
    ASSIGN_OR_RETURN(const uint64_t length, TakeVarint(rest));
    ASSIGN_OR_RETURN(const absl::string_view content, TakeBytes(rest, length));
    if (field != nullptr && field->is_packable()) return CountList(field, content.size());
    RETURN_IF_ERROR(CountPart());
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return absl::OkStatus();
    return Message(content, *field->message_type(), depth + 1);
  }

  absl::Status CountPart() {
    return ++parts_ > limits_.max_parts ? TooMuch("messages and strings", limits_.max_parts) : absl::OkStatus();
  }

  // Floating-point numbers are as long in memory as in the file; integers, 1 byte and more in the file, become up to 8.
  absl::Status CountList(const FieldDescriptor* field, size_t integers) {
    if (field == nullptr || !field->is_repeated()) return absl::OkStatus();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT || field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      return absl::OkStatus();
    }
    list_bytes_ += 8 * static_cast<int64_t>(integers);
    return list_bytes_ > limits_.max_list_bytes ? TooMuch("bytes of integers", limits_.max_list_bytes)
                                                : absl::OkStatus();
  }

  const WireLimits& limits_;
  int64_t parts_ = 0;
  int64_t list_bytes_ = 0;
};

}  // namespace

absl::Status CheckWire(absl::string_view serialized, const Descriptor& descriptor, const WireLimits& limits) {
  return WireWalk(limits).Message(serialized, descriptor, 0);
}

}  // namespace onebyone
