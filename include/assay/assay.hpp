#pragma once
/// \file
/// Assay measures moderation quality: how good are the decisions, how sure are we, and can we prove it?
///
/// This header is the whole library; each header below can be included alone. Their order is the order of the house:
/// a header includes only headers of lower floors and of its own room.

// floor 0: what everything else is made of
#include <assay/core/error.hpp>
#include <assay/core/id.hpp>
#include <assay/core/labels.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/random.hpp>
#include <assay/core/sketch.hpp>
#include <assay/core/text.hpp>
#include <assay/core/time.hpp>
#include <assay/core/version.hpp>
#include <assay/core/wide.hpp>
