#include "engine/passes/take_over.h"

namespace onebyone {

void TakeOver(Graph& graph, NodeId producer, NodeId consumer) {
  const ValueId result = graph.node(consumer).outputs.front();
  graph.value(graph.node(producer).outputs.front()).producer = kNoNode;
  graph.RemoveNode(consumer);
  graph.node(producer).outputs.front() = result;
  graph.value(result).producer = producer;
}

}  // namespace onebyone
