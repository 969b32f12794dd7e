# What the client library links beside BaseDependencies.

find_package(gRPC CONFIG REQUIRED)
