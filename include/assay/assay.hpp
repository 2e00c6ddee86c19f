#pragma once
/// \file
/// Assay measures moderation quality: how good are the decisions in each queue, site and reviewer, how sure are we, why
/// did it change, and can we prove it? This header is the whole library; each header below can be included alone.
///
/// **The way of the data.** decisions -> frame -> plan -> sample -> audits -> tally -> score. Each arrow is one table
/// or one small value, and each step can be used alone. Data flows left to right and never back.
///
/// **The rooms.** The list below is the order of the house: a header includes only headers of lower floors and of its
/// own room.
///
/// **What you can rely on.**
/// - A number comes with its evidence: interval, how many audits, method, design. Where there is no answer the value
///   says so; NaN is never an answer.
/// - State can be split and merged: whatever way the rows are divided over threads, batches or machines, the merged
///   state has the same bytes. Bytes are versioned and stay readable.
/// - Draws can be repeated anywhere: randomness is a parameter, and a keyed draw depends on key, period and case alone.
/// - Wrong input is refused with an error that says what was wanted, what was got and where. Every error is an
///   AssayError: InputError, FormatError, RefusedError or StoreError (core/error.hpp).
/// - Nothing here prints, keeps global state or starts a thread unless a `threads` argument asks for it. Values may be
///   read from many threads at once; one state is written by one thread, and the parts are merged.
///
/// **Building.** Headers only, C++20: find_package(Assay), then link Assay::assay.

// floor 0
#include <assay/core/error.hpp>
#include <assay/core/id.hpp>
#include <assay/core/labels.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/processor.hpp>
#include <assay/core/random.hpp>
#include <assay/core/sketch.hpp>
#include <assay/core/text.hpp>
#include <assay/core/time.hpp>
#include <assay/core/version.hpp>
#include <assay/core/wide.hpp>

// floor 1
#include <assay/io/arrow.hpp>
#include <assay/io/arrow_abi.hpp>
#include <assay/io/column.hpp>
#include <assay/io/concatenate.hpp>
#include <assay/io/dictionary.hpp>
#include <assay/io/encode.hpp>
#include <assay/io/export.hpp>
#include <assay/io/gather.hpp>
#include <assay/io/parallel.hpp>
#include <assay/io/read.hpp>
#include <assay/io/recent_texts.hpp>
#include <assay/io/short_texts.hpp>
#include <assay/io/table.hpp>
#include <assay/io/type.hpp>
#include <assay/io/wire.hpp>
#include <assay/numeric/linear.hpp>
#include <assay/numeric/roots.hpp>
#include <assay/numeric/special.hpp>
#include <assay/numeric/sums.hpp>

