// Rain over windows, antecedent wetness, and the runoff of a storm.
//
// Sources: USDA NRCS, National Engineering Handbook part 630, chapter 10 (curve number; the initial loss of 0.2 S is
// the handbook's); the recession of the antecedent index is Kohler & Linsley 1951. Confidence
// mark K of ../shared/domain/reference.md, section 7.1. Depths in mm.
#pragma once

#include <span>
#include <vector>

#include "base/error.h"

namespace anlan {

// Sum of the last `window` steps, at each step; fewer at the start. O(steps). `window` >= 1 (CHECK).
std::vector<double> sliding_sum_mm(std::span<const double> rain_mm, size_t window);

// A(t) = k A(t-1) + P(t), at each step, from `start_mm`. `keep` is k of one step: 0.85 a day is pow(0.85, 1.0 / 24)
// an hour. O(steps). `keep` in [0, 1) (CHECK).
std::vector<double> antecedent_mm(std::span<const double> rain_mm, double keep, double start_mm = 0);

// S = 25400 / CN - 254: what the soil can still hold. kInvalidField unless 0 < curve_number <= 100.
Result<double> scs_storage_mm(double curve_number);

// Q = (P - a S)^2 / (P + (1 - a) S) for P > a S, else 0. Never above P. a is the initial loss as a share of S.
// kInvalidField for negative or non-finite rain, a curve number or a share (0..1) out of range.
Result<double> scs_runoff_mm(double rain_mm, double curve_number, double initial_loss_share = 0.2);

}  // namespace anlan
