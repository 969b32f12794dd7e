#include "server/intake/message_check.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/support/slice.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/status_details.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// In slices of `slice` bytes, so that fields lie across their borders.
grpc::ByteBuffer Buffer(const std::string& bytes, size_t slice = 1 << 20) {
  std::vector<grpc::Slice> slices;
  for (size_t begin = 0; begin < bytes.size(); begin += slice) slices.emplace_back(bytes.substr(begin, slice));
  return {slices.data(), slices.size()};
}

// A length-delimited field, number below 16.
std::string Field(int number, const std::string& content) {
  std::string length;
  size_t rest = content.size();
  for (; rest > 0x7F; rest >>= 7) length.push_back(static_cast<char>(rest | 0x80));
  length.push_back(static_cast<char>(rest));
  return absl::StrCat(std::string(1, static_cast<char>(number << 3 | 2)), length, content);
}

std::string Times(int count, const std::string& part) {
  std::string whole;
  for (int i = 0; i < count; ++i) whole += part;
  return whole;
}

class MessageCheck : public ::testing::Test {
 protected:
  static RequestLimits Limits() {
    RequestLimits limits;
    limits.max_images = 3;
    limits.max_features = 2;
    limits.max_message_bytes = 4000;
    return limits;
  }
  static absl::Status Check(const std::string& bytes, const MessageRule& rule) {
    grpc::ByteBuffer buffer = Buffer(bytes);
    return CheckMessage(buffer, rule);
  }

  const MessageRules rules_{Limits()};
};

// Every field that repeats, and every message in a message, is in the rules: a new one in a .proto file is not
// forgotten.
void ExpectComplete(const google::protobuf::Descriptor& type, const MessageRule& rule) {
  EXPECT_LE(rule.fields.size(), static_cast<size_t>(MessageRule::kMostRules)) << type.full_name();
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *type.field(i);
    const FieldRule* found = nullptr;
    for (const FieldRule& candidate : rule.fields) {
      if (candidate.number == field.number()) found = &candidate;
    }
    if (!field.is_repeated() && field.message_type() == nullptr) {
      EXPECT_EQ(found, nullptr) << field.full_name();
      continue;
    }
    ASSERT_NE(found, nullptr) << field.full_name();
    EXPECT_GT(found->most, 0) << field.full_name();
    const bool is_message = field.message_type() != nullptr;
    EXPECT_EQ(found->kind == FieldRule::Kind::kMessage, is_message) << field.full_name();
    EXPECT_EQ(found->kind == FieldRule::Kind::kBytes, field.type() == field.TYPE_BYTES) << field.full_name();
    EXPECT_EQ(found->kind == FieldRule::Kind::kFixed32, field.type() == field.TYPE_FLOAT) << field.full_name();
    EXPECT_EQ(found->kind == FieldRule::Kind::kFixed64, field.type() == field.TYPE_DOUBLE) << field.full_name();
    if (is_message) ExpectComplete(*field.message_type(), *found->message);
  }
}

TEST_F(MessageCheck, HasARuleForEveryFieldThatRepeats) {
  ExpectComplete(*v1::ExtractFeaturesRequest::descriptor(), rules_.extract_features());
  ExpectComplete(*v1::StreamFeaturesRequest::descriptor(), rules_.stream_features());
  ExpectComplete(*inference::ModelInferRequest::descriptor(), rules_.model_infer());
  ExpectComplete(*v1::GetModelRequest::descriptor(), rules_.query());
  ExpectComplete(*inference::ModelStatisticsRequest::descriptor(), rules_.query());
}

TEST_F(MessageCheck, ReadsWhatIsWithinTheRulesHoweverItIsSliced) {
  v1::StreamFeaturesRequest request;
  request.set_request_id("seven");
  for (int i = 0; i < 3; ++i) request.mutable_request()->add_images()->set_content(std::string(300, 'x'));
  for (int i = 0; i < 2; ++i) request.mutable_request()->add_features()->mutable_pooling()->set_exponent(2.5);
  for (const size_t slice : {size_t{1}, size_t{7}, size_t{5000}}) {
    grpc::ByteBuffer buffer = Buffer(request.SerializeAsString(), slice);
    v1::StreamFeaturesRequest read;
    ASSERT_THAT(ReadMessage(buffer, rules_.stream_features(), read), IsOk()) << slice;
    EXPECT_EQ(read.SerializeAsString(), request.SerializeAsString()) << slice;
    EXPECT_EQ(FindText(buffer, 1), "seven") << slice;
  }
}

