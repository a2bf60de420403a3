export default {
  state: { draft: 'Draft', pending: 'To approve', in_force: 'In force', cancelled: 'Cancelled', expired: 'Expired', superseded: 'Superseded', discarded: 'Discarded' },
  queue: {
    title: 'Waiting', byDeadline: 'by deadline', empty: 'Nothing waits for you now.', emptyText: 'Approvals, silent people and warnings about to expire are listed here by deadline.', since: 'since {span}', silent: '{n} silent', inForce: 'In force', noneInForce: 'No warning is in force.', alsoAbove: '{n} more in force are listed above.', ended: 'Ended', findEnded: 'Headline, area', noneEnded: 'None has ended yet.', answered: '{share}% answered',
    kind: { approve: 'Approve', silent: 'Calling', draft: 'Draft', expiring: 'Expiring', returned: 'Returned', cancel: 'Can end' },
    ask: { approve: 'approve', follow_up: 'follow up', send: 'send', extend_or_cancel: 'extend or cancel', cancel: 'cancel' },
    quiet: 'All alarms have cleared; consider cancelling the warning',
  },
  start: {
    title: 'Begin here', draw: 'New warning', drawText: 'Draw an area on the map, or choose towns and villages', cap: 'Import a CAP file', capText: 'Choose one, or drop it anywhere on the page', steps: 'How a warning goes',
    step1: 'Draw the area, choose the level; the text comes from the template', step2: 'See before sending whom it calls: people, vacancies, missing phones, villages with nobody', step3: 'Rehearse, or send; orange and red need a second person', step4: 'Watch who answers; call again, the deputy or the superior with one click',
  },
  warning: { new: 'New warning', title: '{level} warning: {hazard}', hazard: 'Hazard', level: 'Level', valid: 'Valid', until: 'until {when}', hours: '{n} h', moreHours: '{n} h more', area: 'Area', message: 'Short text people receive' },
  area: {
    polygon: 'Polygon', circle: 'Circle', places: 'Places', whole: 'All of {place}', km2: '{n} km²', inside: '{towns} towns, {villages} villages', search: 'Find a town or village to add', remove: 'Click to remove', measuring: 'Measuring the area…', repaired: 'The drawn line crossed itself and was repaired.',
  },
  text: { title: 'Text', again: 'Use template again', more: 'Headline, description, instruction', less: 'Less', headline: 'Headline', description: 'Description', instruction: 'Instruction', length: '{n} characters, about {parts} SMS', waiting: 'Filled from the template once there is an area; you can change it' },
  preview: {
    title: 'Whom it calls', counting: 'Counting…', people: 'people', posts: 'posts', villages: 'villages', minutes: 'min to call all', emptyVillages: 'Villages with nobody', channels: 'Channels:', within: 'within {limit}', place: 'Town', badPhone: 'Phone trouble', problem: 'Problem',
    group: { all: 'People to be called', vacant: 'Vacant posts', no_phone: 'No phone', stale_phone: 'Phone long unconfirmed', shared_phone: 'Shared phone', outside: 'Outside, but answer for objects inside' },
  },
  phoneState: { ok: 'OK', none: 'No phone', stale: 'Long unconfirmed', shared: 'Shared with others' },
  draft: {
    saving: 'Saving…', unsaved: 'Not saved; kept on this machine', saved: 'Saved {time}', returned: 'Returned by {by}:', previewLater: 'Once there is an area, this shows whom it calls and what is missing.', changing: 'Change: {title}', discard: 'Discard', discardNote: 'The draft is put away; the note at the foot takes it back.', discarded: 'Draft discarded.',
    rehearse: 'Rehearse', rehearseTitle: 'Rehearsal: nobody is really called', rehearseNote: 'Everything but the last hop, in a round of its own.', submit: 'Submit', submitTitle: 'Submit for approval', submitNote: 'Orange and red call nobody until a second person approves.', submitted: 'Submitted.', issue: 'Issue', issueTitle: 'Issue and call now', issueNote: 'Calling starts at once and can be stopped at any moment.', issued: 'Issued; calling.',
    toWhom: 'Calls {people} people in {villages} villages', gaps: '{vacant} vacant · {phones} without phone · {empty} empty villages · {minutes} min', sendChange: 'Submit change', changeNote: 'A new round with the new list calls everybody anew; a raise to orange or red needs a second person.', changed: 'Change in force.', changePending: 'Change submitted.',
  },
  review: {
    drafted: 'Drafted by {by} {when}', approved: 'approved by {by}', proposal: 'Change waiting for approval', rounds: 'Calls', history: 'History', cap: 'CAP file', seeCalls: 'See the calls', record: 'Call record', toBoard: 'Back to the board', return: 'Return', approve: 'Approve and issue', restore: 'Restore draft', notices: '{n} told it is over', roundTotals: '{answered} / {due} answered',
    approveNote: 'Approval issues it and starts calling at once.', title: { approve: 'Approve and issue', return: 'Return to the drafter', restore: 'Restore draft', rehearse: 'Rehearsal: nobody is really called' }, done: { approve: 'Approved; calling.', return: 'Returned.', restore: 'Draft restored.', rehearse: 'Rehearsal started.' },
    key: { level: 'Level', hazard: 'Hazard', expires: 'Valid until', area_label: 'Area', headline: 'Headline', description: 'Description', instruction: 'Instruction', message: 'Short text', comment: 'Reason' },
  },
  event: { drafted: 'drafted', edited: 'edited', submitted: 'submitted', returned: 'returned', approved: 'approved', issued: 'issued', changed: 'changed', extended: 'extended', cancelled: 'cancelled', expired: 'expired', superseded: 'superseded', discarded: 'discarded', restored: 'restored', rehearsed: 'rehearsed', stopped: 'stopped calling', resumed: 'resumed calling' },
}
