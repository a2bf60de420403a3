#include "loop/reactions.h"

#include "calls/queries.h"
#include "logistics/commands.h"
#include "logistics/hospitals.h"
#include "logistics/queries.h"
#include "loop/cap_exchange.h"
#include "loop/earthquake_warning.h"
#include "loop/node.h"
#include "loop/situation_warning.h"

namespace anlan {
namespace {

constexpr Millis kRetryAfter = seconds(1);  // what a full disk or a lost store has kept from happening
constexpr Millis kConfirmEvery = seconds(10);
constexpr size_t kConfirmMax = 5'000;
constexpr int64_t kEarthquakesFollowed = 50;
constexpr Millis kSweepEvery = hours(1);
constexpr Millis kQuietEvery = minutes(1);  // situations are looked at for whether they are over
constexpr int64_t kToldAtOnce = 100;    // notices to hospitals in one turn
constexpr Millis kKeysKept = hours(72);  // an idempotency key is remembered this long

void ignore(const Result<Answer>&) {}

}  // namespace

void apply(Tables&, const DemoStarted&, const FactHeader&) {}

void register_loop_facts(FactCatalogue& catalogue) { catalogue.add<DemoStarted>(); }

void Reactions::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts) {
    if (f.as<WarningIssued>() || f.as<WarningChanged>() || f.as<WarningExtended>() || f.as<WarningCancelled>() ||
        f.as<WarningExpired>() || f.as<WarningSuperseded>() || f.as<RoundOpened>() || f.as<RoundClosed>() || f.as<ClockJumped>())
      dirty_ = true;
    if (f.as<EarthquakeLocated>() || f.as<EarthquakeWithdrawn>() || f.as<EarthquakeWarned>() || f.as<LinkagesOrdered>()) shaken_ = true;
    if (f.as<HospitalNotified>()) tell_at_ms_ = f.header.at.ms;
    if (f.as<AlarmRaised>() || f.as<AlarmChanged>() || f.as<SituationWarned>()) alarmed_ = true;
    if (const auto* a = f.as<CallAnswered>(); a && (a->channel == "voice" || a->channel == "sms")) {
      const auto person = node_.caller().person_of(a->round, a->seq);
      const auto phones = person ? node_.contacts().phones(person) : std::vector<std::string>();
      std::scoped_lock guard(mutex_);
      if (!phones.empty() && worked_.size() < kConfirmMax) worked_.push_back({person, phones.front(), f.header.at});
    }
  }
}

void Reactions::tick(UtcTime now) {
  if (now.ms >= next_expiry_ms_) {
    next_expiry_ms_ = INT64_MAX;
    dirty_ = true;
    node_.writer().submit({"node", "", "", [](Reader& reader, UtcTime at) { return expire_warnings(reader, at); }, {}, {}});
  }
  if (now >= next_sweep_) {
    next_sweep_ = now + kSweepEvery;
    node_.writer().submit({"node", "", "", [](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }, {},
                           [now](Tables& tables) { tables.execute("DELETE FROM requests WHERE at < ?", {now - kKeysKept}); }});
  }
  if (now >= next_quiet_ || next_quiet_ > now + kQuietEvery) {
    next_quiet_ = now + kQuietEvery;
    node_.writer().submit({"node", "", "", [](Reader& reader, UtcTime at) { return close_quiet_situations(reader, at); }, {}, {}});
  }
  if (alarmed_.exchange(false)) draft_warnings();
  // A change that came too soon after the last is made later.
  if (shaken_.exchange(false) || now.ms >= shaken_at_ms_) {
    shaken_at_ms_ = INT64_MAX;
    follow_earthquakes();
  }
  if (int64_t at = tell_at_ms_; at != INT64_MAX && (now.ms >= at || at > (now + kRetryAfter).ms) && tell_at_ms_.compare_exchange_strong(at, INT64_MAX)) tell_hospitals();
  if (now.ms >= retry_at_ms_ || retry_at_ms_ > (now + kRetryAfter).ms)
    if (dirty_.exchange(false)) open_and_close_rounds();
  finish_rehearsals();
  confirm_phones(now);
}

