#include "server/cpu_quota.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace onebyone {
namespace {

// A limit in CPUs and the file that sets it.
struct Quota {
  double cpus = 0;
  std::string source;
};

// The first line of a file of the kernel's; nothing where it cannot be read.
std::optional<std::string> FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

std::optional<double> Ratio(absl::string_view quota, absl::string_view period) {
  double quota_us = 0;
  double period_us = 0;
  if (!absl::SimpleAtod(quota, &quota_us) || !absl::SimpleAtod(period, &period_us)) return std::nullopt;
  if (!(quota_us > 0) || !(period_us > 0))
    return std::nullopt;  // "max" does not parse, v1's -1 is not above 0: no limit
  return quota_us / period_us;
}

std::optional<Quota> QuotaV2(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/cpu.max");
  const std::optional<std::string> line = FirstLine(path);
  if (!line.has_value()) return std::nullopt;
  const std::vector<std::string> fields = absl::StrSplit(*line, ' ', absl::SkipWhitespace());
  if (fields.size() != 2) return std::nullopt;
  const std::optional<double> cpus = Ratio(fields[0], fields[1]);
  if (!cpus.has_value()) return std::nullopt;
  return Quota{*cpus, path};
}

std::optional<Quota> QuotaV1(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/cpu.cfs_quota_us");
  const std::optional<std::string> quota = FirstLine(path);
  const std::optional<std::string> period = FirstLine(absl::StrCat(folder, "/cpu.cfs_period_us"));
  if (!quota.has_value() || !period.has_value()) return std::nullopt;
  const std::optional<double> cpus = Ratio(*quota, *period);
  if (!cpus.has_value()) return std::nullopt;
  return Quota{*cpus, path};
}

// Keeps the smaller of two limits.
void Tighten(const std::optional<Quota>& found, std::optional<Quota>& tightest) {
  if (found.has_value() && (!tightest.has_value() || found->cpus < tightest->cpus)) tightest = found;
}

// The limits from `mount` + `group` up to `mount`. Inside a container `group` may be a path of the host that does not
// exist here; the walk then ends at the mount, which is the container's own group.
template <typename ReadQuota>
void Walk(const std::string& mount, std::string group, ReadQuota read, std::optional<Quota>& tightest) {
  while (!group.empty() && group != "/") {
    Tighten(read(absl::StrCat(mount, group)), tightest);
    group.resize(group.find_last_of('/') == std::string::npos ? 0 : group.find_last_of('/'));
  }
  Tighten(read(mount), tightest);
}

std::optional<Quota> TightestQuota(const std::string& root) {
  const std::string mounts = absl::StrCat(root, "/sys/fs/cgroup");
  std::optional<Quota> tightest;
  std::string group_v2 = "/";
  std::string group_v1 = "/";
  std::vector<std::string> controllers_v1 = {"cpu", "cpu,cpuacct"};
  std::ifstream groups(absl::StrCat(root, "/proc/self/cgroup"));
  for (std::string line; std::getline(groups, line);) {  // "0::/path" (v2) or "4:cpu,cpuacct:/path" (v1)
    const std::vector<std::string> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) continue;
    if (fields[1].empty()) group_v2 = fields[2];
    const std::vector<std::string> controllers = absl::StrSplit(fields[1], ',');
    if (std::find(controllers.begin(), controllers.end(), "cpu") == controllers.end()) continue;
    group_v1 = fields[2];
    controllers_v1.push_back(fields[1]);
  }
  Walk(mounts, group_v2, QuotaV2, tightest);
  Walk(absl::StrCat(mounts, "/unified"), group_v2, QuotaV2, tightest);
  for (const std::string& controller : controllers_v1) {
    Walk(absl::StrCat(mounts, "/", controller), group_v1, QuotaV1, tightest);
  }
  return tightest;
}

}  // namespace

int AffinityCpus() {
  // Machines with more CPUs than a cpu_set_t holds need a larger set: the kernel says EINVAL until it fits.
  for (int capacity = CPU_SETSIZE; capacity <= (1 << 20); capacity *= 2) {
    cpu_set_t* set = CPU_ALLOC(capacity);
    if (set == nullptr) return 1;
    const size_t bytes = CPU_ALLOC_SIZE(capacity);
    const bool known = sched_getaffinity(0, bytes, set) == 0;
    const int cpus = known ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (known) return std::max(1, cpus);
  }
  return 1;
}

CpuBudget ReadCpuBudget(int affinity_cpus, const std::string& root) {
  CpuBudget budget;
  budget.cpus = std::max(1, affinity_cpus);
  const std::optional<Quota> quota = TightestQuota(root);
  if (!quota.has_value()) {
    budget.reason = absl::StrFormat("affinity allows %d, no cgroup quota", budget.cpus);
    return budget;
  }
  budget.reason = absl::StrFormat("affinity allows %d, cgroup quota %.2f (%s), rounded down", budget.cpus, quota->cpus,
                                  quota->source.substr(root.size()));
  if (quota->cpus < budget.cpus) budget.cpus = std::max(1, static_cast<int>(std::floor(quota->cpus)));
  return budget;
}

}  // namespace onebyone
