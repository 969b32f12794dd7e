#include "engine/workbench/evaluation_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/json.h"
#include "engine/workbench/table.h"

namespace onebyone {
namespace {

std::string NameOf(EvaluatedRow::Kind kind) {
  switch (kind) {
    case EvaluatedRow::Kind::kRawPixels: return "raw pixels";
    case EvaluatedRow::Kind::kRandomWeights: return "random weights";
    case EvaluatedRow::Kind::kModel: break;
  }
  return "model";
}

// Pictures that have no other one of their class.
int64_t CountAlone(const LabelledPictures& pictures) {
  const std::vector<int> sizes = pictures.ClassSizes();
  return std::count(sizes.begin(), sizes.end(), 1);
}

std::vector<std::string> Cells(const EvaluatedRow& row) {
  const bool has_layer = row.kind != EvaluatedRow::Kind::kRawPixels;
  std::string features = has_layer ? row.layer : "raw pixels, 32x32 RGB";
  if (row.kind == EvaluatedRow::Kind::kRandomWeights) absl::StrAppend(&features, ", random weights");
  return {features,
          has_layer ? row.pooling : "-",
          has_layer ? row.precision : "-",
          row.reduction.empty() ? "all" : absl::StrCat(row.channels, ", ", row.reduction),
          absl::StrCat(row.dimension),
          absl::StrFormat("%.4f", row.quality.nearest),
          absl::StrFormat("%.4f", row.quality.five_nearest),
          absl::StrFormat("%.4f", row.quality.mean_average_precision)};
}

}  // namespace

double ChanceOf(const LabelledPictures& pictures) {
  double sum = 0;
  double queries = 0;
  for (const int size : pictures.ClassSizes()) {
    if (size < 2) continue;
    queries += size;
    sum += size * (size - 1.0) / (static_cast<double>(pictures.size()) - 1.0);
  }
  return sum / queries;
}

void PrintText(const EvaluationReport& report, std::ostream& out) {
  out << report.model << " on " << report.pictures.folder << ": " << report.pictures.size() << " pictures of "
      << report.pictures.class_names.size()
      << absl::StrFormat(" classes, each left out in turn; by chance 1-NN is %.4f\n", ChanceOf(report.pictures));
  Table table({{"features", Table::Align::kLeft},
               {"pooling", Table::Align::kLeft},
               {"precision", Table::Align::kLeft},
               {"channels", Table::Align::kLeft},
               {"dimension"},
               {"1-NN"},
               {"5-NN"},
               {"mAP"}});
  for (const EvaluatedRow& row : report.rows) table.AddRow(Cells(row));
  out << table.ToString();
  if (const int64_t alone = CountAlone(report.pictures); alone > 0) {
    out << alone << " of the pictures have no other of their class: they were ranked, but did not ask\n";
  }
}

void PrintJson(const EvaluationReport& report, std::ostream& out) {
  std::vector<std::string> rows;
  for (const EvaluatedRow& row : report.rows) {
    JsonObject json;
    json.String("features", NameOf(row.kind));
    if (row.kind != EvaluatedRow::Kind::kRawPixels) {
      json.String("layer", row.layer).String("pooling", row.pooling).String("precision", row.precision);
      json.Integer("channels", row.channels).String("reduction", row.reduction);
    }
    json.Integer("dimension", row.dimension).Number("one_nn", row.quality.nearest);
    json.Number("five_nn", row.quality.five_nearest)
        .Number("mean_average_precision", row.quality.mean_average_precision);
    rows.push_back(json.ToString());
  }
  JsonObject json;
  json.String("model", report.model).String("dataset", report.pictures.folder);
  json.Integer("pictures", static_cast<int64_t>(report.pictures.size())).Integer("skipped", report.skipped);
  json.Integer("classes", static_cast<int64_t>(report.pictures.class_names.size()));
  json.Integer("alone", CountAlone(report.pictures)).Number("chance", ChanceOf(report.pictures));
  json.Json("rows", JsonArray(rows));
  out << json.ToString() << "\n";
}

}  // namespace onebyone
