#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/runtime/conv_choice.h"

namespace onebyone {

// What choices were measured of, and where.
struct ChoiceOrigin {
  std::string model;    // hash of the network's file
  std::string machine;  // MachineIdentity(); one line
};

// The most choices and bytes that a text may have; a network has some dozens of choices.
inline constexpr int kMostChoices = 4096;
inline constexpr int64_t kMostChoiceBytes = int64_t{1} << 20;

// Choices as text, to be kept in a file:
//
//   onebyone kernel choices 2
//   model 4f2c...
//   machine AMD EPYC ...
//   choices 2
//   1 winograd [1, 64, 56, 56]>[1, 192, 56, 56]/1,1/1/0
//   4 direct [1, 64, 56, 56]>[1, 192, 56, 56]/1,1/1/0
//
// Each line of a choice: threads, NameOf the variant, ConvChoice::KeyOf or StepGroup::key. The first line's number
// changes with the format, and with kernels of ours that make old timings worthless.
std::string FormatChoices(const ChoiceOrigin& origin, const ConvChoices& choices);

// Reads it back. FAILED_PRECONDITION where it is of another origin or format; INVALID_ARGUMENT where it is broken, cut,
// or larger than the limits.
absl::StatusOr<ConvChoices> ParseChoices(const ChoiceOrigin& origin, absl::string_view text);

// Over all numbers of threads.
int64_t CountOf(const ConvChoices& choices);

}  // namespace onebyone
