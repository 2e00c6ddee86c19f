#include <assay/core/labels.hpp>

#include <assay_test.hpp>

using namespace assay;
using assay::test::message_of;

TEST_CASE("with violating labels given, every other label is benign but for the undecided", "[core]") {
  const Labels labels{{"remove", "restrict"}, {}, {"skip"}};
  CHECK(labels.judged());
  CHECK(labels.kind("remove") == LabelKind::violating);
  CHECK(labels.kind("approve") == LabelKind::not_violating);
  CHECK(labels.kind("skip") == LabelKind::undecided);
}

TEST_CASE("with only benign labels given, every other label is violating", "[core]") {
  const Labels labels{{}, {"approve"}, {"skip"}};
  CHECK(labels.kind("approve") == LabelKind::not_violating);
  CHECK(labels.kind("remove") == LabelKind::violating);
  CHECK(labels.kind("skip") == LabelKind::undecided);
}

TEST_CASE("labels that were never told apart cannot be judged", "[core]") {
  const Labels labels{{}, {}, {"skip"}};
  CHECK_FALSE(labels.judged());
  CHECK_FALSE(Labels{}.judged());
  CHECK(labels.kind("remove") == LabelKind::undeclared);
  CHECK(labels.kind("skip") == LabelKind::undecided);
}

TEST_CASE("labels know which names were declared", "[core]") {
  const Labels labels{{"remove"}, {"approve"}, {"skip"}};
  CHECK(labels.declares("remove"));
  CHECK(labels.declares("approve"));
  CHECK(labels.declares("skip"));
  CHECK_FALSE(labels.declares("remov"));
}

TEST_CASE("equal sets of labels are equal values, however they are given", "[law][core]") {
  const Labels labels{{"b", "a", "b"}, {"d", "c"}, {"f", "e"}};
  CHECK(labels == Labels{{"a", "b"}, {"c", "d"}, {"e", "f"}});
  CHECK(labels != Labels{{"a", "b"}, {"c", "d"}, {"e"}});
  CHECK(labels.violating() == std::vector<std::string>{"a", "b"});
  CHECK(labels.not_violating() == std::vector<std::string>{"c", "d"});
  CHECK(labels.undecided() == std::vector<std::string>{"e", "f"});
}

TEST_CASE("a label has one meaning", "[core]") {
  CHECK(message_of<InputError>([] { Labels({"x"}, {"x"}, {}); }) ==
        "wanted each label under one meaning, got 'x' in both violating and not_violating");
  CHECK(message_of<InputError>([] { Labels({"x"}, {}, {"x"}); }) ==
        "wanted each label under one meaning, got 'x' in both violating and undecided");
  CHECK(message_of<InputError>([] { Labels({}, {"x"}, {"x"}); }) ==
        "wanted each label under one meaning, got 'x' in both not_violating and undecided");
}