UtcTime Reactions::next_due() const { return std::min(UtcTime{tell_at_ms_.load()}, dirty_ ? UtcTime{retry_at_ms_.load()} : UtcTime{next_expiry_ms_.load()}); }

void Reactions::try_again() {
  retry_at_ms_ = (node_.clock().now() + kRetryAfter).ms;
  dirty_ = true;
}

void Reactions::open_and_close_rounds() {
  node_.later([this] {
    auto reader = node_.store().connect();
    if (!reader) return try_again();
    auto& c = **reader;
    c.begin_read();
    int64_t next = INT64_MAX;
    std::vector<WarningId> to_open;
    std::vector<std::tuple<WarningId, int64_t, std::string>> to_close;
    c.query("SELECT expires FROM warnings WHERE state = 2 ORDER BY expires LIMIT 1", {}, [&](const Row& row) { next = row.integer(0); });
    c.query("SELECT w.id FROM warnings w WHERE w.state = 2 AND NOT EXISTS "
            "(SELECT 1 FROM rounds r WHERE r.warning = w.id AND r.version = w.version AND r.mode = 0) ORDER BY w.level DESC, w.id", {},
            [&](const Row& row) { to_open.push_back(WarningId{row.integer(0)}); });
    c.query("SELECT DISTINCT r.warning, w.state, w.version FROM rounds r JOIN warnings w ON w.id = r.warning "
            "WHERE r.state < 3 AND r.mode = 0 AND (w.state > 2 OR r.version < w.version) ORDER BY r.warning", {}, [&](const Row& row) {
      const auto state = static_cast<WarningState>(row.integer(1));
      if (state == WarningState::in_force) to_close.emplace_back(WarningId{row.integer(0)}, row.integer(2) - 1, "superseded");
      else to_close.emplace_back(WarningId{row.integer(0)}, row.integer(2), state == WarningState::cancelled ? "cancelled" : state == WarningState::expired ? "expired" : "superseded");
    });
    std::vector<WarningRow> warnings;
    for (const auto id : to_open) warnings.push_back(*read_warning(c, id));
    struct Notice {
      RoundId round;
      std::string text;
      std::vector<Attempt> people;
    };
    std::vector<Notice> notices;
    for (const auto id : rounds_to_notify(c)) {
      const auto warning = read_warning(c, read_round(c, id)->warning);
      auto text = warning ? cancel_text(node_.pack(), warning->content, node_.settings()) : std::string();
      notices.push_back({id, text, text.empty() ? std::vector<Attempt>() : people_reached(c, id)});
    }
    c.rollback();
    next_expiry_ms_ = next;

    for (const auto& [warning, version, reason] : to_close)
      node_.writer().submit({"node", "", "", [warning = warning, version = version, reason = reason](Reader& r, UtcTime) { return close_rounds(r, warning, version, reason); },
                             [this](const Result<Answer>& closed) { if (!closed) try_again(); }, {}});
    for (auto& n : notices) {
      // Told once in a life of the node, however often its record has to be tried, and by whichever worker.
      bool first;
      {
        std::scoped_lock guard(mutex_);
        first = told_.emplace(n.round, std::nullopt).second;
      }
      if (first) {
        const int64_t people = node_.caller().notify(std::move(n.people), n.text);
        std::scoped_lock guard(mutex_);
        told_[n.round] = people;
      }
      std::optional<int64_t> people;
      {
        std::scoped_lock guard(mutex_);
        people = told_[n.round];
      }
      if (!people) continue;  // another worker is telling them
      node_.writer().submit({"node", "", "", [round = n.round, people = *people](Reader& r, UtcTime) { return record_notices(r, round, people); },
                             [this](const Result<Answer>& recorded) { if (!recorded) try_again(); }, {}});
    }
    for (const auto& w : warnings) {
      const auto key = std::make_pair(w.id.value, w.version);
      {
        std::scoped_lock guard(mutex_);
        if (!opening_.insert(key).second) continue;
      }
      node_.open_round(w, RoundMode::live, "node", "", [this, key](const Result<Answer>& answer) {
        std::scoped_lock guard(mutex_);
        opening_.erase(key);
        if (!answer) try_again();
      });
    }
  });
}

