#include "registry/accounts.h"

#include <sodium.h>

#include <algorithm>

#include "base/hash.h"

namespace anlan {
namespace {

constexpr size_t kFailuresKeptMax = 10'000;  // beyond: the oldest is forgotten
constexpr size_t kFamiliarMax = 10'000;      // beyond: all are forgotten
constexpr size_t kRolesMax = 64;
constexpr size_t kNameBytesMax = 192;        // 64 Chinese characters
constexpr std::string_view kRoles[] = {"duty", "approver", "registrar", "viewer", "admin", "site"};

Error wrong(std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", zh}});
  error.details.push_back({0, std::move(field), std::move(zh), std::move(en)});
  return error;
}

// Account names compare without case.
std::string folded(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_account_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

Account account_of(const Row& row) {
  Account a;
  a.id = AccountId{row.integer(0)};
  a.account = row.str(1);
  a.name = row.str(2);
  a.person = PersonId{row.integer(3)};
  if (auto roles = from_json_text<std::vector<RoleHeld>>(row.text(4), "roles")) a.roles = std::move(*roles);
  a.enabled = row.integer(5) != 0;
  a.must_change_password = row.integer(6) != 0;
  return a;
}

constexpr std::string_view kColumns = "SELECT id, account, name, person, roles, enabled, must_change FROM accounts";

bool is_working_admin(const Account& a) {
  return a.enabled && std::any_of(a.roles.begin(), a.roles.end(), [](const RoleHeld& r) { return r.role == "admin"; });
}

Result<void> check(Reader& reader, Account& account) {
  account.account = folded(account.account);
  if (!is_account_name(account.account))
    return wrong("account", "请用 2 到 32 个字母、数字或 . _ -", "use 2 to 32 letters, digits or . _ -");
  if (account.name.empty()) return wrong("name", "请填写姓名", "a name is needed");
  if (account.name.size() > kNameBytesMax) return wrong("name", "太长", "too long");
  if (account.roles.size() > kRolesMax) return wrong("roles", "最多 64 项", "at most 64");
  for (const auto& held : account.roles)
    if (std::find(std::begin(kRoles), std::end(kRoles), held.role) == std::end(kRoles))
      return wrong("roles", "没有这种角色：" + held.role, "no such role: " + held.role);
  if (account.person && !reader.integer("SELECT id FROM persons WHERE id = ?", {account.person}))
    return wrong("person", "名册中没有此人", "not in the register");
  bool taken = false;
  reader.query("SELECT id FROM accounts WHERE account = ?", {Arg(account.account)},
               [&](const Row& row) { taken |= row.integer(0) != account.id.value; });
  if (taken) return wrong("account", "已有同名账号", "the account name is taken");
  return {};
}

std::string subject_of(AccountId id) { return "account:" + std::to_string(id.value); }

void write(Tables& tables, const Account& a) {
  tables.execute("INSERT INTO accounts (id, account, name, person, roles, enabled, must_change) VALUES (?, ?, ?, ?, ?, ?, ?) "
                 "ON CONFLICT (id) DO UPDATE SET account = excluded.account, name = excluded.name, person = excluded.person, "
                 "roles = excluded.roles, enabled = excluded.enabled, must_change = excluded.must_change",
                 {a.id, Arg(a.account), Arg(a.name), a.person, to_json(a.roles), a.enabled, a.must_change_password});
}

}  // namespace

// --- Tables

std::vector<Migration> account_migrations() {
  return {{"accounts-1", R"(
    CREATE TABLE accounts (id $ID, account TEXT NOT NULL, name TEXT NOT NULL, person BIGINT NOT NULL, roles TEXT NOT NULL,
                           enabled BIGINT NOT NULL, must_change BIGINT NOT NULL, last_sign_in BIGINT);
    CREATE UNIQUE INDEX accounts_account ON accounts (account);
    CREATE TABLE credentials (account $ID, password TEXT NOT NULL);
    CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, account BIGINT NOT NULL, expires BIGINT NOT NULL) $CLUSTERED;
    CREATE INDEX sessions_account ON sessions (account)
  )"}};
}

void register_account_facts(FactCatalogue& catalogue) {
  catalogue.add<AccountAdded>();
  catalogue.add<AccountChanged>();
  catalogue.add<SignedIn>();
  catalogue.add<SignInRefused>();
}

void apply(Tables& tables, const AccountAdded& f, const FactHeader&) {
  take_id(tables, "account", f.account.id.value);
  write(tables, f.account);
}

void apply(Tables& tables, const AccountChanged& f, const FactHeader&) { write(tables, f.account); }

void apply(Tables& tables, const SignedIn& f, const FactHeader& h) {
  tables.execute("UPDATE accounts SET last_sign_in = ? WHERE id = ?", {h.at, f.account});
}

void apply(Tables&, const SignInRefused&, const FactHeader&) {}

// --- Decisions

Result<Decision> add_account(Reader& reader, Account account) {
  account.id = AccountId{peek_id(reader, "account")};
  TRY_VOID(check(reader, account));
  Decision d;
  d.response = "{\"account\":" + std::to_string(account.id.value) + "}";
  const std::string subject = subject_of(account.id);
  d.facts.push_back(fact(AccountAdded{std::move(account)}, subject));
  return d;
}

Result<Decision> change_account(Reader& reader, const Account& account, bool password) {
  Account changed = account, before;
  bool admin_remains = is_working_admin(changed);
  reader.query(kColumns, {}, [&](const Row& row) {
    Account a = account_of(row);
    if (a.id == changed.id) before = std::move(a);
    else admin_remains |= is_working_admin(a);
  });
  if (!before.id) return Error(ErrorCode::kNotFound, {{"what", "账号"}});
  TRY_VOID(check(reader, changed));
  if (!admin_remains && is_working_admin(before)) return Error(ErrorCode::kConflict, {{"why", "至少要保留一个启用的管理员账号"}});
  Decision d;
  d.response = "{\"account\":" + std::to_string(changed.id.value) + "}";
  if (!password && to_json(before) == to_json(changed)) return d;
  const std::string subject = subject_of(changed.id);
  d.facts.push_back(fact(AccountChanged{std::move(changed), password}, subject));
  return d;
}

// --- Accounts and sessions in memory

void Sessions::load(Reader& reader) {
  std::scoped_lock guard(mutex_);
  const UtcTime now = clock_.now();
  reader.query(kColumns, {}, [&](const Row& row) {
    auto a = std::make_shared<Account>(account_of(row));
    accounts_[a->id] = std::move(a);
  });
  reader.query("SELECT token_hash, account, expires FROM sessions WHERE expires > ?", {now}, [&](const Row& row) {
    sessions_[row.str(0)] = {AccountId{row.integer(1)}, row.time(2)};
  });
}

void Sessions::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts) {
    const Account* account = nullptr;
    if (const auto* added = f.as<AccountAdded>()) account = &added->account;
    else if (const auto* changed = f.as<AccountChanged>()) account = &changed->account;
    if (!account) continue;
    std::scoped_lock guard(mutex_);
    accounts_[account->id] = std::make_shared<const Account>(*account);
  }
}

