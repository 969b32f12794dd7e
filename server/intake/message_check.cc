#include "server/intake/message_check.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using Kind = FieldRule::Kind;

// How many of a field that occurs too often are counted for the message of the error.
constexpr int64_t kMostCounted = 100'000;
constexpr int kMostFieldsUntilText = 100;
constexpr int kMostText = 64 << 10;

// Where a message lies in those around it.
struct Place {
  const Place* around = nullptr;
  const char* name = "";
  int64_t index = -1;  // negative: the field does not repeat

  std::string Path(absl::string_view field = "") const {
    std::string path = around == nullptr ? "" : around->Path(name);
    if (index >= 0) absl::StrAppend(&path, "[", index, "]");
    if (field.empty()) return path;
    return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
  }
};

bool Fits(const FieldRule& rule, WireFormatLite::WireType type) {
  if (type == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) return true;  // numbers: packed
  switch (rule.kind) {
    case Kind::kVarint: return type == WireFormatLite::WIRETYPE_VARINT;
    case Kind::kFixed32: return type == WireFormatLite::WIRETYPE_FIXED32;
    case Kind::kFixed64: return type == WireFormatLite::WIRETYPE_FIXED64;
    default: return false;
  }
}

class Walker {
 public:
  explicit Walker(CodedInputStream& input) : input_(input) {}

  // Up to the end of the message, which the caller has set as the input's limit.
  absl::Status Walk(const MessageRule& rule, const Place& place) {
    std::array<int64_t, MessageRule::kMostRules> counts{};
    int64_t others = 0;
    const FieldRule* exceeded = nullptr;
    while (const uint32_t tag = input_.ReadTag()) {
      const int index = IndexOf(rule, tag);
      const FieldRule* const field = index < 0 ? nullptr : &rule.fields[index];
      if (field == nullptr) {
        if (++others > MessageRule::kMostOthers) return TooManyOthers(place);
        RETURN_IF_ERROR(Skip(tag));
        continue;
      }
      if (field->message != nullptr && exceeded == nullptr && counts[index] < field->most) {
        const Place inner{.around = &place, .name = field->name, .index = field->most == 1 ? -1 : counts[index]};
        RETURN_IF_ERROR(WalkInner(*field->message, inner));
        ++counts[index];
      } else {
        RETURN_IF_ERROR(Count(*field, tag, counts[index]));
      }
      if (counts[index] > field->most && exceeded == nullptr) exceeded = field;
      if (exceeded == field && counts[index] > field->most + kMostCounted) break;
    }
    if (exceeded != nullptr) return TooMany(*exceeded, counts[exceeded - rule.fields.data()], place);
    return input_.ConsumedEntireMessage() ? absl::OkStatus() : Broken();
  }

 private:
  static int IndexOf(const MessageRule& rule, uint32_t tag) {
    const int number = WireFormatLite::GetTagFieldNumber(tag);
    for (size_t i = 0; i < rule.fields.size(); ++i) {
      if (rule.fields[i].number == number && Fits(rule.fields[i], WireFormatLite::GetTagWireType(tag))) {
        return static_cast<int>(i);
      }
    }
    return -1;
  }

  absl::Status WalkInner(const MessageRule& rule, const Place& place) {
    int length = 0;
    if (!input_.ReadVarintSizeAsInt(&length)) return Broken();
    const CodedInputStream::Limit around = input_.PushLimit(length);
    RETURN_IF_ERROR(Walk(rule, place));
    if (input_.BytesUntilLimit() != 0) return Broken();  // the whole ended before
    input_.PopLimit(around);
    return absl::OkStatus();
  }

  // Adds the elements of a field, and skips it.
  absl::Status Count(const FieldRule& field, uint32_t tag, int64_t& count) {
    const bool is_number = field.kind != Kind::kBytes && field.kind != Kind::kMessage;
    if (!is_number || WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      ++count;
      return Skip(tag);
    }
    int length = 0;
    if (!input_.ReadVarintSizeAsInt(&length)) return Broken();
    if (field.kind == Kind::kVarint) return CountVarints(length, count);
    count += length / (field.kind == Kind::kFixed32 ? 4 : 8);
    return input_.Skip(length) ? absl::OkStatus() : Broken();
  }

  absl::Status CountVarints(int length, int64_t& count) {
    while (length > 0) {
      const void* data = nullptr;
      int size = 0;
      if (!input_.GetDirectBufferPointer(&data, &size)) return Broken();
      size = std::min(size, length);
      const auto* const bytes = static_cast<const uint8_t*>(data);
      count += std::count_if(bytes, bytes + size, [](uint8_t byte) { return byte < 0x80; });  // the last of each
      if (!input_.Skip(size)) return Broken();
      length -= size;
    }
    return absl::OkStatus();
  }

  absl::Status Skip(uint32_t tag) {
    uint64_t number = 0;
    int length = 0;
    bool skipped = false;
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_VARINT: skipped = input_.ReadVarint64(&number); break;
      case WireFormatLite::WIRETYPE_FIXED32: skipped = input_.Skip(4); break;
      case WireFormatLite::WIRETYPE_FIXED64: skipped = input_.Skip(8); break;
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
        skipped = input_.ReadVarintSizeAsInt(&length) && input_.Skip(length);
        break;
      default: break;  // groups, which no message of this server has: each level would be counted anew
    }
    return skipped ? absl::OkStatus() : Broken();
  }

  absl::Status Broken() const {
    return absl::InvalidArgumentError(
        absl::StrCat("the message is not in protobuf's wire form (from byte ", input_.CurrentPosition(), " on)"));
  }

  static absl::Status TooMany(const FieldRule& field, int64_t count, const Place& place) {
    const bool is_all = count <= field.most + kMostCounted;
    return InvalidField(place.Path(field.name),
                        absl::StrCat("wanted at most ", field.most, ", got ", is_all ? "" : "more than ",
                                     is_all ? count : field.most + kMostCounted));
  }

  static absl::Status TooManyOthers(const Place& place) {
    const std::string path = place.Path();
    return InvalidField(path.empty() ? "request" : path,
                        absl::StrCat("wanted at most ", MessageRule::kMostOthers,
                                     " fields that do not repeat or are not known, got more"));
  }

  CodedInputStream& input_;
};

}  // namespace

absl::Status CheckMessage(grpc::ByteBuffer& buffer, const MessageRule& rule) {
  grpc::ProtoBufferReader slices(&buffer);
  CodedInputStream input(&slices);
  return Walker(input).Walk(rule, Place());
}

absl::Status ReadMessage(grpc::ByteBuffer& buffer, const MessageRule& rule, google::protobuf::Message& message) {
  RETURN_IF_ERROR(CheckMessage(buffer, rule));
  grpc::ProtoBufferReader slices(&buffer);
  if (message.ParseFromZeroCopyStream(&slices)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the message is no ", message.GetDescriptor()->full_name(), ", or has text that is not UTF-8"));
}

std::string FindText(grpc::ByteBuffer& buffer, int number) {
  grpc::ProtoBufferReader slices(&buffer);
  CodedInputStream input(&slices);
  for (int i = 0; i < kMostFieldsUntilText; ++i) {
    const uint32_t tag = input.ReadTag();
    if (tag == 0) break;
    if (tag != WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) {
      if (!WireFormatLite::SkipField(&input, tag)) break;
      continue;
    }
    std::string text;
    int length = 0;
    if (!input.ReadVarintSizeAsInt(&length) || length > kMostText || !input.ReadString(&text, length)) break;
    return text;
  }
  return "";
}

}  // namespace onebyone
