#include "engine/image/exif_orientation.h"

#include <gtest/gtest.h>

#include "tests/image/encoded.h"

namespace onebyone {
namespace {

using ::onebyone::testing::Exif;

TEST(ExifOrientation, ReadsBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(ExifOrientation(Exif(orientation, /*big_endian=*/false)), orientation);
    EXPECT_EQ(ExifOrientation(Exif(orientation, /*big_endian=*/true)), orientation);
    EXPECT_EQ(ExifOrientation(Exif(orientation).substr(6)), orientation) << "without the prefix";
  }
}

TEST(ExifOrientation, IsOneForValuesThatDoNotExist) {
  EXPECT_EQ(ExifOrientation(Exif(0)), 1);
  EXPECT_EQ(ExifOrientation(Exif(9)), 1);
  EXPECT_EQ(ExifOrientation(Exif(65535)), 1);
}

TEST(ExifOrientation, IsOneWhereverTheBlockIsCut) {
  const std::string whole = Exif(6);
  const size_t entry_end = whole.size() - 4;  // the offset of a next directory matters to nobody
  for (size_t size = 0; size < entry_end; ++size) EXPECT_EQ(ExifOrientation(whole.substr(0, size)), 1) << size;
  EXPECT_EQ(ExifOrientation(whole.substr(0, entry_end)), 6);
}

TEST(ExifOrientation, IsOneWhereTheDirectoryLiesOutside) {
  for (const uint32_t offset : {uint32_t{100}, uint32_t{0x7FFFFFFF}, uint32_t{0xFFFFFFFF}, uint32_t{0xFFFFFFFE}}) {
    std::string exif = Exif(6);
    exif.replace(10, 4, testing::LittleEndian(offset, 4));
    EXPECT_EQ(ExifOrientation(exif), 1) << offset;
  }
}

}  // namespace
}  // namespace onebyone
