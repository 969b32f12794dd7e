#pragma once

namespace onebyone {

// The files of the folder page/, put in by the build.
//
// page.html, up to and with <script>, for absl::Substitute, all of it HTML: $0 name of the image, $1 model, $2 style,
// $3 width and $4 height of the image, $5 "7 layers", $6 version, $7 the image's address, $8 number of layers, $9 their
// cards.
extern const char kPageStart[];
extern const char kPageStyle[];
extern const char kPageScript[];

}  // namespace onebyone
