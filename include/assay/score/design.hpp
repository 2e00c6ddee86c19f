#pragma once
/// \file
/// How the audited cases came to be chosen, as far as a score needs to know it.

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <assay/io/dictionary.hpp>

namespace assay {

/// Cases drawn and audits that came back among decisions of one kind. Labels of which none came back are pooled with
/// others of their stratum; a pool is known by its number.
struct Response {
  double sampled{0.0};
  double answered{0.0};
  int pool{0};
};

/// One stratum as the draw saw it.
struct StratumFacts {
  double population{
      std::numeric_limits<double>::infinity()};  ///< cases that could be drawn; infinite: a large population
  double sampled{0.0};                           ///< cases that were drawn
  std::map<io::Code, Response> by_decision{};    ///< only where some audits did not come back
  double acted_population{std::numeric_limits<double>::quiet_NaN()};  ///< cases decided violating; NaN: not known
  double weight{0.0};  ///< sum of the weights that rows brought, scaled up for rows set aside; 0: they brought none
};

/// The design behind a tally. `strata` are columns; their combinations index `facts` by codes in the columns' order.
struct ScoreDesign {
  std::string words{"simple random"};
  std::vector<std::string> made_of{};  ///< columns whose values a stratum holds constant
  std::map<std::vector<io::Code>, StratumFacts> facts{};
  bool modelled{false};        ///< some audits did not come back; weights stand in for them
  std::string label_column{};  ///< the decisions' column, where response is kept by decision
  double response_rate{1.0};
  bool recorded{false};  ///< weights are inverses of recorded chances; populations are estimated from them
  bool chosen{false};    ///< nobody knows that cases were drawn at random inside strata: what comes out is modelled
  bool naive{false};     ///< show the plain average of the audits beside each score
  std::set<std::string> audit_columns{};     ///< columns known of audited cases only: their slices are domains of those
  std::map<std::size_t, io::Code> absent{};  ///< by dimension, the code of cases without an audit; no slice of its own

  [[nodiscard]] bool finite() const noexcept {
    for (const auto& [codes, stratum] : facts)
      if (std::isinf(stratum.population)) return false;
    return !facts.empty();
  }
};

}  // namespace assay
