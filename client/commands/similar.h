#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "client/client_options.h"
#include "client/commands/bulk_extraction.h"
#include "client/commands/terminal.h"

namespace onebyone {

enum class NeighbourForm { kTable, kCsv, kJson };

struct SimilarOptions {
  ClientOptions client;
  BatchOptions bulk;                // one feature; its layer may be empty: the model's default
  std::vector<std::string> inputs;  // folders and files
  size_t neighbours = 5;
  NeighbourForm form = NeighbourForm::kTable;
  std::string sheet;  // the contact sheet's file; empty: none
  size_t sheet_rows = 40;
};

// Finds for each of many images the others with the most similar features: the largest cosine of what the server
// answers for one layer. Prints them on standard output and draws a contact sheet.
//
// Keeps the features only, at most 1 GiB, and at most 1,000,000 neighbours in all: images are read to be sent, and
// those on the sheet again to be drawn. A broken image is named and the others go on; kDone only if none was. Fewer
// than two images with features are a failure.
int FindSimilar(const SimilarOptions& options, Terminal& terminal);

}  // namespace onebyone
