// The laws of hysteresis.h for one width of vectors. Included by one source for each set of instructions, inside a
// namespace of its own, after its vector type Wide: so this header includes nothing.
//
// Every lane does the same whatever the others do: branches only skip work that no lane wants. Fields are named as there.
//
// A law has phases of falling speed: the first while no storey of any lane has yielded, and so on; left() says that a
// storey of some lane went out of a phase's range. Inside their ranges the phases agree to the last bit, so that a lane
// does not depend on the others.

using V = Wide::V;
// A phase ends a little before its range does, so that rounding decides nothing.
constexpr float kPhaseMargin = 0.999f;

inline V negated(V a) { return Wide::sub(Wide::zero(), a); }

// `s`: the law's fields of one storey and one group of lanes, each `stride` floats after the one before.
struct ElasticLaw {
  enum { kDrift, kForce = kDrift, kFarthest, kFields };
  static constexpr int kPhases = 1;
  struct Constants {
    void load(const LaneBlock&, int) {}
  };
  static void start(const LaneBlock&, int, float, float*, int) {}
  static V farthest(const float* s, int stride) { return Wide::load(s + kFarthest * stride); }
  template <int phase>
  static V force(const Constants&, float* s, int stride, V step) {
    const V drift = Wide::add(Wide::load(s + kDrift * stride), step);
    Wide::store(s + kDrift * stride, drift);
    Wide::store(s + kFarthest * stride, Wide::max(Wide::load(s + kFarthest * stride), Wide::abs(drift)));
    return drift;
  }
  template <int phase>
  static bool left(const Constants&, const float*, int) { return false; }
};

struct BilinearLaw {
  enum { kDrift, kForce, kFarthest, kHalf, kFields };  // half: (1 - hardening) x yield
  static constexpr int kPhases = 3;                    // elastic, up to the peak, beyond
  struct Constants {
    V hardening, ultimate, softening, reach, to_half, yield, peak;  // the last two: drift over half
    void load(const LaneBlock& b, int at) {
      hardening = Wide::load(b.hardening.data() + at);
      softening = Wide::load(b.softening.data() + at);
      to_half = Wide::sub(Wide::set1(1), hardening);
      ultimate = Wide::div(Wide::load(b.ultimate.data() + at), to_half);
      reach = Wide::div(Wide::load(b.reach.data() + at), to_half);
      yield = Wide::div(Wide::set1(kPhaseMargin), to_half);
      // Peak where hardening x drift + half = ultimate.
      peak = Wide::mul(Wide::set1(kPhaseMargin), Wide::div(Wide::sub(ultimate, Wide::set1(1)), hardening));
    }
  };
  static void start(const LaneBlock& b, int at, float share, float* s, int stride) {
    const V yield = Wide::mul(Wide::load(b.yield.data() + at), Wide::set1(share));
    Wide::store(s + kHalf * stride, Wide::mul(Wide::sub(Wide::set1(1), Wide::load(b.hardening.data() + at)), yield));
  }
  static V farthest(const float* s, int stride) { return Wide::load(s + kFarthest * stride); }
  template <int phase>
  static V force(const Constants& c, float* s, int stride, V step) {
    const V drift = Wide::add(Wide::load(s + kDrift * stride), step);
    const V farthest = Wide::max(Wide::load(s + kFarthest * stride), Wide::abs(drift));
    Wide::store(s + kDrift * stride, drift);
    Wide::store(s + kFarthest * stride, farthest);
    if constexpr (phase == 0) {
      Wide::store(s + kForce * stride, drift);
      return drift;
    } else {
      const V half = Wide::load(s + kHalf * stride);
      V high = Wide::fma(c.hardening, drift, half), low = Wide::fms(c.hardening, drift, half);
      if constexpr (phase == 2) {
        const V softened = Wide::fnma(c.softening, farthest, Wide::mul(c.reach, half));
        const V cap = Wide::max(Wide::zero(), Wide::min(Wide::mul(c.ultimate, half), softened));
        const V inner = Wide::fms(Wide::set1(2), Wide::min(half, cap), cap);
        high = Wide::max(Wide::min(high, cap), inner);
        low = Wide::min(Wide::max(low, negated(cap)), negated(inner));
      }
      const V force = Wide::min(Wide::max(Wide::add(Wide::load(s + kForce * stride), step), low), high);
      Wide::store(s + kForce * stride, force);
      return force;
    }
  }
  template <int phase>
  static bool left(const Constants& c, const float* s, int stride) {
    const V limit = Wide::mul(phase == 0 ? c.yield : c.peak, Wide::load(s + kHalf * stride));
    return Wide::any(Wide::negative(Wide::sub(limit, Wide::load(s + kFarthest * stride))));
  }
};

