#pragma once
/// \file
/// Random audited decisions, tables of them in any layout, and counts of them made the slow way.

#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <assay/tally/read.hpp>
#include <tables.hpp>

namespace assay::test {

/// One audited decision.
struct Decision {
  std::optional<std::string> site{};
  std::int64_t queue{0};
  bool appealed{false};
  std::int64_t day{0};
  std::string decision{};
  std::string verdict{};
  double weight{1.0};
  bool excluded{false};
  double views{0.0};
  double reach{1.0};
};

inline constexpr const char* some_labels[] = {"keep", "restrict", "remove", "escalated", "a label longer than a view"};

[[nodiscard]] inline std::vector<Decision> random_decisions(std::size_t count, Random& random) {
  std::vector<Decision> rows(count);
  for (Decision& row : rows) {
    if (random.below(12) != 0)
      row.site = "site " + std::string(random.below(3) * 8, 'x') + std::to_string(random.below(5));
    row.queue = static_cast<std::int64_t>(random.below(20));
    row.appealed = random.below(2) == 0;
    row.day = 20'000 + static_cast<std::int64_t>(random.below(7));
    row.decision = some_labels[random.below(5)];
    row.verdict = random.below(3) != 0 ? row.decision : some_labels[random.below(5)];
    const int exponent = static_cast<int>(random.below(56)) - 20;
    row.weight = random.below(3) != 0 ? 1.0 + random.uniform() : std::ldexp(1.0 + random.uniform(), exponent);
    row.excluded = random.below(15) == 0;
    row.views = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(200)) - 100);
    row.reach = std::ldexp(random.uniform(), static_cast<int>(random.below(40)));
  }
  return rows;
}

/// The format each column has throughout one stream.
struct Formats {
  unsigned site{0};
  unsigned queue{0};
  unsigned day{0};
  unsigned decision{0};
  unsigned verdict{0};
  bool weight_in_keys{false};
  static Formats random(Random& random) {
    return {static_cast<unsigned>(random.below(7)), static_cast<unsigned>(random.below(10)),
            static_cast<unsigned>(random.below(2)), static_cast<unsigned>(random.below(7)),
            static_cast<unsigned>(random.below(7)), random.below(4) == 0};
  }
};

[[nodiscard]] inline std::vector<Array> columns_of(const std::vector<Decision>& rows, std::size_t from, std::size_t to,
                                                   const Formats& formats, std::size_t parent, Random& random) {
  Texts sites;
  Texts decisions;
  Texts verdicts;
  Integers queues;
  Integers days;
  Bools appealed;
  Bools excluded;
  Reals weights;
  Reals views;
  Reals reach;
  for (std::size_t i = from; i < to; ++i) {
    const Decision& row = rows[i];
    sites.push_back(row.site);
    decisions.emplace_back(row.decision);
    verdicts.emplace_back(row.verdict);
    queues.emplace_back(row.queue);
    days.emplace_back(formats.day == 0 ? row.day : row.day * 86'400'000 + 5);
    appealed.emplace_back(row.appealed);
    excluded.emplace_back(row.excluded);
    weights.emplace_back(row.weight);
    views.emplace_back(row.views);
    reach.emplace_back(row.reach);
  }
  const auto layout = [&] { return Layout{random.below(9), parent, random.below(2) == 0, random.below(3) == 0}; };
  static constexpr const char* widths[] = {"c", "C", "s", "S", "i", "I", "l", "L"};
  Array queue = formats.queue < 8 ? integers(widths[formats.queue], queues, layout())
                                  : decimals(queues, 0, formats.queue == 8 ? 128 : 64, layout());
  Array weight = numbers<double>("g", weights, layout());
  if (formats.weight_in_keys) {
    Integers keys;
    for (std::size_t i = 0; i < weights.size(); ++i) keys.emplace_back(static_cast<std::int64_t>(i));
    weight = dictionary("i", keys, numbers<double>("g", weights, {random.below(3)}), layout());
  }
  return {texts_of_kind(formats.site, sites, layout(), random),
          std::move(queue),
          bools(appealed, layout()),
          integers(formats.day == 0 ? "tdD" : "tdm", days, layout()),
          texts_of_kind(formats.decision, decisions, layout(), random),
          texts_of_kind(formats.verdict, verdicts, layout(), random),
          std::move(weight),
          bools(excluded, layout()),
          numbers<double>("g", views, layout()),
          numbers<double>("g", reach, layout())};
}

