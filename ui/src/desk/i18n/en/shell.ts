export default {
  app: { name: 'Anlan', otherLanguage: '中文' },
  part: {
    loading: 'Reading…', working: 'Working…', close: 'Close', back: 'Back', save: 'Save', clear: 'Clear', undo: 'Undo', nothingFound: 'Nothing found. Try another word, pinyin or a code.',
    reason: 'Reason (required, goes on record)', reasonOptional: 'Remark (optional)', line: 'Line', field: 'Field', atLine: 'Line {n}: ', yes: 'Yes', no: 'No', edit: 'Edit', remove: 'Remove', add: 'Add', choose: 'Choose',
    total: '{n} in all', export: 'Export', import: 'Import', template: 'Template', generated: 'Generated', none: 'None', 
  },
  signin: { what: 'Warnings that reach every village: one call, one name, and who has not answered.', account: 'Account', password: 'Password', go: 'Sign in', demo: 'Demo node: one click signs you in.' },
  role: { duty: 'Duty officer', approver: 'Duty leader', registrar: 'Registrar', viewer: 'Viewer', admin: 'Administrator' },
  rail: { situation: 'Situation', warnings: 'Warnings', people: 'People', records: 'Resources', journal: 'Journal', settings: 'Settings' },
  shell: {
    rail: 'Main navigation', pane: { left: 'List', mid: 'Map', right: 'Detail' }, demoBanner: 'Demo data: people and objects are generated; nobody is really called', search: 'Find places, people, records, warnings, pages, actions', searchTitle: 'Find', waiting: 'Waiting for me',
    live: 'Live', dataAge: 'data {span} old', offline: 'Offline', dataOld: 'data from {span} ago', connecting: 'Connecting…', scope: 'Choose a place', scopeSearch: 'By name, pinyin or code', scopeHome: 'Own area',
    account: 'Account', toLight: 'Light theme', toDark: 'Dark theme', password: 'Change password', signOut: 'Sign out',
  },
  search: { places: 'Places', people: 'People', warnings: 'Warnings', records: 'Resources', pages: 'Pages', actions: 'Actions' },
  password: { old: 'Old password', fresh: 'New password (at least 8 characters)', again: 'New password again', done: 'Password changed.' },
  map: {
    label: 'Map', failed: 'This browser cannot draw the map (no WebGL). Lists and calls work all the same; turn on hardware acceleration in the browser settings.', draw: 'Draw area', base: 'Base map', plain: 'Plain', home: 'Whole area', undo: 'Undo',
    zoomIn: 'Zoom in', zoomOut: 'Zoom out', north: 'North is up', northShort: 'N',
    hint: { polygonStart: 'Click corners of the area on the map (at least 3)', polygonClose: 'Double click, Enter or the first corner closes it; Backspace takes one back', circleCentre: 'Click the centre', circleRim: 'Move to set the radius, click to finish', places: 'Click towns or villages on the map; click again to remove' },
    legend: { ring: 'Ring: share answered', number: 'Number: silent', all: 'all answered', area: 'Dashed: warned area (colour is the level)', approximate: 'Positions of towns and villages are approximate' },
  },
  demo: { title: 'Demo', text: 'A rainstorm evening: warning, calls, answers and escalation by themselves.', start: 'Start the rainstorm evening', watch: 'Watch the one that runs', answering: 'People who answer {n}%', dead: 'Towns without network {n}%' },
  cap: { drop: 'Drop to import the CAP warning file', title: 'CAP file', reading: 'Reading the file…', made: '{n} warning drafts made from {file}.', what: 'Problem' },
}
