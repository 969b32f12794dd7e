#include "client/load/report/comparison_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/text_table.h"
#include "client/load/report/quantity_text.h"

namespace onebyone {
namespace {

std::string OneChange(const ComparedFigure& figure, double change) {
  return absl::StrFormat(figure.is_share ? "%+.2f points" : "%+.1f %%", 100 * change);
}

std::string Lines(absl::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string text = absl::StrCat(title, "\n");
  for (const std::string& line : lines) absl::StrAppend(&text, "  ", line, "\n");
  return text;
}

}  // namespace

std::string ChangeText(const ComparedFigure& figure) { return figure.change ? OneChange(figure, *figure.change) : "-"; }

std::string ChangeIntervalText(const ComparedFigure& figure) {
  if (!figure.interval) return "-";
  return absl::StrCat(OneChange(figure, figure.interval->low), " to ", OneChange(figure, figure.interval->high));
}

std::string FigureText(const ComparedFigure& figure, const std::optional<double>& value) {
  if (!value) return "-";
  return figure.is_share ? ShareText(*value) : MsText(*value);
}

std::string ComparisonTable(const Comparison& comparison, const std::string& a_name, const std::string& b_name) {
  using Align = TextTable::Align;
  std::string text = absl::StrCat("A: ", a_name, "\nB: ", b_name, "\n\n");
  absl::StrAppend(&text, Lines("DIFFERENT KINDS OF RUN, whose figures do not mean the same:", comparison.refusals));
  absl::StrAppend(&text, Lines("NOT THE SAME TRIAL:", comparison.differences));
  absl::StrAppend(&text, Lines("What differs in version or place:", comparison.versions));
  absl::StrAppend(&text, Lines("To be kept in mind:", comparison.cautions));
  TextTable table({{""},
                   {"A", Align::kRight},
                   {"B", Align::kRight},
                   {"change", Align::kRight},
                   {"99 % interval", Align::kRight},
                   {"verdict"},
                   {"by"}});
  for (const ComparedFigure& figure : comparison.figures) {
    table.AddRow({figure.name, FigureText(figure, figure.a), FigureText(figure, figure.b), ChangeText(figure),
                  ChangeIntervalText(figure), VerdictText(figure.verdict), figure.how});
  }
  const bool said = !comparison.refusals.empty() || !comparison.differences.empty() || !comparison.versions.empty() ||
                    !comparison.cautions.empty();
  absl::StrAppend(&text, said ? "\n" : "", table.ToString(), "\n", comparison.sentence, "\n");
  return text;
}

}  // namespace onebyone
