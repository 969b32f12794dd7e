#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "engine/tensor/precision.h"
#include "engine/workbench/labelled_pictures.h"
#include "engine/workbench/retrieval_quality.h"

namespace onebyone {

// How good one kind of features is.
struct EvaluatedRow {
  enum class Kind : uint8_t { kRawPixels, kRandomWeights, kModel };
  Kind kind = Kind::kModel;
  std::string layer = {};  // of the network; empty for raw pixels, as are the next four
  std::string pooling = {};
  std::string precision = {};
  int64_t channels = 0;
  std::string reduction = {};  // empty: none
  int64_t dimension = 0;
  RetrievalQuality quality = {};
};

// What an evaluation found.
struct EvaluationReport {
  std::string model;
  LabelledPictures pictures;  // those that were ranked
  int64_t skipped = 0;        // those that could not be read
  std::vector<EvaluatedRow> rows;
};

// A table for people, or a JSON object for programs.
void PrintText(const EvaluationReport& report, std::ostream& out);
void PrintJson(const EvaluationReport& report, std::ostream& out);

// The 1-NN and, nearly, the mAP that rankings in random order would have: of the pictures that are not alone in their
// class, the mean share of their class among the others.
double ChanceOf(const LabelledPictures& pictures);

}  // namespace onebyone
