#include "engine/base/json.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <limits>

namespace onebyone {
namespace {

TEST(JsonObject, KeepsItsMembersInOrder) {
  JsonObject object;
  object.String("name", "a/b")
      .Integer("count", -3)
      .Number("time", 0.25)
      .Boolean("fine", true)
      .Json("list", JsonArray({"1", "2"}));
  EXPECT_EQ(object.ToString(), R"({"name": "a/b", "count": -3, "time": 0.25, "fine": true, "list": [1, 2]})");
  EXPECT_EQ(JsonObject().ToString(), "{}");
}

TEST(JsonObject, HasNoNumberForWhatIsNotFinite) {
  JsonObject object;
  object.Number("a", std::numeric_limits<double>::infinity()).Number("b", std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(object.ToString(), R"({"a": null, "b": null})");
}

TEST(JsonString, EscapesWhatJsonCannotHold) {
  EXPECT_EQ(JsonString("a\"b\\c\n\x01"), R"("a\"b\\c\u000a\u0001")");
  EXPECT_EQ(JsonString("ümlaut €"), "\"ümlaut €\"");
}

TEST(IsUtf8, TellsTextFromOtherBytes) {
  for (const char* text : {"", "a/b", "ümlaut €", "\xf4\x8f\xbf\xbf"}) EXPECT_TRUE(IsUtf8(text)) << text;
  for (const char* text : {"caf\xe9", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82"})
    EXPECT_FALSE(IsUtf8(text)) << text;
}

// Layer names come from files that anyone may have written.
TEST(JsonString, MakesJsonOfAnyBytes) {
  std::string every_pair;
  for (int first = 0; first < 256; ++first) {
    for (const int second : {0x00, 0x22, 0x41, 0x80, 0xbf, 0xc3, 0xff}) {
      every_pair += {static_cast<char>(first), static_cast<char>(second)};
    }
  }
  for (const std::string& text :
       {every_pair, std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"), std::string("\xe2\x82")}) {
    google::protobuf::Value value;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(JsonString(text), &value).ok());
    EXPECT_TRUE(value.has_string_value());
  }
}

}  // namespace
}  // namespace onebyone
