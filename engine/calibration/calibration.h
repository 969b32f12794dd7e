#pragma once

#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "engine/tensor/precision.h"

namespace onebyone {

// What the elements of a value span; a quantized value saturates at its ends.
struct ValueRange {
  float low = 0.0F;
  float high = 0.0F;
};

// How near the features of a precision are to those of float32, on the pictures of a calibration.
struct Fidelity {
  Precision precision = Precision::kInt8;
  // Smallest cosine of the mean over the pixels of a layer, over the pictures and the compared layers.
  double pooled_cosine = 0;
  double map_cosine = 0;      // the same of whole maps
  double top1_agreement = 0;  // share of the pictures whose largest output is the same
  // int8: the largest absolute weight, as a byte, of the CPU that it was measured on. One whose kernels take less has
  // less fidelity.
  int largest_weight = 127;
};

// What is known of a network's values from running it on sample pictures.
struct Calibration {
  std::string method;  // how `ranges` were chosen: "max", "extreme", "percentile", "mse"
  int images = 0;
  absl::btree_map<std::string, ValueRange> ranges;  // by the name of the value; the network's input too
  // Convolutions that stay in float where the network runs in int8, by the name of any value that they produce (with
  // their activation, where it is fused).
  absl::btree_set<std::string> float_layers;
  // Convolutions that may run as Winograd in int8: the fidelity stated is that with all of them. Named likewise.
  absl::btree_set<std::string> winograd_layers;
  // Convolutions whose results are companded bytes (see Quantization), where nothing but max pools and local response
  // normalizations read them. Named likewise.
  absl::btree_set<std::string> companded_layers;
  std::vector<Fidelity> fidelities;  // at most one per precision
};

}  // namespace onebyone
