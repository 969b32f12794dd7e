#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace onebyone {

// Rows of text in columns, each as wide as its widest cell (in characters: UTF-8 counts as seen).
class TextTable {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit TextTable(std::vector<Column> columns);

  // REQUIRES: one cell per column.
  void AddRow(std::vector<std::string> cells);

  // Title line and rows, each ended by a newline and without trailing spaces.
  std::string ToString() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace onebyone
