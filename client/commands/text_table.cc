#include "client/commands/text_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

size_t CharactersOf(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

void TextTable::AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::string TextTable::ToString() const {
  std::vector<size_t> widths;
  std::vector<std::string> titles;
  for (size_t c = 0; c < columns_.size(); ++c) {
    titles.push_back(columns_[c].title);
    widths.push_back(CharactersOf(columns_[c].title));
    for (const auto& row : rows_) widths[c] = std::max(widths[c], CharactersOf(row[c]));
  }
  std::string text;
  const auto append = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t c = 0; c < cells.size(); ++c) {
      const std::string padding(widths[c] - CharactersOf(cells[c]), ' ');
      const bool right = columns_[c].align == Align::kRight;
      absl::StrAppend(&line, c == 0 ? "" : "  ", right ? padding : "", cells[c], right ? "" : padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  };
  append(titles);
  for (const auto& row : rows_) append(row);
  return text;
}

}  // namespace onebyone
