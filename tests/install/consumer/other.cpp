#include <assay/assay.hpp>

double confidence_seen_by_the_other_unit();

double confidence_seen_by_the_other_unit() { return assay::Confidence{0.95}.value(); }
