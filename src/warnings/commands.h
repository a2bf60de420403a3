// Decisions about warnings. All are pure: they read the tables, are handed the time, and return facts or an error.
#pragma once

#include "journal/writer.h"
#include "warnings/facts.h"

namespace anlan {

struct WarningRow {
  WarningId id;
  int64_t version = 1;
  WarningState state = WarningState::draft;
  WarningSource source = WarningSource::drawn;
  WarningContent content;
  std::optional<WarningContent> pending;  // a change waiting for approval
  std::string proposed_by;                // who proposed it
  std::string drafter;
  std::optional<std::string> approver;
  UtcTime created_at;
  std::optional<UtcTime> submitted_at, issued_at, changed_at, ended_at;
  std::string returned;                   // why the draft came back; "" when it did not
  std::string cap_identifier, cap_references;
  std::optional<CapOrigin> origin;
};
std::optional<WarningRow> read_warning(Reader& reader, WarningId id);
// Without content but for hazard, level, headline, area_label, onset, expires: for lists.
std::vector<WarningRow> list_warnings(Reader& reader, const std::vector<WarningState>& states, int64_t limit, int64_t offset);

// Response of each: {"warning":id}.
Result<Decision> draft_warning(Reader& reader, const Pack& pack, WarningSource source, const WarningContent& content,
                               const std::optional<CapOrigin>& origin, UtcTime now);
Result<Decision> edit_warning(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content, UtcTime now);
Result<Decision> discard_warning(Reader& reader, WarningId id);
Result<Decision> restore_warning(Reader& reader, WarningId id);
// Sends a draft for approval; where the level needs no second person and `may_issue`, it is issued at once.
Result<Decision> submit_warning(Reader& reader, const Pack& pack, WarningId id, bool may_issue, const std::string& sender,
                                UtcTime now);
// Issues a pending draft or a proposed change. kFourEyes when the level needs a second person and the actor drafted,
// edited, sent or proposed it.
Result<Decision> approve_warning(Reader& reader, const Pack& pack, WarningId id, const std::string& actor,
                                 const std::string& comment, const std::string& sender, UtcTime now);
// Issues a draft that no person has touched, with this content, because a rule of the pack grants it (`why` names the
// rule). kConflict for any other.
Result<Decision> issue_as_granted(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content, const std::string& why, const std::string& sender,
                                  UtcTime now);
// Brings a draft that no person has touched up to now. Nothing for one that somebody works on.
Result<Decision> edit_as_granted(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content, UtcTime now);
// The same for what is in force: a new version, for a rule that is granted it, of a warning that no person has touched.
Result<Decision> change_as_granted(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content, const std::string& why, const std::string& sender,
                                   UtcTime now);
Result<Decision> return_warning(Reader& reader, WarningId id, const std::string& comment);
// A new level, area or text for a warning in force. Takes effect at once where no second person is needed; lowering
// never needs one.
Result<Decision> change_warning(Reader& reader, const Pack& pack, WarningId id, const WarningContent& content,
                                const std::string& comment, bool may_issue, const std::string& sender, UtcTime now);
Result<Decision> extend_warning(Reader& reader, WarningId id, UtcTime expires, UtcTime now);
Result<Decision> cancel_warning(Reader& reader, WarningId id, const std::string& comment);
// Ends what has run out. O(warnings that ran out).
Result<Decision> expire_warnings(Reader& reader, UtcTime now);

Result<Decision> add_cap_source(Reader& reader, const std::string& url, int64_t interval_s);
Result<Decision> remove_cap_source(Reader& reader, int64_t source);

// What is wrong with a content, if anything.
Result<void> check_content(const Pack& pack, const WarningContent& content, UtcTime now);

inline std::string warning_subject(WarningId id) { return "warning:" + std::to_string(id.value); }
// "anlan.622927.17.2": node sender, warning, version.
std::string cap_identifier(const std::string& sender, WarningId id, int64_t version);

}  // namespace anlan
