#include "engine/base/npy.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr absl::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kPreamble = 10;  // magic, two bytes of version, two bytes of header length
constexpr size_t kAlignment = 64;

// The text after `key` in the header's Python dictionary.
absl::StatusOr<absl::string_view> After(absl::string_view header, absl::string_view key) {
  const size_t at = header.find(key);
  if (at == absl::string_view::npos) return absl::InvalidArgumentError(absl::StrCat("npy: header lacks ", key));
  return absl::StripLeadingAsciiWhitespace(header.substr(at + key.size()));
}

absl::StatusOr<std::vector<int64_t>> ParseShape(absl::string_view text) {
  const size_t end = text.find(')');
  if (!absl::StartsWith(text, "(") || end == absl::string_view::npos) {
    return absl::InvalidArgumentError("npy: shape: want a tuple");
  }
  std::vector<int64_t> shape;
  for (absl::string_view part : absl::StrSplit(text.substr(1, end - 1), ',')) {
    part = absl::StripAsciiWhitespace(part);
    if (part.empty()) continue;
    int64_t extent = 0;
    if (!absl::SimpleAtoi(part, &extent) || extent < 0) {
      return absl::InvalidArgumentError(absl::StrCat("npy: shape: want numbers, got ", part));
    }
    shape.push_back(extent);
  }
  return shape;
}

}  // namespace

std::string FormatNpy(absl::string_view descr, absl::Span<const int64_t> shape, absl::string_view content) {
  std::string header = absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (",
                                    absl::StrJoin(shape, ", "), shape.size() == 1 ? ",), }" : "), }");
  const size_t unpadded = kPreamble + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  header.push_back('\n');
  std::string file(kMagic);
  file.append({'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)});
  absl::StrAppend(&file, header, content);
  return file;
}

absl::StatusOr<NpyArray> ParseNpy(absl::string_view file) {
  if (file.size() < kPreamble || !absl::StartsWith(file, kMagic)) {
    return absl::InvalidArgumentError("npy: want a file that begins with \\x93NUMPY");
  }
  if (file[6] != 1)
    return absl::InvalidArgumentError(absl::StrCat("npy: want format version 1, got ", static_cast<int>(file[6])));
  const size_t length = static_cast<uint8_t>(file[8]) | static_cast<size_t>(static_cast<uint8_t>(file[9])) << 8;
  if (file.size() < kPreamble + length) return absl::InvalidArgumentError("npy: the header is cut");
  const absl::string_view header = file.substr(kPreamble, length);

  NpyArray array;
  ASSIGN_OR_RETURN(absl::string_view descr, After(header, "'descr':"));
  const size_t end = descr.find('\'', 1);
  if (!absl::StartsWith(descr, "'") || end == absl::string_view::npos || end < 4) {
    return absl::InvalidArgumentError("npy: descr: want a plain element type");
  }
  array.descr = std::string(descr.substr(1, end - 1));
  ASSIGN_OR_RETURN(const absl::string_view order, After(header, "'fortran_order':"));
  if (!absl::StartsWith(order, "False")) return absl::InvalidArgumentError("npy: want C order, got Fortran order");
  ASSIGN_OR_RETURN(const absl::string_view shape, After(header, "'shape':"));
  ASSIGN_OR_RETURN(array.shape, ParseShape(shape));

  int64_t bytes = 0;
  if (array.descr[0] == '>' || !absl::SimpleAtoi(array.descr.substr(2), &bytes) || bytes < 1 || bytes > 16) {
    return absl::InvalidArgumentError(absl::StrCat("npy: descr: want little-endian elements, got ", array.descr));
  }
  const absl::string_view content = file.substr(kPreamble + length);
  for (const int64_t extent : array.shape) {
    if (extent > 0 && bytes > (int64_t{1} << 40) / extent) return absl::InvalidArgumentError("npy: shape is absurd");
    bytes *= extent;
  }
  if (bytes != static_cast<int64_t>(content.size())) {
    return absl::InvalidArgumentError(absl::StrCat("npy: want ", bytes, " bytes of elements, got ", content.size()));
  }
  array.content = std::string(content);
  return array;
}

}  // namespace onebyone
