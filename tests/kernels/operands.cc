#include "tests/kernels/operands.h"

#include <cstdlib>
#include <cstring>
#include <iostream>

#include "engine/base/status_macros.h"
#include "engine/kernels/reference_kernels.h"

namespace onebyone::testing {
namespace {

Tensor CreateOrDie(DataType type, const Shape& shape) {
  absl::StatusOr<Tensor> tensor = Tensor::Create(type, shape);
  if (!tensor.ok()) {
    std::cerr << tensor.status() << "\n";
    std::abort();
  }
  return *std::move(tensor);
}

}  // namespace

Tensor TensorOf(DataType type, const Shape& shape, const std::vector<double>& values) {
  Tensor tensor = CreateOrDie(type, shape);
  if (static_cast<int64_t>(values.size()) != tensor.elements()) {
    std::cerr << "TensorOf: want " << tensor.elements() << " values, got " << values.size() << "\n";
    std::abort();
  }
  for (size_t i = 0; i < values.size(); ++i) {
    VisitDataType(type, [&](auto element) {
      using T = decltype(element);
      if constexpr (std::is_same_v<T, Float16>) {
        tensor.As<T>()[i] = ToFloat16(static_cast<float>(values[i]));
      } else if constexpr (std::is_same_v<T, BFloat16>) {
        tensor.As<T>()[i] = ToBFloat16(static_cast<float>(values[i]));
      } else {
        tensor.As<T>()[i] = static_cast<T>(values[i]);
      }
    });
  }
  return tensor;
}

Tensor Floats(const Shape& shape, const std::vector<double>& values) {
  return TensorOf(DataType::kFloat32, shape, values);
}

std::vector<double> Counting(int64_t count) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<double>(i));
  return values;
}

std::vector<double> Eighths(int64_t count, std::mt19937& random) {
  std::uniform_int_distribution<int> eighths(-32, 32);
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(eighths(random) / 8.0);
  return values;
}

std::vector<double> ValuesOf(const Tensor& tensor) {
  std::vector<double> values;
  for (int64_t i = 0; i < tensor.elements(); ++i) {
    VisitDataType(tensor.type(), [&](auto element) {
      using T = decltype(element);
      if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
        values.push_back(ToFloat(tensor.As<T>()[i]));
      } else if constexpr (std::is_same_v<T, bool>) {
        values.push_back(tensor.As<uint8_t>()[i]);
      } else {
        values.push_back(static_cast<double>(tensor.As<T>()[i]));
      }
    });
  }
  return values;
}

absl::StatusOr<std::vector<Tensor>> ComputeAll(OpType op, const Attributes& attributes,
                                               const std::vector<Tensor>& inputs, const std::vector<Wanted>& outputs) {
  constexpr int kRubbish = 0xa5;
  std::vector<ConstTensorView> input_views;
  for (const Tensor& input : inputs) input_views.push_back(input.view());
  std::vector<Tensor> results;
  std::vector<TensorView> output_views;
  for (const Wanted& output : outputs) {
    results.push_back(CreateOrDie(output.type, output.shape));
    if (results.back().bytes() > 0) std::memset(results.back().data(), kRubbish, results.back().bytes());
    output_views.push_back(results.back().view());
  }
  RETURN_IF_ERROR(RunReference(op, attributes, input_views, output_views));
  return results;
}

absl::StatusOr<Tensor> Compute(OpType op, const Attributes& attributes, const std::vector<Tensor>& inputs,
                               const Wanted& output) {
  ASSIGN_OR_RETURN(const std::vector<Tensor> outputs, ComputeAll(op, attributes, inputs, {output}));
  return outputs[0];
}

absl::StatusOr<Tensor> Compute(OpType op, const Attributes& attributes, const std::vector<Tensor>& inputs,
                               const Shape& output) {
  return Compute(op, attributes, inputs, Wanted{inputs[0].type(), output});
}

bool IsFloating(DataType type) {
  return type == DataType::kFloat32 || type == DataType::kFloat64 || type == DataType::kFloat16 ||
         type == DataType::kBFloat16;
}

std::vector<DataType> FloatingTypes() {
  return {DataType::kFloat32, DataType::kFloat64, DataType::kFloat16, DataType::kBFloat16};
}

std::vector<DataType> NumberTypes() {
  std::vector<DataType> types = AllTypes();
  types.pop_back();
  return types;
}

}  // namespace onebyone::testing
