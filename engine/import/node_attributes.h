#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onnx {
class AttributeProto;
class NodeProto;
class TensorProto;
}  // namespace onnx

namespace onebyone {

// The attributes of one node of a file, by name and type. It remembers which were read, so that none is passed over in
// silence. Each reader gives `fallback` (or nullopt) where the attribute is absent and INVALID_ARGUMENT where it has
// another type. Refers to the node; not thread-safe.
class NodeAttributes {
 public:
  // INVALID_ARGUMENT where an attribute has no name, occurs twice or refers to an attribute of a function.
  static absl::StatusOr<NodeAttributes> Create(const onnx::NodeProto& node);

  absl::StatusOr<std::optional<int64_t>> FindInt(absl::string_view name);
  absl::StatusOr<std::optional<float>> FindFloat(absl::string_view name);
  absl::StatusOr<std::optional<std::vector<int64_t>>> FindInts(absl::string_view name);
  absl::StatusOr<std::optional<std::vector<float>>> FindFloats(absl::string_view name);
  // Null where it is absent.
  absl::StatusOr<const onnx::TensorProto*> FindTensor(absl::string_view name);

  absl::StatusOr<int64_t> Int(absl::string_view name, int64_t fallback);
  absl::StatusOr<bool> Flag(absl::string_view name, bool fallback);  // an int: 0 is false
  absl::StatusOr<float> Float(absl::string_view name, float fallback);
  absl::StatusOr<std::string> String(absl::string_view name, absl::string_view fallback);

  // Those that must be there: INVALID_ARGUMENT where they are not.
  absl::StatusOr<int64_t> RequiredInt(absl::string_view name);
  absl::StatusOr<std::vector<int64_t>> RequiredInts(absl::string_view name);

  // True where it is there; counts as read.
  bool Ignore(absl::string_view name) { return Find(name) != nullptr; }
  // Names of attributes that nobody asked for.
  std::vector<std::string> Unread() const;

 private:
  struct Entry {
    const onnx::AttributeProto* proto = nullptr;
    bool is_read = false;
  };

  const onnx::AttributeProto* Find(absl::string_view name);

  std::vector<Entry> entries_;  // in the order of the file
  absl::flat_hash_map<absl::string_view, size_t> by_name_;
};

}  // namespace onebyone
