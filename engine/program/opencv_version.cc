#include "engine/program/opencv_version.h"

#include <opencv2/core/utility.hpp>

namespace onebyone {

std::string OpenCvVersion() { return cv::getVersionString(); }

}  // namespace onebyone
