#include "engine/workbench/csv.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

class CsvParser {
 public:
  explicit CsvParser(absl::string_view text) : rest_(absl::StripPrefix(text, kByteOrderMark)) {}

  absl::StatusOr<std::vector<CsvRecord>> Parse() {
    std::vector<CsvRecord> records;
    while (!rest_.empty()) {
      if (SkipLineEnd()) continue;  // an empty line
      CsvRecord& record = records.emplace_back();
      record.line = line_;
      do {
        ASSIGN_OR_RETURN(std::string field, TakeField());
        record.fields.push_back(std::move(field));
      } while (absl::ConsumePrefix(&rest_, ","));
      SkipLineEnd();
    }
    return records;
  }

 private:
  // Up to the comma, the line's end or the text's.
  absl::StatusOr<std::string> TakeField() {
    if (absl::ConsumePrefix(&rest_, "\"")) return TakeQuoted();
    const absl::string_view field = rest_.substr(0, rest_.find_first_of(",\r\n"));
    if (field.find('"') != absl::string_view::npos) {
      return Wrong("want a field with a quote in it to be in quotes, and the quote doubled");
    }
    rest_.remove_prefix(field.size());
    return std::string(field);
  }

  absl::StatusOr<std::string> TakeQuoted() {
    std::string field;
    while (true) {
      const size_t quote = rest_.find('"');
      if (quote == absl::string_view::npos) return Wrong("want a quote that closes the field, got the end of the file");
      field.append(rest_.data(), quote);
      rest_.remove_prefix(quote + 1);
      if (!absl::ConsumePrefix(&rest_, "\"")) break;
      field.push_back('"');
    }
    if (!rest_.empty() && rest_.find_first_of(",\r\n") != 0) {
      return Wrong("want a comma or the line's end behind the quote that closes a field");
    }
    for (size_t i = 0; i < field.size(); ++i) {
      if (field[i] == '\n' || (field[i] == '\r' && field.compare(i + 1, 1, "\n") != 0)) ++line_;
    }
    return field;
  }

  bool SkipLineEnd() {
    if (!absl::ConsumePrefix(&rest_, "\r\n") && !absl::ConsumePrefix(&rest_, "\n") &&
        !absl::ConsumePrefix(&rest_, "\r")) {
      return false;
    }
    ++line_;
    return true;
  }

  absl::Status Wrong(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("line ", line_, ": ", what));
  }

  absl::string_view rest_;
  int64_t line_ = 1;
};

}  // namespace

absl::StatusOr<std::vector<CsvRecord>> ParseCsv(absl::string_view text) { return CsvParser(text).Parse(); }

}  // namespace onebyone
