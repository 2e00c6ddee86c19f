#include <filesystem>
#include <iomanip>
#include <iostream>
// after the standard headers that fill namespace std most: none of its names may get in the way of ours
#include <assay/assay.hpp>

double confidence_seen_by_the_other_unit();

double confidence_seen_by_the_other_unit() { return assay::Confidence{0.95}.value(); }
