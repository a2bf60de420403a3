// user and import: small changes through a node's writer while no server runs.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "anlan/commands.h"
#include "base/real_ports.h"
#include "loop/node.h"
#include "registry/boundaries.h"
#include "registry/place_files.h"
#include "registry/place_layout.h"

namespace anlan {
namespace {

struct Offline {
  SystemClock clock;
  SystemRandom random;
  SystemDisk disk;
  Pack pack;
  std::unique_ptr<Node> node;

  explicit Offline(const std::string& data) : disk(data) {}

  // Runs one command and gives its answer.
  Result<Answer> run(Command command) {
    std::optional<Result<Answer>> answer;
    command.done = [&](const Result<Answer>& a) { answer.emplace(a); };
    node->writer().submit(std::move(command));
    while (!answer) node->writer().run_batch();
    return *answer;
  }
};

Result<std::unique_ptr<Offline>> open_offline(const Config& config) {
  auto o = std::make_unique<Offline>(config.data);
  TRY(pack, load_pack(config.pack));
  o->pack = std::move(pack);
  TRY(store, open_store(store_of(config)));
  NodeSettings settings;
  settings.place = PlaceCode::parse(config.place).value_or(PlaceCode());
  TRY(node, Node::open(settings, o->pack, std::move(store), o->disk, o->clock, o->random));
  o->node = std::move(node);
  return o;
}

Result<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error(ErrorCode::kNotFound, {{"what", file}});
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string made_up_password(Random& random) {
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789";
  uint8_t bytes[14];
  random.fill(bytes);
  std::string password;
  for (const auto b : bytes) password += kLetters[b % kLetters.size()];
  return password;
}

}  // namespace

Result<void> set_user(const Config& config, const UserCommand& c) {
  TRY(offline, open_offline(config));
  const auto place = PlaceCode::parse(c.place);
  if (!c.place.empty() && !place) return Error(ErrorCode::kInvalidField, {{"field", "--place"}, {"why", c.place}});
  Sessions sessions(offline->clock, offline->random);
  TRY(reader, offline->node->store().connect());
  sessions.load(*reader);
  const std::string password = c.password.empty() ? made_up_password(offline->random) : c.password;
  const std::string hash = Sessions::hash_password(password);
  const auto existing = sessions.find(c.account);
  Account account = existing ? *existing : Account{};
  account.account = c.account;
  if (!c.name.empty() || account.name.empty()) account.name = c.name.empty() ? c.account : c.name;
  account.enabled = true;
  account.must_change_password = c.password.empty();
  if (!existing) account.roles = {{c.role, place.value_or(PlaceCode())}};
  auto id = std::make_shared<AccountId>(account.id);
  TRY(answer, offline->run({"node", "", "",
                            [&](Reader& r, UtcTime) -> Result<Decision> {
                              if (existing) return change_account(r, account, true);
                              *id = AccountId{peek_id(r, "account")};
                              return add_account(r, account);
                            },
                            {}, [&](Tables& t) { Sessions::store_password(t, *id, hash); }}));
  (void)answer;
  if (c.password.empty()) std::printf("account %s, password %s\n", c.account.c_str(), password.c_str());
  else std::printf("account %s is ready\n", c.account.c_str());
  return {};
}

Result<void> import_place_files(const Config& config, const PlacesCommand& c) {
  TRY(offline, open_offline(config));
  auto& node = *offline->node;
  const Datum datum = c.datum == "gcj02" ? Datum::kGcj02 : c.datum == "bd09" ? Datum::kBd09 : Datum::kWgs84;
  const auto before = node.places().get();
  PlaceTable table = before->places();
  std::vector<Boundary> boundaries = before->boundaries().all();
  PlaceSetKind kind = PlaceSetKind::positions;
  std::string note;
  if (!c.divisions.empty()) {
    kind = PlaceSetKind::divisions;
    std::string texts[5];
    const char* names[5] = {"provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv"};
    for (int i = 0; i < 5; ++i) {
      TRY(text, read_file(c.divisions + "/" + names[i]));
      texts[i] = std::move(text);
    }
    TRY(read, read_divisions({texts[0], texts[1], texts[2], texts[3], texts[4]}));
    table = std::move(read);
    boundaries.clear();
    note += std::to_string(table.size()) + " divisions; ";
  }
  if (!c.positions.empty()) {
    TRY(text, read_file(c.positions));
    TRY(join, apply_positions(table, text, datum));
    note += std::to_string(join.joined()) + " of " + std::to_string(join.rows) + " positions joined; ";
    for (const auto& row : join.unjoined_rows) std::printf("not joined: %s\n", row.c_str());
  }
  for (const auto& file : c.boundaries) {
    if (kind == PlaceSetKind::positions && c.positions.empty()) kind = PlaceSetKind::boundaries;
    TRY(text, read_file(file));
    TRY(read, read_boundaries(text, datum, table, PlaceCode::parse(c.within).value_or(PlaceCode())));
    apply_seats(table, read);
    note += std::to_string(read.boundaries.size()) + " boundaries; ";
    for (auto& b : read.boundaries) boundaries.push_back(std::move(b));
    for (const auto& row : read.join.unjoined_rows) std::printf("not joined: %s\n", row.c_str());
  }
  Boundaries all(std::move(boundaries));
  const auto laid = lay_out(table, all, c.seed);
  note += std::to_string(laid.towns + laid.villages) + " positions approximate";
  const auto index = PlaceIndex::build(std::move(table), std::move(all), node.pinyin());
  TRY(attachment, node.attachments().put(index->write()));
  node.places().expect(attachment, index);
  const std::string based_on = node.places().attachment();
  TRY(answer, offline->run({"node", "", "", [&](Reader& r, UtcTime) { return import_places(r, kind, attachment, based_on, note); }, {}, {}}));
  (void)answer;
  std::printf("%s\n", note.c_str());
  return {};
}

}  // namespace anlan
