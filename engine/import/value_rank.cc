#include "engine/import/value_rank.h"

#include <algorithm>
#include <variant>

namespace onebyone {
namespace {

int WithFewerAxes(int rank, size_t axes) {
  return rank == kUnknownRank ? kUnknownRank : std::max(0, rank - static_cast<int>(axes));
}

// Of operands that broadcast.
int LargestRank(absl::Span<const int> ranks) {
  const bool known = std::find(ranks.begin(), ranks.end(), kUnknownRank) == ranks.end();
  return known && !ranks.empty() ? *std::max_element(ranks.begin(), ranks.end()) : kUnknownRank;
}

}  // namespace

int InferRank(OpType op, const Attributes& attributes, absl::Span<const int> input_ranks) {
  const int first = input_ranks.empty() ? kUnknownRank : input_ranks.front();
  switch (op) {
    case OpType::kAdd:
    case OpType::kMul:
    case OpType::kSum: return LargestRank(input_ranks);
    // A vector as operand loses its axis; for two tensors it is the larger rank.
    case OpType::kMatMul: {
      const bool has_vector = std::find(input_ranks.begin(), input_ranks.end(), 1) != input_ranks.end();
      return has_vector ? kUnknownRank : LargestRank(input_ranks);
    }
    case OpType::kGemm:
    case OpType::kFlatten: return 2;
    case OpType::kReshape: return static_cast<int>(std::get<ReshapeAttributes>(attributes).shape.size());
    case OpType::kSqueeze: {
      const auto& axes = std::get<AxesAttributes>(attributes).axes;
      return axes.empty() ? kUnknownRank : WithFewerAxes(first, axes.size());
    }
    case OpType::kUnsqueeze: {
      const auto& axes = std::get<AxesAttributes>(attributes).axes;
      return first == kUnknownRank ? kUnknownRank : first + static_cast<int>(axes.size());
    }
    case OpType::kReduceMean: {
      const auto& mean = std::get<ReduceMeanAttributes>(attributes);
      if (mean.keep_dims) return first;
      return mean.axes.empty() ? 0 : WithFewerAxes(first, mean.axes.size());
    }
    default: return first;
  }
}

}  // namespace onebyone
