#include "client/load/report/load_page.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "client/load/report/comparison_table.h"
#include "client/load/report/load_page_parts.h"
#include "client/load/report/plan_text.h"
#include "client/load/report/quantity_text.h"
#include "client/load/report/result_json.h"
#include "client/load/report/result_table.h"
#include "client/render/html.h"
#include "engine/base/json.h"

namespace onebyone {
namespace {

std::string TextsJson(const std::vector<std::string>& texts) {
  std::vector<std::string> json;
  for (const std::string& text : texts) json.push_back(JsonString(text));
  return JsonArray(json);
}

std::string FactsJson(const LoadResult& result) {
  std::vector<std::string> rows = {TextsJson({"load", LoopText(result.plan)})};
  for (const auto& [label, value] : PlanRows(result)) rows.push_back(TextsJson({label, value}));
  if (!result.plan.command_line.empty()) rows.push_back(TextsJson({"command", result.plan.command_line}));
  return JsonArray(rows);
}

void AddNumber(JsonObject& json, absl::string_view key, const std::optional<double>& value) {
  if (value) {
    json.Number(key, *value);
  } else {
    json.Json(key, "null");
  }
}

std::string FigureJson(const ComparedFigure& figure) {
  JsonObject json;
  json.String("name", figure.name).Boolean("is_share", figure.is_share);
  json.String("a_text", FigureText(figure, figure.a)).String("b_text", FigureText(figure, figure.b));
  AddNumber(json, "change", figure.change);
  json.String("change_text", ChangeText(figure)).String("interval_text", ChangeIntervalText(figure));
  json.Json("interval",
            figure.interval
                ? JsonObject().Number("low", figure.interval->low).Number("high", figure.interval->high).ToString()
                : "null");
  json.String("verdict", VerdictText(figure.verdict)).String("how", figure.how);
  return json.ToString();
}

std::string ComparisonJson(const Comparison& comparison) {
  std::vector<std::string> figures;
  for (const ComparedFigure& figure : comparison.figures) figures.push_back(FigureJson(figure));
  return JsonObject()
      .String("verdict", VerdictText(comparison.verdict))
      .String("sentence", comparison.sentence)
      .Json("refusals", TextsJson(comparison.refusals))
      .Json("differences", TextsJson(comparison.differences))
      .Json("cautions", TextsJson(comparison.cautions))
      .Json("versions", TextsJson(comparison.versions))
      .Json("figures", JsonArray(figures))
      .ToString();
}

// EscapeHtml makes spaces of newlines, which <pre> is about.
std::string EscapeLines(const std::string& text) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) lines.push_back(EscapeHtml(line));
  return absl::StrJoin(lines, "\n");
}

std::string Page(const std::string& title, const std::string& text, const std::string& data) {
  return absl::StrCat(absl::Substitute(kLoadPageStart, EscapeHtml(title), kLoadPageStyle, EscapeLines(text),
                                       absl::StrReplaceAll(data, {{"<", "\\u003c"}})),
                      kLoadPageScript, "</script>\n</body>\n</html>\n");
}

std::string ModelName(const LoadPlan& plan) { return plan.model.empty() ? "the default model" : plan.model; }

}  // namespace

std::string LoadPage(const LoadResult& result) {
  const std::string data = JsonObject()
                               .Json("runs", JsonArray({ResultJsonForHtml(result)}))
                               .Json("names", TextsJson({"run"}))
                               .Json("warnings", TextsJson(AllWarnings(result)))
                               .Json("facts", JsonArray({FactsJson(result)}))
                               .String("lead", absl::StrCat(WorkText(result.plan), "; ", LoopText(result.plan), "; ",
                                                            TimeText(result.start_unix_ms)))
                               .Json("comparison", "null")
                               .ToString();
  return Page(absl::StrCat("Load test of ", ModelName(result.plan), ", ", result.plan.schedule), ResultTable(result),
              data);
}

std::string ComparePage(const LoadResult& a, const LoadResult& b, const Comparison& comparison,
                        const std::string& a_name, const std::string& b_name) {
  const std::string data =
      JsonObject()
          .Json("runs", JsonArray({ResultJsonForHtml(a), ResultJsonForHtml(b)}))
          .Json("names", TextsJson({a_name, b_name}))
          .Json("warnings", TextsJson({}))
          .Json("facts", JsonArray({FactsJson(a), FactsJson(b)}))
          .String("lead", absl::StrCat(WorkText(b.plan), "; ", LoopText(b.plan), "; ", TimeText(a.start_unix_ms),
                                       " and ", TimeText(b.start_unix_ms)))
          .Json("comparison", ComparisonJson(comparison))
          .ToString();
  const std::string text =
      absl::StrCat(ComparisonTable(comparison, a_name, b_name), "\nA\n\n", ResultTable(a), "\nB\n\n", ResultTable(b));
  return Page(absl::StrCat("Two load tests of ", ModelName(b.plan)), text, data);
}

}  // namespace onebyone
