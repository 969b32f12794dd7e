#pragma once

#include <array>

namespace onebyone {

// The matrices of Winograd's F(m, r): m outputs of a filter of r taps from m + r - 1 inputs by as many multiplications,
// instead of m * r (Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and Gray, 2016). Made by the method
// of Cook and Toom: polynomials are multiplied by their values at points, of which infinity is the last.
//   outputs = output * ((filter * taps) .* (input * inputs))
template <int kOutputs, int kTaps>
struct CookToom {
  static constexpr int kPoints = kOutputs + kTaps - 1;
  std::array<std::array<double, kPoints>, kPoints> input{};
  std::array<std::array<double, kTaps>, kPoints> filter{};
  std::array<std::array<double, kPoints>, kOutputs> output{};
};

// The points in the order in which they are taken: those that gave the least error among small fractions. Of F(4, 3)
// that is 6e-7 of the root mean square in float32 and 5e-3 in bfloat16, of F(4, 7) 3e-6 and 3e-2; a direct sum has 2e-7
// and 2e-3.
inline constexpr std::array<double, 9> kCookToomPoints = {0, 1, -1, 0.5, -2, 2, -0.5, 0.75, -4.0 / 3};

template <int kOutputs, int kTaps>
constexpr CookToom<kOutputs, kTaps> MakeCookToom() {
  using Matrices = CookToom<kOutputs, kTaps>;
  constexpr int kFinite = Matrices::kPoints - 1;
  static_assert(kFinite <= static_cast<int>(kCookToomPoints.size()));
  Matrices made;
  for (int i = 0; i <= kFinite; ++i) {
    // The product of (x - point) over the other finite points: its coefficients, and its value at this one.
    std::array<double, Matrices::kPoints> product{1.0};
    double value = 1.0;
    int degree = 0;
    for (int j = 0; j < kFinite; ++j) {
      if (j == i) continue;
      for (int k = ++degree; k >= 0; --k) {
        product[k] = (k > 0 ? product[k - 1] : 0.0) - kCookToomPoints[j] * (k < degree ? product[k] : 0.0);
      }
      if (i < kFinite) value *= kCookToomPoints[i] - kCookToomPoints[j];
    }
    made.input[i] = product;
    if (i == kFinite) continue;
    double power = 1.0;
    for (int k = 0; k < kTaps; ++k, power *= kCookToomPoints[i]) made.filter[i][k] = power / value;
    power = 1.0;
    for (int k = 0; k < kOutputs; ++k, power *= kCookToomPoints[i]) made.output[k][i] = power;
  }
  made.filter[kFinite][kTaps - 1] = 1.0;
  made.output[kOutputs - 1][kFinite] = 1.0;
  return made;
}

template <int kOutputs, int kTaps>
inline constexpr auto kCookToomInput = MakeCookToom<kOutputs, kTaps>().input;
template <int kOutputs, int kTaps>
inline constexpr auto kCookToomFilter = MakeCookToom<kOutputs, kTaps>().filter;
template <int kOutputs, int kTaps>
inline constexpr auto kCookToomOutput = MakeCookToom<kOutputs, kTaps>().output;

}  // namespace onebyone
