#include "client/load/work/load_pictures.h"

#include <cmath>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

struct SizeShare {
  absl::string_view text;
  double bytes = 0;
  double share = 0;
  int64_t pictures = 0;
};

// "300", "64K", "4M": bytes, with powers of 1,024.
bool ParseBytes(absl::string_view text, double& bytes) {
  double unit = 1;
  if (!text.empty() && (text.back() == 'K' || text.back() == 'k')) unit = 1024;
  if (!text.empty() && (text.back() == 'M' || text.back() == 'm')) unit = 1024 * 1024;
  if (unit > 1) text.remove_suffix(1);
  if (!absl::SimpleAtod(text, &bytes)) return false;
  bytes *= unit;
  return bytes >= 1;
}

absl::StatusOr<std::vector<SizeShare>> ParseMix(absl::string_view mix) {
  std::vector<SizeShare> sizes;
  for (const absl::string_view part : absl::StrSplit(mix, ',')) {
    const std::vector<absl::string_view> pair = absl::StrSplit(part, ':');
    SizeShare size = {.text = pair[0]};
    if (pair.size() != 2 || !ParseBytes(pair[0], size.bytes) || !absl::SimpleAtod(pair[1], &size.share) ||
        !(size.share > 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--size-mix: want BYTES:SHARE,... such as 64K:0.8,4M:0.2, got '", part, "'"));
    }
    sizes.push_back(size);
  }
  return sizes;
}

SizeShare& Nearest(std::vector<SizeShare>& sizes, const Picture& picture) {
  SizeShare* nearest = &sizes.front();
  const auto distance = [&picture](const SizeShare& size) {
    return std::abs(std::log(static_cast<double>(picture.content.size()) / size.bytes));
  };
  for (SizeShare& size : sizes) {
    if (distance(size) < distance(*nearest)) nearest = &size;
  }
  return *nearest;
}

}  // namespace

int64_t TotalBytes(const LoadPictures& set) {
  int64_t bytes = 0;
  for (const Picture& picture : set.pictures) bytes += static_cast<int64_t>(picture.content.size());
  return bytes;
}

absl::Status ApplySizeMix(absl::string_view mix, LoadPictures& set) {
  ASSIGN_OR_RETURN(std::vector<SizeShare> sizes, ParseMix(mix));
  for (const Picture& picture : set.pictures) ++Nearest(sizes, picture).pictures;
  for (const SizeShare& size : sizes) {
    if (size.pictures > 0) continue;
    return absl::InvalidArgumentError(absl::StrCat("--size-mix: want pictures of about ", size.text,
                                                   " bytes, got none among the ", set.pictures.size()));
  }
  for (Picture& picture : set.pictures) {
    const SizeShare& size = Nearest(sizes, picture);
    picture.weight = size.share / static_cast<double>(size.pictures);
  }
  return absl::OkStatus();
}

}  // namespace onebyone
