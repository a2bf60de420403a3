// Call rounds as the API shows them: the board, calls, and what is asked of one person.
#pragma once

#include "calls/queries.h"
#include "web/routes_json.h"

namespace anlan {

// Board (openapi.yaml). Compose it without the board's lock and without a reading of the directory.
json::object board_json(Api& api, Reader& reader, const BoardView& view);
// The board of an open or closed round as the live topic sends it; "" when there is no such round.
std::string compose_board(Api& api, RoundId round);
// The session holds a role for the round's place, above it or below it. From memory for open rounds.
bool may_watch_round(Node& node, const Session& session, RoundId round);
bool touches(const std::vector<PlaceCode>& roles, PlaceCode place);

json::object call_json(PeopleJson& people, const RoundRow& round, const CallDetails& call);
json::object answer_json(const AnswerMade& answer);
// Reads AnswerGiven. Faults: kInvalidField.
Result<GiveAnswer> read_answer(const json::object& body);

// What is asked of the person of a call (Ask); nothing when the call does not exist.
std::optional<json::object> ask_json(Api& api, Reader& reader, CallRef call);
// The part of it that an answer changes (AskAnswered): what it is about, the phone knows already.
std::optional<json::object> ask_answered_json(Api& api, Reader& reader, CallRef call);

}  // namespace anlan
