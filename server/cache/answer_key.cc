#include "server/cache/answer_key.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/util/field_mask_util.h>

#include <array>
#include <set>
#include <string>

namespace onebyone {
namespace {

// All fields of a request but those that the answer for a picture does not depend on, so that a field that is added to
// the API is in the key without anybody's doing.
google::protobuf::FieldMask AskedFields() {
  const std::set<std::string> others = {"images", "model", "version", "priority"};
  google::protobuf::FieldMask mask;
  const google::protobuf::Descriptor& request = *v1::ExtractFeaturesRequest::descriptor();
  for (int i = 0; i < request.field_count(); ++i) {
    if (!others.contains(request.field(i)->name())) mask.add_paths(request.field(i)->name());
  }
  return mask;
}

}  // namespace

absl::StatusOr<Sha256Digest> DigestOfAsked(const v1::ExtractFeaturesRequest& request) {
  static const google::protobuf::FieldMask mask = AskedFields();
  v1::ExtractFeaturesRequest asked;
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(request, mask, {}, &asked);
  return Sha256OfPieces({asked.SerializeAsString()});
}

absl::StatusOr<Sha256Digest> DigestOfPicture(const ImageSource& source) {
  // A member that is added does not compile before somebody has thought of it here.
  const auto& [form, bytes, id, height, width] = source;
  const std::array<int64_t, 3> head = {static_cast<int64_t>(form), height, width};
  return Sha256OfPieces({absl::string_view(reinterpret_cast<const char*>(head.data()), sizeof(head)), bytes});
}

}  // namespace onebyone