[[nodiscard]] inline Batches empty_batches() {
  return Batches{{"site", "queue", "appealed", "day", "decision", "verdict", "weight", "excluded", "views", "reach"}};
}

/// The rows in batches of random sizes, every batch laid out in its own way.
[[nodiscard]] inline Batches batches_of(const std::vector<Decision>& rows, std::size_t from, std::size_t to,
                                        Random& random, std::size_t most = 0) {
  const Formats formats = Formats::random(random);
  Batches out = empty_batches();
  while (from < to) {
    const std::size_t count = std::min<std::size_t>(to - from, random.below((most == 0 ? to - from : most) + 1));
    const std::size_t parent = random.below(4);
    out.add(columns_of(rows, from, from + count, formats, parent, random), count, parent);
    from += count;
  }
  return out;
}

/// Whole numbers of any size, in units of 2^-84, added bit by bit: slow and plainly right.
class Big {
 public:
  void add(Uint128 value, int exponent) {
    for (int bit = 0; bit < 128; ++bit)
      if ((value >> static_cast<unsigned>(bit) & 1U) != 0) add_bit(static_cast<std::size_t>(bit + exponent + 84));
  }
  [[nodiscard]] bool equals(const WeightSum& sum) const {
    for (std::size_t i = 0; i < bits_.size(); ++i) {
      const std::uint64_t word = i / 64 < 3 ? sum.state()[i / 64] : 0;
      if ((word >> (i % 64) & 1U) != (bits_[i] ? 1U : 0U)) return false;
    }
    return true;
  }

 private:
  void add_bit(std::size_t at) {
    while (bits_.at(at)) bits_[at++] = false;
    bits_.at(at) = true;
  }
  std::array<bool, 256> bits_{};
};

/// A weight's mantissa and exponent, its square cut as tally/weight.hpp says.
inline void add_weight(Big& sum, Big& square, double weight) {
  int exponent = 0;
  const auto mantissa = static_cast<std::uint64_t>(std::ldexp(std::frexp(weight, &exponent), 53));
  exponent -= 53;
  sum.add(mantissa, exponent);
  int level = -2;
  while (weight >= std::ldexp(1.0, 8 * level + 4)) ++level;
  const Uint128 exact = static_cast<Uint128>(mantissa) * mantissa;
  const int cut = 16 * level - 52 - 2 * exponent;  // places of the exact square below the last one kept
  square.add(exact >> static_cast<unsigned>(cut), 16 * level - 52);
}

struct NaiveCell {
  std::array<std::uint64_t, 8> counts{};
  std::array<Big, 8> weights{};
  std::array<Big, 8> squares{};
  double views{0.0};
};
using NaiveCells = std::map<std::vector<std::string>, NaiveCell>;

/// The value of a named column of one decision, in words.
[[nodiscard]] inline std::string word_of(const Decision& row, const std::string& column) {
  if (column == "site") return row.site.value_or("(none)");
  if (column == "queue") return std::to_string(row.queue);
  if (column == "appealed") return row.appealed ? "true" : "false";
  return to_text(time_from_micros(row.day * 86'400'000'000)).substr(0, 10);
}

/// What one label says, by the rules of the contract: escalated is undecided, remove and restrict are violating.
[[nodiscard]] inline std::optional<std::size_t> outcome_by_hand(const Decision& row, bool judged) {
  if (row.decision == "escalated" || row.verdict == "escalated") return std::nullopt;
  if (!judged) return row.decision == row.verdict ? 0 : 1;
  const bool acted = row.decision == "remove" || row.decision == "restrict";
  const bool due = row.verdict == "remove" || row.verdict == "restrict";
  if (acted && !due) return 2;
  if (!acted && due) return 3;
  if (row.decision == row.verdict) return acted ? 0 : 1;
  return acted ? 4 : 5;
}

[[nodiscard]] inline Labels some_meanings(bool judged) {
  return judged ? Labels{{"remove", "restrict"}, {}, {"escalated"}} : Labels{{}, {}, {"escalated"}};
}

}  // namespace assay::test
