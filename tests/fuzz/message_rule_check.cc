#include "tests/fuzz/message_rule_check.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/require.h"

namespace onebyone::testing {

grpc::ByteBuffer InSlices(absl::string_view bytes, size_t slice_bytes) {
  std::vector<grpc::Slice> slices;
  for (size_t begin = 0; begin < bytes.size(); begin += slice_bytes) {
    const absl::string_view part = bytes.substr(begin, slice_bytes);
    slices.emplace_back(part.data(), part.size());
  }
  return {slices.data(), slices.size()};
}

void RequireWithin(const MessageRule& rule, const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (const FieldRule& field_rule : rule.fields) {
    const auto* const field = message.GetDescriptor()->FindFieldByNumber(field_rule.number);
    Require(field != nullptr, "a rule is of a field that there is");
    if (!field->is_repeated()) {
      if (field_rule.message != nullptr && reflection.HasField(message, field)) {
        RequireWithin(*field_rule.message, reflection.GetMessage(message, field));
      }
      continue;
    }
    const int count = reflection.FieldSize(message, field);
    Require(count <= field_rule.most, absl::StrCat(field->full_name(), " occurs no more often than its rule says"));
    for (int i = 0; field_rule.message != nullptr && i < count; ++i) {
      RequireWithin(*field_rule.message, reflection.GetRepeatedMessage(message, field, i));
    }
  }
}

}  // namespace onebyone::testing