std::vector<Account> Sessions::accounts() const {
  std::scoped_lock guard(mutex_);
  std::vector<Account> all;
  for (const auto& [id, account] : accounts_) all.push_back(*account);
  return all;
}

std::shared_ptr<const Account> Sessions::find(AccountId id) const {
  std::scoped_lock guard(mutex_);
  const auto it = accounts_.find(id);
  return it == accounts_.end() ? nullptr : it->second;
}

std::shared_ptr<const Account> Sessions::find(std::string_view account) const {
  const std::string name = folded(account);
  std::scoped_lock guard(mutex_);
  for (const auto& [id, a] : accounts_)
    if (a->account == name) return a;
  return nullptr;
}

std::shared_ptr<const Session> Sessions::session(std::string_view token) const {
  if (token.empty()) return nullptr;
  const std::string hash = token_hash(token);
  std::scoped_lock guard(mutex_);
  const auto it = sessions_.find(hash);
  if (it == sessions_.end() || it->second.expires <= clock_.now()) return nullptr;
  const auto account = accounts_.find(it->second.account);
  if (account == accounts_.end() || !account->second->enabled) return nullptr;
  return std::make_shared<const Session>(Session{account->second, it->second.expires});
}

// --- Passwords

namespace {

bool sodium_ready() {
  static const bool ready = sodium_init() >= 0;
  return ready;
}

}  // namespace

std::string Sessions::hash_password(std::string_view password) {
  CHECK(sodium_ready());
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return {};
  return out;
}

