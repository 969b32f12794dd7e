#include "engine/workbench/retrieval_quality.h"

#include <algorithm>
#include <cstddef>

#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "engine/workbench/parallel_loop.h"
#include "engine/workbench/similarity.h"

namespace onebyone {
namespace {

constexpr size_t kBlock = 32;  // pictures that rank the others at a time, one thread
constexpr size_t kVotes = 5;

// What one picture's ranking tells.
struct Finding {
  bool asked = false;
  bool nearest = false;
  bool five_nearest = false;
  double average_precision = 0;
};

// All pictures but `query`, the most similar first.
std::vector<size_t> RankOthers(size_t query, absl::Span<const double> similarities) {
  std::vector<size_t> others;
  others.reserve(similarities.size() - 1);
  for (size_t i = 0; i < similarities.size(); ++i) {
    if (i != query) others.push_back(i);
  }
  std::sort(others.begin(), others.end(), [&](size_t a, size_t b) {
    return similarities[a] != similarities[b] ? similarities[a] > similarities[b] : a < b;
  });
  return others;
}

int VotedClass(const std::vector<size_t>& ranking, absl::Span<const double> similarities,
               const std::vector<int>& classes, size_t class_count) {
  std::vector<double> votes(class_count);
  for (size_t i = 0; i < std::min(kVotes, ranking.size()); ++i) {
    votes[static_cast<size_t>(classes[ranking[i]])] += similarities[ranking[i]];
  }
  return static_cast<int>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

// The mean, over the pictures of the class, of the share of such pictures among those up to there.
double AveragePrecision(const std::vector<size_t>& ranking, const std::vector<int>& classes, int wanted) {
  double sum = 0;
  int64_t found = 0;
  for (size_t i = 0; i < ranking.size(); ++i) {
    if (classes[ranking[i]] == wanted) sum += static_cast<double>(++found) / static_cast<double>(i + 1);
  }
  return sum / static_cast<double>(found);
}

Finding Ask(size_t query, absl::Span<const double> similarities, const std::vector<int>& classes, size_t class_count) {
  const int wanted = classes[query];
  const std::vector<size_t> ranking = RankOthers(query, similarities);
  return {.asked = true,
          .nearest = classes[ranking.front()] == wanted,
          .five_nearest = VotedClass(ranking, similarities, classes, class_count) == wanted,
          .average_precision = AveragePrecision(ranking, classes, wanted)};
}

RetrievalQuality Combine(const std::vector<Finding>& findings) {
  RetrievalQuality quality;
  for (const Finding& finding : findings) {
    if (!finding.asked) continue;
    ++quality.queries;
    quality.nearest += finding.nearest ? 1 : 0;
    quality.five_nearest += finding.five_nearest ? 1 : 0;
    quality.mean_average_precision += finding.average_precision;
  }
  const auto queries = static_cast<double>(quality.queries);
  quality.nearest /= queries;
  quality.five_nearest /= queries;
  quality.mean_average_precision /= queries;
  return quality;
}

}  // namespace

absl::StatusOr<RetrievalQuality> MeasureRetrieval(const Tensor& features, const std::vector<int>& classes,
                                                  const RetrievalOptions& options) {
  const size_t pictures = classes.size();
  const auto class_count = static_cast<size_t>(*std::max_element(classes.begin(), classes.end())) + 1;
  std::vector<int> sizes(class_count);
  for (const int place : classes) ++sizes[static_cast<size_t>(place)];
  const CosineSimilarity similarity(features);
  std::vector<Finding> findings(pictures);
  const auto ask_block = [&](int /*thread*/, size_t block) {
    if (options.cancellation != nullptr) RETURN_IF_ERROR(options.cancellation->Check());
    const size_t begin = block * kBlock;
    const size_t end = std::min(begin + kBlock, pictures);
    std::vector<double> similarities((end - begin) * pictures);
    similarity.Rows(begin, end, absl::MakeSpan(similarities));
    for (size_t i = begin; i < end; ++i) {
      const auto row = absl::MakeConstSpan(similarities).subspan((i - begin) * pictures, pictures);
      if (sizes[static_cast<size_t>(classes[i])] > 1) findings[i] = Ask(i, row, classes, class_count);
      if (options.progress != nullptr) options.progress->Advance();
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ParallelLoop((pictures + kBlock - 1) / kBlock, options.threads, ask_block));
  return Combine(findings);
}

}  // namespace onebyone
