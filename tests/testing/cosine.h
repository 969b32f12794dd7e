#pragma once

#include <cmath>
#include <vector>

namespace onebyone::testing {

// Of the angle between two vectors of the same length; 1 where both are zero.
inline double Cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double product = 0;
  double a_squares = 0;
  double b_squares = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    product += static_cast<double>(a[i]) * b[i];
    a_squares += static_cast<double>(a[i]) * a[i];
    b_squares += static_cast<double>(b[i]) * b[i];
  }
  if (a_squares == 0 && b_squares == 0) return 1;
  return product / std::sqrt(a_squares * b_squares);
}

}  // namespace onebyone::testing
