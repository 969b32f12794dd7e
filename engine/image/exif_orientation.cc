#include "engine/image/exif_orientation.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/match.h"
#include "engine/image/byte_reader.h"

namespace onebyone {
namespace {

constexpr size_t kEntrySize = 12;
constexpr uint32_t kOrientationTag = 0x0112;
constexpr uint32_t kShort = 3;
constexpr uint32_t kLong = 4;

struct Tiff {
  absl::string_view bytes;
  bool big_endian;
  uint32_t Get16(size_t at) const { return big_endian ? BigEndian16(bytes, at) : LittleEndian16(bytes, at); }
  uint32_t Get32(size_t at) const { return big_endian ? BigEndian32(bytes, at) : LittleEndian32(bytes, at); }
};

int OrientationOfEntry(const Tiff& tiff, size_t entry) {
  const uint32_t type = tiff.Get16(entry + 2);
  if ((type != kShort && type != kLong) || tiff.Get32(entry + 4) != 1) return 1;
  const uint32_t value = type == kShort ? tiff.Get16(entry + 8) : tiff.Get32(entry + 8);
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

}  // namespace

int ExifOrientation(absl::string_view exif) {
  constexpr absl::string_view kPrefix("Exif\0\0", 6);
  if (absl::StartsWith(exif, kPrefix)) exif.remove_prefix(kPrefix.size());
  if (exif.size() < 8) return 1;
  const absl::string_view order = exif.substr(0, 2);
  if (order != "II" && order != "MM") return 1;
  const Tiff tiff{exif, order == "MM"};
  if (tiff.Get16(2) != 42) return 1;
  const size_t directory = tiff.Get32(4);
  if (directory > exif.size() - 2) return 1;
  const size_t entries = tiff.Get16(directory);
  const size_t first = directory + 2;
  for (size_t i = 0; i < entries && first + (i + 1) * kEntrySize <= exif.size(); ++i) {
    const size_t entry = first + i * kEntrySize;
    if (tiff.Get16(entry) == kOrientationTag) return OrientationOfEntry(tiff, entry);
  }
  return 1;
}

}  // namespace onebyone
