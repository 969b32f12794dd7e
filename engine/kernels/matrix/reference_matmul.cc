#include "engine/kernels/matrix/reference_matmul.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/element_values.h"
#include "engine/kernels/matrix/matrix_product.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

struct Product {
  Shape a;  // as matrices: rank 2 or more
  Shape b;
  Shape batch;
  Shape output;
};

absl::StatusOr<Product> Plan(const ReferenceCall& call) {
  const Shape& a = call.inputs[0].shape;
  const Shape& b = call.inputs[1].shape;
  if (a.rank() < 1 || b.rank() < 1) {
    return call.Invalid(absl::StrCat("want operands of rank 1 or more, got ", a.ToString(), " and ", b.ToString()));
  }
  Product product{a, b, {}, {}};
  if (a.rank() == 1) product.a = Shape({1, a[0]});
  if (b.rank() == 1) product.b = Shape({b[0], 1});
  const int axes_a = product.a.rank() - 2;
  const int axes_b = product.b.rank() - 2;
  if (product.a[axes_a + 1] != product.b[axes_b]) {
    return call.Invalid(absl::StrCat("want matrices that share ", product.a[axes_a + 1], " elements, got ",
                                     a.ToString(), " and ", b.ToString()));
  }
  ASSIGN_OR_RETURN(product.batch,
                   BroadcastShapes(Shape(product.a.extents().first(axes_a)), Shape(product.b.extents().first(axes_b))));
  product.output = product.batch;
  if (a.rank() > 1) product.output.Append(product.a[axes_a]);
  if (b.rank() > 1) product.output.Append(product.b[axes_b + 1]);
  return product;
}

// Where the matrices of one operand begin, matrix by matrix of the batch.
StridedWalk MatrixWalk(const Shape& operand, const Shape& batch) {
  const Shape own_batch(operand.extents().first(operand.rank() - 2));
  Strides strides = BroadcastStrides(own_batch, batch);
  for (int64_t& stride : strides) stride *= ElementsOfAxes(operand, operand.rank() - 2, operand.rank());
  return StridedWalk(batch.extents(), strides);
}

template <typename T>
void Multiply(const ReferenceCall& call, const Product& product) {
  using Value = typename ElementValues<T>::Value;
  const int64_t rows = product.a[product.a.rank() - 2];
  const int64_t depth = product.a[product.a.rank() - 1];
  const int64_t columns = product.b[product.b.rank() - 1];
  const ElementValues<T> a(call.inputs[0].As<T>(), product.a.Elements());
  const ElementValues<T> b(call.inputs[1].As<T>(), product.b.Elements());
  StridedWalk walk_a = MatrixWalk(product.a, product.batch);
  StridedWalk walk_b = MatrixWalk(product.b, product.batch);
  std::vector<Wide<T>> sums(static_cast<size_t>(columns));
  T* output = call.outputs[0].As<T>();
  const int64_t matrices = product.batch.Elements();
  for (int64_t matrix = 0; matrix < matrices; ++matrix, walk_a.Next(), walk_b.Next()) {
    const MatrixView<Value> matrix_a{a.data() + walk_a.offset(), depth, 1};
    const MatrixView<Value> matrix_b{b.data() + walk_b.offset(), columns, 1};
    for (int64_t row = 0; row < rows; ++row) {
      MultiplyRow(matrix_a, row, matrix_b, depth, columns, sums.data());
      for (const Wide<T> sum : sums) *output++ = Narrow<T>(sum);
    }
  }
}

}  // namespace

absl::Status ReferenceMatMul(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const Product product, Plan(call));
  RETURN_IF_ERROR(call.ExpectInputType(1, call.inputs[0].type));
  RETURN_IF_ERROR(call.ExpectOutput(0, call.inputs[0].type, product.output));
  return VisitNumber(call, call.inputs[0].type, [&](auto element) {
    Multiply<decltype(element)>(call, product);
    return absl::OkStatus();
  });
}

}  // namespace onebyone
