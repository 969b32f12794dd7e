#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace onebyone {

// Rows of text in aligned columns, for a terminal.
class Table {
 public:
  enum class Align : uint8_t { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kRight;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // Titles, a rule, the rows; each line ends with a newline.
  std::string ToString() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// 1569504 as "1,569,504".
std::string WithThousands(int64_t number);

}  // namespace onebyone
