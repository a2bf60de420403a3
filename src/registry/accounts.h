// Accounts of a node: who may sign in, and in which roles for which places. Passwords are kept apart from the facts
// (table credentials), as Argon2id hashes; sessions likewise, by the hash of their token.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ports.h"
#include "journal/migrations.h"
#include "journal/writer.h"

namespace anlan {

struct RoleHeld {
  std::string role;  // duty, approver, registrar, viewer, admin, site
  PlaceCode place;   // and all below it; empty: everywhere
};
BOOST_DESCRIBE_STRUCT(RoleHeld, (), (role, place))

struct Account {
  AccountId id;
  std::string account;  // what one types to sign in; kept in lower case
  std::string name;
  PersonId person;      // none when not in the register
  std::vector<RoleHeld> roles;
  bool enabled = true;
  bool must_change_password = false;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, account, name, person, roles, enabled, must_change_password))

struct AccountAdded {
  static constexpr std::string_view kKind = "AccountAdded";
  Account account;
};
BOOST_DESCRIBE_STRUCT(AccountAdded, (), (account))

struct AccountChanged {
  static constexpr std::string_view kKind = "AccountChanged";
  Account account;
  bool password = false;  // the password was set anew
};
BOOST_DESCRIBE_STRUCT(AccountChanged, (), (account, password))

struct SignedIn {
  static constexpr std::string_view kKind = "SignedIn";
  AccountId account;
  std::string from;  // address
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (account, from))

struct SignInRefused {
  static constexpr std::string_view kKind = "SignInRefused";
  std::string account;
  std::string from;
  std::string why;  // password, disabled, throttled
};
BOOST_DESCRIBE_STRUCT(SignInRefused, (), (account, from, why))

void apply(Tables&, const AccountAdded&, const FactHeader&);
void apply(Tables&, const AccountChanged&, const FactHeader&);
void apply(Tables&, const SignedIn&, const FactHeader&);
void apply(Tables&, const SignInRefused&, const FactHeader&);
std::vector<Migration> account_migrations();  // accounts; credentials and sessions (not written by facts)
void register_account_facts(FactCatalogue& catalogue);

struct Session {
  std::shared_ptr<const Account> account;
  UtcTime expires;
};

// Accounts and sessions in memory, and everything about passwords. Any thread.
class Sessions final : public Observer {
 public:
  static constexpr Millis kLifetime = hours(14);      // a shift and its hand-over
  static constexpr int kFailuresMax = 5;              // wrong passwords per account within kFailureWindow
  static constexpr int kFailuresPerAddressMax = 20;   // and per address: a duty room may share one
  static constexpr Millis kFailureWindow = minutes(5);

  Sessions(Clock& clock, Random& random) : clock_(clock), random_(random) {}
  void load(Reader& reader);
  void on_committed(const std::vector<RecordedFact>& facts) override;

  std::vector<Account> accounts() const;
  std::shared_ptr<const Account> find(AccountId id) const;
  std::shared_ptr<const Account> find(std::string_view account) const;

  // The session of a token, when it is alive and the account enabled.
  std::shared_ptr<const Session> session(std::string_view token) const;

  static constexpr size_t kPasswordBytesMin = 8, kPasswordBytesMax = 512;
  static Result<void> check_password(std::string_view password);
  // Argon2id, 64 MiB, about a tenth of a second: call on a worker thread. "" when memory is short.
  static std::string hash_password(std::string_view password);
  static bool password_matches(const std::string& hash, std::string_view password);

  // Counts failures; kTooMany with the seconds to wait. Failures elsewhere do not keep an account from signing in at an
  // address where it succeeded before.
  Result<void> may_try(std::string_view account, std::string_view address);
  void note_failure(std::string_view account, std::string_view address);
  void note_success(std::string_view account, std::string_view address);

  // A new token; the caller stores it with store_session in the same transaction as the SignedIn fact, then calls keep.
  std::string new_token();
  static void store_session(Tables& tables, std::string_view token, AccountId account, UtcTime now);
  static void store_password(Tables& tables, AccountId account, const std::string& hash);
  static std::optional<std::string> read_password(Reader& reader, AccountId account);
  void keep(std::string_view token, AccountId account);
  // Ends one session, or all of an account.
  void end(std::string_view token);
  static void forget_session(Tables& tables, std::string_view token);
  void end_all(AccountId account, std::string_view except_token);
  static void forget_sessions(Tables& tables, AccountId account, std::string_view except_token);

 private:
  struct Failures {
    int count = 0;
    UtcTime since;
  };
  static std::string token_hash(std::string_view token);

  Clock& clock_;
  Random& random_;
  mutable std::mutex mutex_;
  std::map<AccountId, std::shared_ptr<const Account>> accounts_;
  struct Kept {
    AccountId account;
    UtcTime expires;
  };
  std::map<std::string, Kept, std::less<>> sessions_;  // by token hash
  std::map<std::string, Failures, std::less<>> failures_;  // "account:…" and "address:…"; bounded
  std::set<std::string, std::less<>> familiar_;            // account and address of successes; bounded
};

// Decisions. Response {"account":id}.
Result<Decision> add_account(Reader& reader, Account account);
Result<Decision> change_account(Reader& reader, const Account& account, bool password);

}  // namespace anlan
