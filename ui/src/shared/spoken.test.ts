import { describe, expect, it } from 'vitest'
import { spoken } from './spoken'

describe('spoken', () => {
  const both = (text: string) => [spoken(text, 'zh'), spoken(text, 'en')]
  it('takes one half of a reason', () => {
    expect(both('现在不能这样做：只有草稿可以修改 / only a draft can be edited')).toEqual(['现在不能这样做：只有草稿可以修改', '现在不能这样做：only a draft can be edited'])
    expect(spoken('This cannot be done now: 没有等待批准的内容 / nothing waits for approval', 'en')).toBe('This cannot be done now: nothing waits for approval')
  })
  it('takes one half of a quoted field and of its reason', () => {
    expect(spoken('“灾种 / hazard”填写有误：请选择 / choose one', 'zh')).toBe('“灾种”填写有误：请选择')
    expect(spoken('“有效期 / validity” is not right: 截止时间已过 / the end has passed', 'en')).toBe('“validity” is not right: the end has passed')
  })
  it('takes one half of a sentence with its translation in brackets', () => {
    expect(both('设计默认值 2026-11（无法定依据），以本地叫应方案替换 (design default 2026-11, to be replaced by the local plan)')).toEqual(['设计默认值 2026-11（无法定依据），以本地叫应方案替换', 'design default 2026-11, to be replaced by the local plan'])
  })
  it('knows figures inside the Chinese half', () => expect(both('CAP文件有3处错误 / 3 faults in the CAP file')).toEqual(['CAP文件有3处错误', '3 faults in the CAP file']))
  it('leaves what is no pair alone', () => {
    for (const text of ['30 – 86,400 s', '甘肃省 / 临夏回族自治州', 'and / or', '小(1)型', '没有改动。', 'https://a/b']) expect(both(text)).toEqual([text, text])
  })
})
