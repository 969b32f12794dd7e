#include "server/native_check.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

std::string Size(int64_t width, int64_t height) { return absl::StrCat(width, "x", height); }

// The layers at the sizes of the images, each found once.
class MapsOfSizes {
 public:
  explicit MapsOfSizes(const NativeSizes& sizes) : sizes_(sizes) {}

  const NativeMaps& At(int64_t height, int64_t width) {
    const auto [found, is_new] = maps_.try_emplace({height, width});
    if (is_new) found->second = sizes_.At(height, width);
    return found->second;
  }

 private:
  const NativeSizes& sizes_;
  std::map<std::pair<int64_t, int64_t>, NativeMaps> maps_;
};

absl::Status CheckLeast(const FeatureSpec& feature, const NativeSizes& sizes, const std::string& field,
                        const ImageHeader& header, const NativeImage& image) {
  const NativeSizes::Least& least = *sizes.FindLeast(feature.layer->name);
  if (image.height >= least.height && image.width >= least.width) return absl::OkStatus();
  return InvalidField(
      field,
      absl::StrCat("at input_size NATIVE layer ", QuotedInput(feature.layer->name),
                   " can be computed from pictures of at least ", Size(least.width, least.height),
                   " pixels; wanted one, got ", Size(header.UprightWidth(), header.UprightHeight()), ", of which ",
                   Size(image.width, image.height), " are used (multiples of the network's strides, ",
                   Size(sizes.stride_width(), sizes.stride_height()), ")"));
}

absl::Status CheckGrid(const FeatureSpec& feature, const std::string& path, const std::string& image,
                       const NativeMap& map) {
  const PoolingSpec& pooling = feature.form.pooling;
  const auto check = [&](absl::string_view side, int64_t got, int64_t most) {
    if (got <= most) return absl::OkStatus();
    return InvalidField(absl::StrCat(path, ".pooling.", side),
                        absl::StrCat("for ", image, " layer ", QuotedInput(feature.layer->name), " is ", map.height,
                                     " x ", map.width, "; wanted 1 to ", most, " (or both 0 for one cell), got ", got));
  };
  RETURN_IF_ERROR(check("grid_height", pooling.grid_height, map.height));
  return check("grid_width", pooling.grid_width, map.width);
}

// What the picture's header says; pixels have none, and need none.
absl::StatusOr<ImageHeader> HeaderOf(const ImageSource& source, const RequestLimits& limits) {
  if (source.form == ImageSource::Form::kEncoded) return ProbeImage(source.bytes, limits.image);
  ImageHeader header;
  header.height = source.height;
  header.width = source.width;
  return header;
}

// One tensor holds the maps of all pictures.
absl::Status CheckSameSize(const NativeImage& image, const NativeImage& first, const std::string& name) {
  if (image.height == first.height && image.width == first.width) return absl::OkStatus();
  return InvalidField(
      absl::StrCat(name, ".content"),
      absl::StrCat("at input_size NATIVE wanted pictures that give maps of one size, ", Size(first.width, first.height),
                   " pixels used like the first, got ", Size(image.width, image.height), ": send them one at a time"));
}

absl::StatusOr<NativeImage> CheckImage(const ImageSource& source, const std::string& name, const RequestLimits& limits,
                                       const ExtractSpec& spec, MapsOfSizes& maps) {
  const std::string field = absl::StrCat(name, ".content");
  const absl::StatusOr<ImageHeader> header = HeaderOf(source, limits);
  if (!header.ok()) return AtField(field, header.status());
  const NativeSizes& sizes = spec.model->compiled->native_sizes();
  const int64_t pixels = header->width * header->height;
  if (pixels > limits.max_native_pixels) {
    return InvalidField(
        field, absl::StrCat("at input_size NATIVE wanted a picture of at most ", limits.max_native_pixels,
                            " pixels (max_native_pixels), got ", Size(header->UprightWidth(), header->UprightHeight()),
                            ", which are ", pixels, ": ask for LETTERBOX, SQUASH or MODEL, or send it smaller"));
  }
  NativeImage image;
  image.height = sizes.RoundedHeight(header->UprightHeight());
  image.width = sizes.RoundedWidth(header->UprightWidth());
  for (const FeatureSpec& feature : spec.features) {
    RETURN_IF_ERROR(CheckLeast(feature, sizes, field, *header, image));
  }
  const NativeMaps& at_size = maps.At(image.height, image.width);
  int64_t kept_bytes = 0;  // of the network's outputs
  for (size_t i = 0; i < spec.features.size(); ++i) {
    const FeatureSpec& feature = spec.features[i];
    const NativeMap& map = at_size.at(feature.layer->name);
    RETURN_IF_ERROR(CheckGrid(feature, absl::StrCat("features[", i, "]"), name, map));
    image.answer_bytes += feature.AnswerBytes(map.height, map.width);
    image.work_bytes = std::max(image.work_bytes, map.activation_bytes);
    kept_bytes += feature.channels * map.height * map.width * static_cast<int64_t>(sizeof(float));
  }
  image.work_bytes += kept_bytes;
  return image;
}

}  // namespace

absl::Status CheckNativeImages(const RequestLimits& limits, ExtractSpec& spec) {
  MapsOfSizes maps(spec.model->compiled->native_sizes());
  for (size_t i = 0; i < spec.images.sources.size(); ++i) {
    const std::string name = absl::StrCat("images[", i, "]");
    absl::StatusOr<NativeImage> image = CheckImage(spec.images.sources[i], name, limits, spec, maps);
    if (spec.images.all_or_nothing) {
      RETURN_IF_ERROR(image.status());
      if (i > 0) RETURN_IF_ERROR(CheckSameSize(*image, spec.native_images.front(), name));
    }
    spec.native_images.push_back(image.ok() ? *std::move(image) : NativeImage{.status = image.status()});
    spec.answer_bytes += spec.native_images.back().answer_bytes;
  }
  return absl::OkStatus();
}

}  // namespace onebyone
