#include "quake/response.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <thread>

#include "quake/hysteresis.h"
#include "quake/response_lanes.h"
#include "quake/storey_model.h"

namespace anlan::quake {
namespace {

constexpr size_t kMotionsMax = 65'536;
constexpr size_t kClassesMax = 65'536;
constexpr size_t kBuildingsMax = std::numeric_limits<uint32_t>::max();

Error wrong(std::string field, std::string why) {
  return {ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}};
}

Error too_large(std::string what, size_t limit) {
  return {ErrorCode::kTooLarge, {{"what", std::move(what)}, {"limit", std::to_string(limit)}}};
}

LaneLaw law_of(Hysteresis h) {
  if (h == Hysteresis::elastic) return LaneLaw::elastic;
  return h == Hysteresis::bilinear ? LaneLaw::bilinear : LaneLaw::peak_oriented;
}

const LaneKernels& kernels(std::string_view asked) {
  const LaneKernels* all[] = {
#if defined(__x86_64__)
      &lane_kernels_avx512(), &lane_kernels_avx2(),
#endif
      &lane_kernels_portable()};
  for (const auto* k : all)
    if (k->usable() && asked == k->name) return *k;
  for (const auto* k : all)
    if (k->usable()) return *k;
  return lane_kernels_portable();
}

// A class with a number of storeys: all that its lane needs but the scale.
struct Prepared {
  Chain chain;
  bool made = false;
};

// Buildings that can lie side by side have the same key above its lowest bits; those bring one class and like scales
// together, so that the lanes of a block do like things at like times and fewer branches surprise.
struct Place {
  uint64_t key;
  uint32_t building;
  auto operator<=>(const Place&) const = default;
};
struct Key {
  static constexpr int kAlikeBits = 32, kPartsBits = 8, kLawBits = 2, kStoreysBits = 6;
  static uint64_t make(const Shaken& b, LaneLaw law, unsigned parts, uint32_t alike) {
    uint64_t key = b.motion;
    key = key << kStoreysBits | (b.storeys - 1u);
    key = key << kLawBits | static_cast<uint64_t>(law);
    key = key << kPartsBits | parts;
    return key << kAlikeBits | alike;
  }
};
static_assert(kStoreysMax <= 1 << Key::kStoreysBits && kSubstepsMax < 1 << Key::kPartsBits);
static_assert(16 + Key::kStoreysBits + Key::kLawBits + Key::kPartsBits + Key::kAlikeBits == 64);

struct Work {
  size_t from, to;             // places
  const std::vector<float>* ground;  // acceleration of the ground at the cut step, m/s2, unscaled
  double dt;                   // cut
};

// Linear between samples.
std::vector<float> cut(const GroundMotion& motion, unsigned parts) {
  if (parts == 1) return motion.acceleration;
  std::vector<float> out;
  const auto& a = motion.acceleration;
  out.reserve((a.size() - 1) * parts + 1);
  for (size_t k = 0; k + 1 < a.size(); ++k)
    for (unsigned part = 0; part < parts; ++part)
      out.push_back(static_cast<float>(a[k] + (static_cast<double>(a[k + 1]) - a[k]) * part / parts));
  out.push_back(a.back());
  return out;
}

struct Scratch {
  float* floats = static_cast<float*>(::operator new(kLaneScratch * sizeof(float), std::align_val_t{64}));
  std::unique_ptr<LaneBlock> block = std::make_unique<LaneBlock>();
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  ~Scratch() { ::operator delete(floats, std::align_val_t{64}); }
};

class Run {
 public:
  Run(std::span<const ResponseClass> classes, std::span<const GroundMotion> motions, std::span<const Shaken> buildings,
      const LaneKernels& kernels)
      : classes_(classes), motions_(motions), buildings_(buildings), kernels_(kernels), prepared_(classes.size() * kStoreysMax) {}

  Result<void> arrange();
  void all(unsigned threads);
  double storey_steps() const;

  std::vector<ResponsePeaks> peaks;

 private:
  void block(const Work& work, Scratch& scratch);
  const Prepared& of(const Shaken& b) const { return prepared_[b.response_class * kStoreysMax + b.storeys - 1]; }

