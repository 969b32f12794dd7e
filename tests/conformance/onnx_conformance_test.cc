// Every case of ONNX's own conformance data that is made of our operators alone, through importer, kernels and runtime.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_importer.h"
#include "tests/conformance/case_runs.h"
#include "tests/conformance/conformance_case.h"
#include "tests/conformance/tensor_match.h"
#include "tests/testing/folders.h"

namespace onebyone::testing {
namespace {

using Run = absl::StatusOr<std::vector<Tensor>> (*)(const ConformanceCase&, const DataSet&);

// ONNX's own test runner: 1e-3 relative, 1e-7 absolute.
constexpr Tolerance kPlain{1e-3, 1e-7};
// Sums in float32 and in another order than the recorded ones miss zeros by more.
constexpr Tolerance kCompiled{1e-3, 1e-5};

absl::Status RunCase(const ConformanceCase& conformance_case, Run run, const Tolerance& tolerance) {
  ASSIGN_OR_RETURN(const std::vector<DataSet> sets, LoadDataSets(conformance_case));
  if (sets.empty()) return absl::NotFoundError("want recorded data, got none");
  for (const DataSet& set : sets) {
    ASSIGN_OR_RETURN(const std::vector<Tensor> outputs, run(conformance_case, set));
    if (outputs.size() != set.outputs.size()) {
      return absl::InternalError(absl::StrCat("outputs: want ", set.outputs.size(), ", got ", outputs.size()));
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      const absl::Status match = Match(outputs[i].view(), set.outputs[i].view(), tolerance);
      if (!match.ok()) return absl::InternalError(absl::StrCat("output ", i, ": ", match.message()));
    }
  }
  return absl::OkStatus();
}

class OnnxConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string root = FromEnvironment("ONEBYONE_ONNX_TESTDATA", "/usr/share/libonnx-testdata/data");
    for (ConformanceCase& found : FindCases(root)) {
      if (HasOnlyOurOperators(found.model)) cases_.push_back(std::move(found));
    }
    if (cases_.empty()) {
      GTEST_SKIP() << root << " has no cases; install libonnx-testdata or set ONEBYONE_ONNX_TESTDATA to run this test";
    }
  }

  std::vector<ConformanceCase> cases_;
};

// What a version of the data holds; fewer means that something was lost.
struct Expected {
  int64_t operator_set;  // the newest
  int selected;
  int plain_passes;
  int compiled_passes;
};
constexpr Expected kExpected[] = {
    {16, 271, 259, 255},  // Debian 12's libonnx-testdata 1.12.0
    {22, 347, 148, 148},  // Debian 13's 1.17.0: more cases, fewer of them of the operator sets that are ours
};

// All of it zero for a version that is not known.
Expected ExpectedOf(const std::vector<ConformanceCase>& cases) {
  Expected expected = {0, 0, 0, 0};
  for (const ConformanceCase& each : cases) {
    expected.operator_set = std::max(expected.operator_set, OperatorSetOf(each.model));
  }
  const auto* const known = std::find_if(std::begin(kExpected), std::end(kExpected), [&](const Expected& each) {
    return each.operator_set == expected.operator_set;
  });
  return known == std::end(kExpected) ? expected : *known;
}

TEST_F(OnnxConformance, ReferenceKernelsGiveTheRecordedOutputs) {
  int passed = 0;
  std::vector<std::string> left_out;
  for (const ConformanceCase& conformance_case : cases_) {
    const std::string reason = ReasonToLeaveOut(conformance_case);
    if (!reason.empty()) {
      left_out.push_back(absl::StrCat(conformance_case.name, ": ", reason));
      continue;
    }
    const absl::Status status = RunCase(conformance_case, &RunPlainly, kPlain);
    EXPECT_TRUE(status.ok()) << conformance_case.name << ": " << status;
    passed += status.ok() ? 1 : 0;
  }
  std::cout << "[ plain    ] passed " << passed << " of " << cases_.size() << " (operator set "
            << ExpectedOf(cases_).operator_set << "), left out " << left_out.size() << ":\n";
  for (const std::string& line : left_out) std::cout << "[ left out ] " << line << "\n";
  EXPECT_GE(passed, ExpectedOf(cases_).plain_passes);
  EXPECT_GE(static_cast<int>(cases_.size()), ExpectedOf(cases_).selected);
}

TEST_F(OnnxConformance, CompiledNetworksGiveTheRecordedOutputs) {
  int passed = 0;
  std::map<std::string, int> not_served;
  for (const ConformanceCase& conformance_case : cases_) {
    if (!ReasonToLeaveOut(conformance_case).empty()) continue;
    const absl::Status status = RunCase(conformance_case, &RunCompiled, kCompiled);
    if (absl::IsFailedPrecondition(status)) {
      ++not_served[std::string(status.message())];
      continue;
    }
    EXPECT_TRUE(status.ok()) << conformance_case.name << ": " << status;
    passed += status.ok() ? 1 : 0;
  }
  std::cout << "[ compiled ] passed " << passed << "; CompiledModel does not take:\n";
  for (const auto& [reason, count] : not_served) std::cout << "[ no input ] " << count << " cases: " << reason << "\n";
  EXPECT_GE(passed, ExpectedOf(cases_).compiled_passes);
}

// Cases are left out because onebyone refuses them, and says so; not because the test chose to.
TEST_F(OnnxConformance, CasesLeftOutAreRefusedByName) {
  for (const ConformanceCase& conformance_case : cases_) {
    if (ReasonToLeaveOut(conformance_case).empty()) continue;
    const absl::Status status = ImportOnnx(conformance_case.model.SerializeAsString()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << conformance_case.name << ": " << status;
  }
}

}  // namespace
}  // namespace onebyone::testing
