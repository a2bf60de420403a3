#include "loop/node.h"

#include "calls/call_list.h"
#include "loop/reactions.h"
#include "registry/coverage.h"
#include "registry/migrations.h"

namespace anlan {

FactCatalogue fact_catalogue() {
  FactCatalogue catalogue;
  register_registry_facts(catalogue);
  register_account_facts(catalogue);
  register_signal_facts(catalogue);
  register_earthquake_facts(catalogue);
  register_logistics_facts(catalogue);
  register_warning_facts(catalogue);
  register_call_facts(catalogue);
  register_loop_facts(catalogue);
  return catalogue;
}

std::vector<Migration> node_migrations() {
  std::vector<Migration> all;
  for (const auto& part : {journal_migrations(), registry_migrations(), account_migrations(), warning_migrations(), call_migrations(), signal_migrations(), logistics_migrations(), position_migrations(), earthquake_migrations()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<std::string> fact_tables() {
  std::vector<std::string> all = registry_tables();
  all.push_back("accounts");
  all.push_back("counters");
  for (const auto& part : {warning_tables(), call_tables(), signal_tables(), logistics_tables(), earthquake_tables()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Node::Node(NodeSettings settings, const Pack& pack, std::unique_ptr<Store> store, Disk& disk, Clock& clock, Random& random, Later later, History* history)
    : settings_(std::move(settings)), pack_(pack), store_(std::move(store)), disk_(disk), clock_(clock), random_(random),
      later_(later ? std::move(later) : [](std::function<void()> work) { work(); }), history_(history), attachments_(disk) {}

Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::open(NodeSettings settings, const Pack& pack, std::unique_ptr<Store> store, Disk& disk,
                                         Clock& clock, Random& random, Later later, History* history) {
  std::unique_ptr<Node> node(new Node(std::move(settings), pack, std::move(store), disk, clock, random, std::move(later), history));
  TRY_VOID(node->load());
  return node;
}

Result<void> Node::load() {
  TRY(connection, store_->connect());
  TRY_VOID(migrate(*connection, node_migrations()));
  TRY(writer, Writer::open(std::move(connection), clock_, attachments_));
  writer_ = std::move(writer);

  std::vector<PinyinReading> readings;
  for (const auto& r : pack_.readings) readings.push_back({r.name, r.pinyin});
  TRY(pinyin, PinyinTable::create(readings));
  pinyin_ = std::make_unique<PinyinTable>(std::move(pinyin));
  directory_ = std::make_unique<LiveDirectory>(pack_, *pinyin_, attachments_);
  records_ = std::make_unique<RecordIndex>(pack_, *pinyin_, attachments_);
  places_ = std::make_unique<Places>(attachments_);
  contacts_ = std::make_unique<DirectoryContacts>(*directory_, settings_.place);
  caller_ = std::make_unique<Caller>(pack_, *contacts_, attachments_, [this](Command c) { writer_->submit(std::move(c)); });
  TRY(watch, Watch::create(pack_, *records_, attachments_, history_, [this](Command c) { writer_->submit(std::move(c)); }));
  watch_ = std::move(watch);
  watch_->adopt_on([this](std::function<void()> work) { later_(std::move(work)); });
  roads_ = std::make_unique<Roads>(pack_, attachments_, clock_, settings_.utc_offset_minutes);
  roads_->work_on([this](std::function<void()> work) { later_(std::move(work)); });
  stock_ = std::make_unique<BuildingStock>(pack_, attachments_, *places_);
  stock_->work_on([this](std::function<void()> work) { later_(std::move(work)); });
  estimates_ = std::make_unique<Estimates>(pack_, attachments_, *stock_, *store_, clock_, settings_.place, settings_.utc_offset_minutes,
                                           [this](Command c) { writer_->submit(std::move(c)); });
  estimates_->work_on([this](std::function<void()> work) { later_(std::move(work)); });
  early_warnings_ = std::make_unique<EarlyWarnings>(pack_, *records_, *places_, attachments_, settings_.place, clock_, [this](Command c) { writer_->submit(std::move(c)); });
  reactions_ = std::make_unique<Reactions>(*this);

  TRY(reader, store_->connect());
  reader->begin_read();
  const auto places = places_->load(*reader);
  directory_->load(*reader);
  records_->load(*reader);
  positions_.load(*reader);
  estimates_->load(*reader);
  early_warnings_->load(*reader);
  contacts_->load(*reader);
  const auto watched = watch_->load(*reader, clock_.now());
  const auto roads = roads_->load(*reader);
  const auto failure = reader->failure();
  reader->rollback();
  TRY_VOID(places);
  TRY_VOID(watched);
  TRY_VOID(roads);
  if (failure) return *failure;

  // The node's key makes answer links: random, made once, never in the journal.
  auto key = disk_.read("node.key");
  if (!key) {
    if (key.error().code != ErrorCode::kNotFound) return key.error();
    std::string fresh(32, '\0');
    random_.fill({reinterpret_cast<uint8_t*>(fresh.data()), fresh.size()});
    TRY_VOID(disk_.write("node.key", fresh));
    key = fresh;
  }
  links_ = std::make_unique<AnswerLinks>(*key);
  site_tokens_ = std::make_unique<SiteTokens>(*key);

  // Last: from here on a worker may read a table into this node.
  reader->begin_read();
  stock_->load(*reader);
  reader->rollback();

  // Views before those who act on them.
  for (Observer* o : std::initializer_list<Observer*>{places_.get(), directory_.get(), records_.get(), contacts_.get(), caller_.get(), watch_.get(), roads_.get(), stock_.get(), estimates_.get(), early_warnings_.get(), reactions_.get()})
    writer_->add_observer(o);
  return {};
}

void Node::start() {
  auto reader = store_->connect();
  CHECK_MSG(reader.ok(), reader.error().describe());
  (*reader)->begin_read();
  caller_->load(**reader);
  (*reader)->rollback();
  reactions_->wake();
}

void Node::tick() {
  const UtcTime now = clock_.now();
  reactions_->tick(now);
  caller_->tick(now);
  watch_->tick(now);
  roads_->tick(now);
  estimates_->tick(now);
  early_warnings_->tick(now);
  if (auto save = positions_.save(now)) writer_->submit(std::move(*save));
}

UtcTime Node::next_due() const { return std::min(caller_->next_due(), reactions_->next_due()); }

std::shared_ptr<const TargetPlaces> Node::target_places() {
  std::scoped_lock guard(target_mutex_);
  const auto index = places_->get();
  if (index != target_index_) {
    target_index_ = index;
    target_places_ = std::make_shared<const TargetPlaces>(index->places(), &index->boundaries(), settings_.place);
  }
  // The places keep the index alive that they point into.
  return {target_places_.get(), [places = target_places_, index](const TargetPlaces*) {}};
}

void Node::with_targets(const WarningContent& content, const std::function<void(const Targets&, const Directory&, const PlaceTable&, const TargetQuery&)>& f) {
  const auto places = target_places();
  std::vector<int64_t> ids;
  std::vector<LonLat> points;
  std::vector<PlaceCode> record_places;
  records_->positions(ids, points, record_places);
  const RecordPositions records{ids, points, record_places};
  const TargetQuery query{content.hazard, content.level, clock_.now()};
  const auto reading = directory_->read();
  const Targets targets = content.area.polygons.empty()
                              ? resolve(*reading, records, *places, std::span<const PlaceCode>(content.places), query)
                              : resolve(*reading, records, *places, PreparedArea(content.area), query);
  f(targets, *reading, places->places(), query);
}

void Node::open_round(const WarningRow& warning, RoundMode mode, const std::string& actor, const std::string& key,
                      std::function<void(const Result<Answer>&)> done) {
  OpenRound command;
  command.warning = warning.id;
  command.warning_version = warning.version;
  command.level = warning.content.level;
  command.hazard = warning.content.hazard;
  command.mode = mode;
  command.message = warning.content.message;
  for (const auto& rank : pack_.ranks)
    if (const auto* rule = pack_.call_rule(warning.content.level, rank.id))
      command.rules.push_back({rank.id, rule->answer_limit, rule->steps, rule->then});

  CallListWriter list;
  with_targets(warning.content, [&](const Targets& targets, const Directory& directory, const PlaceTable&, const TargetQuery&) {
    std::vector<int> rule_of_rank(pack_.ranks.size(), -1);
    for (size_t r = 0; r < pack_.ranks.size(); ++r)
      for (size_t i = 0; i < command.rules.size(); ++i)
        if (command.rules[i].rank == pack_.ranks[r].id) rule_of_rank[r] = static_cast<int>(i);
    const ListContacts contacts(directory, *contacts_);
    for (const auto& t : targets.people) {
      const int rule = rule_of_rank[t.rank];
      if (rule < 0) continue;
      ListEntry e{PersonId{t.person}, PostId{t.post}, t.place, rule};
      e.step = usable_step(command.rules[static_cast<size_t>(rule)], pack_, contacts, e.person, 0);
      e.phone = phone_for(contacts, e.person, 0);
      for (const auto extra : targets.extras(t)) e.extra_posts.push_back(PostId{extra});
      list.add(e);
    }
    for (const auto& v : targets.vacant)
      if (const int rule = rule_of_rank[v.rank]; rule >= 0)
        list.add({PersonId{}, PostId{v.post}, v.place, rule, static_cast<int>(command.rules[static_cast<size_t>(rule)].steps.size())});
  });
  command.calls = static_cast<int64_t>(list.size());
  auto hash = attachments_.put(list.finish());
  if (!hash) {
    if (done) done(hash.error());
    return;
  }
  command.list = *hash;
  for (const auto p : warning.content.places) {
    if (command.place.empty()) command.place = p;
    while (!command.place.contains(p)) command.place = command.place.parent();
  }
  writer_->submit({actor, key, key.empty() ? "" : "round", [command](Reader& reader, UtcTime) { return anlan::open_round(reader, command); }, std::move(done), {}});
}

}  // namespace anlan
