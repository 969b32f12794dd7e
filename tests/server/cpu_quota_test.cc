#include "server/cpu_quota.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace onebyone {
namespace {

using ::testing::HasSubstr;

// A tree of files as the kernel shows it, below a folder of the test's own.
class Tree {
 public:
  Tree() : root_(::testing::TempDir() + "cgroup_" + ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  ~Tree() { std::filesystem::remove_all(root_); }

  Tree& File(const std::string& path, const std::string& content) {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << content;
    return *this;
  }
  const std::string& root() const { return root_; }

 private:
  const std::string root_;
};

TEST(CpuBudget, IsTheAffinityWithoutACgroup) {
  Tree tree;
  EXPECT_EQ(ReadCpuBudget(6, tree.root()).cpus, 6);
  EXPECT_THAT(ReadCpuBudget(6, tree.root()).reason, HasSubstr("no cgroup quota"));
}

TEST(CpuBudget, IsOneAtLeast) { EXPECT_EQ(ReadCpuBudget(0, Tree().root()).cpus, 1); }

TEST(CpuBudget, NamesTheFileThatLimits) {
  Tree tree;
  tree.File("/proc/self/cgroup", "0::/\n").File("/sys/fs/cgroup/cpu.max", "250000 100000\n");
  const CpuBudget budget = ReadCpuBudget(8, tree.root());
  EXPECT_EQ(budget.cpus, 2);
  EXPECT_THAT(budget.reason, HasSubstr("2.50 (/sys/fs/cgroup/cpu.max)"));
}

struct V2Case {
  std::string cpu_max;
  int cpus;
};

class CgroupV2 : public ::testing::TestWithParam<V2Case> {};

TEST_P(CgroupV2, IsRoundedDownAndNeverBelowOne) {
  Tree tree;
  tree.File("/proc/self/cgroup", "0::/\n").File("/sys/fs/cgroup/cpu.max", GetParam().cpu_max);
  EXPECT_EQ(ReadCpuBudget(8, tree.root()).cpus, GetParam().cpus);
}

INSTANTIATE_TEST_SUITE_P(Quotas, CgroupV2,
                         ::testing::Values(V2Case{"max 100000\n", 8}, V2Case{"50000 100000\n", 1},
                                           V2Case{"150000 100000\n", 1}, V2Case{"199999 100000\n", 1},
                                           V2Case{"200000 100000\n", 2}, V2Case{"350000 50000\n", 7},
                                           V2Case{"99900000 100000\n", 8}, V2Case{"", 8}, V2Case{"garbage", 8},
                                           V2Case{"100000\n", 8}, V2Case{"200000 0\n", 8}, V2Case{"-1 100000\n", 8}));

TEST(CgroupV2Tree, TakesTheTightestOfAllGroupsAbove) {
  Tree tree;
  tree.File("/proc/self/cgroup", "0::/pod/container\n")
      .File("/sys/fs/cgroup/pod/container/cpu.max", "max 100000\n")
      .File("/sys/fs/cgroup/pod/cpu.max", "300000 100000\n");
  EXPECT_EQ(ReadCpuBudget(8, tree.root()).cpus, 3);
}

TEST(CgroupV2Tree, FallsBackToTheMountWhereTheHostsPathIsNotVisible) {
  Tree tree;
  tree.File("/proc/self/cgroup", "0::/kubepods/burstable/pod1\n").File("/sys/fs/cgroup/cpu.max", "400000 100000\n");
  EXPECT_EQ(ReadCpuBudget(8, tree.root()).cpus, 4);
}

TEST(CgroupV1, ReadsQuotaAndPeriodOfTheNamedController) {
  Tree tree;
  tree.File("/proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n")
      .File("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "250000\n")
      .File("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(ReadCpuBudget(8, tree.root()).cpus, 2);
}

TEST(CgroupV1, LimitsNothingWithMinusOne) {
  Tree tree;
  tree.File("/proc/self/cgroup", "4:cpu,cpuacct:/\n")
      .File("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
      .File("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(ReadCpuBudget(5, tree.root()).cpus, 5);
}

TEST(CgroupV1, CountsBesideV2OnHybridMachines) {
  Tree tree;
  tree.File("/proc/self/cgroup", "4:cpu:/a\n0::/a\n")
      .File("/sys/fs/cgroup/unified/a/cpu.max", "600000 100000\n")
      .File("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "300000\n")
      .File("/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(ReadCpuBudget(8, tree.root()).cpus, 3);
}

TEST(AffinityCpus, IsWhatThisThreadMayUse) { EXPECT_GE(AffinityCpus(), 1); }

}  // namespace
}  // namespace onebyone
