#include "server/kserve/parameter_reader.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/nearest_name.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

using ::inference::InferParameter;

// The members of `words` but the one that says "unspecified", as they are asked for.
std::vector<std::string> LowerCase(const google::protobuf::EnumDescriptor& words) {
  std::vector<std::string> names;
  for (int i = 0; i < words.value_count(); ++i) {
    if (words.value(i)->number() != 0) names.push_back(absl::AsciiStrToLower(words.value(i)->name()));
  }
  return names;
}

bool IsIgnored(absl::string_view name) {
  return name == "headers" || name == "binary_data_output" || absl::StartsWith(name, "triton_");
}

}  // namespace

const InferParameter* ParameterReader::Find(const std::string& name) {
  known_.insert(name);
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? nullptr : &found->second;
}

bool ParameterReader::Has(const std::string& name) { return Find(name) != nullptr; }

bool ParameterReader::IsText(const std::string& name) const {
  const auto found = parameters_.find(name);
  return found != parameters_.end() && found->second.parameter_choice_case() == InferParameter::kStringParam;
}

void ParameterReader::Refuse(const std::string& name, absl::string_view description) {
  status_.Update(InvalidField(absl::StrCat(path_, ".", name), description));
}

void ParameterReader::RefuseType(const std::string& name, absl::string_view wanted) {
  const auto found = parameters_.find(name);
  const google::protobuf::FieldDescriptor* const got = found->second.GetReflection()->GetOneofFieldDescriptor(
      found->second, InferParameter::descriptor()->oneof_decl(0));
  Refuse(name, absl::StrCat("wanted ", wanted, ", got ", got == nullptr ? "no value" : got->name()));
}

int64_t ParameterReader::Integer(const std::string& name, int64_t least, int64_t most) {
  const InferParameter* const parameter = Find(name);
  if (parameter == nullptr) return 0;
  int64_t value = 0;
  if (parameter->parameter_choice_case() == InferParameter::kInt64Param) {
    value = parameter->int64_param();
  } else if (parameter->parameter_choice_case() == InferParameter::kUint64Param) {
    value = static_cast<int64_t>(std::min<uint64_t>(parameter->uint64_param(), std::numeric_limits<int64_t>::max()));
  } else {
    RefuseType(name, "int64_param");
    return 0;
  }
  if (value >= least && value <= most) return value;
  Refuse(name, absl::StrCat("wanted ", least, " to ", most, ", got ", value));
  return 0;
}

uint64_t ParameterReader::Unsigned(const std::string& name) {
  const InferParameter* const parameter = Find(name);
  if (parameter == nullptr) return 0;
  if (parameter->parameter_choice_case() == InferParameter::kUint64Param) return parameter->uint64_param();
  return static_cast<uint64_t>(Integer(name, 0, std::numeric_limits<int64_t>::max()));
}

double ParameterReader::Number(const std::string& name) {
  const InferParameter* const parameter = Find(name);
  if (parameter == nullptr) return 0;
  switch (parameter->parameter_choice_case()) {
    case InferParameter::kDoubleParam: return parameter->double_param();
    case InferParameter::kInt64Param: return static_cast<double>(parameter->int64_param());
    case InferParameter::kUint64Param: return static_cast<double>(parameter->uint64_param());
    default: RefuseType(name, "double_param or int64_param"); return 0;
  }
}

bool ParameterReader::Boolean(const std::string& name) {
  const InferParameter* const parameter = Find(name);
  if (parameter == nullptr) return false;
  if (parameter->parameter_choice_case() != InferParameter::kBoolParam) RefuseType(name, "bool_param");
  return parameter->bool_param();
}

std::string ParameterReader::Text(const std::string& name) {
  const InferParameter* const parameter = Find(name);
  if (parameter == nullptr) return "";
  if (parameter->parameter_choice_case() != InferParameter::kStringParam) RefuseType(name, "string_param");
  return parameter->string_param();
}

int ParameterReader::Word(const std::string& name, const google::protobuf::EnumDescriptor& words) {
  if (!Has(name)) return 0;
  if (!IsText(name)) {
    RefuseType(name, "string_param");
    return 0;
  }
  const std::vector<std::string> wanted = LowerCase(words);
  const std::string got = Text(name);
  if (std::find(wanted.begin(), wanted.end(), got) != wanted.end()) {
    return words.FindValueByName(absl::AsciiStrToUpper(got))->number();
  }
  Refuse(name, absl::StrCat("wanted ", absl::StrJoin(wanted, ", "), "; got ", QuotedInput(got)));
  return 0;
}

absl::Status ParameterReader::Finish() {
  std::set<std::string> unknown;  // sorted: the same error each time
  for (const auto& [name, parameter] : parameters_) {
    if (known_.count(name) == 0 && !IsIgnored(name)) unknown.insert(name);
  }
  if (!unknown.empty()) {
    const std::vector<std::string> known(known_.begin(), known_.end());
    const std::string& name = *unknown.begin();
    const std::string description = known.empty() ? "unknown; wanted no parameters here"
                                                  : absl::StrCat("unknown; wanted ", absl::StrJoin(known, ", "),
                                                                 "; did you mean ", NearestName(name, known), "?");
    status_.Update(InvalidField(absl::StrCat(path_, "[", QuotedInput(name), "]"), description));
  }
  return status_;
}

}  // namespace onebyone
