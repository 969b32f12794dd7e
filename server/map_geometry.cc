#include "server/map_geometry.h"

#include <algorithm>

namespace onebyone {

ReceptiveField PooledField(const ReceptiveField& field, int64_t extent, int64_t grid) {
  const double cells = static_cast<double>(extent) / static_cast<double>(grid);
  int64_t most = 1;
  for (int64_t i = 0; i < grid; ++i) {
    const CellRange range = PooledCell(i, grid, extent);
    most = std::max(most, range.end - range.begin);
  }
  ReceptiveField pooled;
  pooled.stride = grid == 1 ? 0 : field.stride * cells;
  pooled.offset = field.offset + (cells - 1) / 2 * field.stride;
  pooled.size = field.size + static_cast<double>(most - 1) * field.stride;
  return pooled;
}

v1::Geometry GeometryOf(const PlanOutput& output, const PoolingSpec& pooling, int64_t input_height, int64_t input_width,
                        const InputToImage& transform, const RgbImage& image) {
  v1::Geometry geometry;
  if (output.field.has_value()) {
    ReceptiveFields field = *output.field;
    if (pooling.kind != PoolingSpec::Kind::kNone && output.shape.rank() == 4) {
      field.height = PooledField(field.height, output.shape[2], pooling.grid_height);
      field.width = PooledField(field.width, output.shape[3], pooling.grid_width);
    }
    geometry.set_stride_y(field.height.stride);
    geometry.set_stride_x(field.width.stride);
    geometry.set_offset_y(field.height.offset);
    geometry.set_offset_x(field.width.offset);
    geometry.set_receptive_field_height(field.height.size);
    geometry.set_receptive_field_width(field.width.size);
  }
  geometry.set_input_to_image_xx(transform.xx);
  geometry.set_input_to_image_x0(transform.x0);
  geometry.set_input_to_image_yy(transform.yy);
  geometry.set_input_to_image_y0(transform.y0);
  geometry.set_input_height(static_cast<int32_t>(input_height));
  geometry.set_input_width(static_cast<int32_t>(input_width));
  geometry.set_image_height(static_cast<int32_t>(image.original_height));
  geometry.set_image_width(static_cast<int32_t>(image.original_width));
  return geometry;
}

}  // namespace onebyone
