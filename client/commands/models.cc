#include "client/commands/models.h"

#include <google/protobuf/util/json_util.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "client/feature_client.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

absl::StatusOr<std::string> Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions print;
  print.add_whitespace = true;
  print.always_print_primitive_fields = true;
  print.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, print);
  if (!status.ok()) return absl::InternalError(absl::StrCat("json: ", std::string(status.message())));
  return text;
}

absl::StatusOr<std::string> Answer(const ModelsOptions& options, Terminal& terminal) {
  const CallOptions call = {.cancellation = &terminal.interruption};
  ASSIGN_OR_RETURN(const std::unique_ptr<FeatureClient> client, FeatureClient::Create(options.client));
  if (options.one_model) {
    ASSIGN_OR_RETURN(const v1::GetModelResponse model, client->GetModel(options.request, call));
    return options.json ? Json(model) : FormatModel(model);
  }
  ASSIGN_OR_RETURN(const v1::ListModelsResponse models, client->ListModels(call));
  return options.json ? Json(models) : FormatModels(models);
}

}  // namespace

int ShowModels(const ModelsOptions& options, Terminal& terminal) {
  const absl::Status valid = options.client.Validate();
  const absl::StatusOr<std::string> answer = valid.ok() ? Answer(options, terminal) : valid;
  if (answer.ok()) {
    terminal.out << *answer << std::flush;
    return kDone;
  }
  terminal.err << absl::StrCat("onebyone models: ", answer.status().message(), "\n");
  return valid.ok() ? kFailed : kWrongUsage;
}

}  // namespace onebyone
