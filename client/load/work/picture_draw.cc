#include "client/load/work/picture_draw.h"

#include <algorithm>

namespace onebyone {

PictureDraw::PictureDraw(const LoadPictures& set, PictureOrder order, uint64_t seed)
    : order_(order), random_(seed, "pictures") {
  double sum = 0;
  for (const Picture& picture : set.pictures) until_.push_back(sum += picture.weight);
}

int32_t PictureDraw::Next() {
  const auto count = static_cast<int32_t>(until_.size());
  if (order_ == PictureOrder::kInTurn) {
    const int32_t picture = next_;
    next_ = (next_ + 1) % count;
    return picture;
  }
  const double at = random_.Uniform() * until_.back();
  const auto found = std::upper_bound(until_.begin(), until_.end(), at) - until_.begin();
  return std::min(static_cast<int32_t>(found), count - 1);
}

}  // namespace onebyone
