#pragma once

#include <cstddef>
#include <vector>

namespace onebyone {

// Something that costs fidelity, and what it would cost to be rid of it.
struct LossSource {
  std::vector<double> losses;  // what each feature loses to it alone; as many in all sources
  double price = 0;
  double work = 0;  // what counts against CoverQuery::most_work
};

// Which sources to take away. Losses of independent rounding errors add, in 1 - cosine at least, so what is left
// follows from each source alone.
struct CoverQuery {
  std::vector<LossSource> sources;
  std::vector<double> measured;  // what the features lose to all that are not taken yet
  double most_loss = 0;          // how much each may lose
  double most_work = 0;          // of all that are taken
  size_t most_taken = 0;         // none more than so many in all
};

// Adds to `taken` (places in `sources`) until no feature loses more than it may, as the sources' sums, scaled to
// `measured`, tell; each time the one that takes away the most of what is too much for its price (the greedy cover;
// Dobson, "Worst-case analysis of greedy heuristics for integer programming with nonnegative data", 1982).
void TakeUntilCovered(const CoverQuery& query, std::vector<size_t>& taken);

}  // namespace onebyone