TEST_F(MessageCheck, NamesTheFieldTheLimitAndTheCount) {
  const std::string images = Times(4, Field(3, ""));
  EXPECT_THAT(Check(images, rules_.extract_features()), StatusIs(kInvalid, "images: wanted at most 3, got 4"));
  EXPECT_THAT(Check(Field(2, images), rules_.stream_features()), StatusIs(kInvalid, "images: wanted at most 3, got 4"));
  EXPECT_THAT(Check(Times(3, Field(4, "")), rules_.extract_features()), StatusIs(kInvalid, StartsWith("features: ")));
  const std::string entries = Times(65, Field(2, ""));
  EXPECT_THAT(Check(Field(6, "") + Field(6, entries), rules_.model_infer()),
              StatusIs(kInvalid, "outputs[1].parameters: wanted at most 64, got 65"));
  EXPECT_THAT(Check(Field(5, Field(5, Times(4, Field(8, "")))), rules_.model_infer()),
              StatusIs(kInvalid, "inputs[0].contents.bytes_contents: wanted at most 3, got 4"));
}

TEST_F(MessageCheck, CountsNumbersPackedAndApart) {
  const auto with_contents = [](const std::string& contents) { return Field(5, Field(5, contents)); };
  const std::string uints = "inputs[0].contents.uint_contents: wanted at most 1000, got ";
  EXPECT_THAT(Check(with_contents(Field(4, Times(1000, "\x7F"))), rules_.model_infer()), IsOk());
  EXPECT_THAT(Check(with_contents(Field(4, Times(1001, "\x80\x01"))), rules_.model_infer()),
              StatusIs(kInvalid, uints + "1001"));
  EXPECT_THAT(Check(with_contents(Times(1002, "\x20\x01")), rules_.model_infer()), StatusIs(kInvalid, uints + "1002"));
  EXPECT_THAT(Check(with_contents(Field(6, std::string(4004, 'x'))), rules_.model_infer()),
              StatusIs(kInvalid, "inputs[0].contents.fp32_contents: wanted at most 1000, got 1001"));
}

TEST_F(MessageCheck, BoundsWhatItDoesNotKnowAndWhatOughtNotToRepeat) {
  const std::string unknown("\x78\x01", 2);  // field 15
  EXPECT_THAT(Check(Times(64, unknown), rules_.query()), IsOk());
  EXPECT_THAT(Check(Times(65, unknown), rules_.query()), StatusIs(kInvalid, StartsWith("request: wanted at most 64")));
  EXPECT_THAT(Check(Field(3, Times(65, unknown)), rules_.extract_features()),
              StatusIs(kInvalid, StartsWith("images[0]: ")));
  EXPECT_THAT(Check(Field(2, "") + Field(2, ""), rules_.stream_features()), Not(IsOk()));  // they would be merged
}

TEST_F(MessageCheck, EndsSoonWhereThereIsFarTooMuch) {
  EXPECT_THAT(Check(Times(500'000, Field(3, "")), rules_.extract_features()),
              StatusIs(kInvalid, "images: wanted at most 3, got more than 100003"));
}

TEST_F(MessageCheck, TellsBrokenMessagesFromLargeOnes) {
  const std::string broken[] = {
      "\xFF\xFF\xFF",                      // half a tag
      "\x1A\x05xx",                        // less than it says
      std::string("\x1A\x02\x0A\x05", 4),  // the same, inside
      "\x7B\x7C",                          // a group
      std::string("\0\0", 2),              // no field has this number
      "\x1A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
  };
  for (const std::string& bytes : broken) {
    const absl::Status status = Check(bytes, rules_.extract_features());
    EXPECT_THAT(status, StatusIs(kInvalid, HasSubstr("wire form"))) << ::testing::PrintToString(bytes);
    EXPECT_FALSE(NamesField(status));
  }
  grpc::ByteBuffer no_text = Buffer(Field(1, "\xFF"));
  v1::GetModelRequest request;
  const absl::Status status = ReadMessage(no_text, rules_.query(), request);
  EXPECT_THAT(status, StatusIs(kInvalid, AllOf(HasSubstr("onebyone.v1.GetModelRequest"), HasSubstr("UTF-8"))));
  EXPECT_FALSE(NamesField(status));
  EXPECT_TRUE(NamesField(Check(Times(4, Field(3, "")), rules_.extract_features())));
}

TEST_F(MessageCheck, FindsATextOnlyWhereThereIsOne) {
  grpc::ByteBuffer other = Buffer(Field(2, "request") + Field(1, "id"));
  EXPECT_EQ(FindText(other, 1), "id");
  EXPECT_EQ(FindText(other, 3), "");
  grpc::ByteBuffer broken = Buffer("\x0A\x7F");
  EXPECT_EQ(FindText(broken, 1), "");
}

}  // namespace
}  // namespace onebyone