bool Sessions::password_matches(const std::string& hash, std::string_view password) {
  CHECK(sodium_ready());
  return !hash.empty() && crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

Result<void> Sessions::check_password(std::string_view password) {
  if (password.size() < kPasswordBytesMin) return wrong("password", "至少 8 个字符", "at least 8 characters");
  if (password.size() > kPasswordBytesMax) return wrong("password", "太长", "too long");
  return {};
}

Result<void> Sessions::may_try(std::string_view account, std::string_view address) {
  const std::string name = folded(account);
  std::scoped_lock guard(mutex_);
  const UtcTime now = clock_.now();
  int64_t wait_ms = 0;
  const auto look = [&](const std::string& key, int most) {
    const auto it = failures_.find(key);
    if (it == failures_.end() || it->second.count < most) return;
    // A clock set back must not lock anybody out for longer than the window.
    const int64_t rest = std::min((it->second.since + kFailureWindow - now).count, kFailureWindow.count);
    wait_ms = std::max(wait_ms, rest);
  };
  // Strangers who guess cannot lock out whoever signed in from their own desk before.
  if (!familiar_.contains(name + "\n" + std::string(address))) look("account:" + name, kFailuresMax);
  look("address:" + std::string(address), kFailuresPerAddressMax);
  if (wait_ms <= 0) return {};
  return Error(ErrorCode::kTooMany, {{"seconds", std::to_string((wait_ms + 999) / 1000)}});
}

void Sessions::note_failure(std::string_view account, std::string_view address) {
  std::scoped_lock guard(mutex_);
  const UtcTime now = clock_.now();
  for (const std::string& key : {"account:" + folded(account), "address:" + std::string(address)}) {
    if (failures_.size() >= kFailuresKeptMax && !failures_.contains(key)) {
      failures_.erase(std::min_element(failures_.begin(), failures_.end(),
                                       [](const auto& a, const auto& b) { return a.second.since < b.second.since; }));
    }
    auto& f = failures_[key];
    if (f.count == 0 || now - f.since >= kFailureWindow || now < f.since) f = {0, now};
    ++f.count;
  }
}

void Sessions::note_success(std::string_view account, std::string_view address) {
  std::scoped_lock guard(mutex_);
  failures_.erase("account:" + folded(account));
  if (familiar_.size() >= kFamiliarMax) familiar_.clear();
  familiar_.insert(folded(account) + "\n" + std::string(address));
}

// --- Sessions

std::string Sessions::token_hash(std::string_view token) { return to_hex(sha256(token)); }

std::string Sessions::new_token() {
  uint8_t bytes[32];
  std::scoped_lock guard(mutex_);
  random_.fill(bytes);
  return to_hex({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

void Sessions::store_session(Tables& tables, std::string_view token, AccountId account, UtcTime now) {
  tables.execute("DELETE FROM sessions WHERE expires <= ?", {now});
  tables.execute("INSERT INTO sessions (token_hash, account, expires) VALUES (?, ?, ?)", {token_hash(token), account, now + kLifetime});
}

void Sessions::store_password(Tables& tables, AccountId account, const std::string& hash) {
  tables.execute("INSERT INTO credentials (account, password) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET password = excluded.password",
                 {account, Arg(hash)});
}

std::optional<std::string> Sessions::read_password(Reader& reader, AccountId account) {
  return reader.text("SELECT password FROM credentials WHERE account = ?", {account});
}

void Sessions::keep(std::string_view token, AccountId account) {
  const std::string hash = token_hash(token);
  std::scoped_lock guard(mutex_);
  const UtcTime now = clock_.now();
  std::erase_if(sessions_, [&](const auto& s) { return s.second.expires <= now; });
  sessions_[hash] = {account, now + kLifetime};
}

void Sessions::end(std::string_view token) {
  const std::string hash = token_hash(token);
  std::scoped_lock guard(mutex_);
  sessions_.erase(hash);
}

void Sessions::forget_session(Tables& tables, std::string_view token) {
  tables.execute("DELETE FROM sessions WHERE token_hash = ?", {token_hash(token)});
}

void Sessions::end_all(AccountId account, std::string_view except_token) {
  const std::string except = token_hash(except_token);
  std::scoped_lock guard(mutex_);
  std::erase_if(sessions_, [&](const auto& s) { return s.second.account == account && s.first != except; });
}

void Sessions::forget_sessions(Tables& tables, AccountId account, std::string_view except_token) {
  tables.execute("DELETE FROM sessions WHERE account = ? AND token_hash <> ?", {account, token_hash(except_token)});
}

}  // namespace anlan
