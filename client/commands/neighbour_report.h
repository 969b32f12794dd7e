#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/commands/bulk_extraction.h"
#include "client/commands/image_list.h"
#include "client/commands/nearest_neighbours.h"

namespace onebyone {

// Which images are near to which, and what was compared. All places are those of `images`.
struct NeighbourReport {
  std::string model;
  int64_t version = 0;
  std::string layer;
  std::string reduction;  // the 1x1 convolution that made the channels; empty for the whole layer
  int64_t numbers = 0;    // of one image
  std::vector<ImageSource> images;
  std::vector<std::vector<Neighbour>> neighbours;  // none for an image without features
  std::vector<ImageFailure> failures;
};

// Columns IMAGE, NEIGHBOUR, COSINE; an image's name stands once, beside its nearest.
std::string NeighbourTable(const NeighbourReport& report);

// RFC 4180 with a title line: image,rank,neighbour,cosine; ranks count from 1.
std::string NeighbourCsv(const NeighbourReport& report);

// One object: model, version, layer, reduction, numbers, images (each with its neighbours), failed (each with a
// reason).
std::string NeighbourJson(const NeighbourReport& report);

}  // namespace onebyone
