#include "server/intake/hpack_size.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace onebyone {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr int64_t kAround = 32;

int64_t SizeOf(const Bytes& block, size_t part = 1000) {
  HpackSize size;
  for (size_t start = 0; start < block.size(); start += part) {
    size.Take(absl::MakeConstSpan(block).subspan(start, part));
  }
  return size.bytes();
}

Bytes Joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// RFC 7541, C.2.1 and C.3.1: a literal whose name and value follow, and a request of five fields.
const Bytes kLiteral = {0x40, 0x0a, 'c', 'u', 's', 't', 'o', 'm', '-', 'k', 'e', 'y', 0x0d,
                        'c',  'u',  's', 't', 'o', 'm', '-', 'h', 'e', 'a', 'd', 'e', 'r'};
const Bytes kRequest = {0x82, 0x86, 0x84, 0x41, 0x0f, 'w', 'w', 'w', '.', 'e',
                        'x',  'a',  'm',  'p',  'l',  'e', '.', 'c', 'o', 'm'};

TEST(HpackSize, IsTheBytesAndThirtyTwoForEachField) {
  EXPECT_EQ(SizeOf({}), 0);
  EXPECT_EQ(SizeOf(kLiteral), 26 + kAround);
  EXPECT_EQ(SizeOf(kRequest), 20 + 4 * kAround);
  EXPECT_EQ(SizeOf(Bytes(1000, 0x82)), 1000 + 1000 * kAround);  // each an indexed field
}

TEST(HpackSize, KnowsEveryKindOfField) {
  const Bytes value = {2, 'o', 'k'};
  EXPECT_EQ(SizeOf(Joined({{0x04}, value, {0x14}, value, {0x44}, value})), 12 + 3 * kAround);  // names by index
  EXPECT_EQ(SizeOf(Joined({{0x00}, value, value, {0x10}, value, value})), 14 + 2 * kAround);   // names as text
  EXPECT_EQ(SizeOf({0x3f, 0x80, 0x01, 0x82}), 4 + 2 * kAround);  // a new size of the table, in three bytes
  EXPECT_EQ(SizeOf({0xff, 0x80, 0x01, 0x82}), 4 + 2 * kAround);  // an index in three
  EXPECT_EQ(SizeOf({0x0f, 0x01, 0, 0x82}), 4 + 2 * kAround);     // of a name, and a value without bytes
  EXPECT_EQ(SizeOf({0x00, 0, 0, 0x82}), 4 + 2 * kAround);
}

TEST(HpackSize, TakesLongStringsForOneField) {
  // 127 and 873 in two bytes: a value of 1,000 bytes, that each would be a field by itself.
  const Bytes field = Joined({{0x04, 0x7f, 0xe9, 0x06}, Bytes(1000, 0x82), {0x82}});
  for (const size_t part : {size_t{1}, size_t{7}, size_t{5000}}) {
    EXPECT_EQ(SizeOf(field, part), static_cast<int64_t>(field.size()) + 2 * kAround) << part;
  }
  // A length that no decoder takes swallows what follows, whose bytes count.
  EXPECT_EQ(SizeOf(Joined({{0x04, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, Bytes(100, 0x82)})),
            110 + kAround);
}

TEST(HpackSize, IsTheSameInAnyParts) {
  const Bytes block = Joined({kRequest, kLiteral, kRequest, {0xff, 0x80, 0x01}, kLiteral});
  const int64_t whole = SizeOf(block);
  for (size_t part = 1; part < block.size(); ++part) EXPECT_EQ(SizeOf(block, part), whole) << part;
}

}  // namespace
}  // namespace onebyone
