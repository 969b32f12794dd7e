#pragma once

#include "engine/graph/receptive_field.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/runtime/plan.h"
#include "onebyone/v1/tensor.pb.h"
#include "server/pooling.h"

namespace onebyone {

// The field of the cells of a pooled map: along an axis, `grid` cells drawn from `extent`. Exact where `grid` divides
// `extent`; otherwise the stride is the mean one and the size that of the largest cell. One cell has stride 0, as
// behind a global pool.
ReceptiveField PooledField(const ReceptiveField& field, int64_t extent, int64_t grid);

// Where the cells of `output`, pooled as `pooling` says, lie on the picture `image` that became the input of size
// [input_height, input_width] by `transform`.
v1::Geometry GeometryOf(const PlanOutput& output, const PoolingSpec& pooling, int64_t input_height, int64_t input_width,
                        const InputToImage& transform, const RgbImage& image);

}  // namespace onebyone
