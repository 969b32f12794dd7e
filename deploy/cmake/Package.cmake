# Debian packages: `cpack --config build/release/CPackConfig.cmake -B FOLDER`. A package for each component of Install.cmake.

set(ONEBYONE_MAINTAINER "The onebyone authors <maintainers@onebyone.invalid>" CACHE STRING "Maintainer of the Debian packages")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME onebyone)
set(CPACK_PACKAGE_VENDOR onebyone)
set(CPACK_PACKAGE_CONTACT ${ONEBYONE_MAINTAINER})
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
# As `DESTDIR=... cmake --install --prefix /usr` does, so that files can know that they come to lie in /usr and /etc.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL client server dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)

set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${ONEBYONE_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_CLIENT_PACKAGE_NAME onebyone)
set(CPACK_DEBIAN_CLIENT_PACKAGE_SECTION net)
set(CPACK_COMPONENT_CLIENT_DESCRIPTION "image features over gRPC: client and workbench
 The program onebyone asks a onebyone-server for feature maps of pictures: any
 layer of an Inception-style network, reduced to any number of channels.
 The program onebyone-model imports, measures and calibrates networks.")

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME onebyone-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS onebyone)
set(CPACK_COMPONENT_SERVER_DESCRIPTION "image features over gRPC: server
 Decodes pictures, runs a network only as far as the layer that was asked for,
 reduces the map with a 1x1 convolution and returns it. With a systemd service
 and a small model that is ready to use.")
set(scripts ${PROJECT_SOURCE_DIR}/deploy/install/debian)
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
  "${scripts}/conffiles;${scripts}/postinst;${scripts}/prerm;${scripts}/postrm")

# Static libraries: whoever links them needs what they link.
set(CPACK_DEBIAN_DEV_PACKAGE_NAME libonebyone-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
string(JOIN ", " CPACK_DEBIAN_DEV_PACKAGE_DEPENDS libabsl-dev libdnnl-dev libgrpc++-dev libgrpc-dev libjpeg62-turbo-dev libonnx-dev
  libopencv-core-dev libopencv-imgcodecs-dev libopencv-imgproc-dev libprotobuf-dev libssl-dev zlib1g-dev)
set(CPACK_COMPONENT_DEV_DESCRIPTION "image features: engine and client library for C++
 Static libraries, headers and a CMake package with onebyone::engine, which
 runs networks in the process, and onebyone::client, which asks a server.")

set(ONEBYONE_COMMIT_DATE "Thu, 01 Jan 1970 00:00:00 +0000")
if(GIT_EXECUTABLE)
  execute_process(COMMAND ${GIT_EXECUTABLE} log -1 --format=%aD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE commit_date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(commit_date)
    set(ONEBYONE_COMMIT_DATE ${commit_date})
  endif()
endif()
configure_file(${scripts}/changelog.in ${PROJECT_BINARY_DIR}/pages/changelog.Debian @ONLY)
configure_file(CHANGELOG.md ${PROJECT_BINARY_DIR}/pages/CHANGELOG.md COPYONLY)
foreach(file changelog.Debian CHANGELOG.md)
  execute_process(COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/pages/${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
foreach(component CLIENT SERVER DEV)
  set(documents ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${component}_PACKAGE_NAME})
  string(TOLOWER ${component} lower)
  install(FILES ${scripts}/copyright ${PROJECT_BINARY_DIR}/pages/changelog.Debian.gz DESTINATION ${documents} COMPONENT ${lower})
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/pages/CHANGELOG.md.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/onebyone RENAME changelog.gz
  COMPONENT client)

include(CPack)
