#include "server/feature_encoder.h"

#include <bit>
#include <string>

#include "engine/base/steady_time.h"

namespace onebyone {
namespace {

static_assert(std::endian::native == std::endian::little, "the wire format is little-endian, written without swapping");

// A dense float32 map [channels, height, width].
struct Map {
  const float* values = nullptr;
  int64_t channels = 0;
  int64_t height = 1;
  int64_t width = 1;
  int64_t cells() const { return height * width; }
  int64_t elements() const { return channels * cells(); }
};

// [C, h, w], [h, w, C] or [C].
void WriteShape(const Map& map, bool vector, v1::Layout layout, v1::FeatureMap& feature) {
  if (vector) {
    feature.add_shape(map.channels);
  } else if (layout == v1::CHW) {
    for (const int64_t extent : {map.channels, map.height, map.width}) feature.add_shape(extent);
  } else {
    for (const int64_t extent : {map.height, map.width, map.channels}) feature.add_shape(extent);
  }
}

Map MapOf(const ConstTensorView& view) {
  Map map{view.As<float>(), view.shape[1]};
  if (view.shape.rank() == 4) {
    map.height = view.shape[2];
    map.width = view.shape[3];
  }
  return map;
}

// FLOAT32, FLOAT16 or BFLOAT16, as `feature` says.
void WriteFloats(const Map& map, bool transposes, std::vector<float>& scratch, v1::FeatureMap& feature) {
  std::string& content = *feature.mutable_content();
  const int64_t elements = map.elements();
  if (feature.data_type() == v1::FLOAT32 && !transposes) {
    content.assign(reinterpret_cast<const char*>(map.values), elements * sizeof(float));
    return;
  }
  content.resize(elements * WireSize(feature.data_type()));
  if (feature.data_type() == v1::FLOAT32) {
    Transpose(map.values, map.channels, map.cells(), reinterpret_cast<float*>(content.data()));
    return;
  }
  const float* values = map.values;
  if (transposes) {
    scratch.resize(elements);
    Transpose(map.values, map.channels, map.cells(), scratch.data());
    values = scratch.data();
  }
  auto* halves = reinterpret_cast<uint16_t*>(content.data());
  if (feature.data_type() == v1::FLOAT16) {
    ConvertToFloat16(values, elements, halves);
  } else {
    ConvertToBFloat16(values, elements, halves);
  }
}

void WriteUint8(const Map& map, v1::Layout layout, const std::vector<Uint8Range>& fixed, v1::FeatureMap& feature) {
  feature.mutable_content()->resize(map.elements());
  auto* bytes = reinterpret_cast<uint8_t*>(feature.mutable_content()->data());
  const int64_t cells = map.cells();
  std::vector<uint8_t> channel(layout == v1::HWC ? cells : 0);
  for (int64_t c = 0; c < map.channels; ++c) {
    const float* values = map.values + c * cells;
    const Uint8Range range = fixed.empty() ? ChooseUint8Range(values, cells) : fixed[static_cast<size_t>(c)];
    feature.add_scale(range.scale);
    feature.add_zero_point(range.zero_point);
    if (layout == v1::CHW) {
      ConvertToUint8(values, cells, range, bytes + c * cells);
      continue;
    }
    ConvertToUint8(values, cells, range, channel.data());
    for (int64_t i = 0; i < cells; ++i) bytes[i * map.channels + c] = channel[i];
  }
}

}  // namespace

int64_t WireSize(v1::DataType type) {
  switch (type) {
    case v1::FLOAT16:
    case v1::BFLOAT16: return 2;
    case v1::UINT8: return 1;
    default: return 4;
  }
}

FeatureEncoder::Times FeatureEncoder::Encode(const ConstTensorView& view, const FeatureForm& form,
                                             v1::FeatureMap& feature) {
  const absl::Time start = SteadyNow();
  Map map = MapOf(view);
  const bool pooled = form.pooling.kind != PoolingSpec::Kind::kNone;
  const bool vector = view.shape.rank() == 2 || (pooled && form.pooling.grid_height * form.pooling.grid_width == 1);
  if (pooled) {
    shaped_.resize(map.channels * form.pooling.grid_height * form.pooling.grid_width);
    Pool(map.values, map.channels, map.height, map.width, form.pooling, shaped_.data());
    map = {shaped_.data(), map.channels, form.pooling.grid_height, form.pooling.grid_width};
  }
  if (form.l2_normalize) {
    if (!pooled) shaped_.assign(map.values, map.values + map.elements());
    squares_.resize(map.cells());
    NormalizeL2(shaped_.data(), map.channels, map.cells(), squares_.data());
    map.values = shaped_.data();
  }
  const absl::Time shaped = SteadyNow();
  feature.set_data_type(form.data_type);
  feature.set_layout(form.layout);
  WriteShape(map, vector, form.layout, feature);
  // With one cell or one channel both layouts are the same bytes.
  const bool transposes = form.layout == v1::HWC && map.cells() > 1 && map.channels > 1;
  if (form.data_type == v1::UINT8) {
    WriteUint8(map, transposes ? v1::HWC : v1::CHW, form.fixed, feature);
  } else {
    WriteFloats(map, transposes, transposed_, feature);
  }
  return {shaped - start, SteadyNow() - shaped};
}

}  // namespace onebyone
