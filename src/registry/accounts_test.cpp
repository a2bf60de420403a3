#include "registry/accounts.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/real_ports.h"
#include "registry/migrations.h"

namespace anlan {
namespace {

class SetClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms}; }
  UtcTime at{1'763'700'000'000};
};

class AccountsTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/anlan-test-XXXXXX";
    folder = ::mkdtemp(pattern);
    store = open_sqlite(folder + "/anlan.db").value();
    auto connection = store->connect().value();
    auto migrations = journal_migrations();
    for (const auto& part : {registry_migrations(), account_migrations()}) migrations.insert(migrations.end(), part.begin(), part.end());
    migrate(*connection, migrations).value();
    writer = Writer::open(std::move(connection), clock, attachments).value();
    writer->add_observer(&sessions);
  }
  void TearDown() override {
    writer.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }
  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide, std::function<void(Tables&)> also = {}) {
    std::optional<Result<Answer>> answer;
    writer->submit({"node", {}, {}, std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, std::move(also)});
    writer->run_batch();
    return *answer;
  }
  Result<Answer> add(const std::string& account, std::vector<RoleHeld> roles = {}) {
    return run([=](Reader& r, UtcTime) { return add_account(r, Account{{}, account, "某人", {}, roles}); });
  }
  Result<Answer> change(const Account& account, bool password = false) {
    return run([=](Reader& r, UtcTime) { return change_account(r, account, password); });
  }

  std::string folder;
  SetClock clock;
  SystemRandom random;
  SystemDisk disk{std::filesystem::temp_directory_path().string()};
  Attachments attachments{disk};
  Sessions sessions{clock, random};
  std::unique_ptr<Store> store;
  std::unique_ptr<Writer> writer;
};

TEST_F(AccountsTest, NamesAreCheckedAndCompareWithoutCase) {
  EXPECT_EQ(add("Wang.Wu-1").value().response, "{\"account\":1}");
  EXPECT_EQ(sessions.find("WANG.wu-1")->account, "wang.wu-1");
  for (const char* bad : {"", "x", "a b", "王五", "wang.wu-1", "WANG.WU-1", "a'b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) EXPECT_FALSE(add(bad)) << bad;
  EXPECT_FALSE(add("zhao", {{"king", {}}}));
  EXPECT_FALSE(run([](Reader& r, UtcTime) { return add_account(r, Account{{}, "zhao", "赵", PersonId{7}, {}}); })) << "not in the register";
  EXPECT_EQ(sessions.accounts().size(), 1u);
}

TEST_F(AccountsTest, OneEnabledAdministratorRemains) {
  add("root", {{"admin", {}}}).value();
  Account root = *sessions.find("root");
  root.enabled = false;
  EXPECT_EQ(change(root).error().code, ErrorCode::kConflict);
  root.enabled = true;
  root.roles = {{"duty", {}}};
  EXPECT_EQ(change(root).error().code, ErrorCode::kConflict);
  add("other", {{"admin", PlaceCode(622927)}}).value();
  EXPECT_TRUE(change(root));
  EXPECT_EQ(sessions.find("root")->roles[0].role, "duty");
  const int64_t before = writer->seq();
  EXPECT_TRUE(change(root)) << "nothing new";
  EXPECT_EQ(writer->seq(), before);
}

TEST_F(AccountsTest, PasswordsAreArgon2) {
  const std::string hash = Sessions::hash_password("积石山 1234");
  EXPECT_EQ(hash.substr(0, 31), "$argon2id$v=19$m=65536,t=2,p=1$");
  EXPECT_TRUE(Sessions::password_matches(hash, "积石山 1234"));
  EXPECT_FALSE(Sessions::password_matches(hash, "积石山 1235"));
  EXPECT_FALSE(Sessions::password_matches("", ""));
  EXPECT_FALSE(Sessions::password_matches("not a hash", "x"));
  EXPECT_FALSE(Sessions::check_password("seven77"));
  EXPECT_TRUE(Sessions::check_password("eight888"));
}

TEST_F(AccountsTest, SessionsSurviveARestartAndEnd) {
  add("wang").value();
  const AccountId id = sessions.find("wang")->id;
  const std::string one = sessions.new_token(), two = sessions.new_token();
  ASSERT_NE(one, two);
  for (const auto& token : {one, two}) {
    run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }, [&](Tables& t) { Sessions::store_session(t, token, id, clock.at); }).value();
    sessions.keep(token, id);
  }
  EXPECT_EQ(sessions.session(one)->account->account, "wang");
  EXPECT_FALSE(sessions.session(""));
  EXPECT_FALSE(sessions.session("x"));
  run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }, [&](Tables& t) { Sessions::forget_sessions(t, id, two); }).value();
  sessions.end_all(id, two);
  EXPECT_FALSE(sessions.session(one));
  Sessions again(clock, random);
  again.load(*store->connect().value());
  EXPECT_FALSE(again.session(one));
  EXPECT_TRUE(again.session(two));
  EXPECT_FALSE(store->connect().value()->text("SELECT token_hash FROM sessions WHERE token_hash = ?", {Arg(two)})) << "the token itself is not stored";
  Account wang = *sessions.find("wang");
  wang.enabled = false;
  change(wang).value();
  EXPECT_FALSE(sessions.session(two));
  wang.enabled = true;
  change(wang).value();
  EXPECT_TRUE(sessions.session(two));
  clock.at = clock.at + Sessions::kLifetime;
  EXPECT_FALSE(sessions.session(two));
}

TEST_F(AccountsTest, FailuresPauseTheAccountAndTheAddress) {
  for (int i = 0; i < Sessions::kFailuresMax; ++i) {
    EXPECT_TRUE(sessions.may_try("wang", "10.0.0.1"));
    sessions.note_failure("Wang", "10.0.0.1");
  }
  EXPECT_EQ(sessions.may_try("wang", "10.0.0.9").error().param("seconds"), "300");
  EXPECT_TRUE(sessions.may_try("zhao", "10.0.0.1"));
  for (int i = Sessions::kFailuresMax; i < Sessions::kFailuresPerAddressMax; ++i) sessions.note_failure("name" + std::to_string(i), "10.0.0.1");
  EXPECT_FALSE(sessions.may_try("zhao", "10.0.0.1"));
  clock.at = clock.at + Sessions::kFailureWindow - milliseconds(1);
  EXPECT_EQ(sessions.may_try("wang", "10.0.0.9").error().param("seconds"), "1");
  clock.at = clock.at + milliseconds(1);
  EXPECT_TRUE(sessions.may_try("wang", "10.0.0.9"));
}

TEST_F(AccountsTest, StrangersCannotLockOutAFamiliarDesk) {
  sessions.note_success("wang", "10.0.0.1");
  for (int i = 0; i < Sessions::kFailuresMax; ++i) sessions.note_failure("wang", "203.0.113.5");
  EXPECT_FALSE(sessions.may_try("wang", "203.0.113.5"));
  EXPECT_TRUE(sessions.may_try("wang", "10.0.0.1"));
}

TEST_F(AccountsTest, TheFailureTableIsBounded) {
  for (int i = 0; i < 12'000; ++i) {
    clock.at = clock.at + milliseconds(1);
    sessions.note_failure("a" + std::to_string(i), "b" + std::to_string(i % 50));
  }
  EXPECT_FALSE(sessions.may_try("anybody", "b0"));
}

}  // namespace
}  // namespace anlan