// floor 2
#include <assay/interval/agresti_coull.hpp>
#include <assay/interval/arcsine.hpp>
#include <assay/interval/beta.hpp>
#include <assay/interval/betting.hpp>
#include <assay/interval/blaker.hpp>
#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/coverage.hpp>
#include <assay/interval/designed_agresti_coull.hpp>
#include <assay/interval/designed_jeffreys.hpp>
#include <assay/interval/designed_share.hpp>
#include <assay/interval/designed_wilson.hpp>
#include <assay/interval/difference.hpp>
#include <assay/interval/discrete.hpp>
#include <assay/interval/drawn_in.hpp>
#include <assay/interval/effective.hpp>
#include <assay/interval/hypergeometric.hpp>
#include <assay/interval/hypergeometric_blaker.hpp>
#include <assay/interval/jeffreys.hpp>
#include <assay/interval/korn_graubard.hpp>
#include <assay/interval/likelihood.hpp>
#include <assay/interval/logit.hpp>
#include <assay/interval/mid_p.hpp>
#include <assay/interval/share_of_totals.hpp>
#include <assay/interval/stratified_exact.hpp>
#include <assay/interval/wald.hpp>
#include <assay/interval/weighted_beta.hpp>
#include <assay/interval/weighted_gamma.hpp>
#include <assay/interval/wilson.hpp>
#include <assay/interval/wilson_continuity.hpp>
#include <assay/sampling/allocation.hpp>
#include <assay/sampling/bottom_k.hpp>
#include <assay/sampling/box_allocation.hpp>
#include <assay/sampling/capped.hpp>
#include <assay/sampling/cases.hpp>
#include <assay/sampling/clusters.hpp>
#include <assay/sampling/conditional_poisson.hpp>
#include <assay/sampling/cube.hpp>
#include <assay/sampling/design.hpp>
#include <assay/sampling/domain_allocation.hpp>
#include <assay/sampling/draw.hpp>
#include <assay/sampling/elimination.hpp>
#include <assay/sampling/event_width.hpp>
#include <assay/sampling/exponential.hpp>
#include <assay/sampling/frame.hpp>
#include <assay/sampling/inclusion.hpp>
#include <assay/sampling/interior_point.hpp>
#include <assay/sampling/join_days.hpp>
#include <assay/sampling/joint.hpp>
#include <assay/sampling/keyed.hpp>
#include <assay/sampling/local_pivotal.hpp>
#include <assay/sampling/neyman.hpp>
#include <assay/sampling/overlap.hpp>
#include <assay/sampling/pivotal.hpp>
#include <assay/sampling/plan.hpp>
#include <assay/sampling/plan_bound.hpp>
#include <assay/sampling/plan_options.hpp>
#include <assay/sampling/planner.hpp>
#include <assay/sampling/poisson.hpp>
#include <assay/sampling/poisson_binomial.hpp>
#include <assay/sampling/precision.hpp>
#include <assay/sampling/reservoir.hpp>
#include <assay/sampling/sampford.hpp>
#include <assay/sampling/sample_width.hpp>
#include <assay/sampling/separable.hpp>
#include <assay/sampling/settling.hpp>
#include <assay/sampling/simple_random.hpp>
#include <assay/sampling/siphash.hpp>
#include <assay/sampling/sizing.hpp>
#include <assay/sampling/strata.hpp>
#include <assay/sampling/stream.hpp>
#include <assay/sampling/successive.hpp>
#include <assay/sampling/systematic.hpp>
#include <assay/sampling/two_phase.hpp>
#include <assay/sampling/unite.hpp>
#include <assay/sampling/var_opt.hpp>
#include <assay/sampling/weighted_reservoir.hpp>
#include <assay/sampling/width_region.hpp>
#include <assay/tally/accumulator.hpp>
#include <assay/tally/bytes.hpp>
#include <assay/tally/cells.hpp>
#include <assay/tally/chunk.hpp>
#include <assay/tally/dense_block.hpp>
#include <assay/tally/judge.hpp>
#include <assay/tally/lattice.hpp>
#include <assay/tally/measure.hpp>
#include <assay/tally/outcome.hpp>
#include <assay/tally/read.hpp>
#include <assay/tally/spec.hpp>
#include <assay/tally/tally.hpp>
#include <assay/tally/weight.hpp>
#include <assay/tally/worker.hpp>

