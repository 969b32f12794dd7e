#include "server/cache/answer_key.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/cache/model_numbers.h"

namespace onebyone {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

// On these fields of a request the answer for a picture does not depend, or the rest of the key stands for them.
const std::set<std::string> kElsewhere = {"images", "model", "version", "priority"};

Sha256Digest Digest(const v1::ExtractFeaturesRequest& request) { return DigestOfAsked(request).value(); }

// Sets a field that is no message to something that is not its default; `which` is 1 or 2.
void SetTo(int which, const FieldDescriptor& field, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  ASSERT_FALSE(field.is_repeated()) << field.full_name() << ": teach this test";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return reflection.SetInt32(&message, &field, which);
    case FieldDescriptor::CPPTYPE_INT64: return reflection.SetInt64(&message, &field, which);
    case FieldDescriptor::CPPTYPE_UINT32: return reflection.SetUInt32(&message, &field, which);
    case FieldDescriptor::CPPTYPE_UINT64: return reflection.SetUInt64(&message, &field, which);
    case FieldDescriptor::CPPTYPE_DOUBLE: return reflection.SetDouble(&message, &field, which);
    case FieldDescriptor::CPPTYPE_FLOAT: return reflection.SetFloat(&message, &field, static_cast<float>(which));
    case FieldDescriptor::CPPTYPE_BOOL: return reflection.SetBool(&message, &field, which == 1);
    case FieldDescriptor::CPPTYPE_ENUM: return reflection.SetEnumValue(&message, &field, which);
    case FieldDescriptor::CPPTYPE_STRING: return reflection.SetString(&message, &field, std::string(which, 'x'));
    default: FAIL() << field.full_name() << ": teach this test";
  }
}

// Every field of `message`, a part of `request`, changes the digest of `request`, and so do those of messages in it.
void ExpectEachFieldCounts(const v1::ExtractFeaturesRequest& request, Message& message,
                           std::vector<std::string>& seen) {
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (&message == &request && kElsewhere.contains(field.name())) continue;
    seen.push_back(field.name());
    const Sha256Digest before = Digest(request);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Message& part =
          field.is_repeated() ? *reflection.AddMessage(&message, &field) : *reflection.MutableMessage(&message, &field);
      EXPECT_NE(Digest(request), before) << field.full_name();
      ExpectEachFieldCounts(request, part, seen);
    } else {
      SetTo(1, field, message);
      const Sha256Digest first = Digest(request);
      EXPECT_NE(first, before) << field.full_name();
      SetTo(2, field, message);
      EXPECT_NE(Digest(request), first) << field.full_name();
    }
    reflection.ClearField(&message, &field);
    EXPECT_EQ(Digest(request), before) << field.full_name();
  }
}

TEST(AnswerKey, CoversEveryFieldThatCanBeAsked) {
  v1::ExtractFeaturesRequest request;
  std::vector<std::string> seen;
  ExpectEachFieldCounts(request, request, seen);
  EXPECT_THAT(seen, ::testing::IsSupersetOf({"layer", "channels", "reduction", "seed", "reduction_name", "pooling",
                                             "kind", "grid_height", "grid_width", "exponent", "l2_normalize",
                                             "data_type", "layout", "uint8_range", "input_size", "decode"}));
}

TEST(AnswerKey, DoesNotDependOnWhoAsksNorOnPicturesAndNames) {
  v1::ExtractFeaturesRequest request;
  request.add_features()->set_layer("layer");
  const Sha256Digest before = Digest(request);
  request.add_images()->set_content("picture");
  request.mutable_images(0)->set_id("id");
  request.set_model("an alias");
  request.set_version(7);
  request.set_priority(v1::BULK);
  EXPECT_EQ(Digest(request), before);
}

TEST(AnswerKey, DependsOnTheOrderOfWhatIsAsked) {
  v1::ExtractFeaturesRequest request;
  request.add_features()->set_layer("a");
  request.add_features()->set_layer("b");
  const Sha256Digest before = Digest(request);
  request.mutable_features()->SwapElements(0, 1);
  EXPECT_NE(Digest(request), before);
}

TEST(AnswerKey, TellsPicturesApartByBytesFormAndSize) {
  const std::string bytes(24, 'p');
  using Form = ImageSource::Form;
  const std::vector<ImageSource> different = {
      {.bytes = bytes},
      {.bytes = absl::string_view(bytes).substr(1)},
      {.form = Form::kPixels, .bytes = bytes, .height = 2, .width = 4},
      {.form = Form::kPixels, .bytes = bytes, .height = 4, .width = 2},
      {.form = Form::kNetworkInput, .bytes = bytes, .height = 2, .width = 4},
  };
  std::set<Sha256Digest> digests;
  for (const ImageSource& source : different) digests.insert(DigestOfPicture(source).value());
  EXPECT_EQ(digests.size(), different.size());
  EXPECT_EQ(DigestOfPicture({.bytes = bytes, .id = "id"}).value(), DigestOfPicture({.bytes = bytes}).value());
}

TEST(ModelNumbers, AreOfTheModelAndNotOfItsAddress) {
  ModelNumbers numbers;
  std::set<uint64_t> seen;
  constexpr int kLoads = 20;
  for (int i = 0; i < kLoads; ++i) {
    const auto model = std::make_shared<const Model>();  // where the one before was, as like as not
    const uint64_t number = numbers.Of(model);
    EXPECT_EQ(numbers.Of(model), number);
    seen.insert(number);
  }
  EXPECT_EQ(seen.size(), kLoads);
}

TEST(ModelNumbers, KeepNoModel) {
  ModelNumbers numbers;
  auto model = std::make_shared<const Model>();
  numbers.Of(model);
  EXPECT_EQ(model.use_count(), 1);
}

}  // namespace
}  // namespace onebyone
