#include "server/intake/header_block_meter.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace onebyone {
namespace {

constexpr uint8_t kData = 0;
constexpr uint8_t kHeaders = 1;
constexpr uint8_t kContinuation = 9;
constexpr int64_t kMost = 2000;
constexpr size_t kFrameHeader = 9;
constexpr absl::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::string Frame(uint8_t type, uint32_t stream, absl::string_view payload, uint8_t flags = 0) {
  const auto size = static_cast<uint32_t>(payload.size());
  std::string frame;
  for (const uint32_t byte : {size >> 16, size >> 8, size, uint32_t{type}, uint32_t{flags}, stream >> 24, stream >> 16,
                              stream >> 8, stream}) {
    frame.push_back(static_cast<char>(byte));
  }
  return absl::StrCat(frame, payload);
}

// A block of one field of `size` bytes: its name has an index, its value a length of two bytes.
std::string Field(size_t size) {
  const size_t more = size - 3 - 127;  // fits into seven bits
  return absl::StrCat("\x04\x7f", std::string(1, static_cast<char>(more)), std::string(size - 3, 'v'));
}

bool Takes(HeaderBlockMeter& meter, absl::string_view bytes) {
  return meter.Take({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

// Fed whole, and byte by byte.
bool IsTaken(absl::string_view frames) {
  const std::string all = absl::StrCat(kPreface, frames);
  HeaderBlockMeter whole(kMost);
  HeaderBlockMeter bytewise(kMost);
  const bool is_taken = Takes(whole, all);
  bool is_taken_bytewise = true;
  for (const char& byte : all) is_taken_bytewise = Takes(bytewise, {&byte, 1});
  EXPECT_EQ(is_taken, is_taken_bytewise);
  return is_taken;
}

TEST(HeaderBlockMeter, TakesBlocksUpToTheLimitAndNoByteMore) {
  constexpr size_t kField = 200;
  std::string fields;
  for (int i = 0; i < 8; ++i) fields += Field(kField);
  const size_t rest = kMost - kFrameHeader - 8 * (kField + 32);
  ASSERT_EQ(rest, 135U);  // with 32 for the field, which 102 and 103 bytes fill
  EXPECT_TRUE(IsTaken(Frame(kHeaders, 1, fields)));
  const std::string three = "\x82\x82\x82";  // 99 bytes, and a value that fills up
  EXPECT_TRUE(IsTaken(Frame(kHeaders, 1, absl::StrCat(fields, three, std::string("\x04\x02vv", 4)))));
  EXPECT_FALSE(IsTaken(Frame(kHeaders, 1, absl::StrCat(fields, three, std::string("\x04\x03vvv", 5)))));
}

TEST(HeaderBlockMeter, FindsABlockThatIsSpreadOverFrames) {
  std::string frames = Frame(kHeaders, 1, Field(200));
  for (int i = 0; i < 6; ++i) frames += Frame(kContinuation, 1, Field(200));
  EXPECT_TRUE(IsTaken(frames));
  EXPECT_FALSE(IsTaken(absl::StrCat(frames, Frame(kContinuation, 1, Field(200)), Frame(kContinuation, 1, Field(200)))));
}

TEST(HeaderBlockMeter, FindsTinyFieldsAndEmptyFrames) {
  EXPECT_TRUE(IsTaken(Frame(kHeaders, 1, std::string(60, '\x82'))));
  EXPECT_FALSE(IsTaken(Frame(kHeaders, 1, std::string(61, '\x82'))));
  std::string empty = Frame(kHeaders, 1, "");
  for (int i = 0; i < 221; ++i) empty += Frame(kContinuation, 1, "");
  EXPECT_TRUE(IsTaken(empty));
  EXPECT_FALSE(IsTaken(absl::StrCat(empty, Frame(kContinuation, 1, ""))));
}

TEST(HeaderBlockMeter, FindsATooLongFrameByItsLength) {
  const std::string frame = Frame(kHeaders, 1, std::string(kMost, 'v'));
  HeaderBlockMeter meter(kMost);
  EXPECT_TRUE(Takes(meter, kPreface));
  EXPECT_FALSE(Takes(meter, frame.substr(0, kFrameHeader)));
  EXPECT_FALSE(Takes(meter, ""));  // and it stays so
}

TEST(HeaderBlockMeter, CountsEachCallByItself) {
  std::string calls;
  for (uint32_t call = 0; call < 100; ++call) {
    absl::StrAppend(&calls, Frame(kHeaders, 2 * call + 1, Field(200)), Frame(kContinuation, 2 * call + 1, Field(200)),
                    Frame(kData, 2 * call + 1, std::string(5000, '\x82')));
  }
  EXPECT_TRUE(IsTaken(calls));
}

TEST(HeaderBlockMeter, TakesFewBytesOfTrailers) {
  const std::string call = Frame(kHeaders, 0x80000001, Field(200));  // the first bit of a stream says nothing
  EXPECT_TRUE(IsTaken(absl::StrCat(call, Frame(kHeaders, 1, Field(200)))));
  EXPECT_TRUE(IsTaken(absl::StrCat(call, Frame(kHeaders, 1, std::string(30, '\x82')))));
  EXPECT_FALSE(IsTaken(absl::StrCat(call, Frame(kHeaders, 1, std::string(31, '\x82')))));
  EXPECT_TRUE(IsTaken(absl::StrCat(call, Frame(kHeaders, 3, std::string(31, '\x82')))));
  EXPECT_FALSE(IsTaken(absl::StrCat(call, Frame(kHeaders, 3, ""), Frame(kHeaders, 1, std::string(31, '\x82')))));
}

TEST(HeaderBlockMeter, LeavesOutThePriority) {
  constexpr uint8_t kHasPriority = 0x20;
  const std::string priority(5, '\x82');
  EXPECT_TRUE(IsTaken(Frame(kHeaders, 1, absl::StrCat(priority, std::string(60, '\x82')), kHasPriority)));
  EXPECT_FALSE(IsTaken(Frame(kHeaders, 1, absl::StrCat(priority, std::string(61, '\x82')), kHasPriority)));
}

TEST(HeaderBlockMeter, LooksAtNothingThatIsNoHttp2) {
  HeaderBlockMeter meter(kMost);
  EXPECT_TRUE(Takes(meter, "PRI * HTTP/1.1"));
  EXPECT_TRUE(Takes(meter, Frame(kHeaders, 1, std::string(kMost, 'v'))));
}

}  // namespace
}  // namespace onebyone
