#pragma once

#include <cstdint>
#include <vector>

#include "client/load/schedule/seeded_random.h"
#include "client/load/work/load_pictures.h"

namespace onebyone {

enum class PictureOrder {
  kRandom,  // by weight
  kInTurn,  // one after the other, whatever their weights
};

// Which picture comes next. Equal seeds draw equal sequences. One thread at a time; copies go on alike.
class PictureDraw {
 public:
  // REQUIRES: at least one picture, weights above 0.
  PictureDraw(const LoadPictures& set, PictureOrder order, uint64_t seed);

  int32_t Next();

 private:
  const PictureOrder order_;
  std::vector<double> until_;  // sums of weights
  SeededRandom random_;
  int32_t next_ = 0;
};

}  // namespace onebyone
