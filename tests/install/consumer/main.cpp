#include <assay/assay.hpp>
#include <iostream>

double confidence_seen_by_the_other_unit();

int main() {
  const bool agree = confidence_seen_by_the_other_unit() == assay::Confidence{0.95}.value();
  std::cout << "assay " << ASSAY_VERSION << ": the two units " << (agree ? "agree" : "differ") << '\n';
  return agree ? 0 : 1;
}
