#include "client/commands/neighbour_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "client/commands/text_table.h"
#include "engine/base/json.h"

namespace onebyone {
namespace {

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string ImageJson(const NeighbourReport& report, size_t image) {
  std::vector<std::string> neighbours;
  for (const Neighbour& neighbour : report.neighbours[image]) {
    neighbours.push_back(JsonObject()
                             .String("image", report.images[neighbour.image].path)
                             .Number("cosine", neighbour.cosine)
                             .ToString());
  }
  return JsonObject().String("image", report.images[image].path).Json("neighbours", JsonArray(neighbours)).ToString();
}

}  // namespace

std::string NeighbourTable(const NeighbourReport& report) {
  TextTable table({{"IMAGE"}, {"NEIGHBOUR"}, {"COSINE", TextTable::Align::kRight}});
  for (size_t image = 0; image < report.images.size(); ++image) {
    std::string name = report.images[image].path;
    for (const Neighbour& neighbour : report.neighbours[image]) {
      table.AddRow({name, report.images[neighbour.image].path, absl::StrFormat("%.4f", neighbour.cosine)});
      name.clear();
    }
  }
  return table.ToString();
}

std::string NeighbourCsv(const NeighbourReport& report) {
  std::string csv = "image,rank,neighbour,cosine\r\n";
  for (size_t image = 0; image < report.images.size(); ++image) {
    int rank = 0;
    for (const Neighbour& neighbour : report.neighbours[image]) {
      absl::StrAppend(&csv, CsvField(report.images[image].path), ",", ++rank, ",",
                      CsvField(report.images[neighbour.image].path), absl::StrFormat(",%.6f\r\n", neighbour.cosine));
    }
  }
  return csv;
}

std::string NeighbourJson(const NeighbourReport& report) {
  std::vector<std::string> images;
  for (size_t image = 0; image < report.images.size(); ++image) {
    if (!report.neighbours[image].empty()) images.push_back(ImageJson(report, image));
  }
  std::vector<std::string> failed;
  for (const ImageFailure& failure : report.failures) {
    failed.push_back(JsonObject()
                         .String("image", report.images[failure.image].path)
                         .String("reason", failure.reason.message())
                         .ToString());
  }
  JsonObject json;
  json.String("model", report.model).Integer("version", report.version).String("layer", report.layer);
  json.String("reduction", report.reduction).Integer("numbers", report.numbers);
  json.Json("images", JsonArray(images)).Json("failed", JsonArray(failed));
  return json.ToString() + "\n";
}

}  // namespace onebyone
