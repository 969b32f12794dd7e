#pragma once

#include <concepts>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

// A rewrite of a graph: a small struct whose members are its settings, with
//   static constexpr absl::string_view name();     as its file
//   absl::StatusOr<int> Run(Graph& graph) const;   how many rewrites it made
// Running a pass twice equals running it once. A pass keeps the names of the graph's outputs, and that of every value
// that is still produced. It may leave nodes behind that nothing needs (Pipeline removes them). After an error the
// graph may be rewritten in part.
template <typename P>
concept Pass = requires(const P& pass, Graph& graph) {
  { P::name() } -> std::convertible_to<absl::string_view>;
  { pass.Run(graph) } -> std::same_as<absl::StatusOr<int>>;
};

}  // namespace onebyone
