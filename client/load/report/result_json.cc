#include "client/load/report/result_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/load/report/result_fields.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kKind[] = "onebyone load";
constexpr size_t kMostShown = 40;  // characters of a wrong value in a message
constexpr std::array kLoopNames = {"open", "closed"};
constexpr std::array kStepNames = {"rate", "concurrency"};

std::string NameOf(LoopKind loop) { return kLoopNames.at(static_cast<size_t>(loop)); }
std::string NameOf(StepKind kind) { return kStepNames.at(static_cast<size_t>(kind)); }
const auto& NamesOf(LoopKind /*tag*/) { return kLoopNames; }
const auto& NamesOf(StepKind /*tag*/) { return kStepNames; }

template <typename T>
struct IsList : std::false_type {};
template <typename T>
struct IsList<std::vector<T>> : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

class Writer {
 public:
  template <typename T>
  static Json Of(const T& value) {
    if constexpr (IsOptional<T>::value) {
      return value.has_value() ? Of(*value) : Json(nullptr);
    } else if constexpr (IsList<T>::value) {
      Json list = Json::array();
      for (const auto& item : value) list.push_back(Of(item));
      return list;
    } else if constexpr (std::is_enum_v<T>) {
      return NameOf(value);
    } else if constexpr (std::is_floating_point_v<T>) {
      return std::isfinite(value) ? Json(value) : Json(nullptr);
    } else if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
      Writer writer;
      VisitFields(writer, const_cast<T&>(value));  // a Writer only reads
      return std::move(writer.json_);
    } else {
      return Json(value);
    }
  }

  template <typename T>
  void operator()(const char* name, T& field) {
    json_[name] = Of(field);
  }

 private:
  Json json_ = Json::object();
};

class Reader {
 public:
  Reader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  template <typename T>
  void operator()(const char* name, T& field) {
    if (!status_.ok()) return;
    const std::string path = path_.empty() ? name : absl::StrCat(path_, ".", name);
    const auto found = json_.find(name);
    status_ = found == json_.end() ? absl::InvalidArgumentError(absl::StrCat(path, ": is missing"))
                                   : Read(*found, path, field);
  }

  template <typename T>
  static absl::Status Read(const Json& json, const std::string& path, T& value) {
    if constexpr (IsOptional<T>::value) {
      if (json.is_null()) {
        value = std::nullopt;
        return absl::OkStatus();
      }
      typename T::value_type held = {};  // not emplace(): g++ 12 warns falsely of it
      RETURN_IF_ERROR(Read(json, path, held));
      value = std::move(held);
      return absl::OkStatus();
    } else if constexpr (IsList<T>::value) {
      if (!json.is_array()) return Wrong(json, path, "a list");
      value.clear();
      for (size_t i = 0; i < json.size(); ++i) {
        RETURN_IF_ERROR(Read(json[i], absl::StrCat(path, "[", i, "]"), value.emplace_back()));
      }
      return absl::OkStatus();
    } else if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
      if (!json.is_object()) return Wrong(json, path, "an object");
      Reader reader(json, path);
      VisitFields(reader, value);
      return reader.status_;
    } else {
      return ReadPlain(json, path, value);
    }
  }

 private:
  static absl::Status Wrong(const Json& json, const std::string& path, absl::string_view wanted) {
    const std::string got = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return absl::InvalidArgumentError(absl::StrCat(path, ": wanted ", wanted, ", got ", got.substr(0, kMostShown),
                                                   got.size() > kMostShown ? "..." : ""));
  }

  template <typename T>
  static absl::Status ReadPlain(const Json& json, const std::string& path, T& value) {
    if constexpr (std::is_enum_v<T>) {
      const auto& names = NamesOf(value);
      const auto name = json.is_string() ? std::find(names.begin(), names.end(), json.get<std::string>()) : names.end();
      if (name == names.end()) return Wrong(json, path, absl::StrCat("\"", names[0], "\" or \"", names[1], "\""));
      value = static_cast<T>(name - names.begin());
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!json.is_string()) return Wrong(json, path, "a text");
      value = json.get<std::string>();
    } else if constexpr (std::is_same_v<T, bool>) {
      if (!json.is_boolean()) return Wrong(json, path, "true or false");
      value = json.get<bool>();
    } else if constexpr (std::is_floating_point_v<T>) {
      if (!json.is_number() && !json.is_null()) return Wrong(json, path, "a number");
      value = json.is_null() ? std::numeric_limits<T>::quiet_NaN() : json.get<T>();
    } else {
      const bool fits =
          std::is_unsigned_v<T>
              ? json.is_number_unsigned()
              : json.is_number_integer() && !(json.is_number_unsigned() && json.get<uint64_t>() > uint64_t{INT64_MAX});
      if (!fits) return Wrong(json, path, "a whole number");
      value = json.get<T>();
    }
    return absl::OkStatus();
  }

  const Json& json_;
  const std::string path_;
  absl::Status status_;
};

Json WholeJson(const LoadResult& result) {
  Json json = {{"kind", kKind}, {"schema", kLoadSchema}};
  json.update(Writer::Of(result));
  return json;
}

}  // namespace

std::string ResultJson(const LoadResult& result) {
  return WholeJson(result).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ResultJsonForHtml(const LoadResult& result) {
  return absl::StrReplaceAll(WholeJson(result).dump(-1, ' ', false, Json::error_handler_t::replace),
                             {{"<", "\\u003c"}});
}

absl::StatusOr<LoadResult> ParseResultJson(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::InvalidArgumentError("is not JSON");
  if (!json.is_object() || json.value("kind", Json()) != kKind) {
    return absl::InvalidArgumentError(
        "is not a result of 'onebyone load --json': it has no \"kind\": \"onebyone load\"");
  }
  const Json schema = json.value("schema", Json());
  if (schema != kLoadSchema) {
    return absl::InvalidArgumentError(absl::StrCat("wanted schema ", kLoadSchema, ", got ", schema.dump(),
                                                   ": written by another version of this program"));
  }
  LoadResult result;
  RETURN_IF_ERROR(Reader::Read(json, "", result));
  return result;
}

}  // namespace onebyone
