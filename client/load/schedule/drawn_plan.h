#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "client/load/schedule/call_plan.h"
#include "client/load/schedule/rate_profile.h"
#include "client/load/schedule/seeded_random.h"
#include "client/load/work/picture_draw.h"

namespace onebyone {

enum class Arrivals {
  kConstant,  // evenly spaced
  kPoisson,   // independent of each other, as from many clients that know nothing of each other
};

// Calls at the moments of a rate profile, with pictures drawn by their weights. Equal seeds give equal plans.
class DrawnPlan final : public CallPlan {
 public:
  // Ends with the profile, or after `max_calls`. `pictures`: for each call so many.
  DrawnPlan(RateProfile profile, Arrivals arrivals, PictureDraw draw, int pictures, uint64_t seed,
            int64_t max_calls = kNoLimit);

  std::optional<PlannedCall> Next() override;

 private:
  const RateProfile profile_;
  const Arrivals arrivals_;
  const int pictures_;
  const int64_t max_calls_;
  PictureDraw draw_;
  SeededRandom random_;
  int64_t index_ = 0;
  double requests_ = 0;  // that are due before the next one
};

// Calls without moments, for a closed loop.
class EndlessPlan final : public CallPlan {
 public:
  EndlessPlan(PictureDraw draw, int pictures, int64_t max_calls = kNoLimit)
      : pictures_(pictures), max_calls_(max_calls), draw_(std::move(draw)) {}

  std::optional<PlannedCall> Next() override;

 private:
  const int pictures_;
  const int64_t max_calls_;
  PictureDraw draw_;
  int64_t index_ = 0;
};

}  // namespace onebyone