  std::span<const ResponseClass> classes_;
  std::span<const GroundMotion> motions_;
  std::span<const Shaken> buildings_;
  const LaneKernels& kernels_;
  std::vector<Prepared> prepared_;  // [class][storeys - 1]
  std::vector<Place> places_;
  std::vector<Work> work_;
  std::map<std::pair<uint16_t, unsigned>, std::vector<float>> ground_;  // by motion and parts; nodes stay where they are
};

Result<void> Run::arrange() {
  places_.reserve(buildings_.size());
  for (size_t i = 0; i < buildings_.size(); ++i) {
    const Shaken& b = buildings_[i];
    const auto row = [&](const char* column) { return std::string(column) + "[" + std::to_string(i) + "]"; };
    if (b.response_class >= classes_.size()) return wrong(row("response_class"), "没有这个类别 / no such class");
    if (b.motion >= motions_.size()) return wrong(row("motion"), "没有这条地震动 / no such motion");
    if (b.storeys < 1 || b.storeys > kStoreysMax) return wrong(row("storeys"), "层数须在 1 与 60 之间 / storeys must be 1 to 60");
    if (!(b.scale >= 0 && b.scale <= 1000)) return wrong(row("scale"), "比例须在 0 与 1000 之间 / the scale must be 0 to 1000");
    Prepared& p = prepared_[b.response_class * kStoreysMax + b.storeys - 1];
    if (!p.made) {
      p.chain = chain_of(classes_[b.response_class], b.storeys);
      p.made = true;
    }
    TRY(parts, substeps_needed(p.chain, motions_[b.motion].dt));
    // How far beyond yield the building goes, roughly, in steps of a few percent.
    const double strain = b.scale / (p.chain.first_yield_m * p.chain.stiffness + 1e-9);
    const uint32_t alike = b.response_class << 16 | std::bit_cast<uint32_t>(static_cast<float>(strain)) >> 16;
    places_.push_back({Key::make(b, law_of(classes_[b.response_class].hysteresis), parts, alike), static_cast<uint32_t>(i)});
  }
  std::sort(places_.begin(), places_.end());
  for (size_t from = 0; from < places_.size();) {
    const uint64_t group = places_[from].key >> Key::kAlikeBits;
    const Shaken& first = buildings_[places_[from].building];
    const auto parts = static_cast<unsigned>(group & ((1u << Key::kPartsBits) - 1));
    auto [at, added] = ground_.try_emplace({first.motion, parts});
    if (added) at->second = cut(motions_[first.motion], parts);
    const size_t lanes = kernels_.lanes(first.storeys);
    size_t to = from;
    while (to < places_.size() && to - from < lanes && places_[to].key >> Key::kAlikeBits == group) ++to;
    work_.push_back({from, to, &at->second, motions_[first.motion].dt / parts});
    from = to;
  }
  peaks.resize(buildings_.size());
  return {};
}

void Run::block(const Work& work, Scratch& scratch) {
  LaneBlock& out = *scratch.block;
  const size_t lanes = kernels_.lanes(buildings_[places_[work.from].building].storeys);
  const Shaken& first = buildings_[places_[work.from].building];
  out.storeys = first.storeys;
  for (unsigned i = 0; i < out.storeys; ++i) out.strength[i] = static_cast<float>(strength_share(i, out.storeys));
  for (size_t lane = 0; lane < lanes; ++lane) {
    // A block that is not full repeats its last building.
    const Shaken& b = buildings_[places_[std::min(work.from + lane, work.to - 1)].building];
    const Prepared& p = of(b);
    const ResponseClass& c = classes_[b.response_class];
    const StoreyLaw law = StoreyLaw::of(c, p.chain.first_yield_m);
    const double dt = work.dt, half = p.chain.mass_damping * dt / 2, y = law.yield;
    const auto put = [lane](LaneBlock::Row& row, double value) { row[lane] = static_cast<float>(value); };
    put(out.couple, p.chain.stiffness * dt * dt / (1 + half));
    put(out.keep, (1 - half) / (1 + half));
    put(out.drive, b.scale * dt * dt / (1 + half));
    put(out.scale, b.scale * dt * dt);
    put(out.damp, p.chain.stiffness_damping / dt);
    put(out.yield, y);
    put(out.hardening, law.hardening);
    put(out.ultimate, law.ultimate / y);
    put(out.softening, law.softening);
    put(out.reach, law.reach / y);
    put(out.pinching, law.pinching);
    put(out.loss, law.loss * y * y);
  }
  out.ground = *work.ground;
  kernels_.run[static_cast<size_t>(law_of(classes_[first.response_class].hysteresis))](out, scratch.floats);
  for (size_t lane = 0; work.from + lane < work.to; ++lane) {
    const uint32_t building = places_[work.from + lane].building;
    peaks[building] = peaks_of(classes_[buildings_[building].response_class], out.drift[lane], out.residual[lane],
                               out.acceleration[lane] / (work.dt * work.dt), out.worst[lane] + 1);
  }
}

void Run::all(unsigned threads) {
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  threads = static_cast<unsigned>(std::min<size_t>({threads, 256, work_.size()}));
  std::atomic<size_t> next = 0;
  const auto take = [&] {
    Scratch scratch;
    for (size_t i = next++; i < work_.size(); i = next++) block(work_[i], scratch);
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(take);
  if (!work_.empty()) take();
}

double Run::storey_steps() const {
  double sum = 0;
  for (const auto& w : work_)
    sum += static_cast<double>(w.to - w.from) * buildings_[places_[w.from].building].storeys * static_cast<double>(w.ground->size());
  return sum;
}

}  // namespace

Result<std::vector<ResponsePeaks>> respond(std::span<const ResponseClass> classes, std::span<const GroundMotion> motions,
                                           std::span<const Shaken> buildings, unsigned threads, ResponseStats* stats,
                                           std::string_view instructions) {
  if (classes.size() > kClassesMax) return too_large("类别数 / classes", kClassesMax);
  if (motions.size() > kMotionsMax) return too_large("地震动数 / motions", kMotionsMax);
  if (buildings.size() > kBuildingsMax) return too_large("建筑数 / buildings", kBuildingsMax);
  for (const auto& c : classes) TRY_VOID(check(c));
  for (const auto& m : motions) TRY_VOID(check(m));
  const auto start = std::chrono::steady_clock::now();
  const LaneKernels& chosen = kernels(instructions);
  Run run(classes, motions, buildings, chosen);
  TRY_VOID(run.arrange());
  run.all(threads);
  if (stats) {
    stats->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    stats->buildings_per_s = stats->seconds > 0 ? static_cast<double>(buildings.size()) / stats->seconds : 0;
    stats->storey_steps = run.storey_steps();
    stats->instructions = chosen.name;
  }
  return std::move(run.peaks);
}

}  // namespace anlan::quake
