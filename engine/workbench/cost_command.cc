#include "engine/workbench/cost_command.h"

#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle.h"
#include "engine/graph/shape_inference.h"
#include "engine/import/onnx_importer.h"
#include "engine/workbench/reduction_cost.h"
#include "engine/workbench/table.h"
#include "engine/workbench/textbook_case.h"

namespace onebyone {
namespace {

// The bundle's network with the shapes of one picture.
absl::StatusOr<Graph> ShapedNetwork(const Bundle& bundle) {
  ASSIGN_OR_RETURN(Graph graph, ImportOnnxFile(bundle.model_path));
  for (const ValueId id : graph.inputs()) {
    Shape& shape = graph.value(id).shape;
    if (id == graph.inputs().front() && shape.rank() == 4) {
      shape = {1, 3, bundle.preprocess.height, bundle.preprocess.width};
    }
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == Shape::kUnknown) shape[axis] = 1;
    }
  }
  if (const absl::Status status = InferShapes(graph); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(bundle.folder, ": ", status.message()));
  }
  return graph;
}

std::string Times(double ratio) { return absl::StrFormat("%.2f", ratio); }

void PrintNetwork(const Bundle& bundle, const std::vector<ReductionCost>& costs, std::ostream& out) {
  if (costs.empty()) {
    out << bundle.name << ": no 1x1 convolution stands before a larger one\n";
    return;
  }
  Table table({{"reduction", Table::Align::kLeft},
               {"convolution", Table::Align::kLeft},
               {"kernel"},
               {"channels"},
               {"with it"},
               {"without it"},
               {"times less"}});
  for (const ReductionCost& cost : costs) {
    table.AddRow({cost.reduce, cost.conv, absl::StrCat(cost.kernel_height, "x", cost.kernel_width),
                  absl::StrCat(cost.in_channels, " -> ", cost.reduced_channels, " -> ", cost.out_channels),
                  WithThousands(cost.with_reduction()), WithThousands(cost.direct_multiply_adds),
                  Times(cost.times_saved())});
  }
  const ReductionTotals totals = Sum(costs);
  table.AddRow({"together", "", "", "", WithThousands(totals.with_reduction), WithThousands(totals.direct),
                Times(totals.times_saved())});
  out << bundle.name
      << ", multiply-adds of one picture (in \"together\" a reduction before several convolutions counts once)\n"
      << table.ToString();
}

void PrintTextbook(const TextbookCase& study, std::ostream& out) {
  const ReductionCost& counted = study.counted;
  const int64_t divisor = std::gcd(counted.with_reduction(), counted.direct_multiply_adds);
  out << "\nTextbook case: " << counted.in_channels << " channels -> 1x1 to " << counted.reduced_channels << " -> "
      << counted.kernel_height << "x" << counted.kernel_width << " to " << counted.out_channels << ", against "
      << counted.kernel_height << "x" << counted.kernel_width << " on all " << counted.in_channels << " (28x28 map)\n";
  out << "  counted   " << WithThousands(counted.with_reduction()) << " against "
      << WithThousands(counted.direct_multiply_adds) << " multiply-adds: " << counted.with_reduction() / divisor << "/"
      << counted.direct_multiply_adds / divisor << ", " << Times(counted.times_saved()) << " times less\n";
  if (study.direct_ms <= 0) return;
  out << absl::StrFormat("  measured  %.3f against %.3f ms (minima, one thread): %.2f times less\n",
                         study.with_reduction_ms, study.direct_ms, study.direct_ms / study.with_reduction_ms);
}

JsonObject CountsJson(const ReductionCost& cost) {
  JsonObject json;
  json.String("reduction", cost.reduce).String("convolution", cost.conv);
  json.Integer("kernel_height", cost.kernel_height).Integer("kernel_width", cost.kernel_width);
  json.Integer("in_channels", cost.in_channels).Integer("reduced_channels", cost.reduced_channels);
  json.Integer("out_channels", cost.out_channels);
  json.Integer("with_reduction", cost.with_reduction()).Integer("direct", cost.direct_multiply_adds);
  json.Number("times_less", cost.times_saved());
  return json;
}

void PrintJson(const Bundle& bundle, const std::vector<ReductionCost>& costs, const TextbookCase& study,
               std::ostream& out) {
  std::vector<std::string> rows;
  for (const ReductionCost& cost : costs) rows.push_back(CountsJson(cost).ToString());
  const ReductionTotals totals = Sum(costs);
  JsonObject together;
  together.Integer("with_reduction", totals.with_reduction).Integer("direct", totals.direct);
  together.Number("times_less", totals.times_saved());
  JsonObject textbook = CountsJson(study.counted);
  if (study.direct_ms > 0) {
    textbook.Number("with_reduction_ms", study.with_reduction_ms).Number("direct_ms", study.direct_ms);
    textbook.Number("measured_times_less", study.direct_ms / study.with_reduction_ms);
  }
  JsonObject json;
  json.String("model", bundle.name).Json("reductions", JsonArray(rows)).Json("together", together.ToString());
  json.Json("textbook", textbook.ToString());
  out << json.ToString() << "\n";
}

}  // namespace

absl::Status RunCost(const CostOptions& options, std::ostream& out) {
  ASSIGN_OR_RETURN(const Bundle bundle, ReadBundle(options.bundle));
  ASSIGN_OR_RETURN(const Graph network, ShapedNetwork(bundle));
  const std::vector<ReductionCost> costs = FindReductions(network);
  ASSIGN_OR_RETURN(const TextbookCase study, StudyTextbookCase(options.runs));
  if (options.json) {
    PrintJson(bundle, costs, study, out);
  } else {
    PrintNetwork(bundle, costs, out);
    PrintTextbook(study, out);
  }
  return absl::OkStatus();
}

}  // namespace onebyone
