# What the engine links beside BaseDependencies. Imported targets, so that the installed package can name them and find them again.

find_package(JPEG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
# oneDNN runs on GCC's OpenMP; clang would bring a second one, whose number of threads oneDNN does not see.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(OpenMP_CXX_FLAGS -fopenmp=libgomp)
  set(OpenMP_CXX_LIB_NAMES gomp)
  find_library(OpenMP_gomp_LIBRARY NAMES gomp libgomp.so.1)
endif()
find_package(OpenMP REQUIRED COMPONENTS CXX)

# Debian's dnnl-config.cmake asks for OpenCL, which the CPU engine does not need.
if(NOT TARGET onebyone_dnnl)
  find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
  find_library(DNNL_LIBRARY dnnl REQUIRED)
  add_library(onebyone_dnnl INTERFACE IMPORTED)
  target_include_directories(onebyone_dnnl SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
  target_link_libraries(onebyone_dnnl INTERFACE ${DNNL_LIBRARY})
endif()

# Debian's ONNXConfig.cmake names headers by a path that depends on the version; the library and header are all we need.
if(NOT TARGET onebyone_onnx_proto)
  find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
  find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
  add_library(onebyone_onnx_proto INTERFACE IMPORTED)
  target_include_directories(onebyone_onnx_proto SYSTEM INTERFACE ${ONNX_INCLUDE_DIR})
  target_compile_definitions(onebyone_onnx_proto INTERFACE ONNX_NAMESPACE=onnx ONNX_ML=1)
  target_link_libraries(onebyone_onnx_proto INTERFACE ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)
endif()

# OpenCVConfig.cmake comes with libopencv-dev only, which brings a thousand packages; we use three small ones.
if(NOT TARGET onebyone_opencv)
  find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
  add_library(onebyone_opencv INTERFACE IMPORTED)
  target_include_directories(onebyone_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE_DIR})
  foreach(module core imgproc imgcodecs)
    find_library(OPENCV_${module}_LIBRARY opencv_${module} REQUIRED)
    target_link_libraries(onebyone_opencv INTERFACE ${OPENCV_${module}_LIBRARY})
  endforeach()
endif()
