#include "client/render/contact_sheet.h"

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/render/canvas.h"
#include "client/render/drawing.h"
#include "client/render/photograph.h"
#include "client/render/picture_stack.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr size_t kMaxPixels = 64'000'000;
constexpr int kMargin = 40;
constexpr int kHeader = 108;
constexpr int kGap = 16;
constexpr int kApart = 28;     // more room behind the first tile of a row
constexpr int kCaptions = 44;  // the two lines beneath a picture
const cv::Size kThumbnail(176, 132);

const TextStyle kNumberStyle = {.height = 11};
const TextStyle kNameStyle = {.height = 9, .color = kMuted};
const cv::Scalar kMissing(60, 54, 52);

cv::Size SheetSize(size_t rows, size_t tiles) {
  const auto across = static_cast<int>(tiles);
  return {std::max(2 * kMargin + across * (kThumbnail.width + kGap) + kApart, 900),
          kHeader + static_cast<int>(rows) * (kThumbnail.height + kCaptions + kGap) + kMargin};
}

cv::Point PlaceOf(size_t row, size_t column) {
  return {kMargin + static_cast<int>(column) * (kThumbnail.width + kGap) + (column > 0 ? kApart : 0),
          kHeader + static_cast<int>(row) * (kThumbnail.height + kCaptions + kGap)};
}

// In the middle of its place; a grey one where there is none.
void PasteThumbnail(cv::Mat& canvas, const absl::StatusOr<cv::Mat>& thumbnail, cv::Point at) {
  if (!thumbnail.ok()) {
    cv::rectangle(canvas, cv::Rect(at, kThumbnail), kMissing, cv::FILLED);
    DrawText(canvas, "cannot be drawn", at + cv::Point(12, kThumbnail.height / 2), kNameStyle);
    return;
  }
  Paste(canvas, *thumbnail,
        at + cv::Point((kThumbnail.width - thumbnail->cols) / 2, kThumbnail.height - thumbnail->rows));
}

absl::StatusOr<cv::Mat> ThumbnailOf(size_t image, const PhotographReader& read) {
  ASSIGN_OR_RETURN(const std::string encoded, read(image));
  return DecodeThumbnail(encoded, kThumbnail);
}

cv::Mat DrawSheet(const ContactSheet& sheet, const PhotographReader& read, cv::Size size) {
  cv::Mat canvas(size, CV_8UC3, kBackground);
  const int text_width = size.width - 2 * kMargin;
  DrawText(canvas, CutText(sheet.title, kTitleStyle, text_width), {kMargin, 30}, kTitleStyle);
  DrawText(canvas, CutText(sheet.subtitle, kSubtitleStyle, text_width), {kMargin, 74}, kSubtitleStyle);
  std::map<size_t, std::vector<cv::Point>> places;  // image -> where it is drawn
  for (size_t row = 0; row < sheet.rows.size(); ++row) {
    for (size_t column = 0; column < sheet.rows[row].size(); ++column) {
      const ContactTile& tile = sheet.rows[row][column];
      const cv::Point at = PlaceOf(row, column);
      places[tile.image].push_back(at);
      const cv::Point below = at + cv::Point(0, kThumbnail.height + 8);
      DrawText(canvas, CutText(tile.caption, kNumberStyle, kThumbnail.width), below, kNumberStyle);
      DrawText(canvas, CutText(tile.name, kNameStyle, kThumbnail.width), below + cv::Point(0, 18), kNameStyle);
    }
  }
  for (const auto& [image, points] : places) {
    const absl::StatusOr<cv::Mat> thumbnail = ThumbnailOf(image, read);
    for (const cv::Point& at : points) PasteThumbnail(canvas, thumbnail, at);
  }
  return canvas;
}

std::string EndingOf(absl::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == absl::string_view::npos ? "" : absl::AsciiStrToLower(path.substr(dot));
}

}  // namespace

bool IsSheetName(absl::string_view path) {
  const std::string ending = EndingOf(path);
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

absl::Status CheckContactSheet(size_t rows, size_t tiles) {
  const auto pixels = [tiles](size_t count) {
    const cv::Size size = SheetSize(count, tiles);
    return static_cast<size_t>(size.width) * static_cast<size_t>(size.height);
  };
  if (pixels(rows) <= kMaxPixels) return absl::OkStatus();
  const size_t slope = pixels(2) - pixels(1);
  return absl::InvalidArgumentError(absl::StrCat("sheet: want at most ", (kMaxPixels - pixels(0)) / slope, " rows of ",
                                                 tiles, " pictures, got ", rows));
}

absl::StatusOr<std::string> DrawContactSheet(const ContactSheet& sheet, const PhotographReader& read,
                                             absl::string_view path) {
  if (!IsSheetName(path)) {
    return absl::InvalidArgumentError(absl::StrCat("sheet: want a file named .png, .jpg or .jpeg, got '", path, "'"));
  }
  size_t tiles = 1;
  for (const auto& row : sheet.rows) tiles = std::max(tiles, row.size());
  RETURN_IF_ERROR(CheckContactSheet(sheet.rows.size(), tiles));
  const cv::Size size = SheetSize(sheet.rows.size(), tiles);
  return EncodeDrawing("sheet", EndingOf(path),
                       [&]() -> absl::StatusOr<cv::Mat> { return DrawSheet(sheet, read, size); });
}

}  // namespace onebyone
