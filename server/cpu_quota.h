#pragma once

#include <string>

namespace onebyone {

// The CPUs that this process may keep busy, and why.
struct CpuBudget {
  int cpus = 1;
  std::string reason;  // one line for the log
};

// The CPUs of this process' affinity mask; at least 1.
int AffinityCpus();

// min(affinity, cgroup quota / period of the process' cgroup and of every cgroup above it), rounded down (half a CPU
// cannot keep a lane busy, and a quota that is overdrawn stalls all lanes until the next period), at least 1.
//
// Reads cgroup v2 (`cpu.max`) and v1 (`cpu.cfs_quota_us`, `cpu.cfs_period_us`) below `root`/sys/fs/cgroup, the process'
// place from `root`/proc/self/cgroup. `root` is "" in service, a folder of a test otherwise. What is missing or cannot
// be read limits nothing.
CpuBudget ReadCpuBudget(int affinity_cpus, const std::string& root = "");

}  // namespace onebyone