void Reactions::draft_warnings() {
  node_.later([this] {
    auto reader = node_.store().connect();
    if (!reader) {
      alarmed_ = true;
      return;
    }
    (*reader)->begin_read();
    const auto waiting = situations_to_draft(**reader, *node_.watch().rules());
    const auto granted = situations_to_issue(**reader, *node_.watch().rules());
    (*reader)->rollback();
    for (const auto id : waiting)
      node_.writer().submit({"node", "", "", [this, id](Reader& r, UtcTime now) { return warn_of_situation(node_, r, id, now); }, {}, {}});
    for (const auto& [id, rule] : granted)
      node_.writer().submit({"node", "", "", [this, id = id, rule = rule](Reader& r, UtcTime now) { return issue_of_situation(node_, r, id, rule, now); }, {}, {}});
  });
}

void Reactions::follow_earthquakes() {
  node_.later([this] {
    const UtcTime now = node_.clock().now();
    const auto again = [this](const Result<Answer>& answer) {
      if (!answer) shaken_at_ms_ = (node_.clock().now() + kRetryAfter).ms;
    };
    auto reader = node_.store().connect();
    if (!reader) {
      shaken_at_ms_ = (now + kRetryAfter).ms;
      return;
    }
    (*reader)->begin_read();
    const auto recent = list_earthquakes(**reader, now - kActedOn, kEarthquakesFollowed, true);
    std::vector<int64_t> undone;
    std::vector<LinkageOrder> untold;  // while it can still help
    for (const auto& e : recent)
      for (const auto& l : linkages_of(**reader, e.quake.id))
        if (!e.withdrawn && !l.order.drill && l.state == LinkageState::ordered && l.order.arrives > now) untold.push_back(l.order);
    for (const auto id : withdrawn_and_warned(**reader)) {
      const auto quake = read_earthquake(**reader, id);
      const auto warning = quake ? read_warning(**reader, quake->warning) : std::nullopt;
      if (warning && (warning->state == WarningState::draft || warning->state == WarningState::pending || warning->state == WarningState::in_force)) undone.push_back(id);
    }
    (*reader)->rollback();
    tell_linkages(untold);
    const auto submit = [&](auto decide) { node_.writer().submit({"node", "", "", std::move(decide), again, {}}); };
    for (const auto id : undone) {
      submit([id](Reader& r, UtcTime) { return unwarn_of_earthquake(r, id); });
      shaken_at_ms_ = (now + kRetryAfter).ms;  // what was pending is returned first, then discarded
    }
    for (const auto& e : recent) {
      if (e.withdrawn) continue;
      const auto id = e.quake.id;
      shaken_at_ms_ = std::min(shaken_at_ms_.load(), (now + kChangedEvery).ms);
      submit([this, id](Reader& r, UtcTime at) { return warn_of_earthquake(node_, r, id, at); });
      if (e.warning) submit([this, id](Reader& r, UtcTime at) { return issue_of_earthquake(node_, r, id, at); });
      // Once for each version; orders given before are not given again.
      {
        std::scoped_lock guard(mutex_);
        auto& seen = linked_[id];
        if (seen == e.version) continue;
        seen = e.version;
      }
      auto orders = linkages_reached(node_, e, now);
      if (!orders.empty()) submit([this, id, orders = std::move(orders)](Reader& r, UtcTime) { return order_linkages(r, id, orders, node_.settings().place); });
    }
  });
}

