// The time loop of response_lanes.h for one width of vectors. Included as response_lanes_laws.h is, after it.
//
// The state of a storey lies together, so that a tower stays in the first cache. A phase of the law runs a few steps; if
// a lane left its range in them, the state is set back and the next phase does them again, and all that follows.

constexpr int kWidth = Wide::kWidth;
constexpr int kPhaseSteps = 64;

// The state of storey i begins at i x kStorey: the increment of its floor, then the law's fields.
template <class Law, int G>
struct Lanes {
  static constexpr int kStride = kWidth * G, kStorey = (Law::kFields + 1) * kStride;
  V couple[G], keep[G], drive[G], frame[G], damp[G], most[G];  // most: acceleration
  typename Law::Constants law[G];
  const float* ground;
  float* state;
  int storeys;

  static void load(V* to, const LaneBlock::Row& from) {
    for (int g = 0; g < G; ++g) to[g] = Wide::load(from.data() + g * kWidth);
  }

  Lanes(const LaneBlock& b, float* scratch) : ground(b.ground.data()), state(scratch), storeys(static_cast<int>(b.storeys)) {
    for (int at = 0; at < storeys * kStorey; at += kWidth) Wide::store(state + at, Wide::zero());
    load(couple, b.couple);
    load(keep, b.keep);
    load(drive, b.drive);
    load(frame, b.scale);
    load(damp, b.damp);
    for (int g = 0; g < G; ++g) {
      drive[g] = negated(drive[g]);
      most[g] = Wide::zero();
      law[g].load(b, g * kWidth);
      for (int i = 0; i < storeys; ++i)
        Law::start(b, g * kWidth, b.strength[static_cast<size_t>(i)], fields(i, g), kStride);
    }
  }
  float* fields(int storey, int g) const { return state + storey * kStorey + kStride + g * kWidth; }

  template <int phase>
  void advance(int from, int to) {
    const Lanes self = *this;  // in registers: stores into the state could otherwise change it
    V peak[G];
    for (int g = 0; g < G; ++g) peak[g] = most[g];
    for (int t = from; t < to; ++t) {
      const V sample = Wide::set1(self.ground[t]);
      V below[G], carried[G], push[G], still[G];
      float* storey = self.state;
#pragma GCC unroll 4
      for (int g = 0; g < G; ++g) {
        push[g] = Wide::mul(self.drive[g], sample);
        still[g] = Wide::mul(self.frame[g], sample);
        below[g] = Wide::load(storey + g * kWidth);
        carried[g] = Wide::fma(self.damp[g], below[g],
                               Law::template force<phase>(self.law[g], storey + kStride + g * kWidth, kStride, below[g]));
      }
      for (int i = 1; i < self.storeys; ++i) {
        float* const floor = storey;
        storey += kStorey;
#pragma GCC unroll 4
        for (int g = 0; g < G; ++g) {
          const V own = Wide::load(storey + g * kWidth);
          const V step = Wide::sub(own, below[g]);
          const V shear = Wide::fma(self.damp[g], step,
                                    Law::template force<phase>(self.law[g], storey + kStride + g * kWidth, kStride, step));
          const V next = Wide::fma(self.couple[g], Wide::sub(shear, carried[g]), Wide::fma(self.keep[g], below[g], push[g]));
          Wide::store(floor + g * kWidth, next);
          peak[g] = Wide::max(peak[g], Wide::abs(Wide::add(Wide::sub(next, below[g]), still[g])));
          below[g] = own;
          carried[g] = shear;
        }
      }
#pragma GCC unroll 4
      for (int g = 0; g < G; ++g) {
        const V next = Wide::fnma(self.couple[g], carried[g], Wide::fma(self.keep[g], below[g], push[g]));
        Wide::store(storey + g * kWidth, next);
        peak[g] = Wide::max(peak[g], Wide::abs(Wide::add(Wide::sub(next, below[g]), still[g])));
      }
    }
    for (int g = 0; g < G; ++g) most[g] = peak[g];
  }

  template <int phase>
  void run(int from, int steps) {
    if constexpr (phase + 1 == Law::kPhases) {
      advance<phase>(from, steps);
    } else {
      float* const saved = state + storeys * kStorey;
      for (; from < steps; from += kPhaseSteps) {
        for (int at = 0; at < storeys * kStorey; at += kWidth) Wide::store(saved + at, Wide::load(state + at));
        V before[G];
        for (int g = 0; g < G; ++g) before[g] = most[g];
        advance<phase>(from, from + kPhaseSteps < steps ? from + kPhaseSteps : steps);
        bool left = false;
        for (int i = 0; i < storeys; ++i)
          for (int g = 0; g < G; ++g) left = left || Law::template left<phase>(law[g], fields(i, g), kStride);
        if (!left) continue;
        for (int at = 0; at < storeys * kStorey; at += kWidth) Wide::store(state + at, Wide::load(saved + at));
        for (int g = 0; g < G; ++g) most[g] = before[g];
        return run<phase + 1>(from, steps);
      }
    }
  }

  void results(LaneBlock& block) const {
    for (int g = 0; g < G; ++g) {
      const int at = g * kWidth;
      Wide::store(block.acceleration.data() + at, most[g]);
      V farthest = Wide::zero(), residual = Wide::zero();
      for (int k = 0; k < kWidth; ++k) block.worst[static_cast<size_t>(at + k)] = 0;
      for (int i = 0; i < storeys; ++i) {
        const float* s = fields(i, g);
        const V mine = Law::farthest(s, kStride);
        float rows[2][kWidth];
        Wide::store(rows[0], mine);
        Wide::store(rows[1], farthest);
        for (int k = 0; k < kWidth; ++k)
          if (rows[0][k] > rows[1][k]) block.worst[static_cast<size_t>(at + k)] = static_cast<unsigned>(i);
        farthest = Wide::max(farthest, mine);
        const V stays = Wide::sub(Wide::load(s + Law::kDrift * kStride), Wide::load(s + Law::kForce * kStride));
        residual = Wide::max(residual, Wide::abs(stays));
      }
      Wide::store(block.drift.data() + at, farthest);
      Wide::store(block.residual.data() + at, residual);
    }
  }
};

template <class Law, int G>
void run_groups(LaneBlock& block, float* scratch) {
  Lanes<Law, G> lanes(block, scratch);
  lanes.template run<0>(0, static_cast<int>(block.ground.size()));
  lanes.results(block);
}

// Vectors side by side: low towers have too few storeys to fill the time that one step waits for the last.
inline int groups_of(unsigned storeys) { return storeys <= 3 ? 4 : storeys <= 8 ? 2 : 1; }
inline size_t lanes(unsigned storeys) { return static_cast<size_t>(groups_of(storeys) * kWidth); }

template <class Law>
void run_block(LaneBlock& block, float* scratch) {
  switch (groups_of(block.storeys)) {
    case 4: return run_groups<Law, 4>(block, scratch);
    case 2: return run_groups<Law, 2>(block, scratch);
    default: return run_groups<Law, 1>(block, scratch);
  }
}
