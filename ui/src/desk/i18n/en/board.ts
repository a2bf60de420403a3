export default {
  board: {
    due: 'Due', called: 'Called', answered: 'Answered', silent: 'Silent', own: '{place} itself', notices: '{n} people told that it is over', openNames: 'Open the names', shareText: '{share}% answered', barText: 'called {called} · answered {answered} / due {due}', byPlaceHint: 'click for the level below and its names', moved: '{n} people moved', escalated: '{n} passed up', exhausted: '{n} exhausted', vacantPosts: '{n} vacant posts', people: '{n} people', peopleUnit: 'people', dueLine: 'due {n}',
    rehearsal: 'Rehearsal', live: 'Live', full: 'Full page', onMap: 'On the map', issued: 'Issued {when}', allPlaces: 'All places', progress: 'Progress', byPlace: 'By place', changePending: 'A change waits for approval.', seeChange: 'See it',
  },
  roundState: { listing: 'Listing', calling: 'Calling', stopped: 'Stopped', closed: 'Closed' },
  call: {
    due: 'Deadline', table: 'Table', tableOf: '{place} · {group}', cut: 'A long list: the first {n} are shown; the call record has them all.',
    group: { silent: 'Silent', attention: 'Attention', answered: 'Answered', vacant: 'Vacant', all: 'All' },
    none: { silent: 'Nobody is silent.', attention: 'Nobody asks for support.', answered: 'Nobody has answered yet.', vacant: 'No vacant posts.', all: 'Nobody here.' },
    search: 'Find a person or place', again: 'Again', deputy: 'Deputy', superior: 'Superior', allAgain: 'Call all again', allAgainText: '{place}: {n} silent people are called again at once.', moreAttention: 'See all {n}', moreRows: 'Show more ({n} left)',
    did: { queued: '{name} is next in the queue.', again: 'Calling {name} again.', deputy: 'Calling the deputy of {name}.', superior: 'Calling the superior of {name}.', all: 'Calling everybody silent again.' },
    attempt: '{channel} {outcome}', attempts: '{channel} ×{n}, {outcome}', late: 'late', coveredBy: 'answered by {name}', passedOn: 'passed on to {name}', deputyIs: 'deputy {name}', noDeputy: 'no deputy', because: 'because {names} did not answer',
    detail: 'Call', state: 'State', openPerson: 'Open person', posts: 'Answers for', why: 'Why', answers: 'Answers', noAnswer: 'No answer yet.', writtenBy: 'written down by {name}', photo: 'Photo', everyAttempt: 'Every attempt', noAttempt: 'Not called yet.', channel: 'Channel', time: 'Time', outcome: 'Outcome', took: 'Took',
    write: 'Write down an answer', writeText: 'An answer by radio or in person; it is recorded as written down by you.', number: 'How many people', remark: 'Remark (optional)', writeGo: 'Record the answer',
  },
  callState: { queued: 'Queued', calling: 'Calling', waiting: 'Waiting', answered: 'Answered', covered: 'Covered', escalated: 'Passed up', exhausted: 'Exhausted', vacant: 'Vacant', stopped: 'Stopped' },
  outcome: { placed: 'sent', delivered: 'delivered', read: 'read', answered: 'answered', no_answer: 'no answer', busy: 'busy', wrong_number: 'wrong number', failed: 'failed', stopped: 'stopped', rehearsed: 'rehearsed' },
  bulk: {
    chosen: '{n} chosen', clear: 'Clear', all: 'Choose all', one: 'Choose this row', pick: 'Choose {name}', export: 'Export {n} chosen', andMore: '{names} and others, {n} in all', rings: 'It rings at: {names}', ringing: '{n} are being called at this moment: {names}.', nowRinging: 'Being called now', queued: '{n} of them wait for their turn.',
    title: { again: 'Call {n} people again', deputy: 'Call the deputies of {n} people', superior: 'Call the superiors of {n} people' }, go: { again: 'Call {n} again', deputy: 'Call {n} deputies', superior: 'Call {n} superiors' },
    text: { again: 'Called again at once: {names}.', deputy: 'Passed on to their deputies: {names}.', superior: 'Passed on to their superiors: {names}.' },
    cannot: { again: '{n} posts have nobody to call: {names}.', deputy: '{n} have no deputy and are left out: {names}.', superior: '{n} have no superior and are left out: {names}.' },
    did: { again: 'Calling {n} people again.', deputy: 'Calling the deputies of {n} people.', superior: 'Calling the superiors of {n} people.' }, failed: '{n} could not be called; the others are being called:',
  },
  effect: {
    title: 'Whom it calls after the change', people: 'Called', comes: 'New', leaves: 'No longer', ranksCome: 'The new level also calls: {ranks}.', ranksLeave: 'The new level no longer calls: {ranks}.', limit: '{rank}: answer within {before}, then {after}',
    round: 'A new round with its own list calls everybody anew; the present one ({answered} of {due} answered) ends and stays on record.', area: 'Area {before} → {after} km²',
  },
  replay: {
    title: 'Timeline', hint: 'Drag to see any moment as it was known then', then: 'Looking back at {when}: what was known then', short: 'Looking back', now: 'Back to now', play: 'Play', pause: 'Pause', slider: 'Moment looked back at', noActs: 'Nothing can be done while looking back', hours: { h1: '1 h', h6: '6 h', h24: '24 h', h168: '7 days' },
  },
  act: {
    title: { level: 'Raise or lower', extend: 'Extend the validity', cancel: 'Cancel the warning', stop: 'Stop calling', resume: 'Go on calling' }, raise: 'Raise to {level}', lower: 'Lower to {level}', sameLevel: 'Choose another level to see whom it would call and whom no longer.', effect: { left: '{n} people who have not answered are no longer called.', cancel: 'Those reached ({n} called by now) are told that it is over, and see it when they open their link.', stop: '{n} people called can still answer; answers are recorded.', extend: 'Valid until {before} → {after} (by {span}).', nobody: 'Nobody is called; calls under way go on.' },
    area: 'Area', level: 'Level', extend: 'Extend', cancel: 'Cancel', stop: 'Stop', resume: 'Resume', record: 'Record ▾', file: { pdf: 'PDF (print)', xlsx: 'Excel', csv: 'CSV' },
    note: { level: 'The text is written anew for the level. Orange and red need a second person.', extend: 'Changes the validity only; nobody is called again.', cancel: 'This cannot be taken back; issue a new warning where needed.', stop: 'Stops calling; the warning stays in force and nothing is lost.', resume: 'Goes on where it stopped.' },
    done: { level: 'Level change submitted.', extend: 'Validity extended.', cancel: 'Warning cancelled.', stop: 'Calling stopped.', resume: 'Calling resumed.' },
  },
}
