import type zh from './zh'

export default {
  level: { red: 'Red', orange: 'Orange', yellow: 'Yellow', blue: 'Blue' },
  time: {
    date: '{month}/{day}', dateYear: '{year}-{month}-{day}', dateTime: '{date} {clock}', picker: 'MM/DD HH:mm', today: 'today', yesterday: 'yesterday', tomorrow: 'tomorrow',
    weekday: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
    underOne: 'under 1', left: '{span} left', over: '{span} late', ago: '{span} ago', now: 'just now',
    d: '{d} d', dh: '{d} d {h} h', h: '{h} h', hm: '{h} h {m} min', m: '{m} min', ms: '{m} min {s} s', s: '{s} s',
  },
  mark: { list: ', ', aside: '{text} ({more})', says: '{text}: {more}', quote: '“{text}”' },
  failed: {
    unreachable: 'The server cannot be reached; nothing was done.', unreachableNext: 'All you typed is kept. Check the network and try again.',
    unexpected: 'Something unforeseen went wrong; nothing was done.', retry: 'Try again',
  },
} satisfies typeof zh
