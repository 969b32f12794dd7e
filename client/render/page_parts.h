#pragma once

namespace onebyone {

// The files page/page.css and page/page.js, put in by the build.
extern const char kPageStyle[];
extern const char kPageScript[];

}  // namespace onebyone
