/** Words that the desk and the phone share. */
export default {
  level: { red: '红色', orange: '橙色', yellow: '黄色', blue: '蓝色' },
  time: {
    date: '{month}月{day}日', dateYear: '{year}年{month}月{day}日', dateTime: '{date} {clock}', picker: 'M月D日 HH:mm', today: '今天', yesterday: '昨天', tomorrow: '明天',
    weekday: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
    underOne: '不到 1', left: '还剩 {span}', over: '已超 {span}', ago: '{span}前', now: '刚刚',
    d: '{d} 天', dh: '{d} 天 {h} 小时', h: '{h} 小时', hm: '{h} 小时 {m} 分', m: '{m} 分', ms: '{m} 分 {s} 秒', s: '{s} 秒',
  },
  mark: { list: '、', aside: '{text}（{more}）', says: '{text}：{more}', quote: '「{text}」' },
  failed: {
    unreachable: '连不上服务器，刚才的操作没有做成。', unreachableNext: '已填写的内容都还在。请检查网络后重试。',
    unexpected: '出了没有料到的问题，刚才的操作没有做成。', retry: '重试',
  },
}