// floor 3
#include <assay/score/actively_audited.hpp>
#include <assay/score/auditor_error.hpp>
#include <assay/score/beta_binomial.hpp>
#include <assay/score/cell_facts.hpp>
#include <assay/score/compare.hpp>
#include <assay/score/design.hpp>
#include <assay/score/double_audits.hpp>
#include <assay/score/evidence.hpp>
#include <assay/score/fay_herriot.hpp>
#include <assay/score/judge_assisted.hpp>
#include <assay/score/judge_moments.hpp>
#include <assay/score/judge_population.hpp>
#include <assay/score/judge_rows.hpp>
#include <assay/score/judged.hpp>
#include <assay/score/judged_limits.hpp>
#include <assay/score/latent_class.hpp>
#include <assay/score/limits.hpp>
#include <assay/score/metric.hpp>
#include <assay/score/moments.hpp>
#include <assay/score/population.hpp>
#include <assay/score/post_stratify.hpp>
#include <assay/score/prediction_powered.hpp>
#include <assay/score/prediction_powered_quantile.hpp>
#include <assay/score/predictions.hpp>
#include <assay/score/recorded.hpp>
#include <assay/score/response.hpp>
#include <assay/score/result.hpp>
#include <assay/score/rollup.hpp>
#include <assay/score/sample.hpp>
#include <assay/score/sample_rows.hpp>
#include <assay/score/sample_spec.hpp>
#include <assay/score/score.hpp>
#include <assay/score/shrunk_rates.hpp>
#include <assay/score/shrunk_scores.hpp>
#include <assay/score/shrunk_slices.hpp>
#include <assay/score/slice_weights.hpp>
#include <assay/score/stratum_rows.hpp>
#include <assay/score/types.hpp>
#include <assay/score/whole_table.hpp>
#include <assay/score/worst_case.hpp>
#include <assay/survey/adjustment.hpp>
#include <assay/survey/answer.hpp>
#include <assay/survey/auxiliaries.hpp>
#include <assay/survey/build.hpp>
#include <assay/survey/calibrate.hpp>
#include <assay/survey/calibration_distance.hpp>
#include <assay/survey/columns.hpp>
#include <assay/survey/covariance.hpp>
#include <assay/survey/design.hpp>
#include <assay/survey/difference.hpp>
#include <assay/survey/domains.hpp>
#include <assay/survey/estimate.hpp>
#include <assay/survey/explained.hpp>
#include <assay/survey/explained_chain.hpp>
#include <assay/survey/explained_form.hpp>
#include <assay/survey/hadamard.hpp>
#include <assay/survey/joint_degrees.hpp>
#include <assay/survey/joint_variance.hpp>
#include <assay/survey/limits.hpp>
#include <assay/survey/margin.hpp>
#include <assay/survey/pairs.hpp>
#include <assay/survey/point.hpp>
#include <assay/survey/post_stratify.hpp>
#include <assay/survey/pps.hpp>
#include <assay/survey/quantile.hpp>
#include <assay/survey/rake.hpp>
#include <assay/survey/read.hpp>
#include <assay/survey/read_margin.hpp>
#include <assay/survey/replicate_factors.hpp>
#include <assay/survey/replicate_variance.hpp>
#include <assay/survey/result.hpp>
#include <assay/survey/shares.hpp>
#include <assay/survey/stage.hpp>
#include <assay/survey/trim.hpp>
#include <assay/survey/two_phase.hpp>
#include <assay/survey/unit_scores.hpp>
#include <assay/survey/variance.hpp>

// the other wing, on floors 0 and 1
#include <assay/registry/book.hpp>
#include <assay/registry/books.hpp>
#include <assay/registry/command.hpp>
#include <assay/registry/decide.hpp>
#include <assay/registry/decision.hpp>
#include <assay/registry/draft.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/feed_facts.hpp>
#include <assay/registry/findings.hpp>
#include <assay/registry/follower.hpp>
#include <assay/registry/iso_day.hpp>
#include <assay/registry/journal.hpp>
#include <assay/registry/likeness.hpp>
#include <assay/registry/near_names.hpp>
#include <assay/registry/past.hpp>
#include <assay/registry/queue_rules.hpp>
#include <assay/registry/queues.hpp>
#include <assay/registry/reconcile.hpp>
#include <assay/registry/record.hpp>
#include <assay/registry/register_rules.hpp>
#include <assay/registry/registry.hpp>
#include <assay/registry/sheet.hpp>
#include <assay/registry/standing.hpp>
#include <assay/registry/state.hpp>
#include <assay/registry/store.hpp>
#include <assay/registry/story.hpp>
#include <assay/registry/traffic.hpp>
#include <assay/registry/value.hpp>
#include <assay/registry/waiting.hpp>
