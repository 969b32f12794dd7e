#include "engine/runtime/network_forms.h"

#include <algorithm>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"
#include "engine/passes/dense_to_conv.h"
#include "engine/passes/fold_batch_norm.h"

namespace onebyone {
namespace {

bool IsProduced(const Graph& graph, const std::string& name) {
  const ValueId id = graph.FindValue(name);
  if (id == kNoValue) return false;
  const Value& value = graph.value(id);
  return value.producer != kNoNode || value.constant != nullptr || graph.inputs().front() == id;
}

// `network` with the input shapes of `shaped`, and dense layers as convolutions.
absl::StatusOr<Graph> Native(Graph network, const Graph& shaped) {
  for (const ValueId input : network.inputs()) network.value(input).shape = shaped.value(input).shape;
  RETURN_IF_ERROR(InferShapesOnly(network));
  RETURN_IF_ERROR(DenseToConv{.keep_map = true}.Run(network).status());
  return network;
}

}  // namespace

absl::StatusOr<NetworkForms> NetworkForms::Create(Graph imported, const Graph& shaped, bool folds) {
  NetworkForms forms;
  forms.imported_ = std::move(imported);
  forms.folded_ = forms.imported_;
  int folded = 0;
  if (folds) {
    ASSIGN_OR_RETURN(folded, FoldBatchNorm{}.Run(forms.folded_));
  }
  ASSIGN_OR_RETURN(forms.native_, Native(forms.imported_, shaped));
  forms.native_folded_ = forms.native_;
  if (folded > 0) {  // of the folded weights, which plans of the own size have as well
    ASSIGN_OR_RETURN(forms.native_folded_, Native(forms.folded_, shaped));
  }
  return forms;
}

const Graph& NetworkForms::For(const std::vector<std::string>& layers, bool native) const {
  const Graph& folded = native ? native_folded_ : folded_;
  const bool has_all =
      std::all_of(layers.begin(), layers.end(), [&](const std::string& layer) { return IsProduced(folded, layer); });
  if (has_all) return folded;
  return native ? native_ : imported_;
}

}  // namespace onebyone