struct PeakOrientedLaw {
  enum { kDrift, kForce, kUp, kDown, kYield, kSlope, kShift, kSteep, kDissipated, kLoss, kFields };
  static constexpr int kPhases = 3;  // elastic, up to the peak, beyond
  struct Constants {
    V hardening, softening, reach, to_half, pinching, peak;  // peak: its drift over the yield
    void load(const LaneBlock& b, int at) {
      hardening = Wide::load(b.hardening.data() + at);
      softening = Wide::load(b.softening.data() + at);
      reach = Wide::load(b.reach.data() + at);
      to_half = Wide::sub(Wide::set1(1), hardening);
      pinching = Wide::load(b.pinching.data() + at);
      peak = Wide::div(Wide::sub(Wide::load(b.ultimate.data() + at), to_half), hardening);
    }
  };
  static void start(const LaneBlock& b, int at, float share, float* s, int stride) {
    const V yield = Wide::mul(Wide::load(b.yield.data() + at), Wide::set1(share));
    Wide::store(s + kYield * stride, yield);
    Wide::store(s + kSlope * stride, Wide::load(b.pinching.data() + at));
    Wide::store(s + kLoss * stride, Wide::div(Wide::load(b.loss.data() + at), Wide::mul(yield, yield)));
  }
  static V farthest(const float* s, int stride) {
    return Wide::max(Wide::load(s + kUp * stride), Wide::load(s + kDown * stride));
  }
  static V hardened(const Constants& c, V yield, V drift) {
    return Wide::fma(c.hardening, drift, Wide::mul(c.to_half, yield));
  }
  static V envelope(const Constants& c, V yield, V drift, V farthest) {
    return Wide::min(hardened(c, yield, drift),
                     Wide::fnma(c.softening, Wide::max(drift, farthest), Wide::mul(c.reach, yield)));
  }
  // Aim of the reload path of the lanes that crossed zero force. Short of yield the path stays as it began.
  static void aim(const Constants& c, float* s, int stride, Wide::M crossed, V drift, V trial, V strength) {
    const V up = Wide::load(s + kUp * stride), down = Wide::load(s + kDown * stride), yield = Wide::load(s + kYield * stride);
    const V zero = Wide::flip(Wide::sub(drift, trial), trial);
    const V aim = Wide::max(yield, Wide::pick(Wide::negative(trial), down, up));
    const V force = Wide::mul(strength, Wide::max(Wide::zero(), envelope(c, yield, aim, Wide::max(up, down))));
    const V run = Wide::max(Wide::max(Wide::sub(aim, zero), force), Wide::set1(1e-12f));
    const V slope = Wide::div(Wide::mul(c.pinching, force), run);
    const V shift = negated(Wide::mul(slope, zero));
    const auto whole = Wide::negative(Wide::sub(Wide::max(up, down), Wide::mul(Wide::set1(kPhaseMargin), yield)));
    const auto put = [&](int field, V value) {
      const V old = Wide::load(s + field * stride);
      Wide::store(s + field * stride, Wide::pick(crossed, Wide::pick(whole, old, value), old));
    };
    put(kSlope, slope);
    put(kShift, shift);
    put(kSteep, Wide::sub(force, aim));
  }
  template <int phase>
  static V force(const Constants& c, float* s, int stride, V step) {
    const V drift = Wide::add(Wide::load(s + kDrift * stride), step);
    Wide::store(s + kDrift * stride, drift);
    const V up = Wide::load(s + kUp * stride);
    if constexpr (phase == 0) {
      // Which side was farther means nothing before yield.
      Wide::store(s + kUp * stride, Wide::max(up, Wide::abs(drift)));
      Wide::store(s + kForce * stride, drift);
      return drift;
    } else {
      const V down = Wide::load(s + kDown * stride), yield = Wide::load(s + kYield * stride);
      const V before = Wide::load(s + kForce * stride);
      const V trial = Wide::add(before, step);
      const V dissipated = Wide::load(s + kDissipated * stride);
      const V strength = Wide::max(Wide::set1(static_cast<float>(kStrengthFloor)),
                                   Wide::fnma(Wide::load(s + kLoss * stride), dissipated, Wide::set1(1)));
      const auto crossed = Wide::signs_differ(trial, before);
      if (Wide::any(crossed)) aim(c, s, stride, crossed, drift, trial, strength);
      const V x = Wide::flip(drift, trial);
      const V reload = Wide::max(Wide::fma(Wide::load(s + kSlope * stride), x, Wide::load(s + kShift * stride)),
                                 Wide::add(x, Wide::load(s + kSteep * stride)));
      const V whole = phase == 1 ? hardened(c, yield, x) : envelope(c, yield, x, Wide::max(up, down));
      const V bound = Wide::max(Wide::zero(), Wide::min(reload, Wide::mul(strength, whole)));
      const V size = Wide::abs(trial);
      const V held = Wide::min(size, bound);
      const V force = Wide::flip(held, trial);
      Wide::store(s + kForce * stride, force);
      Wide::store(s + kUp * stride, Wide::max(up, drift));
      Wide::store(s + kDown * stride, Wide::max(down, negated(drift)));
      Wide::store(s + kDissipated * stride, Wide::fma(held, Wide::sub(size, held), dissipated));
      return force;
    }
  }
  template <int phase>
  static bool left(const Constants& c, const float* s, int stride) {
    const V yield = Wide::load(s + kYield * stride);
    const V limit = Wide::mul(Wide::set1(kPhaseMargin), phase == 0 ? yield : Wide::mul(c.peak, yield));
    return Wide::any(Wide::negative(Wide::sub(limit, farthest(s, stride))));
  }
};
