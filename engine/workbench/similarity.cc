#include "engine/workbench/similarity.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/reduction/gram_matrix.h"

namespace onebyone {
namespace {

// Two blocks of so many rows and columns fit into the second cache.
constexpr size_t kRows = 64;
constexpr size_t kColumns = 512;
static_assert(kColumns % kGramLanes == 0);

constexpr double kLeastLength = 1e-12;

}  // namespace

CosineSimilarity::CosineSimilarity(Tensor features)
    : features_(std::move(features)), dimension_(static_cast<size_t>(features_.shape()[1])) {
  const auto* row = features_.As<float>();
  for (int64_t i = 0; i < features_.shape()[0]; ++i, row += dimension_) {
    double squares = 0;
    for (size_t c = 0; c < dimension_; ++c) squares += static_cast<double>(row[c]) * row[c];
    lengths_.push_back(std::max(std::sqrt(squares), kLeastLength));
  }
}

void CosineSimilarity::Scaled(size_t begin, size_t end, size_t column, size_t columns,
                              std::vector<double>& scaled) const {
  const size_t padded = (columns + kGramLanes - 1) / kGramLanes * kGramLanes;
  scaled.assign((end - begin) * padded, 0);
  for (size_t i = begin; i < end; ++i) {
    const float* const from = features_.As<float>() + i * dimension_ + column;
    std::transform(from, from + columns, scaled.begin() + static_cast<int64_t>((i - begin) * padded),
                   [length = lengths_[i]](float value) { return value / length; });
  }
}

void CosineSimilarity::Rows(size_t begin, size_t end, absl::Span<double> similarities) const {
  std::fill(similarities.begin(), similarities.end(), 0.0);
  std::vector<double> left;
  std::vector<double> right;
  std::vector<double> products;
  for (size_t column = 0; column < dimension_; column += kColumns) {
    const size_t columns = std::min(kColumns, dimension_ - column);
    Scaled(begin, end, column, columns, left);
    for (size_t first = 0; first < pictures(); first += kRows) {
      const size_t last = std::min(first + kRows, pictures());
      Scaled(first, last, column, columns, right);
      products.resize((end - begin) * (last - first));
      const auto length = static_cast<int64_t>(left.size() / (end - begin));
      RowProducts(left, right, length, absl::MakeSpan(products));
      for (size_t i = 0; i < end - begin; ++i) {
        for (size_t j = first; j < last; ++j) {
          similarities[i * pictures() + j] += products[i * (last - first) + j - first];
        }
      }
    }
  }
}

}  // namespace onebyone
