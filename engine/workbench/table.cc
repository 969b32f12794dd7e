#include "engine/workbench/table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr char kGap[] = "  ";

void AppendCell(std::string& line, const std::string& text, size_t width, Table::Align align) {
  const std::string padding(width - text.size(), ' ');
  absl::StrAppend(&line, align == Table::Align::kRight ? padding : text,
                  align == Table::Align::kRight ? text : padding);
}

}  // namespace

std::string Table::ToString() const {
  std::vector<std::vector<std::string>> lines(2);
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t width = columns_[c].title.size();
    for (const auto& row : rows_) width = std::max(width, row[c].size());
    widths.push_back(width);
    lines[0].push_back(columns_[c].title);
    lines[1].emplace_back(width, '-');
  }
  lines.insert(lines.end(), rows_.begin(), rows_.end());

  std::string text;
  for (const auto& line : lines) {
    std::string written;
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (c > 0) written += kGap;
      AppendCell(written, line[c], widths[c], columns_[c].align);
    }
    written.erase(written.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, written, "\n");
  }
  return text;
}

std::string WithThousands(int64_t number) {
  std::string text = absl::StrCat(number);
  const int64_t first_digit = number < 0 ? 1 : 0;
  for (auto at = static_cast<int64_t>(text.size()) - 3; at > first_digit; at -= 3)
    text.insert(static_cast<size_t>(at), 1, ',');
  return text;
}

}  // namespace onebyone
