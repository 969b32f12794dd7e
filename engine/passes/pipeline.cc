#include "engine/passes/pipeline.h"

#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::vector<PassTrace>> Pipeline::Run(Graph& graph) const {
  std::vector<PassTrace> trace;
  for (const Step& step : steps_) {
    PassTrace& entry = trace.emplace_back();
    entry.pass = step.name;
    entry.nodes_before = graph.node_count();
    ASSIGN_OR_RETURN(entry.rewrites, step.run(graph));
    if (entry.rewrites > 0) graph.RemoveUnneeded();
    entry.nodes_after = graph.node_count();
  }
  return trace;
}

std::string PrintTrace(absl::Span<const PassTrace> trace) {
  std::string table;
  for (const PassTrace& entry : trace) {
    absl::StrAppendFormat(&table, "%-20s %5d rewrites, %5d -> %5d nodes\n", entry.pass, entry.rewrites,
                          entry.nodes_before, entry.nodes_after);
  }
  return table;
}

}  // namespace onebyone
