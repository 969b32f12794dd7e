#include "engine/tensor/aligned_buffer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "tests/testing/status_matchers.h"

// AddressSanitizer is to answer an absurd request as the system does, and not to end the program.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }  // NOLINT

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

class AlignedBufferOf : public ::testing::TestWithParam<size_t> {};

TEST_P(AlignedBufferOf, IsAlignedZeroedAndWritable) {
  ASSERT_OK_AND_ASSIGN(AlignedBuffer buffer, AlignedBuffer::Create(GetParam()));
  ASSERT_NE(buffer.data(), nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % AlignedBuffer::kAlignment, 0U);
  EXPECT_EQ(buffer.size(), GetParam());
  EXPECT_TRUE(std::all_of(buffer.data(), buffer.data() + buffer.size(), [](uint8_t byte) { return byte == 0; }));
  std::fill_n(buffer.data(), buffer.size(), uint8_t{0xff});
}

INSTANTIATE_TEST_SUITE_P(Sizes, AlignedBufferOf, ::testing::Values(0, 1, 63, 64, 65, 4096, 1'000'003));

TEST(AlignedBuffer, SaysWhatItCouldNotGet) {
  const size_t absurd = size_t{1} << 62;
  EXPECT_THAT(AlignedBuffer::Create(absurd),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(std::to_string(absurd))));
  EXPECT_THAT(AlignedBuffer::Create(std::numeric_limits<size_t>::max()),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(AlignedBuffer, MovesItsMemoryAlong) {
  ASSERT_OK_AND_ASSIGN(AlignedBuffer first, AlignedBuffer::Create(100));
  const uint8_t* memory = first.data();
  AlignedBuffer second = std::move(first);
  EXPECT_EQ(second.data(), memory);
  ASSERT_OK_AND_ASSIGN(AlignedBuffer third, AlignedBuffer::Create(8));
  third = std::move(second);
  EXPECT_EQ(third.data(), memory);
  EXPECT_EQ(third.size(), 100U);
}

TEST(AlignedBuffer, CountsWhatWasCreatedButNotWhatFailedOrMoved) {
  const int64_t before = AlignedBuffer::TotalCreated();
  ASSERT_OK_AND_ASSIGN(AlignedBuffer buffer, AlignedBuffer::Create(8));
  const AlignedBuffer moved = std::move(buffer);
  EXPECT_FALSE(AlignedBuffer::Create(size_t{1} << 62).ok());
  EXPECT_EQ(AlignedBuffer::TotalCreated(), before + 1);
}

}  // namespace
}  // namespace onebyone
