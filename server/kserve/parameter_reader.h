#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/map.h>

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "inference/grpc_service.pb.h"

namespace onebyone {

// Reads a map of InferParameters by name. What is wrong with one is kept until Finish: reads go on with the value that
// an absent parameter has.
class ParameterReader {
 public:
  using Parameters = google::protobuf::Map<std::string, inference::InferParameter>;

  // `path` of the map leads the field paths of errors, as "outputs[0].parameters". Borrows the map.
  ParameterReader(const Parameters& parameters, std::string path) : parameters_(parameters), path_(std::move(path)) {}

  // 0 where absent. int64_param and uint64_param will both do.
  int64_t Integer(const std::string& name, int64_t least, int64_t most);
  uint64_t Unsigned(const std::string& name);
  // 0 where absent. Takes integers too.
  double Number(const std::string& name);
  bool Boolean(const std::string& name);      // false where absent
  std::string Text(const std::string& name);  // empty where absent
  // The number of a member of `words`, which is asked for by its name in lower-case letters; 0, the member that says
  // "unspecified", where absent.
  int Word(const std::string& name, const google::protobuf::EnumDescriptor& words);

  // Whether there is one of that name and, not being absent, whether it is a text.
  bool Has(const std::string& name);
  bool IsText(const std::string& name) const;
  // The parameter is wrong: what, wanted, got.
  void Refuse(const std::string& name, absl::string_view description);

  // The first error: INVALID_ARGUMENT at the parameter. So is a parameter that nothing has read, but for those that
  // Triton's clients add on their own: headers, binary_data_output and triton_*.
  absl::Status Finish();

 private:
  // Null where absent.
  const inference::InferParameter* Find(const std::string& name);
  void RefuseType(const std::string& name, absl::string_view wanted);

  const Parameters& parameters_;
  const std::string path_;
  std::set<std::string> known_;
  absl::Status status_;
};

}  // namespace onebyone
