#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/model_loader.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/model_registry.h"
#include "server/options.h"
#include "server/server.h"

namespace onebyone::testing {

// A network that runs in microseconds: input 32x32;
//   conv [16, 16, 16], block/1x1 [16, 16, 16], block/3x3 [8, 16, 16], block/output [24, 16, 16] (the concat of both;
//   alias "features"; a fitted reduction "pca" to 6 channels; a chain "head" to 10, then 30, with ReLUs), pool [24, 1,
//   1], embedding [24] (the default), flat [6144], the one that is not fully convolutional.
std::shared_ptr<const Model> TinyModel(const std::string& name = "tiny", int max_native_plans = 32);

// A folder below the test's temporary folder that looks like a folder of bundles with these names, and a load function
// that gives TinyModel for each of them, but an error for names that start with "broken".
std::string FolderOfBundles(const std::vector<std::string>& names);
ModelRegistry::LoadFunction LoadTinyModels();

// A registry of tiny models.
std::unique_ptr<ModelRegistry> TinyRegistry(const std::vector<std::string>& names = {"tiny"});

// Options for a server of tiny models on a free port of the loopback.
ServerOptions TinyServerOptions(const std::vector<std::string>& names = {"tiny"});

// An encoded picture of a colour gradient: the same for the same numbers. `format`: ".png" or ".jpg".
std::string EncodedPicture(int width, int height, const std::string& format = ".png", int shade = 0);

// `count` times the same encoded image.
void AddImages(int count, const std::string& content, v1::ExtractFeaturesRequest& request);

// True as soon as the server has a request in work, false after a minute without.
bool WaitForWork(Server& server);

}  // namespace onebyone::testing