void Reactions::tell_linkages(const std::vector<LinkageOrder>& orders) {
  for (const auto& o : orders) {
    // Told once in a life of the node; after a crash once more under the same key, which is one message.
    {
      std::scoped_lock guard(mutex_);
      if (!linkages_told_.insert(o.id).second) continue;
    }
    const auto record = node_.records().find(o.record);
    const auto contact = record ? hospital_contact(*node_.directory().read(), *record, node_.clock().now()) : std::nullopt;
    // Its own numbers: those of hospitals are the numbers of facts.
    if (contact)
      node_.caller().notify({Attempt{RoundId{}, -o.id, 0, contact->person, contact->phone}},
                            linkage_message(node_.pack(), o, node_.settings().name, node_.settings().utc_offset_minutes));
  }
}

void Reactions::tell_hospitals() {
  node_.later([this] {
    const auto later = [this] { tell_at_ms_ = (node_.clock().now() + kRetryAfter).ms; };
    auto reader = node_.store().connect();
    if (!reader) return later();
    (*reader)->begin_read();
    const auto waiting = hospitals_to_tell(**reader, kToldAtOnce);
    (*reader)->rollback();
    std::string channel;
    for (const auto& c : node_.pack().channels)
      if (channel.empty() && c.kind == ChannelKind::sms) channel = c.id;
    for (const auto& n : waiting) {
      // Handed over once in a life of the node; after a crash once more under the same key, which is one message.
      bool first;
      {
        std::scoped_lock guard(mutex_);
        first = hospitals_told_.emplace(n.seq, std::nullopt).second;
      }
      if (first) {
        HospitalTold told{n.notice.hospital, n.notice.name, n.seq, n.notice.to, ""};
        const auto record = node_.records().find(n.notice.hospital);
        const auto contact = record ? hospital_contact(*node_.directory().read(), *record, node_.clock().now()) : std::nullopt;
        if (contact) {
          told.to = contact->name;
          const auto text = hospital_message(n.notice.name, n.notice.text, n.notice.injured, n.notice.due, node_.settings().name, node_.settings().utc_offset_minutes);
          if (node_.caller().notify({Attempt{RoundId{}, n.seq, 0, contact->person, contact->phone}}, text) > 0) told.channel = channel;
        }
        std::scoped_lock guard(mutex_);
        hospitals_told_[n.seq] = std::move(told);
      }
      std::optional<HospitalTold> told;
      {
        std::scoped_lock guard(mutex_);
        told = hospitals_told_[n.seq];
      }
      if (!told) continue;  // another worker is telling it
      const auto record = node_.records().find(n.notice.hospital);
      node_.writer().submit({"node", "", "", [told = *told, place = record ? record->place : PlaceCode()](Reader& r, UtcTime) { return record_told(r, told, place); },
                             [later, this, seq = n.seq](const Result<Answer>& recorded) {
                               if (!recorded) return later();
                               std::scoped_lock guard(mutex_);
                               hospitals_told_.erase(seq);
                             }, {}});
    }
    if (waiting.size() == kToldAtOnce) later();
  });
}

void Reactions::finish_rehearsals() {
  for (const auto id : node_.caller().open_rounds())
    node_.caller().with_board(id, [&](const Board& b) {
      if (b.round().mode != RoundMode::rehearsal || b.round().state != RoundState::calling || b.open() > b.waiting_for_ever()) return;
      node_.writer().submit({"node", "", "", [id](Reader& reader, UtcTime) -> Result<Decision> {
                               const auto round = read_round(reader, id);
                               if (!round || round->state == RoundState::closed) return Decision{};
                               return Decision{{fact(RoundClosed{id, "rehearsed"}, round_subject(id))}, "{}"};
                             }, ignore, {}});
    });
}

void Reactions::confirm_phones(UtcTime now) {
  std::vector<PhoneWorked> phones;
  {
    std::scoped_lock guard(mutex_);
    if (worked_.empty() || now < next_confirm_) return;
    next_confirm_ = now + kConfirmEvery;
    phones.swap(worked_);
  }
  node_.writer().submit({"node", "", "", [phones = std::move(phones)](Reader&, UtcTime) -> Result<Decision> {
                           return Decision{{fact(PhoneConfirmed{phones})}, "{}"};
                         }, ignore, {}});
}

}  // namespace anlan
