#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "onebyone/v1/tensor.pb.h"

namespace onebyone::testing {

inline v1::Geometry GeometryOf(double stride, double offset, int input, double to_image, double x0, double y0,
                               cv::Size image) {
  v1::Geometry geometry;
  geometry.set_stride_y(stride);
  geometry.set_stride_x(stride);
  geometry.set_offset_y(offset);
  geometry.set_offset_x(offset);
  geometry.set_input_height(input);
  geometry.set_input_width(input);
  geometry.set_input_to_image_xx(to_image);
  geometry.set_input_to_image_yy(to_image);
  geometry.set_input_to_image_x0(x0);
  geometry.set_input_to_image_y0(y0);
  geometry.set_image_height(image.height);
  geometry.set_image_width(image.width);
  return geometry;
}

inline v1::FeatureMap MapOf(const std::vector<int64_t>& shape, const std::vector<float>& values) {
  v1::FeatureMap map;
  map.set_layer("inception_3a/output");
  map.set_data_type(v1::FLOAT32);
  map.set_layout(v1::CHW);
  for (const int64_t extent : shape) map.add_shape(extent);
  map.set_content(std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
  *map.mutable_geometry() = GeometryOf(16, 7.5, 64, 2, 100.5, 0.5, {328, 128});
  return map;
}

inline std::string JpegOf(const cv::Mat& picture) {
  std::vector<uint8_t> bytes;
  cv::imencode(".jpg", picture, bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace onebyone::testing
