export default {
  board: {
    due: 'Due', called: 'Called', answered: 'Answered', silent: 'Silent', moved: '{n} people moved', escalated: '{n} passed up', exhausted: '{n} exhausted', vacantPosts: '{n} vacant posts', people: '{n} people', peopleUnit: 'people', dueLine: 'due {n}',
    rehearsal: 'Rehearsal', live: 'Live', full: 'Full page', onMap: 'On the map', issued: 'Issued {when}', allPlaces: 'All places', progress: 'Progress', byPlace: 'By place', changePending: 'A change waits for approval.', seeChange: 'See it',
  },
  roundState: { listing: 'Listing', calling: 'Calling', stopped: 'Stopped', closed: 'Closed' },
  call: {
    group: { silent: 'Silent', attention: 'Attention', answered: 'Answered', vacant: 'Vacant', all: 'All' },
    none: { silent: 'Nobody is silent.', attention: 'Nobody asks for support.', answered: 'Nobody has answered yet.', vacant: 'No vacant posts.', all: 'Nobody here.' },
    search: 'Find a person or place', again: 'Again', deputy: 'Deputy', superior: 'Superior', allAgain: 'Call all again', allAgainText: '{place}: {n} silent people are called again at once.', moreAttention: 'See all {n}', moreRows: 'Show more ({n} left)',
    did: { again: 'Calling {name} again.', deputy: 'Calling the deputy of {name}.', superior: 'Calling the superior of {name}.', all: 'Calling everybody silent again.' },
    attempt: '{channel} {outcome}', attempts: '{channel} ×{n}, {outcome}', late: 'late', coveredBy: 'answered by {name}', passedOn: 'passed on to {name}', deputyIs: 'deputy {name}', noDeputy: 'no deputy', because: 'because {names} did not answer',
    detail: 'Call', state: 'State', openPerson: 'Open person', posts: 'Answers for', why: 'Why', answers: 'Answers', noAnswer: 'No answer yet.', writtenBy: 'written down by {name}', photo: 'Photo', everyAttempt: 'Every attempt', noAttempt: 'Not called yet.', channel: 'Channel', time: 'Time', outcome: 'Outcome', took: 'Took',
    write: 'Write down an answer', writeText: 'An answer by radio or in person; it is recorded as written down by you.', number: 'How many people', remark: 'Remark (optional)', writeGo: 'Record the answer',
  },
  callState: { queued: 'Queued', calling: 'Calling', waiting: 'Waiting', answered: 'Answered', covered: 'Covered', escalated: 'Passed up', exhausted: 'Exhausted', vacant: 'Vacant', stopped: 'Stopped' },
  outcome: { placed: 'sent', delivered: 'delivered', read: 'read', answered: 'answered', no_answer: 'no answer', busy: 'busy', wrong_number: 'wrong number', failed: 'failed', stopped: 'stopped', rehearsed: 'rehearsed' },
  act: {
    area: 'Area', level: 'Level', extend: 'Extend', cancel: 'Cancel', stop: 'Stop', resume: 'Resume', record: 'Record ▾', file: { pdf: 'PDF (print)', xlsx: 'Excel', csv: 'CSV' },
    note: { level: 'The text is written anew for the level. Orange and red need a second person.', extend: 'Changes the validity only; nobody is called again.', cancel: 'Stops calling at once and tells those reached that it is over.', stop: 'Stops calling; the warning stays in force and nothing is lost.', resume: 'Goes on where it stopped.' },
    done: { level: 'Level change submitted.', extend: 'Validity extended.', cancel: 'Warning cancelled.', stop: 'Calling stopped.', resume: 'Calling resumed.' },
  },
}
