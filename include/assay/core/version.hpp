#pragma once
/// \file
/// The version of the library; CMake and pyproject.toml read it from here.

#define ASSAY_VERSION_MAJOR 0
#define ASSAY_VERSION_MINOR 1
#define ASSAY_VERSION_PATCH 0
#define ASSAY_VERSION "0.1.0"
