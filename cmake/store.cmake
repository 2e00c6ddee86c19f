# Whether Assay::store is built, and with what. Headers alone need none of it.

set(ASSAY_BUILD_STORE "" CACHE STRING "Build Assay::store: ON, OFF, or AUTO (where SQLite and libsodium are found)")
set(ASSAY_POSTGRESQL AUTO CACHE STRING "PostgreSQL journals: ON, OFF, or AUTO (where libpq is found)")
if(ASSAY_BUILD_STORE STREQUAL "")
  if(PROJECT_IS_TOP_LEVEL)
    set(ASSAY_BUILD_STORE ON)
  else()
    set(ASSAY_BUILD_STORE AUTO)
  endif()
endif()

if(ASSAY_BUILD_STORE)
  list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
  find_package(SQLite3 3.37 QUIET)  # the first with strict tables
  find_package(Sodium 1.0.18 QUIET)
  if(SQLite3_FOUND AND Sodium_FOUND)
    set(assay_store TRUE)
  elseif(NOT ASSAY_BUILD_STORE STREQUAL "AUTO")
    message(FATAL_ERROR "Assay::store needs SQLite 3.37 (${SQLite3_VERSION}) and libsodium 1.0.18 (${Sodium_VERSION}); on "
                        "Debian and Ubuntu: apt install libsqlite3-dev libsodium-dev. Or build without it: "
                        "-DASSAY_BUILD_STORE=OFF")
  endif()
endif()

if(assay_store AND ASSAY_POSTGRESQL)
  find_package(PostgreSQL 14 QUIET)
  if(NOT PostgreSQL_FOUND AND NOT ASSAY_POSTGRESQL STREQUAL "AUTO")
    message(FATAL_ERROR "ASSAY_POSTGRESQL=${ASSAY_POSTGRESQL} needs libpq 14 or newer (on Debian and Ubuntu: apt install "
                        "libpq-dev)")
  endif()
endif()

if(assay_store)
  add_subdirectory(src/store)
endif()
