#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// The cosine similarities of the rows of a matrix, some rows at a time: never all of them in memory. Thread-safe.
class CosineSimilarity {
 public:
  // `features`: float32 [pictures, dimension], finite; shares its elements.
  explicit CosineSimilarity(Tensor features);

  // similarities[(i - begin) * pictures + j] = the cosine of rows i and j, for begin <= i < end and all j. Computed in
  // double precision, in an order that depends on the dimension alone: the same bits for any block, and for equal rows.
  // A row whose length is 0 is similar to nothing (0).
  void Rows(size_t begin, size_t end, absl::Span<double> similarities) const;

  size_t pictures() const { return lengths_.size(); }

 private:
  // Rows [begin, end), scaled to length 1, columns [column, column + columns), each padded with zeros.
  void Scaled(size_t begin, size_t end, size_t column, size_t columns, std::vector<double>& scaled) const;

  const Tensor features_;
  const size_t dimension_;
  std::vector<double> lengths_;  // of each row
};

}  // namespace onebyone
