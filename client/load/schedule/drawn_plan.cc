#include "client/load/schedule/drawn_plan.h"

#include <cmath>

namespace onebyone {
namespace {

PlannedCall Draw(PictureDraw& draw, int pictures, int64_t index) {
  PlannedCall call = {.index = index};
  for (int i = 0; i < pictures; ++i) call.pictures.push_back(draw.Next());
  return call;
}

}  // namespace

DrawnPlan::DrawnPlan(RateProfile profile, Arrivals arrivals, PictureDraw draw, int pictures, uint64_t seed,
                     int64_t max_calls)
    : profile_(std::move(profile)),
      arrivals_(arrivals),
      pictures_(pictures),
      max_calls_(max_calls),
      draw_(std::move(draw)),
      random_(seed, "arrivals") {
  if (arrivals_ == Arrivals::kPoisson) requests_ = random_.Exponential();
}

std::optional<PlannedCall> DrawnPlan::Next() {
  if (index_ >= max_calls_) return std::nullopt;
  const std::optional<double> moment = profile_.MomentOf(requests_);
  if (!moment.has_value()) return std::nullopt;
  requests_ += arrivals_ == Arrivals::kPoisson ? random_.Exponential() : 1;
  PlannedCall call = Draw(draw_, pictures_, index_++);
  call.due_ns = std::llround(*moment * 1e9);
  return call;
}

std::optional<PlannedCall> EndlessPlan::Next() {
  if (index_ >= max_calls_) return std::nullopt;
  return Draw(draw_, pictures_, index_++);
}

}  // namespace onebyone
