#pragma once

#include <cstdint>
#include <utility>

#include "server/cache/answer_store.h"
#include "server/cache/flights.h"
#include "server/cache/model_numbers.h"

namespace onebyone {

class ExtractJob;

// An image of a request that waits for the answer of an equal one.
struct EqualImage {
  ExtractJob* job = nullptr;
  int index = 0;

  friend bool operator==(const EqualImage&, const EqualImage&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const EqualImage& image) {
    return H::combine(std::move(state), image.job, image.index);
  }
};

// What all requests share so that no picture is computed twice for the same question. The order that makes it so: who
// computes keeps the answer before the flight lands; who leads a flight looks for the answer again before computing.
struct ResponseCache {
  explicit ResponseCache(int64_t max_bytes) : answers(max_bytes) {}

  ModelNumbers models;
  AnswerStore answers;
  Flights<EqualImage> flights;
};

}  // namespace onebyone
