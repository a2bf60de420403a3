export default {
  people: {
    tab: { coverage: 'Coverage', list: 'People', posts: 'Posts', import: 'Import' },
    name: 'Name', one: 'Person', post: 'Post', posts: 'Posts', place: 'Place', rank: 'Rank', phone: 'Phone', phoneState: 'Phone state', confirmed: 'Last reached', deputy: 'Deputy', superior: 'Superior', vacant: 'vacant', holder: 'Holder', kind: 'Kind', title: 'Title', record: 'Object', noRecord: 'No object',
    search: 'Name or last digits', searchPosts: 'Post, holder, place', allRanks: 'All ranks', allHazards: 'All hazards', anyHazard: 'All hazards', hazardHint: 'none chosen: all', onlyVacant: 'Vacant only',
    add: 'Add person', edit: 'Edit {name}', addPost: 'Add post', import: 'Import people and posts', importText: 'People and posts from one table (CSV or Excel). It is checked first: errors by line, duplicates, shared phones. Nothing is half imported.',
    none: 'No people match.', noPostsHere: 'No posts match.', noneText: 'Try another place or clear the filters; or import a table.',
    confirmedAgo: 'Last reached {span}', neverConfirmed: 'Never reached yet', reveal: 'Show numbers', revealNote: 'Reading full numbers is recorded.', revealed: 'This reading was recorded.', noPosts: 'Holds no post.', lastAnswers: 'Last answers', noAnswers: 'Never answered yet.', note: 'Note',
    phones: 'Phones (several: separate by space or comma)', changePhones: 'Change phones', leave: 'Leaves', leaveText: '{name} leaves the register and {n} posts, which become vacant.', removed: 'Left the register.',
    deputyPost: 'Deputy (another post)', superiorPost: 'Superior (another post)', validFrom: 'From', validUntil: 'Until', postSaved: 'Post saved.', postRemoved: 'Post abolished.', abolish: 'Abolish', abolishSure: 'Really abolish this post',
  },
  coverage: { place: 'Place', posts: 'Posts', people: 'Filled', vacant: 'Vacant', no_phone: 'No phone', stale_phone: 'Unconfirmed', shared_phone: 'Shared phone', villages_empty: 'Empty villages', gapsOnly: 'Gaps only', nobody: 'nobody', lowest: 'There is no smaller place below this one.', lowestText: 'See the people of this place instead.' },
  import: {
    step1: 'File', step2: 'Check', step3: 'Done', drop: 'Drop a CSV or Excel file here', choose: 'Choose a file', checking: 'Checking {file}…', would: 'Importing {file} would:', did: '{file} is imported:', rows: 'rows', created: 'create', changed: 'change', unchanged: 'unchanged', errors: 'errors',
    errorsTitle: '{n} errors to correct first', remarksTitle: '{n} remarks (do not stop the import)', problem: 'Problem', more: '{n} more are not listed.', other: 'Another file', again: 'Import another', go: 'Import {n}', fixFirst: 'Correct the errors and choose the file again.',
  },
  records: {
    pick: 'Type', search: 'By name', place: 'Place', name: 'Name', position: 'Position', none: 'No {type} here yet.', noneText: 'Add one, or fill the template and import it.', add: 'Add {type}', from: 'min', to: 'max', any: 'any', onMap: 'On the map', posts: 'Responsible posts', addPost: 'Add a post for it', noPosts: 'Nobody answers for it.', changedAt: 'changed {span}',
    removed: '{name} removed.', restored: 'Restored.', pickPoint: 'Pick on map', noPoint: 'No position', lon: 'Longitude', lat: 'Latitude', datum: 'Datum', importText: 'Import {type} (CSV or Excel). It is checked first.', edit: 'Edit {name}', showOnMap: 'Show',
    datums: { wgs84: 'WGS 84 / CGCS2000', gcj02: 'GCJ-02 (Amap, Tencent)', bd09: 'BD-09 (Baidu)' },
  },
  situation: {
    layers: 'Layers', places: 'Towns and villages', warnings: 'In force', records: 'Resources', select: 'Click a place or an object on the map.', selectText: 'Layers of resources are on the left.', children: 'places below {n}', warnHere: 'Warn here', peopleHere: 'People here', scopeHere: 'Only this place', postsHere: 'Posts', approximate: 'approximate position', code: 'code', more: 'All {n}',
  },
  journal: {
    kind: 'Kind', actor: 'Who', subject: 'Subject', q: 'Text', from: 'From', to: 'To', none: 'No facts match.', noneText: 'Every issue, call, answer and change is kept here, newest first, and cannot be altered.', more: 'Earlier', hash: 'Hash', verify: 'Verify', verifying: 'Verifying from the start…', ok: 'Whole: the chain of {n} facts holds.', broken: 'The chain breaks here: {problem}', head: 'head {head}', density: 'Facts over time; click a slot', clear: 'Clear filters', hours: { h6: '6 h', h24: '24 h', d7: '7 days' },
  },
  settings: {
    tab: { accounts: 'Accounts', sources: 'Warning sources', rules: 'Call rules', places: 'Place data', system: 'System' },
    account: 'Account', name: 'Name', roles: 'Roles', lastSignIn: 'Last sign-in', never: 'never', enabled: 'Enabled', disabled: 'disabled', addAccount: 'Add account', editAccount: 'Edit account {name}', addRole: 'Add a role', password: 'First password (at least 8 characters)', resetPassword: 'New password (empty: unchanged)', person: 'Person (for the phone page)', roleAt: '{role} ({place})', saved: 'Account saved.',
    url: 'Address', every: 'every {n} s', lastOk: 'Last OK', lastError: 'Last error', addSource: 'Add source', sourceText: 'Polls CAP 1.2 files or Atom feeds; what is read becomes drafts for the duty officer.', interval: 'Interval (s)', removeSource: 'Stop', okLight: 'OK', badLight: 'Failing', notYet: 'not yet', noSources: 'No sources yet.', sourceAdded: 'Added; reading starts.', sourceRemoved: 'Stopped.',
    pack: 'Pack {name} ({version})', rulesText: 'For each level and rank: how long to answer, how often, how far apart, by which channels, and whom then. Rules live in the pack; this only shows them.', level: 'Level', rank: 'Rank', limit: 'Answer within', tries: 'Tries', retry: 'Apart', channels: 'Channels', then: 'Then', source: 'Source', effective: 'Effective', unverified: 'unverified', thenNames: { deputy: 'deputy', superior: 'superior', duty_above: 'duty room above' },
    placesText: 'Real positions of towns and villages (CSV, Excel: code, lon, lat) or boundaries (GeoJSON). Places without one get an approximate position inside their county.', placeKind: 'Content', positions: 'Positions', boundaries: 'Boundaries',
    version: 'Version', store: 'Store', facts: 'Facts', disk: 'Disk free', queue: 'Waiting to be written', sockets: 'Open pages', channelList: 'Channels', node: 'Node', demoNode: 'demo node', dutyPhone: 'Duty phone', mb: '{n} MB', facts_n: '{n}', clockSkew: 'The clock of this machine is {n} s off the server’s',
  },
}
